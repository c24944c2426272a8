package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Sigmoid is σ(x) = 1/(1 + e⁻ˣ), elementwise;  dx = dy·y·(1 − y).
func (b *Builder) Sigmoid(x *gorgonia.Node) *gorgonia.Node {
	return b.apply(sigmoid{elementwise{fn: kernel.Sigmoid}}, x)
}

type sigmoid struct{ elementwise }

func (sigmoid) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.apply(sigmoidGrad{elementwise{fn: kernel.SigmoidGrad}}, y, dy)}
}

type sigmoidGrad struct{ elementwise }

func (s sigmoidGrad) grad(b *Builder, in gorgonia.Nodes, _, _ *gorgonia.Node) gorgonia.Nodes {
	return notDifferentiable(b, s, in)
}
