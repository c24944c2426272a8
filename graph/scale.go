package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Scale is c·x, elementwise;  dx = c·dy.
func (b *Builder) Scale(x *gorgonia.Node, c float64) *gorgonia.Node {
	return b.apply(scale{elementwise{fn: kernel.Scale, k: [2]float64{c}}}, x)
}

type scale struct{ elementwise }

func (s scale) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.Scale(dy, s.k[0])}
}
