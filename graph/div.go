package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Div is x/z, elementwise with broadcasting;  dx = dy/z, dz = −dy·y/z.
func (b *Builder) Div(x, z *gorgonia.Node) *gorgonia.Node {
	return b.apply(div{elementwise{fn: kernel.Div}}, x, z)
}

type div struct{ elementwise }

func (div) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	dx := b.Div(dy, in[1])
	return gorgonia.Nodes{b.sumTo(dx, in[0]), b.sumTo(b.Neg(b.Mul(dx, y)), in[1])}
}
