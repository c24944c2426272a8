package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// LogSoftmax is x − log Σ exp(x) over the last axis, without overflow;  dx = dy − exp(y)·Σ dy.
func (b *Builder) LogSoftmax(x *gorgonia.Node) *gorgonia.Node { return b.apply(logSoftmax{}, x) }

type logSoftmax struct{ overRows }

func (logSoftmax) lower() ir.Op { return ir.LogSoftmax{} }

func (logSoftmax) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.apply(logSoftmaxGrad{}, y, dy)}
}

type logSoftmaxGrad struct{ overRows }

func (logSoftmaxGrad) lower() ir.Op { return ir.LogSoftmaxGrad{} }

func (l logSoftmaxGrad) grad(b *Builder, in gorgonia.Nodes, _, _ *gorgonia.Node) gorgonia.Nodes {
	return notDifferentiable(b, l, in)
}
