package exec

import (
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() {
	register(bindLengthMask[float32], bindLengthMask[float64])
}

func bindLengthMask[F kernel.Float](c *binding[F], _ ir.LengthMask, in plan.Instruction) step {
	k := c.kernels
	steps, n := in.Dst.Shape[0], in.Dst.Shape[1]
	y := matrixRows[F]{c.operand(in.Dst), n} // [T, B, 1] as T rows of B
	lengths := c.indices(in.Args[0])
	return func(t times) error { k.LengthMask(steps, n, y.at(t), lengths.at(t)); return nil }
}
