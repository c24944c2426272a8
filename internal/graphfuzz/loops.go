package graphfuzz

import (
	"fmt"
	"slices"

	"github.com/rnnzoo/rnnzoo/graph"
)

// Body is the step of a cell, of a Loop node. Its nodes may be State and Now, which a step starts from, and Outer, an operand
// of the Loop that is the same at all steps, beside those of programs.
type Body struct {
	Nodes []Node
	Next  []int
}

// The numbers of a Loop node, in its Ints. Its operands are the sequence, lengths or a mask if it has them, the initial
// states if it is given them, and then what its steps use of the graph around them.
const (
	loopForm = iota
	loopMask
	loopInitial // 1 if it is given
	numLoop     // and then the widths of the states
)

// The forms of a Loop, and its masks.
const (
	listForm = iota
	listReverse
	networkForm
	networkBoth   // directions
	networkLayers // two of them
	numForms

	noMask = iota - numForms - 1
	maskOfLengths
	maskOfNumbers
)

// cells returns how many cells a Loop has, each with a state, and in how many directions they go.
func (n Node) cells() (cells, directions int) {
	switch n.Ints[loopForm] {
	case networkBoth:
		return 2, 2
	case networkLayers:
		return 2, 1
	}
	return 1, 1
}

// widths returns those of the states of a Loop.
func (n Node) widths() []int { return n.Ints[numLoop:] }

// outerAt returns the number of the first operand that the steps use.
func (n Node) outerAt() int {
	at := 1
	if n.Ints[loopMask] != noMask {
		at++
	}
	if n.Ints[loopInitial] == 1 {
		cells, _ := n.cells()
		at += cells * len(n.widths())
	}
	return at
}

// loop declares a Loop node.
func (g *built) loop(b *graph.Builder, n Node, x []node, r rounding) (node, []graph.State) {
	at := 1
	var mask node
	if n.Ints[loopMask] != noMask {
		mask = x[at]
		at++
	}
	cells, _ := n.cells()
	var initial []graph.State
	if n.Ints[loopInitial] == 1 {
		for range cells {
			initial = append(initial, slices.Clone(graph.State(x[at:at+len(n.widths())])))
			at += len(n.widths())
		}
	}
	c := bodyCell{g: g, n: n, outer: x[at:], rounding: r}
	if form := n.Ints[loopForm]; form >= networkForm {
		opts := []graph.NetworkOption{graph.Hidden(n.widths()[0])}
		switch form {
		case networkBoth:
			opts = append(opts, graph.Bidirectional(graph.MergeConcat))
		case networkLayers:
			opts = append(opts, graph.Layers(2))
		}
		var unroll []graph.UnrollOption
		if mask != nil {
			unroll = append(unroll, graph.Lengths(mask))
		}
		if initial != nil {
			unroll = append(unroll, graph.InitialStates(initial...))
		}
		return graph.NewNetwork("loop", func(graph.CellConfig) graph.Cell { return c }, opts...).Unroll(b.Prefix(n.Name+"."), x[0], unroll...)
	}
	if n.Ints[loopMask] == maskOfLengths {
		mask = b.LengthMask(mask, x[0].Shape()[0])
	}
	var xs []node
	for t := range x[0].Shape()[0] {
		xs = append(xs, b.At(x[0], 0, t))
	}
	var state graph.State
	if initial != nil {
		state = initial[0]
	}
	unroll := (*graph.Builder).Unroll
	if n.Ints[loopForm] == listReverse {
		unroll = (*graph.Builder).UnrollReverse
	}
	ys, final := unroll(b, c, xs, state, mask)
	return b.Stack(0, ys...), []graph.State{final}
}

// bodyCell is a cell whose step is a Body.
type bodyCell struct {
	g     *built
	n     Node
	outer []node
	rounding
}

// State implements graph.Cell.
func (c bodyCell) State() []int { return c.n.widths() }

// Step implements graph.Cell.
func (c bodyCell) Step(b *graph.Builder, now node, s graph.State) graph.State {
	nodes := make([]node, 0, len(c.n.Body.Nodes))
	finals := make(map[int][]graph.State)
	for i, n := range c.n.Body.Nodes {
		x := make([]node, len(n.Args))
		for j, a := range n.Args {
			x[j] = nodes[a]
		}
		var y node
		switch n.Op {
		case "State":
			y = s[n.Ints[0]]
		case "Now":
			y = now
		case "Outer":
			y = c.outer[n.Ints[0]]
		case "Loop":
			y, finals[i] = c.g.loop(b, n, x, c.rounding)
		case "Final":
			y = finalOf(finals[n.Args[0]], n)
		default:
			y = c.g.operate(b, n, x, c.rounding)
		}
		if y == nil || b.Err() != nil {
			y = b.Fail(fmt.Errorf("%s of a body", n.Op))
		}
		if n.Op != "State" && n.Op != "Now" && n.Op != "Outer" {
			y = c.g.moved(n, x, y, c.rounding)
		}
		nodes = append(nodes, y)
	}
	next := make(graph.State, len(c.n.Body.Next))
	for i, at := range c.n.Body.Next {
		next[i] = nodes[at]
	}
	return next
}

// finalOf returns the state that a Final node is, or nil of a network that was made smaller.
func finalOf(states []graph.State, n Node) node {
	if n.Ints[0] >= len(states) || n.Ints[1] >= len(states[n.Ints[0]]) {
		return nil
	}
	return states[n.Ints[0]][n.Ints[1]]
}

// eachBody calls f for the bodies of some nodes, and for those in them.
func eachBody(nodes []Node, f func(*Body)) {
	for _, n := range nodes {
		if n.Body != nil {
			f(n.Body)
			eachBody(n.Body.Nodes, f)
		}
	}
}

// hasLoops reports whether the program is another one when its sequences are loops.
func (p *Program) hasLoops() bool {
	return slices.ContainsFunc(p.Nodes, func(n Node) bool { return n.Op == "Loop" || n.Op == "Unroll" })
}

// dropsEachStep reports whether a loop has a mask of dropout for each of its steps: then it is not the same unrolled.
func (p *Program) dropsEachStep() (found bool) {
	eachBody(p.Nodes, func(b *Body) {
		found = found || slices.ContainsFunc(b.Nodes, func(n Node) bool { return n.Op == "Dropout" })
	})
	return found
}

// bodyMotifs returns what steps consist of.
func bodyMotifs() []motif {
	return []motif{
		{3, (*generator).elementwise},
		{3, (*generator).broadcasts},
		{3, (*generator).sums},
		{4, (*generator).products},
		{2, (*generator).batchedProducts},
		{3, (*generator).parts},
		{3, (*generator).gates},
		{2, (*generator).joins},
		{2, (*generator).shapes},
		{2, (*generator).reductions},
		{2, (*generator).rows},
		{2, (*generator).embeddings},
		{2, (*generator).choices},
		{1, (*generator).constants},
		{2, (*generator).sumsOfProducts},
		{2, (*generator).sumsOfRows},
		{2, (*generator).attention},
		{5, (*generator).nested},
		{4, (*generator).drops},
	}
}

// attention looks a state up in a memory that is the same at all steps.
func (g *generator) attention() {
	h := g.like(g.batch, g.hidden)
	memory := g.like(g.batch, 1+g.rng.IntN(3), g.hidden)
	slots := g.shape(memory)[1]
	scores := g.op("MatMulNT", g.ints("Reshape", []int{g.batch, 1, g.hidden}, h), memory)
	read := g.op("MatMul", g.op("Softmax", scores), memory)
	g.ints("Reshape", []int{g.batch, g.hidden}, read)
	_ = slots
}

// nested is a loop within a step.
func (g *generator) nested() {
	if g.depth < 2 || g.chance(3) && g.depth < 3 {
		g.loop()
	}
}

func (g *generator) drops() {
	if g.dropout {
		g.floats("Dropout", 0.3, g.any(1))
	}
}

// outerNode returns a node of the body that is one of the graph around it.
func (g *generator) outerNode(at int) int {
	k := slices.Index(g.captured, at)
	if k < 0 {
		k = len(g.captured)
		g.captured = append(g.captured, at)
	}
	g.outer.used[at] = true
	return g.add(Node{Op: "Outer", Ints: []int{k}})
}

// capture returns a node of a shape of the graph around.
func (g *generator) capture(shape []int) int { return g.outerNode(g.outer.like(shape...)) }

// loop applies a random cell to a sequence.
func (g *generator) loop() {
	x := g.find(func(i int) bool {
		return g.rank(i) == 3 && size(g.shape(i)) <= 2048 && g.shape(i)[0] <= 8 && g.batch == g.shape(i)[1]
	})
	if x < 0 || g.chance(4) {
		if shape := []int{choose(g, g.steps, g.steps, 1, 2, 5), g.batch, min(g.hidden, 6)}; g.chance(3) {
			x = g.param(shape...)
		} else {
			x = g.input(shape...)
		}
	}
	s := g.shape(x)
	n := Node{Op: "Loop", Name: g.name("l"), Ints: []int{g.rng.IntN(numForms), noMask, g.rng.IntN(2)}}
	width := min(g.hidden, 6)
	if n.Ints[loopForm] == networkLayers {
		width = s[2]
	}
	widths := []int{width}
	for range g.rng.IntN(3) {
		widths = append(widths, choose(g, width, width, 1+g.rng.IntN(4)))
	}
	n.Ints = append(n.Ints, widths...)
	args := []int{x}
	if g.chance(2) {
		n.Ints[loopMask] = maskOfLengths
		if n.Ints[loopForm] < networkForm && g.chance(2) {
			n.Ints[loopMask] = maskOfNumbers
			args = append(args, g.op("Relu", g.like(s[0], s[1], 1)))
		} else {
			args = append(args, g.index(1+g.rng.IntN(s[0]+1), s[1])) // often shorter than all steps
		}
	}
	if n.Ints[loopInitial] == 1 {
		cells, _ := n.cells()
		for range cells {
			for _, w := range widths {
				args = append(args, g.like(s[1], w))
			}
		}
	}

	sub := &generator{rng: g.rng, p: &Program{Seed: g.p.Seed, Loss: -1}, b: g.b, steps: g.steps, batch: s[1], hidden: width, outer: g, depth: g.depth + 1, dropout: g.dropout, afterGrads: g.afterGrads}
	now := sub.add(Node{Op: "Now", Ints: s[1:]})
	sub.magnitude[now] = g.magnitude[x]
	for i, w := range widths {
		sub.add(Node{Op: "State", Ints: []int{i, s[1], w}})
	}
	for range g.rng.IntN(3) {
		if o := g.any(g.rng.IntN(4)); g.isNumber(o) {
			sub.outerNode(o)
		}
	}
	if g.chance(2) { // a plain recurrence
		y := sub.op("Add", sub.op("MatMul", now, sub.param(s[2], width)), sub.op("MatMul", 1, sub.param(width, width)))
		sub.op("Tanh", y)
	}
	for range 1 + g.rng.IntN(3) {
		pickMotif(g.rng, bodyMotifs()).declare(sub)
		if len(sub.p.Nodes) > mostBodyNodes {
			break
		}
	}
	if g.dropout {
		sub.drops()
	}
	body := &Body{}
	rest := sub.rest(s[1], widths[0])
	for i, w := range widths {
		next := -1
		state := func() int {
			return sub.find(func(j int) bool { return sub.p.Nodes[j].Op == "State" && sub.shape(j)[1] == w })
		}
		kind := g.rng.IntN(10)
		if i == 0 && kind < 6 && g.chance(2) {
			kind = 10
		}
		switch kind {
		case 0:
			next = state()
		case 1:
			next = sub.capture([]int{s[1], w})
		case 2: // a view of another
			next = sub.ints("Reshape", []int{s[1], w}, sub.like(s[1], 1, w))
		case 3:
			next = sub.op("Add", state(), sub.like(s[1], w))
		case 4:
			if k := sub.find(func(j int) bool { return sub.rank(j) == 2 && sub.shape(j)[0] == s[1] && sub.shape(j)[1] > w }); k >= 0 {
				next = sub.ints("Slice", []int{1, 0, w}, k)
			}
		case 5:
			if i > 0 && widths[0] == w {
				next = body.Next[0]
			}
		case 6:
			next = sub.ints("Concat", []int{1}, sub.like(s[1], w), sub.unaryOf(sub.like(s[1], w)))
			next = sub.ints("Slice", []int{1, w / 2, w/2 + w}, next)
		case 7:
			if w > 1 {
				next = sub.ints("Concat", []int{1}, sub.like(s[1], 1), sub.like(s[1], w-1))
			}
		}
		final := sub.find(func(j int) bool {
			return sub.p.Nodes[j].Op == "Final" && slices.Equal(sub.shape(j), []int{s[1], w})
		})
		switch {
		case next >= 0:
		case final >= 0 && g.chance(2): // the last state of a loop in the step
			next = final
		case kind == 8: // linear, which grows little in a few steps
			next = sub.op("MatMul", 1+i, sub.param(w, w))
			sub.magnitude[next] = 3
		case i == 0 && len(rest) > 0:
			next = sub.op("Tanh", sub.op("Add", append(rest, sub.like(s[1], w))...))
		default:
			next = sub.unaryOf(sub.like(s[1], w))
		}
		if sub.magnitude[next] > 3 {
			next = sub.op("Tanh", next)
		}
		body.Next = append(body.Next, next)
	}
	body.Nodes = sub.p.Nodes
	if n.Ints[loopForm] == networkLayers && s[2] != width {
		panic("graphfuzz: layers of other widths")
	}
	n.Body = body
	n.Args = append(args, sub.captured...)
	n.cleanBody()
	y := g.add(n)
	cells, _ := n.cells()
	for range 1 + g.rng.IntN(2) {
		if g.chance(2) {
			g.ints("Final", []int{g.rng.IntN(cells), g.rng.IntN(len(widths))}, y)
		}
	}
	if g.chance(3) {
		g.slice(y)
	}
}

// rest returns what nothing in the step uses, brought to a shape.
func (g *generator) rest(batch, width int) (terms []int) {
	for i := range g.nodes {
		if g.used[i] || !g.isNumber(i) || g.p.Nodes[i].Op == "Outer" {
			continue
		}
		x := i
		s := g.shape(x)
		if len(s) > 2 && s[0] == batch {
			x = g.ints("Reshape", []int{batch, size(s) / batch}, x)
			s = g.shape(x)
		}
		switch {
		case len(s) == 2 && s[0] == batch && s[1] == width:
		case len(s) == 2 && s[0] == batch && s[1] <= 16:
			x = g.op("MatMul", x, g.param(s[1], width))
		case len(s) > 0:
			x = g.ints("Mean", nil, x)
		}
		terms = append(terms, x)
		if len(terms) == 4 {
			break
		}
	}
	return terms
}

// mostBodyNodes bounds steps.
const mostBodyNodes = 22

// cleanBody leaves out of a Loop's body what the next states do not need, and operands that its steps do not use.
func (n *Node) cleanBody() {
	b := n.Body
	needed := make([]bool, len(b.Nodes))
	for _, i := range b.Next {
		needed[i] = true
	}
	for i := len(b.Nodes) - 1; i >= 0; i-- {
		if needed[i] {
			for _, a := range b.Nodes[i].Args {
				needed[a] = true
			}
		}
	}
	first := n.outerAt()
	outer := slices.Clone(n.Args[first:])
	n.Args = slices.Clone(n.Args[:first])
	renumbered := make(map[int]int)
	at := make([]int, len(b.Nodes))
	var nodes []Node
	for i, m := range b.Nodes {
		at[i] = len(nodes)
		if !needed[i] {
			continue
		}
		if m.Op == "Outer" {
			k, ok := renumbered[m.Ints[0]]
			if !ok {
				k = len(renumbered)
				renumbered[m.Ints[0]] = k
				n.Args = append(n.Args, outer[m.Ints[0]])
			}
			m.Ints = []int{k}
		}
		m.Args = slices.Clone(m.Args)
		for j, a := range m.Args {
			m.Args[j] = at[a]
		}
		nodes = append(nodes, m)
	}
	next := make([]int, len(b.Next))
	for i, a := range b.Next {
		next[i] = at[a]
	}
	n.Body = &Body{Nodes: nodes, Next: next}
}

// clone returns a copy that shares nothing.
func (b *Body) clone() *Body {
	if b == nil {
		return nil
	}
	return &Body{Nodes: cloneNodes(b.Nodes), Next: slices.Clone(b.Next)}
}

func cloneNodes(nodes []Node) []Node {
	nodes = slices.Clone(nodes)
	for i, n := range nodes {
		nodes[i].Args, nodes[i].Ints, nodes[i].Body = slices.Clone(n.Args), slices.Clone(n.Ints), n.Body.clone()
	}
	return nodes
}
