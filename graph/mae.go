package graph

import "gorgonia.org/gorgonia"

// MAE is the mean absolute error of two tensors of one shape.
func (b *Builder) MAE(x, target *gorgonia.Node, opts ...LossOption) *gorgonia.Node {
	if !b.sameShape("MAE", target, x) {
		return b.placeholder()
	}
	return b.loss("MAE", target, opts, func(target *gorgonia.Node) *gorgonia.Node { return b.Abs(b.Sub(x, target)) })
}
