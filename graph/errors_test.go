package graph_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
)

// operand are the nodes that the table of errors is written with.
type operand struct {
	x, y, z, v, s node // numbers [2 3], [4 5], [2 3 4], [3] and one
	i, ij         node // integers [2] and [2 3]
	other         node // numbers [2 3] of another graph
	none          node
}

func newOperand(b builder) operand {
	return operand{
		x: b.Input("x", 2, 3), y: b.Input("y", 4, 5), z: b.Input("z", 2, 3, 4), v: b.Input("v", 3), s: b.Input("s"),
		i: b.IndexInput("i", 2), ij: b.IndexInput("ij", 2, 3),
		other: graph.NewBuilder(nil).Input("other", 2, 3),
	}
}

// misuse are wrong calls, with what the error must name: the operation, the operands and their shapes.
var misuse = []struct {
	name  string
	build func(b builder, o operand) node
	want  []string
}{
	{"add shapes", func(b builder, o operand) node { return b.Add(o.x, o.v, o.y) }, []string{"sum", "x(2, 3)", "v(3)", "y(4, 5)", "4 against 2"}},
	{"add nothing", func(b builder, o operand) node { return b.Add() }, []string{"sum", "no operands"}},
	{"add nil", func(b builder, o operand) node { return b.Add(o.x, o.none) }, []string{"sum", "operand 2 of 2 is nil"}},
	{"add one nil", func(b builder, o operand) node { return b.Add(o.none) }, []string{"sum", "operand 1 of 1 is nil"}},
	{"add of another graph", func(b builder, o operand) node { return b.Add(o.x, o.other) }, []string{"sum", "other(2, 3)", "another graph"}},
	{"sub shapes", func(b builder, o operand) node { return b.Sub(o.x, o.y) }, []string{"sub", "x(2, 3)", "y(4, 5)"}},
	{"mul integers", func(b builder, o operand) node { return b.Mul(o.ij, o.x) }, []string{"mul", "ij(2, 3)", "int", "numbers (Input)"}},
	{"div nil", func(b builder, o operand) node { return b.Div(o.none, o.x) }, []string{"div", "operand 1 of 2 is nil"}},
	{"tanh of integers", func(b builder, o operand) node { return b.Tanh(o.i) }, []string{"tanh", "i(2)", "int"}},
	{"tanh of another type", func(b builder, o operand) node {
		return b.Tanh(gorgonia.NewMatrix(b.Graph(), gorgonia.Float32, gorgonia.WithShape(2, 3), gorgonia.WithName("m")))
	}, []string{"tanh", "m(2, 3)", "float32", "float64"}},
	{"clamp bounds", func(b builder, o operand) node { return b.Clamp(o.x, 1, -1) }, []string{"clamp", "x(2, 3)", "1 and -1"}},
	{"clamp by NaN", func(b builder, o operand) node { return b.Clamp(o.x, math.NaN(), 1) }, []string{"clamp", "NaN"}},
	{"where shapes", func(b builder, o operand) node { return b.Where(o.x, o.y, o.s) }, []string{"where", "x(2, 3)", "y(4, 5)"}},
	{"where by integers", func(b builder, o operand) node { return b.Where(o.ij, o.x, o.s) }, []string{"where", "ij(2, 3)", "int"}},
	{"lerp shapes", func(b builder, o operand) node { return b.Lerp(o.x, o.y, o.x) }, []string{"sub", "x(2, 3)", "y(4, 5)"}},
	{"broadcast to fewer", func(b builder, o operand) node { return b.Broadcast(o.x, 3) }, []string{"broadcast", "x(2, 3)", "(3)"}},
	{"broadcast to others", func(b builder, o operand) node { return b.Broadcast(o.x, 5, 4) }, []string{"broadcast", "x(2, 3)", "(5, 4)"}},

	{"product of unequal inner sizes", func(b builder, o operand) node { return b.MatMul(o.x, o.y) }, []string{"matmul", "x(2, 3)", "y(4, 5)", "3 and 4"}},
	{"product with a vector", func(b builder, o operand) node { return b.MatMul(o.x, o.v) }, []string{"matmul", "x(2, 3)", "v(3)", "reshape a vector"}},
	{"product of unequal batches", func(b builder, o operand) node { return b.MatMul(o.z, b.Input("w", 3, 4, 2)) }, []string{"matmul", "z(2, 3, 4)", "w(3, 4, 2)", "2 matrices against 3"}},
	{"product of a sequence", func(b builder, o operand) node { return b.MatMulNT(o.z, o.x) }, []string{"matmul", "x(2, 3)", "inner dimensions 4 and 3"}},
	{"product with nil", func(b builder, o operand) node { return b.MatMul(o.x, o.none) }, []string{"matmul", "operand 2 of 2 is nil"}},
	{"softmax of a scalar", func(b builder, o operand) node { return b.Softmax(o.s) }, []string{"softmax", "s()", "no last axis"}},
	{"normalize a scalar", func(b builder, o operand) node { return b.Normalize(o.s) }, []string{"normalize", "s()", "no last axis"}},
	{"layer norm of a scalar", func(b builder, o operand) node { return b.LayerNorm("ln", o.s) }, []string{"ln", "s()", "no last axis"}},

	{"slice axis", func(b builder, o operand) node { return b.Slice(o.x, 2, 0, 1) }, []string{"slice", "x(2, 3)", "axis 2"}},
	{"slice negative axis", func(b builder, o operand) node { return b.Slice(o.x, -3, 0, 1) }, []string{"slice", "x(2, 3)", "axis -"}},
	{"slice beyond the end", func(b builder, o operand) node { return b.Slice(o.x, 1, 2, 4) }, []string{"slice", "x(2, 3)", "[2:4]", "size 3"}},
	{"slice of nothing", func(b builder, o operand) node { return b.Slice(o.x, 1, 2, 2) }, []string{"slice", "x(2, 3)", "[2:2]"}},
	{"at a negative index", func(b builder, o operand) node { return b.At(o.x, 0, -1) }, []string{"slice", "x(2, 3)", "[-1:0]"}},
	{"split unevenly", func(b builder, o operand) node { return b.Split(o.x, 1, 2)[1] }, []string{"split", "x(2, 3)", "size 3", "by 2"}},
	{"split in none", func(b builder, o operand) node { return b.Split(o.x, 1, 0)[0] }, []string{"split", "x(2, 3)", "by 0"}},
	{"split axis", func(b builder, o operand) node { return b.Split(o.x, 5, 3)[2] }, []string{"x(2, 3)", "axis 5"}},
	{"concat nothing", func(b builder, o operand) node { return b.Concat(0) }, []string{"concat", "no operands"}},
	{"concat one nil", func(b builder, o operand) node { return b.Concat(0, o.none) }, []string{"concat", "operand 1 of 1 is nil"}},
	{"concat axis", func(b builder, o operand) node { return b.Concat(2, o.x, o.x) }, []string{"concat", "x(2, 3)", "axis 2"}},
	{"concat shapes", func(b builder, o operand) node { return b.Concat(0, o.x, o.y) }, []string{"concat", "x(2, 3)", "y(4, 5)", "axis 1"}},
	{"concat ranks", func(b builder, o operand) node { return b.Concat(0, o.x, o.v) }, []string{"concat", "x(2, 3)", "v(3)", "axes"}},
	{"stack nothing", func(b builder, o operand) node { return b.Stack(0) }, []string{"stack", "no operands"}},
	{"stack nil", func(b builder, o operand) node { return b.Stack(0, o.x, o.none) }, []string{"stack", "operand 2 of 2 is nil"}},
	{"stack axis", func(b builder, o operand) node { return b.Stack(3, o.x) }, []string{"stack", "x(2, 3)", "axis 3"}},
	{"stack shapes", func(b builder, o operand) node { return b.Stack(0, o.x, o.y) }, []string{"concat", "2, 3", "4, 5"}},
	{"reshape size", func(b builder, o operand) node { return b.Reshape(o.x, 4, 2) }, []string{"reshape", "x(2, 3)", "6 elements", "8"}},
	{"reshape negative", func(b builder, o operand) node { return b.Reshape(o.x, -2, -3) }, []string{"reshape", "x(2, 3)", "-2"}},
	{"reshape rank", func(b builder, o operand) node { return b.Reshape(o.x, 2, 3, 1, 1, 1, 1, 1, 1, 1) }, []string{"reshape", "x(2, 3)", "9 axes"}},
	{"transpose too few", func(b builder, o operand) node { return b.Transpose(o.z, 1, 0) }, []string{"transpose", "z(2, 3, 4)", "[1 0]"}},
	{"transpose twice the same", func(b builder, o operand) node { return b.Transpose(o.x, 1, 1) }, []string{"transpose", "x(2, 3)", "[1 1]"}},
	{"transpose negative", func(b builder, o operand) node { return b.Transpose(o.x, -1, 0) }, []string{"transpose", "x(2, 3)", "[-1 0]"}},
	{"transpose by nine axes", func(b builder, o operand) node { return b.Transpose(o.x, 0, 1, 2, 3, 4, 5, 6, 7, 8) }, []string{"transpose", "x(2, 3)"}},
	{"sum axis", func(b builder, o operand) node { return b.Sum(o.x, 0, 2) }, []string{"sum", "x(2, 3)", "axis 2"}},
	{"mean axis twice", func(b builder, o operand) node { return b.Mean(o.x, 1, -1) }, []string{"x(2, 3)", "twice"}},
	{"mean of nil", func(b builder, o operand) node { return b.Mean(o.none) }, []string{"nil"}},
	{"max axis", func(b builder, o operand) node { return b.Max(o.x, -3) }, []string{"max", "x(2, 3)", "axis -3"}},

	{"gather by numbers", func(b builder, o operand) node { return b.Gather(o.x, o.v, graph.NoPadding) }, []string{"gather", "v(3)", "integers (IndexInput)"}},
	{"gather from integers", func(b builder, o operand) node { return b.Gather(o.ij, o.i, graph.NoPadding) }, []string{"gather", "ij(2, 3)", "numbers (Input)"}},
	{"gather from three axes", func(b builder, o operand) node { return b.Gather(o.z, o.i, graph.NoPadding) }, []string{"gather", "z(2, 3, 4)", "[rows, width]"}},
	{"embedding without rows", func(b builder, o operand) node { return b.Embedding("e", 0, 3, o.i, 0) }, []string{"e.weight", "[0 3]", "at least 1"}},
	{"dropout of everything", func(b builder, o operand) node { return b.Dropout(o.x, 1) }, []string{"dropout", "x(2, 3)", "rate is 1"}},
	{"dropout of less than nothing", func(b builder, o operand) node { return b.Dropout(o.x, -0.1) }, []string{"dropout", "x(2, 3)", "-0.1"}},
	{"dropout by NaN", func(b builder, o operand) node { return b.SharedDropout("h", o.x, math.NaN()) }, []string{"dropout", "x(2, 3)", "NaN"}},
	{"dropout of nil", func(b builder, o operand) node { return b.Dropout(o.none, 0.5) }, []string{"dropout", "nil"}},
	{"length mask of numbers", func(b builder, o operand) node { return b.LengthMask(o.v, 4) }, []string{"lengthMask", "v(3)", "integers (IndexInput)"}},
	{"length mask of a matrix", func(b builder, o operand) node { return b.LengthMask(o.ij, 4) }, []string{"lengthMask", "ij(2, 3)", "[B]"}},
	{"length mask without steps", func(b builder, o operand) node { return b.LengthMask(o.i, 0) }, []string{"lengthMask", "i(2)", "at least 1"}},

	{"cross entropy shapes", func(b builder, o operand) node { return b.CrossEntropy(o.y, o.i) }, []string{"cross entropy", "y(4, 5)", "i(2)", "targets [...]"}},
	{"cross entropy of numbers", func(b builder, o operand) node { return b.CrossEntropy(o.x, b.Input("target", 2)) }, []string{"crossEntropy", "target(2)", "integers (IndexInput)"}},
	{"cross entropy of nil", func(b builder, o operand) node { return b.CrossEntropy(o.x, o.none) }, []string{"cross entropy", "x(2, 3)", "nil"}},
	{"cross entropy of a scalar", func(b builder, o operand) node { return b.CrossEntropy(o.s, o.i) }, []string{"cross entropy", "s()", "i(2)"}},
	{"cross entropy smoothing", func(b builder, o operand) node { return b.CrossEntropy(o.x, o.i, graph.LabelSmoothing(1.5)) }, []string{"cross entropy", "x(2, 3)", "1.5"}},
	{"cross entropy weights", func(b builder, o operand) node { return b.CrossEntropy(o.x, o.i, graph.ClassWeights(1, 2)) }, []string{"cross entropy", "x(2, 3)", "2 class weights for 3 classes"}},
	{"BCE shapes", func(b builder, o operand) node { return b.BCE(o.x, o.v) }, []string{"BCE", "x(2, 3)", "v(3)"}},
	{"MSE shapes", func(b builder, o operand) node { return b.MSE(o.x, o.v) }, []string{"MSE", "x(2, 3)", "v(3)"}},
	{"MAE of nil", func(b builder, o operand) node { return b.MAE(o.x, o.none) }, []string{"MAE", "x(2, 3)", "nil"}},
	{"Huber shapes", func(b builder, o operand) node { return b.Huber(o.x, o.y, 1) }, []string{"Huber", "x(2, 3)", "y(4, 5)"}},
	{"weights", func(b builder, o operand) node { return b.MSE(o.x, o.x, graph.Weights(o.y)) }, []string{"MSE", "weights y(4, 5)", "target x(2, 3)"}},
	{"weights of nil", func(b builder, o operand) node { return b.MSE(o.x, o.x, graph.Weights(o.none)) }, []string{"MSE", "weights are nil"}},
	{"weights larger than the target", func(b builder, o operand) node { return b.MAE(o.v, o.v, graph.Weights(o.x)) }, []string{"MAE", "weights x(2, 3)", "target v(3)"}},
	{"SMAPE shapes", func(b builder, o operand) node { return b.SMAPE(o.x, o.v) }, []string{"SMAPE", "x(2, 3)", "v(3)"}},
	{"Pinball shapes", func(b builder, o operand) node { return b.Pinball(o.x, o.v, []float64{0.5, 0.9}) }, []string{"pinball", "x(2, 3)", "v(3)", "2 levels"}},
	{"Pinball of nil", func(b builder, o operand) node { return b.Pinball(o.none, o.v, []float64{0.5}) }, []string{"pinball", "nil"}},
	{"Pinball without levels", func(b builder, o operand) node { return b.Pinball(o.x, o.v, nil) }, []string{"pinball", "0 levels"}},
	{"Pinball level", func(b builder, o operand) node { return b.Pinball(b.Reshape(o.v, 3, 1), o.v, []float64{1}) }, []string{"pinball", "a level is 1"}},
	{"GaussianNLL shapes", func(b builder, o operand) node { return b.GaussianNLL(o.x, o.v, o.x) }, []string{"GaussianNLL", "v(3)", "x(2, 3)"}},
	{"StudentTNLL shapes", func(b builder, o operand) node { return b.StudentTNLL(o.x, o.x, o.y, o.x) }, []string{"StudentTNLL", "y(4, 5)", "x(2, 3)"}},
	{"NegativeBinomialNLL of nil", func(b builder, o operand) node { return b.NegativeBinomialNLL(o.x, o.x, o.none) }, []string{"NegativeBinomialNLL", "nil"}},
	{"Huber delta", func(b builder, o operand) node { return b.Huber(o.x, o.x, 0) }, []string{"Huber", "delta is 0"}},
	{"constant size", func(b builder, o operand) node { return b.ConstTensor([]float64{1, 2}, 3) }, []string{"data", "2 values", "(3)"}},
	{"constant shape", func(b builder, o operand) node { return b.Const(1, 2, 0) }, []string{"fill 1", "[2 0]", "at least 1"}},

	{"input twice", func(b builder, o operand) node { return b.Input("x", 7) }, []string{`input "x"`, "already"}},
	{"input twice with integers", func(b builder, o operand) node { return b.IndexInput("x", 7) }, []string{`input "x"`, "already"}},
	{"input shape", func(b builder, o operand) node { return b.Input("w", 2, -1) }, []string{`input "w"`, "[2 -1]"}},
	{"input rank", func(b builder, o operand) node { return b.Input("w", 1, 1, 1, 1, 1, 1, 1, 1, 1) }, []string{`input "w"`, "9 axes"}},
	{"parameter named like an input", func(b builder, o operand) node { return b.Param("x", nil, 2, 3) }, []string{`parameter "x"`, "input of this name"}},
	{"input named like a parameter", func(b builder, o operand) node { return b.Add(b.Param("w", nil, 2), b.Input("w", 2)) }, []string{`input "w"`, "already"}},
	{"parameter of another shape", func(b builder, o operand) node { return b.Add(b.Param("w", nil, 2), b.Param("w", nil, 3)) }, []string{`parameter "w"`, "(2)", "[3]"}},
	{"parameter without axes", func(b builder, o operand) node { return b.Param("w", nil) }, []string{`parameter "w"`, "axis"}},
	{"parameter shape", func(b builder, o operand) node { return b.Param("w", graph.Orthogonal(1), 0, 3) }, []string{`parameter "w"`, "[0 3]"}},
	{"linear of a vector", func(b builder, o operand) node { return b.Linear("out", 3, o.v) }, []string{`linear "out"`, "v(3)"}},
	{"linear width", func(b builder, o operand) node { return b.Linear("out", 0, o.x) }, []string{"weight_out", "[0 3]"}},
	{"linear of nil", func(b builder, o operand) node { return b.Linear("out", 3, o.none) }, []string{`linear "out"`, "nil"}},
	{"affine of nothing", func(b builder, o operand) node { return b.Affine("f", 3) }, []string{`affine "f"`, "no operands"}},
	{"affine batches", func(b builder, o operand) node { return b.Affine("f", 3, o.x, o.y) }, []string{"sum", "2, 3", "4, 3"}},

	{"gradient of a tensor", func(b builder, o operand) node { return b.Grad(o.x, o.x)[0] }, []string{"gradient", "x(2, 3)", "not a scalar"}},
	{"gradient of nil", func(b builder, o operand) node { return b.Grad(nil, o.x)[0] }, []string{"gradient", "nil"}},
	{"gradient of integers", func(b builder, o operand) node { return b.Grad(b.At(o.i, 0, 0), o.x)[0] }, []string{"gradient", "int"}},
	{"gradient by nil", func(b builder, o operand) node { return b.Grad(b.Sum(o.x), nil)[0] }, []string{"gradient", "nil"}},
	{"gradient by integers", func(b builder, o operand) node { return b.Grad(b.Sum(o.x), o.i)[0] }, []string{"gradient", "i(2)", "integers"}},
	{"gradient by another graph", func(b builder, o operand) node { return b.Grad(b.Sum(o.x), o.other)[0] }, []string{"gradient", "other(2, 3)"}},
	{"second derivative", func(b builder, o operand) node {
		return b.Grad(b.Sum(b.Grad(b.Sum(b.Tanh(o.x)), o.x)[0]), o.x)[0]
	}, []string{"tanhGrad", "second derivatives"}},

	{"unroll nothing", func(b builder, o operand) node { return unrolled(b.Unroll(accumulator(3), nil, nil, nil)) }, []string{"unroll", "accumulator", "at least one step"}},
	{"unroll nil steps", func(b builder, o operand) node { return unrolled(b.Unroll(accumulator(3), []node{nil}, nil, nil)) }, []string{"unroll", "at least one step"}},
	{"unroll a later nil", func(b builder, o operand) node { return unrolled(b.Unroll(accumulator(3), []node{o.x, nil}, nil, nil)) }, []string{"nil"}},
	{"unroll no cell", func(b builder, o operand) node { return unrolled(b.Unroll(nil, []node{o.x}, nil, nil)) }, []string{"unroll", "nil"}},
	{"unroll too many states", func(b builder, o operand) node {
		return unrolled(b.Unroll(accumulator(3), []node{o.x}, graph.State{o.x, o.x}, nil))
	}, []string{"unroll", "2 tensors", "want 1"}},
	{"unroll a state of another width", func(b builder, o operand) node {
		return unrolled(b.Unroll(accumulator(3), []node{o.x}, graph.State{o.y}, nil))
	}, []string{"unroll", "y(4, 5)", "[2 3]"}},
	{"unroll with a mask too short", func(b builder, o operand) node {
		return unrolled(b.Unroll(accumulator(3), []node{o.x, o.x}, nil, b.LengthMask(o.i, 1)))
	}, []string{"slice", "lengthMask", "size 1"}},
	{"unroll a cell without a state", func(b builder, o operand) node { return unrolled(b.Unroll(badCell{}, []node{o.x}, nil, nil)) }, []string{"unroll", "badCell", "no widths"}},
	{"unroll a cell of no width", func(b builder, o operand) node {
		return unrolled(b.Unroll(badCell{widths: []int{0}}, []node{o.x}, nil, nil))
	}, []string{"0"}},
	{"unroll a cell that loses its state", func(b builder, o operand) node {
		return unrolled(b.Unroll(badCell{widths: []int{3}}, []node{o.x, o.x}, nil, nil))
	}, []string{"unroll", "badCell", "0 tensors", "want 1"}},
	{"unroll a cell that returns nil", func(b builder, o operand) node {
		return unrolled(b.Unroll(badCell{widths: []int{3}, next: graph.State{nil}}, []node{o.x, o.x}, nil, nil))
	}, []string{"unroll", "badCell", "nil", "[2 3]"}},
	{"unroll a cell that returns another width", func(b builder, o operand) node {
		return unrolled(b.Unroll(badCell{widths: []int{3}, next: graph.State{o.y}}, []node{o.x, o.x}, nil, nil))
	}, []string{"unroll", "badCell", "y(4, 5)", "[2 3]"}},

	{"network without width", networkOf(graph.Hidden(0)), []string{"lstm", "hidden width is 0"}},
	{"network without layers", networkOf(graph.Layers(0)), []string{"lstm", "layers is 0"}},
	{"network of minus one layer", networkOf(graph.Layers(-1), graph.Bidirectional(graph.MergeConcat)), []string{"lstm", "layers is -1"}},
	{"network with dropout 1", networkOf(graph.Dropout(1)), []string{"lstm", "dropout rate is 1"}},
	{"network with recurrent dropout", networkOf(graph.RecurrentDropout(1.5)), []string{"lstm", "recurrent dropout rate is 1.5"}},
	{"network with weight drop 1", networkOf(graph.WeightDrop(1)), []string{"lstm", "weight drop rate is 1;", "want 0 ≤ rate < 1"}},
	{"network with weight drop -1", networkOf(graph.WeightDrop(-1)), []string{"lstm", "weight drop rate is -1;"}},
	{"network with weight drop NaN", networkOf(graph.WeightDrop(math.NaN())), []string{"lstm", "weight drop rate is NaN"}},
	{"gates with weight drop 1.5", func(b builder, o operand) node {
		return graph.CellConfig{Hidden: 3, WeightDrop: 1.5}.Gates(b.Suffix("_l0"), "hh", 2, o.x, graph.Zeros())
	}, []string{"weight drop of weight_hh_l0", "the rate is 1.5", "want 0 ≤ rate < 1"}},
	{"network of nil", func(b builder, o operand) node { return last(lstm.New().Unroll(b, nil)) }, []string{"lstm", "nil", "[T, B, I]"}},
	{"network of a matrix", func(b builder, o operand) node { return last(lstm.New().Unroll(b, o.x)) }, []string{"lstm", "x(2, 3)", "[T, B, I]"}},
	{"network of integers", func(b builder, o operand) node { return last(lstm.New().Unroll(b, b.IndexInput("w", 2, 3, 4))) }, []string{"int"}},
	{"network with too few states", func(b builder, o operand) node {
		return last(lstm.New(graph.Layers(2)).Unroll(b, o.z, graph.InitialStates(graph.State{o.x, o.x})))
	}, []string{"lstm", "1 initial states", "want 2"}},
	{"network with a state too small", func(b builder, o operand) node {
		return last(lstm.New().Unroll(b, o.z, graph.InitialStates(graph.State{o.x})))
	}, []string{"lstm", "1 tensors", "want 2"}},
	{"network with other lengths", func(b builder, o operand) node { return last(lstm.New().Unroll(b, o.z, graph.Lengths(o.i))) }, []string{"lstm", "i(2)", "[3]", "z(2, 3, 4)"}},
	{"network with lengths of numbers", func(b builder, o operand) node { return last(lstm.New().Unroll(b, o.z, graph.Lengths(o.v))) }, []string{"v(3)", "integers (IndexInput)"}},
}

// badCell is a cell that returns the state it is told to.
type badCell struct {
	widths []int
	next   graph.State
}

func (c badCell) State() []int                                { return c.widths }
func (c badCell) Step(builder, node, graph.State) graph.State { return c.next }

// unrolled returns the first output, after a use of all that a caller may.
func unrolled(ys []node, s graph.State) node {
	_ = s[0]
	if len(ys) == 0 {
		return s[0]
	}
	return ys[0]
}

// last returns the cell state of the last layer, which a caller of a network of LSTM may ask for.
func last(y node, final []graph.State) node { return final[len(final)-1][1] }

func networkOf(opts ...graph.NetworkOption) func(builder, operand) node {
	return func(b builder, o operand) node { return last(lstm.New(opts...).Unroll(b, o.z)) }
}

// caught runs f and turns a panic into an error of the test.
func caught(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s: panic: %v", what, r)
		}
	}()
	f()
}

func checkMessage(t *testing.T, err error, want []string) {
	t.Helper()
	if err == nil {
		t.Error("no error")
		return
	}
	for _, w := range append([]string{""}, want...) {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not name %q", err, w)
		}
	}
	if strings.Contains(err.Error(), "%!") || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %q is malformed", err)
	}
}

// TestMisuse builds each wrong graph and expects Compile's error to name what is wrong, and to be the first one.
func TestMisuse(t *testing.T) {
	for _, c := range misuse {
		t.Run(c.name, func(t *testing.T) {
			b := graph.NewBuilder(graph.NewParams(tensor.Float64), graph.Training())
			o := newOperand(b)
			caught(t, c.name, func() {
				y := c.build(b, o)
				first := b.Err()
				checkMessage(t, first, c.want)
				if y == nil {
					t.Fatal("the placeholder is nil")
				}
				b.Tanh(b.MatMul(o.x, o.x)) // another mistake
				b.Fail(errors.New("a third"))
				prog, err := graph.Compile(b, graph.Output(y))
				if prog != nil || err == nil || first == nil || err.Error() != first.Error() {
					t.Errorf("Compile returned %v, %v; want the first error, %v", prog, err, first)
				}
				if s := fmt.Sprintf("%+v", err); !strings.Contains(s, "errors_test.go") && !strings.Contains(s, "Unroll") {
					t.Errorf("the stack does not lead to the call:\n%s", s)
				}
			})
		})
	}
}

// TestCompileErrors covers what is wrong with the call of Compile itself.
func TestCompileErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		opts func(b builder, o operand) []graph.CompileOption
		want []string
	}{
		{"nothing", func(b builder, o operand) []graph.CompileOption { return nil }, []string{"neither an output nor a loss"}},
		{"nil output", func(b builder, o operand) []graph.CompileOption { return []graph.CompileOption{graph.Output(o.x, nil)} }, []string{"output nil"}},
		{"output of another graph", func(b builder, o operand) []graph.CompileOption { return []graph.CompileOption{graph.Output(o.other)} }, []string{"other(2, 3)"}},
		{"loss that is a tensor", func(b builder, o operand) []graph.CompileOption { return []graph.CompileOption{graph.Loss(o.x)} }, []string{"x(2, 3)", "not a scalar"}},
		{"loss of another graph", func(b builder, o operand) []graph.CompileOption { return []graph.CompileOption{graph.Loss(o.other)} }, []string{"other(2, 3)"}},
		{"loss of integers", func(b builder, o operand) []graph.CompileOption {
			return []graph.CompileOption{graph.Loss(b.At(o.i, 0, 1))}
		}, []string{"int"}},
		{"unknown pass", func(b builder, o operand) []graph.CompileOption {
			return []graph.CompileOption{graph.Output(o.x), graph.Without("resue")}
		}, []string{`"resue"`, "reuse"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := graph.NewBuilder(graph.NewParams(tensor.Float64))
			b.Param("w", nil, 2)
			caught(t, c.name, func() {
				prog, err := graph.Compile(b, c.opts(b, newOperand(b))...)
				if prog != nil {
					t.Error("a program in spite of the error")
				}
				checkMessage(t, err, c.want)
			})
		})
	}
}

// TestWrongOperands gives every operation of the table nil, nodes of another graph, and integers for numbers and the
// other way about, in the place of each operand.
func TestWrongOperands(t *testing.T) {
	for _, c := range opCases {
		for i, o := range c.Operands {
			if c.Name == "UnrollReverse" && i == 2 {
				continue // the mask, which may be nil
			}
			for name, wrong := range map[string]func(b builder) node{
				"nil":           func(b builder) node { return nil },
				"another graph": func(b builder) node { return graph.NewBuilder(b.Params()).Input("stranger", o.Shape...) },
				"another type": func(b builder) node {
					if o.Index != nil {
						return b.Input("wrong", o.Shape...)
					}
					return b.IndexInput("wrong", o.Shape...)
				},
			} {
				what := fmt.Sprintf("%s: %s as operand %d", c.Name, name, i)
				caught(t, what, func() {
					b := graph.NewBuilder(graph.NewParams(tensor.Float64), c.Options...)
					x := declare(b, c.Operands)
					x[i] = wrong(b)
					var outputs []node
					for _, y := range c.Build(b, x) {
						outputs = append(outputs, b.Tanh(y)) // an operation that moves elements may take integers
					}
					if _, err := graph.Compile(b, graph.Output(outputs...)); err == nil {
						t.Errorf("%s: no error", what)
					} else {
						checkMessage(t, err, nil)
					}
				})
			}
		}
	}
}

func declare(b builder, list operands) []node {
	var x []node
	for i, o := range list {
		if o.Index != nil {
			x = append(x, b.IndexInput(fmt.Sprint("x", i), o.Shape...))
		} else {
			x = append(x, b.Input(fmt.Sprint("x", i), o.Shape...))
		}
	}
	return x
}

// TestOtherShapes gives every operation of the table operands of other shapes. That is an error or a graph that compiles
// and runs, with its gradient; never a panic.
func TestOtherShapes(t *testing.T) {
	shapes := [][]int{{}, {1}, {3}, {2, 3}, {7, 11}, {1, 1, 1}, {3, 2, 4}, {1, 2, 1, 2, 1, 2, 1, 2}}
	ran := 0
	for _, c := range opCases {
		for i := range c.Operands {
			for _, shape := range shapes {
				what := fmt.Sprintf("%s with operand %d of the shape %v", c.Name, i, shape)
				caught(t, what, func() {
					b := graph.NewBuilder(graph.NewParams(tensor.Float64), c.Options...)
					list := append(operands(nil), c.Operands...)
					list[i].Shape = shape
					x := declare(b, list)
					var terms []node
					for _, y := range c.Build(b, x) {
						terms = append(terms, b.Sum(y))
					}
					loss := b.Add(terms...)
					grads := b.Grad(loss, loss)
					if list[i].Index == nil {
						grads = append(grads, b.Grad(loss, x[i])...)
					}
					prog, err := graph.Compile(b, graph.Loss(loss), graph.Output(grads...))
					if err != nil {
						checkMessage(t, err, nil)
						return
					}
					if err := prog.Run(); err != nil {
						t.Errorf("%s: %v", what, err)
					}
					ran++
				})
			}
		}
	}
	if ran < 100 {
		t.Errorf("only %d of the graphs ran", ran)
	}
}

// TestErrorSticks calls every operation after an error, with the placeholder and with nil.
func TestErrorSticks(t *testing.T) {
	first := errors.New("the first")
	for _, c := range opCases {
		for _, withNil := range []bool{false, true} {
			caught(t, c.Name, func() {
				b := graph.NewBuilder(nil, c.Options...)
				invalid := b.Fail(first)
				x := make([]node, len(c.Operands))
				for i := range x {
					if !withNil {
						x[i] = invalid
					}
				}
				c.Build(b, x)
				for _, d := range b.Grad(invalid, x...) {
					if d != invalid {
						t.Errorf("%s: a gradient that is not the placeholder", c.Name)
					}
				}
				if err := b.Err(); errors.Cause(err) != first {
					t.Errorf("%s: the error is %v; want the first", c.Name, err)
				}
			})
		}
	}
}

// TestSetErrors sets inputs to what they do not take. The input keeps its value.
func TestSetErrors(t *testing.T) {
	b := graph.NewBuilder(graph.NewParams(tensor.Float64))
	x, i, s := b.Input("x", 2, 3), b.IndexInput("i", 2), b.Input("s")
	prog, err := graph.Compile(b, graph.Output(x, i, s))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Wrap(prog.Set("x", []float64{1, 2, 3, 4, 5, 6}), "x"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		input string
		value any
		want  []string
	}{
		{"X", []float64{1}, []string{`input "X"`, "none of this name"}},
		{"x", []float64{1, 2}, []string{`input "x"`, "(2, 3)", "6 elements", "got 2"}},
		{"x", []float32{1, 2, 3, 4, 5, 6, 7}, []string{`input "x"`, "(2, 3)", "got 7"}},
		{"x", 1.0, []string{`input "x"`, "(2, 3)", "got 1"}},
		{"x", []int{1, 2, 3, 4, 5, 6}, []string{`input "x"`, "float64", "[]int"}},
		{"x", []string{"a"}, []string{`input "x"`, "[]string"}},
		{"x", nil, []string{`input "x"`, "nil"}},
		{"x", (*tensor.Dense)(nil), []string{`input "x"`, "nil"}},
		{"x", tensor.New(tensor.WithShape(3), tensor.Of(tensor.Float64)), []string{`input "x"`, "(2, 3)", "got 3"}},
		{"i", []float64{1, 2}, []string{`input "i"`, "int", "[]float64"}},
		{"i", []int{1, 2, 3}, []string{`input "i"`, "(2)", "got 3"}},
		{"s", []float64{}, []string{`input "s"`, "1 element", "got 0"}},
		{"s", true, []string{`input "s"`, "float64", "bool"}},
	} {
		caught(t, fmt.Sprintf("Set(%q, %v)", c.input, c.value), func() { checkMessage(t, prog.Set(c.input, c.value), c.want) })
	}
	if err := prog.Run(); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(prog.Value(x).Data()); got != "[1 2 3 4 5 6]" {
		t.Errorf("x = %s after the errors; want it unchanged", got)
	}
	if prog.Value(b.Const(1)) != nil || prog.Grad("none") != nil || prog.Input("none") != nil || prog.Loss() != 0 || prog.Scalar(nil) != 0 {
		t.Error("what the program does not have is not nil or 0")
	}
}

// TestSetLayouts sets an input to tensors whose elements do not stand in row-major order.
func TestSetLayouts(t *testing.T) {
	b := graph.NewBuilder(graph.NewParams(tensor.Float32))
	x := b.Input("x", 2, 3)
	prog, err := graph.Compile(b, graph.Output(x))
	if err != nil {
		t.Fatal(err)
	}
	transposed := tensor.New(tensor.WithShape(3, 2), tensor.WithBacking([]float64{1, 4, 2, 5, 3, 6}))
	if err := transposed.T(); err != nil {
		t.Fatal(err)
	}
	whole := tensor.New(tensor.WithShape(2, 4), tensor.WithBacking([]float64{0, 1, 2, 3, 0, 4, 5, 6}))
	part, err := whole.Slice(nil, gorgonia.S(1, 4))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]any{
		"row-major":    tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float64{1, 2, 3, 4, 5, 6})),
		"column-major": tensor.New(tensor.WithShape(2, 3), tensor.AsFortran([]float64{1, 2, 3, 4, 5, 6})),
		"transposed":   transposed,
		"a part":       part,
	} {
		if err := prog.Set("x", value); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := fmt.Sprint(prog.Input("x").Data()); got != "[1 2 3 4 5 6]" {
			t.Errorf("%s: x = %s; want 1 to 6", name, got)
		}
	}
}
