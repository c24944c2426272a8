package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Mul is x∘z, the elementwise product with broadcasting;  dx = dy∘z, dz = dy∘x.
func (b *Builder) Mul(x, z *gorgonia.Node) *gorgonia.Node {
	return b.apply(mul{elementwise{fn: kernel.Mul}}, x, z)
}

type mul struct{ elementwise }

func (mul) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.sumTo(b.Mul(dy, in[1]), in[0]), b.sumTo(b.Mul(dy, in[0]), in[1])}
}
