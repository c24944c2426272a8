package ir

import (
	"fmt"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Op says what a value computes from its arguments. Every Op but Foreign is comparable: two values with equal
// ops, shapes and arguments are the same value.
type Op interface{ String() string }

// Sources: values that no instruction computes.
type (
	// Input is a tensor of numbers that the caller sets before a run.
	Input struct{ Name string }
	// IndexInput is a tensor of integers that the caller sets: indices, targets, lengths.
	IndexInput struct{ Name string }
	// Param is the parameter of a name in the store.
	Param struct{ Name string }
	// Data is a constant tensor.
	Data struct{ Values *[]float64 }
	// Fill is a constant tensor with one number everywhere.
	Fill struct{ Value float64 }
)

// Views: values that may be other names for their argument's storage.
type (
	// Reshape keeps the elements in row-major order.
	Reshape struct{}
	// Slice is the part [From, From+shape[Axis]) of the argument along an axis.
	Slice struct{ Axis, From int }
	// Transpose permutes the axes: axis i of the result is axis Perm[i] of the argument.
	Transpose struct{ Perm Perm }
	// Concat joins its arguments along an axis.
	Concat struct{ Axis int }
)

// Computations.
type (
	// Map applies an elementwise function; arguments of a smaller shape are broadcast as in NumPy.
	Map struct {
		Fn kernel.Fn
		K  [2]float64
	}
	// Sum adds any number of arguments, with broadcasting.
	Sum struct{}
	// Place is zeros of the value's shape with the argument at From along an axis: the adjoint of Slice.
	Place struct{ Axis, From int }
	// MatMul is the matrix product over the last two axes, [M, K]·[K, N], or of as many pairs as the first axis of
	// three has. TransA and TransB say that an operand is stored transposed. With Add a third argument [M, N] is added to
	// the product, with Bias a last one [N] to each of its rows. Steps says of how many products that were joined, one
	// below the other with as many rows each, it consists; 0 means one.
	MatMul struct {
		TransA, TransB, Add, Bias bool
		Steps                     int
	}
	// ReduceSum and ReduceMax reduce the axes of which Axes holds the bits; the value's shape keeps them as 1.
	ReduceSum struct{ Axes uint64 }
	// ReduceMax is the largest element along the axes.
	ReduceMax struct{ Axes uint64 }
	// Softmax over the last axis; its gradient takes (y, dy), as LogSoftmax's does.
	Softmax        struct{}
	SoftmaxGrad    struct{}
	LogSoftmax     struct{}
	LogSoftmaxGrad struct{}
	// Normalize is layer normalisation over the last axis without scale and shift; its gradient takes (x, dy).
	Normalize     struct{ Eps float64 }
	NormalizeGrad struct{ Eps float64 }
	// Gather takes rows of arguments[0] [V, D] by the indices of arguments[1].
	Gather struct{}
	// ScatterAdd adds the rows of arguments[0] into zeros [V, D] by the indices of arguments[1], but for Padding.
	ScatterAdd struct{ Padding int }
	// Dropout drops elements by the mask of the program's seed, the run's number and Key.
	Dropout struct {
		Rate float64
		Seed uint64
		Key  uint64
	}
	// LengthMask makes [T, B, 1] from lengths [B].
	LengthMask struct{}
	// CrossEntropy gives a loss for each row of (logits [N, V], target [N], class weights [V] if Weighted);
	// CrossEntropyGrad takes the loss's gradient [N] as a last argument; TargetWeight takes (target, weights).
	CrossEntropy     struct{ CrossEntropyAttr }
	CrossEntropyGrad struct{ CrossEntropyAttr }
	TargetWeight     struct {
		CrossEntropyAttr
		Classes int
	}
	// Foreign is a Gorgonia op without a kernel of ours, run by its own Do.
	Foreign struct{ Op gorgonia.Op }
)

// CrossEntropyAttr are the options that the cross-entropy ops share.
type CrossEntropyAttr struct {
	Ignore    int
	Smoothing float64
	Weighted  bool
}

// Perm is a permutation of up to MaxRank axes.
type Perm struct {
	Axis [MaxRank]uint8
	Rank uint8
}

// MaxRank is the largest number of axes of a tensor.
const MaxRank = 8

// NewPerm makes a Perm of axes.
func NewPerm(axes ...int) Perm {
	p := Perm{Rank: uint8(len(axes))}
	for i, a := range axes {
		p.Axis[i] = uint8(a)
	}
	return p
}

// IsSource reports whether op computes nothing.
func IsSource(op Op) bool {
	switch op.(type) {
	case Input, IndexInput, Param, Data, Fill:
		return true
	}
	return false
}

// IsView reports whether op only renames storage.
func IsView(op Op) bool {
	switch op.(type) {
	case Reshape, Slice, Transpose:
		return true
	}
	return false
}

// IsIndex reports whether v holds integers.
func IsIndex(v *Value) bool {
	for IsView(v.Op) {
		v = v.Args[0]
	}
	_, ok := v.Op.(IndexInput)
	return ok
}

func (o Input) String() string      { return "input " + o.Name }
func (o IndexInput) String() string { return "index input " + o.Name }
func (o Param) String() string      { return "param " + o.Name }
func (o Data) String() string       { return "data" }
func (o Fill) String() string       { return fmt.Sprintf("fill %g", o.Value) }

func (o Reshape) String() string   { return "reshape" }
func (o Slice) String() string     { return fmt.Sprintf("slice axis=%d from=%d", o.Axis, o.From) }
func (o Transpose) String() string { return fmt.Sprintf("transpose %v", o.Perm.Axis[:o.Perm.Rank]) }
func (o Concat) String() string    { return fmt.Sprintf("concat axis=%d", o.Axis) }

func (o Map) String() string {
	switch o.Fn {
	case kernel.Scale, kernel.Shift, kernel.Pow, kernel.PowGrad, kernel.Huber:
		return fmt.Sprintf("%v %g", o.Fn, o.K[0])
	case kernel.Clamp:
		return fmt.Sprintf("%v %g %g", o.Fn, o.K[0], o.K[1])
	}
	return o.Fn.String()
}
func (o Sum) String() string   { return "sum" }
func (o Place) String() string { return fmt.Sprintf("place axis=%d from=%d", o.Axis, o.From) }
func (o MatMul) String() string {
	return "matmul" + map[bool]string{true: " aᵀ"}[o.TransA] + map[bool]string{true: " bᵀ"}[o.TransB] +
		map[bool]string{true: " add"}[o.Add] + map[bool]string{true: " bias"}[o.Bias]
}
func (o ReduceSum) String() string      { return fmt.Sprintf("reduceSum axes=%b", o.Axes) }
func (o ReduceMax) String() string      { return fmt.Sprintf("reduceMax axes=%b", o.Axes) }
func (o Softmax) String() string        { return "softmax" }
func (o SoftmaxGrad) String() string    { return "softmaxGrad" }
func (o LogSoftmax) String() string     { return "logSoftmax" }
func (o LogSoftmaxGrad) String() string { return "logSoftmaxGrad" }
func (o Normalize) String() string      { return "normalize" }
func (o NormalizeGrad) String() string  { return "normalizeGrad" }
func (o Gather) String() string         { return "gather" }
func (o ScatterAdd) String() string     { return "scatterAdd" }
func (o Dropout) String() string        { return fmt.Sprintf("dropout %g", o.Rate) }
func (o LengthMask) String() string     { return "lengthMask" }
func (o CrossEntropy) String() string   { return "crossEntropy" }
func (o CrossEntropyGrad) String() string {
	return "crossEntropyGrad"
}
func (o TargetWeight) String() string { return "targetWeight" }
func (o Foreign) String() string      { return "gorgonia " + o.Op.String() }
