package exec

import (
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() { register(bindCopy[float32], bindCopy[float64]) }

// bindCopy binds a copy from one layout to another, of numbers or of integers.
func bindCopy[F kernel.Float](c *binding[F], _ ir.Copy, in plan.Instruction) step {
	if in.Dst.Buffer.Space != plan.Index {
		return c.elementwise(kernel.Copy, kernel.Consts[F]{}, in.Dst, in.Args[0])
	}
	lp := newLoop(in.Dst.Shape, in.Dst, in.Args[0])
	to, from := c.indices(in.Dst), c.indices(in.Args[0])
	return func(t times) error {
		dst, src := to.at(t), from.at(t)
		for _, at := range lp.outer {
			for r := range lp.rows {
				for c := range lp.cols {
					dst[at[0]+r*lp.row[0]+c*lp.col[0]] = src[at[1]+r*lp.row[1]+c*lp.col[1]]
				}
			}
		}
		return nil
	}
}
