package graph

import (
	"math"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

func (b *Builder) translateBinary(p plain) *gorgonia.Node {
	operator := p.operator()
	if operator == "⊙" {
		for i, x := range p.in {
			if b.isPositive(p.in[1-i], x) {
				return b.Relu(x) // gorgonia.Rectify is x ⊙ (x >= 0)
			}
		}
	}
	kx, constX := b.constant(p.in[0])
	kz, constZ := b.constant(p.in[1])
	if constX && constZ && len(p.shape) == 0 {
		if k, ok := evaluate(operator, kx, kz); ok {
			return b.Const(k)
		}
	}
	x, z := b.operand(p, 0), b.operand(p, 1)
	switch operator {
	case "+":
		return b.Add(x, z)
	case "-":
		return b.Sub(x, z)
	case "⊙":
		return b.Mul(x, z)
	case "÷":
		return b.Div(x, z)
	case "^":
		switch {
		case !constZ:
			return nil
		case kz == 2:
			return b.Mul(x, x)
		}
		return b.Pow(x, kz)
	}
	return b.compare(operator, x, z, constZ && kz == 0)
}

// evaluate computes what Gorgonia leaves to run time: an exponent such as 3 − 1, the number of elements under a mean.
func evaluate(operator string, x, z float64) (float64, bool) {
	switch operator {
	case "+":
		return x + z, true
	case "-":
		return x - z, true
	case "⊙":
		return x * z, true
	}
	return 0, false
}

// isPositive reports whether a node is x >= 0.
func (b *Builder) isPositive(n, x *gorgonia.Node) bool {
	if _, ok := n.Op().(*op); ok || n.Op() == nil {
		return false
	}
	p := readPlain(n)
	if p.kind != "elemBinOp" || p.operator() != ">=" || p.in[0] != x {
		return false
	}
	zero, ok := b.constant(p.in[1])
	return ok && zero == 0
}

// operand returns an operand of an elementwise op in a shape that the builder broadcasts to the result's. Gorgonia takes
// a row or a column for a vector; and what it repeats with a node of its own, the kernels read more than once instead.
func (b *Builder) operand(p plain, i int) *gorgonia.Node {
	n := p.in[i]
	for { // one repeatOp for each axis
		x := b.repeated(n)
		if x == nil || rank(x) != len(p.shape) {
			break
		}
		n = x
	}
	switch s := n.Shape(); {
	case ir.Size(s) == ir.Size(p.shape):
		return b.Reshape(n, p.shape...)
	case ir.Size(s) == 1:
		return b.Reshape(n)
	}
	return n
}

// repeated returns the node that a repeatOp repeats along an axis of size 1, and nil for any other node.
func (b *Builder) repeated(n *gorgonia.Node) *gorgonia.Node {
	if _, ours := n.Op().(*op); ours || n.Op() == nil || readPlain(n).kind != "repeatOp" {
		return nil
	}
	if t := b.translate(n); t != nil {
		if o, ok := t.Op().(*op); ok {
			if _, ok := o.symbol.(broadcast); ok {
				return o.in[0]
			}
		}
	}
	return nil
}

// compare is 1 where a comparison holds and 0 elsewhere. NaN compares as false, and infinities are equal to themselves:
// the difference alone, which is NaN for those, does not decide.
func (b *Builder) compare(operator string, x, z *gorgonia.Node, zIsZero bool) *gorgonia.Node {
	switch operator {
	case "==":
		return b.equal(x, z)
	case "!=":
		return b.Shift(b.Neg(b.equal(x, z)), 1)
	case "<", "<=":
		x, z, zIsZero = z, x, false
	}
	d := x
	if !zIsZero {
		d = b.Sub(x, z)
	}
	notBelow := b.equal(b.Relu(d), d)
	if operator == ">" || operator == "<" {
		return b.Relu(b.Sub(notBelow, b.equal(x, z)))
	}
	return b.Sign(b.Add(notBelow, b.equal(x, z)))
}

func (b *Builder) translateUnary(name string, x *gorgonia.Node) *gorgonia.Node {
	switch name {
	case "abs":
		return b.Abs(x)
	case "sign":
		return b.Sign(x)
	case "exp":
		return b.Exp(x)
	case "ln":
		return b.Log(x)
	case "log2":
		return b.Scale(b.Log(x), 1/math.Ln2)
	case "neg":
		return b.Neg(x)
	case "square":
		return b.Mul(x, x)
	case "cube":
		return b.Mul(b.Mul(x, x), x)
	case "sqrt":
		return b.Pow(x, 0.5)
	case "inv":
		return b.Div(b.Const(1), x)
	case "invSqrt":
		return b.Div(b.Const(1), b.Pow(x, 0.5))
	case "tanh":
		return b.Tanh(x)
	case "sigmoid":
		return b.Sigmoid(x)
	case "softplus":
		return b.Softplus(x)
	case "log1p":
		return b.log1p(x)
	case "expm1": // eˣ − 1 = tanh(x/2)·(eˣ + 1), which loses no digits near 0
		return b.Mul(b.Tanh(b.Scale(x, 0.5)), b.Shift(b.Exp(x), 1))
	}
	return nil
}

// log1p is ln(1 + x) without loss of digits near 0 (Kahan): with u the rounded 1 + x it is ln(u)·x/(u − 1), and x where
// u is 1. Nothing is divided by 0 there, or the gradient would be 0·∞.
func (b *Builder) log1p(x *gorgonia.Node) *gorgonia.Node {
	u := b.Shift(x, 1)
	d := b.Shift(u, -1)
	return b.Where(d, b.Mul(b.Log(u), b.Div(x, b.Where(d, d, b.Const(1)))), x)
}
