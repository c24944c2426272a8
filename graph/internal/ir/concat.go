package ir

import "fmt"

// Concat joins its arguments along an axis. The plan has its members computed where they stand in the whole, if it can.
type Concat struct{ Axis int }

// String implements Op.
func (o Concat) String() string { return fmt.Sprintf("concat axis=%d", o.Axis) }

// Check implements Op.
func (o Concat) Check(out []int, args [][]int) error {
	at := 0
	for _, a := range args {
		if err := part(a, out, o.Axis, at); err != nil {
			return err
		}
		at += a[o.Axis]
	}
	if len(args) == 0 || at != out[o.Axis] {
		return fmt.Errorf("the arguments have %d along axis %d of %v", at, o.Axis, out)
	}
	return nil
}

// Reads implements Reader.
func (Concat) Reads(int) Form { return Strided }

// Writes implements Writer.
func (Concat) Writes() Form { return Strided }

// IsStack reports whether v joins values along the first axis, such as the steps of a sequence.
func IsStack(v *Value) bool {
	c, ok := v.Op.(Concat)
	return ok && c.Axis == 0
}

// Batch implements Batcher.
func (o Concat) Batch(_ []int, stacked []bool) (Op, bool) { return Concat{o.Axis + 1}, all(stacked) }
