package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// elementwise is the part that all elementwise symbols share: a function of the kernel package and its constants.
// Operands of different shapes are broadcast as in NumPy.
type elementwise struct {
	fn kernel.Fn
	k  [2]float64
}

func (e elementwise) shape(in []tensor.Shape) (tensor.Shape, error) { return broadcastShape(in) }
func (e elementwise) lower() ir.Op                                  { return ir.Map{Fn: e.fn, K: e.k} }

// broadcastShape returns the shape that all shapes are broadcast to: aligned at the last axis, each dimension is equal
// or 1.
func broadcastShape(in []tensor.Shape) (tensor.Shape, error) {
	rank := 0
	for _, s := range in {
		rank = max(rank, len(s))
	}
	out := make(tensor.Shape, rank)
	for i := range out {
		out[i] = 1
	}
	for _, s := range in {
		for i, d := range s {
			o := &out[rank-len(s)+i]
			switch {
			case *o == 1:
				*o = d
			case d != 1 && d != *o:
				return nil, errors.Errorf("shapes %v cannot be broadcast together: %d against %d", in, d, *o)
			}
		}
	}
	return out, nil
}

// sumTo sums dy over the axes along which an operand of the shape of like was broadcast: the adjoint of broadcasting.
func (b *Builder) sumTo(dy, like *gorgonia.Node) *gorgonia.Node {
	from, to := dy.Shape(), like.Shape()
	if ir.SameShape(from, to) || b.failed() {
		return dy
	}
	lead := len(from) - len(to)
	var axes uint64
	for i, d := range from {
		if i < lead || to[i-lead] == 1 && d != 1 {
			axes |= 1 << i
		}
	}
	if axes != 0 {
		dy = b.apply(reduceSum{reduced{axes}}, dy)
	}
	return b.Reshape(dy, to...)
}
