package ir

import "fmt"

// Pack copies the right operand [K, N] of products, which TransB says is stored as [N, K], into the order in which their
// kernels read it. Its result is [N, K] with N rounded up to VectorColumns: the columns from a multiple j of these on stand from
// row j on, what stands between is the kernels' affair, and so is with what they fill up the last.
type Pack struct {
	TransB  bool
	Columns int // N
}

// NewPack returns the operation for a right operand, and the shape of the result.
func NewPack(operand []int, transB bool) (Pack, []int) {
	k, n := matrixShape(operand, transB)
	return Pack{transB, n}, []int{(n + VectorColumns - 1) / VectorColumns * VectorColumns, k}
}

// String implements Op.
func (o Pack) String() string {
	if o.TransB {
		return "pack bᵀ"
	}
	return "pack"
}

// Check implements Op.
func (o Pack) Check(out []int, args [][]int) error {
	if err := count(args, 1); err != nil {
		return err
	}
	if len(args[0]) != 2 {
		return fmt.Errorf("%v of %v", out, args[0])
	}
	if op, shape := NewPack(args[0], o.TransB); op != o || !SameShape(shape, out) {
		return fmt.Errorf("%v of %v", out, args[0])
	}
	return nil
}

// Reads implements Reader.
func (Pack) Reads(int) Form { return Strided }

// Divide implements Divider.
func (Pack) Divide([]int) (axis, unit int) { return 0, VectorColumns }

// Part implements Divider. The last part has more columns than the operand has left.
func (o Pack) Part(int, int, []int, [][]int) int {
	if o.TransB {
		return 0
	}
	return 1
}
