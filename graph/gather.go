package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// NoPadding is the padding index that stands for none.
const NoPadding = -1

// Gather takes rows of a table [V, D] by integers index [...], into [..., D]: an embedding. The table's gradient is
// the sum of the rows' gradients, but for the row padding, which gets none; NoPadding gives every row its gradient. An
// index outside the table gives a row of zeros.
func (b *Builder) Gather(table, index *gorgonia.Node, padding int) *gorgonia.Node {
	return b.apply(gather{padding}, table, index)
}

// Embedding is Gather from the parameter <name>.weight [rows, width].
func (b *Builder) Embedding(name string, rows, width int, index *gorgonia.Node, padding int) *gorgonia.Node {
	return b.Gather(b.Param(name+".weight", Normal(1, padding), rows, width), index, padding)
}

type gather struct{ padding int }

func (gather) indexArg(i int) bool { return i == 1 }
func (g gather) lower() ir.Op      { return ir.Gather{} }

func (g gather) shape(in []tensor.Shape) (tensor.Shape, error) {
	if len(in[0]) != 2 {
		return nil, errors.Errorf("the table has the shape %v; want [rows, width]", in[0])
	}
	return append(in[1].Clone(), in[0][1]), nil
}

func (g gather) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.apply(scatterAdd{g.padding, in[0].Shape()[0]}, dy, in[1]), nil}
}

// scatterAdd adds rows into zeros [rows, D]: the adjoint of a gather.
type scatterAdd struct{ padding, rows int }

func (scatterAdd) indexArg(i int) bool { return i == 1 }
func (s scatterAdd) lower() ir.Op      { return ir.ScatterAdd{Padding: s.padding} }

func (s scatterAdd) shape(in []tensor.Shape) (tensor.Shape, error) {
	return tensor.Shape{s.rows, in[0][len(in[0])-1]}, nil
}

func (s scatterAdd) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.Gather(dy, in[1], NoPadding), nil}
}
