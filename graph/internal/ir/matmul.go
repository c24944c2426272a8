package ir

import "fmt"

// MatMul is the matrix product over the last two axes, [M, K]·[K, N], or of as many pairs as the first axis of three has.
// TransA and TransB say that an operand is stored transposed. With Add a third argument [M, N] is added to the product,
// with Bias a last one [N] to each of its rows. Steps says of how many products that were joined, one below the other with
// as many rows each, it consists; 0 means one. Packed says that the right operand, transposed, is what Pack has made of it.
type MatMul struct {
	TransA, TransB, Add, Bias bool
	Steps                     int
	Packed                    bool
}

// String implements Op.
func (o MatMul) String() string {
	s := "matmul"
	for _, part := range []struct {
		set  bool
		name string
	}{{o.TransA, " aᵀ"}, {o.TransB, " bᵀ"}, {o.Add, " add"}, {o.Bias, " bias"}, {o.Packed, " packed"}} {
		if part.set {
			s += part.name
		}
	}
	return s
}

// Check implements Op.
func (o MatMul) Check(out []int, args [][]int) error {
	n := 2
	if o.Add {
		n++
	}
	if o.Bias {
		n++
	}
	if err := count(args, n); err != nil {
		return err
	}
	rank := len(out)
	if rank != 2 && rank != 3 || len(args[0]) != rank || len(args[1]) != rank {
		return fmt.Errorf("%v of %v and %v", out, args[0], args[1])
	}
	m, k := matrixShape(args[0], o.TransA)
	l, c := matrixShape(args[1], o.TransB)
	if m != out[rank-2] || c != out[rank-1] || k != l || rank == 3 && (args[0][0] != out[0] || args[1][0] != out[0]) {
		return fmt.Errorf("%v of %v and %v", out, args[0], args[1])
	}
	if o.Add && !SameShape(args[2], out) {
		return fmt.Errorf("%v is added to %v", args[2], out)
	}
	if o.Bias && !SameShape(args[n-1], out[rank-1:]) {
		return fmt.Errorf("the bias of %v is %v", out, args[n-1])
	}
	if o.Steps > 0 && out[rank-2]%o.Steps != 0 {
		return fmt.Errorf("%d steps of %v", o.Steps, out)
	}
	return nil
}

// matrixShape returns the rows and columns of the last two axes, after the transposition.
func matrixShape(shape []int, trans bool) (rows, cols int) {
	rows, cols = shape[len(shape)-2], shape[len(shape)-1]
	if trans {
		rows, cols = cols, rows
	}
	return rows, cols
}

// Reads implements Reader.
func (MatMul) Reads(int) Form { return Strided }

// Writes implements Writer.
func (MatMul) Writes() Form { return Adjacent }

// Overwrites implements Overwriter: what the product starts from.
func (o MatMul) Overwrites(int) (first, last int) {
	if o.Add {
		return 2, 3
	}
	return 0, 0
}

// VectorColumns is what products are divided by columns in multiples of: the columns of one tile of the widest kernel.
const VectorColumns = 32

// Divide implements Divider. A single row is divided by columns. Steps that stand as a stack (plan.Split makes it so) are
// divided by the rows of each.
func (o MatMul) Divide(out []int) (axis, unit int) {
	first, last := firstAxis(out), len(out)-1
	switch {
	case first == last && out[last] < 2*VectorColumns:
		return -1, 1
	case first == last:
		return last, VectorColumns
	case o.Steps > 0 && len(out) == 3:
		return 1, 1
	}
	return first, 1
}

// Part implements Divider.
func (o MatMul) Part(arg, axis int, out []int, args [][]int) int {
	rank := len(out)
	switch {
	case arg == 2 && o.Add:
		return axis
	case arg >= 2: // the bias
		if axis == rank-1 {
			return 0
		}
	case axis < rank-2: // a matrix of each stack
		return axis
	case arg == 0 && axis == rank-2:
		if o.TransA {
			return rank - 1
		}
		return rank - 2
	case arg == 1 && axis == rank-1:
		last := len(args[1]) - 1
		if o.TransB {
			return last - 1
		}
		return last
	}
	return -1
}

// MultiplyAdds implements Coster. To read the right operand takes about as long as a row more: a product of one row takes
// a quarter of the time of one of eight.
func (o MatMul) MultiplyAdds(out []int, args [][]int) float64 {
	_, k := matrixShape(args[0], o.TransA)
	rows := out[len(out)-2]
	return float64(Size(out)/rows) * float64(rows+1) * float64(k)
}

func (MatMul) reduces() {}
