package exec

import (
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() {
	register(bindCrossEntropy[float32], bindCrossEntropy[float64])
	register(bindCrossEntropyGrad[float32], bindCrossEntropyGrad[float64])
	register(bindTargetWeight[float32], bindTargetWeight[float64])
}

func bindCrossEntropy[F kernel.Float](c *binding[F], op ir.CrossEntropy, in plan.Instruction) step {
	k := c.kernels
	logits, rows, cols := c.rows(in.Args[0])
	o, target := c.crossEntropyOptions(op.CrossEntropyAttr, in, 2), c.ints(in.Args[1])
	loss := kernel.Vector[F]{Data: c.data(in.Dst), Stride: 1}
	return func() error { k.CrossEntropy(rows, cols, o, loss, logits, target); return nil }
}

func bindCrossEntropyGrad[F kernel.Float](c *binding[F], op ir.CrossEntropyGrad, in plan.Instruction) step {
	k := c.kernels
	dx, rows, cols := c.rows(in.Dst)
	logits, _, _ := c.rows(in.Args[0])
	o, target := c.crossEntropyOptions(op.CrossEntropyAttr, in, 2), c.ints(in.Args[1])
	dloss := kernel.Vector[F]{Data: c.data(in.Args[len(in.Args)-1]), Stride: 1}
	return func() error { k.CrossEntropyGrad(rows, cols, o, dx, logits, target, dloss); return nil }
}

func bindTargetWeight[F kernel.Float](c *binding[F], op ir.TargetWeight, in plan.Instruction) step {
	k := c.kernels
	o, target := c.crossEntropyOptions(op.CrossEntropyAttr, in, 1), c.ints(in.Args[0])
	w, n := kernel.Vector[F]{Data: c.data(in.Dst), Stride: 1}, ir.Size(in.Dst.Shape)
	return func() error { k.TargetWeight(n, op.Classes, o, w, target); return nil }
}

// crossEntropyOptions returns the options of the kernels; class weights are argument number weights.
func (m *machine[F]) crossEntropyOptions(a ir.CrossEntropyAttr, in plan.Instruction, weights int) kernel.CrossEntropyOptions[F] {
	o := kernel.CrossEntropyOptions[F]{Ignore: a.Ignore, Smoothing: a.Smoothing}
	if a.Weighted {
		o.Weights = m.vector(in.Args[weights])
	}
	return o
}
