package graphfuzz

import (
	"math/rand/v2"
	"slices"
)

// motif is a few operations that the compiler has something to do with.
type motif struct {
	weight  int
	declare func(g *generator)
}

var motifs = []motif{
	{3, (*generator).elementwise},
	{3, (*generator).broadcasts},
	{4, (*generator).sums},
	{4, (*generator).products},
	{2, (*generator).batchedProducts},
	{3, (*generator).parts},
	{4, (*generator).gates},
	{3, (*generator).joins},
	{2, (*generator).shapes},
	{3, (*generator).reductions},
	{3, (*generator).rows},
	{2, (*generator).embeddings},
	{2, (*generator).choices},
	{3, (*generator).constants},
	{3, (*generator).network},
	{5, (*generator).loop},
	{6, (*generator).recurrence},
	{2, (*generator).sumsOfProducts},
	{2, (*generator).sumsOfRows},
}

func pickMotif(rng *rand.Rand, motifs []motif) motif {
	total := 0
	for _, m := range motifs {
		total += m.weight
	}
	at := rng.IntN(total)
	for _, m := range motifs {
		if at -= m.weight; at < 0 {
			return m
		}
	}
	return motifs[0]
}

func (g *generator) elementwise() {
	x := g.any(0)
	for range 1 + g.rng.IntN(4) {
		x = g.unaryOf(x)
		if g.chance(3) {
			x = g.op(choose(g, "Add", "Sub", "Mul"), x, g.like(g.shape(x)...))
		}
	}
}

func (g *generator) broadcasts() {
	x := g.any(1)
	z := g.broadcastable(g.shape(x))
	switch g.rng.IntN(5) {
	case 0:
		g.op("Div", x, g.floats("Shift", 0.5, g.op("Softplus", z)))
	case 1:
		g.op("Div", z, g.floats("Shift", 0.5, g.op("Abs", x)))
	case 2:
		g.op("Lerp", x, g.like(g.shape(x)...), g.op("Sigmoid", z))
	case 3:
		g.op(choose(g, "Sub", "Mul"), z, x)
	default:
		g.op(choose(g, "Add", "Sub", "Mul"), x, z)
	}
}

// sums adds several terms, some of them broadcast, some repeated, some the results of operations that are not fused.
func (g *generator) sums() {
	x := g.any(1)
	shape := g.shape(x)
	terms := []int{x}
	for range 1 + g.rng.IntN(4) {
		var t int
		switch g.rng.IntN(7) {
		case 0, 6:
			t = g.broadcastable(shape)
		case 1:
			t = choose(g, terms...)
		case 2:
			t = g.rowsOf(g.like(shape...))
		case 3:
			t = g.unaryOf(g.like(shape...))
		case 4:
			if len(shape) == 2 {
				k := 1 + g.rng.IntN(4)
				t = g.op("MatMul", g.matrix(shape[0], k), g.matrix(k, shape[1]))
				break
			}
			fallthrough
		default:
			t = g.like(shape...)
		}
		terms = append(terms, t)
	}
	g.rng.Shuffle(len(terms), func(i, j int) { terms[i], terms[j] = terms[j], terms[i] })
	g.op("Add", terms...)
}

// products multiplies by a matrix that others may be multiplied by, too.
func (g *generator) products() {
	w := g.param(g.hidden, choose(g, g.hidden, g.hidden, 1+g.rng.IntN(5)))
	if g.chance(4) {
		w = g.matrix(0, 0)
	}
	rows, cols := g.shape(w)[0], g.shape(w)[1]
	if g.chance(4) {
		x := g.matrix(0, 0)
		rows := g.shape(x)[0]
		g.add(Node{Op: "Affine", Name: g.name("a"), Ints: []int{1 + g.rng.IntN(5)}, Args: []int{x, g.matrix(rows, 0)}})
	}
	kind, alike, biased := g.rng.IntN(5), g.chance(2), g.rng.IntN(3)
	for range 1 + g.rng.IntN(4) {
		var y int
		if !alike {
			kind = g.rng.IntN(5)
		}
		switch kind {
		case 0:
			y = g.op("MatMulNT", g.matrix(0, cols), w)
		case 1:
			y = g.op("MatMulTN", g.matrix(rows, 0), w)
		case 2:
			y = g.op("MatMulTT", g.matrix(cols, 0), w)
		default:
			y = g.op("MatMul", g.matrix(0, rows), w)
		}
		switch cols := g.shape(y)[1]; {
		case biased == 0: // each with one of its own
			y = g.op("Add", y, g.add(Node{Op: "Param", Name: g.name("w"), Ints: []int{cols}}))
		case biased == 1 && g.chance(2):
			y = g.op("Add", y, g.param(cols))
		}
		if g.chance(2) {
			g.unaryOf(y)
		}
	}
}

func (g *generator) batchedProducts() {
	x := g.any(3)
	if g.rank(x) != 3 {
		return
	}
	s := g.shape(x)
	k := 1 + g.rng.IntN(4)
	var y int
	switch g.rng.IntN(6) {
	case 0:
		y = g.op("MatMul", x, g.like(s[0], s[2], k))
	case 1:
		y = g.op("MatMulNT", x, g.like(s[0], k, s[2]))
	case 2:
		y = g.op("MatMulTN", x, g.like(s[0], s[1], k))
	case 3:
		y = g.add(Node{Op: "Linear", Name: g.name("l"), Ints: []int{k}, Args: []int{x}})
	case 4:
		y = g.op("MatMulNT", x, x)
	default:
		y = g.op("MatMul", x, g.param(s[2], k))
	}
	if g.chance(2) {
		g.op("Add", y, g.broadcastable(g.shape(y)))
	}
}

// parts takes slices of slices, and of what is stacked.
func (g *generator) parts() {
	x := g.any(1)
	for range 1 + g.rng.IntN(3) {
		if y := g.slice(x); g.chance(2) {
			x = y
		}
		if g.chance(3) {
			x = g.unaryOf(x)
		}
	}
}

// slice takes a random part along a random axis.
func (g *generator) slice(x int) int {
	if g.rank(x) == 0 {
		return x
	}
	axis := g.rng.IntN(g.rank(x))
	n := g.shape(x)[axis]
	from := g.rng.IntN(n)
	to := from + 1 + g.rng.IntN(n-from)
	if g.chance(4) {
		return g.ints("At", []int{axis, from}, x)
	}
	return g.ints("Slice", []int{axis, from, to}, x)
}

// gates cuts a product, or another value of its own, into parts that one operation reads each, and which may overlap.
func (g *generator) gates() {
	n := 2 + g.rng.IntN(3)
	width := 1 + g.rng.IntN(4)
	if g.chance(2) {
		width = g.hidden
	}
	var z int
	axis := 1
	switch g.rng.IntN(4) {
	case 0:
		z = g.rowsOf(g.like(g.batch, n*width))
	case 1:
		axis = 0
		z = g.op("MatMul", g.like(n*width, g.hidden), g.param(g.hidden, 1+g.rng.IntN(4)))
	default:
		z = g.op("MatMul", g.matrix(g.batch, g.hidden), g.param(g.hidden, n*width))
	}
	if g.chance(2) {
		z = g.op("Add", z, g.broadcastable(g.shape(z)))
	}
	var list []int
	overlap := g.chance(3)
	for i := range n {
		from, to := i*width, (i+1)*width
		if overlap && i > 0 && g.chance(2) {
			shift := 1 + g.rng.IntN(width)
			from, to = from-shift, to-shift
		}
		list = append(list, g.ints("Slice", []int{axis, from, to}, z))
	}
	for i, part := range list {
		list[i] = g.unaryOf(part)
		if g.chance(3) {
			list[i] = g.op(choose(g, "Mul", "Add", "Sub"), list[i], g.like(g.shape(part)...))
		}
	}
	switch g.rng.IntN(3) {
	case 0:
		g.op("Add", list...)
	case 1:
		g.rng.Shuffle(n, func(i, j int) { list[i], list[j] = list[j], list[i] })
		g.ints("Concat", []int{axis}, list...)
	default:
		y := list[0]
		for _, x := range list[1:] {
			y = g.op(choose(g, "Mul", "Add"), y, x)
		}
	}
}

// joins concatenates and stacks what is computed, and takes parts of the whole.
func (g *generator) joins() {
	x := g.any(1)
	shape := g.shape(x)
	list := append(g.some(1+g.rng.IntN(3), shape), x)
	for i := range list {
		if g.chance(2) {
			list[i] = g.unaryOf(list[i])
		}
	}
	axis := g.rng.IntN(len(shape))
	var y int
	if g.chance(2) && len(shape) < 4 {
		y = g.ints("Stack", []int{g.rng.IntN(len(shape) + 1)}, list...)
	} else {
		if n := shape[axis]; g.chance(3) { // a member that is smaller
			from := g.rng.IntN(n)
			list = append(list, g.ints("Slice", []int{axis, from, from + 1 + g.rng.IntN(n-from)}, x))
		}
		y = g.ints("Concat", []int{axis}, list...)
	}
	for range g.rng.IntN(3) {
		if part := g.slice(y); g.chance(2) {
			g.unaryOf(part)
		}
	}
	if g.chance(3) {
		g.ints("Concat", []int{g.rng.IntN(g.rank(y))}, y, g.unaryOf(y))
	}
}

func (g *generator) shapes() {
	x := g.any(1)
	for range 1 + g.rng.IntN(3) {
		s := slices.Clone(g.shape(x))
		switch g.rng.IntN(4) {
		case 0:
			x = g.ints("Transpose", g.rng.Perm(len(s)), x)
			if g.chance(2) {
				x = g.ints("Transpose", g.rng.Perm(len(s)), x)
			}
		case 1: // an axis of 1
			if len(s) < 4 {
				x = g.ints("Reshape", slices.Insert(s, g.rng.IntN(len(s)+1), 1), x)
			}
		case 2: // two axes become one
			if len(s) > 1 {
				i := g.rng.IntN(len(s) - 1)
				s[i] *= s[i+1]
				x = g.ints("Reshape", slices.Delete(s, i+1, i+2), x)
			}
		default:
			if len(s) > 1 {
				g.rng.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
				x = g.ints("Reshape", s, x)
			}
		}
		if g.chance(3) {
			x = g.unaryOf(x)
		}
	}
	if g.chance(3) && g.rank(x) < 4 {
		g.ints("Broadcast", append([]int{1 + g.rng.IntN(3)}, g.shape(x)...), x)
	}
}

func (g *generator) reductions() {
	x := g.any(1)
	var axes []int
	for i := range g.rank(x) {
		if g.chance(2) {
			axes = append(axes, i)
		}
	}
	y := g.ints(choose(g, "Sum", "Mean", "Max", "Sum"), axes, x)
	if len(axes) == 1 && g.chance(2) { // what is reduced, beside what it was reduced of
		s := slices.Clone(g.shape(x))
		s[axes[0]] = 1
		g.op(choose(g, "Sub", "Mul", "Add"), x, g.ints("Reshape", s, y))
	}
}

func (g *generator) rows() {
	x := g.any(1)
	y := g.rowsOf(x)
	if g.chance(2) {
		y = g.unaryOf(y)
	}
	if g.chance(2) {
		g.op("Add", g.like(g.shape(y)...), g.like(g.shape(y)...), y)
	}
}

func (g *generator) embeddings() {
	limit := 2 + g.rng.IntN(4)
	i := g.index(limit, g.someShape(1+g.rng.IntN(2))...)
	if g.chance(2) {
		y := g.ints("Gather", []int{choose(g, -1, -1, 1)}, g.param(limit, 1+g.rng.IntN(5)), i)
		if g.chance(2) {
			y = g.ints("Gather", []int{-1}, g.matrix(0, g.hidden), i)
		}
		g.unaryOf(y)
		return
	}
	s := append(slices.Clone(g.shape(i)), limit)
	n := Node{Op: "CrossEntropy", Name: g.name("weights"), Args: []int{g.like(s...), i}, Floats: []float64{choose(g, 0, 0, 0.1)}}
	if g.chance(2) {
		n.Ints = []int{1}
	}
	g.add(n)
}

// choices selects by masks, of lengths and of numbers.
func (g *generator) choices() {
	if g.chance(2) {
		x := g.any(3)
		if s := g.shape(x); g.rank(x) == 3 {
			mask := g.ints("LengthMask", []int{s[0]}, g.lengths(s[0], s[1]))
			g.op("Where", mask, x, g.broadcastable(s))
			return
		}
	}
	x := g.any(1)
	s := g.shape(x)
	g.op("Where", g.op("Relu", g.broadcastable(s)), x, g.broadcastable(s))
}

func (g *generator) lengths(steps, batch int) int { return g.index(steps+1, batch) }

// constants declares what is folded, and what only looks as if it could be.
func (g *generator) constants() {
	x := g.any(g.rng.IntN(2))
	s := g.shape(x)
	c := func(v float64) int {
		shape := s
		if g.chance(2) {
			shape = nil
		}
		return g.add(Node{Op: "Const", Ints: shape, Floats: []float64{v}})
	}
	switch g.rng.IntN(8) {
	case 0:
		g.op("Add", x, c(0), g.like(s...))
	case 1:
		g.op("Mul", c(1), choose(g, x, g.broadcastable(s)))
	case 2:
		g.op("Add", x, g.op("Mul", c(0), g.like(s...)))
	case 3:
		g.op("Sub", x, c(choose(g, 0, 1.0)))
	case 4:
		g.op("Add", g.op("Exp", c(0.5)), x, c(-1))
	case 5:
		if len(s) == 2 {
			g.op("Add", g.op("MatMul", c2(g, s[0], g.hidden), g.param(g.hidden, s[1])), x)
		}
	case 6:
		if len(s) > 0 {
			g.op("Add", g.op("Sum", g.add(Node{Op: "Const", Ints: s, Floats: []float64{0.25}})), x)
		}
	default:
		if len(s) > 0 {
			g.ints("Concat", []int{0}, g.add(Node{Op: "Const", Ints: s, Floats: []float64{choose(g, 0, 1.0)}}), x, g.unaryOf(x))
		}
	}
}

func c2(g *generator, rows, cols int) int {
	return g.add(Node{Op: "Const", Ints: []int{rows, cols}, Floats: []float64{0}})
}

// network unrolls cells over a sequence, with lengths as often as not.
func (g *generator) network() {
	x := g.any(3)
	if g.rank(x) != 3 || size(g.shape(x)) > 1024 {
		x = g.input(g.steps, min(g.batch, 4), min(g.hidden, 6))
	}
	s := g.shape(x)
	n := Node{Op: "Unroll", Name: g.name("r"), Args: []int{x}, Ints: make([]int, numUnroll)}
	n.Ints[unrollHidden], n.Ints[unrollLayers], n.Ints[unrollDirections] = 1+g.rng.IntN(4), choose(g, 1, 1, 2), 1+g.rng.IntN(2)
	n.Ints[unrollMerge], n.Ints[unrollEquations] = g.rng.IntN(4), g.rng.IntN(numEquations)
	n.Ints[unrollLayerNorm], n.Ints[unrollDropout] = g.rng.IntN(2)*g.rng.IntN(2), g.rng.IntN(2)
	if g.chance(2) {
		n.Args = append(n.Args, g.lengths(s[0], s[1]))
	}
	if g.hidden >= 64 && g.chance(2) { // wide products of a few rows
		n.Ints[unrollHidden], n.Ints[unrollLayers] = g.hidden, 1
	}
	if n.normalizesPairs(nil) {
		n.Ints[unrollHidden] = 3
	}
	y := g.add(n)
	finals := n.Ints[unrollLayers] * n.Ints[unrollDirections]
	for range g.rng.IntN(3) {
		widths := network(n, rounding{}).StateWidths()
		g.ints("Final", []int{g.rng.IntN(finals), g.rng.IntN(len(widths))}, y)
	}
	if g.chance(2) {
		g.slice(y)
	}
}

// recurrence unrolls a recurrence by hand: step by step from earlier states, with shared weights, in one direction or the
// other, and stacks of what it computed that are the same but for a shift.
func (g *generator) recurrence() {
	steps, batch, hidden := 2+g.rng.IntN(4), g.batch, g.hidden
	if len(g.nodes) > mostNodes/2 {
		steps = 2
	}
	var xs []int
	x := g.find(func(i int) bool {
		s := g.shape(i)
		return len(s) == 3 && s[0] >= steps && s[1] == batch && s[2] == hidden
	})
	for t := range steps {
		if x >= 0 {
			xs = append(xs, g.ints("At", []int{0, t}, x))
		} else {
			xs = append(xs, g.like(batch, hidden))
		}
	}
	if g.chance(3) {
		slices.Reverse(xs)
	}
	w, u := g.param(hidden, hidden), g.param(hidden, hidden)
	bias := g.param(hidden)
	h := g.like(batch, hidden)
	if g.chance(2) {
		h = c2(g, batch, hidden)
	}
	mask := -1
	if g.chance(4) {
		mask = g.ints("LengthMask", []int{steps}, g.lengths(steps, batch))
	}
	kind := g.rng.IntN(7)
	states, products := []int{h}, []int{}
	for t, x := range xs {
		y := g.op(choose(g, "MatMul", "MatMul", "MatMulNT"), h, u)
		if kind < 4 {
			y = g.op("MatMulNT", h, u)
		}
		switch kind {
		case 0:
			y = g.op("Tanh", g.op("Add", g.op("MatMul", x, w), y, bias))
		case 1:
			y = g.op("Tanh", g.op("Add", g.op("MatMulNT", x, w), y))
		case 2:
			y = g.op("Lerp", g.op("Tanh", g.op("Add", g.op("MatMul", x, w), bias)), h, g.op("Sigmoid", y))
		case 3: // a look back
			y = g.op("Tanh", g.op("Add", g.op("MatMul", x, w), g.ints("Mean", []int{0}, g.ints("Stack", []int{0}, states[max(0, len(states)-3):]...))))
		case 4:
			y = g.op("Mul", g.op("Sigmoid", g.op("MatMul", x, w)), g.op("Tanh", y))
		case 5: // the state in columns
			y = g.op("Tanh", g.op("MatMul", g.ints("Concat", []int{1}, x, h), g.param(2*hidden, hidden)))
		default:
			y = g.rowsOf(g.op("Add", y, x))
		}
		products = append(products, g.op("MatMul", y, w))
		if mask >= 0 {
			y = g.op("Where", g.ints("At", []int{0, t}, mask), y, h)
		}
		h = y
		states = append(states, h)
	}
	n := len(states)
	for range 1 + g.rng.IntN(3) {
		var y int
		switch g.rng.IntN(7) {
		case 0:
			y = g.ints("Stack", []int{0}, states[1:]...)
		case 1:
			y = g.ints("Stack", []int{0}, states[:n-1]...)
		case 2:
			y = g.ints("Concat", []int{0}, states[1:]...)
		case 3:
			y = g.ints("Concat", []int{0}, states[:n-1]...)
		case 4:
			y = g.ints("Stack", []int{0}, products...)
		case 5:
			y = g.ints("Stack", []int{choose(g, 0, 1)}, append(slices.Clone(states[1:]), states[g.rng.IntN(n)])...)
		default:
			y = g.op("Add", products...)
		}
		if g.chance(3) {
			g.slice(y)
		}
	}
}

// sumsOfProducts adds products aᵀ·b, as the gradients of weights over time are added.
func (g *generator) sumsOfProducts() {
	m, n := g.hidden, 1+g.rng.IntN(5)
	var terms []int
	for range 2 + g.rng.IntN(4) {
		rows := choose(g, g.batch, g.batch, 1+g.rng.IntN(3))
		terms = append(terms, g.op("MatMulTN", g.like(rows, m), g.like(rows, n)))
	}
	if g.chance(2) {
		terms = append(terms, g.broadcastable([]int{m, n}))
	}
	if g.chance(3) {
		terms = append(terms, g.ints("Sum", []int{0}, g.like(g.batch, n)))
	}
	g.op("Add", terms...)
}

// sumsOfRows adds sums over rows, alone and broadcast to what they are added to.
func (g *generator) sumsOfRows() {
	n := g.hidden
	var terms []int
	for range 2 + g.rng.IntN(3) {
		terms = append(terms, g.ints("Sum", []int{0}, g.like(choose(g, g.batch, 1+g.rng.IntN(3)), n)))
	}
	if g.chance(2) {
		terms = append(terms, g.like(g.batch, n))
	}
	g.op("Add", terms...)
}
