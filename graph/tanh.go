package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Tanh is tanh(x), elementwise;  dx = dy·(1 − y²).
func (b *Builder) Tanh(x *gorgonia.Node) *gorgonia.Node {
	return b.apply(tanh{elementwise{fn: kernel.Tanh}}, x)
}

type tanh struct{ elementwise }

func (tanh) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.apply(tanhGrad{elementwise{fn: kernel.TanhGrad}}, y, dy)}
}

type tanhGrad struct{ elementwise }

func (t tanhGrad) grad(b *Builder, in gorgonia.Nodes, _, _ *gorgonia.Node) gorgonia.Nodes {
	return notDifferentiable(b, t, in)
}
