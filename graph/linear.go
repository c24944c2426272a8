package graph

import (
	"fmt"

	"gorgonia.org/gorgonia"
)

// Linear is x·weightᵀ + bias for x [..., I], with the parameters weight_<name> [width, I] and bias_<name> [width]: the
// layout and, for the names ih and hh, the names of PyTorch's recurrent layers. With an empty name the parameters are
// weight and bias. The weight starts as Glorot's uniform distribution, the bias as zeros; LinearInit sets others.
func (b *Builder) Linear(name string, width int, x *gorgonia.Node) *gorgonia.Node {
	return b.LinearInit(name, width, x, Glorot(), Zeros())
}

// LinearInit is Linear with initial values of one's own. A nil bias means that there is none.
func (b *Builder) LinearInit(name string, width int, x *gorgonia.Node, weight, bias Init) *gorgonia.Node {
	return b.linear(name, width, x, weight, bias, 0)
}

// linear is LinearInit with weight drop.
func (b *Builder) linear(name string, width int, x *gorgonia.Node, weight, bias Init, drop float64) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	if x == nil || rank(x) < 2 {
		return b.failf("linear %q: the operand is %s; want [..., rows, inputs]", name, describe(x))
	}
	if name != "" {
		name = "_" + name
	}
	y := b.MatMulNT(x, b.paramDropped("weight"+name, drop, weight, width, x.Shape()[rank(x)-1]))
	if bias == nil {
		return y
	}
	return b.Add(y, b.Param("bias"+name, bias, width))
}

// Affine is the sum of a linear map of each operand and one bias, x·Wᵀ + h·Uᵀ + b for two: a gate of a cell. Its
// parameters are weight_<name>_0 [width, I₀], weight_<name>_1 [width, I₁], … and bias_<name> [width]. The weight of a
// square map, from state to state, starts orthogonal; the others as Glorot's uniform distribution.
func (b *Builder) Affine(name string, width int, xs ...*gorgonia.Node) *gorgonia.Node {
	if len(xs) == 0 {
		return b.failf("affine %q: no operands; give at least one", name)
	}
	terms := make([]*gorgonia.Node, len(xs), len(xs)+1)
	for i, x := range xs {
		init := Glorot()
		if x != nil && rank(x) > 0 && x.Shape()[rank(x)-1] == width {
			init = Orthogonal(1)
		}
		terms[i] = b.LinearInit(fmt.Sprintf("%s_%d", name, i), width, x, init, nil)
	}
	return b.Add(append(terms, b.Param("bias_"+name, Zeros(), width))...)
}
