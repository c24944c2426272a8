package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Shift is x + c, elementwise;  dx = dy.
func (b *Builder) Shift(x *gorgonia.Node, c float64) *gorgonia.Node {
	return b.apply(shift{elementwise{fn: kernel.Shift, k: [2]float64{c}}}, x)
}

type shift struct{ elementwise }

func (shift) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{dy}
}
