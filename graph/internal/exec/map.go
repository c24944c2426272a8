package exec

import (
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() { register(bindMap[float32], bindMap[float64]) }

// bindMap binds an elementwise function.
func bindMap[F kernel.Float](c *binding[F], op ir.Map, in plan.Instruction) step {
	return c.elementwise(op.Fn, consts[F](op), in.Dst, in.Args...)
}

// consts returns the constants of a function.
func consts[F kernel.Float](op ir.Map) kernel.Consts[F] {
	return kernel.Consts[F]{F(op.K[0]), F(op.K[1])}
}

// elementwise returns the step that sets dst to a function of arguments that are broadcast to it.
func (m *machine[F]) elementwise(fn kernel.Fn, k kernel.Consts[F], dst plan.Layout, args ...plan.Layout) step {
	layouts := append([]plan.Layout{dst}, args...)
	lp := newLoop(dst.Shape, layouts...)
	var data [maxOperands]operand[F]
	for i, l := range layouts {
		data[i] = m.operand(l)
	}
	kernels := m.kernels
	return func(t times) error {
		var from [maxOperands][]F
		for i := range layouts {
			from[i] = data[i].at(t)
		}
		for _, at := range lp.outer {
			var x [maxOperands]kernel.Matrix[F]
			for i := range layouts {
				x[i] = kernel.Matrix[F]{Data: from[i][at[i]:], Row: lp.row[i], Col: lp.col[i]}
			}
			x[0].Col = max(x[0].Col, 1) // of a single column the layout has no stride; a result is never repeated
			kernels.Map(fn, k, lp.rows, lp.cols, x[0], x[1], x[2], x[3])
		}
		return nil
	}
}
