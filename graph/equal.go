package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// equal is 1 where x = z and 0 elsewhere, with broadcasting; its derivative is 0.
func (b *Builder) equal(x, z *gorgonia.Node) *gorgonia.Node {
	return b.apply(equal{elementwise{fn: kernel.Equal}}, x, z)
}

type equal struct{ elementwise }

func (equal) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{nil, nil}
}
