package pass

import "github.com/rnnzoo/rnnzoo/graph/internal/ir"

// StripMine divides the steps of a scan into strips of some each, a scan of scans. What Hoist and Sink then take out of the
// steps is computed strip by strip, while a strip's values are in a cache, and its memory serves the next one.
func StripMine(g *ir.Graph) {
	mergeParts(g)
	by := make([]*ir.Value, g.Limit())
	parts := g.Parts()
	for _, v := range g.Scans() {
		body := v.Op.(ir.Scan).Body
		if n := strip(body); n > 0 && body.Strip == 0 && len(body.Scans()) == 0 {
			stripMine(g, v, n, parts[v.ID], &by)
		}
	}
	g.Replace(by)
	g.Sort()
}

// strip returns how many steps of a body make a strip: a divisor of all that makes about as many rows as the kernels take
// along k at a time, or 0.
func strip(body *ir.Body) int {
	rows, widest := 1, 0
	if body.Carries > 0 && len(body.Outputs[0].Shape) > 1 {
		rows = body.Outputs[0].Shape[0]
	}
	for _, v := range body.Values {
		if _, ok := v.Op.(ir.Fixed); ok {
			widest = max(widest, v.Size())
		}
	}
	want := stepRows
	if widest > wideResult {
		want = stepRowsWide
	}
	best, off := 0, 2.0
	for n := 2; n <= body.Steps/2; n++ {
		if body.Steps%n != 0 {
			continue
		}
		ratio := float64(n*rows) / float64(want)
		if ratio < 1 {
			ratio = 1 / ratio
		}
		if ratio < off {
			best, off = n, ratio
		}
	}
	return best
}

// stripMine puts a scan over strips of n steps in the place of a scan.
func stripMine(g *ir.Graph, v *ir.Value, n int, parts map[int]*ir.Value, by *[]*ir.Value) {
	old := v.Op.(ir.Scan).Body
	inner := &ir.Body{Graph: old.Graph, Steps: n, Reverse: old.Reverse, Carries: old.Carries, Sequences: old.Sequences, Counted: old.Counted, Within: old.Counted}
	for _, v := range inner.Values {
		if op, ok := v.Op.(ir.Dropout); ok && op.EachStep {
			op.Strip = n
			v.Op = op
		}
	}
	outer := &ir.Body{Steps: old.Steps / n, Reverse: old.Reverse, Carries: old.Carries, Sequences: old.Sequences, Strip: n, Counted: old.Counted}
	og := &outer.Graph
	outerArgs := append([]*ir.Value(nil), v.Args...)
	args := make([]*ir.Value, len(v.Args))
	for i, a := range v.Args {
		switch {
		case i < old.Carries:
			args[i] = og.Add(ir.Carry{I: i}, a.Shape)
		case i < old.FixedAt():
			strips := append([]int{outer.Steps, n}, a.Shape[1:]...)
			outerArgs[i] = g.Add(ir.Reshape{}, strips, a)
			args[i] = og.Add(ir.Step{I: i - old.Carries, Type: a.Type}, strips[1:])
		default:
			args[i] = og.Add(ir.Fixed{I: i - old.FixedAt(), Type: a.Type}, a.Shape)
		}
	}
	if old.Counted { // the strips count as a whole, and each the steps that are left for it
		outerArgs = append(outerArgs, v.Args[len(v.Args)-1])
	}
	steps := og.Add(ir.Scan{Body: inner}, v.Shape, args...)
	whole := g.Add(ir.Scan{Body: outer}, v.Shape, outerArgs...)
	part := func(index int) *ir.Value { return og.Add(ir.Part{Index: index}, inner.PartShape(index), steps) }
	for i := range old.Carries {
		outer.Outputs = append(outer.Outputs, part(inner.Last(i)))
	}
	for index := range old.Carries + len(old.Outputs) {
		p := parts[index]
		if p == nil {
			continue
		}
		of := index
		if index >= old.Carries {
			outer.Outputs = append(outer.Outputs, part(index))
			of = outer.Stacked(len(outer.Outputs) - 1 - outer.Carries)
		}
		result := g.New(ir.Part{Index: of}, outer.PartShape(of), whole)
		for len(*by) < g.Limit() {
			*by = append(*by, nil)
		}
		(*by)[p.ID] = reshape(g, result, p.Shape)
		for len(*by) < g.Limit() {
			*by = append(*by, nil)
		}
	}
}
