package ir

import (
	"fmt"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Map applies an elementwise function; arguments of a smaller shape are broadcast as in NumPy.
type Map struct {
	elementwise
	Fn kernel.Fn
	K  [2]float64
}

// String implements Op.
func (o Map) String() string {
	switch o.Fn {
	case kernel.Scale, kernel.Shift, kernel.Pow, kernel.PowGrad, kernel.Huber:
		return fmt.Sprintf("%v %g", o.Fn, o.K[0])
	case kernel.Clamp:
		return fmt.Sprintf("%v %g %g", o.Fn, o.K[0], o.K[1])
	}
	return o.Fn.String()
}

// Check implements Op.
func (o Map) Check(out []int, args [][]int) error {
	if err := count(args, o.Fn.Arity()); err != nil {
		return err
	}
	return o.elementwise.Check(out, args)
}

// Overwrites implements Overwriter.
func (Map) Overwrites(args int) (first, last int) { return 0, args }

// Fuse implements Fuser.
func (o Map) Fuse(args []int, emit func(m Map, args ...int) int) int { return emit(o, args...) }

// Batch implements Batcher.
func (o Map) Batch([]int, []bool) (Op, bool) { return o, true }
