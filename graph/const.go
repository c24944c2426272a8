package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Const is one number, a scalar that broadcasts, or a tensor filled with it where a shape is given.
func (b *Builder) Const(value float64, shape ...int) *gorgonia.Node {
	return b.apply(fill{value: value, dims: shape})
}

// ConstTensor is a constant tensor of the given shape, with the values in row-major order.
func (b *Builder) ConstTensor(values []float64, shape ...int) *gorgonia.Node {
	v := append([]float64(nil), values...)
	return b.apply(data{values: &v, dims: shape})
}

// The constants are ops of ours without operands: Gorgonia's own are merged by their printed text.
type fill struct {
	value float64
	dims  tensor.Shape
}

func (f fill) shape([]tensor.Shape) (tensor.Shape, error) { return f.dims, nil }
func (f fill) lower() ir.Op                               { return ir.Fill{Value: f.value} }
func (f fill) grad(*Builder, gorgonia.Nodes, *gorgonia.Node, *gorgonia.Node) gorgonia.Nodes {
	return nil
}

type data struct {
	values *[]float64
	dims   tensor.Shape
}

func (d data) shape([]tensor.Shape) (tensor.Shape, error) {
	if len(*d.values) != ir.Size(d.dims) {
		return nil, errors.Errorf("%d values for the shape %v, which has %d elements", len(*d.values), d.dims, ir.Size(d.dims))
	}
	return d.dims, nil
}
func (d data) lower() ir.Op { return ir.Data{Values: d.values} }
func (d data) grad(*Builder, gorgonia.Nodes, *gorgonia.Node, *gorgonia.Node) gorgonia.Nodes {
	return nil
}
