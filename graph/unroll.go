package graph

import (
	"fmt"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Unroll applies a cell to each step of a sequence, in order: back-propagation through time is the differentiation of
// what it declares. xs are the steps' inputs [B, I]; initial is the state before the first, nil for zeros. It returns
// the output of each step [B, H] and the final state.
//
// mask [T, B, 1], from LengthMask, may be nil; past a sequence's end the state stays unchanged and the output is zero.
// What the inputs hold there must be finite: Network.Unroll sees to it.
func (b *Builder) Unroll(cell Cell, xs []*gorgonia.Node, initial State, mask *gorgonia.Node) ([]*gorgonia.Node, State) {
	return b.unroll(cell, xs, initial, mask, false)
}

// UnrollReverse is Unroll from the last step to the first. The outputs stand in the order of the inputs. With a mask,
// each sequence starts at its own last step.
func (b *Builder) UnrollReverse(cell Cell, xs []*gorgonia.Node, initial State, mask *gorgonia.Node) ([]*gorgonia.Node, State) {
	return b.unroll(cell, xs, initial, mask, true)
}

func (b *Builder) unroll(cell Cell, xs []*gorgonia.Node, initial State, mask *gorgonia.Node, reverse bool) ([]*gorgonia.Node, State) {
	outputs := make([]*gorgonia.Node, len(xs))
	fail := func(n *gorgonia.Node) ([]*gorgonia.Node, State) {
		width := 1
		if cell != nil {
			width = max(1, len(cell.State()))
		}
		s := make(State, width)
		for i := range s {
			s[i] = n
		}
		for i := range outputs {
			outputs[i] = n
		}
		return outputs, s
	}
	switch {
	case b.failed():
		return fail(b.placeholder())
	case cell == nil:
		return fail(b.failf("unroll: the cell is nil"))
	case len(xs) == 0 || xs[0] == nil || rank(xs[0]) != 2:
		return fail(b.failf("unroll %T: want at least one step, each [B, I]", cell))
	case len(cell.State()) == 0:
		return fail(b.failf("unroll %T: State returns no widths; the first is the output's", cell))
	}
	s, err := b.initialState(cell, initial, xs[0].Shape()[0])
	if err != nil {
		return fail(b.Fail(err))
	}
	outer, first := b.step, s[0]
	hidden := make([]*gorgonia.Node, len(xs))
	for i := range xs {
		t := i
		if reverse {
			t = len(xs) - 1 - i
		}
		b.step = fmt.Sprintf("%s%s t=%d", b.prefix, b.suffix, t)
		next := cell.Step(b, xs[t], s)
		if len(next) != len(s) && !b.failed() {
			b.failf("unroll %T: Step returned a state of %d tensors; want %d", cell, len(next), len(s))
		}
		b.checkState(cell, "the state that Step returned", next, xs[0].Shape()[0])
		if b.failed() {
			return fail(b.placeholder())
		}
		outputs[t], hidden[t] = next[0], next[0]
		if mask != nil {
			live := b.At(mask, 0, t)
			outputs[t] = b.Where(live, next[0], b.Const(0))
			for k := range next {
				next[k] = b.Where(live, next[k], s[k])
			}
		}
		s = next
	}
	b.step = outer
	b.keepHidden(HiddenStates{scopeTitle(b.prefix + b.suffix), hidden, s[0]}, first, reverse)
	return outputs, s
}

// FailState records that a state is not one of a cell's, and returns placeholders in place of the next.
func (b *Builder) FailState(cell Cell, s State) State {
	if cell == nil {
		return State{b.failf("the cell is nil")}
	}
	widths := cell.State()
	placeholder := b.failf("%T: a state of %d tensors; want %d", cell, len(s), len(widths))
	next := make(State, len(widths))
	for i := range next {
		next[i] = placeholder
	}
	return next
}

// initialState checks a state against a cell, or makes one of zeros.
func (b *Builder) initialState(cell Cell, s State, batch int) (State, error) {
	widths := cell.State()
	if s == nil {
		for _, w := range widths {
			s = append(s, b.Const(0, batch, w))
		}
		return s, b.Err()
	}
	if len(s) != len(widths) {
		return nil, errors.Errorf("unroll %T: an initial state of %d tensors; want %d", cell, len(s), len(widths))
	}
	b.checkState(cell, "the initial state", s, batch)
	return append(State(nil), s...), b.Err()
}

// checkState records an error if a tensor of a state is not [batch, width].
func (b *Builder) checkState(cell Cell, what string, s State, batch int) {
	for i, w := range cell.State() {
		if !b.failed() && (s[i] == nil || !ir.SameShape(s[i].Shape(), []int{batch, w})) {
			b.failf("unroll %T: tensor %d of %s is %s; want [%d %d]", cell, i, what, describe(s[i]), batch, w)
		}
	}
}
