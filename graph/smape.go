package graph

import "gorgonia.org/gorgonia"

// SMAPE is the symmetric mean absolute percentage error of two tensors of one shape, the mean of 2·|x − t|/(|x| + |t|),
// between 0 and 2; where both are 0 it is 0, and so is its gradient. It wants values in their units, not standardised ones.
func (b *Builder) SMAPE(x, target *gorgonia.Node, opts ...LossOption) *gorgonia.Node {
	if !b.sameShape("SMAPE", target, x) {
		return b.placeholder()
	}
	return b.loss("SMAPE", target, opts, func(target *gorgonia.Node) *gorgonia.Node {
		size := b.Add(b.Abs(x), b.Abs(target))
		return b.Scale(b.Div(b.Abs(b.Sub(x, target)), b.Where(size, size, b.Const(1))), 2)
	})
}
