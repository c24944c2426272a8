package graph

import (
	"fmt"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// gradient returns the adjoints of a scan's inputs, given those of its results: back-propagation through time as a scan in
// the other direction. Its carries are the adjoints of the carries and, for what is the same at all steps, the sums of
// its adjoints so far. What it needs of a step's values is stacked by the forward scan, unless it is as cheap to compute
// again as to read.
func (s scan) gradient(b *Builder, node *gorgonia.Node, in gorgonia.Nodes, parts map[int]*gorgonia.Node) gorgonia.Nodes {
	if b.failed() {
		return nil
	}
	bb := s.b
	g := &scanBody{b: bb, steps: s.steps, reverse: !s.reverse, lengths: s.lengths, recompute: s.recompute}
	var inits, sequences, carryLeaves, stepLeaves []*gorgonia.Node
	leaf := func(kind string, like *gorgonia.Node) *gorgonia.Node {
		return bb.leaf(fmt.Sprintf("adjoint %s %d", kind, len(carryLeaves)+len(stepLeaves)), bb.params.dtype, shapeOf(like))
	}
	zeros := func(b *Builder, like *gorgonia.Node) *gorgonia.Node { return b.Const(0, shapeOf(like)...) }
	terms := make(map[*gorgonia.Node][]*gorgonia.Node)
	follow := func(n, sequence *gorgonia.Node) {
		l := leaf("step", n)
		stepLeaves, sequences = append(stepLeaves, l), append(sequences, sequence)
		terms[n] = append(terms[n], l)
	}
	first, behind := 0, 1 // where the stack of a carry has its first value, and those behind the steps
	if s.reverse {
		first, behind = s.steps, 0
	}
	for i, n := range s.next {
		l := leaf("carry", n)
		carryLeaves = append(carryLeaves, l)
		terms[n] = append(terms[n], l)
		init := parts[i]
		if init == nil {
			init = zeros(b, n)
		}
		inits = append(inits, init)
		if d := parts[s.carries+i]; d != nil {
			follow(n, b.Slice(d, 0, behind, behind+s.steps))
		}
	}
	for k, n := range s.outs {
		if d := parts[2*s.carries+k]; d != nil {
			follow(n, d)
		}
	}
	wanted := make(map[*gorgonia.Node]bool)
	for _, l := range s.leaves {
		wanted[l] = irType(l) == ir.Number
	}
	roots := append(append([]*gorgonia.Node{}, s.next...), s.outs...)
	forward := make(map[*gorgonia.Node]bool)
	for _, n := range bb.topologicalFrom(s.sources, roots...) {
		forward[n] = true
	}
	adjoint := bb.adjoints(s.sources, terms, roots, wanted)
	outs := make(map[int]int)   // of a sequence the output that its adjoint is
	totals := make(map[int]int) // of what is the same at all steps the carry that adds up its adjoint
	for i, l := range s.leaves {
		d := adjoint[l]
		switch {
		case i < s.carries:
			if d == nil {
				d = zeros(bb, l)
			}
			g.next = append(g.next, d)
		case d == nil:
		case i < s.carries+s.sequences:
			outs[i] = len(g.outs)
			g.outs = append(g.outs, d)
		default:
			totals[i] = len(g.next)
			acc := leaf("sum", l)
			carryLeaves, inits = append(carryLeaves, acc), append(inits, zeros(b, l))
			g.next = append(g.next, bb.Add(acc, d))
		}
	}
	if bb.failed() {
		b.Fail(bb.Err())
		return nil
	}

	k := keeper{s: s, b: b, node: node, in: in, forward: forward, known: make(map[*gorgonia.Node]bool)}
	for _, l := range append(append([]*gorgonia.Node{}, carryLeaves...), stepLeaves...) {
		k.known[l] = true
	}
	for _, n := range append(append([]*gorgonia.Node{}, g.next...), g.outs...) {
		k.visit(n)
	}
	g.leaves = append(append(carryLeaves, stepLeaves...), k.leaves...)
	grad := b.newScan(g, inits, append(sequences, k.sequences...))
	if b.failed() {
		return nil
	}
	d := make(gorgonia.Nodes, len(in))
	for i := range in {
		switch out, stacked := outs[i]; {
		case i < s.carries:
			d[i] = b.last(grad, i)
			if states := parts[s.carries+i]; states != nil {
				d[i] = b.Add(d[i], b.At(states, 0, first))
			}
		case stacked:
			d[i] = b.stacked(grad, out)
		default:
			if total, ok := totals[i]; ok {
				d[i] = b.last(grad, total)
			}
		}
	}
	return d
}

// keeper finds what a gradient needs of the forward scan.
type keeper struct {
	s       scan
	b       *Builder
	node    *gorgonia.Node
	in      gorgonia.Nodes
	forward map[*gorgonia.Node]bool // the nodes of the forward step
	known   map[*gorgonia.Node]bool

	leaves, sequences []*gorgonia.Node // of the gradient's body, and what they are steps of
	steady            map[*gorgonia.Node]bool
}

// visit keeps what a node of the gradient's body is computed from.
func (k *keeper) visit(root *gorgonia.Node) {
	stack := []*gorgonia.Node{root}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if k.known[n] {
			continue
		}
		k.known[n] = true
		switch source := k.s.sources[n].(type) {
		case ir.Carry:
			k.keep(n, k.b.states(k.node, source.I, false))
			continue
		case ir.Step:
			k.keep(n, k.in[k.s.carries+source.I])
			continue
		case ir.Fixed:
			continue
		}
		in := k.s.b.operands(n)
		_, isPart := partOf(n)
		if (k.forward[n] || isPart && k.forward[in[0]]) && !k.cheap(n) {
			k.keep(n, k.stack(n))
			continue
		}
		stack = append(stack, in...)
	}
}

func (k *keeper) keep(n, sequence *gorgonia.Node) {
	k.leaves, k.sequences = append(k.leaves, n), append(k.sequences, sequence)
}

// stack returns the values of a node of the forward step over time.
func (k *keeper) stack(n *gorgonia.Node) *gorgonia.Node {
	for i, next := range k.s.next {
		if n == next {
			return k.b.states(k.node, i, true)
		}
	}
	for i, out := range k.s.outs {
		if n == out {
			return k.b.stacked(k.node, i)
		}
	}
	k.s.outs = append(k.s.outs, n)
	return k.b.stacked(k.node, len(k.s.outs)-1)
}

// cheap reports whether a node is better computed again than kept: a constant, another view of what is kept, a multiple of
// it, or what is the same at all steps.
func (k *keeper) cheap(n *gorgonia.Node) bool {
	if k.s.recompute {
		return true
	}
	o, ok := n.Op().(*op)
	if !ok {
		return k.s.b.translated[n] != nil
	}
	if _, isScan := o.symbol.(scan); isScan {
		return true // its results are kept
	}
	switch l := o.lower().(type) {
	case ir.Viewer, ir.Fill, ir.Data, ir.Place:
		return true
	case ir.Map:
		switch l.Fn {
		case kernel.Copy, kernel.Neg, kernel.Scale, kernel.Shift:
			return true
		}
	}
	return k.isSteady(n)
}

// isSteady reports whether a node of the forward step is the same at all steps.
func (k *keeper) isSteady(n *gorgonia.Node) bool {
	if k.steady == nil {
		k.steady = make(map[*gorgonia.Node]bool)
		for _, n := range k.s.b.topologicalFrom(k.s.sources, append(append([]*gorgonia.Node{}, k.s.next...), k.s.outs...)...) {
			source := k.s.sources[n]
			_, steady := source.(ir.Fixed)
			if source == nil {
				steady = true
				for _, c := range k.s.b.operands(n) {
					steady = steady && k.steady[c]
				}
				if o, ok := n.Op().(*op); ok {
					if d, ok := o.symbol.(dropout); ok && d.eachStep {
						steady = false
					}
				}
			}
			k.steady[n] = steady
		}
	}
	return k.steady[n]
}
