package exec

import (
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() {
	register(bindGather[float32], bindGather[float64])
	register(bindScatterAdd[float32], bindScatterAdd[float64])
}

func bindGather[F kernel.Float](c *binding[F], _ ir.Gather, in plan.Instruction) step {
	k := c.kernels
	y, rows, cols := c.rows(in.Dst)
	table, _, _ := c.rows(in.Args[0])
	index, tableRows := c.indices(in.Args[1]), in.Args[0].Shape[0]
	return func(t times) error { k.Gather(rows, cols, tableRows, y.at(t), table.at(t), index.at(t)); return nil }
}

func bindScatterAdd[F kernel.Float](c *binding[F], op ir.ScatterAdd, in plan.Instruction) step {
	k := c.kernels
	y, rows, cols := c.rows(in.Dst)
	x, n, _ := c.rows(in.Args[0])
	index := c.indices(in.Args[1])
	return func(t times) error {
		y := y.at(t)
		for i := range rows {
			clear(y.Data[i*y.Stride : i*y.Stride+cols])
		}
		k.ScatterAdd(n, cols, rows, op.Padding, y, x.at(t), index.at(t))
		return nil
	}
}
