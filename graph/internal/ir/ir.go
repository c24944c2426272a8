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
	Type  Type
}

// Type is what the elements of a value are.
type Type uint8

// The types.
const (
	Number  Type = iota // a number of the program's precision
	Integer             // an index, a target, a length
	Tuple               // several results, of which Part picks one
)

// String returns the type's name.
func (t Type) String() string { return [...]string{"number", "integer", "tuple"}[t] }

// typeOf returns the type of what op computes of arguments: what only moves elements about keeps theirs.
func typeOf(op Op, args []*Value) Type {
	switch op := op.(type) {
	case IndexInput:
		return Integer
	case Step:
		return op.Type
	case Fixed:
		return op.Type
	case Scan:
		return Tuple
	case Viewer, Concat, Copy:
		if len(args) > 0 {
			return args[0].Type
		}
	}
	return Number
}

// Size returns the number of elements.
func (v *Value) Size() int { return Size(v.Shape) }

// String prints the value as an assignment: "%7 [32 128] = sigmoid(%5)".
func (v *Value) String() string {
	args := make([]string, len(v.Args))
	for i, a := range v.Args {
		args[i] = fmt.Sprintf("%%%d", a.ID)
	}
	kind := ""
	if v.Type != Number {
		kind = v.Type.String() + " "
	}
	return fmt.Sprintf("%%%d %s%v = %v(%s)", v.ID, kind, v.Shape, v.Op, strings.Join(args, ", "))
}

// Graph is a list of values in an order of computation: each stands after its arguments.
type Graph struct {
	Values  []*Value
	Outputs []*Value // what must be there after a run; a value may stand here more than once
	next    int
}

// New makes a value. It is not in the graph's order before Sort.
func (g *Graph) New(op Op, shape []int, args ...*Value) *Value {
	v := &Value{ID: g.next, Op: op, Args: args, Shape: shape, Type: typeOf(op, args)}
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
