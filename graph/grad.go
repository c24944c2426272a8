package graph

import (
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Grad appends the adjoints ∂loss/∂w of a scalar loss to the graph and returns one for each w, in w's shape: reverse-mode
// differentiation, which over an unrolled sequence is back-propagation through time. It takes one walk over the graph,
// in time linear in its size. Where several terms meet at a node they are added by one operation. A w that the loss
// does not depend on gets zeros.
func (b *Builder) Grad(loss *gorgonia.Node, wrt ...*gorgonia.Node) []*gorgonia.Node {
	grads := make([]*gorgonia.Node, len(wrt))
	fail := func(n *gorgonia.Node) []*gorgonia.Node {
		for i := range grads {
			grads[i] = n
		}
		return grads
	}
	switch {
	case b.failed():
		return fail(b.placeholder())
	case loss == nil || loss.Graph() != b.g:
		return fail(b.failf("gradient: the loss %s is not a node of this graph", describe(loss)))
	case loss.Type() == nil:
		return fail(b.failf("gradient: the loss %s has no value: it is a statement", describe(loss)))
	case loss.Dtype() == tensor.Int:
		return fail(b.failf("gradient: the loss %s holds integers, which have no derivative", describe(loss)))
	case loss.DataSize() != 1:
		return fail(b.failf("gradient: the loss %s is not a scalar; reduce it with Mean or Sum", describe(loss)))
	}
	wanted := make(map[*gorgonia.Node]bool, len(wrt))
	for _, w := range wrt {
		if w == nil || w.Graph() != b.g || w.Type() == nil {
			return fail(b.failf("gradient: %s is not a node of this graph", describe(w)))
		}
		wanted[w] = true
	}

	adjoint := b.adjoints(nil, map[*gorgonia.Node][]*gorgonia.Node{loss: {b.Const(1, loss.Shape()...)}}, []*gorgonia.Node{loss}, wanted)
	if b.failed() {
		return fail(b.placeholder())
	}
	for i, w := range wrt {
		if grads[i] = adjoint[w]; grads[i] == nil {
			if w.Dtype() == tensor.Int {
				return fail(b.failf("gradient: %s holds integers, which have no derivative", describe(w)))
			}
			grads[i] = b.Const(0, w.Shape()...)
		}
	}
	if b.failed() {
		return fail(b.placeholder())
	}
	return grads
}

// adjoints appends to the graph the adjoints of the wanted nodes, given the terms of those of the roots, and returns them;
// one that no root depends on is missing. What sources depend on has no part in it.
func (b *Builder) adjoints(sources map[*gorgonia.Node]ir.Op, terms map[*gorgonia.Node][]*gorgonia.Node, roots []*gorgonia.Node, wanted map[*gorgonia.Node]bool) map[*gorgonia.Node]*gorgonia.Node {
	order := b.topologicalFrom(sources, roots...)
	if b.failed() {
		return nil
	}
	operands := func(n *gorgonia.Node) gorgonia.Nodes {
		if sources[n] != nil {
			return nil
		}
		return b.operands(n)
	}
	// Only nodes on a path from a wanted node to a root need an adjoint.
	needed := make(map[*gorgonia.Node]bool, len(order))
	for _, n := range order {
		need := wanted[n]
		for _, c := range operands(n) {
			need = need || needed[c]
		}
		if need {
			needed[n] = true
		}
	}
	adjoint := make(map[*gorgonia.Node]*gorgonia.Node, len(wanted))
	ofParts := make(map[*gorgonia.Node]map[int]*gorgonia.Node) // of the results of scans
	for i := len(order) - 1; i >= 0; i-- {
		n := order[i]
		if !needed[n] || len(terms[n]) == 0 && ofParts[n] == nil {
			continue
		}
		in := operands(n)
		var d gorgonia.Nodes
		if s := scanOf(n); s.scanBody != nil {
			d = s.gradient(b, n, in, ofParts[n])
		} else {
			dy := b.Add(terms[n]...)
			delete(terms, n)
			if wanted[n] {
				adjoint[n] = dy
			}
			if !slices.ContainsFunc(in, func(c *gorgonia.Node) bool { return needed[c] }) {
				continue
			}
			if p, ok := partOf(n); ok {
				if ofParts[in[0]] == nil {
					ofParts[in[0]] = make(map[int]*gorgonia.Node)
				}
				if other := ofParts[in[0]][p.index]; other != nil { // of another node that picks the same
					dy = b.Add(other, dy)
				}
				ofParts[in[0]][p.index] = dy
				continue
			}
			var err error
			if d, err = b.symDiff(n, in, dy); err != nil {
				b.Fail(errors.Wrapf(err, "gradient of %s", describe(n)))
			}
		}
		if b.failed() {
			return nil
		}
		for j, c := range in {
			if d[j] != nil && needed[c] {
				terms[c] = append(terms[c], d[j])
			}
		}
	}
	return adjoint
}

// symDiff returns the adjoint of each operand of a node whose own is dy.
func (b *Builder) symDiff(n *gorgonia.Node, in gorgonia.Nodes, dy *gorgonia.Node) (gorgonia.Nodes, error) {
	if o, ok := n.Op().(*op); ok {
		return o.SymDiff(in, n, dy)
	}
	if b.translated[n] != nil { // its one operand is what it is translated to
		return gorgonia.Nodes{dy}, nil
	}
	return b.foreignSymDiff(n, in, dy)
}

// topological returns the nodes that the roots depend on, each after its operands.
func (b *Builder) topological(roots ...*gorgonia.Node) []*gorgonia.Node {
	return b.topologicalFrom(nil, roots...)
}

// topologicalFrom is topological without what sources, which are taken to be leaves, depend on.
func (b *Builder) topologicalFrom(sources map[*gorgonia.Node]ir.Op, roots ...*gorgonia.Node) []*gorgonia.Node {
	type frame struct {
		n    *gorgonia.Node
		in   gorgonia.Nodes
		next int
	}
	var order []*gorgonia.Node
	var stack []frame
	seen := make(map[*gorgonia.Node]bool)
	push := func(n *gorgonia.Node) {
		if !seen[n] {
			seen[n] = true
			f := frame{n: n}
			if sources[n] == nil {
				f.in = b.operands(n)
			}
			stack = append(stack, f)
		}
	}
	for _, r := range roots {
		push(r)
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			if f.next < len(f.in) {
				f.next++
				push(f.in[f.next-1])
				continue
			}
			order = append(order, f.n)
			stack = stack[:len(stack)-1]
		}
	}
	return order
}
