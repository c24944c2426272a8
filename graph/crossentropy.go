package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/internal/args"
)

// A CrossEntropyOption changes what CrossEntropy computes.
type CrossEntropyOption func(*crossEntropyConfig)

type crossEntropyConfig struct {
	attr    ir.CrossEntropyAttr
	weights []float64
}

// IgnoreIndex names a target that counts for nothing, such as padding. The default is −100, as in PyTorch.
func IgnoreIndex(class int) CrossEntropyOption {
	return func(c *crossEntropyConfig) { c.attr.Ignore = class }
}

// LabelSmoothing replaces the target distribution by (1−ε)·onehot + ε/V (Szegedy et al. 2016).
func LabelSmoothing(epsilon float64) CrossEntropyOption {
	return func(c *crossEntropyConfig) { c.attr.Smoothing = epsilon }
}

// ClassWeights weighs the loss of each class; there must be as many as classes.
func ClassWeights(weights ...float64) CrossEntropyOption {
	return func(c *crossEntropyConfig) { c.weights = weights }
}

// CrossEntropy is the mean cross entropy in nats of softmax(logits) [..., V] against integers target [...], weighted by
// the targets' class weights; targets that are ignored, or outside the classes, count for nothing.
func (b *Builder) CrossEntropy(logits, target *gorgonia.Node, opts ...CrossEntropyOption) *gorgonia.Node {
	losses, weights := b.crossEntropies(logits, target, opts)
	return b.Div(b.Sum(losses), b.Sum(weights))
}

// CrossEntropies returns what CrossEntropy is the mean of, for losses that are put together of several or that are asked
// for one by one: the loss of each target [...], times its class weight, and the weights [...], by whose sum CrossEntropy
// divides the sum of the losses. Both are 0 for a target that counts for nothing; without class weights all other weights
// are 1.
func (b *Builder) CrossEntropies(logits, target *gorgonia.Node, opts ...CrossEntropyOption) (losses, weights *gorgonia.Node) {
	losses, weights = b.crossEntropies(logits, target, opts)
	if b.failed() {
		return losses, weights
	}
	shape := target.Shape()
	return b.Reshape(losses, shape...), b.Reshape(weights, shape...)
}

// crossEntropies is CrossEntropies for targets [N] in a row.
func (b *Builder) crossEntropies(logits, target *gorgonia.Node, opts []CrossEntropyOption) (losses, weights *gorgonia.Node) {
	fail := func(format string, args ...any) (losses, weights *gorgonia.Node) {
		n := b.failf(format, args...)
		return n, n
	}
	if b.failed() {
		return b.placeholder(), b.placeholder()
	}
	c := crossEntropyConfig{attr: ir.CrossEntropyAttr{Ignore: -100}}
	args.Apply(&c, opts)
	if logits == nil || target == nil || rank(logits) < 1 || !ir.SameShape(logits.Shape()[:rank(logits)-1], target.Shape()) {
		return fail("cross entropy of %s against %s: want logits [..., V] and targets [...]", describe(logits), describe(target))
	}
	classes := logits.Shape()[rank(logits)-1]
	if !(c.attr.Smoothing >= 0 && c.attr.Smoothing <= 1) {
		return fail("cross entropy of %s: label smoothing %g is not between 0 and 1", describe(logits), c.attr.Smoothing)
	}
	if c.weights != nil && len(c.weights) != classes {
		return fail("cross entropy of %s: %d class weights for %d classes", describe(logits), len(c.weights), classes)
	}
	n := target.DataSize()
	logits, target = b.Reshape(logits, n, classes), b.Reshape(target, n)
	args := []*gorgonia.Node{logits, target}
	weightArgs := []*gorgonia.Node{target}
	if c.weights != nil {
		c.attr.Weighted = true
		w := b.ConstTensor(c.weights, classes)
		args, weightArgs = append(args, w), append(weightArgs, w)
	}
	losses = b.apply(crossEntropy{c.attr}, args...)
	weights = b.apply(targetWeight{c.attr, classes}, weightArgs...)
	return losses, weights
}

// crossEntropy gives the loss of each row [N] of (logits [N, V], target [N], weights [V]).
type crossEntropy struct{ attr ir.CrossEntropyAttr }

func (crossEntropy) indexArg(i int) bool { return i == 1 }
func (c crossEntropy) lower() ir.Op      { return ir.CrossEntropy{CrossEntropyAttr: c.attr} }

func (crossEntropy) shape(in []tensor.Shape) (tensor.Shape, error) {
	if len(in[0]) != 2 || len(in[1]) != 1 || in[0][0] != in[1][0] {
		return nil, errors.Errorf("shapes %v; want logits [N, V] and targets [N]", in)
	}
	return in[1].Clone(), nil
}

func (c crossEntropy) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	d := make(gorgonia.Nodes, len(in)) // the class weights are constants
	d[0] = b.apply(crossEntropyGrad(c), append(append([]*gorgonia.Node{}, in...), dy)...)
	return d
}

type crossEntropyGrad struct {
	attr ir.CrossEntropyAttr
}

func (crossEntropyGrad) indexArg(i int) bool { return i == 1 }
func (c crossEntropyGrad) lower() ir.Op      { return ir.CrossEntropyGrad{CrossEntropyAttr: c.attr} }

func (c crossEntropyGrad) shape(in []tensor.Shape) (tensor.Shape, error) { return in[0].Clone(), nil }

func (c crossEntropyGrad) grad(b *Builder, in gorgonia.Nodes, _, _ *gorgonia.Node) gorgonia.Nodes {
	return notDifferentiable(b, c, in)
}

// targetWeight gives the weight of each target [N]: 0 where it is ignored.
type targetWeight struct {
	attr    ir.CrossEntropyAttr
	classes int
}

func (targetWeight) indexArg(i int) bool { return i == 0 }
func (t targetWeight) lower() ir.Op {
	return ir.TargetWeight{CrossEntropyAttr: t.attr, Classes: t.classes}
}

func (targetWeight) shape(in []tensor.Shape) (tensor.Shape, error) { return in[0].Clone(), nil }

func (targetWeight) grad(b *Builder, in gorgonia.Nodes, _, _ *gorgonia.Node) gorgonia.Nodes {
	return make(gorgonia.Nodes, len(in))
}
