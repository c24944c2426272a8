package ir

import "fmt"

// Place is zeros of the value's shape with the argument at From along an axis: the adjoint of Slice. Passes turn each into
// a concatenation; none is left when a graph is planned.
type Place struct{ Axis, From int }

// String implements Op.
func (o Place) String() string { return fmt.Sprintf("place axis=%d from=%d", o.Axis, o.From) }

// Check implements Op.
func (o Place) Check(out []int, args [][]int) error {
	if err := count(args, 1); err != nil {
		return err
	}
	return part(args[0], out, o.Axis, o.From)
}

// Batch implements Batcher.
func (o Place) Batch([]int, []bool) (Op, bool) { return Place{o.Axis + 1, o.From}, true }
