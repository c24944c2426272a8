package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// reduced is the shape rule of reductions, which keep each reduced axis with size 1.
type reduced struct{ axes uint64 }

func (r reduced) shape(in []tensor.Shape) (tensor.Shape, error) {
	out := in[0].Clone()
	for i := range out {
		if r.axes>>i&1 == 1 {
			out[i] = 1
		}
	}
	return out, nil
}

// reduce applies a reduction over axes, or over all where none is given, and removes them from the shape.
func (b *Builder) reduce(name string, x *gorgonia.Node, axes []int, symbolOf func(uint64) symbol) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	if x == nil {
		return b.failf("%s: the operand is nil", name)
	}
	mask, err := axisMask(x, axes)
	if err != nil {
		return b.Fail(errors.Wrapf(err, "%s of %s", name, describe(x)))
	}
	y := b.apply(symbolOf(mask), x)
	var shape []int
	for i, d := range x.Shape() {
		if mask>>i&1 == 0 {
			shape = append(shape, d)
		}
	}
	return b.Reshape(y, shape...)
}

func axisMask(x *gorgonia.Node, axes []int) (uint64, error) {
	if len(axes) == 0 {
		return 1<<rank(x) - 1, nil
	}
	var mask uint64
	for _, a := range axes {
		at := axisOf(x, a)
		if at < 0 || at >= rank(x) {
			return 0, errors.Errorf("axis %d is not an axis of the shape %v", a, x.Shape())
		}
		if mask>>at&1 == 1 {
			return 0, errors.Errorf("axis %d is named twice", a)
		}
		mask |= 1 << at
	}
	return mask, nil
}
