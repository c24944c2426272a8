package ir

import "fmt"

// Slice is the part [From, From+shape[Axis]) of the argument along an axis.
type Slice struct{ Axis, From int }

// String implements Op.
func (o Slice) String() string { return fmt.Sprintf("slice axis=%d from=%d", o.Axis, o.From) }

// Check implements Op.
func (o Slice) Check(out []int, args [][]int) error {
	if err := count(args, 1); err != nil {
		return err
	}
	return part(out, args[0], o.Axis, o.From)
}

// View implements Viewer.
func (o Slice) View(_, _, strides []int) (int, []int, bool) {
	return o.From * strides[o.Axis], strides, true
}

// part returns an error unless a shape is that of a part of a whole, from somewhere along an axis.
func part(shape, whole []int, axis, from int) error {
	if len(shape) != len(whole) || axis < 0 || axis >= len(shape) {
		return fmt.Errorf("%v is no part of %v along axis %d", shape, whole, axis)
	}
	for i, d := range shape {
		if i != axis && d != whole[i] || i == axis && (from < 0 || from+d > whole[i]) {
			return fmt.Errorf("%v from %d of axis %d is no part of %v", shape, from, axis, whole)
		}
	}
	return nil
}

// Batch implements Batcher.
func (o Slice) Batch([]int, []bool) (Op, bool) { return Slice{o.Axis + 1, o.From}, true }
