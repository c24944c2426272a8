package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Sum adds the elements along axes, or all of them where none is named, and removes those axes from the shape;
// dx = dy, repeated along them.
func (b *Builder) Sum(x *gorgonia.Node, axes ...int) *gorgonia.Node {
	return b.reduce("sum", x, axes, func(mask uint64) symbol { return reduceSum{reduced{mask}} })
}

type reduceSum struct {
	reduced
}

func (s reduceSum) lower() ir.Op { return ir.ReduceSum{Axes: s.axes} }

func (s reduceSum) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.Broadcast(dy, in[0].Shape()...)}
}
