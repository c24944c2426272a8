package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Exp is eˣ, elementwise;  dx = dy·y.
func (b *Builder) Exp(x *gorgonia.Node) *gorgonia.Node {
	return b.apply(exp{elementwise{fn: kernel.Exp}}, x)
}

type exp struct{ elementwise }

func (exp) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.Mul(dy, y)}
}
