package exec

import (
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() { register(bindFused[float32], bindFused[float64]) }

// movingOperand is an operand of a fused program that is not the same at all time steps.
type movingOperand[F kernel.Float] struct {
	index int
	operand[F]
}

// bindFused binds several elementwise operations that one call computes.
func bindFused[F kernel.Float](c *binding[F], op *ir.Fused, in plan.Instruction) step {
	program := kernel.FusedFor[F](op.Program)
	operands := make([]kernel.Matrix[F], 0, len(in.Args)+1+len(in.Also))
	var moving []movingOperand[F]
	add := func(l plan.Layout, col int) {
		o := c.operand(l)
		if o.moves() {
			moving = append(moving, movingOperand[F]{len(operands), o})
		}
		operands = append(operands, kernel.Matrix[F]{Data: o.data, Row: l.Strides[0], Col: col})
	}
	for _, a := range in.Args {
		add(a, a.Strides[1])
	}
	for _, l := range in.Results() {
		add(l, max(l.Strides[1], 1)) // as in elementwise
	}
	kernels, rows, cols := c.kernels, in.Dst.Shape[0], in.Dst.Shape[1]
	return func(t times) error {
		for i := range moving {
			operands[moving[i].index].Data = moving[i].at(t)
		}
		kernels.Fused(rows, cols, program, operands)
		return nil
	}
}
