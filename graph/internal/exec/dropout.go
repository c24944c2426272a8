package exec

import (
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() {
	register(bindDropout[float32], bindDropout[float64])
}

func bindDropout[F kernel.Float](c *binding[F], op ir.Dropout, in plan.Instruction) step {
	k := c.kernels
	y, rows, cols := c.rows(in.Dst)
	x, _, _ := c.rows(in.Args[0])
	m := c.machine
	return func() error {
		k.Dropout(rows, cols, op.Rate, kernel.NewMask(op.Seed, m.number, op.Key).Skip(in.First), y, x)
		return nil
	}
}
