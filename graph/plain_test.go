package graph

import (
	"fmt"
	"hash"
	"math"
	"math/rand"
	"strings"
	"testing"

	"github.com/chewxy/hm"
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// plainCase is an expression of Gorgonia's own functions over leaves of given shapes, filled with numbers between 0.2
// and 1.2, which every function here takes.
type plainCase struct {
	name       string
	leaves     [][]int
	build      func(in gorgonia.Nodes) *gorgonia.Node
	noGradient bool
	wrong      string // what is wrong with Gorgonia's own gradient, which ours is then not compared with
}

var must = gorgonia.Must

func unaryCase(name string, f func(*gorgonia.Node) (*gorgonia.Node, error)) plainCase {
	return plainCase{name: name, leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(f(in[0])) }}
}

func binaryCase(name string, f func(a, b *gorgonia.Node) (*gorgonia.Node, error), a, b []int) plainCase {
	return plainCase{name: name, leaves: [][]int{a, b}, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(f(in[0], in[1])) }}
}

func compareCase(name string, f func(a, b *gorgonia.Node, retSame bool) (*gorgonia.Node, error)) plainCase {
	return plainCase{name: name, leaves: [][]int{{2, 3}, {2, 3}}, noGradient: true, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(f(in[0], must(gorgonia.HadamardDiv(must(gorgonia.HadamardProd(in[0], in[1])), in[1])), true))
	}}
}

// plainConst makes a constant in the element type of a node.
func plainConst(like *gorgonia.Node, v float64) *gorgonia.Node {
	if like.Dtype() == tensor.Float32 {
		return gorgonia.NewConstant(float32(v))
	}
	return gorgonia.NewConstant(v)
}

func batched(transA, transB bool, a, b []int) plainCase {
	return binaryCase(fmt.Sprintf("batched product %v %v", transA, transB), func(x, z *gorgonia.Node) (*gorgonia.Node, error) {
		return gorgonia.BatchedMatMul(x, z, transA, transB)
	}, a, b)
}

// plainCases compile without a Foreign.
var plainCases = []plainCase{
	binaryCase("add", gorgonia.Add, []int{2, 3}, []int{2, 3}),
	binaryCase("add scalar", gorgonia.Add, []int{2, 3}, nil),
	binaryCase("scalar add", gorgonia.Add, nil, []int{2, 3}),
	binaryCase("scalars add", gorgonia.Add, nil, nil),
	binaryCase("sub", gorgonia.Sub, []int{2, 3}, []int{2, 3}),
	binaryCase("scalar sub", gorgonia.Sub, nil, []int{4}),
	binaryCase("hadamard", gorgonia.HadamardProd, []int{2, 3}, []int{2, 3}),
	binaryCase("hadamard scalar", gorgonia.HadamardProd, []int{2, 3, 2}, nil),
	binaryCase("div", gorgonia.Div, []int{2, 3}, []int{2, 3}),
	binaryCase("div scalar", gorgonia.Div, []int{2, 3}, nil),
	binaryCase("scalar div", gorgonia.Div, nil, []int{2, 3}),
	binaryCase("scalars div", gorgonia.HadamardDiv, nil, nil),
	{name: "x^2", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Pow(in[0], plainConst(in[0], 2)))
	}},
	{name: "x^3.5", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Pow(in[0], plainConst(in[0], 3.5)))
	}},
	{name: "(1+x)^3", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Pow(must(gorgonia.Add(in[0], plainConst(in[0], 1))), plainConst(in[0], 3)))
	}},
	{name: "broadcast add", leaves: [][]int{{2, 3}, {3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.BroadcastAdd(in[0], in[1], nil, []byte{0}))
	}},
	{name: "broadcast both", leaves: [][]int{{2, 1}, {1, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.BroadcastHadamardProd(in[0], in[1], []byte{1}, []byte{0}))
	}},
	{name: "broadcast two axes", leaves: [][]int{{2, 3, 4}, {4}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.BroadcastSub(in[0], in[1], nil, []byte{0, 1}))
	}},
	{name: "repeated operands", leaves: [][]int{{1, 3}, {1, 3}, {2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		_, a, err := gorgonia.Broadcast(in[2], in[0], gorgonia.NewBroadcastPattern(nil, []byte{0}))
		must(a, err)
		_, c, err := gorgonia.Broadcast(in[2], in[1], gorgonia.NewBroadcastPattern(nil, []byte{0}))
		must(c, err)
		return must(gorgonia.HadamardProd(must(gorgonia.HadamardProd(a, c)), in[2]))
	}},
	unaryCase("abs", gorgonia.Abs), unaryCase("exp", gorgonia.Exp), unaryCase("log", gorgonia.Log),
	unaryCase("neg", gorgonia.Neg), unaryCase("square", gorgonia.Square), unaryCase("sqrt", gorgonia.Sqrt), unaryCase("inverse", gorgonia.Inverse),
	unaryCase("cube", gorgonia.Cube), unaryCase("tanh", gorgonia.Tanh),
	unaryCase("sigmoid", gorgonia.Sigmoid), unaryCase("log1p", gorgonia.Log1p), unaryCase("expm1", gorgonia.Expm1),
	unaryCase("softplus", gorgonia.Softplus), unaryCase("mish", gorgonia.Mish),
	{name: "log2", leaves: [][]int{{2, 3}}, wrong: "x/ln 2 instead of x·ln 2", build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.Log2(in[0])) }},
	{name: "inverse sqrt", leaves: [][]int{{2, 3}}, wrong: "divides by 2y³ instead of multiplying by y³/2", build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.InverseSqrt(in[0]))
	}},
	{name: "sign", leaves: [][]int{{2, 3}}, noGradient: true, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.Sign(in[0])) }},
	{name: "tanh of a scalar", leaves: [][]int{nil}, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.Tanh(in[0])) }},
	{name: "rectify", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Rectify(must(gorgonia.Sub(in[0], plainConst(in[0], 0.7)))))
	}},
	{name: "leaky relu", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.LeakyRelu(must(gorgonia.Sub(in[0], plainConst(in[0], 0.7))), 0.1))
	}},
	compareCase("lt", gorgonia.Lt), compareCase("lte", gorgonia.Lte), compareCase("gt", gorgonia.Gt), compareCase("gte", gorgonia.Gte),
	compareCase("eq", gorgonia.Eq), compareCase("ne", gorgonia.Ne),
	binaryCase("mul", gorgonia.Mul, []int{2, 3}, []int{3, 4}),
	binaryCase("mul matrix vector", gorgonia.Mul, []int{2, 3}, []int{3}),
	binaryCase("mul vector matrix", gorgonia.Mul, []int{2}, []int{2, 3}),
	binaryCase("mul square matrix vector", gorgonia.Mul, []int{3, 3}, []int{3}),
	binaryCase("mul vectors", gorgonia.Mul, []int{3}, []int{3}),
	binaryCase("mul scalar", gorgonia.Mul, []int{2, 3}, nil),
	binaryCase("mul 1×1", gorgonia.Mul, []int{1, 1}, []int{1, 1}),
	{name: "outer product", leaves: [][]int{{2}, {3}}, wrong: "the two adjoints are swapped", build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.OuterProd(in[0], in[1]))
	}},
	batched(false, false, []int{2, 3, 4}, []int{2, 4, 2}), batched(true, false, []int{2, 4, 3}, []int{2, 4, 2}),
	batched(false, true, []int{2, 3, 4}, []int{2, 2, 4}), batched(true, true, []int{2, 4, 3}, []int{2, 2, 4}),
	batched(false, false, []int{2, 2, 3, 4}, []int{2, 2, 4, 2}),
	{name: "slice rows", leaves: [][]int{{4, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Slice(in[0], gorgonia.S(1, 3)))
	}},
	{name: "slice columns", leaves: [][]int{{4, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Slice(in[0], nil, gorgonia.S(1, 3)))
	}},
	{name: "slice row and columns", leaves: [][]int{{4, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Slice(in[0], gorgonia.S(2), gorgonia.S(1, 3)))
	}},
	{name: "slice one column", leaves: [][]int{{4, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Slice(in[0], nil, gorgonia.S(2)))
	}},
	{name: "slice one element", leaves: [][]int{{4}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Slice(in[0], gorgonia.S(2)))
	}},
	{name: "slice of 256", leaves: [][]int{{2, 256}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Slice(in[0], nil, gorgonia.S(200, 256)))
	}},
	{name: "concat rows", leaves: [][]int{{1, 3}, {2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Concat(0, in[0], in[1]))
	}},
	{name: "concat columns", leaves: [][]int{{2, 1}, {2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Concat(1, in[0], in[1]))
	}},
	{name: "reshape", leaves: [][]int{{2, 6}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Reshape(in[0], tensor.Shape{3, 4}))
	}},
	{name: "ravel", leaves: [][]int{{2, 6}}, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.Ravel(in[0])) }},
	{name: "transpose", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Mul(must(gorgonia.Transpose(in[0])), in[0]))
	}},
	{name: "transpose 3", leaves: [][]int{{2, 3, 4}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Transpose(in[0], 2, 0, 1))
	}},
	{name: "sum", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.Sum(in[0])) }},
	{name: "sum rows", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.Sum(in[0], 0)) }},
	{name: "sum columns", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.Sum(in[0], 1)) }},
	{name: "mean", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.Mean(in[0])) }},
	{name: "mean rows", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.Mean(in[0], 0)) }},
	{name: "max", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.Max(in[0])) }},
	{name: "max columns", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.Max(in[0], 1)) }},
	{name: "norm", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.Norm(in[0], 1, 2)) }},
	{name: "softmax", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.SoftMax(in[0])) }},
	{name: "softmax of a vector", leaves: [][]int{{3}}, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.SoftMax(in[0])) }},
	{name: "softmax rows", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.SoftMax(in[0], 0)) }},
	{name: "softmax of a column", leaves: [][]int{{3, 1}}, wrong: "forward along axis 0, backward along axis 1", build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.SoftMax(in[0])) }},
	{name: "log softmax", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node { return must(gorgonia.LogSoftMax(in[0])) }},
	{name: "constant tensor", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		v := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking(tensor.Range(in[0].Dtype(), 1, 7)))
		return must(gorgonia.HadamardProd(in[0], gorgonia.NewConstant(v)))
	}},
	{name: "one hot", leaves: [][]int{{2, 3}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Mul(in[0], gorgonia.OneHotVector(1, 3, in[0].Dtype())))
	}},
	binaryCase("binary cross entropy", func(a, b *gorgonia.Node) (*gorgonia.Node, error) {
		return gorgonia.BinaryXent(must(gorgonia.Sigmoid(a)), b)
	}, []int{2, 3}, []int{2, 3}),
	{name: "layer", leaves: [][]int{{4, 3}, {3, 5}, {5}}, build: func(in gorgonia.Nodes) *gorgonia.Node {
		return must(gorgonia.Tanh(must(gorgonia.BroadcastAdd(must(gorgonia.Mul(in[0], in[1])), in[2], nil, []byte{0}))))
	}},
}

// leavesOf makes the leaves of a case, with values.
func (c plainCase) leavesOf(g *gorgonia.ExprGraph, dt tensor.Dtype) gorgonia.Nodes {
	rng := rand.New(rand.NewSource(1))
	in := make(gorgonia.Nodes, len(c.leaves))
	for i, shape := range c.leaves {
		name := fmt.Sprintf("leaf%d", i)
		x := make([]float64, ir.Size(shape))
		for j := range x {
			x[j] = 0.2 + rng.Float64()
		}
		if len(shape) == 0 {
			in[i] = gorgonia.NewScalar(g, dt, gorgonia.WithName(name))
			var v any = x[0]
			if dt == tensor.Float32 {
				v = float32(x[0])
			}
			if err := gorgonia.Let(in[i], v); err != nil {
				panic(err)
			}
			continue
		}
		in[i] = gorgonia.NewTensor(g, dt, len(shape), gorgonia.WithName(name), gorgonia.WithShape(shape...), gorgonia.WithValue(denseOf(dt, shape, x)))
	}
	return in
}

func denseOf(dt tensor.Dtype, shape []int, x []float64) *tensor.Dense {
	if dt == tensor.Float64 {
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(append([]float64(nil), x...)))
	}
	f := make([]float32, len(x))
	copyNumbers(f, x)
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(f))
}

// plainLoss weighs the elements of y unequally, so that a wrong order of them shows in the gradient.
func plainLoss(y *gorgonia.Node) *gorgonia.Node {
	return must(gorgonia.Sum(must(gorgonia.Sin(y))))
}

// onTape evaluates a case with Gorgonia's tape machine: y, and the gradients if they are asked for.
func (c plainCase) onTape(dt tensor.Dtype, gradient bool) (values [][]float64, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Errorf("panic: %v", r)
		}
	}()
	g := gorgonia.NewGraph()
	in := c.leavesOf(g, dt)
	nodes := gorgonia.Nodes{c.build(in)}
	if gradient {
		d, err := gorgonia.Grad(plainLoss(nodes[0]), in...)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, d...)
	}
	read := make([]gorgonia.Value, len(nodes))
	for i, n := range nodes {
		gorgonia.Read(n, &read[i])
	}
	m := gorgonia.NewTapeMachine(g)
	defer m.Close()
	if err := m.RunAll(); err != nil {
		return nil, err
	}
	for _, v := range read {
		x, _ := numbers(v)
		values = append(values, x)
	}
	return values, nil
}

func isForeign(b *Builder, t *testing.T, outputs ...*gorgonia.Node) bool {
	t.Helper()
	g, _, err := b.lower(outputs)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range g.Values {
		if _, ok := v.Op.(ir.Foreign); ok {
			return true
		}
	}
	return false
}

func compareNumbers(t *testing.T, what string, got *tensor.Dense, want []float64, tolerance float64) {
	t.Helper()
	x, _ := numbers(got)
	if len(x) != len(want) {
		t.Errorf("%s: %d numbers, want %d", what, len(x), len(want))
		return
	}
	for i, w := range want {
		if !(math.Abs(x[i]-w) <= tolerance*math.Max(1, math.Abs(w))) {
			t.Errorf("%s: element %d is %.9g, want %.9g", what, i, x[i], w)
		}
	}
}

func TestPlainAgainstTapeMachine(t *testing.T) {
	for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		tolerance := 2e-5
		if dt == tensor.Float64 {
			tolerance = 1e-10
		}
		for _, c := range plainCases {
			t.Run(fmt.Sprintf("%v/%s", dt, c.name), func(t *testing.T) {
				want, err := c.onTape(dt, !c.noGradient && c.wrong == "")
				if err != nil {
					t.Fatalf("tape machine: %v", err)
				}
				b := NewBuilder(NewParams(dt))
				in := c.leavesOf(b.Graph(), dt)
				y := c.build(in)
				if isForeign(b, t, y) {
					t.Error("has no kernel")
				}
				outputs := gorgonia.Nodes{y}
				var loss *gorgonia.Node
				if !c.noGradient {
					loss = plainLoss(y)
					outputs = append(append(outputs, b.Grad(loss, in...)...), loss)
				}
				p, err := Compile(b, Output(outputs...))
				if err != nil {
					t.Fatal(err)
				}
				if err := p.Run(); err != nil {
					t.Fatal(err)
				}
				for i := range want {
					compareNumbers(t, fmt.Sprintf("value %d", i), p.Value(outputs[i]), want[i], tolerance)
				}
				if c.noGradient || dt != tensor.Float64 {
					return
				}
				for i := range in {
					compareNumbers(t, fmt.Sprintf("gradient %d against differences", i), p.Value(outputs[1+i]), differences(t, p, loss, in[i].Name()), 1e-7)
				}
			})
		}
	}
}

// differences returns the central differences of a scalar with respect to an input.
func differences(t *testing.T, p *Program, loss *gorgonia.Node, input string) []float64 {
	const h = 1e-5
	x := p.Input(input).Data().([]float64)
	d := make([]float64, len(x))
	for i, v := range x {
		var at [2]float64
		for k, s := range []float64{-h, h} {
			x[i] = v + s
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			at[k] = p.Scalar(loss)
		}
		x[i] = v
		d[i] = (at[1] - at[0]) / (2 * h)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	return d
}

// thirdPower is an op that nobody but this test knows.
type thirdPower struct{ gorgonia.Op }

func (thirdPower) Arity() int            { return 1 }
func (thirdPower) Type() hm.Type         { return hm.NewFnType(hm.TypeVariable('a'), hm.TypeVariable('a')) }
func (thirdPower) ReturnsPtr() bool      { return false }
func (thirdPower) CallsExtern() bool     { return false }
func (thirdPower) OverwritesInput() int  { return -1 }
func (thirdPower) WriteHash(h hash.Hash) { h.Write([]byte("thirdPower")) }
func (thirdPower) Hashcode() uint32      { return 33333 }
func (thirdPower) String() string        { return "thirdPower" }
func (thirdPower) DiffWRT(int) []bool    { return []bool{true} }

func (thirdPower) InferShape(in ...gorgonia.DimSizer) (tensor.Shape, error) {
	return in[0].(tensor.Shape), nil
}

func (thirdPower) Do(in ...gorgonia.Value) (gorgonia.Value, error) {
	x := in[0].(*tensor.Dense).Data().([]float64)
	if x[0] == 13 {
		panic("unlucky")
	}
	for i, v := range x {
		x[i] = v * v * v
	}
	return in[0], nil
}

func (thirdPower) SymDiff(in gorgonia.Nodes, y, dy *gorgonia.Node) (gorgonia.Nodes, error) {
	three := must(gorgonia.HadamardProd(must(gorgonia.Square(in[0])), gorgonia.NewConstant(3.0)))
	return gorgonia.Nodes{must(gorgonia.HadamardProd(three, dy))}, nil
}

// An op without a translation runs by its own Do, between operations of ours, and is differentiated by its own SymDiff;
// its panic is an error.
func TestPlainFallback(t *testing.T) {
	b := NewBuilder(NewParams(tensor.Float64))
	x := b.Input("x", 2, 3)
	y := b.Scale(must(gorgonia.ApplyOp(thirdPower{}, b.Shift(x, 1))), 2)
	if !isForeign(b, t, y) {
		t.Error("the op of this test has a kernel")
	}
	dx := b.Grad(b.Sum(y), x)[0]
	p, err := Compile(b, Output(y, dx))
	if err != nil {
		t.Fatal(err)
	}
	p.Set("x", []float64{0, 1, 2, 3, 4, 5})
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	compareNumbers(t, "y", p.Value(y), []float64{2, 16, 54, 128, 250, 432}, 1e-12)
	compareNumbers(t, "dx", p.Value(dx), []float64{6, 24, 54, 96, 150, 216}, 1e-12)
	p.Set("x", []float64{12, 1, 2, 3, 4, 5})
	if err := p.Run(); err == nil || !strings.Contains(err.Error(), "unlucky") {
		t.Errorf("a panic in Do gave %v", err)
	}
}

// Gorgonia's functions that have no kernel are run by their own Do.
func TestPlainWithoutKernel(t *testing.T) {
	for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for _, c := range []plainCase{
			unaryCase("sin", gorgonia.Sin), unaryCase("cos", gorgonia.Cos),
			binaryCase("pow", gorgonia.Pow, []int{2, 3}, []int{2, 3}),
			binaryCase("max between", gorgonia.MaxBetween, []int{2, 3}, []int{2, 3}),
			{name: "tensordot", leaves: [][]int{{2, 3}, {3, 4}}, noGradient: true, build: func(in gorgonia.Nodes) *gorgonia.Node {
				return must(gorgonia.Tensordot([]int{1}, []int{0}, in[0], in[1]))
			}},
		} {
			t.Run(fmt.Sprintf("%v/%s", dt, c.name), func(t *testing.T) {
				want, err := c.onTape(dt, !c.noGradient)
				if err != nil {
					t.Fatal(err)
				}
				b := NewBuilder(NewParams(dt))
				in := c.leavesOf(b.Graph(), dt)
				outputs := gorgonia.Nodes{c.build(in)}
				if !c.noGradient {
					outputs = append(outputs, b.Grad(plainLoss(outputs[0]), in...)...)
				}
				p, err := Compile(b, Output(outputs...))
				if err != nil {
					t.Fatal(err)
				}
				if err := p.Run(); err != nil {
					t.Fatal(err)
				}
				for i := range want {
					compareNumbers(t, fmt.Sprintf("value %d", i), p.Value(outputs[i]), want[i], 1e-5)
				}
			})
		}
	}
}

// A gradient that Gorgonia built is a part of the graph like any other.
func TestPlainGorgoniaGrad(t *testing.T) {
	b := NewBuilder(NewParams(tensor.Float64))
	c := plainCase{leaves: [][]int{{2, 3}, {3, 4}}}
	in := c.leavesOf(b.Graph(), tensor.Float64)
	y := must(gorgonia.Sigmoid(must(gorgonia.Mul(must(gorgonia.Slice(in[0], nil, gorgonia.S(0, 3))), in[1]))))
	loss := must(gorgonia.Mean(must(gorgonia.Square(must(gorgonia.SoftMax(must(gorgonia.Pow(y, gorgonia.NewConstant(3.0))), 1))))))
	ours := b.Grad(loss, in...)
	theirs, err := gorgonia.Grad(loss, in...)
	if err != nil {
		t.Fatal(err)
	}
	if isForeign(b, t, append(ours, theirs...)...) {
		t.Error("has no kernel")
	}
	p, err := Compile(b, Output(append(ours, theirs...)...))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	for i := range ours {
		want, _ := numbers(p.Value(theirs[i]))
		compareNumbers(t, "gradient", p.Value(ours[i]), want, 1e-12)
	}
}

// Nodes of both kinds are operands of each other, and the loss's gradient reaches parameters through plain nodes.
func TestPlainMixed(t *testing.T) {
	for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		b := NewBuilder(NewParams(dt))
		x := b.Input("x", 2, 3)
		w := gorgonia.NewMatrix(b.Graph(), dt, gorgonia.WithName("w"), gorgonia.WithShape(3, 2), gorgonia.WithInit(gorgonia.Ones()))
		h := b.Tanh(must(gorgonia.Mul(x, w)))                         // ours of plain of ours and plain
		y := b.Linear("out", 2, must(gorgonia.Add(h, b.Scale(h, 2)))) // ours of plain of ours
		loss := must(gorgonia.Mean(must(gorgonia.Square(y))))
		p, err := Compile(b, Loss(loss), Output(y))
		if err != nil {
			t.Fatal(err)
		}
		// The same by the builder alone.
		b2 := NewBuilder(b.Params())
		h2 := b2.Tanh(b2.MatMul(b2.Input("x", 2, 3), b2.Const(1, 3, 2)))
		y2 := b2.Linear("out", 2, b2.Scale(h2, 3))
		p2, err := Compile(b2, Loss(b2.Mean(b2.Mul(y2, y2))), Output(y2))
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range []*Program{p, p2} {
			q.Set("x", []float64{0.1, -0.2, 0.3, 0.4, 0.5, -0.6})
			if err := q.Run(); err != nil {
				t.Fatal(err)
			}
		}
		want, _ := numbers(p2.Value(y2))
		compareNumbers(t, "y", p.Value(y), want, 1e-6)
		if len(p.Grads()) != 2 {
			t.Fatalf("%d gradients, want 2", len(p.Grads()))
		}
		for _, name := range []string{"weight_out", "bias_out"} {
			want, _ := numbers(p2.Grad(name))
			compareNumbers(t, name, p.Grad(name), want, 1e-6)
		}
	}
}

// A plain leaf is an input of its name, which starts with the value bound to it; the program's memory is its own.
func TestPlainLeaves(t *testing.T) {
	b := NewBuilder(NewParams(tensor.Float64))
	g := b.Graph()
	transposed := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float64{1, 2, 3, 4, 5, 6}))
	if err := transposed.T(); err != nil {
		t.Fatal(err)
	}
	columnMajor := tensor.New(tensor.WithShape(3, 2), tensor.AsFortran([]float64{1, 2, 3, 4, 5, 6}))
	part, err := tensor.New(tensor.WithShape(3, 4), tensor.WithBacking(tensor.Range(tensor.Float64, 0, 12))).Slice(nil, gorgonia.S(1, 3))
	if err != nil {
		t.Fatal(err)
	}
	a := gorgonia.NewMatrix(g, tensor.Float64, gorgonia.WithName("a"), gorgonia.WithShape(3, 2), gorgonia.WithValue(transposed))
	if x := columnMajor.Data().([]float64); x[1] != 3 {
		t.Fatalf("the column-major tensor holds %v", x)
	}
	c := gorgonia.NewMatrix(g, tensor.Float64, gorgonia.WithName("c"), gorgonia.WithShape(3, 2), gorgonia.WithValue(columnMajor))
	d := gorgonia.NewMatrix(g, tensor.Float64, gorgonia.WithName("d"), gorgonia.WithShape(3, 2), gorgonia.WithValue(part))
	s := gorgonia.NewScalar(g, tensor.Float64, gorgonia.WithName("s"), gorgonia.WithValue(10.0))
	unset := gorgonia.NewVector(g, tensor.Float64, gorgonia.WithName("unset"), gorgonia.WithShape(2))
	index := gorgonia.NewVector(g, tensor.Int, gorgonia.WithName("index"), gorgonia.WithShape(2), gorgonia.WithValue(tensor.New(tensor.WithBacking([]int{2, 0}))))
	outputs := []*gorgonia.Node{
		must(gorgonia.HadamardProd(a, s)), must(gorgonia.Neg(c)), must(gorgonia.Neg(d)), must(gorgonia.Neg(unset)),
		b.Gather(a, index, NoPadding), a,
	}
	p, err := Compile(b, Output(outputs...))
	if err != nil {
		t.Fatal(err)
	}
	run := func(want ...[]float64) {
		t.Helper()
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			compareNumbers(t, outputs[i].Name(), p.Value(outputs[i]), w, 0)
		}
	}
	run([]float64{10, 40, 20, 50, 30, 60}, []float64{-1, -2, -3, -4, -5, -6}, []float64{-1, -2, -5, -6, -9, -10}, []float64{0, 0},
		[]float64{3, 6, 1, 4}, []float64{1, 4, 2, 5, 3, 6})
	if p.Input("a") == nil || p.Input("unset") == nil {
		t.Fatal("a plain leaf is not an input of the program")
	}
	if err := p.Set("unset", []float64{7, 8}); err != nil {
		t.Fatal(err)
	}
	if err := p.Set("c", columnMajor.Clone().(*tensor.Dense)); err != nil {
		t.Fatal(err)
	}
	p.Input("a").Zero()
	run(make([]float64, 6), []float64{-1, -2, -3, -4, -5, -6}, []float64{-1, -2, -5, -6, -9, -10}, []float64{-7, -8})
	if x, _ := numbers(transposed); x[1] != 4 {
		t.Error("the program wrote to the value that was bound to the leaf")
	}
}

func TestPlainComparisonsOfNaNAndInfinity(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	x := []float64{1, 2, 2, nan, 1, nan, inf, -inf, inf, -inf, 0, math.Copysign(0, -1)}
	z := []float64{2, 1, 2, 1, nan, nan, inf, -inf, -inf, inf, math.Copysign(0, -1), 0}
	for name, f := range map[string]struct {
		build func(a, b *gorgonia.Node, retSame bool) (*gorgonia.Node, error)
		want  func(a, b float64) bool
	}{
		"<":  {gorgonia.Lt, func(a, b float64) bool { return a < b }},
		"<=": {gorgonia.Lte, func(a, b float64) bool { return a <= b }},
		">":  {gorgonia.Gt, func(a, b float64) bool { return a > b }},
		">=": {gorgonia.Gte, func(a, b float64) bool { return a >= b }},
		"==": {gorgonia.Eq, func(a, b float64) bool { return a == b }},
		"!=": {gorgonia.Ne, func(a, b float64) bool { return a != b }},
	} {
		b := NewBuilder(NewParams(tensor.Float64))
		in := b.Input("x", len(x))
		y := must(f.build(in, b.Input("z", len(z)), true))
		withZero := must(f.build(in, gorgonia.NewConstant(0.0), true))
		p, err := Compile(b, Output(y, withZero))
		if err != nil {
			t.Fatal(err)
		}
		p.Set("x", x)
		p.Set("z", z)
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		for i := range x {
			for _, c := range []struct {
				n *gorgonia.Node
				z float64
			}{{y, z[i]}, {withZero, 0}} {
				got := p.Value(c.n).Data().([]float64)[i]
				if want := map[bool]float64{true: 1}[f.want(x[i], c.z)]; got != want {
					t.Errorf("%g %s %g is %g, want %g", x[i], name, c.z, got, want)
				}
			}
		}
	}
}

// log1p and expm1 are there for small arguments; the compiled ones keep the digits.
func TestPlainSmallArguments(t *testing.T) {
	b := NewBuilder(nil)
	x := b.Input("x", 5)
	l, e := must(gorgonia.Log1p(x)), must(gorgonia.Expm1(x))
	dl := b.Grad(b.Sum(l), x)[0]
	p, err := Compile(b, Output(l, e, dl))
	if err != nil {
		t.Fatal(err)
	}
	values := []float32{0, 1e-10, -1e-7, 3e-6, -2e-3}
	p.Set("x", values)
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	for i, v := range values {
		for _, c := range []struct {
			name string
			n    *gorgonia.Node
			want float64
		}{{"log1p", l, math.Log1p(float64(v))}, {"expm1", e, math.Expm1(float64(v))}, {"dlog1p", dl, 1 / (1 + float64(v))}} {
			got := float64(p.Value(c.n).Data().([]float32)[i])
			if math.Abs(got-c.want) > 1e-6*math.Abs(c.want) {
				t.Errorf("%s(%g) is %g, want %g", c.name, v, got, c.want)
			}
		}
	}
}

// gorgonia.Dropout is the builder's: it drops in training and not in evaluation.
func TestPlainDropout(t *testing.T) {
	for _, training := range []bool{true, false} {
		var opts []Option
		if training {
			opts = append(opts, Training())
		}
		b := NewBuilder(nil, opts...)
		y := must(gorgonia.Dropout(b.Input("x", 10, 10), 0.5))
		p, err := Compile(b, Output(y))
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.Input("x").Data().([]float32) {
			p.Input("x").Data().([]float32)[i] = 1
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		zeros := 0
		for _, v := range p.Value(y).Data().([]float32) {
			if v == 0 {
				zeros++
			}
		}
		if dropped := zeros > 30 && zeros < 70; dropped != training || !training && zeros > 0 {
			t.Errorf("training %v: %d of 100 elements are zero", training, zeros)
		}
	}
}

func TestPlainErrors(t *testing.T) {
	for _, c := range []struct {
		name  string
		build func(b *Builder) *gorgonia.Node
		want  string
	}{
		{"slice of a long axis", func(b *Builder) *gorgonia.Node {
			return must(gorgonia.Slice(b.Input("x", 2, 257), nil, gorgonia.S(0, 128)))
		}, "Builder.Slice"},
		{"slice with steps", func(b *Builder) *gorgonia.Node {
			return must(gorgonia.Slice(b.Input("x", 8), gorgonia.S(0, 8, 2)))
		}, "Builder.Slice"},
		{"constant that is printed in part", func(b *Builder) *gorgonia.Node {
			c := gorgonia.NewConstant(tensor.New(tensor.WithShape(1000), tensor.Of(tensor.Float32)))
			return must(gorgonia.Add(b.Input("x", 1000), c))
		}, "Builder.ConstTensor"},
		{"constant of another type", func(b *Builder) *gorgonia.Node {
			z := gorgonia.NewVector(b.Graph(), tensor.Float64, gorgonia.WithShape(2), gorgonia.WithName("z"))
			must(gorgonia.HadamardProd(z, gorgonia.NewConstant(0.1)))
			return must(gorgonia.HadamardProd(b.Input("x", 2), gorgonia.NewConstant(float32(0.1)))) // is the float64 0.1
		}, "Builder.Const"},
		{"leaf without a name", func(b *Builder) *gorgonia.Node {
			return b.Neg(gorgonia.NewVector(b.Graph(), tensor.Float32, gorgonia.WithShape(2)))
		}, "WithName"},
		{"leaf without a shape", func(b *Builder) *gorgonia.Node {
			return gorgonia.NewVector(b.Graph(), tensor.Float32, gorgonia.WithName("x"))
		}, "WithShape"},
		{"leaf of the name of an input", func(b *Builder) *gorgonia.Node {
			b.Input("x", 3)
			return b.Neg(gorgonia.NewVector(b.Graph(), tensor.Float32, gorgonia.WithShape(2), gorgonia.WithName("x")))
		}, `input "x"`},
		{"leaf of the name of a parameter", func(b *Builder) *gorgonia.Node {
			b.Param("x", Zeros(), 3)
			return b.Neg(gorgonia.NewVector(b.Graph(), tensor.Float32, gorgonia.WithShape(2), gorgonia.WithName("x")))
		}, `input "x"`},
		{"two leaves of a name", func(b *Builder) *gorgonia.Node {
			x := gorgonia.NewVector(b.Graph(), tensor.Float32, gorgonia.WithShape(2), gorgonia.WithName("x"))
			z := gorgonia.NewMatrix(b.Graph(), tensor.Float32, gorgonia.WithShape(2, 2), gorgonia.WithName("x"))
			return b.Add(x, z)
		}, "two leaves"},
		{"another element type", func(b *Builder) *gorgonia.Node {
			return gorgonia.NewVector(b.Graph(), tensor.Float64, gorgonia.WithShape(2), gorgonia.WithName("x"))
		}, "float64"},
		{"booleans", func(b *Builder) *gorgonia.Node {
			return must(gorgonia.Gt(b.Input("x", 2), b.Input("z", 2), false))
		}, "retSame"},
		{"statement", func(b *Builder) *gorgonia.Node {
			return gorgonia.Read(b.Input("x", 2), new(gorgonia.Value))
		}, "computes no value"},
		{"loss without a value", func(b *Builder) *gorgonia.Node {
			x := b.Input("x", 2)
			return b.Grad(gorgonia.Read(x, new(gorgonia.Value)), x)[0]
		}, "no value"},
		{"operand without a value", func(b *Builder) *gorgonia.Node {
			return b.Neg(gorgonia.Read(b.Input("x", 2), new(gorgonia.Value)))
		}, "no value"},
		{"freed node", func(b *Builder) *gorgonia.Node {
			x := b.Input("x", 2)
			must(gorgonia.BinaryXent(x, b.Input("z", 2))) // brings in Gorgonia's own constant 1, which later ones are merged with
			sum := must(gorgonia.Add(x, gorgonia.NewConstant(float32(1))))
			y := must(gorgonia.ApplyOp(thirdPower{}, sum))
			must(gorgonia.Log(sum)) // becomes log1p(x), and the sum is freed
			return y
		}, "no longer in the graph"},
		{"no derivative", func(b *Builder) *gorgonia.Node {
			x := b.Input("x", 2)
			return b.Grad(b.Sum(must(gorgonia.Ceil(x))), x)[0]
		}, "ceil"},
		{"no derivative but a panic", func(b *Builder) *gorgonia.Node {
			x := b.Input("x", 2)
			return b.Grad(b.Sum(must(gorgonia.ApplyOp(panickyDerivative{}, x))), x)[0]
		}, "panicked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := NewBuilder(nil)
			_, err := Compile(b, Output(c.build(b)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, which does not name %s", err, c.want)
			}
		})
	}
}

type panickyDerivative struct{ thirdPower }

func (panickyDerivative) SymDiff(gorgonia.Nodes, *gorgonia.Node, *gorgonia.Node) (gorgonia.Nodes, error) {
	panic("no derivative today")
}

// A run that fails carries nothing to the next one.
func TestFailedRunCarriesNothing(t *testing.T) {
	b := NewBuilder(NewParams(tensor.Float64))
	x, last := b.Input("x", 1), b.Input("last", 1)
	p, err := Compile(b, Output(must(gorgonia.ApplyOp(thirdPower{}, b.Shift(x, 1)))), Carry("last", b.Add(x, last)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ x, last float64 }{{1, 1}, {12, 1}, {2, 3}} {
		p.Set("x", c.x)
		if err := p.Run(); (err != nil) != (c.x == 12) {
			t.Fatalf("x = %g: error %v", c.x, err)
		}
		compareNumbers(t, "last", p.Input("last"), []float64{c.last}, 0)
	}
}
