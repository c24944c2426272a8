package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Pinball is the mean quantile loss of out [..., Q] against target [...], for quantiles of Q levels between 0 and 1: with
// d = t − q, level·d where d > 0, else (level − 1)·d (Koenker and Bassett 1978). The network that minimises it forecasts the
// quantiles of its target.
func (b *Builder) Pinball(out, target *gorgonia.Node, levels []float64, opts ...LossOption) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	q := len(levels)
	if q == 0 || target == nil || rank(out) != rank(target)+1 || !ir.SameShape(shapeOf(out), append(shapeOf(target).Clone(), q)) {
		return b.failf("pinball loss of %s against %s with %d levels: want [..., %d] and [...], with a level or more", describe(out), describe(target), q, q)
	}
	for _, l := range levels {
		if !(l > 0 && l < 1) {
			return b.failf("pinball loss: a level is %g; want it between 0 and 1", l)
		}
	}
	return b.loss("pinball loss", target, opts, func(target *gorgonia.Node) *gorgonia.Node {
		d := b.Sub(b.Reshape(target, append(shapeOf(target).Clone(), 1)...), out)
		return b.Mean(b.Add(b.Mul(d, b.ConstTensor(levels, q)), b.Relu(b.Neg(d))), -1)
	})
}
