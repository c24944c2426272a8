package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Broadcast repeats x to a shape, by NumPy's rules: aligned at the last axis, a dimension of 1 or a missing one is
// repeated;  dx = dy summed over the repetitions.
func (b *Builder) Broadcast(x *gorgonia.Node, shape ...int) *gorgonia.Node {
	if !b.failed() && x != nil && ir.SameShape(x.Shape(), shape) {
		return x
	}
	return b.apply(broadcast{elementwise{fn: kernel.Copy}, append(tensor.Shape{}, shape...)}, x)
}

type broadcast struct {
	elementwise
	to tensor.Shape
}

func (r broadcast) String() string { return "broadcast" }

func (r broadcast) shape(in []tensor.Shape) (tensor.Shape, error) {
	out, err := broadcastShape([]tensor.Shape{in[0], r.to})
	if err == nil && !ir.SameShape(out, r.to) {
		err = errors.Errorf("shape %v cannot be repeated to %v", in[0], r.to)
	}
	return out, err
}

func (r broadcast) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.sumTo(dy, in[0])}
}
