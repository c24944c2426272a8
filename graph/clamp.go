package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Clamp limits x to [lo, hi], elementwise;  dx = dy where x was inside, else 0.
func (b *Builder) Clamp(x *gorgonia.Node, lo, hi float64) *gorgonia.Node {
	if !(lo <= hi) {
		return b.failf("clamp of %s: the bounds are %g and %g; want the lower one first", describe(x), lo, hi)
	}
	return b.apply(clamp{elementwise{fn: kernel.Clamp, k: [2]float64{lo, hi}}}, x)
}

type clamp struct{ elementwise }

func (clamp) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.Mul(dy, b.equal(in[0], y))}
}
