package pass

import "github.com/rnnzoo/rnnzoo/graph/internal/ir"

// lifted is a value of a scan's body as one of the graph around it: the same at all steps, or stacked over them.
type lifted struct {
	value   *ir.Value
	stacked bool
}

// lifter computes values of a scan's body outside it, for all steps at once.
type lifter struct {
	g    *ir.Graph
	scan *ir.Value
	body *ir.Body
	done map[*ir.Value]lifted
	// edge returns what the body has computed, where lifting ends; false to go on.
	edge func(v *ir.Value) (lifted, bool)
}

func newLifter(g *ir.Graph, scan *ir.Value) *lifter {
	l := &lifter{g: g, scan: scan, body: scan.Op.(ir.Scan).Body, done: make(map[*ir.Value]lifted)}
	l.edge = func(*ir.Value) (lifted, bool) { return lifted{}, false }
	return l
}

// lift returns the value as one of the graph around the scan. What depends on another step, and what no operation
// computes for all steps at once, has none.
func (l *lifter) lift(v *ir.Value) (x lifted, ok bool) {
	if x, ok := l.done[v]; ok {
		return x, x.value != nil
	}
	if x, ok = l.edge(v); !ok {
		x, ok = l.compute(v)
	}
	l.done[v] = x
	return x, ok
}

func (l *lifter) compute(v *ir.Value) (lifted, bool) {
	none := lifted{}
	switch op := v.Op.(type) {
	case ir.Carry:
		return none, false
	case ir.Step:
		return lifted{l.scan.Args[l.body.Carries+op.I], true}, true
	case ir.Fixed:
		return lifted{l.scan.Args[l.body.FixedAt()+op.I], false}, true
	case ir.Dropout:
		if op.EachStep {
			return none, false
		}
	case ir.Scan, ir.Part: // a loop in a loop stays there
		return none, false
	}
	args, stacked, any := make([]*ir.Value, len(v.Args)), make([]bool, len(v.Args)), false
	for i, a := range v.Args {
		x, ok := l.lift(a)
		if !ok {
			return none, false
		}
		args[i], stacked[i] = x.value, x.stacked
		any = any || x.stacked
	}
	if !any {
		return lifted{l.g.New(v.Op, v.Shape, args...), false}, true
	}
	if op, ok := v.Op.(ir.MatMul); ok {
		return l.product(v, op, args, stacked)
	}
	b, ok := v.Op.(ir.Batcher)
	if !ok {
		return none, false
	}
	op, ok := b.Batch(v.Shape, stacked)
	if !ok {
		return none, false
	}
	if isElementwise(v.Op) && l.byRows(v, stacked) {
		for i := range args {
			if stacked[i] {
				args[i] = l.rows(args[i])
			}
		}
		y := l.g.New(op, []int{l.body.Steps * v.Shape[0], v.Shape[1]}, args...)
		return lifted{l.g.New(ir.Reshape{}, l.over(v.Shape), y), true}, true
	}
	for i, a := range v.Args {
		// Broadcasting aligns at the last axis: an argument of fewer axes gets some of size 1 behind that of time.
		if missing := len(v.Shape) - len(a.Shape); stacked[i] && missing > 0 && isElementwise(v.Op) {
			shape := []int{l.body.Steps}
			for range missing {
				shape = append(shape, 1)
			}
			args[i] = l.g.New(ir.Reshape{}, append(shape, a.Shape...), args[i])
		}
	}
	return lifted{l.g.New(op, l.over(v.Shape), args...), true}, true
}

// byRows reports whether an elementwise value is one of rows: of matrices, and of rows that are the same for all. It is then
// computed like a product, of the rows of all steps one below the other, and can be one with it.
func (l *lifter) byRows(v *ir.Value, stacked []bool) bool {
	for i, a := range v.Args {
		if stacked[i] && !ir.SameShape(a.Shape, v.Shape) || !stacked[i] && len(a.Shape) > 1 {
			return false
		}
	}
	return len(v.Shape) == 2
}

// product lifts a product of a matrix of each step and one that is the same at all: the rows of all steps, one below the
// other.
func (l *lifter) product(v *ir.Value, op ir.MatMul, args []*ir.Value, stacked []bool) (lifted, bool) {
	if op.TransA || len(v.Shape) != 2 || !stacked[0] || stacked[1] || op.Add && !stacked[2] || op.Bias && stacked[len(args)-1] {
		return lifted{}, false
	}
	args[0] = l.rows(args[0])
	if op.Add {
		args[2] = l.rows(args[2])
	}
	op.Steps = l.body.Steps * max(1, op.Steps)
	y := l.g.New(op, []int{l.body.Steps * v.Shape[0], v.Shape[1]}, args...)
	return lifted{l.g.New(ir.Reshape{}, l.over(v.Shape), y), true}, true
}

// over returns the shape of a stack over the steps.
func (l *lifter) over(shape []int) []int { return append([]int{l.body.Steps}, shape...) }

// rows returns a stack of matrices as one matrix.
func (l *lifter) rows(stack *ir.Value) *ir.Value {
	s := stack.Shape
	return l.g.New(ir.Reshape{}, []int{s[0] * s[1], s[2]}, stack)
}

func isElementwise(op ir.Op) bool {
	_, ok := op.(ir.Fuser)
	return ok
}
