package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// MatMul is the matrix product x·z of [M, K] and [K, N]. Batched: [S, M, K] and [S, K, N] multiply pair by pair, and
// x [..., M, K] with one z [K, N] multiplies every matrix of x by it.
// dx = dy·zᵀ, dz = xᵀ·dy.
func (b *Builder) MatMul(x, z *gorgonia.Node) *gorgonia.Node { return b.matmul(x, z, false, false) }

// MatMulNT is x·zᵀ, with z stored as [N, K]: the layout of PyTorch's weights.
func (b *Builder) MatMulNT(x, z *gorgonia.Node) *gorgonia.Node { return b.matmul(x, z, false, true) }

// MatMulTN is xᵀ·z, with x stored as [K, M].
func (b *Builder) MatMulTN(x, z *gorgonia.Node) *gorgonia.Node { return b.matmul(x, z, true, false) }

// MatMulTT is xᵀ·zᵀ, with x stored as [K, M] and z as [N, K].
func (b *Builder) MatMulTT(x, z *gorgonia.Node) *gorgonia.Node { return b.matmul(x, z, true, true) }

func (b *Builder) matmul(x, z *gorgonia.Node, transA, transB bool) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	if x != nil && z != nil && !transA && len(x.Shape()) > 2 && len(z.Shape()) == 2 {
		s := x.Shape()
		last := len(s) - 1
		flat := b.matmul(b.Reshape(x, ir.Size(s[:last]), s[last]), z, false, transB)
		if b.failed() {
			return b.placeholder()
		}
		return b.Reshape(flat, append(s[:last].Clone(), flat.Shape()[1])...)
	}
	return b.apply(matmul{transA, transB}, x, z)
}

type matmul struct{ transA, transB bool }

func (m matmul) lower() ir.Op { return ir.MatMul{TransA: m.transA, TransB: m.transB} }

func (m matmul) shape(in []tensor.Shape) (tensor.Shape, error) {
	x, z := in[0], in[1]
	if len(x) != len(z) || len(x) != 2 && len(x) != 3 {
		return nil, errors.Errorf("a matrix product takes two matrices, or two stacks of matrices, not %v and %v; reshape a vector to one row or column", x, z)
	}
	var lead tensor.Shape
	if len(x) == 3 {
		if x[0] != z[0] {
			return nil, errors.Errorf("%d matrices against %d", x[0], z[0])
		}
		lead, x, z = x[:1], x[1:], z[1:]
	}
	rows, inner := x[0], x[1]
	if m.transA {
		rows, inner = inner, rows
	}
	innerZ, cols := z[0], z[1]
	if m.transB {
		innerZ, cols = cols, innerZ
	}
	if inner != innerZ {
		return nil, errors.Errorf("inner dimensions %d and %d differ", inner, innerZ)
	}
	return append(lead.Clone(), rows, cols), nil
}

func (m matmul) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	x, z := in[0], in[1]
	var dx, dz *gorgonia.Node
	if m.transA {
		dx = b.matmul(z, dy, m.transB, true)
	} else {
		dx = b.matmul(dy, z, false, !m.transB)
	}
	if m.transB {
		dz = b.matmul(dy, x, true, m.transA)
	} else {
		dz = b.matmul(x, dy, !m.transA, false)
	}
	return gorgonia.Nodes{dx, dz}
}
