package graph

import (
	"encoding/binary"
	"fmt"
	"hash"
	"strings"

	"github.com/chewxy/hm"
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

const maxRank = ir.MaxRank

// symbol is what the file of an op defines: the shape of its result, the operation that the compiler sees, and its
// derivative.
type symbol interface {
	// shape returns the result's shape, or an error that says what does not fit.
	shape(in []tensor.Shape) (tensor.Shape, error)
	// lower returns the operation in the compiler's representation, with the same arguments.
	lower() ir.Op
	// grad returns the adjoint of each input, given the op's inputs, its output y and the adjoint dy of y, as new
	// nodes; nil for an input that has none.
	grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes
}

// indexed is a symbol some of whose arguments are integers.
type indexed interface{ indexArg(i int) bool }

// op makes a symbol a Gorgonia Op and SDOp. One op belongs to one node: it holds the node's inputs, because a Node has
// no accessor for its children, and has a hash of its own, because Gorgonia merges nodes of equal hash, op, type and
// shape without a look at their children.
type op struct {
	symbol
	b     *Builder
	id    uint32
	in    gorgonia.Nodes
	types []hm.Type // of the inputs, then of the result
	out   tensor.Shape
	step  string // the time step it was built in, for drawing
}

var _ gorgonia.SDOp = (*op)(nil)

// apply makes the node of a symbol applied to inputs.
func (b *Builder) apply(s symbol, in ...*gorgonia.Node) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	if b.outer != nil {
		in = append([]*gorgonia.Node(nil), in...)
		for i, n := range in {
			in[i] = b.capture(n)
		}
	}
	shapes := make([]tensor.Shape, len(in))
	types := make([]hm.Type, len(in)+1)
	for i, n := range in {
		switch {
		case n == nil:
			return b.failf("%v: operand %d of %d is nil", nameOf(s), i+1, len(in))
		case n.Graph() != b.g:
			return b.failf("%v: operand %s belongs to another graph", nameOf(s), describe(n))
		case n.Type() == nil:
			return b.failf("%v: operand %s has no value: it is a statement", nameOf(s), describe(n))
		}
		isIndex := n.Dtype() == tensor.Int
		wantIndex := false
		switch x := s.(type) {
		case indexed:
			wantIndex = x.indexArg(i)
		case keepsIndex:
			wantIndex = isIndex
		}
		if isIndex != wantIndex {
			return b.failf("%v: operand %s holds %v; want %v", nameOf(s), describe(n), n.Dtype(), map[bool]string{true: "integers (IndexInput)", false: "numbers (Input)"}[wantIndex])
		} else if !isIndex && n.Dtype() != b.params.dtype {
			return b.failf("%v: operand %s holds %v, the graph's parameters %v", nameOf(s), describe(n), n.Dtype(), b.params.dtype)
		}
		shapes[i], types[i] = shapeOf(n), n.Type()
	}
	out, err := s.shape(shapes)
	if err == nil {
		err = checkShape(out)
	}
	if err != nil {
		names := make([]string, len(in))
		for i, n := range in {
			names[i] = describe(n)
		}
		return b.Fail(errors.Wrapf(err, "%v(%s)", nameOf(s), strings.Join(names, ", ")))
	}
	dt := b.params.dtype
	if _, ok := s.(keepsIndex); ok && in[0].Dtype() == tensor.Int {
		dt = tensor.Int
	}
	types[len(in)] = typeOf(dt, out)
	b.ops++
	o := &op{symbol: s, b: b, id: b.ops, in: append(gorgonia.Nodes(nil), in...), types: types, out: out, step: b.step}
	// Children are given after the node is in the graph: given before, they cost a scan of the graph for each edge.
	n := gorgonia.NewUniqueNode(gorgonia.WithType(types[len(in)]), gorgonia.WithOp(o), gorgonia.In(b.g), gorgonia.WithShape(out...))
	gorgonia.WithChildren(o.in)(n)
	return n
}

// shapeOf returns a node's shape, to be read only: Node.Shape makes a copy at each call.
func shapeOf(n *gorgonia.Node) tensor.Shape {
	if o, ok := n.Op().(*op); ok {
		return o.out
	}
	return n.Shape()
}

// rank returns the number of a node's axes: 0 of none, and of Gorgonia's statements and leaves without a shape, whose Dims
// panics.
func rank(n *gorgonia.Node) int {
	if n == nil {
		return 0
	}
	return len(shapeOf(n))
}

// keepsIndex is a symbol that moves elements about without a look at them, so that its result holds what its argument
// holds.
type keepsIndex interface{ keepsIndex() }

func typeOf(dt tensor.Dtype, shape tensor.Shape) hm.Type {
	if len(shape) == 0 {
		return dt
	}
	return gorgonia.TensorType{Dims: len(shape), Of: dt}
}

// Arity implements gorgonia.Op.
func (o *op) Arity() int { return len(o.in) }

// Type implements gorgonia.Op. Gorgonia returns the type to a pool after use, so each call makes a new one.
func (o *op) Type() hm.Type { return hm.NewFnType(o.types...) }

// InferShape implements gorgonia.Op.
func (o *op) InferShape(...gorgonia.DimSizer) (tensor.Shape, error) { return o.out.Clone(), nil }

// ReturnsPtr implements gorgonia.Op.
func (o *op) ReturnsPtr() bool { return false }

// CallsExtern implements gorgonia.Op.
func (o *op) CallsExtern() bool { return false }

// OverwritesInput implements gorgonia.Op.
func (o *op) OverwritesInput() int { return -1 }

// WriteHash implements gorgonia.Op.
func (o *op) WriteHash(h hash.Hash) { binary.Write(h, binary.LittleEndian, o.id) }

// Hashcode implements gorgonia.Op. It is distinct for each op of a graph.
func (o *op) Hashcode() uint32 { return o.id }

// String implements gorgonia.Op.
func (o *op) String() string { return nameOf(o.symbol) }

// nameOf returns the name of a symbol: that of its operation for the compiler, or another of its own.
func nameOf(s symbol) string {
	if n, ok := s.(fmt.Stringer); ok {
		return n.String()
	}
	return s.lower().String()
}

// DiffWRT implements gorgonia.SDOp.
func (o *op) DiffWRT(inputs int) []bool {
	d := make([]bool, inputs)
	for i := range d {
		d[i] = o.in[i].Dtype() != tensor.Int
	}
	return d
}

// SymDiff implements gorgonia.SDOp.
func (o *op) SymDiff(inputs gorgonia.Nodes, output, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	step := o.b.step
	o.b.step = o.step
	d := o.grad(o.b, inputs, output, grad)
	o.b.step = step
	return d, o.b.Err()
}

// notDifferentiable is the derivative of the gradient ops themselves.
func notDifferentiable(b *Builder, s symbol, in gorgonia.Nodes) gorgonia.Nodes {
	b.failf("%v: second derivatives of this operation are not defined", s.lower())
	return make(gorgonia.Nodes, len(in))
}
