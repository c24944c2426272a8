package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// LengthMask is the mask [steps, B, 1] of sequences with the integers lengths [B]: 1 at the steps t < lengths[b], 0
// past the end. Slices of it go to Where, which selects by sequence length.
func (b *Builder) LengthMask(lengths *gorgonia.Node, steps int) *gorgonia.Node {
	return b.apply(lengthMask{steps}, lengths)
}

type lengthMask struct{ steps int }

func (lengthMask) indexArg(int) bool { return true }
func (lengthMask) lower() ir.Op      { return ir.LengthMask{} }

func (m lengthMask) shape(in []tensor.Shape) (tensor.Shape, error) {
	if len(in[0]) != 1 {
		return nil, errors.Errorf("the lengths have the shape %v; want [B]", in[0])
	}
	return tensor.Shape{m.steps, in[0][0], 1}, nil
}

func (lengthMask) grad(*Builder, gorgonia.Nodes, *gorgonia.Node, *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{nil}
}
