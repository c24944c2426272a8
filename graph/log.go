package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Log is the natural logarithm, elementwise;  dx = dy/x.
func (b *Builder) Log(x *gorgonia.Node) *gorgonia.Node {
	return b.apply(log{elementwise{fn: kernel.Log}}, x)
}

type log struct{ elementwise }

func (log) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.Div(dy, in[0])}
}
