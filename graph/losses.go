package graph

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/internal/args"
)

// A LossOption changes what a loss of numbers is the mean of.
type LossOption func(*lossConfig)

type lossConfig struct {
	weighted bool
	weights  *gorgonia.Node
}

// Weights makes a loss the weighted mean Σ wᵢ·lossᵢ / Σ wᵢ, 0 where all weights are. The weights, none below 0, have the
// target's shape or one that is broadcast to it, as [B, 1] is to [B, O]. A target whose weight is 0 costs nothing and may be
// anything, NaN included: so are values that are missing left out.
func Weights(w *gorgonia.Node) LossOption {
	return func(c *lossConfig) { c.weighted, c.weights = true, w }
}

// loss is the mean of what a function makes of a target, element by element. With weights a target that does not count is 0
// for the function.
func (b *Builder) loss(name string, target *gorgonia.Node, opts []LossOption, each func(target *gorgonia.Node) *gorgonia.Node) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	var c lossConfig
	args.Apply(&c, opts)
	if !c.weighted {
		return b.Mean(each(target))
	}
	if c.weights == nil {
		return b.failf("%s: the weights are nil; leave the option out where there are none", name)
	}
	shape := shapeOf(target)
	if wide, err := broadcastShape([]tensor.Shape{shapeOf(c.weights), shape}); err != nil || !ir.SameShape(wide, shape) {
		return b.failf("%s: the weights %s cannot be broadcast to the target %s", name, describe(c.weights), describe(target))
	}
	w := b.Broadcast(c.weights, shape...)
	total := b.Sum(w)
	return b.Div(b.Sum(b.Mul(w, each(b.Where(w, target, b.Const(0))))), b.Where(total, total, b.Const(1)))
}

// sameShape records an error and returns false unless the operands of a loss have the shape of its target: broadcasting
// there is nearly always a mistake.
func (b *Builder) sameShape(loss string, target *gorgonia.Node, operands ...*gorgonia.Node) bool {
	for _, x := range operands {
		if !b.failed() && (x == nil || target == nil || !ir.SameShape(x.Shape(), target.Shape())) {
			b.failf("%s: %s and %s differ in shape", loss, describe(x), describe(target))
		}
	}
	return !b.failed()
}
