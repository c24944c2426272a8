package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Abs is |x|, elementwise;  dx = dy·sign(x), 0 at x = 0.
func (b *Builder) Abs(x *gorgonia.Node) *gorgonia.Node {
	return b.apply(abs{elementwise{fn: kernel.Abs}}, x)
}

type abs struct{ elementwise }

func (abs) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.Mul(dy, b.Sign(in[0]))}
}
