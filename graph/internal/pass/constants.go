package pass

import (
	"math"
	"slices"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// FoldConstants computes what depends on constants alone, and leaves out what they make superfluous: terms of 0, factors
// of 1, products with the zeros of an initial state. A product with 0 is taken to be 0, whatever stands against it;
// otherwise the result is the same to the sign of a zero: x + 0 is not x where x is −0, but x + (−0) and x − 0 are.
func FoldConstants(g *ir.Graph) {
	by := make([]*ir.Value, g.Limit())
	for _, v := range g.Values {
		for i, a := range v.Args {
			if by[a.ID] != nil {
				v.Args[i] = by[a.ID]
			}
		}
		if f := foldConstant(g, v); f != v {
			by[v.ID] = f
			for len(by) < g.Limit() {
				by = append(by, nil)
			}
		}
	}
	g.Replace(by)
}

// fillValue returns the number that a value is everywhere, seen through views.
func fillValue(v *ir.Value) (float64, bool) {
	for ir.IsView(v.Op) {
		v = v.Args[0]
	}
	f, ok := v.Op.(ir.Fill)
	return f.Value, ok
}

// is reports whether v is x everywhere, to the bit: −0 is not 0.
func is(v *ir.Value, x float64) bool {
	f, ok := fillValue(v)
	return ok && math.Float64bits(f) == math.Float64bits(x)
}

var negativeZero = math.Copysign(0, -1)

// neverNegativeZero reports whether v, seen through views, is known to hold no −0: what is added up from 0 holds none.
func neverNegativeZero(v *ir.Value) bool {
	for ir.IsView(v.Op) {
		v = v.Args[0]
	}
	switch op := v.Op.(type) {
	case ir.MatMul, ir.ReduceSum:
		return true
	case ir.Sum:
		return slices.ContainsFunc(v.Args, neverNegativeZero)
	case ir.Map:
		switch op.Fn {
		case kernel.Exp, kernel.Sigmoid, kernel.Softplus, kernel.Abs, kernel.Equal:
			return true
		}
	case ir.Fill:
		return math.Float64bits(op.Value) != math.Float64bits(negativeZero)
	}
	return false
}

func foldConstant(g *ir.Graph, v *ir.Value) *ir.Value {
	fill := func(x float64) *ir.Value { return g.New(ir.Fill{Value: x}, v.Shape) }
	same := func(a *ir.Value) bool { return ir.SameShape(a.Shape, v.Shape) }
	switch op := v.Op.(type) {
	case ir.Map:
		var k [3]kernel.Matrix[float64]
		constant := true
		for i, a := range v.Args {
			x, ok := fillValue(a)
			constant = constant && ok
			k[i].Data = []float64{x}
		}
		if constant {
			y := []float64{0}
			kernel.Portable[float64]{}.Map(op.Fn, op.K, 1, 1, kernel.Matrix[float64]{Data: y}, k[0], k[1], k[2])
			return fill(y[0])
		}
		switch a := v.Args; {
		case op.Fn == kernel.Mul && (is(a[0], 0) || is(a[1], 0)):
			return fill(0)
		case op.Fn == kernel.Mul && is(a[0], 1) && same(a[1]):
			return a[1]
		case (op.Fn == kernel.Mul || op.Fn == kernel.Div) && is(a[1], 1) && same(a[0]):
			return a[0]
		case op.Fn == kernel.Sub && is(a[1], 0) && same(a[0]):
			return a[0]
		case op.Fn == kernel.Scale && op.K[0] == 1:
			return a[0]
		}
	case ir.Sum:
		var terms []*ir.Value
		constant := negativeZero // to which any number can be added without a change
		for _, a := range v.Args {
			if x, ok := fillValue(a); ok {
				constant += x
			} else {
				terms = append(terms, a)
			}
		}
		switch {
		case len(terms) == len(v.Args):
			return v
		case len(terms) == 0:
			return fill(constant)
		case constant != 0, !math.Signbit(constant) && !slices.ContainsFunc(terms, neverNegativeZero):
			return v
		case len(terms) == 1 && same(terms[0]):
			return terms[0]
		}
		return g.New(ir.Sum{}, v.Shape, terms...)
	case ir.MatMul:
		// Of aᵀ·b, a weight's gradient, zeros stay: they keep the time steps side by side.
		if !op.TransA && !op.Add && !op.Bias && (is(v.Args[0], 0) || is(v.Args[1], 0)) {
			return fill(0)
		}
	case ir.ReduceSum:
		if x, ok := fillValue(v.Args[0]); ok {
			return fill(0 + x*float64(v.Args[0].Size()/v.Size())) // from 0, as the executor adds
		}
	}
	return v
}
