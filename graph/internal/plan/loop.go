package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Loop is the instructions that are carried out once for each time step.
type Loop struct {
	Body        []Instruction
	Parts       []*Instruction // in a schedule: what one worker does in a step; nil is a barrier
	Depth       int            // how many loops it stands in: which Step of the layouts it counts
	Steps       int
	Reverse     bool    // from the last step to the first
	Lengths     *Layout // of sequences of which the longest ends the loop; nil if it has all steps
	Count       ir.Count
	first, last int // its own place in the plan and that of the last instruction of its body
}

// String prints the loop with its instructions.
func (l *Loop) String() string {
	var b strings.Builder
	order := ""
	if l.Reverse {
		order = " from the last"
	}
	if l.Lengths != nil {
		order += " of the longest"
	}
	fmt.Fprintf(&b, "for %c in %d steps%s {\n", "tu"[l.Depth], l.Steps, order)
	for _, in := range l.Body {
		fmt.Fprintf(&b, "    %s\n", strings.ReplaceAll(in.String(), "\n", "\n    "))
	}
	b.WriteString("}")
	return b.String()
}

// isState reports whether v is a carry of a scan, whose results share memory.
func isState(v *ir.Value) bool {
	p, ok := v.Op.(ir.Part)
	return ok && p.Index < 2*v.Args[0].Op.(ir.Scan).Body.Carries
}

// ownedStep reports whether v is a body's step of a sequence whose memory nothing else looks at.
func (p *planner) ownedStep(v *ir.Value) bool {
	s, ok := v.Op.(ir.Step)
	return ok && p.alone[s.I]
}

// computed returns the value of which v is a reshape, or v itself.
func computed(v *ir.Value) *ir.Value {
	for {
		if _, ok := v.Op.(ir.Reshape); !ok {
			return v
		}
		v = v.Args[0]
	}
}

// keeps reports whether the result v may stand at l for good: what is stacked over the steps only where each step has
// memory of its own.
func (p *planner) keeps(v *ir.Value, l Layout) bool {
	if l.Buffer.Space != Arena {
		return false
	}
	if p.stacks[v] != nil {
		for depth := range p.loop.Depth + 1 {
			if l.Step[depth].Size == 0 {
				return false
			}
		}
	}
	return true
}

// aloneWith reports whether a value's memory is there for one user alone, so that this may write to it.
func (p *planner) aloneWith(v *ir.Value, uses []int) bool {
	for ir.IsView(v.Op) && uses[v.ID] == 1 {
		v = v.Args[0]
	}
	l := p.layout[v.ID]
	return uses[v.ID] == 1 && (!ir.IsSource(v.Op) || p.ownedStep(v)) && !ir.IsView(v.Op) && !isState(v) && p.placed[v.ID] == nil && l.Buffer.Space == Arena && !l.Buffer.Persistent
}

// at returns the part of a stack that a step of a loop works on, its element from+t at time step t.
func at(stack Layout, from int, l *Loop) Layout {
	one := element(stack, from)
	one.Step[l.Depth] = Step{stack.Strides[0], l.Steps}
	return one
}

// window returns the part of the states of all steps that a strip works on.
func window(states Layout, strip int, l *Loop) Layout {
	one := states
	one.Shape = append([]int{strip + 1}, states.Shape[1:]...)
	one.Step[l.Depth] = Step{strip * states.Strides[0], l.Steps}
	return one
}

// stacked returns the stack that a layout which moves with the steps of a loop is a part of.
func stacked(one Layout, l *Loop) Layout {
	s := one
	s.Shape = append([]int{l.Steps}, one.Shape...)
	s.Strides = append([]int{one.Step[l.Depth].Size}, one.Strides...)
	s.Step[l.Depth] = Step{}
	return s
}

// element returns element i of a stack.
func element(stack Layout, i int) Layout {
	one := stack
	one.Offset += i * stack.Strides[0]
	one.Shape, one.Strides = stack.Shape[1:], stack.Strides[1:]
	return one
}

// scan plans a loop: where its carries, its sequences and its stacks stand, then the body, then what is copied at the end of
// a step and behind the loop.
func (p *planner) scan(v *ir.Value, body *ir.Body) {
	l := &Loop{Steps: body.Steps, Reverse: body.Reverse, Count: body.Count()}
	if body.Counted {
		lengths := p.readable(ir.TakeStep{}, 1, v.Args[len(v.Args)-1])
		l.Lengths = &lengths
	}
	if p.loop != nil {
		l.Depth = p.loop.Depth + 1
	}
	s := &scanPlanner{outer: p, inner: newPlanner(&body.Graph, p.opts, p.plan, &l.Body), v: v, body: body, loop: l, parts: p.parts[v.ID]}
	s.inner.loop, s.inner.around, s.inner.fixed = l, p, v.Args[body.FixedAt():]
	for i := range body.Carries {
		s.carry(i)
	}
	for i := range body.Sequences {
		s.inner.alone = append(s.inner.alone, !p.opts.NoViews && p.aloneWith(v.Args[body.Carries+i], p.uses))
	}
	for k, out := range body.Outputs[body.Carries:] {
		if stack := s.parts[body.Stacked(k)]; stack != nil {
			s.stack(k, out, stack)
		}
	}
	s.sources()
	if !p.opts.NoViews {
		s.inner.place(&body.Graph)
		s.inner.own(&body.Graph)
	}
	for _, w := range body.Values {
		s.inner.value(w)
	}
	s.inner.ends(body, s.parts, p, s.next, s.now)
	*p.list = append(*p.list, Instruction{Op: v.Op, Loop: l})
	s.clear()
}

// scanPlanner plans one loop.
type scanPlanner struct {
	outer, inner *planner // of the graph that the loop stands in, and of its body
	v            *ir.Value
	body         *ir.Body
	loop         *Loop
	parts        map[int]*ir.Value // what is asked for of the results
	now, next    []Layout          // where the carries come from and go to
	ends         []func()          // behind a counted loop
}

// counted appends an instruction that depends on how many steps the loop has.
func (s *scanPlanner) counted(op ir.Op, dst Layout, args ...Layout) {
	*s.outer.list = append(*s.outer.list, Instruction{Op: op, Dst: dst, Args: append(args, *s.loop.Lengths)})
}

// carry decides where a carry stands. One whose states are asked for is written step by step into their stack, where the
// next step finds it. Any other stands in one place: there its next value is computed if nothing reads the old one any
// more, or else it is copied at the end of the step.
func (s *scanPlanner) carry(i int) {
	first := s.outer.layout[s.v.Args[i].ID]
	last, states := s.parts[s.body.Last(i)], s.parts[s.body.States(i)]
	if states != nil {
		s.carryInStack(i, first, last, states)
		return
	}
	var one Layout
	if last != nil {
		one = s.outer.destination(last)
		s.outer.layout[last.ID] = one
	} else {
		one = contiguous(s.outer.buffer(Buffer{Space: Arena, Size: s.v.Args[i].Size()}), s.v.Args[i].Shape)
	}
	s.outer.copy(one, first)
	s.now, s.next = append(s.now, one), append(s.next, one)
	if s.inner.lastReader(&s.body.Graph, i) {
		s.inner.placeOne(s.body.Outputs[i], one)
	}
}

// carryInStack has a carry written into the stack of its states.
func (s *scanPlanner) carryInStack(i int, first Layout, last, states *ir.Value) {
	whole := s.outer.destination(states)
	s.outer.layout[states.ID] = whole
	from, to := 0, s.body.Steps
	now, next := at(whole, 0, s.loop), at(whole, 1, s.loop)
	if s.body.Reverse {
		from, to, now, next = to, from, next, now
	}
	s.now, s.next = append(s.now, now), append(s.next, next)
	if slot := element(whole, from); s.body.Counted && s.body.Reverse {
		s.counted(ir.PutStep{Count: s.loop.Count}, whole, first)
	} else if !Same(slot, first) {
		s.outer.copy(slot, first)
	}
	s.inner.placeIn(s.body.Outputs[i], next)
	if s.body.Counted {
		s.ends = append(s.ends, func() { s.counted(ir.ClearTail{Count: s.loop.Count, States: true}, whole) })
	}
	switch {
	case last == nil:
	case s.body.Counted && !s.body.Reverse:
		one := s.outer.destination(last)
		s.outer.layout[last.ID] = one
		s.ends = append(s.ends, func() { s.counted(ir.TakeStep{Count: s.loop.Count}, one, whole) })
	default:
		s.outer.layout[last.ID] = element(whole, to)
	}
}

// stack has the k-th output computed where it stands in its stack, if it can be.
func (s *scanPlanner) stack(k int, out, stack *ir.Value) {
	p := s.outer
	step := func() Layout { // of the stack, when this has its place
		if s.body.Window(k) {
			return window(p.layout[stack.ID], s.body.Strip, s.loop)
		}
		return at(p.layout[stack.ID], 0, s.loop)
	}
	if p.placed[stack.ID] != nil || p.stacks[stack] != nil {
		p.layout[stack.ID] = p.destination(stack)
		s.inner.placeIn(out, step())
		return
	}
	of := computed(out)
	if s.inner.stacks[of] != nil {
		return
	}
	s.inner.stacks[of] = func() (Layout, bool) {
		if p.layout[stack.ID].Buffer == nil {
			p.layout[stack.ID] = p.destination(stack)
		}
		one := step()
		strides, ok := ir.ReshapeStrides(one.Shape, one.Strides, of.Shape)
		one.Shape, one.Strides = of.Shape, strides
		return one, ok
	}
}

// sources gives what comes into the body its layouts.
func (s *scanPlanner) sources() {
	for _, w := range s.body.Values {
		switch op := w.Op.(type) {
		case ir.Carry:
			s.inner.layout[w.ID] = s.now[op.I]
		case ir.Step:
			s.inner.layout[w.ID] = at(s.outer.layout[s.v.Args[s.body.Carries+op.I].ID], 0, s.loop)
		case ir.Fixed:
			s.inner.layout[w.ID] = s.outer.layout[s.v.Args[s.body.FixedAt()+op.I].ID]
		}
	}
}

// clear appends what sets the steps to zero that a counted loop has not had, and takes its last states.
func (s *scanPlanner) clear() {
	if !s.body.Counted {
		return
	}
	for _, end := range s.ends {
		end()
	}
	count := s.loop.Count
	if s.body.Strip > 0 { // of the sequence, whose steps stand one behind the other
		count = ir.Count{Steps: s.body.Steps * s.body.Strip}
	}
	for k := range s.body.Outputs[s.body.Carries:] {
		if stack := s.parts[s.body.Stacked(k)]; stack != nil {
			s.counted(ir.ClearTail{Count: count, States: s.body.Window(k)}, s.outer.steps(s.outer.layout[stack.ID], s.body, k))
		}
	}
}

// steps returns a stack of a body with the steps of its strips, if it has any, one behind the other.
func (p *planner) steps(stack Layout, body *ir.Body, output int) Layout {
	if body.Strip == 0 || body.Window(output) {
		return stack
	}
	stack.Shape = append([]int{body.Steps * body.Strip}, stack.Shape[2:]...)
	stack.Strides = stack.Strides[1:]
	return stack
}

// lastReader reports whether the next value of a carry is computed by the last instruction that reads the old one, or
// behind it, so that it can be written there.
func (p *planner) lastReader(g *ir.Graph, carry int) bool {
	var old *ir.Value
	place := make([]int, g.Limit())
	seen := make([]bool, g.Limit()) // the carry and its views
	last := -1
	readers := make(map[*ir.Value][]int)
	for i, v := range g.Values {
		place[v.ID] = i
		if c, ok := v.Op.(ir.Carry); ok && c.I == carry {
			old, seen[v.ID] = v, true
			continue
		}
		for j, a := range v.Args {
			switch {
			case !seen[a.ID]:
			case ir.IsView(v.Op):
				seen[v.ID] = true
			default:
				last = i
				readers[v] = append(readers[v], j)
			}
		}
	}
	next := g.Outputs[carry]
	if ir.IsView(next.Op) || ir.IsSource(next.Op) {
		return false
	}
	for k, out := range g.Outputs {
		if seen[out.ID] || k != carry && out == next {
			return false // the old value is needed at the end of the step, or the new one in two places
		}
	}
	written := firstWrite(next, place)
	if old == nil || written > last {
		return true
	}
	if written < last {
		return false
	}
	switch op := next.Op.(type) {
	case ir.Concat:
		return false
	case ir.Part: // of a loop, which may go on from the old value, if that is all that it does with it
		r := readers[next.Args[0]]
		return op.Index < next.Args[0].Op.(ir.Scan).Body.Carries && len(r) == 1 && r[0] == op.Index && next.Args[0].Args[r[0]] == old
	}
	first, end := ir.Overwrites(next.Op, len(next.Args))
	for _, j := range readers[next] {
		if next.Args[j] != old || j < first || j >= end {
			return false
		}
	}
	return true
}

// firstWrite returns the place at which a value's memory is written first: that of the first member of a concatenation, and
// that of the loop of its results.
func firstWrite(v *ir.Value, place []int) int {
	switch v.Op.(type) {
	case ir.Part, ir.Reshape:
		return firstWrite(v.Args[0], place)
	case ir.Concat:
		first := place[v.ID]
		for _, a := range v.Args {
			first = min(first, firstWrite(a, place))
		}
		return first
	}
	return place[v.ID]
}

// ends copies the results of a step that do not stand where they are to go, at the end of it. What comes from a carry is
// set aside first: two carries may change places.
func (p *planner) ends(body *ir.Body, parts map[int]*ir.Value, outer *planner, next, now []Layout) {
	var late []func()
	move := func(dst, src Layout) {
		if Same(dst, src) {
			return
		}
		for i := range now {
			if src.Buffer == now[i].Buffer && dst.Buffer != src.Buffer || src.Buffer == now[i].Buffer && Same(now[i], next[i]) {
				aside := contiguous(p.buffer(Buffer{Space: Arena, Size: ir.Size(src.Shape)}), src.Shape)
				p.copy(aside, src)
				src = aside
				break
			}
		}
		late = append(late, func() { p.copy(dst, src) })
	}
	given := make(map[*ir.Value]bool) // what has its stack
	for k, out := range body.Outputs[body.Carries:] {
		stack := parts[body.Stacked(k)]
		if stack == nil {
			continue
		}
		l := p.layout[out.ID]
		first := !given[out]
		given[out] = true
		if outer.layout[stack.ID].Buffer == nil {
			isCarry := slices.ContainsFunc(now, func(c Layout) bool { return c.Buffer == l.Buffer })
			// It may have stayed in a sequence's memory. As a member of another stack it has none of its own: what reads the
			// one stack alone may write there.
			if first && !isCarry && p.placed[out.ID] == nil && !body.Window(k) && l.Step[p.loop.Depth].Size != 0 && !ir.IsSource(out.Op) && !ir.IsView(out.Op) {
				outer.layout[stack.ID] = stacked(l, p.loop)
				continue
			}
			outer.layout[stack.ID] = outer.destination(stack)
		}
		if body.Window(k) {
			move(window(outer.layout[stack.ID], body.Strip, p.loop), l)
		} else {
			move(at(outer.layout[stack.ID], 0, p.loop), l)
		}
	}
	for i, out := range body.Outputs[:body.Carries] {
		move(next[i], p.layout[out.ID])
	}
	for _, copy := range late {
		copy()
	}
}
