package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Slice is the part [from, to) of x along an axis; a negative axis counts from the end. Its adjoint is a place: zeros
// with dy in that part.
func (b *Builder) Slice(x *gorgonia.Node, axis, from, to int) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	return b.apply(slice{axis: axisOf(x, axis), from: from, to: to}, x)
}

// At is the slice at index i of an axis, without that axis: step t of a sequence [T, B, I] is At(x, 0, t) [B, I].
func (b *Builder) At(x *gorgonia.Node, axis, i int) *gorgonia.Node {
	s := b.Slice(x, axis, i, i+1)
	if b.failed() {
		return b.placeholder()
	}
	axis = axisOf(x, axis)
	shape := s.Shape()
	return b.Reshape(s, append(shape[:axis:axis], shape[axis+1:]...)...)
}

// Split cuts x into n equal parts along an axis: the gates of a stacked product.
func (b *Builder) Split(x *gorgonia.Node, axis, n int) []*gorgonia.Node {
	axis = axisOf(x, axis)
	size := 0
	if axis >= 0 && axis < rank(x) {
		size = x.Shape()[axis]
	}
	if !b.failed() && size > 0 && (n < 1 || size%n != 0) {
		b.failf("split of %s: axis %d has size %d, which is not divisible by %d", describe(x), axis, size, n)
	}
	const most = 1 << 16 // placeholders, of which a caller looks at the first few
	if b.failed() || size == 0 {
		n = min(n, most)
	}
	parts := make([]*gorgonia.Node, max(n, 1))
	size /= len(parts)
	for i := range parts {
		parts[i] = b.Slice(x, axis, i*size, (i+1)*size)
	}
	return parts
}

// axisOf resolves an axis that counts from the end.
func axisOf(x *gorgonia.Node, axis int) int {
	if axis < 0 && x != nil {
		axis += rank(x)
	}
	return axis
}

type slice struct{ axis, from, to int }

func (s slice) keepsIndex()  {}
func (s slice) lower() ir.Op { return ir.Slice{Axis: s.axis, From: s.from} }

func (s slice) shape(in []tensor.Shape) (tensor.Shape, error) {
	if s.axis < 0 || s.axis >= len(in[0]) {
		return nil, errors.Errorf("axis %d is not an axis of the shape %v", s.axis, in[0])
	}
	if s.from < 0 || s.to > in[0][s.axis] || s.from >= s.to {
		return nil, errors.Errorf("[%d:%d] is not a part of axis %d, which has size %d", s.from, s.to, s.axis, in[0][s.axis])
	}
	out := in[0].Clone()
	out[s.axis] = s.to - s.from
	return out, nil
}

func (s slice) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.apply(place{axis: s.axis, from: s.from, size: in[0].Shape()[s.axis]}, dy)}
}

// place is zeros of a larger size along an axis with x at from: the adjoint of a slice.
type place struct{ axis, from, size int }

func (p place) lower() ir.Op { return ir.Place{Axis: p.axis, From: p.from} }

func (p place) shape(in []tensor.Shape) (tensor.Shape, error) {
	out := in[0].Clone()
	out[p.axis] = p.size
	return out, nil
}

func (p place) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.Slice(dy, p.axis, p.from, p.from+in[0].Shape()[p.axis])}
}
