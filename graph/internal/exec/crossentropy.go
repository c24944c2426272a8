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
	o, target := c.crossEntropyOptions(op.CrossEntropyAttr, in, 2), c.indices(in.Args[1])
	loss := c.operand(in.Dst)
	return func(t times) error {
		k.CrossEntropy(rows, cols, o.at(t), vectorAt(loss, t), logits.at(t), target.at(t))
		return nil
	}
}

func bindCrossEntropyGrad[F kernel.Float](c *binding[F], op ir.CrossEntropyGrad, in plan.Instruction) step {
	k := c.kernels
	dx, rows, cols := c.rows(in.Dst)
	logits, _, _ := c.rows(in.Args[0])
	o, target := c.crossEntropyOptions(op.CrossEntropyAttr, in, 2), c.indices(in.Args[1])
	dloss := c.operand(in.Args[len(in.Args)-1])
	return func(t times) error {
		k.CrossEntropyGrad(rows, cols, o.at(t), dx.at(t), logits.at(t), target.at(t), vectorAt(dloss, t))
		return nil
	}
}

func bindTargetWeight[F kernel.Float](c *binding[F], op ir.TargetWeight, in plan.Instruction) step {
	k := c.kernels
	o, target := c.crossEntropyOptions(op.CrossEntropyAttr, in, 1), c.indices(in.Args[0])
	w, n := c.operand(in.Dst), ir.Size(in.Dst.Shape)
	return func(t times) error { k.TargetWeight(n, op.Classes, o.at(t), vectorAt(w, t), target.at(t)); return nil }
}

// lossOptions are the options of the kernels, with class weights that may move with the time steps of loops.
type lossOptions[F kernel.Float] struct {
	kernel.CrossEntropyOptions[F]
	weights operand[F]
}

// crossEntropyOptions returns the options of the kernels; class weights are argument number weights.
func (m *machine[F]) crossEntropyOptions(a ir.CrossEntropyAttr, in plan.Instruction, weights int) lossOptions[F] {
	o := lossOptions[F]{CrossEntropyOptions: kernel.CrossEntropyOptions[F]{Ignore: a.Ignore, Smoothing: a.Smoothing}}
	if a.Weighted {
		l := in.Args[weights]
		o.weights = m.operand(l)
		o.Weights = o.weights.data[:ir.Size(l.Shape)]
	}
	return o
}

// at returns the options at time steps.
func (o lossOptions[F]) at(t times) kernel.CrossEntropyOptions[F] {
	if o.Weights != nil {
		o.Weights = o.weights.at(t)[:len(o.Weights)]
	}
	return o.CrossEntropyOptions
}

func vectorAt[F kernel.Float](o operand[F], t times) kernel.Vector[F] {
	return kernel.Vector[F]{Data: o.at(t), Stride: 1}
}
