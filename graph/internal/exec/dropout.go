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
	return func(t times) error {
		key := op.Key
		if op.EachStep {
			steps := t
			if op.Strip > 0 { // the mask is the same in whatever strips
				steps = times{t[0]*op.Strip + t[1]}
			}
			for _, at := range steps {
				key = (key + uint64(at) + 1) * 0x9E3779B97F4A7C15
			}
		}
		k.Dropout(rows, cols, op.Rate, kernel.NewMask(op.Seed, m.number, key).Skip(in.First), y.at(t), x.at(t))
		return nil
	}
}
