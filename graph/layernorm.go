package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// layerNormEps is added to the variance, as PyTorch's default does.
const layerNormEps = 1e-5

// LayerNorm is layer normalisation over the last axis (Ba, Kiros and Hinton 2016), weight∘(x − mean)/√(variance + 1e-5)
// + bias, with the parameters <name>.weight and <name>.bias [N] for x [..., N].
func (b *Builder) LayerNorm(name string, x *gorgonia.Node) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	if x == nil || rank(x) == 0 {
		return b.failf("layer normalisation %q: %s has no last axis", name, describe(x))
	}
	n := x.Shape()[rank(x)-1]
	weight := b.Param(name+".weight", Ones(), n)
	bias := b.Param(name+".bias", Zeros(), n)
	return b.Add(b.Mul(b.Normalize(x), weight), bias)
}

// Normalize is layer normalisation without parameters: rows along the last axis get mean 0 and variance 1.
// dx = (dy − mean(dy) − y·mean(dy∘y))/√(variance + 1e-5).
func (b *Builder) Normalize(x *gorgonia.Node) *gorgonia.Node { return b.apply(normalize{}, x) }

type normalize struct{ overRows }

func (normalize) lower() ir.Op { return ir.Normalize{Eps: layerNormEps} }

func (normalize) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.apply(normalizeGrad{}, in[0], dy)}
}

type normalizeGrad struct{ overRows }

func (normalizeGrad) lower() ir.Op { return ir.NormalizeGrad{Eps: layerNormEps} }

func (n normalizeGrad) grad(b *Builder, in gorgonia.Nodes, _, _ *gorgonia.Node) gorgonia.Nodes {
	return notDifferentiable(b, n, in)
}
