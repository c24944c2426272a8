package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Neg is −x, elementwise;  dx = −dy.
func (b *Builder) Neg(x *gorgonia.Node) *gorgonia.Node {
	return b.apply(neg{elementwise{fn: kernel.Neg}}, x)
}

type neg struct{ elementwise }

func (neg) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.Neg(dy)}
}
