package pass

import "github.com/rnnzoo/rnnzoo/graph/internal/ir"

// TrimScans leaves out of scans what nobody asks for: outputs that are not stacked anywhere, carries that neither lead to a
// result nor are one, sequences and values that no step reads. What is stacked twice, or is a carry's next value, is
// stacked once.
func TrimScans(g *ir.Graph) {
	mergeParts(g)
	for _, v := range g.Scans() {
		mergeOutputs(g, v)
	}
	g.Sort()
	parts := g.Parts()
	for _, v := range g.Scans() {
		trim(v, parts[v.ID])
	}
	g.Sort()
}

// mergeParts has each result of a scan picked once.
func mergeParts(g *ir.Graph) {
	by := make([]*ir.Value, g.Limit())
	parts := g.Parts()
	for _, v := range g.Values {
		if p, ok := v.Op.(ir.Part); ok && parts[v.Args[0].ID][p.Index] != v {
			by[v.ID] = parts[v.Args[0].ID][p.Index]
		}
	}
	g.Replace(by)
	g.Sort()
}

// mergeOutputs has each value of a scan's body be a result of one kind.
func mergeOutputs(g *ir.Graph, v *ir.Value) {
	body := v.Op.(ir.Scan).Body
	parts := g.Parts()[v.ID]
	by := make([]*ir.Value, g.Limit())
	behind := 1
	if body.Reverse {
		behind = 0
	}
	replace := func(part, value *ir.Value) {
		for len(by) < g.Limit() {
			by = append(by, nil)
		}
		by[part.ID] = value
	}
	first := make(map[*ir.Value]*ir.Value) // what is stacked, and the stack
	for k, out := range body.Outputs[body.Carries:] {
		stack := parts[body.Stacked(k)]
		if stack == nil {
			continue
		}
		if first[out] != nil {
			replace(stack, first[out])
			continue
		}
		if s, ok := out.Op.(ir.Step); ok { // the sequence itself
			first[out] = v.Args[body.Carries+s.I]
			replace(stack, first[out])
			continue
		}
		first[out] = stack
		for i, next := range body.Outputs[:body.Carries] {
			if out == next {
				states := parts[body.States(i)]
				if states == nil {
					states = g.New(ir.Part{Index: body.States(i)}, body.PartShape(body.States(i)), v)
					if parts == nil {
						parts = make(map[int]*ir.Value)
					}
					parts[body.States(i)] = states
				}
				first[out] = g.New(ir.Slice{Axis: 0, From: behind}, stack.Shape, states)
				replace(stack, first[out])
				break
			}
		}
	}
	g.Replace(by)
}

// trim leaves out what nobody asks for.
func trim(v *ir.Value, parts map[int]*ir.Value) {
	body := v.Op.(ir.Scan).Body
	needed := make([]bool, len(body.Outputs))
	for i := range body.Outputs {
		if i < body.Carries {
			needed[i] = parts[body.Last(i)] != nil || parts[body.States(i)] != nil
		} else {
			needed[i] = parts[body.Stacked(i-body.Carries)] != nil
		}
	}
	reached := make([]bool, body.Limit())
	var reach func(*ir.Value)
	reach = func(w *ir.Value) {
		if reached[w.ID] {
			return
		}
		reached[w.ID] = true
		if c, ok := w.Op.(ir.Carry); ok && !needed[c.I] {
			needed[c.I] = true
			reach(body.Outputs[c.I])
		}
		for _, a := range w.Args {
			reach(a)
		}
	}
	for i, out := range body.Outputs {
		if needed[i] {
			reach(out)
		}
	}

	// Numbers of sources and results without what is left out.
	steps, fixed := make([]bool, body.Sequences), make([]bool, body.Fixed(len(v.Args)))
	var values []*ir.Value
	for _, w := range body.Values {
		if !reached[w.ID] {
			continue
		}
		values = append(values, w)
		switch op := w.Op.(type) {
		case ir.Step:
			steps[op.I] = true
		case ir.Fixed:
			fixed[op.I] = true
		}
	}
	carry, step, same := renumber(needed[:body.Carries]), renumber(steps), renumber(fixed)
	for _, w := range values {
		switch op := w.Op.(type) {
		case ir.Carry:
			op.I = carry[op.I]
			w.Op = op
		case ir.Step:
			op.I = step[op.I]
			w.Op = op
		case ir.Fixed:
			op.I = same[op.I]
			w.Op = op
		}
	}
	old := *body
	out := renumber(needed)
	body.Values, body.Carries, body.Sequences = values, count(needed[:old.Carries]), count(steps)
	var outputs, args []*ir.Value
	for i, w := range old.Outputs {
		if needed[i] {
			outputs = append(outputs, w)
		}
	}
	for i, a := range v.Args {
		if old.Counted && i == len(v.Args)-1 {
			args = append(args, a)
		} else if i < old.Carries && needed[i] || i >= old.Carries && i < old.FixedAt() && steps[i-old.Carries] || i >= old.FixedAt() && fixed[i-old.FixedAt()] {
			args = append(args, a)
		}
	}
	body.Outputs, v.Args = outputs, args
	for index, p := range parts {
		switch c := old.Carries; {
		case index < c:
			index = body.Last(carry[index])
		case index < 2*c:
			index = body.States(carry[index-c])
		default:
			index = body.Stacked(out[index-c] - body.Carries)
		}
		p.Op = ir.Part{Index: index}
	}
	body.Sort()
}

// renumber returns the numbers of what is kept.
func renumber(kept []bool) []int {
	n := make([]int, len(kept))
	next := 0
	for i, k := range kept {
		if n[i] = next; k {
			next++
		}
	}
	return n
}

func count(kept []bool) int {
	n := 0
	for _, k := range kept {
		if k {
			n++
		}
	}
	return n
}
