package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Where is x where mask ≠ 0 and z elsewhere, with broadcasting;  dx = dy where mask ≠ 0, dz = dy elsewhere. What is not
// chosen has no influence, NaN included.
func (b *Builder) Where(mask, x, z *gorgonia.Node) *gorgonia.Node {
	return b.apply(where{elementwise{fn: kernel.Select}}, mask, x, z)
}

type where struct{ elementwise }

func (where) String() string { return "where" }

func (where) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	zero := b.Const(0)
	return gorgonia.Nodes{nil, b.sumTo(b.Where(in[0], dy, zero), in[1]), b.sumTo(b.Where(in[0], zero, dy), in[2])}
}
