package exec

import (
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() {
	register(bindSoftmax[float32], bindSoftmax[float64])
	register(bindSoftmaxGrad[float32], bindSoftmaxGrad[float64])
	register(bindLogSoftmax[float32], bindLogSoftmax[float64])
	register(bindLogSoftmaxGrad[float32], bindLogSoftmaxGrad[float64])
}

func bindSoftmax[F kernel.Float](c *binding[F], _ ir.Softmax, in plan.Instruction) step {
	k := c.kernels
	y, rows, cols := c.rows(in.Dst)
	x, _, _ := c.rows(in.Args[0])
	return func(t times) error { k.Softmax(rows, cols, y.at(t), x.at(t)); return nil }
}

func bindSoftmaxGrad[F kernel.Float](c *binding[F], _ ir.SoftmaxGrad, in plan.Instruction) step {
	k := c.kernels
	dx, rows, cols := c.rows(in.Dst)
	a, _, _ := c.rows(in.Args[0])
	dy, _, _ := c.rows(in.Args[1])
	return func(t times) error { k.SoftmaxGrad(rows, cols, dx.at(t), a.at(t), dy.at(t)); return nil }
}

func bindLogSoftmax[F kernel.Float](c *binding[F], _ ir.LogSoftmax, in plan.Instruction) step {
	k := c.kernels
	y, rows, cols := c.rows(in.Dst)
	x, _, _ := c.rows(in.Args[0])
	return func(t times) error { k.LogSoftmax(rows, cols, y.at(t), x.at(t)); return nil }
}

func bindLogSoftmaxGrad[F kernel.Float](c *binding[F], _ ir.LogSoftmaxGrad, in plan.Instruction) step {
	k := c.kernels
	dx, rows, cols := c.rows(in.Dst)
	a, _, _ := c.rows(in.Args[0])
	dy, _, _ := c.rows(in.Args[1])
	return func(t times) error { k.LogSoftmaxGrad(rows, cols, dx.at(t), a.at(t), dy.at(t)); return nil }
}
