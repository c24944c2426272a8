package graph

import "gorgonia.org/gorgonia"

// MAE is the mean absolute error of two tensors of one shape.
func (b *Builder) MAE(x, target *gorgonia.Node) *gorgonia.Node {
	if !b.sameShape("MAE", x, target) {
		return b.placeholder()
	}
	return b.Mean(b.Abs(b.Sub(x, target)))
}
