package graph

import "gorgonia.org/gorgonia"

// MSE is the mean squared error of two tensors of one shape.
func (b *Builder) MSE(x, target *gorgonia.Node, opts ...LossOption) *gorgonia.Node {
	if !b.sameShape("MSE", target, x) {
		return b.placeholder()
	}
	return b.loss("MSE", target, opts, func(target *gorgonia.Node) *gorgonia.Node { return b.Pow(b.Sub(x, target), 2) })
}
