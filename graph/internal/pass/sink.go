package pass

import "github.com/rnnzoo/rnnzoo/graph/internal/ir"

// Sink computes behind a scan what none of its steps needs of another: sums over the steps of products aᵀ·b, a weight's
// gradient, become one product over the rows of all steps, sums of reduced rows one reduction, and products with a weight
// that are only stacked, a sequence's gradient, one product for all steps.
func Sink(g *ir.Graph) {
	mergeParts(g)
	for _, v := range g.Scans() {
		if body := v.Op.(ir.Scan).Body; body.Strip == 0 && !body.Closed { // as in Hoist
			sink(g, v)
			g.Sort()
		}
	}
	TrimScans(g)
}

// sinker is what Sink needs to know of a scan.
type sinker struct {
	*lifter
	parts  map[int]*ir.Value
	by     map[*ir.Value]*ir.Value // results by what is computed behind the scan
	stacks map[*ir.Value]*ir.Value // values of the body that have a stack, and that
	late   []bool                  // what nothing in the body needs but what is late, too
}

func sink(g *ir.Graph, scan *ir.Value) {
	s := &sinker{lifter: newLifter(g, scan), parts: g.Parts()[scan.ID], by: make(map[*ir.Value]*ir.Value), stacks: make(map[*ir.Value]*ir.Value)}
	body := s.body
	outputs := len(body.Outputs)
	for k, out := range body.Outputs[body.Carries:] {
		if p := s.parts[body.Stacked(k)]; p != nil && s.stacks[out] == nil {
			s.stacks[out] = p
		}
	}
	s.late = s.findLate()
	s.edge = func(v *ir.Value) (lifted, bool) {
		switch v.Op.(type) {
		case ir.Step, ir.Fixed, ir.Fill, ir.Data:
			return lifted{}, false
		}
		if s.late[v.ID] && !ir.IsSource(v.Op) {
			return lifted{}, false
		}
		return lifted{s.stack(v), true}, true
	}
	for k, out := range body.Outputs[body.Carries:outputs] {
		p := s.parts[body.Stacked(k)]
		if op, ok := out.Op.(ir.MatMul); ok && p != nil && s.late[out.ID] && !op.TransA && s.steady(out.Args[1]) {
			if x, ok := s.lift(out); ok && x.stacked {
				s.by[p] = x.value
			}
		}
	}
	for i := range body.Carries {
		s.total(i)
	}
	by := make([]*ir.Value, g.Limit())
	for p, v := range s.by {
		by[p.ID] = v
	}
	g.Replace(by)
}

// findLate returns, by ID, what neither a carry nor anything that a carry needs depends on.
func (s *sinker) findLate() []bool {
	late := make([]bool, s.body.Limit())
	for i := range late {
		late[i] = true
	}
	var need func(*ir.Value)
	need = func(v *ir.Value) {
		if late[v.ID] {
			late[v.ID] = false
			for _, a := range v.Args {
				need(a)
			}
		}
	}
	for i, next := range s.body.Outputs[:s.body.Carries] {
		if terms := s.terms(i); terms != nil {
			for _, t := range terms {
				if _, ok := product(t); ok {
					continue
				}
				need(t)
			}
			continue
		}
		need(next)
	}
	return late
}

// steady reports whether a value is the same at all steps.
func (s *sinker) steady(v *ir.Value) bool {
	switch v.Op.(type) {
	case ir.Fixed, ir.Fill, ir.Data:
		return true
	case ir.Carry, ir.Step, ir.Scan, ir.Part:
		return false
	}
	if d, ok := v.Op.(ir.Dropout); ok && d.EachStep {
		return false
	}
	for _, a := range v.Args {
		if !s.steady(a) {
			return false
		}
	}
	return true
}

// stack returns the values that v has at all steps [Steps, …].
func (s *sinker) stack(v *ir.Value) *ir.Value {
	body := s.body
	if x := s.stacks[v]; x != nil {
		return x
	}
	var x *ir.Value
	switch op := v.Op.(type) {
	case ir.Step:
		x = s.scan.Args[body.Carries+op.I]
	case ir.Reshape: // a view of the other stack, which may be there anyway
		x = reshape(s.g, s.stack(v.Args[0]), s.over(v.Shape))
	case ir.Carry:
		from := 0
		if body.Reverse {
			from = 1
		}
		x = s.g.New(ir.Slice{Axis: 0, From: from}, s.over(v.Shape), s.part(body.States(op.I)))
	default:
		body.Outputs = append(body.Outputs, v)
		x = s.part(body.Stacked(len(body.Outputs) - 1 - body.Carries))
	}
	s.stacks[v] = x
	return x
}

func (s *sinker) part(index int) *ir.Value {
	if s.parts == nil {
		s.parts = make(map[int]*ir.Value)
	}
	if s.parts[index] == nil {
		s.parts[index] = s.g.Add(ir.Part{Index: index}, s.body.PartShape(index), s.scan)
	}
	return s.parts[index]
}

// terms returns what a carry adds up, if it does that and nothing else with it and only the total is asked for.
func (s *sinker) terms(carry int) []*ir.Value {
	next := s.body.Outputs[carry]
	if _, ok := next.Op.(ir.Sum); !ok || s.parts[s.body.States(carry)] != nil {
		return nil
	}
	var terms []*ir.Value
	found := 0
	for _, a := range next.Args {
		if c, ok := a.Op.(ir.Carry); ok && c.I == carry {
			found++
		} else if !ir.SameShape(a.Shape, next.Shape) {
			return nil
		} else {
			terms = append(terms, a)
		}
	}
	uses := 0
	for _, v := range s.body.Values {
		for _, a := range v.Args {
			if c, ok := a.Op.(ir.Carry); ok && c.I == carry {
				uses++
			}
			if a == next {
				return nil
			}
		}
	}
	for i, out := range s.body.Outputs {
		if c, ok := out.Op.(ir.Carry); ok && c.I == carry || out == next && i != carry {
			return nil
		}
	}
	if found != 1 || uses != 1 {
		return nil
	}
	return terms
}

// product returns the operation of a product aᵀ·b of two matrices.
func product(v *ir.Value) (ir.MatMul, bool) {
	op, ok := v.Op.(ir.MatMul)
	return op, ok && op.TransA && !op.TransB && !op.Add && !op.Bias && len(v.Shape) == 2
}

// total has the terms of a carry that adds them up be added up for all steps at once, as far as that can be done.
func (s *sinker) total(carry int) {
	terms := s.terms(carry)
	if terms == nil {
		return
	}
	body := s.body
	next := body.Outputs[carry]
	var rest, sunk []*ir.Value
	for _, t := range terms {
		if op, ok := product(t); ok && !s.steady(t.Args[0]) && !s.steady(t.Args[1]) {
			sunk = append(sunk, s.g.New(op, t.Shape, s.rows(s.stack(t.Args[0])), s.rows(s.stack(t.Args[1]))))
			continue
		}
		if r := rowSum(t); r != nil && s.stacks[r.Args[0]] != nil { // what is stacked anyway
			op := r.Op.(ir.ReduceSum)
			op.Axes = op.Axes<<1 | 1
			whole := s.g.New(op, append([]int{1}, r.Shape...), s.stacks[r.Args[0]])
			sunk = append(sunk, reshape(s.g, whole, t.Shape))
			continue
		}
		rest = append(rest, t)
	}
	if len(sunk) == 0 {
		return
	}
	last := s.parts[body.Last(carry)]
	if last == nil {
		return
	}
	if len(rest) > 0 { // the carry adds up the others
		var old *ir.Value
		for _, a := range next.Args {
			if _, ok := a.Op.(ir.Carry); ok {
				old = a
			}
		}
		body.Outputs[carry] = body.Add(ir.Sum{}, next.Shape, append([]*ir.Value{old}, rest...)...)
		kept := s.g.New(last.Op, last.Shape, s.scan)
		sunk = append([]*ir.Value{kept}, sunk...)
	} else if first := s.scan.Args[carry]; !is(first, 0) {
		sunk = append([]*ir.Value{first}, sunk...)
	}
	total := sunk[0]
	if len(sunk) > 1 {
		total = s.g.New(ir.Sum{}, next.Shape, sunk...)
	}
	s.by[last] = total
}
