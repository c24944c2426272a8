package forecast

import (
	"slices"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
)

// quantileHead says the quantiles that are the bounds of intervals, and the median, which is the point forecast. Each is learnt
// by its pinball loss, of which a quantile has the least mean (Koenker, Bassett: Regression quantiles, 1978):
//
//	level·(y − q) where y is above q, else (1 − level)·(q − y)
type quantileHead struct{ levels []float64 }

func (h quantileHead) params() int { return len(h.levels) }

func (h quantileHead) loss(b *graph.Builder, out, target, weight *gorgonia.Node) *gorgonia.Node {
	n := len(h.levels)
	shape := append(slices.Clone([]int(target.Shape())), n)
	wide := func(x *gorgonia.Node) *gorgonia.Node {
		return b.Broadcast(b.Reshape(x, append(slices.Clone([]int(x.Shape())), 1)...), shape...)
	}
	above := make([]float64, n)
	below := make([]float64, n)
	for i, p := range h.levels {
		above[i], below[i] = p, 1-p
	}
	e := b.Sub(wide(target), b.Reshape(out, shape...))
	if weight != nil {
		e = b.Mul(e, wide(weight))
	}
	loss := b.Add(
		b.Mul(b.Relu(e), b.Broadcast(b.ConstTensor(above, n), shape...)),
		b.Mul(b.Relu(b.Neg(e)), b.Broadcast(b.ConstTensor(below, n), shape...)))
	return b.Mean(loss)
}

func (h quantileHead) read(numbers, lower, upper []float64) float64 {
	sorted := slices.Clone(numbers) // quantiles that cross are put in order (Chernozhukov et al. 2010)
	slices.Sort(sorted)
	middle := len(sorted) / 2
	for i := range lower {
		lower[i], upper[i] = sorted[middle-1-i], sorted[middle+1+i]
	}
	return sorted[middle]
}
