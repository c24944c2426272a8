package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Sub is x − z, elementwise with broadcasting;  dx = dy, dz = −dy.
func (b *Builder) Sub(x, z *gorgonia.Node) *gorgonia.Node {
	return b.apply(sub{elementwise{fn: kernel.Sub}}, x, z)
}

type sub struct{ elementwise }

func (sub) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.sumTo(dy, in[0]), b.sumTo(b.Neg(dy), in[1])}
}
