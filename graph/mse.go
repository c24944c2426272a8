package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// MSE is the mean squared error of two tensors of one shape.
func (b *Builder) MSE(x, target *gorgonia.Node) *gorgonia.Node {
	if !b.sameShape("MSE", x, target) {
		return b.placeholder()
	}
	return b.Mean(b.Pow(b.Sub(x, target), 2))
}

// sameShape records an error and returns false unless both operands of a loss have one shape: broadcasting there is
// nearly always a mistake.
func (b *Builder) sameShape(loss string, x, target *gorgonia.Node) bool {
	if !b.failed() && (x == nil || target == nil || !ir.SameShape(x.Shape(), target.Shape())) {
		b.failf("%s: %s and %s differ in shape", loss, describe(x), describe(target))
	}
	return !b.failed()
}
