package graphfuzz

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
)

// Generate returns the random program of a seed.
func Generate(seed uint64) *Program {
	g := newGenerator(seed)
	g.dropout = g.p.Training && g.chance(2)
	g.inputs()
	for range 3 + g.rng.IntN(9) {
		pickMotif(g.rng, motifs).declare(g)
		if len(g.p.Nodes) > mostNodes {
			break
		}
	}
	g.finish()
	return g.p
}

// mostNodes bounds programs, which are the more the smaller they are.
const mostNodes = 90

// generator declares a program and its graph at the same time: so it knows shapes.
type generator struct {
	rng        *rand.Rand
	p          *Program
	b          *graph.Builder
	nodes      []node
	magnitude  []float64 // about how large a value is at most
	used       []bool
	steps      int // T, B and H of most sequences
	batch      int
	hidden     int
	afterGrads bool
	// Of a loop's step: what is around it, the nodes there that it uses, and in how many loops it is.
	outer    *generator
	captured []int
	depth    int
	dropout  bool // with a mask for each step
}

func newGenerator(seed uint64) *generator {
	rng := rand.New(rand.NewPCG(seed, 0x6675))
	g := &generator{rng: rng, p: &Program{Seed: seed, Loss: -1, Training: rng.IntN(3) == 0}}
	g.b = graph.NewBuilder(graph.NewParams(tensor.Float64), graph.Training())
	g.steps, g.batch, g.hidden = 1+rng.IntN(5), 1+rng.IntN(4), 1+rng.IntN(6)
	switch rng.IntN(12) {
	case 3: // steps and rows enough for strips
		g.batch, g.steps, g.hidden = 97+rng.IntN(90), choose(g, 4, 6), 1+rng.IntN(3)
	case 0: // rows enough for products of steps to be divided, and for the joined sums and products to be cut
		g.batch, g.steps, g.hidden = 24+rng.IntN(200), 3+rng.IntN(4), 1+rng.IntN(3)
	case 1: // columns enough for products of one row to be divided
		g.batch, g.hidden = 1+rng.IntN(4)/3, 64+rng.IntN(12)
	case 2: // more than a vector
		g.hidden = 15 + rng.IntN(20)
	}
	return g
}

// add declares a node and returns its number; of values that may be large it declares a smaller function instead.
func (g *generator) add(n Node) int {
	x := make([]node, len(n.Args))
	for i, a := range n.Args {
		x[i] = g.nodes[a]
		g.used[a] = true
	}
	var y node
	switch n.Op {
	case "Unroll":
		y, _ = unroll(g.b, n, x, rounding{})
	case "Loop":
		_, directions := n.cells()
		s := x[0].Shape()
		y = g.b.Const(0, s[0], s[1], directions*n.widths()[0])
	case "State":
		y = g.b.Const(0, n.Ints[1:]...)
	case "Now":
		y = g.b.Const(0, n.Ints...)
	case "Outer":
		y = g.outer.nodes[g.captured[n.Ints[0]]]
	case "Final":
		p := g.p.Nodes[n.Args[0]]
		if p.Op == "Loop" {
			y = g.b.Const(0, g.nodes[p.Args[0]].Shape()[1], p.widths()[n.Ints[1]])
			break
		}
		xs := g.nodes[p.Args[0]].Shape()
		y = g.b.Const(0, xs[1], network(p, rounding{}).StateWidths()[n.Ints[1]])
	case "Grad":
		y = g.b.Const(0, x[1].Shape()...)
	default:
		y = operations[n.Op](g.b, n, x)
	}
	if err := g.b.Err(); err != nil {
		panic(fmt.Sprintf("graphfuzz declares what cannot be: %v\n%v%v", err, g.p, n))
	}
	g.p.Nodes, g.nodes, g.used = append(g.p.Nodes, n), append(g.nodes, y), append(g.used, false)
	g.magnitude = append(g.magnitude, g.bound(n, x))
	at := len(g.nodes) - 1
	if m := g.magnitude[at]; m > 24 {
		if g.rng.IntN(2) == 0 {
			return g.op("Tanh", at)
		}
		return g.add(Node{Op: "Scale", Args: []int{at}, Floats: []float64{math.Exp2(-math.Ceil(math.Log2(m / 3)))}})
	}
	return at
}

// bound estimates the magnitude of a node.
func (g *generator) bound(n Node, x []node) float64 {
	m := make([]float64, len(x))
	for i, a := range n.Args {
		m[i] = g.magnitude[a]
	}
	switch n.Op {
	case "Input":
		return 3
	case "Const":
		return math.Abs(n.Floats[0])
	case "ConstTensor", "IndexInput":
		return 3
	case "Param", "Tanh", "Sigmoid", "Softmax", "Sign", "LengthMask":
		return 1
	case "Exp":
		return math.Exp(m[0])
	case "Scale":
		return m[0] * math.Abs(n.Floats[0])
	case "Shift":
		return m[0] + math.Abs(n.Floats[0])
	case "Pow":
		return math.Pow(max(m[0], 1), max(n.Floats[0], 2)) // of −1, of something away from 0
	case "Div":
		return 2 * m[0]
	case "Mul":
		return m[0] * m[1]
	case "Lerp":
		return (m[0] + m[1]) * m[2]
	case "LogGamma":
		y, _ := math.Lgamma(m[0] + 3)
		return y
	case "StudentTNLL", "NegativeBinomialNLL":
		return 30
	case "Add", "Sub", "MSE", "MAE", "Huber", "BCE", "Pinball":
		t := 0.0
		for _, v := range m {
			t += v
		}
		return t
	case "Sum":
		return m[0] * float64(x[0].Shape().TotalSize()/max(1, g.nodes[len(g.nodes)-1].Shape().TotalSize()))
	case "MatMul", "MatMulNT":
		return m[0] * m[1] * float64(last(x[0]))
	case "MatMulTN", "MatMulTT":
		return m[0] * m[1] * float64(x[0].Shape()[len(x[0].Shape())-2])
	case "Linear", "Affine":
		return 2 * slices.Max(m) * float64(last(x[0])*len(x))
	case "Normalize", "LayerNorm":
		return 4
	case "Softplus", "LogSoftmax", "CrossEntropy":
		return 2*m[0] + 3
	case "Outer":
		return g.outer.magnitude[g.captured[n.Ints[0]]]
	case "Unroll", "Final", "Loop", "State":
		return 3
	case "Grad":
		return 20
	}
	return slices.Max(append(m, 1))
}

func last(x node) int { return x.Shape()[len(x.Shape())-1] }

func (g *generator) op(name string, args ...int) int { return g.add(Node{Op: name, Args: args}) }

func (g *generator) ints(name string, ints []int, args ...int) int {
	return g.add(Node{Op: name, Args: args, Ints: ints})
}

func (g *generator) floats(name string, f float64, args ...int) int {
	return g.add(Node{Op: name, Args: args, Floats: []float64{f}})
}

func (g *generator) name(what string) string {
	if g.outer != nil {
		return g.outer.name(fmt.Sprint(what, len(g.nodes), "_"))
	}
	return fmt.Sprint(what, len(g.nodes))
}

func (g *generator) input(shape ...int) int {
	if g.outer != nil {
		return g.capture(shape)
	}
	return g.add(Node{Op: "Input", Name: g.name("x"), Ints: shape})
}

func (g *generator) index(limit int, shape ...int) int {
	if g.outer != nil {
		return g.outerNode(g.outer.index(limit, shape...))
	}
	return g.add(Node{Op: "IndexInput", Name: g.name("i"), Ints: append([]int{limit}, shape...)})
}

// param returns a parameter, one that there is already as often as not.
func (g *generator) param(shape ...int) int {
	if len(shape) == 0 { // there are none
		return g.input()
	}
	if g.outer != nil && g.chance(3) { // of the graph around
		return g.outerNode(g.outer.param(shape...))
	}
	for i, n := range g.p.Nodes {
		if n.Op == "Param" && slices.Equal(n.Ints, shape) && g.rng.IntN(2) == 0 {
			return i
		}
	}
	return g.add(Node{Op: "Param", Name: g.name("w"), Ints: shape})
}

func (g *generator) shape(i int) []int { return g.nodes[i].Shape() }
func (g *generator) rank(i int) int    { return len(g.shape(i)) }
func (g *generator) chance(n int) bool { return g.rng.IntN(n) == 0 }
func choose[T any](g *generator, list ...T) T {
	return list[g.rng.IntN(len(list))]
}

// isNumber reports whether a node holds numbers that can be computed with.
func (g *generator) isNumber(i int) bool { return g.nodes[i].Dtype() != tensor.Int }

// find returns a node that a condition holds for, a late one rather than an early one, or −1.
func (g *generator) find(ok func(i int) bool) int {
	var list []int
	for i := range g.nodes {
		if g.isNumber(i) && ok(i) {
			list = append(list, i)
		}
	}
	if len(list) == 0 {
		return -1
	}
	if g.chance(2) {
		return list[len(list)-1-g.rng.IntN(min(4, len(list)))]
	}
	return list[g.rng.IntN(len(list))]
}

// any returns a node of at least so many axes.
func (g *generator) any(rank int) int {
	i := g.find(func(i int) bool { return g.rank(i) >= rank && size(g.shape(i)) <= 4096 })
	if i < 0 {
		i = g.input(g.someShape(max(rank, 1))...)
	}
	return i
}

func (g *generator) someShape(rank int) []int {
	s := []int{g.steps, g.batch, g.hidden}
	if rank == 0 {
		return nil
	}
	for len(s) < rank {
		s = append([]int{1 + g.rng.IntN(3)}, s...)
	}
	s = slices.Clone(s[len(s)-rank:])
	if g.chance(3) {
		s[g.rng.IntN(rank)] = 1 + g.rng.IntN(4)
	}
	return s
}

// matrix returns a node [rows, cols], of any number if that is 0.
func (g *generator) matrix(rows, cols int) int {
	ok := func(i int) bool {
		s := g.shape(i)
		return len(s) == 2 && (rows == 0 || s[0] == rows) && (cols == 0 || s[1] == cols)
	}
	if i := g.find(ok); i >= 0 && !g.chance(8) {
		return i
	}
	if rows == 0 {
		rows = g.batch
	}
	if cols == 0 {
		cols = g.hidden
	}
	return g.like(rows, cols)
}

// like returns a node of a shape, mostly one that is computed.
func (g *generator) like(shape ...int) int {
	if i := g.find(func(i int) bool { return slices.Equal(g.shape(i), shape) }); i >= 0 && !g.chance(5) {
		return i
	}
	if g.chance(3) && len(shape) == 2 && !g.afterGrads {
		k := 1 + g.rng.IntN(5)
		return g.op("MatMul", g.input(shape[0], k), g.param(k, shape[1]))
	}
	switch g.rng.IntN(6) {
	case 0:
		return g.add(Node{Op: "ConstTensor", Name: g.name("c"), Ints: shape})
	case 1:
		return g.add(Node{Op: "Const", Ints: shape, Floats: []float64{choose(g, 0, 0, 1, 0.5, -1)}})
	case 2:
		return g.param(shape...)
	}
	return g.input(shape...)
}

// broadcastable returns a node that broadcasts to a shape.
func (g *generator) broadcastable(shape []int) int {
	fits := func(i int) bool {
		s := g.shape(i)
		if len(s) > len(shape) {
			return false
		}
		for k := range s {
			if d := shape[len(shape)-len(s)+k]; s[k] != d && s[k] != 1 {
				return false
			}
		}
		return true
	}
	if i := g.find(fits); i >= 0 && !g.chance(4) {
		return i
	}
	s := slices.Clone(shape)
	for k := range s {
		if g.chance(3) {
			s[k] = 1
		}
	}
	return g.like(s[g.rng.IntN(len(s)+1):]...)
}

// unaryOf applies some elementwise function, of which none has a pole or a kink that much depends on.
func (g *generator) unaryOf(x int) int {
	switch g.rng.IntN(15) {
	case 0:
		return g.op("Neg", x)
	case 14:
		return g.op("LogGamma", g.floats("Shift", 0.5, g.op("Softplus", x)))
	case 13:
		return g.op("Mul", x, g.op("Sign", x))
	case 1:
		return g.floats("Scale", choose(g, 0.5, -0.75, 1, 2), x)
	case 2:
		return g.floats("Shift", choose(g, 0.25, -1, 0), x)
	case 3:
		return g.floats("Pow", choose(g, 2.0, 3, 2), x)
	case 4:
		return g.op("Exp", g.op("Tanh", x))
	case 5:
		return g.op("Log", g.floats("Shift", 0.5, g.op("Abs", x)))
	case 6:
		return g.op("Relu", x)
	case 7:
		return g.op("Softplus", x)
	case 8:
		return g.add(Node{Op: "Clamp", Args: []int{x}, Floats: []float64{-1.25, 1.5}})
	case 9, 10:
		return g.op("Sigmoid", x)
	}
	return g.op("Tanh", x)
}

// rowsOf applies an operation on rows.
func (g *generator) rowsOf(x int) int {
	kind := g.rng.IntN(7)
	if (kind == 1 || kind == 2) && last(g.nodes[x]) == 2 {
		kind = 0
	}
	switch kind {
	case 0:
		return g.op("LogSoftmax", x)
	case 1:
		return g.op("Normalize", x)
	case 2:
		return g.add(Node{Op: "LayerNorm", Name: g.name("n"), Args: []int{x}})
	case 3:
		return g.add(Node{Op: "SharedDropout", Name: choose(g, "d", "e"), Args: []int{x}, Floats: []float64{0.3}})
	}
	return g.op("Softmax", x)
}

// some returns so many nodes of one shape, neighbours in a sequence, computed ones, or repeated ones.
func (g *generator) some(n int, shape []int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = g.like(shape...)
		if i > 0 && g.chance(6) {
			list[i] = list[g.rng.IntN(i)]
		}
	}
	return list
}

// inputs declares what every program has.
func (g *generator) inputs() {
	g.input(g.steps, g.batch, g.hidden)
	g.input(g.batch, g.hidden)
	for range g.rng.IntN(3) {
		g.input(g.someShape(g.rng.IntN(4))...)
	}
}

// finish declares the loss, gradients, what is computed of these, outputs and carries.
func (g *generator) finish() {
	var sinks, others []int
	for i := range g.nodes {
		switch n := g.p.Nodes[i]; {
		case !g.isNumber(i) || n.Op == "Const" || n.Op == "ConstTensor" || n.Op == "LengthMask":
		case !g.used[i]:
			sinks = append(sinks, i)
		default:
			others = append(others, i)
		}
	}
	if !g.chance(8) {
		var terms []int
		for _, s := range sinks {
			if !g.chance(4) {
				terms = append(terms, s)
			}
		}
		for len(terms) == 0 || g.chance(3) {
			terms = append(terms, choose(g, append(others, sinks...)...))
		}
		for i, t := range terms {
			terms[i] = g.scalar(t)
		}
		loss := terms[0]
		if len(terms) > 1 {
			loss = g.op("Add", terms...)
		}
		if !g.chance(4) {
			g.p.Loss = loss
		}
		if !g.chance(3) {
			g.afterGrads = true
			n := len(g.nodes)
			var grads []int
			for range 1 + g.rng.IntN(3) {
				// A final state is its last output where it is declared step by step, and another node of a loop.
				if w := g.rng.IntN(n); g.isNumber(w) && w != loss && g.p.Nodes[w].Op != "Final" {
					grads = append(grads, len(g.nodes))
					g.p.Nodes, g.used = append(g.p.Nodes, Node{Op: "Grad", Args: []int{loss, w}}), append(g.used, false)
					g.nodes, g.magnitude = append(g.nodes, g.b.Const(0, g.shape(w)...)), append(g.magnitude, 20)
				}
			}
			for _, d := range grads {
				sinks = append(sinks, d)
				switch g.rng.IntN(4) {
				case 0:
					sinks = append(sinks, g.op("Add", d, g.broadcastable(g.shape(d))))
				case 1:
					sinks = append(sinks, g.op("Tanh", g.op("Mul", d, d)))
				case 2:
					if g.rank(d) > 1 {
						sinks = append(sinks, g.op("Transpose", d))
					}
				}
			}
		}
	}
	for _, s := range sinks {
		if g.chance(2) {
			g.p.Outputs = append(g.p.Outputs, s)
		}
	}
	for len(g.p.Outputs) == 0 || g.chance(2) {
		if i := g.rng.IntN(len(g.nodes)); g.isNumber(i) {
			g.p.Outputs = append(g.p.Outputs, i)
		}
	}
	if g.chance(4) {
		for i, n := range g.p.Nodes[:len(g.p.Nodes)] {
			if n.Op == "Input" && g.chance(2) {
				from := g.find(func(j int) bool { return slices.Equal(g.shape(j), n.Ints) })
				if g.magnitude[from] > 3 {
					from = g.op("Tanh", from)
				}
				g.p.Carries = append(g.p.Carries, Carry{Input: i, Node: from})
			}
		}
	}
}

// scalar makes one number of a node, to which all elements contribute.
func (g *generator) scalar(x int) int {
	switch g.rng.IntN(11) {
	case 0:
		return g.op("Mean", g.floats("Pow", 2, x))
	case 5:
		return g.op("MAE", x, g.like(g.shape(x)...))
	case 6:
		// The weights, ½ or 2½, have no gradient: that of a mean by its only weight is a difference of equal numbers.
		weights := g.floats("Shift", 1.5, g.op("Sign", g.input(g.shape(x)...)))
		return g.op(choose(g, "MSE", "MAE"), x, g.like(g.shape(x)...), weights)
	case 7:
		return g.add(Node{Op: "Pinball", Args: []int{g.ints("Stack", []int{-1}, x, g.op("Tanh", x)), g.like(g.shape(x)...)}, Floats: []float64{0.25, 0.9}})
	case 8:
		freedom := g.floats("Shift", 2, g.op("Softplus", g.like(g.shape(x)...)))
		return g.op("StudentTNLL", x, g.op("Tanh", g.like(g.shape(x)...)), freedom, g.like(g.shape(x)...))
	case 9:
		return g.op("NegativeBinomialNLL", g.op("Tanh", x), g.op("Tanh", g.like(g.shape(x)...)), g.op("Softplus", g.like(g.shape(x)...)))
	case 1:
		return g.op("Sum", g.op("Mul", g.op("Tanh", x), g.add(Node{Op: "ConstTensor", Name: g.name("c"), Ints: g.shape(x)})))
	case 2:
		return g.op("MSE", x, g.like(g.shape(x)...))
	case 3:
		return g.add(Node{Op: "Huber", Args: []int{x, g.like(g.shape(x)...)}, Floats: []float64{0.75}})
	case 4:
		return g.op("BCE", x, g.op("Sigmoid", g.like(g.shape(x)...)))
	}
	return g.op("Mean", g.op("Tanh", x))
}
