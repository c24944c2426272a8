package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Softplus is ln(1 + eˣ), elementwise, without overflow;  dx = dy·σ(x).
func (b *Builder) Softplus(x *gorgonia.Node) *gorgonia.Node {
	return b.apply(softplus{elementwise{fn: kernel.Softplus}}, x)
}

type softplus struct{ elementwise }

func (softplus) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.Mul(dy, b.Sigmoid(in[0]))}
}
