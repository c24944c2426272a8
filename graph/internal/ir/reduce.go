package ir

import "fmt"

type (
	// ReduceSum adds up the axes of which Axes holds the bits; the value's shape keeps them as 1.
	ReduceSum struct {
		reduction
		Axes uint64
	}
	// ReduceMax is the largest element along the axes, a NaN if there is one.
	ReduceMax struct {
		reduction
		Axes uint64
	}
)

// reduction is what they share.
type reduction struct{}

func (reduction) Reads(int) Form { return Strided }
func (reduction) Writes() Form   { return Strided }

func (reduction) Part(_, axis int, _ []int, _ [][]int) int { return axis }

// String implements Op.
func (o ReduceSum) String() string { return fmt.Sprintf("reduceSum axes=%b", o.Axes) }

// String implements Op.
func (o ReduceMax) String() string { return fmt.Sprintf("reduceMax axes=%b", o.Axes) }

// Check implements Op.
func (o ReduceSum) Check(out []int, args [][]int) error { return checkReduction(o.Axes, out, args) }

// Check implements Op.
func (o ReduceMax) Check(out []int, args [][]int) error { return checkReduction(o.Axes, out, args) }

// Divide implements Divider: along what is not reduced.
func (o ReduceSum) Divide(out []int) (axis, unit int) { return keptAxis(o.Axes, out), 1 }

// Divide implements Divider.
func (o ReduceMax) Divide(out []int) (axis, unit int) { return keptAxis(o.Axes, out), 1 }

func (ReduceSum) reduces() {}

func keptAxis(axes uint64, shape []int) int {
	for i, d := range shape {
		if d > 1 && axes>>i&1 == 0 {
			return i
		}
	}
	return -1
}

func checkReduction(axes uint64, out []int, args [][]int) error {
	if err := count(args, 1); err != nil {
		return err
	}
	if len(out) != len(args[0]) || axes>>len(out) != 0 {
		return fmt.Errorf("axes %b of %v to %v", axes, args[0], out)
	}
	for i, d := range args[0] {
		if axes>>i&1 == 1 {
			d = 1
		}
		if out[i] != d {
			return fmt.Errorf("axes %b of %v to %v", axes, args[0], out)
		}
	}
	return nil
}

// Batch implements Batcher.
func (o ReduceSum) Batch([]int, []bool) (Op, bool) { return ReduceSum{Axes: o.Axes << 1}, true }

// Batch implements Batcher.
func (o ReduceMax) Batch([]int, []bool) (Op, bool) { return ReduceMax{Axes: o.Axes << 1}, true }
