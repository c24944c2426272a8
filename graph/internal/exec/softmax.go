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
	return c.eachRow(in, c.kernels.Softmax)
}

func bindSoftmaxGrad[F kernel.Float](c *binding[F], _ ir.SoftmaxGrad, in plan.Instruction) step {
	return c.eachRowOfTwo(in, c.kernels.SoftmaxGrad)
}

func bindLogSoftmax[F kernel.Float](c *binding[F], _ ir.LogSoftmax, in plan.Instruction) step {
	return c.eachRow(in, c.kernels.LogSoftmax)
}

func bindLogSoftmaxGrad[F kernel.Float](c *binding[F], _ ir.LogSoftmaxGrad, in plan.Instruction) step {
	return c.eachRowOfTwo(in, c.kernels.LogSoftmaxGrad)
}
