package graph

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/exec"
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// A plain node is one that Gorgonia's own functions made: gorgonia.Mul, gorgonia.Tanh, gorgonia.NewMatrix. Plain nodes
// mix with the builder's. Those that the builder has operations for are translated to them, once, so that gradients and
// the compiler see only operations of ours: Gorgonia's own derivatives of log2, 1/√x, the outer product and some others
// are wrong, and building them merges, changes and frees nodes of the graph. What has no translation is run by the op's
// own Do and differentiated by its own SymDiff.

// operands returns what a node is computed from: the inputs of an operation of ours; the one node that a plain node is
// translated to; where there is no translation, the plain node's inputs.
func (b *Builder) operands(n *gorgonia.Node) gorgonia.Nodes {
	if o, ok := n.Op().(*op); ok {
		return o.in
	}
	if n.Op() == nil {
		return nil
	}
	if t := b.translate(n); t != nil && !b.failed() {
		return gorgonia.Nodes{t}
	}
	return plainChildren(n)
}

// translate returns the node that computes the same as a plain node by the builder's operations, or nil if there is none.
func (b *Builder) translate(n *gorgonia.Node) (t *gorgonia.Node) {
	if t, ok := b.translated[n]; ok {
		return t
	}
	defer func() {
		if r := recover(); r != nil {
			t = b.failf("%s: this node cannot be read, which is possible only for those of gorgonia v0.9.18: %v", describe(n), r)
		}
		b.translated[n] = t
	}()
	dt, ok := plainDtype(n)
	p := readPlain(n)
	if !ok || dt != b.params.dtype && !(dt == tensor.Int && p.movesElements()) {
		return nil
	}
	for _, x := range p.in {
		if dx, _ := plainDtype(x); dx != dt && x.Op() != nil && strings.HasPrefix(readPlain(x).kind, "constant") {
			return b.failf("%v: %v is %v, the graph's parameters are %v: Gorgonia takes constants that print alike for one, of whatever type; use Builder.Const", n.Op(), x.Op(), dx, dt)
		}
	}
	t = b.translatePlain(p)
	switch {
	case t == nil || b.failed():
		return t
	case t.DataSize() == ir.Size(p.shape): // Gorgonia drops sliced axes, and keeps or drops others of size 1
		return b.Reshape(t, p.shape...)
	}
	return b.Broadcast(t, p.shape...) // both operands were repeated along one axis
}

// plain is a plain node as reflection reads it.
type plain struct {
	node   *gorgonia.Node
	in     gorgonia.Nodes
	shape  tensor.Shape
	kind   string        // the name of the type of the node's op
	fields reflect.Value // the op as a struct
}

var gorgoniaPath = reflect.TypeFor[gorgonia.Node]().PkgPath()

// readPlain reads a node. The kind of an op that is not Gorgonia's own is empty.
func readPlain(n *gorgonia.Node) plain {
	p := plain{node: n, in: plainChildren(n), shape: n.Shape(), fields: reflect.ValueOf(n.Op())}
	if p.fields.Kind() == reflect.Pointer {
		p.fields = p.fields.Elem()
	}
	if p.fields.Kind() == reflect.Struct && p.fields.Type().PkgPath() == gorgoniaPath {
		p.kind = p.fields.Type().Name()
	}
	return p
}

// movesElements reports whether the op moves elements about without a look at them, so that they may be integers.
func (p plain) movesElements() bool {
	return p.kind == "sliceOp" || p.kind == "reshapeOp" || p.kind == "transposeOp"
}

func (p plain) int(field string) int   { return int(p.fields.FieldByName(field).Int()) }
func (p plain) flag(field string) bool { return p.fields.FieldByName(field).Bool() }

func (p plain) ints(field string) []int {
	f := p.fields.FieldByName(field)
	v := make([]int, f.Len())
	for i := range v {
		v[i] = int(f.Index(i).Int())
	}
	return v
}

// operator returns the symbol of a binary elementwise op. The op's String would add whether a comparison returns numbers.
func (p plain) operator() string {
	return binaryOperators[p.fields.FieldByName("ʘBinaryOperator").Elem().FieldByName("ʘBinaryOperatorType").Uint()]
}

// binaryOperators are in the order of Gorgonia's constants addOpType, subOpType, ….
var binaryOperators = [...]string{"+", "-", "⊙", "÷", "^", "<", ">", "<=", ">=", "==", "!="}

// product returns the kind of a product of linear algebra.
func (p plain) product() string {
	return products[p.fields.FieldByName("āBinaryOperator").Uint()]
}

// products are in the order of Gorgonia's constants matMulOperator, matVecMulOperator, ….
var products = [...]string{"matMul", "matVecMul", "vecDot", "outerProd", "batchedMatMul"}

// slice returns the axis and the range that a sliceOp or a sliceIncrOp takes of a tensor of a shape. It refuses what
// Gorgonia may have merged with another slice.
func (p plain) slice(whole tensor.Shape) (axis, from, to int, err error) {
	at := p.fields
	if p.kind == "sliceIncrOp" {
		at = at.FieldByName("sliceOp").Elem()
	}
	axis = int(at.FieldByName("along").Int())
	if axis >= len(whole) {
		return 0, 0, 0, errors.Errorf("axis %d is not an axis of the shape %v", axis, whole)
	}
	from, to = 0, whole[axis]
	s := p.node.Op().(interface{ IsSlice() tensor.Slice }).IsSlice()
	if s == nil || s.End() <= s.Start() { // Gorgonia's way to write the whole axis
		return axis, from, to, nil
	}
	if to > 256 {
		return 0, 0, 0, errors.Errorf("axis %d has size %d: gorgonia.Slice keeps start and end modulo 256 in a node's identity, so that this node may stand for another part of an axis longer than 256 as well; use Builder.Slice", axis, to)
	}
	if s.Step() > 1 {
		return 0, 0, 0, errors.Errorf("steps of %d: use Builder.Reshape and Builder.Slice", s.Step())
	}
	return axis, s.Start(), s.End(), nil
}

// plainChildren reads the inputs of a plain node. A Node has no accessor for them, and the graph's edges have lost their
// order, so it reads the unexported field of the pinned version.
func plainChildren(n *gorgonia.Node) gorgonia.Nodes {
	f := reflect.ValueOf(n).Elem().FieldByName("children")
	return *(*gorgonia.Nodes)(unsafe.Pointer(f.UnsafeAddr()))
}

// plainDtype returns the element type of a node. Unlike Node.Dtype it does not panic where there is none: statements
// such as gorgonia.Read have no type, and neither have nodes that Gorgonia has taken out of the graph and freed.
func plainDtype(n *gorgonia.Node) (tensor.Dtype, bool) {
	switch t := n.Type().(type) {
	case tensor.Dtype:
		return t, true
	case gorgonia.TensorType:
		dt, ok := t.Of.(tensor.Dtype)
		return dt, ok
	}
	return tensor.Dtype{}, false
}

// plainLeaf returns the input that a leaf made by gorgonia.NewMatrix and the like stands for.
func (b *Builder) plainLeaf(n *gorgonia.Node) (ir.Op, error) {
	dt, ok := plainDtype(n)
	name := n.Name()
	switch {
	case n.Graph() != b.g || !ok:
		return nil, errors.Errorf("a node that is needed is no longer in the graph: gorgonia.Log frees the node that it is given where that is 1 + x or 1 − x; use Builder.Log")
	case plainNameless(n):
		return nil, errors.Errorf("a leaf of shape %v has no name, by which it could be set; give it one with gorgonia.WithName", n.Shape())
	case b.byName[name] != nil:
		return nil, errors.Errorf("input %q: the graph has an input or parameter of this name already; give each its own", name)
	case dt != b.params.dtype && dt != tensor.Int:
		return nil, errors.Errorf("input %q holds %v, the graph's parameters %v", name, dt, b.params.dtype)
	}
	if t, ok := n.Type().(gorgonia.TensorType); ok && len(n.Shape()) == 0 && t.Dims > 0 {
		return nil, errors.Errorf("input %q has %d axes and no shape; give it one with gorgonia.WithShape", name, t.Dims)
	}
	if err := checkShape(n.Shape()); err != nil {
		return nil, errors.Wrapf(err, "input %q", name)
	}
	if dt == tensor.Int {
		return ir.IndexInput{Name: name}, nil
	}
	return ir.Input{Name: name}, nil
}

// plainNameless reports whether a leaf was made without a name: Node.Name makes one up.
func plainNameless(n *gorgonia.Node) bool {
	return reflect.ValueOf(n).Elem().FieldByName("name").String() == ""
}

// rowMajor returns the elements of a value in row-major order: a slice, or the number that a scalar is.
func rowMajor(v gorgonia.Value) any {
	d, ok := v.(*tensor.Dense)
	if !ok || len(d.Strides()) != d.Dims() || ir.SameShape(d.Strides(), ir.Strides(d.Shape())) {
		return exec.Data(v)
	}
	// A view, a lazy transpose, or column-major. (The iterators of package tensor do not agree on the order.)
	src := reflect.ValueOf(exec.Data(d))
	dst := reflect.MakeSlice(src.Type(), d.Size(), d.Size())
	shape, strides := d.Shape(), d.Strides()
	for i := range d.Size() {
		at, rest := 0, i
		for axis := len(shape) - 1; axis >= 0; axis-- {
			at += rest % shape[axis] * strides[axis]
			rest /= shape[axis]
		}
		dst.Index(i).Set(src.Index(at))
	}
	return dst.Interface()
}

// numbers returns the elements of a value of floats.
func numbers(v gorgonia.Value) ([]float64, bool) {
	switch d := rowMajor(v).(type) {
	case float64:
		return []float64{d}, true
	case float32:
		return []float64{float64(d)}, true
	case []float64:
		return append([]float64(nil), d...), true
	case []float32:
		x := make([]float64, len(d))
		for i, e := range d {
			x[i] = float64(e)
		}
		return x, true
	}
	return nil, false
}

// printsElided reports whether Gorgonia prints a constant in part, with dots for the rest. It merges constants that
// print alike.
func printsElided(v gorgonia.Value) bool {
	s := fmt.Sprint(v)
	return strings.Contains(s, "... ") || strings.Contains(s, ".\n.\n")
}
