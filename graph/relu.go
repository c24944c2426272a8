package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Relu is max(x, 0), elementwise;  dx = dy where x > 0, else 0.
func (b *Builder) Relu(x *gorgonia.Node) *gorgonia.Node {
	return b.apply(relu{elementwise{fn: kernel.Relu}}, x)
}

type relu struct{ elementwise }

func (relu) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.apply(reluGrad{elementwise{fn: kernel.ReluGrad}}, y, dy)}
}

type reluGrad struct{ elementwise }

func (r reluGrad) grad(b *Builder, in gorgonia.Nodes, _, _ *gorgonia.Node) gorgonia.Nodes {
	return notDifferentiable(b, r, in)
}
