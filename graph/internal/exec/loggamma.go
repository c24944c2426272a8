package exec

import (
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() { register(bindLogGamma[float32], bindLogGamma[float64]) }

func bindLogGamma[F kernel.Float](c *binding[F], op ir.LogGamma, in plan.Instruction) step {
	y, rows, cols := c.rows(in.Dst)
	x, _, _ := c.rows(in.Args[0])
	if len(in.Args) == 1 {
		return func(t times) error {
			kernel.LogGamma(op.Order, rows, cols, y.at(t), x.at(t), kernel.Rows[F]{})
			return nil
		}
	}
	n, _, _ := c.rows(in.Args[1])
	return func(t times) error {
		kernel.LogGamma(op.Order, rows, cols, y.at(t), x.at(t), n.at(t))
		return nil
	}
}
