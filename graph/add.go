package graph

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Add is the elementwise sum of any number of operands with broadcasting, so that a bias [H] adds to each row of
// [B, H];  the adjoint of each is dy.
func (b *Builder) Add(xs ...*gorgonia.Node) *gorgonia.Node {
	if len(xs) == 0 {
		return b.failf("sum: no operands; give at least one")
	}
	if len(xs) == 1 && xs[0] != nil {
		return xs[0]
	}
	return b.apply(add{}, xs...)
}

type add struct{}

func (add) shape(in []tensor.Shape) (tensor.Shape, error) { return broadcastShape(in) }
func (add) lower() ir.Op                                  { return ir.Sum{} }

func (add) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	d := make(gorgonia.Nodes, len(in))
	for i, x := range in {
		d[i] = b.sumTo(dy, x)
	}
	return d
}
