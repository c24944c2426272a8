package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Reshape gives x another shape with as many elements, in row-major order; the adjoint is dy in x's shape.
func (b *Builder) Reshape(x *gorgonia.Node, shape ...int) *gorgonia.Node {
	if !b.failed() && x != nil && ir.SameShape(x.Shape(), shape) {
		return x
	}
	return b.apply(reshape{append(tensor.Shape{}, shape...)}, x)
}

type reshape struct{ to tensor.Shape }

func (r reshape) keepsIndex()  {}
func (r reshape) lower() ir.Op { return ir.Reshape{} }

func (r reshape) shape(in []tensor.Shape) (tensor.Shape, error) {
	if ir.Size(in[0]) != ir.Size(r.to) {
		return nil, errors.Errorf("shape %v has %d elements, %v has %d", in[0], ir.Size(in[0]), r.to, ir.Size(r.to))
	}
	return r.to.Clone(), nil
}

func (r reshape) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.Reshape(dy, in[0].Shape()...)}
}
