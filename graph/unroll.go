package graph

import (
	"fmt"
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
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
	if b.rolls(cell, len(xs)) && rank(xs[0]) == 2 {
		if y, s := b.roll(cell, b.Stack(0, xs...), initial, mask, reverse); y != nil && !b.failed() {
			outputs := make([]*gorgonia.Node, len(xs))
			for t := range outputs {
				outputs[t] = b.At(y, 0, t)
			}
			return outputs, s
		}
	}
	return b.stepByStep(cell, xs, initial, mask, reverse)
}

// stepByStep is unroll without a loop.
func (b *Builder) stepByStep(cell Cell, xs []*gorgonia.Node, initial State, mask *gorgonia.Node, reverse bool) ([]*gorgonia.Node, State) {
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
	outer, first := b.step, slices.Clone(s)
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
	if !b.carriesHidden(first, s) {
		b.keepHidden(HiddenStates{scopeTitle(b.prefix + b.suffix), hidden, s[0]}, first[0], reverse)
	}
	return outputs, s
}

// rolling says whether Unroll declares a cell once, as a loop.
type rolling uint8

const (
	rolledIfLong rolling = iota
	rolledAlways
	rolledNever
)

// rolledFrom is the number of steps from which on a sequence is a loop. Shorter ones are declared step by step: then the
// compiler sees all steps at once, which is a little faster, and what it makes of them still fits in the caches.
const rolledFrom = 256

// Rolled has the sequences of a graph declared as loops, however short they are: the cell's Step is called once and
// computed for each step, which compiles in no time and takes little memory beside the values themselves. Without it
// sequences of 256 steps and more are. A cell that does not declare the same at every step cannot be a loop. The final
// state is a node of its own there, not that of the last output, which matters to a gradient by it. Of loops in the steps
// of loops the innermost may be declared step by step all the same.
func Rolled() Option { return func(c *core) { c.rolled = rolledAlways } }

// Unrolled has the sequences of a graph declared step by step, however long they are: probes and drawings want it.
func Unrolled() Option { return func(c *core) { c.rolled = rolledNever } }

// Keep has the gradient of a loop keep the states of one in so many steps, and compute those between again from there: the
// memory that a long sequence takes for its gradient falls to little more than that of so many steps, for about a third
// more time. The square root of the number of steps takes the least memory; 0 and 1 keep all. It has no influence on
// sequences that are no loops, and on those that are not longer. Beside what the gradient keeps, a sequence takes its inputs
// and outputs.
//
// Chen, Xu, Zhang and Guestrin: Training deep nets with sublinear memory cost, https://arxiv.org/abs/1604.06174.
func Keep(steps int) Option { return func(c *core) { c.keep = steps } }

// rolls reports whether a cell over a sequence of so many steps is declared as a loop. In the step of the innermost loop that
// there can be none is, and in that of any other none over one step, by which a decoder's step unrolls its network.
func (b *Builder) rolls(cell Cell, steps int) bool {
	if b.failed() || cell == nil || steps == 0 || len(cell.State()) == 0 {
		return false
	}
	depth := 0
	for around := b.outer; around != nil; around = around.b.outer {
		depth++
	}
	if depth == plan.MaxDepth || depth > 0 && steps == 1 {
		return false
	}
	return b.rolled == rolledAlways || b.rolled == rolledIfLong && steps >= rolledFrom
}

// sequence applies a cell to each step of a sequence x [T, B, I], as Unroll and UnrollReverse do. It returns the outputs [T,
// B, H] and the final state. xs keeps the steps of x, if it needs them, for the next call with this x.
func (b *Builder) sequence(cell Cell, x *gorgonia.Node, xs *[]*gorgonia.Node, initial State, mask *gorgonia.Node, reverse bool) (*gorgonia.Node, State) {
	if b.rolls(cell, x.Shape()[0]) {
		if y, s := b.roll(cell, x, initial, mask, reverse); y != nil {
			return y, s
		}
	}
	for t := len(*xs); t < x.Shape()[0]; t++ {
		*xs = append(*xs, b.At(x, 0, t))
	}
	ys, s := b.stepByStep(cell, *xs, initial, mask, reverse)
	return b.Stack(0, ys...), s
}

// roll declares a cell over a sequence x [T, B, I] as a loop. It returns nil, after none but a long sequence has asked for
// it, if the cell does not declare the same at every step.
func (b *Builder) roll(cell Cell, x *gorgonia.Node, initial State, mask *gorgonia.Node, reverse bool) (*gorgonia.Node, State) {
	batch := x.Shape()[1]
	s, err := b.initialState(cell, initial, batch)
	if err != nil {
		b.Fail(err)
	}
	if b.failed() {
		return b.placeholder(), s
	}
	number := b.ops // of both, though the first may declare what is the same at all steps
	body, again := b.declareStep(cell, x, s, mask, number), b.declareStep(cell, x, s, mask, number)
	if b.failed() {
		return b.placeholder(), s
	}
	if !body.equal(again) {
		if b.rolled == rolledAlways {
			return b.failf("unroll %T: its Step declares another graph when it is called again, so that its steps are no loop; leave Rolled away", cell), s
		}
		return nil, nil
	}
	if b.keep < 0 {
		return b.failf("unroll %T: Keep(%d); want at least 0", cell, b.keep), s
	}
	if b.outer == nil && b.keep > 1 && x.Shape()[0] > b.keep {
		return b.rollParts(cell, x, s, mask, reverse)
	}
	body.steps, body.reverse = x.Shape()[0], reverse
	sequences := []*gorgonia.Node{x}
	if mask != nil {
		sequences = append(sequences, mask)
	}
	body.lengths = lengthsOf(mask)
	n := b.newScan(body, s, sequences)
	if b.failed() {
		return b.placeholder(), s
	}
	final := make(State, len(s))
	for i := range s {
		final[i] = b.last(n, i)
	}
	if mask != nil {
		return b.stacked(n, 0), final
	}
	return b.states(n, 0, true), final
}

// rollParts declares a cell over a sequence as a loop over parts of as many steps as Keep says, and over what is left. Of a
// part the gradient keeps the states that it starts from.
func (b *Builder) rollParts(cell Cell, x *gorgonia.Node, s State, mask *gorgonia.Node, reverse bool) (*gorgonia.Node, State) {
	keep := b.keep
	b.keep = 0
	defer func() { b.keep = keep }()
	steps, parts := x.Shape()[0], x.Shape()[0]/keep
	whole := parts * keep
	divide := func(n *gorgonia.Node) *gorgonia.Node {
		return b.Reshape(b.Slice(n, 0, 0, whole), append([]int{parts, keep}, n.Shape()[1:]...)...)
	}
	body := &scanBody{b: b.inner(b.ops), steps: parts, reverse: reverse, recompute: true}
	in := body.b
	in.rolled = rolledAlways
	leaf := func(name string, n *gorgonia.Node, shape []int) *gorgonia.Node {
		l := in.leaf(name, n.Dtype(), shape)
		body.leaves = append(body.leaves, l)
		return l
	}
	state := make(State, len(s))
	for i, n := range s {
		state[i] = leaf(fmt.Sprintf("state %d", i), n, n.Shape())
	}
	sequences := []*gorgonia.Node{divide(x)}
	part := leaf("x", x, append([]int{keep}, x.Shape()[1:]...))
	var live *gorgonia.Node
	if mask != nil {
		sequences = append(sequences, divide(mask))
		live = leaf("mask", mask, append([]int{keep}, mask.Shape()[1:]...))
	}
	y, next := in.roll(cell, part, state, live, reverse)
	if in.failed() {
		return b.Fail(in.Err()), s
	}
	body.next, body.outs = next, []*gorgonia.Node{y}
	rest := func(s State) (*gorgonia.Node, State) {
		var live *gorgonia.Node
		if mask != nil {
			live = b.Slice(mask, 0, whole, steps)
		}
		return b.roll(cell, b.Slice(x, 0, whole, steps), s, live, reverse)
	}
	var tail []*gorgonia.Node
	if reverse && whole < steps {
		y, s = rest(s)
		tail = append(tail, y)
	}
	n := b.newScan(body, s, sequences)
	if b.failed() {
		return b.placeholder(), s
	}
	head := b.stacked(n, 0)
	head = b.Reshape(head, append([]int{whole}, head.Shape()[2:]...)...)
	final := make(State, len(s))
	for i := range s {
		final[i] = b.last(n, i)
	}
	if !reverse && whole < steps {
		y, final = rest(final)
		tail = append(tail, y)
	}
	return b.Concat(0, append([]*gorgonia.Node{head}, tail...)...), final
}

// lengthsOf returns the lengths that a mask has been made of, or nil if it is no LengthMask. Behind the longest sequence a
// masked step changes nothing, and need not be computed.
func lengthsOf(mask *gorgonia.Node) *gorgonia.Node {
	if mask != nil {
		if o, ok := mask.Op().(*op); ok {
			if _, ok := o.symbol.(lengthMask); ok {
				return o.in[0]
			}
		}
	}
	return nil
}

// declareStep declares one step of a cell as the body of a scan, which with a mask has the output stacked. The number is that of
// inner.
func (b *Builder) declareStep(cell Cell, x *gorgonia.Node, s State, mask *gorgonia.Node, number uint32) *scanBody {
	in := b.inner(number)
	in.step = fmt.Sprintf("%s%s", b.prefix, b.suffix)
	leaf := func(name string, n *gorgonia.Node, shape []int) *gorgonia.Node {
		return in.leaf(name, n.Dtype(), shape)
	}
	body := &scanBody{b: in}
	state := make(State, len(s))
	for i, n := range s {
		state[i] = leaf(fmt.Sprintf("state %d", i), n, n.Shape())
		body.leaves = append(body.leaves, state[i])
	}
	now := leaf("x", x, x.Shape()[1:])
	body.leaves = append(body.leaves, now)
	var live *gorgonia.Node
	if mask != nil {
		live = leaf("mask", mask, mask.Shape()[1:])
		body.leaves = append(body.leaves, live)
	}
	next := cell.Step(in, now, append(State(nil), state...))
	if len(next) != len(s) && !in.failed() {
		in.failf("unroll %T: Step returned a state of %d tensors; want %d", cell, len(next), len(s))
	}
	if !in.failed() {
		for i := range next {
			next[i] = in.capture(next[i])
		}
		in.checkState(cell, "the state that Step returned", next, x.Shape()[1])
	}
	if in.failed() {
		b.Fail(in.Err())
		return body
	}
	body.next = slices.Clone(next)
	if live != nil {
		body.outs = []*gorgonia.Node{in.Where(live, next[0], in.Const(0))}
		for i := range next {
			body.next[i] = in.Where(live, next[i], state[i])
		}
	}
	if in.failed() {
		b.Fail(in.Err())
	}
	return body
}

// equal reports whether two bodies declare the same of the same.
func (s *scanBody) equal(o *scanBody) bool {
	return slices.Equal(s.b.outer.nodes, o.b.outer.nodes) && s.alike(o)
}

// alike reports whether two bodies declare the same of what their scans are given.
func (s *scanBody) alike(o *scanBody) bool {
	if len(s.b.outer.nodes) != len(o.b.outer.nodes) || s.steps != o.steps || s.reverse != o.reverse || (s.lengths == nil) != (o.lengths == nil) {
		return false
	}
	order := func(s *scanBody) []*gorgonia.Node {
		leaves := slices.Clone(s.leaves)
		for _, n := range s.b.outer.nodes {
			leaves = append(leaves, s.b.outer.captured[n])
		}
		return s.b.topological(slices.Concat(leaves, s.next, s.outs)...)
	}
	a, c := order(s), order(o)
	if len(a) != len(c) {
		return false
	}
	twin := make(map[*gorgonia.Node]*gorgonia.Node, len(a))
	for i, n := range a {
		m := c[i]
		twin[n] = m
		x, isOurs := n.Op().(*op)
		y, both := m.Op().(*op)
		switch {
		case isOurs != both || (n.Op() == nil) != (m.Op() == nil) || !ir.SameShape(shapeOf(n), shapeOf(m)):
			return false
		case isOurs:
			if !sameSymbol(x.symbol, y.symbol) {
				return false
			}
		case n.Op() != nil && n.Op().String() != m.Op().String():
			return false
		}
		p, q := s.b.operands(n), o.b.operands(m)
		if len(p) != len(q) {
			return false
		}
		for j := range p {
			if twin[p[j]] != q[j] {
				return false
			}
		}
	}
	return true
}

// sameSymbol reports whether two operations compute the same.
func sameSymbol(a, b symbol) bool {
	if s, ok := a.(scan); ok {
		t, ok := b.(scan)
		return ok && s.alike(t.scanBody) // whose operands are compared as those of any other
	}
	x, y := a.lower(), b.lower()
	if d, ok := x.(ir.Data); ok {
		e, ok := y.(ir.Data)
		return ok && slices.Equal(*d.Values, *e.Values)
	}
	if _, ok := x.(ir.Foreign); ok {
		return false
	}
	return x == y
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
