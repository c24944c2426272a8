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
	return c.eachRow(in, func(rows, cols int, y, x kernel.Rows[F]) { k.Normalize(rows, cols, F(op.Eps), y, x) })
}

func bindNormalizeGrad[F kernel.Float](c *binding[F], op ir.NormalizeGrad, in plan.Instruction) step {
	k := c.kernels
	return c.eachRowOfTwo(in, func(rows, cols int, dx, x, dy kernel.Rows[F]) { k.NormalizeGrad(rows, cols, F(op.Eps), dx, x, dy) })
}
