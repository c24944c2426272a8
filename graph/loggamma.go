package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// LogGamma is ln|Γ(x)|, elementwise;  dx = dy·ψ(x), with the digamma function ψ. It has two derivatives. It is computed in
// float64, whatever the elements, and at ∞ and the poles 0, −1, … it is ∞.
func (b *Builder) LogGamma(x *gorgonia.Node) *gorgonia.Node { return b.apply(logGamma{}, x) }

// logGammaRise is ln Γ(x + n) − ln Γ(x), elementwise, of tensors of one shape: exact where x is large, as the difference of
// two LogGammas is not;  dx = dy·(ψ(x + n) − ψ(x)), dn = dy·ψ(x + n).
func (b *Builder) logGammaRise(x, n *gorgonia.Node) *gorgonia.Node { return b.apply(logGamma{}, x, n) }

type logGamma struct{ order int }

func (g logGamma) lower() ir.Op { return ir.LogGamma{Order: g.order} }

func (logGamma) shape(in []tensor.Shape) (tensor.Shape, error) {
	if len(in) == 2 && !ir.SameShape(in[0], in[1]) {
		return nil, errors.Errorf("shapes %v; want two of one shape", in)
	}
	return in[0].Clone(), nil
}

func (g logGamma) grad(b *Builder, in gorgonia.Nodes, _, dy *gorgonia.Node) gorgonia.Nodes {
	if g.order == 2 {
		return notDifferentiable(b, g, in)
	}
	next := logGamma{g.order + 1}
	d := gorgonia.Nodes{b.Mul(dy, b.apply(next, in...))}
	if len(in) == 2 {
		d = append(d, b.Mul(dy, b.apply(next, b.Add(in...))))
	}
	return d
}
