package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Max is the largest element along axes, or of all where none is named, and removes those axes from the shape; dx = dy
// at the largest element, shared equally where several are largest.
func (b *Builder) Max(x *gorgonia.Node, axes ...int) *gorgonia.Node {
	return b.reduce("max", x, axes, func(mask uint64) symbol { return reduceMax{reduced{mask}} })
}

type reduceMax struct{ reduced }

func (m reduceMax) lower() ir.Op { return ir.ReduceMax{Axes: m.axes} }

func (m reduceMax) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	largest := b.equal(in[0], y)
	ties := b.apply(reduceSum(m), largest)
	return gorgonia.Nodes{b.Mul(largest, b.Div(dy, ties))}
}
