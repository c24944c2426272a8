package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Concat joins tensors along an axis; a negative axis counts from the end. The adjoint of each is its part of dy.
func (b *Builder) Concat(axis int, xs ...*gorgonia.Node) *gorgonia.Node {
	if len(xs) == 0 {
		return b.failf("concat: no operands; give at least one")
	}
	if len(xs) == 1 && xs[0] != nil {
		return xs[0]
	}
	return b.apply(concat{axisOf(xs[0], axis)}, xs...)
}

// Stack joins tensors of one shape along a new axis: T outputs [B, H] become a sequence [T, B, H] with axis 0.
func (b *Builder) Stack(axis int, xs ...*gorgonia.Node) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	if len(xs) == 0 {
		return b.failf("stack: no operands; give at least one")
	}
	parts := make([]*gorgonia.Node, len(xs))
	for i, x := range xs {
		if x == nil {
			return b.failf("stack: operand %d of %d is nil", i+1, len(xs))
		}
		s := x.Shape()
		at := axis
		if at < 0 {
			at += len(s) + 1
		}
		if at < 0 || at > len(s) {
			return b.failf("stack of %s: axis %d is not between 0 and %d", describe(x), axis, len(s))
		}
		parts[i] = b.Reshape(x, append(append(s[:at:at], 1), s[at:]...)...)
	}
	if axis < 0 {
		axis += rank(parts[0])
	}
	return b.Concat(axis, parts...)
}

type concat struct{ axis int }

func (c concat) lower() ir.Op { return ir.Concat{Axis: c.axis} }

func (c concat) shape(in []tensor.Shape) (tensor.Shape, error) {
	if c.axis < 0 || c.axis >= len(in[0]) {
		return nil, errors.Errorf("axis %d is not an axis of the shape %v", c.axis, in[0])
	}
	out := in[0].Clone()
	for _, s := range in[1:] {
		if len(s) != len(out) {
			return nil, errors.Errorf("shapes %v and %v have different numbers of axes", in[0], s)
		}
		for i, d := range s {
			if i != c.axis && d != out[i] {
				return nil, errors.Errorf("shapes %v and %v differ along axis %d", in[0], s, i)
			}
		}
		out[c.axis] += s[c.axis]
	}
	return out, nil
}

func (c concat) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	d := make(gorgonia.Nodes, len(in))
	at := 0
	for i, x := range in {
		n := x.Shape()[c.axis]
		d[i] = b.Slice(dy, c.axis, at, at+n)
		at += n
	}
	return d
}
