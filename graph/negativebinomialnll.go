package graph

import "gorgonia.org/gorgonia"

// NegativeBinomialNLL is the mean negative log likelihood, in nats, of counts under negative binomial distributions of some
// logarithms of the mean and of the dispersion, all of one shape. The variance is μ + α·μ²: of α near 0 it is Poisson's.
//
//	ln Γ(k+1) − [ln Γ(k+r) − ln Γ(r)] + (k+r)·ln(1+αμ) − k·ln αμ      μ = e^logMean, α = e^logDispersion, r = 1/α
//
// The logarithms let α go to 0 without differences of large numbers. A mean by softplus is b.Log(b.Softplus(x)).
func (b *Builder) NegativeBinomialNLL(logMean, logDispersion, counts *gorgonia.Node, opts ...LossOption) *gorgonia.Node {
	if !b.sameShape("NegativeBinomialNLL", counts, logMean, logDispersion) {
		return b.placeholder()
	}
	return b.loss("NegativeBinomialNLL", counts, opts, func(k *gorgonia.Node) *gorgonia.Node {
		r := b.Exp(b.Neg(logDispersion))
		logit := b.Add(logMean, logDispersion) // of 1 − r/(r + μ)
		gammas := b.Sub(b.LogGamma(b.Shift(k, 1)), b.logGammaRise(r, k))
		return b.Add(gammas, b.Sub(b.Mul(b.Add(k, r), b.Softplus(logit)), b.Mul(k, logit)))
	})
}
