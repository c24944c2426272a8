// Package pooling makes one vector of a sequence of outputs. It declares on a graph, which serves one goroutine.
package pooling

import (
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
)

// Names returns the ways to make one vector of a sequence of outputs:
//
//	last       the final state of each direction
//	mean       the mean over the steps
//	max        the largest value of each element over the steps
//	attention  the mean weighted by softmax(vᵀ·tanh(W·y_t + b)) (Yang et al. 2016)
//
// Steps past a sequence's end do not count.
func Names() []string { return []string{"last", "mean", "max", "attention"} }

// Pool joins a network's outputs y [T, B, W], which are zero past the end, into [B, W], in the way of a name; final are its
// last states and mask is [T, B, 1].
func Pool(b *graph.Builder, name string, network *graph.Network, y *gorgonia.Node, final []graph.State, mask *gorgonia.Node) *gorgonia.Node {
	// Below whatever an output or score can be, and finite, so that nothing becomes NaN.
	const never = -1e9
	switch name {
	case "last":
		return network.Summary(b, final)
	case "mean":
		return b.Div(b.Sum(y, 0), b.Sum(mask, 0))
	case "attention":
		a := b.Prefix("attention.")
		u := b.Tanh(a.Linear("", network.Width(), y))
		score := b.Where(mask, a.LinearInit("score", 1, u, graph.Glorot(), nil), b.Const(never))
		if b.Err() != nil {
			return score
		}
		steps, batch := score.Shape()[0], score.Shape()[1]
		weight := b.Softmax(b.Transpose(b.Reshape(score, steps, batch)))
		return b.Sum(b.Mul(y, b.Reshape(b.Transpose(weight), steps, batch, 1)), 0)
	}
	if name != "max" && b.Err() == nil {
		return b.Fail(errors.Errorf("pooling %q is not known; choose one of %s", name, strings.Join(Names(), ", ")))
	}
	return b.Max(b.Where(mask, y, b.Const(never)), 0)
}
