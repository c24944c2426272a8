package graph_test

import (
	"reflect"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
	gt "github.com/rnnzoo/rnnzoo/internal/graphtest"
)

type (
	node     = *gorgonia.Node
	builder  = *graph.Builder
	operands = []gt.Operand
)

// unary, binary, ternary and many adapt functions of nodes to Case.Build.
func unary(f func(b builder, x node) node) func(builder, []node) []node {
	return func(b builder, x []node) []node { return []node{f(b, x[0])} }
}

func binary(f func(b builder, x, z node) node) func(builder, []node) []node {
	return func(b builder, x []node) []node { return []node{f(b, x[0], x[1])} }
}

func ternary(f func(b builder, x, z, w node) node) func(builder, []node) []node {
	return func(b builder, x []node) []node { return []node{f(b, x[0], x[1], x[2])} }
}

var cell = graph.CellConfig{Input: 2, Hidden: 3, RecurrentDropout: 0.4}

// missing weighs targets [4, 3] of which some are missing.
var missing = gt.Mask([]int{4, 3}, 1, 0, 1, 2, 0.5, 0, 0, 1, 1, 0, 0, 0)

var quantiles = []float64{0.1, 0.25, 0.5, 0.8, 0.95}

// opCases has at least one case for each operation, named after the method of Builder or CellConfig, with what is
// special about it behind a slash.
var opCases = []gt.Case{
	{Name: "Add/two", Operands: operands{gt.X(2, 3), gt.X(2, 3)}, Build: binary(func(b builder, x, z node) node { return b.Add(x, z) })},
	{Name: "Add/five with bias and scalar", Operands: operands{gt.X(4, 3), gt.X(3), gt.X(), gt.X(4, 1), gt.X(4, 3)},
		Build: func(b builder, x []node) []node { return []node{b.Add(x...)} }},
	{Name: "Add/bias first", Operands: operands{gt.X(3), gt.X(4, 3)}, Build: binary(func(b builder, x, z node) node { return b.Add(x, z) })},
	{Name: "Add/outer", Operands: operands{gt.X(4, 1), gt.X(1, 3)}, Build: binary(func(b builder, x, z node) node { return b.Add(x, z) })},
	{Name: "Add/same twice", Operands: operands{gt.X(2, 2)}, Build: unary(func(b builder, x node) node { return b.Add(x, x, x) })},
	{Name: "Add/one", Operands: operands{gt.X(2, 2)}, Build: unary(func(b builder, x node) node { return b.Add(x) })},
	{Name: "Sub", Operands: operands{gt.X(2, 3), gt.X(3)}, Build: binary(builder.Sub)},
	{Name: "Sub/broadcast left", Operands: operands{gt.X(3), gt.X(2, 3)}, Build: binary(builder.Sub)},
	{Name: "Mul", Operands: operands{gt.X(2, 3), gt.X(2, 3)}, Build: binary(builder.Mul)},
	{Name: "Mul/square", Operands: operands{gt.X(5)}, Build: unary(func(b builder, x node) node { return b.Mul(x, x) })},
	{Name: "Mul/broadcast middle", Operands: operands{gt.X(2, 1, 3), gt.X(4, 1)}, Build: binary(builder.Mul)},
	{Name: "Mul/scalars", Operands: operands{gt.X(), gt.X()}, Build: binary(builder.Mul)},
	{Name: "Div", Operands: operands{gt.X(2, 3), gt.X(2, 3)}, Build: binary(builder.Div)},
	{Name: "Div/broadcast", Operands: operands{gt.X(2, 3), gt.X(2, 1)}, Build: binary(builder.Div)},
	{Name: "Scale", Operands: operands{gt.X(2, 3)}, Build: unary(func(b builder, x node) node { return b.Scale(x, -2.5) })},
	{Name: "Shift", Operands: operands{gt.X(2, 3)}, Build: unary(func(b builder, x node) node { return b.Shift(x, 0.75) })},
	{Name: "Neg", Operands: operands{gt.X(2, 3)}, Build: unary(builder.Neg)},
	{Name: "Pow/square", Operands: operands{gt.X(2, 3)}, Build: unary(func(b builder, x node) node { return b.Pow(x, 2) })},
	{Name: "Pow/cube", Operands: operands{gt.X(2, 3)}, Build: unary(func(b builder, x node) node { return b.Pow(x, 3) })},
	{Name: "Pow/root", Operands: operands{gt.Positive(2, 3)}, Build: unary(func(b builder, x node) node { return b.Pow(x, 0.5) })},
	{Name: "Pow/inverse", Operands: operands{gt.X(2, 3)}, Build: unary(func(b builder, x node) node { return b.Pow(x, -1) })},
	{Name: "Pow/zeroth at 0", Operands: operands{gt.Values([]int{2}, 0, 1)}, Build: unary(func(b builder, x node) node { return b.Pow(x, 0) })},
	{Name: "Pow/first at 0", Operands: operands{gt.Values([]int{2}, 0, 1)}, Build: unary(func(b builder, x node) node { return b.Pow(x, 1) })},
	{Name: "Exp", Operands: operands{gt.X(2, 3)}, Build: unary(builder.Exp)},
	{Name: "Log", Operands: operands{gt.Positive(2, 3)}, Build: unary(builder.Log)},
	{Name: "Abs", Operands: operands{gt.X(2, 3)}, Build: unary(builder.Abs)},
	{Name: "Sign", Operands: operands{gt.X(2, 3)}, Build: unary(func(b builder, x node) node { return b.Mul(x, b.Sign(x)) })},
	{Name: "Sigmoid", Operands: operands{gt.X(3, 5)}, Build: unary(builder.Sigmoid)},
	{Name: "Tanh", Operands: operands{gt.X(3, 5)}, Build: unary(builder.Tanh)},
	{Name: "Relu", Operands: operands{gt.X(3, 5)}, Build: unary(builder.Relu)},
	{Name: "LogGamma", Operands: operands{gt.Positive(3, 5)}, Build: unary(builder.LogGamma)},
	{Name: "LogGamma/below and above 12", Operands: operands{gt.Values([]int{2, 3}, 3, -0.5, 30, 11, 1, -2.25)}, Build: unary(builder.LogGamma)},
	{Name: "LogGamma/scalar", Operands: operands{gt.Positive()}, Build: unary(builder.LogGamma)},
	{Name: "LogGamma/columns", Operands: operands{gt.Positive(4, 6)}, Build: unary(func(b builder, x node) node { return b.LogGamma(b.Slice(b.Transpose(x), 1, 1, 3)) })},
	{Name: "LogGamma/second derivative", Operands: operands{gt.Positive(3, 2)}, Build: unary(func(b builder, x node) node {
		y := b.LogGamma(x)
		return b.Grad(b.Sum(b.Mul(y, y)), x)[0]
	})},
	{Name: "Softplus", Operands: operands{gt.X(3, 5)}, Build: unary(builder.Softplus)},
	{Name: "Clamp", Operands: operands{gt.Values([]int{2, 3}, -2, -0.9, -0.3, 0.1, 0.7, 1.5)},
		Build: unary(func(b builder, x node) node { return b.Clamp(x, -0.5, 0.6) })},
	{Name: "Where", Operands: operands{gt.Mask([]int{2, 3}, 0, 1, 0, 2, 0, -1), gt.X(2, 3), gt.X(2, 3)}, Build: ternary(builder.Where)},
	{Name: "Where/broadcast mask and value", Operands: operands{gt.Mask([]int{2, 1}, 0, 1), gt.X(2, 3), gt.X()}, Build: ternary(builder.Where)},
	{Name: "Where/broadcast by mask", Operands: operands{gt.Mask([]int{2, 3}, 0, 1, 1, 0, 0, 1), gt.X(3), gt.X(2, 1)}, Build: ternary(builder.Where)},
	{Name: "Lerp", Operands: operands{gt.X(2, 3), gt.X(2, 3), gt.X(2, 3)}, Build: ternary(builder.Lerp)},
	{Name: "Const", Operands: operands{gt.X(2, 3)}, Build: unary(func(b builder, x node) node {
		return b.Mul(b.Add(x, b.Const(0.5, 3)), b.Add(x, b.Const(-2)))
	})},
	{Name: "Const/sliced and reshaped", Operands: operands{gt.X(2, 2)}, Build: unary(func(b builder, x node) node {
		return b.MatMul(x, b.Transpose(b.Reshape(b.Slice(b.Const(3, 4, 3), 0, 1, 3), 3, 2)))
	})},
	{Name: "ConstTensor", Operands: operands{gt.X(2, 3)}, Build: unary(func(b builder, x node) node {
		return b.Mul(b.Add(x, b.ConstTensor([]float64{1, 2, 3}, 3)), b.ConstTensor([]float64{-1, 4, 0.5, 3, 2, 1}, 2, 3))
	})},

	{Name: "MatMul", Operands: operands{gt.X(2, 3), gt.X(3, 4)}, Build: binary(builder.MatMul)},
	{Name: "MatMul/row by column", Operands: operands{gt.X(1, 5), gt.X(5, 1)}, Build: binary(builder.MatMul)},
	{Name: "MatMul/column by row", Operands: operands{gt.X(5, 1), gt.X(1, 4)}, Build: binary(builder.MatMul)},
	{Name: "MatMul/one element", Operands: operands{gt.X(1, 1), gt.X(1, 1)}, Build: binary(builder.MatMul)},
	{Name: "MatMul/by itself", Operands: operands{gt.X(3, 3)}, Build: unary(func(b builder, x node) node { return b.MatMul(x, x) })},
	{Name: "MatMul/batched", Operands: operands{gt.X(2, 3, 4), gt.X(2, 4, 5)}, Build: binary(builder.MatMul)},
	{Name: "MatMul/batch of one", Operands: operands{gt.X(1, 3, 4), gt.X(1, 4, 5)}, Build: binary(builder.MatMul)},
	{Name: "MatMul/sequence by matrix", Operands: operands{gt.X(2, 3, 4), gt.X(4, 5)}, Build: binary(builder.MatMul)},
	{Name: "MatMul/four axes by matrix", Operands: operands{gt.X(2, 2, 3, 4), gt.X(4, 2)}, Build: binary(builder.MatMul)},
	{Name: "MatMul/strided operands", Operands: operands{gt.X(4, 6), gt.X(6, 5)}, Build: binary(func(b builder, x, z node) node {
		return b.MatMul(b.Slice(x, 1, 1, 4), b.Slice(b.Slice(z, 0, 2, 5), 1, 1, 5))
	})},
	{Name: "MatMul/transposed views", Operands: operands{gt.X(4, 3), gt.X(5, 4)}, Build: binary(func(b builder, x, z node) node {
		return b.MatMul(b.Transpose(x), b.Transpose(z))
	})},
	{Name: "MatMulNT", Operands: operands{gt.X(2, 3), gt.X(4, 3)}, Build: binary(builder.MatMulNT)},
	{Name: "MatMulNT/batched", Operands: operands{gt.X(2, 3, 4), gt.X(2, 5, 4)}, Build: binary(builder.MatMulNT)},
	{Name: "MatMulNT/sequence by matrix", Operands: operands{gt.X(2, 3, 4), gt.X(5, 4)}, Build: binary(builder.MatMulNT)},
	{Name: "MatMulTN", Operands: operands{gt.X(3, 2), gt.X(3, 4)}, Build: binary(builder.MatMulTN)},
	{Name: "MatMulTN/batched", Operands: operands{gt.X(2, 4, 3), gt.X(2, 4, 5)}, Build: binary(builder.MatMulTN)},
	{Name: "MatMulTT", Operands: operands{gt.X(3, 2), gt.X(4, 3)}, Build: binary(builder.MatMulTT)},
	{Name: "MatMulTT/batched", Operands: operands{gt.X(2, 4, 3), gt.X(2, 5, 4)}, Build: binary(builder.MatMulTT)},

	{Name: "Softmax", Operands: operands{gt.X(3, 4)}, Build: unary(builder.Softmax)},
	{Name: "Softmax/vector", Operands: operands{gt.X(5)}, Build: unary(builder.Softmax)},
	{Name: "Softmax/three axes", Operands: operands{gt.X(2, 3, 4)}, Build: unary(builder.Softmax)},
	{Name: "Softmax/transposed", Operands: operands{gt.X(4, 3)}, Build: unary(func(b builder, x node) node { return b.Softmax(b.Transpose(x)) })},
	{Name: "LogSoftmax", Operands: operands{gt.X(3, 4)}, Build: unary(builder.LogSoftmax)},
	{Name: "LogSoftmax/part of rows", Operands: operands{gt.X(3, 6)}, Build: unary(func(b builder, x node) node { return b.LogSoftmax(b.Slice(x, 1, 2, 5)) })},

	{Name: "Slice/rows", Operands: operands{gt.X(4, 3)}, Build: unary(func(b builder, x node) node { return b.Slice(x, 0, 1, 3) })},
	{Name: "Slice/columns", Operands: operands{gt.X(3, 5)}, Build: unary(func(b builder, x node) node { return b.Slice(x, -1, 1, 4) })},
	{Name: "Slice/whole", Operands: operands{gt.X(3, 2)}, Build: unary(func(b builder, x node) node { return b.Slice(x, 0, 0, 3) })},
	{Name: "Slice/overlapping", Operands: operands{gt.X(5, 2)}, Build: unary(func(b builder, x node) node {
		return b.Mul(b.Slice(x, 0, 0, 3), b.Slice(x, 0, 2, 5))
	})},
	{Name: "Slice/of slice and of concatenation", Operands: operands{gt.X(5, 2), gt.X(2, 2)}, Build: binary(func(b builder, x, z node) node {
		return b.Slice(b.Concat(0, b.Slice(b.Slice(x, 0, 1, 5), 0, 1, 4), z), 0, 1, 4)
	})},
	{Name: "Slice/along two axes", Operands: operands{gt.X(4, 5)}, Build: unary(func(b builder, x node) node {
		return b.Mul(b.Slice(b.Slice(x, 0, 0, 2), 1, 0, 2), b.Slice(b.Slice(x, 1, 3, 5), 0, 2, 4))
	})},
	{Name: "At", Operands: operands{gt.X(3, 2, 4)}, Build: unary(func(b builder, x node) node {
		return b.Mul(b.At(x, 0, 2), b.Add(b.At(x, 0, 0), b.At(x, -3, 1)))
	})},
	{Name: "At/last axis", Operands: operands{gt.X(3, 4)}, Build: unary(func(b builder, x node) node { return b.At(x, -1, 3) })},
	{Name: "At/element", Operands: operands{gt.X(4)}, Build: unary(func(b builder, x node) node { return b.At(x, 0, 2) })},
	{Name: "At/integers", Operands: operands{gt.X(5, 2), gt.Index([]int{2, 3}, 0, 4, 1, 1, 3, 3)}, Build: binary(func(b builder, x, i node) node {
		return b.Add(b.Gather(x, b.At(i, 0, 0), graph.NoPadding), b.Gather(x, b.At(i, 0, 1), graph.NoPadding))
	})},
	{Name: "Split", Operands: operands{gt.X(2, 6)}, Build: func(b builder, x []node) []node {
		p := b.Split(x[0], 1, 3)
		return []node{b.Mul(p[0], p[1]), b.Tanh(p[2])}
	}},
	{Name: "Split/one part unused", Operands: operands{gt.X(6, 2)}, Build: func(b builder, x []node) []node {
		p := b.Split(x[0], -2, 3)
		return []node{p[2], b.Exp(p[0])}
	}},
	{Name: "Concat/rows", Operands: operands{gt.X(2, 3), gt.X(1, 3), gt.X(3, 3)}, Build: func(b builder, x []node) []node { return []node{b.Concat(0, x...)} }},
	{Name: "Concat/columns", Operands: operands{gt.X(2, 3), gt.X(2, 1)}, Build: func(b builder, x []node) []node { return []node{b.Concat(-1, x...)} }},
	{Name: "Concat/same twice", Operands: operands{gt.X(2, 3)}, Build: unary(func(b builder, x node) node {
		y := b.Tanh(x)
		return b.Concat(1, y, y, x)
	})},
	{Name: "Concat/nested", Operands: operands{gt.X(2, 3), gt.X(2, 3)}, Build: binary(func(b builder, x, z node) node {
		p := b.Concat(1, b.Tanh(x), b.Sigmoid(z))
		return b.Concat(0, p, b.Exp(p))
	})},
	{Name: "Concat/of rows of kernels", Operands: operands{gt.X(2, 3), gt.X(2, 3)}, Build: binary(func(b builder, x, z node) node {
		return b.Concat(1, b.Softmax(x), b.MatMulNT(x, z), b.Normalize(z), b.Reshape(b.Sum(x, 1), 2, 1))
	})},
	{Name: "Stack/first axis", Operands: operands{gt.X(2, 3), gt.X(2, 3)}, Build: func(b builder, x []node) []node { return []node{b.Stack(0, x...)} }},
	{Name: "Stack/middle axis", Operands: operands{gt.X(2, 3), gt.X(2, 3)}, Build: func(b builder, x []node) []node {
		return []node{b.Stack(1, b.Tanh(x[0]), b.Exp(x[1]))}
	}},
	{Name: "Stack/last axis", Operands: operands{gt.X(2, 3), gt.X(2, 3)}, Build: func(b builder, x []node) []node { return []node{b.Stack(-1, x...)} }},
	{Name: "Stack/scalars", Operands: operands{gt.X(), gt.X()}, Build: func(b builder, x []node) []node { return []node{b.Stack(0, x...)} }},
	{Name: "Stack/one", Operands: operands{gt.X(2, 3)}, Build: func(b builder, x []node) []node { return []node{b.Stack(0, x...)} }},
	{Name: "Reshape", Operands: operands{gt.X(2, 6)}, Build: unary(func(b builder, x node) node { return b.Reshape(x, 3, 2, 2) })},
	{Name: "Reshape/to scalar", Operands: operands{gt.X(1, 1)}, Build: unary(func(b builder, x node) node { return b.Reshape(x) })},
	{Name: "Reshape/of a transposition", Operands: operands{gt.X(2, 6)}, Build: unary(func(b builder, x node) node { return b.Reshape(b.Transpose(x), 4, 3) })},
	{Name: "Reshape/integers of a transposition", Operands: operands{gt.X(5, 2), gt.Index([]int{2, 3}, 0, 4, 1, 1, 3, 3)}, Build: binary(func(b builder, x, i node) node {
		return b.Gather(x, b.Reshape(b.Transpose(i), 6), graph.NoPadding)
	})},
	{Name: "Reshape/one integer", Operands: operands{gt.X(5, 2), gt.Index([]int{2, 3}, 0, 4, 1, 1, 3, 3)}, Build: binary(func(b builder, x, i node) node {
		return b.Gather(x, b.At(b.At(i, 0, 1), -1, 2), graph.NoPadding)
	})},
	{Name: "Transpose", Operands: operands{gt.X(2, 3)}, Build: unary(func(b builder, x node) node { return b.Transpose(x) })},
	{Name: "Transpose/cycle", Operands: operands{gt.X(2, 3, 4)}, Build: unary(func(b builder, x node) node { return b.Transpose(x, 1, 2, 0) })},
	{Name: "Transpose/twice", Operands: operands{gt.X(2, 3, 4)}, Build: unary(func(b builder, x node) node { return b.Transpose(b.Transpose(x, 2, 0, 1), 0, 2, 1) })},
	{Name: "Broadcast", Operands: operands{gt.X(3)}, Build: unary(func(b builder, x node) node { return b.Broadcast(x, 2, 3) })},
	{Name: "Broadcast/inner axis", Operands: operands{gt.X(2, 1, 3)}, Build: unary(func(b builder, x node) node { return b.Broadcast(x, 4, 2, 2, 3) })},
	{Name: "Broadcast/scalar", Operands: operands{gt.X()}, Build: unary(func(b builder, x node) node { return b.Broadcast(x, 2, 3) })},

	{Name: "Sum/all", Operands: operands{gt.X(2, 3)}, Build: unary(func(b builder, x node) node { return b.Sum(x) })},
	{Name: "Sum/scalar", Operands: operands{gt.X()}, Build: unary(func(b builder, x node) node { return b.Sum(x) })},
	{Name: "Sum/first axis", Operands: operands{gt.X(4, 3)}, Build: unary(func(b builder, x node) node { return b.Sum(x, 0) })},
	{Name: "Sum/last axis", Operands: operands{gt.X(4, 3)}, Build: unary(func(b builder, x node) node { return b.Sum(x, -1) })},
	{Name: "Sum/middle axis", Operands: operands{gt.X(2, 4, 3)}, Build: unary(func(b builder, x node) node { return b.Sum(x, 1) })},
	{Name: "Sum/outer axes", Operands: operands{gt.X(2, 4, 3)}, Build: unary(func(b builder, x node) node { return b.Sum(x, -1, 0) })},
	{Name: "Sum/axis of one", Operands: operands{gt.X(2, 1, 3)}, Build: unary(func(b builder, x node) node { return b.Sum(x, 1) })},
	{Name: "Mean/all", Operands: operands{gt.X(2, 3)}, Build: unary(func(b builder, x node) node { return b.Mean(x) })},
	{Name: "Mean/first axis", Operands: operands{gt.X(2, 3, 4)}, Build: unary(func(b builder, x node) node { return b.Mean(x, 0) })},
	{Name: "Mean/last axes", Operands: operands{gt.X(2, 3, 4)}, Build: unary(func(b builder, x node) node { return b.Mean(x, -1, -2) })},
	{Name: "Max/all", Operands: operands{gt.X(2, 3)}, Build: unary(func(b builder, x node) node { return b.Max(x) })},
	{Name: "Max/first axis", Operands: operands{gt.X(4, 3)}, Build: unary(func(b builder, x node) node { return b.Max(x, 0) })},
	{Name: "Max/last axis", Operands: operands{gt.X(4, 3)}, Build: unary(func(b builder, x node) node { return b.Max(x, -1) })},
	{Name: "Max/outer axes", Operands: operands{gt.X(2, 4, 3)}, Build: unary(func(b builder, x node) node { return b.Max(x, 0, 2) })},

	{Name: "Gather", Operands: operands{gt.X(4, 3), gt.Index([]int{5}, 2, 0, 2, 3, 2)}, Build: binary(func(b builder, x, i node) node { return b.Gather(x, i, graph.NoPadding) })},
	{Name: "Gather/two axes, outside the table", Operands: operands{gt.X(4, 3), gt.Index([]int{2, 3}, 2, -1, 7, 3, 4, 0)},
		Build: binary(func(b builder, x, i node) node { return b.Gather(x, i, graph.NoPadding) })},
	{Name: "Gather/one index", Operands: operands{gt.X(4, 3), gt.Index(nil, 2)}, Build: binary(func(b builder, x, i node) node { return b.Gather(x, i, graph.NoPadding) })},
	{Name: "Gather/padding", Operands: operands{gt.X(4, 2), gt.Index([]int{2, 3}, 1, 1, 0, 3, 1, 0)}, NoGrad: map[string][]int{"x0": {2, 3}},
		Build: binary(func(b builder, x, i node) node { return b.Gather(x, i, 1) })},
	{Name: "Embedding", Operands: operands{gt.Index([]int{2, 3}, 1, 0, 0, 3, 1, 0)}, NoGrad: map[string][]int{"words.weight": {0, 1}},
		Build: unary(func(b builder, i node) node { return b.Embedding("words", 4, 2, i, 0) })},
	{Name: "Dropout", Options: []graph.Option{graph.Training(), graph.Seed(3)}, Operands: operands{gt.X(4, 5)}, Build: func(b builder, x []node) []node {
		return []node{b.Dropout(x[0], 0.5), b.Dropout(x[0], 0.3)}
	}},
	{Name: "Dropout/evaluation", Operands: operands{gt.X(4, 5)}, Build: unary(func(b builder, x node) node { return b.Tanh(b.Dropout(x, 0.5)) })},
	{Name: "Dropout/part of rows", Options: []graph.Option{graph.Training()}, Operands: operands{gt.X(4, 6)},
		Build: unary(func(b builder, x node) node { return b.Dropout(b.Slice(x, 1, 2, 6), 0.5) })},
	{Name: "SharedDropout", Options: []graph.Option{graph.Training()}, Operands: operands{gt.X(4, 5), gt.X(4, 5)}, Build: func(b builder, x []node) []node {
		return []node{b.SharedDropout("h", x[0], 0.5), b.SharedDropout("h", x[1], 0.5)}
	}},
	{Name: "Normalize", Operands: operands{gt.X(3, 5)}, Build: unary(builder.Normalize)},
	{Name: "Normalize/three axes", Operands: operands{gt.X(2, 3, 4)}, Build: unary(builder.Normalize)},
	{Name: "LayerNorm", Operands: operands{gt.X(3, 5)}, Build: unary(func(b builder, x node) node { return b.LayerNorm("ln", x) })},
	{Name: "LengthMask", Operands: operands{gt.X(4, 3, 2), gt.Index([]int{3}, 4, 0, 2)}, Build: binary(func(b builder, x, l node) node {
		return b.Where(b.LengthMask(l, 4), x, b.Tanh(x))
	})},
	{Name: "LengthMask/concatenated", Operands: operands{gt.X(4, 3, 2), gt.Index([]int{3}, 4, 0, 2), gt.Index([]int{3}, 1, 2, 3)}, Build: ternary(func(b builder, x, l, k node) node {
		return b.Mul(b.Concat(2, b.LengthMask(l, 4), b.LengthMask(k, 4)), x)
	})},

	{Name: "CrossEntropy", Operands: operands{gt.X(4, 3), gt.Index([]int{4}, 2, 0, 1, 2)}, Build: binary(func(b builder, x, y node) node { return b.CrossEntropy(x, y) })},
	{Name: "CrossEntropy/sequence", Operands: operands{gt.X(2, 3, 4), gt.Index([]int{2, 3}, 2, 0, 1, 2, 3, 3)}, Build: binary(func(b builder, x, y node) node { return b.CrossEntropy(x, y) })},
	{Name: "CrossEntropy/one", Operands: operands{gt.X(3), gt.Index(nil, 2)}, Build: binary(func(b builder, x, y node) node { return b.CrossEntropy(x, y) })},
	{Name: "CrossEntropy/IgnoreIndex", Operands: operands{gt.X(4, 3), gt.Index([]int{4}, 2, 0, 1, 0)},
		Build: binary(func(b builder, x, y node) node { return b.CrossEntropy(x, y, graph.IgnoreIndex(0)) })},
	{Name: "CrossEntropy/outside the classes", Operands: operands{gt.X(4, 3), gt.Index([]int{4}, 2, -100, 3, -1)},
		Build: binary(func(b builder, x, y node) node { return b.CrossEntropy(x, y) })},
	{Name: "CrossEntropy/LabelSmoothing", Operands: operands{gt.X(4, 3), gt.Index([]int{4}, 2, 0, 1, 2)},
		Build: binary(func(b builder, x, y node) node { return b.CrossEntropy(x, y, graph.LabelSmoothing(0.2)) })},
	{Name: "CrossEntropy/ClassWeights", Operands: operands{gt.X(4, 3), gt.Index([]int{4}, 2, 0, 1, 2)},
		Build: binary(func(b builder, x, y node) node { return b.CrossEntropy(x, y, graph.ClassWeights(0.5, 2, 1.25)) })},
	{Name: "CrossEntropy/all options", Operands: operands{gt.X(5, 3), gt.Index([]int{5}, 2, 0, 1, 2, 1)}, Build: binary(func(b builder, x, y node) node {
		return b.CrossEntropy(x, y, graph.ClassWeights(0.5, 2, 1.25), graph.LabelSmoothing(0.1), graph.IgnoreIndex(1))
	})},
	{Name: "CrossEntropies", Operands: operands{gt.X(2, 3, 4), gt.Index([]int{2, 3}, 2, 0, -100, 3, 3, 1)}, Build: binary(func(b builder, x, y node) node {
		losses, weights := b.CrossEntropies(x, y, graph.ClassWeights(0.5, 2, 1.25, 1), graph.LabelSmoothing(0.1))
		return b.Stack(0, losses, b.Mul(weights, losses))
	})},
	{Name: "CrossEntropy/of a slice", Operands: operands{gt.X(4, 6), gt.Index([]int{4}, 2, 0, 1, 2)},
		Build: binary(func(b builder, x, y node) node { return b.CrossEntropy(b.Slice(x, 1, 1, 5), y) })},
	{Name: "BCE", Operands: operands{gt.X(4, 3), gt.Positive(4, 3)}, Build: binary(func(b builder, x, y node) node { return b.BCE(x, y) })},
	{Name: "BCE/Weights", Operands: operands{gt.X(4, 3), gt.Positive(4, 3), missing}, Build: ternary(func(b builder, x, y, w node) node { return b.BCE(x, y, graph.Weights(w)) })},
	{Name: "MSE", Operands: operands{gt.X(4, 3), gt.X(4, 3)}, Build: binary(func(b builder, x, y node) node { return b.MSE(x, y) })},
	{Name: "MSE/Weights", Operands: operands{gt.X(4, 3), gt.X(4, 3), missing}, Build: ternary(func(b builder, x, y, w node) node { return b.MSE(x, y, graph.Weights(w)) })},
	{Name: "MSE/computed Weights of rows", Operands: operands{gt.X(4, 3), gt.X(4, 3), gt.Positive(4, 1)},
		Build: ternary(func(b builder, x, y, w node) node { return b.MSE(x, y, graph.Weights(b.Sigmoid(w))) })},
	{Name: "MSE/Weights of nothing", Operands: operands{gt.X(4, 3), gt.X(4, 3), gt.Mask([]int{1}, 0), gt.X(4, 3)}, Build: func(b builder, x []node) []node {
		return []node{b.Add(b.MSE(x[0], x[1], graph.Weights(x[2])), b.MSE(x[0], x[3]))}
	}},
	{Name: "MAE", Operands: operands{gt.X(4, 3), gt.X(4, 3)}, Build: binary(func(b builder, x, y node) node { return b.MAE(x, y) })},
	{Name: "MAE/Weights", Operands: operands{gt.X(4, 3), gt.X(4, 3), missing}, Build: ternary(func(b builder, x, y, w node) node { return b.MAE(x, y, graph.Weights(w)) })},
	{Name: "Huber", Operands: operands{gt.X(4, 3), gt.X(4, 3)}, Build: binary(func(b builder, x, y node) node { return b.Huber(x, y, 0.8) })},
	{Name: "Huber/Weights", Operands: operands{gt.X(4, 3), gt.X(4, 3), missing}, Build: ternary(func(b builder, x, y, w node) node { return b.Huber(x, y, 0.8, graph.Weights(w)) })},
	{Name: "SMAPE", Operands: operands{gt.X(4, 3), gt.X(4, 3)}, Build: binary(func(b builder, x, y node) node { return b.SMAPE(x, y) })},
	{Name: "SMAPE/Weights", Operands: operands{gt.X(4, 3), gt.X(4, 3), missing}, Build: ternary(func(b builder, x, y, w node) node { return b.SMAPE(x, y, graph.Weights(w)) })},
	{Name: "Pinball", Operands: operands{gt.X(4, 3, 5), gt.X(4, 3)}, Build: binary(func(b builder, x, y node) node { return b.Pinball(x, y, quantiles) })},
	{Name: "Pinball/one level of a scalar", Operands: operands{gt.X(1), gt.X()}, Build: binary(func(b builder, x, y node) node { return b.Pinball(x, y, quantiles[:1]) })},
	{Name: "Pinball/Weights", Operands: operands{gt.X(4, 3, 5), gt.X(4, 3), missing}, Build: ternary(func(b builder, x, y, w node) node { return b.Pinball(x, y, quantiles, graph.Weights(w)) })},
	{Name: "GaussianNLL", Operands: operands{gt.X(4, 3), gt.X(4, 3), gt.X(4, 3)}, Build: ternary(func(b builder, x, s, y node) node { return b.GaussianNLL(x, s, y) })},
	{Name: "GaussianNLL/softplus, Weights", Operands: operands{gt.X(4, 3), gt.X(4, 3), gt.X(4, 3), missing}, Build: func(b builder, x []node) []node {
		return []node{b.GaussianNLL(x[0], b.Log(b.Softplus(x[1])), x[2], graph.Weights(x[3]))}
	}},
	{Name: "StudentTNLL", Operands: operands{gt.X(4, 3), gt.X(4, 3), gt.X(4, 3), gt.X(4, 3)}, Build: func(b builder, x []node) []node {
		return []node{b.StudentTNLL(x[0], x[1], b.Shift(b.Softplus(x[2]), 2), x[3])}
	}},
	{Name: "StudentTNLL/large freedom, Weights", Operands: operands{gt.X(4, 3), gt.X(4, 3), gt.X(4, 3), gt.X(4, 3), missing}, Build: func(b builder, x []node) []node {
		return []node{b.StudentTNLL(x[0], x[1], b.Shift(b.Softplus(x[2]), 40), x[3], graph.Weights(x[4]))}
	}},
	{Name: "NegativeBinomialNLL", Operands: operands{gt.X(2, 3), gt.X(2, 3), gt.Mask([]int{2, 3}, 0, 1, 2, 3, 7, 30)},
		Build: ternary(func(b builder, x, s, y node) node { return b.NegativeBinomialNLL(x, s, y) })},
	{Name: "NegativeBinomialNLL/nearly Poisson, Weights", Operands: operands{gt.X(2, 3), gt.X(2, 3), gt.Mask([]int{2, 3}, 0, 1, 2, 3, 7, 30), gt.Mask([]int{3}, 1, 0, 2)},
		Build: func(b builder, x []node) []node {
			return []node{b.NegativeBinomialNLL(b.Shift(x[0], 2), b.Shift(x[1], -4), x[2], graph.Weights(x[3]))}
		}},

	{Name: "Param", Operands: operands{gt.X(3, 2)}, Build: unary(func(b builder, x node) node {
		return b.Mul(b.Mul(x, b.Prefix("p.").Param("w", nil, 2)), b.Suffix("_s").Param("w", nil, 3, 1))
	})},
	{Name: "Linear", Operands: operands{gt.X(3, 2)}, Build: unary(func(b builder, x node) node { return b.Linear("", 4, x) })},
	{Name: "Linear/sequence", Operands: operands{gt.X(2, 3, 2)}, Build: unary(func(b builder, x node) node { return b.Linear("out", 4, x) })},
	{Name: "Linear/shared", Operands: operands{gt.X(3, 2), gt.X(4, 2)}, Build: func(b builder, x []node) []node {
		return []node{b.Linear("w", 3, x[0]), b.Linear("w", 3, x[1])}
	}},
	{Name: "LinearInit", Operands: operands{gt.X(3, 2)}, Build: unary(func(b builder, x node) node { return b.LinearInit("w", 4, x, graph.Glorot(), nil) })},
	{Name: "Affine", Operands: operands{gt.X(3, 2), gt.X(3, 4)}, Build: binary(func(b builder, x, h node) node { return b.Affine("f", 4, x, h) })},
	{Name: "Affine/one", Operands: operands{gt.X(3, 2)}, Build: unary(func(b builder, x node) node { return b.Affine("f", 4, x) })},
	{Name: "CellConfig.Gates", Operands: operands{gt.X(4, 2)}, Build: unary(func(b builder, x node) node { return cell.Gates(b, "ih", 2, x, graph.Ones()) })},
	{Name: "CellConfig.Gates/LayerNorm", Operands: operands{gt.X(4, 2)}, Build: unary(func(b builder, x node) node {
		return graph.CellConfig{Input: 2, Hidden: 3, LayerNorm: true}.Gates(b, "ih", 2, x, graph.Zeros())
	})},
	{Name: "CellConfig.Peephole", Operands: operands{gt.X(4, 3)}, Build: unary(func(b builder, x node) node { return cell.Peephole(b, "ci", x) })},
	{Name: "CellConfig.Recurrent", Options: []graph.Option{graph.Training()}, Operands: operands{gt.X(4, 3)},
		Build: unary(func(b builder, x node) node { return cell.Recurrent(b, x) })},

	{Name: "Unroll", Operands: operands{gt.X(2, 3), gt.X(2, 3), gt.X(2, 3)}, Build: func(b builder, x []node) []node {
		ys, s := b.Unroll(accumulator(3), x[:2], graph.State{x[2]}, nil)
		return append(ys, s...)
	}},
	{Name: "UnrollReverse", Operands: operands{gt.X(2, 3), gt.X(2, 3), gt.Mask([]int{2, 2, 1}, 1, 1, 0, 1)}, Build: func(b builder, x []node) []node {
		ys, s := b.UnrollReverse(accumulator(3), x[:2], nil, x[2])
		return append(ys, s...)
	}},
}

// accumulator is the smallest cell there is: h' = tanh(x + h).
type accumulator int

func (a accumulator) State() []int { return []int{int(a)} }

func (a accumulator) Step(b builder, x node, s graph.State) graph.State {
	return graph.State{b.Tanh(b.Add(x, s[0]))}
}

func TestOps(t *testing.T) {
	for _, c := range opCases {
		t.Run(c.Name, func(t *testing.T) { gt.Check(t, c) })
	}
}

// notOps are the methods that declare no operation: they tell about the builder, name things or belong to other tests.
var notOps = map[string]bool{
	"Graph": true, "Params": true, "Training": true, "Err": true, "Fail": true, "Prefix": true, "Suffix": true,
	"Input": true, "IndexInput": true, "LockedDropout": true, "Grad": true, "DOT": true, "HiddenStates": true, "FailState": true, "CellConfig.KeepBias": true,
}

// TestEveryOpHasACase fails when a method is added without a case in the table.
func TestEveryOpHasACase(t *testing.T) {
	covered := make(map[string]bool)
	for _, c := range opCases {
		name, _, _ := strings.Cut(c.Name, "/")
		covered[name] = true
	}
	for prefix, typ := range map[string]reflect.Type{"": reflect.TypeFor[builder](), "CellConfig.": reflect.TypeFor[graph.CellConfig]()} {
		for i := range typ.NumMethod() {
			name := prefix + typ.Method(i).Name
			if covered[name] == notOps[name] {
				t.Errorf("%s: it has a case in opCases: %v; it is listed in notOps: %v; want one of them", name, covered[name], notOps[name])
			}
			delete(covered, name)
		}
	}
	for name := range covered {
		t.Errorf("opCases has cases for %s, which is no method", name)
	}
}
