package exec

import (
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() {
	register(bindNormalize[float32], bindNormalize[float64])
	register(bindNormalizeGrad[float32], bindNormalizeGrad[float64])
}

func bindNormalize[F kernel.Float](c *binding[F], op ir.Normalize, in plan.Instruction) step {
	k := c.kernels
	y, rows, cols := c.rows(in.Dst)
	x, _, _ := c.rows(in.Args[0])
	return func(t times) error { k.Normalize(rows, cols, F(op.Eps), y.at(t), x.at(t)); return nil }
}

func bindNormalizeGrad[F kernel.Float](c *binding[F], op ir.NormalizeGrad, in plan.Instruction) step {
	k := c.kernels
	dx, rows, cols := c.rows(in.Dst)
	a, _, _ := c.rows(in.Args[0])
	dy, _, _ := c.rows(in.Args[1])
	return func(t times) error { k.NormalizeGrad(rows, cols, F(op.Eps), dx.at(t), a.at(t), dy.at(t)); return nil }
}
