// Package graphfuzz looks for faults of the compiler by comparison: it declares random graphs of all operations of
// graph.Builder, compiles each in many ways, with and without passes, for several threads, in both element types and for
// every set of kernels, and compares what they compute. A graph that fails is made smaller and printed.
package graphfuzz

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
)

type node = *gorgonia.Node

// Program is a graph as a list of operations, each after its operands, with what is asked of it.
type Program struct {
	Seed     uint64 // of the values of inputs and parameters
	Nodes    []Node
	Outputs  []int
	Loss     int // −1 means none
	Carries  []Carry
	Training bool
}

// Node is one operation. What Ints and Floats mean depends on it; in listings they stand behind the operands.
type Node struct {
	Op     string
	Name   string // of an input, a parameter, or what has parameters
	Args   []int
	Ints   []int
	Floats []float64
	Body   *Body // of a Loop
}

// Carry is an output that becomes an input of the next run.
type Carry struct{ Input, Node int }

// operation declares a node from its operands.
type operation func(b *graph.Builder, n Node, x []node) node

func unary(f func(b *graph.Builder, x node) node) operation {
	return func(b *graph.Builder, _ Node, x []node) node { return f(b, x[0]) }
}

func binary(f func(b *graph.Builder, x, z node) node) operation {
	return func(b *graph.Builder, _ Node, x []node) node { return f(b, x[0], x[1]) }
}

func reduction(f func(b *graph.Builder, x node, axes ...int) node) operation {
	return func(b *graph.Builder, n Node, x []node) node { return f(b, x[0], n.Ints...) }
}

// loss is one of two operands, with weights if there is a third.
func loss(f func(b *graph.Builder, x, target node, opts ...graph.LossOption) node) operation {
	return func(b *graph.Builder, _ Node, x []node) node {
		if len(x) > 2 {
			return f(b, x[0], x[1], graph.Weights(x[2]))
		}
		return f(b, x[0], x[1])
	}
}

// operations are those of graph.Builder under their names. Those of several results have one node for each.
var operations = map[string]operation{
	"Input":      func(b *graph.Builder, n Node, _ []node) node { return b.Input(n.Name, n.Ints...) },
	"IndexInput": func(b *graph.Builder, n Node, _ []node) node { return b.IndexInput(n.Name, n.Ints[1:]...) }, // below Ints[0]
	"Param":      func(b *graph.Builder, n Node, _ []node) node { return b.Param(n.Name, graph.Zeros(), n.Ints...) },
	"Const":      func(b *graph.Builder, n Node, _ []node) node { return b.Const(n.Floats[0], n.Ints...) },
	"ConstTensor": func(b *graph.Builder, n Node, _ []node) node {
		return b.ConstTensor(random(0, n.Name, size(n.Ints)), n.Ints...)
	},

	"Neg": unary((*graph.Builder).Neg), "Exp": unary((*graph.Builder).Exp), "Log": unary((*graph.Builder).Log),
	"Abs": unary((*graph.Builder).Abs), "Sign": unary((*graph.Builder).Sign), "Sigmoid": unary((*graph.Builder).Sigmoid),
	"Tanh": unary((*graph.Builder).Tanh), "Relu": unary((*graph.Builder).Relu), "Softplus": unary((*graph.Builder).Softplus),
	"LogGamma": unary((*graph.Builder).LogGamma),
	"Softmax":  unary((*graph.Builder).Softmax), "LogSoftmax": unary((*graph.Builder).LogSoftmax), "Normalize": unary((*graph.Builder).Normalize),
	"Scale": func(b *graph.Builder, n Node, x []node) node { return b.Scale(x[0], n.Floats[0]) },
	"Shift": func(b *graph.Builder, n Node, x []node) node { return b.Shift(x[0], n.Floats[0]) },
	"Pow":   func(b *graph.Builder, n Node, x []node) node { return b.Pow(x[0], n.Floats[0]) },
	"Clamp": func(b *graph.Builder, n Node, x []node) node { return b.Clamp(x[0], n.Floats[0], n.Floats[1]) },

	"Add": func(b *graph.Builder, _ Node, x []node) node { return b.Add(x...) },
	"Sub": binary((*graph.Builder).Sub), "Mul": binary((*graph.Builder).Mul), "Div": binary((*graph.Builder).Div),
	"Where": func(b *graph.Builder, _ Node, x []node) node { return b.Where(x[0], x[1], x[2]) },
	"Lerp":  func(b *graph.Builder, _ Node, x []node) node { return b.Lerp(x[0], x[1], x[2]) },

	"MatMul": binary((*graph.Builder).MatMul), "MatMulNT": binary((*graph.Builder).MatMulNT),
	"MatMulTN": binary((*graph.Builder).MatMulTN), "MatMulTT": binary((*graph.Builder).MatMulTT),
	"Linear": func(b *graph.Builder, n Node, x []node) node { return b.Linear(n.Name, n.Ints[0], x[0]) },
	"Affine": func(b *graph.Builder, n Node, x []node) node { return b.Affine(n.Name, n.Ints[0], x...) },

	"Slice":     func(b *graph.Builder, n Node, x []node) node { return b.Slice(x[0], n.Ints[0], n.Ints[1], n.Ints[2]) },
	"At":        func(b *graph.Builder, n Node, x []node) node { return b.At(x[0], n.Ints[0], n.Ints[1]) },
	"Concat":    func(b *graph.Builder, n Node, x []node) node { return b.Concat(n.Ints[0], x...) },
	"Stack":     func(b *graph.Builder, n Node, x []node) node { return b.Stack(n.Ints[0], x...) },
	"Reshape":   func(b *graph.Builder, n Node, x []node) node { return b.Reshape(x[0], n.Ints...) },
	"Transpose": func(b *graph.Builder, n Node, x []node) node { return b.Transpose(x[0], n.Ints...) },
	"Broadcast": func(b *graph.Builder, n Node, x []node) node { return b.Broadcast(x[0], n.Ints...) },

	"Sum": reduction((*graph.Builder).Sum), "Mean": reduction((*graph.Builder).Mean), "Max": reduction((*graph.Builder).Max),

	"LayerNorm":     func(b *graph.Builder, n Node, x []node) node { return b.LayerNorm(n.Name, x[0]) },
	"Dropout":       func(b *graph.Builder, n Node, x []node) node { return b.Dropout(x[0], n.Floats[0]) },
	"SharedDropout": func(b *graph.Builder, n Node, x []node) node { return b.SharedDropout(n.Name, x[0], n.Floats[0]) },
	"Gather":        func(b *graph.Builder, n Node, x []node) node { return b.Gather(x[0], x[1], n.Ints[0]) },
	"LengthMask":    func(b *graph.Builder, n Node, x []node) node { return b.LengthMask(x[0], n.Ints[0]) },

	"MSE": loss((*graph.Builder).MSE), "MAE": loss((*graph.Builder).MAE), "BCE": loss((*graph.Builder).BCE),
	"Huber":   func(b *graph.Builder, n Node, x []node) node { return b.Huber(x[0], x[1], n.Floats[0]) },
	"Pinball": func(b *graph.Builder, n Node, x []node) node { return b.Pinball(x[0], x[1], n.Floats) },
	"StudentTNLL": func(b *graph.Builder, _ Node, x []node) node {
		return b.StudentTNLL(x[0], x[1], x[2], x[3])
	},
	"NegativeBinomialNLL": func(b *graph.Builder, _ Node, x []node) node { return b.NegativeBinomialNLL(x[0], x[1], x[2]) },
	"CrossEntropy": func(b *graph.Builder, n Node, x []node) node { // without class weights if Ints is empty
		opts := []graph.CrossEntropyOption{graph.LabelSmoothing(n.Floats[0]), graph.IgnoreIndex(1)}
		if len(n.Ints) > 0 {
			w := random(0, n.Name, x[0].Shape()[len(x[0].Shape())-1])
			for i := range w {
				w[i] = 1.5 + w[i]*w[i]
			}
			opts = append(opts, graph.ClassWeights(w...))
		}
		return b.CrossEntropy(x[0], x[1], opts...)
	},
}

// built is a program whose graph has been declared.
type built struct {
	*graph.Builder
	p     *Program
	nodes []node
	raw   []node // without their noise
	noise []noise
	rows  []noise // of the operations on rows whose gradients the loss is still to move
}

// build declares the graph, with its sequences as loops or step by step. A noisy one has inputs by which each node can be
// moved as if it had been rounded.
func (p *Program) build(dtype tensor.Dtype, rolled, noisy bool) (*built, error) {
	opts := []graph.Option{graph.Seed(p.Seed), graph.Unrolled()}
	if rolled {
		opts[1] = graph.Rolled()
	}
	if p.Training {
		opts = append(opts, graph.Training())
	}
	g := &built{Builder: graph.NewBuilder(graph.NewParams(dtype), opts...), p: p}
	finals := make(map[int][]graph.State)
	grads := make(map[int]node)
	for i, n := range p.Nodes {
		x := make([]node, len(n.Args))
		for j, a := range n.Args {
			x[j] = g.nodes[a]
		}
		r := rounding{}
		if noisy {
			r.g = g
		}
		var y node
		switch n.Op {
		case "Unroll":
			if n.normalizesPairs(nil) {
				return nil, errors.Errorf("v%d normalizes rows of two", i)
			}
			y, finals[i] = unroll(g.Builder, n, x, r)
		case "Loop":
			y, finals[i] = g.loop(g.Builder, n, x, r)
		case "Final": // of a layer and a direction a tensor of the state
			if y = finalOf(finals[n.Args[0]], n); y == nil {
				return nil, errors.Errorf("v%d: the network has no such state", i)
			}
		case "Grad": // all of one loss at once
			if grads[i] == nil {
				var at []int
				var wrt []node
				for j := i; j < len(p.Nodes) && p.Nodes[j].Op == "Grad" && p.Nodes[j].Args[0] == n.Args[0]; j++ {
					at, wrt = append(at, j), append(wrt, g.nodes[p.Nodes[j].Args[1]])
				}
				for k, d := range g.Grad(x[0], wrt...) {
					grads[at[k]] = d
				}
			}
			y = grads[i]
		default:
			y = g.operate(g.Builder, n, x, r)
		}
		if err := g.Err(); err != nil {
			return nil, errors.Wrapf(err, "v%d", i)
		}
		if noisy && i == p.loss() {
			y = r.gradientsOfRows(y)
		}
		g.raw = append(g.raw, y)
		g.nodes = append(g.nodes, g.moved(n, x, y, r))
	}
	return g, g.Err()
}

// operate declares a node of one operation.
func (g *built) operate(b *graph.Builder, n Node, x []node, r rounding) node {
	switch n.Op {
	case "Tanh", "Sigmoid", "Softmax", "LogSoftmax":
		x[0] = r.before(b, n.Op, x[0])
	}
	if b.Err() == nil && n.normalizesPairs(x) {
		return b.Fail(errors.New("it normalizes rows of two"))
	}
	y := operations[n.Op](b, n, x)
	if b.Err() == nil && r.g != nil {
		switch n.Op {
		case "Softmax", "LogSoftmax", "Normalize", "LayerNorm":
			g.rows = append(g.rows, noise{op: n.Op, operand: x[0], result: y})
		}
	}
	return y
}

// moved is a node with its noise. Leaves are moved, too, in place of the roundings within what reads them. Some operations
// return their operand.
func (g *built) moved(n Node, x []node, y node, r rounding) node {
	if g.Err() == nil && y.Dtype() != tensor.Int && n.Op != "Final" && !slices.Contains(x, y) {
		return r.after(y)
	}
	return y
}

// loss returns what gradients are of, or −1.
func (p *Program) loss() int {
	for _, n := range p.Nodes {
		if p.Loss < 0 && n.Op == "Grad" {
			return n.Args[0]
		}
	}
	return p.Loss
}

// normalizesPairs reports whether an operation normalizes rows of two numbers: they become ±1, and all that is left of
// their gradient is rounding.
func (n Node) normalizesPairs(x []node) bool {
	switch n.Op {
	case "Normalize", "LayerNorm":
		return last(x[0]) == 2
	case "Unroll":
		return n.Ints[unrollHidden] <= 2 && (n.Ints[unrollLayerNorm] == 1 || n.Ints[unrollEquations] == 5)
	}
	return false
}

// String lists the program, a node a line, nearly as one would write it in Go.
func (p *Program) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "values of seed %d", p.Seed)
	if p.Training {
		s.WriteString(", in training")
	}
	s.WriteString("\n")
	listNodes(&s, p.Nodes, "")
	for _, o := range p.Outputs {
		fmt.Fprintf(&s, "output v%d\n", o)
	}
	if p.Loss >= 0 {
		fmt.Fprintf(&s, "loss v%d\n", p.Loss)
	}
	for _, c := range p.Carries {
		fmt.Fprintf(&s, "carry v%d into v%d\n", c.Node, c.Input)
	}
	return s.String()
}

// listNodes writes nodes, and the steps of loops below them.
func listNodes(s *strings.Builder, nodes []Node, indent string) {
	for i, n := range nodes {
		var args []string
		ints := func() {
			for _, v := range n.Ints {
				args = append(args, fmt.Sprint(v))
			}
		}
		if n.Name != "" {
			args = append(args, fmt.Sprintf("%q", n.Name))
		}
		if n.Op == "Concat" || n.Op == "Stack" || n.Op == "Linear" || n.Op == "Affine" {
			ints()
			n.Ints = nil
		}
		for _, a := range n.Args {
			args = append(args, fmt.Sprint("v", a))
		}
		if n.Op == "Const" || n.Op == "ConstTensor" {
			for _, v := range n.Floats {
				args = append(args, fmt.Sprint(v))
			}
			n.Floats = nil
		}
		ints()
		for _, v := range n.Floats {
			args = append(args, fmt.Sprint(v))
		}
		fmt.Fprintf(s, indent+"v%d := b.%s(%s)\n", i, n.Op, strings.Join(args, ", "))
		if n.Body != nil {
			listNodes(s, n.Body.Nodes, indent+"\t")
			fmt.Fprintf(s, "%s\tnext states v%d\n", indent, n.Body.Next)
		}
	}
}

// clone returns a copy that shares nothing.
func (p *Program) clone() *Program {
	c := *p
	c.Nodes = cloneNodes(p.Nodes)
	c.Outputs, c.Carries = slices.Clone(p.Outputs), slices.Clone(p.Carries)
	return &c
}

func size(shape []int) int { return tensor.Shape(shape).TotalSize() }
