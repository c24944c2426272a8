package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Pow is x^p, elementwise, for a constant p;  dx = dy·p·x^(p−1).
func (b *Builder) Pow(x *gorgonia.Node, p float64) *gorgonia.Node {
	return b.apply(pow{elementwise{fn: kernel.Pow, k: [2]float64{p}}}, x)
}

type pow struct{ elementwise }

func (p pow) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	if p.k[0] == 0 {
		return gorgonia.Nodes{nil} // 0·x⁻¹ would be NaN at 0
	}
	return gorgonia.Nodes{b.apply(powGrad{elementwise{fn: kernel.PowGrad, k: p.k}}, in[0], dy)}
}

type powGrad struct{ elementwise }

func (p powGrad) grad(b *Builder, in gorgonia.Nodes, _, _ *gorgonia.Node) gorgonia.Nodes {
	return notDifferentiable(b, p, in)
}
