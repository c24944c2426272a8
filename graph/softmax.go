package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// overRows is the shape rule of operations on rows along the last axis: all operands have one shape, which stays.
type overRows struct{}

func (overRows) shape(in []tensor.Shape) (tensor.Shape, error) {
	if len(in[0]) == 0 {
		return nil, errors.New("a scalar has no last axis")
	}
	for _, s := range in[1:] {
		if !ir.SameShape(s, in[0]) {
			return nil, errors.Errorf("shapes %v and %v differ", in[0], s)
		}
	}
	return in[0].Clone(), nil
}

// Softmax is exp(x)/Σ exp(x) over the last axis;  dx = y∘(dy − Σ dy∘y).
func (b *Builder) Softmax(x *gorgonia.Node) *gorgonia.Node { return b.apply(softmax{}, x) }

type softmax struct{ overRows }

func (softmax) lower() ir.Op { return ir.Softmax{} }

func (softmax) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.apply(softmaxGrad{}, y, dy)}
}

type softmaxGrad struct{ overRows }

func (softmaxGrad) lower() ir.Op { return ir.SoftmaxGrad{} }

func (s softmaxGrad) grad(b *Builder, in gorgonia.Nodes, _, _ *gorgonia.Node) gorgonia.Nodes {
	return notDifferentiable(b, s, in)
}
