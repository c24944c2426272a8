package graph

import "gorgonia.org/gorgonia"

// droppedParam is a parameter with the rate of a weight drop.
type droppedParam struct {
	param *gorgonia.Node
	rate  float64
}

// paramDropped is Param with weight drop: in a graph for training elements of the parameter are zero with probability rate
// and the others divided by 1 − rate, by the mask that SharedDropout has for the parameter's name. Of one parameter there is
// one such node in a graph, outside of all loops: it is computed once in a run, and so is its gradient, of the sum over the
// time steps.
//
// Merity, Keskar and Socher: Regularizing and optimizing LSTM language models, https://arxiv.org/abs/1708.02182.
func (b *Builder) paramDropped(name string, rate float64, init Init, shape ...int) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	if !(rate >= 0 && rate < 1) {
		return b.failf("weight drop of %s: the rate is %g; want 0 ≤ rate < 1", b.prefix+name+b.suffix, rate)
	}
	if rate == 0 || !b.training {
		return b.Param(name, init, shape...)
	}
	if o := b.outer; o != nil {
		around := &Builder{core: o.b.core, prefix: b.prefix, suffix: b.suffix}
		n := around.paramDropped(name, rate, init, shape...)
		if around.failed() {
			return b.Fail(around.Err())
		}
		return b.capture(n)
	}
	d := droppedParam{b.Param(name, init, shape...), rate}
	if b.failed() {
		return b.placeholder()
	}
	if n := b.dropped[d]; n != nil {
		return n
	}
	step := b.step
	b.step = "" // it is of none
	n := b.SharedDropout(name, d.param, rate)
	b.step = step
	if b.dropped == nil {
		b.dropped = make(map[droppedParam]*gorgonia.Node)
	}
	b.dropped[d] = n
	return n
}
