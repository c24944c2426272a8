package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
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

	order := b.topological(loss)
	if b.failed() {
		return fail(b.placeholder())
	}
	// Only nodes on a path from a wanted node to the loss need an adjoint.
	needed := make(map[*gorgonia.Node]bool, len(order))
	for _, n := range order {
		need := wanted[n]
		for _, c := range b.operands(n) {
			need = need || needed[c]
		}
		if need {
			needed[n] = true
		}
	}

	terms := make(map[*gorgonia.Node][]*gorgonia.Node, len(order))
	adjoint := make(map[*gorgonia.Node]*gorgonia.Node, len(wrt))
	terms[loss] = []*gorgonia.Node{b.Const(1, loss.Shape()...)}
	for i := len(order) - 1; i >= 0; i-- {
		n := order[i]
		if !needed[n] || len(terms[n]) == 0 {
			continue
		}
		dy := b.Add(terms[n]...)
		delete(terms, n)
		if wanted[n] {
			adjoint[n] = dy
		}
		in := b.operands(n)
		if len(in) == 0 {
			continue
		}
		anyNeeded := false
		for _, c := range in {
			anyNeeded = anyNeeded || needed[c]
		}
		if !anyNeeded {
			continue
		}
		d, err := b.symDiff(n, in, dy)
		if err != nil {
			return fail(b.Fail(errors.Wrapf(err, "gradient of %s", describe(n))))
		}
		for j, c := range in {
			if d[j] != nil && needed[c] {
				terms[c] = append(terms[c], d[j])
			}
		}
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
			stack = append(stack, frame{n: n, in: b.operands(n)})
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
