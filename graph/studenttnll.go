package graph

import (
	"math"

	"gorgonia.org/gorgonia"
)

// StudentTNLL is the mean negative log likelihood, in nats, of target under Student's t distributions of some location,
// logarithm of the scale, and degrees of freedom ν above 0, all of one shape:
//
//	½·(ν+1)·ln(1 + z²/ν) + ln σ + ½·ln νπ − ln Γ(½(ν+1)) + ln Γ(½ν)      z = (t − μ)/σ, σ = e^logScale
//
// They have a mean where ν > 1 and a variance, σ²·ν/(ν−2), where ν > 2: b.Shift(b.Softplus(x), 2) is above that.
func (b *Builder) StudentTNLL(location, logScale, freedom, target *gorgonia.Node, opts ...LossOption) *gorgonia.Node {
	if !b.sameShape("StudentTNLL", target, location, logScale, freedom) {
		return b.placeholder()
	}
	return b.loss("StudentTNLL", target, opts, func(target *gorgonia.Node) *gorgonia.Node {
		z := b.Mul(b.Sub(target, location), b.Exp(b.Neg(logScale)))
		tail := b.Mul(b.Scale(b.Shift(freedom, 1), 0.5), b.Log(b.Shift(b.Div(b.Pow(z, 2), freedom), 1)))
		gammas := b.logGammaRise(b.Scale(freedom, 0.5), b.Const(0.5, shapeOf(target)...))
		return b.Sub(b.Add(tail, logScale, b.Scale(b.Log(b.Scale(freedom, math.Pi)), 0.5)), gammas)
	})
}
