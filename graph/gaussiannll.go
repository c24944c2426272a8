package graph

import (
	"math"

	"gorgonia.org/gorgonia"
)

// GaussianNLL is the mean negative log likelihood, in nats, of target under normal distributions of some mean and logarithm of
// the standard deviation, all of one shape:
//
//	½·((t − μ)/σ)² + ln σ + ½·ln 2π      σ = e^logScale
//
// A scale by softplus is b.Log(b.Softplus(x)).
func (b *Builder) GaussianNLL(mean, logScale, target *gorgonia.Node, opts ...LossOption) *gorgonia.Node {
	if !b.sameShape("GaussianNLL", target, mean, logScale) {
		return b.placeholder()
	}
	return b.loss("GaussianNLL", target, opts, func(target *gorgonia.Node) *gorgonia.Node {
		z := b.Mul(b.Sub(target, mean), b.Exp(b.Neg(logScale)))
		return b.Shift(b.Add(b.Scale(b.Pow(z, 2), 0.5), logScale), 0.5*math.Log(2*math.Pi))
	})
}
