package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Transpose permutes the axes of x: axis i of the result is axis perm[i] of x. Without perm the axes are reversed. The
// adjoint is dy under the inverse permutation.
func (b *Builder) Transpose(x *gorgonia.Node, perm ...int) *gorgonia.Node {
	if len(perm) == 0 && x != nil {
		for i := rank(x) - 1; i >= 0; i-- {
			perm = append(perm, i)
		}
	}
	if len(perm) > maxRank {
		return b.failf("transpose of %s: %v has %d axes; %d is the most", describe(x), perm, len(perm), maxRank)
	}
	return b.apply(transpose{append([]int(nil), perm...)}, x)
}

type transpose struct{ perm []int }

func (t transpose) keepsIndex()  {}
func (t transpose) lower() ir.Op { return ir.Transpose{Perm: ir.NewPerm(t.perm...)} }

func (t transpose) shape(in []tensor.Shape) (tensor.Shape, error) {
	out := make(tensor.Shape, len(in[0]))
	var seen [maxRank]bool
	if len(t.perm) != len(out) {
		return nil, errors.Errorf("%v does not permute the %d axes of the shape %v", t.perm, len(out), in[0])
	}
	for i, a := range t.perm {
		if a < 0 || a >= len(out) || seen[a] {
			return nil, errors.Errorf("%v does not permute the %d axes of the shape %v", t.perm, len(out), in[0])
		}
		seen[a] = true
		out[i] = in[0][a]
	}
	return out, nil
}

func (t transpose) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	inverse := make([]int, len(t.perm))
	for i, a := range t.perm {
		inverse[a] = i
	}
	return gorgonia.Nodes{b.Transpose(dy, inverse...)}
}
