package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Huber is the mean Huber loss of two tensors of one shape: d²/2 where |d| ≤ delta, else delta·(|d| − delta/2)
// (Huber 1964; PyTorch's HuberLoss).
func (b *Builder) Huber(x, target *gorgonia.Node, delta float64, opts ...LossOption) *gorgonia.Node {
	if !b.sameShape("Huber", target, x) {
		return b.placeholder()
	}
	if !(delta > 0) {
		return b.failf("Huber: delta is %g; want a positive number", delta)
	}
	return b.loss("Huber", target, opts, func(target *gorgonia.Node) *gorgonia.Node {
		return b.apply(huber{elementwise{fn: kernel.Huber, k: [2]float64{delta}}}, b.Sub(x, target))
	})
}

type huber struct{ elementwise }

func (h huber) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.Mul(dy, b.Clamp(in[0], -h.k[0], h.k[0]))}
}
