package ir

import "fmt"

type (
	// Gather takes rows of arguments[0] [V, D] by the indices of arguments[1].
	Gather struct{}
	// ScatterAdd adds the rows of arguments[0] into zeros [V, D] by the indices of arguments[1], but for Padding.
	ScatterAdd struct{ Padding int }
)

// String implements Op.
func (Gather) String() string { return "gather" }

// Check implements Op.
func (Gather) Check(out []int, args [][]int) error {
	if err := count(args, 2); err != nil {
		return err
	}
	n := len(out) - 1
	if len(args[0]) != 2 || n < 0 || out[n] != args[0][1] || !SameShape(out[:n], args[1]) {
		return fmt.Errorf("%v from %v by %v", out, args[0], args[1])
	}
	return nil
}

// ReadsIndex implements IndexReader.
func (Gather) ReadsIndex(arg int) bool { return arg == 1 }

// Reads implements Reader.
func (Gather) Reads(arg int) Form { return rowsButIndices(arg) }

// Writes implements Writer.
func (Gather) Writes() Form { return Rows }

// Divide implements Divider.
func (Gather) Divide(out []int) (axis, unit int) { return rowwise{}.Divide(out) }

// Part implements Divider: every part reads the whole table.
func (Gather) Part(arg, axis int, _ []int, _ [][]int) int {
	if arg == 0 {
		return -1
	}
	return axis
}

// String implements Op.
func (ScatterAdd) String() string { return "scatterAdd" }

// Check implements Op.
func (ScatterAdd) Check(out []int, args [][]int) error {
	if err := count(args, 2); err != nil {
		return err
	}
	n := len(args[0]) - 1
	if len(out) != 2 || n < 0 || args[0][n] != out[1] || !SameShape(args[0][:n], args[1]) {
		return fmt.Errorf("%v of %v by %v", out, args[0], args[1])
	}
	return nil
}

// ReadsIndex implements IndexReader.
func (ScatterAdd) ReadsIndex(arg int) bool { return arg == 1 }

// Reads implements Reader.
func (ScatterAdd) Reads(arg int) Form { return rowsButIndices(arg) }

// Writes implements Writer.
func (ScatterAdd) Writes() Form { return Rows }

// Divide implements Divider: each worker has its columns of every row.
func (ScatterAdd) Divide(out []int) (axis, unit int) {
	if last := len(out) - 1; out[last] > 1 {
		return last, 1
	}
	return -1, 1
}

// Part implements Divider.
func (ScatterAdd) Part(arg, _ int, _ []int, args [][]int) int {
	if arg == 0 {
		return len(args[0]) - 1
	}
	return -1
}

func rowsButIndices(arg int) Form {
	if arg == 0 {
		return Rows
	}
	return Contiguous
}

// Batch implements Batcher: of one table.
func (o Gather) Batch(_ []int, stacked []bool) (Op, bool) { return o, !stacked[0] }
