package graph

import (
	"fmt"
	"math/bits"
	"strings"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// opLabel says in maths what a node does with its operands. Where their order matters they are called a, b and c, as
// operandNames calls them on the edges.
func opLabel(b *Builder, n *gorgonia.Node) string {
	o, ok := n.Op().(*op)
	if !ok {
		if n.Op() == nil {
			return n.Name()
		}
		return n.Op().String()
	}
	switch x := o.lower().(type) {
	case ir.Fill:
		return fmt.Sprintf("%g\n%s", x.Value, shapeLabel(n))
	case ir.Data:
		return "constant\n" + shapeLabel(n)
	case ir.Map:
		return mapLabel(x)
	case ir.Sum:
		return "+"
	case ir.MatMul:
		return matmulLabel(b, o, x)
	case ir.Slice:
		return rangeLabel(n.Dims(), x.Axis, x.From, n.Shape()[x.Axis])
	case ir.Place:
		return "0 but for " + rangeLabel(n.Dims(), x.Axis, x.From, o.in[0].Shape()[x.Axis])
	case ir.Transpose:
		if x.Perm.Rank == 2 {
			return "ᵀ"
		}
	case ir.Concat:
		return fmt.Sprintf("concat\naxis %d", x.Axis)
	case ir.ReduceSum:
		return "Σ" + axesLabel(x.Axes, o.in[0].Dims())
	case ir.ReduceMax:
		return "max" + axesLabel(x.Axes, o.in[0].Dims())
	case ir.Softmax:
		return "softmax"
	case ir.SoftmaxGrad:
		return "softmax′"
	case ir.LogSoftmax:
		return "log softmax"
	case ir.LogSoftmaxGrad:
		return "log softmax′"
	case ir.Normalize:
		return "normalise"
	case ir.NormalizeGrad:
		return "normalise′"
	case ir.Gather:
		return "rows b of a"
	case ir.ScatterAdd:
		return "add a to rows b"
	case ir.LengthMask:
		return "t < length"
	case ir.CrossEntropy:
		return "cross entropy"
	case ir.CrossEntropyGrad:
		return "cross entropy′"
	case ir.TargetWeight:
		return "class weight"
	}
	return o.String()
}

// operandNames returns the letters of a node's operands, or none where their order does not matter or shows anyway.
func operandNames(n *gorgonia.Node) string {
	o, ok := n.Op().(*op)
	if !ok || len(o.in) < 2 {
		return ""
	}
	switch x := o.lower().(type) {
	case ir.Sum:
		return ""
	case ir.Concat: // edges into one node are drawn from left to right where there is room; not more can be promised
		return ""
	case ir.MatMul:
		if isWeight(o.b, o.in[1]) {
			return ""
		}
	case ir.Map:
		if x.Fn == kernel.Add || x.Fn == kernel.Mul || x.Fn == kernel.Equal {
			return ""
		}
	}
	return "abcdefgh"[:len(o.in)]
}

func isWeight(b *Builder, n *gorgonia.Node) bool {
	return n.Op() == nil && b.byName[n.Name()] == n && !isInput(b, n)
}

// matmulLabel writes the product with a parameter on the right as ·Wᵀ, and any other by its operands' letters.
func matmulLabel(b *Builder, o *op, m ir.MatMul) string {
	left, right := "a", "b"
	if isWeight(b, o.in[1]) {
		left, right = "", "W"
		if m.TransA {
			left = "ᵀ"
		}
	} else if m.TransA {
		left += "ᵀ"
	}
	if m.TransB {
		right += "ᵀ"
	}
	return left + "·" + right
}

// mapLabel writes an elementwise function; gradient functions take the output and its adjoint as a and b.
func mapLabel(m ir.Map) string {
	switch m.Fn {
	case kernel.Copy:
		return "repeat"
	case kernel.Neg:
		return "−"
	case kernel.Scale:
		return fmt.Sprintf("× %.4g", m.K[0])
	case kernel.Shift:
		return fmt.Sprintf("+ %.4g", m.K[0])
	case kernel.Pow:
		if m.K[0] == 2 {
			return "x²"
		}
		return fmt.Sprintf("power %.4g", m.K[0])
	case kernel.Log:
		return "ln"
	case kernel.Abs:
		return "|·|"
	case kernel.Sigmoid:
		return "σ"
	case kernel.Clamp:
		return fmt.Sprintf("clamp %.4g … %.4g", m.K[0], m.K[1])
	case kernel.Add:
		return "+"
	case kernel.Sub:
		return "a − b"
	case kernel.Mul:
		return "∘"
	case kernel.Div:
		return "a ÷ b"
	case kernel.Equal:
		return "="
	case kernel.SigmoidGrad:
		return "σ′: b∘a∘(1−a)"
	case kernel.TanhGrad:
		return "tanh′: b∘(1−a²)"
	case kernel.ReluGrad:
		return "relu′: b where a > 0"
	case kernel.PowGrad:
		if m.K[0] == 2 {
			return "x²′: b∘2·a"
		}
		return fmt.Sprintf("power′: b∘%.4g·a^%.4g", m.K[0], m.K[0]-1)
	case kernel.Select:
		return "b where a, else c"
	}
	return m.Fn.String()
}

// rangeLabel writes a part of a tensor as an index: [:, 4:8].
func rangeLabel(rank, axis, from, size int) string {
	parts := make([]string, rank)
	for i := range parts {
		parts[i] = ":"
	}
	parts[axis] = fmt.Sprintf("%d:%d", from, from+size)
	return "[" + strings.Join(parts, ", ") + "]"
}

// axesLabel names the axes that a reduction goes over, unless it is all of them.
func axesLabel(mask uint64, rank int) string {
	if bits.OnesCount64(mask) == rank {
		return ""
	}
	var axes []string
	for i := range rank {
		if mask>>i&1 == 1 {
			axes = append(axes, fmt.Sprint(i))
		}
	}
	return " axis " + strings.Join(axes, ", ")
}
