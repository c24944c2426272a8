// Package ir is the intermediate representation between a symbolic graph and a program: values in static single
// assignment form, of static shape, in the order in which they are computed. Passes rewrite it; the executor turns it
// into instructions.
package ir

import (
	"fmt"
	"strings"
)

// Value is what one operation computes.
type Value struct {
	ID    int // its place among the values that a graph has made
	Op    Op
	Args  []*Value
	Shape []int
}

// Size returns the number of elements.
func (v *Value) Size() int { return Size(v.Shape) }

// String prints the value as an assignment: "%7 [32 128] = sigmoid(%5)".
func (v *Value) String() string {
	args := make([]string, len(v.Args))
	for i, a := range v.Args {
		args[i] = fmt.Sprintf("%%%d", a.ID)
	}
	return fmt.Sprintf("%%%d %v = %v(%s)", v.ID, v.Shape, v.Op, strings.Join(args, ", "))
}

// Graph is a list of values in an order of computation: each stands after its arguments.
type Graph struct {
	Values  []*Value
	Outputs []*Value // what must be there after a run; a value may stand here more than once
	next    int
}

// New makes a value. It is not in the graph's order before Sort.
func (g *Graph) New(op Op, shape []int, args ...*Value) *Value {
	v := &Value{ID: g.next, Op: op, Args: args, Shape: shape}
	g.next++
	return v
}

// Limit returns a number above every value's ID.
func (g *Graph) Limit() int { return g.next }

// Add makes a value and appends it to the order.
func (g *Graph) Add(op Op, shape []int, args ...*Value) *Value {
	v := g.New(op, shape, args...)
	g.Values = append(g.Values, v)
	return v
}

// Sort rebuilds the order from the outputs: a depth-first walk that keeps the order of arguments, so that the same
// graph always gives the same program. What no output needs is left out. Inputs stay, needed or not: they are the
// program's interface.
func (g *Graph) Sort() {
	order := make([]*Value, 0, len(g.Values))
	done := make([]bool, g.next)
	type frame struct {
		v    *Value
		next int
	}
	var stack []frame
	visit := func(root *Value) {
		if done[root.ID] {
			return
		}
		done[root.ID] = true
		stack = append(stack[:0], frame{v: root})
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			if f.next < len(f.v.Args) {
				a := f.v.Args[f.next]
				f.next++
				if !done[a.ID] {
					done[a.ID] = true
					stack = append(stack, frame{v: a})
				}
				continue
			}
			order = append(order, f.v)
			stack = stack[:len(stack)-1]
		}
	}
	for _, v := range g.Values {
		if IsSource(v.Op) {
			if _, isConst := v.Op.(Fill); !isConst {
				visit(v)
			}
		}
	}
	for _, v := range g.Outputs {
		visit(v)
	}
	g.Values = order
}

// Hasten moves what leads to reductions of stacks of steps to where it can be computed first: the reductions, the stacks
// and other views, and what is computed for a stack alone. They then find in a cache what the steps have computed, and
// its memory is free for the next ones.
func (g *Graph) Hasten() {
	missing := make([]int, g.next) // arguments that are not in the order yet
	users := make([][]*Value, g.next)
	stacked := g.onlyStacked()
	for _, v := range g.Values {
		if !hasty(v) && !stacked[v.ID] {
			continue
		}
		missing[v.ID] = len(v.Args)
		for _, a := range v.Args {
			users[a.ID] = append(users[a.ID], v)
		}
	}
	order := make([]*Value, 0, len(g.Values))
	done := make([]bool, g.next)
	var ready []*Value
	for _, v := range g.Values {
		ready = append(ready, v)
		for len(ready) > 0 {
			v := ready[0]
			ready = ready[1:]
			if done[v.ID] {
				continue
			}
			done[v.ID] = true
			order = append(order, v)
			for _, u := range users[v.ID] {
				if missing[u.ID]--; missing[u.ID] == 0 {
					ready = append(ready, u)
				}
			}
		}
	}
	g.Values = order
}

// hasty reports whether v is a view, or a product or a reduction of a stack.
func hasty(v *Value) bool {
	switch v.Op.(type) {
	case Slice, Reshape, Transpose, Concat:
		return true
	case MatMul, ReduceSum:
		for _, a := range v.Args {
			if IsStack(a) {
				return true
			}
		}
	}
	return false
}

// IsStack reports whether v joins values along the first axis, such as the steps of a sequence.
func IsStack(v *Value) bool {
	c, ok := v.Op.(Concat)
	return ok && c.Axis == 0
}

// onlyStacked reports, by ID, which elementwise values nothing uses but a stack.
func (g *Graph) onlyStacked() []bool {
	uses, stacked := g.Uses(), make([]bool, g.next)
	for _, v := range g.Values {
		for _, a := range v.Args {
			if _, ok := a.Op.(Map); ok && IsStack(v) {
				stacked[a.ID] = uses[a.ID] == 1
			}
		}
	}
	return stacked
}

// Replace puts by[v.ID] in the place of each argument and output v for which it is set.
func (g *Graph) Replace(by []*Value) {
	get := func(v *Value) *Value {
		for v.ID < len(by) && by[v.ID] != nil && by[v.ID] != v {
			v = by[v.ID]
		}
		return v
	}
	for _, v := range g.Values {
		for i, a := range v.Args {
			v.Args[i] = get(a)
		}
	}
	for i, v := range g.Outputs {
		g.Outputs[i] = get(v)
	}
}

// Uses returns how often each value, by ID, is an argument or an output.
func (g *Graph) Uses() []int {
	uses := make([]int, g.next)
	for _, v := range g.Values {
		for _, a := range v.Args {
			uses[a.ID]++
		}
	}
	for _, v := range g.Outputs {
		uses[v.ID]++
	}
	return uses
}

// String prints the graph, a value a line.
func (g *Graph) String() string {
	var b strings.Builder
	for _, v := range g.Values {
		fmt.Fprintln(&b, v)
	}
	b.WriteString("outputs")
	for _, v := range g.Outputs {
		fmt.Fprintf(&b, " %%%d", v.ID)
	}
	b.WriteByte('\n')
	return b.String()
}

// Size returns the number of elements of a shape.
func Size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// Strides returns the strides of a contiguous row-major tensor.
func Strides(shape []int) []int {
	s := make([]int, len(shape))
	n := 1
	for i := len(shape) - 1; i >= 0; i-- {
		s[i] = n
		n *= shape[i]
	}
	return s
}

// SameShape reports whether two shapes are equal.
func SameShape(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
