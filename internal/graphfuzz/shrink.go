package graphfuzz

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"
)

// mostTries bounds how many smaller programs are looked at.
const mostTries = 1200

// Shrink returns a failure in the same way of a program from which nothing can be left out, or as small as it gets in
// some seconds.
func Shrink(f *Failure) *Failure {
	if f.Program == nil {
		return f
	}
	tries := 0
	better := func(p *Program) bool {
		if p == nil || tries >= mostTries || len(p.Outputs)+len(p.Carries) == 0 && p.Loss < 0 {
			return false
		}
		p.clean()
		if _, err := p.build(tensor.Float64, false, false); err != nil {
			return false
		}
		tries++
		// What depends on who comes first does not show every time.
		for range 2 {
			if smaller := Check(p, []Way{f.Way}); smaller != nil && smaller.Way.String() == f.Way.String() {
				f = smaller
				return true
			}
		}
		return false
	}
	for progress := true; progress && tries < mostTries; {
		progress = false
		for _, reduce := range []func(*Program, func(*Program) bool) bool{withoutOutputs, withoutNodes, withoutOperands, withSmallerBodies, withSmallerSizes} {
			progress = reduce(f.Program, better) || progress
		}
	}
	return f
}

// withoutOutputs leaves out outputs, carries and the loss; as the others it reports whether one of its changes was taken.
func withoutOutputs(p *Program, better func(*Program) bool) (progress bool) {
	try := func(change func(c *Program)) {
		c := p.clone()
		if change(c); better(c) {
			p, progress = c, true
		}
	}
	for i := len(p.Outputs) - 1; i >= 0; i-- {
		if i < len(p.Outputs) {
			try(func(c *Program) { c.Outputs = slices.Delete(c.Outputs, i, i+1) })
		}
	}
	for i := len(p.Carries) - 1; i >= 0; i-- {
		try(func(c *Program) { c.Carries = slices.Delete(c.Carries, i, i+1) })
	}
	if p.Loss >= 0 {
		try(func(c *Program) { c.Loss = -1 })
	}
	if p.Training {
		try(func(c *Program) { c.Training = false })
	}
	return progress
}

// withoutNodes puts an operand of the same shape, or an input, in the place of a node, the last ones first.
func withoutNodes(p *Program, better func(*Program) bool) (progress bool) {
	for i := len(p.Nodes) - 1; i >= 0; i-- {
		if i >= len(p.Nodes) || len(p.Nodes[i].Args) == 0 {
			continue
		}
		g, err := p.build(tensor.Float64, false, false)
		if err != nil {
			return progress
		}
		taken := false
		for _, a := range p.Nodes[i].Args {
			if taken || !slices.Equal(g.nodes[a].Shape(), g.nodes[i].Shape()) || g.nodes[a].Dtype() != g.nodes[i].Dtype() {
				continue
			}
			c := p.clone()
			c.replace(i, a)
			if taken = better(c); taken {
				p, progress = c, true
			}
		}
		if taken || g.nodes[i].Dtype() == tensor.Int {
			continue
		}
		c := p.clone()
		c.Nodes[i] = Node{Op: "Input", Name: p.unusedName(), Ints: g.nodes[i].Shape()}
		if better(c) {
			p, progress = c, true
		}
	}
	return progress
}

// withoutOperands leaves out terms of sums and members of stacks.
func withoutOperands(p *Program, better func(*Program) bool) (progress bool) {
	for i := len(p.Nodes) - 1; i >= 0; i-- {
		for j := 0; i < len(p.Nodes); j++ {
			n := p.Nodes[i]
			first, variadic := map[string]int{"Add": 0, "Concat": 0, "Stack": 0, "Unroll": 1}[n.Op]
			if j = max(j, first); !variadic || len(n.Args) < 2 || j >= len(n.Args) {
				break
			}
			c := p.clone()
			c.Nodes[i].Args = slices.Delete(c.Nodes[i].Args, j, j+1)
			if better(c) {
				p, progress = c, true
				j--
			}
		}
	}
	return progress
}

// withSmallerSizes puts a smaller number in the place of a larger one in all shapes, or in one operation.
func withSmallerSizes(p *Program, better func(*Program) bool) (progress bool) {
	var sizes []int
	eachNode(p.Nodes, func(n *Node) { sizes = append(sizes, n.Ints...) })
	slices.Sort(sizes)
	sizes = slices.Compact(sizes)
	slices.Reverse(sizes)
	for _, from := range sizes {
		for _, to := range []int{1, from / 2, from - 1} {
			if to < 1 || to >= from {
				continue
			}
			c := p.clone()
			eachNode(c.Nodes, func(n *Node) {
				for j, v := range n.Ints {
					if v == from && !(n.Op == "Loop" && j < numLoop) && !(j == 0 && (n.Op == "State" || n.Op == "Outer")) {
						n.Ints[j] = to
					}
				}
			})
			if better(c) {
				p, progress = c, true
				break
			}
		}
	}
	for i := range p.Nodes {
		if p.Nodes[i].Op != "Unroll" {
			continue
		}
		for j := range p.Nodes[i].Ints {
			for v := range p.Nodes[i].Ints[j] {
				c := p.clone()
				if c.Nodes[i].Ints[j] = v; better(c) {
					p, progress = c, true
					break
				}
			}
		}
	}
	return progress
}

// eachNode calls f for nodes and those of the bodies in them.
func eachNode(nodes []Node, f func(n *Node)) {
	for i := range nodes {
		f(&nodes[i])
		if nodes[i].Body != nil {
			eachNode(nodes[i].Body.Nodes, f)
		}
	}
}

// withSmallerBodies puts operands, and other nodes before it, in the place of a step's node, and does without masks, initial
// states, second cells and states.
func withSmallerBodies(p *Program, better func(*Program) bool) (progress bool) {
	at := func(p *Program, k int) (found *Node) { // the loop of a number, of all
		eachNode(p.Nodes, func(n *Node) {
			if n.Body != nil {
				if k == 0 {
					found = n
				}
				k--
			}
		})
		return found
	}
	for k := 0; at(p, k) != nil; k++ {
		try := func(change func(n *Node)) bool {
			c := p.clone()
			n := at(c, k)
			if n == nil {
				return false
			}
			change(n)
			n.cleanBody()
			if better(c) {
				p, progress = c, true
				return true
			}
			return false
		}
		n := at(p, k)
		if n.Ints[loopMask] != noMask {
			try(func(n *Node) { n.Ints[loopMask], n.Args = noMask, slices.Delete(n.Args, 1, 2) })
		}
		if n = at(p, k); n.Ints[loopInitial] == 1 {
			try(func(n *Node) {
				end := n.outerAt()
				n.Ints[loopInitial] = 0
				n.Args = slices.Delete(n.Args, n.outerAt(), end)
			})
		}
		for form := range n.Ints[loopForm] {
			if n := at(p, k); n.Ints[loopInitial] == 0 {
				if try(func(n *Node) { n.Ints[loopForm] = form }) {
					break
				}
			}
		}
		for i := len(at(p, k).Body.Nodes) - 1; i >= 0; i-- {
			if n := at(p, k); n == nil || i >= len(n.Body.Nodes) {
				continue
			}
			for j := range i {
				taken := try(func(n *Node) {
					for l := range n.Body.Nodes {
						for q, a := range n.Body.Nodes[l].Args {
							if a == i && l != i {
								n.Body.Nodes[l].Args[q] = j
							}
						}
					}
					for q, a := range n.Body.Next {
						if a == i {
							n.Body.Next[q] = j
						}
					}
				})
				if taken {
					break
				}
			}
			if at(p, k) == nil {
				break
			}
		}
	}
	return progress
}

// replace puts node a in the place of node i.
func (p *Program) replace(i, a int) {
	set := func(x *int) {
		if *x == i {
			*x = a
		}
	}
	for k := range p.Nodes {
		if k == i {
			continue
		}
		for j := range p.Nodes[k].Args {
			set(&p.Nodes[k].Args[j])
		}
	}
	for k := range p.Outputs {
		set(&p.Outputs[k])
	}
	for k := range p.Carries {
		set(&p.Carries[k].Node)
	}
	set(&p.Loss)
}

// clean leaves out what nothing needs.
func (p *Program) clean() {
	needed := make([]bool, len(p.Nodes))
	for _, o := range p.Outputs {
		needed[o] = true
	}
	for _, c := range p.Carries {
		needed[c.Input], needed[c.Node] = true, true
	}
	if p.Loss >= 0 {
		needed[p.Loss] = true
	}
	for i := len(p.Nodes) - 1; i >= 0; i-- {
		if needed[i] {
			for _, a := range p.Nodes[i].Args {
				needed[a] = true
			}
		}
	}
	at := make([]int, len(p.Nodes))
	var nodes []Node
	for i, n := range p.Nodes {
		at[i] = len(nodes)
		if needed[i] {
			for j, a := range n.Args {
				n.Args[j] = at[a]
			}
			nodes = append(nodes, n)
		}
	}
	p.Nodes = nodes
	for i, o := range p.Outputs {
		p.Outputs[i] = at[o]
	}
	for i, c := range p.Carries {
		p.Carries[i] = Carry{at[c.Input], at[c.Node]}
	}
	if p.Loss >= 0 {
		p.Loss = at[p.Loss]
	}
}

// unusedName returns a name for an input.
func (p *Program) unusedName() string {
	for i := 0; ; i++ {
		name := fmt.Sprint("y", i)
		if !slices.ContainsFunc(p.Nodes, func(n Node) bool { return n.Name == name }) {
			return name
		}
	}
}
