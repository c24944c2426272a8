package graph

import "gorgonia.org/gorgonia"

// BCE is the mean binary cross entropy in nats of σ(logits) against targets between 0 and 1, computed on the logits
// without overflow: softplus(x) − x·t.
func (b *Builder) BCE(logits, target *gorgonia.Node, opts ...LossOption) *gorgonia.Node {
	if !b.sameShape("BCE", target, logits) {
		return b.placeholder()
	}
	return b.loss("BCE", target, opts, func(target *gorgonia.Node) *gorgonia.Node {
		return b.Sub(b.Softplus(logits), b.Mul(logits, target))
	})
}
