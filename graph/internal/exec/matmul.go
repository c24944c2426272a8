package exec

import (
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() { register(bindMatMul[float32], bindMatMul[float64]) }

// room is where a worker's products pack their operands. Its steps come one after the other, so that all have the same
// memory, which is still in the cache.
type room[F kernel.Float] struct {
	size int // what the largest needs
	data []F // there when all are bound
}

// bindMatMul binds a matrix product, or one for each matrix of a stack. A right operand that is a parameter is packed as
// the kernels want it, and so may be one that is computed; any other the product packs in its worker's room, as far as it
// has to.
func bindMatMul[F kernel.Float](bound *binding[F], op ir.MatMul, in plan.Instruction) step {
	m, r, packed := bound.machine, bound.room, bound.packed.operand(bound.machine, op, in)
	if op.Packed && m.kernels.Panel() > 0 {
		packed = m.data(in.Args[1])
	}
	batch := 1
	var stepA, stepB, stepC int
	a, b, c := in.Args[0], in.Args[1], in.Dst
	if len(c.Shape) == 3 {
		batch = c.Shape[0]
		stepA, stepC = a.Strides[0], c.Strides[0]
		if len(b.Shape) == 3 {
			stepB = b.Strides[0]
		}
	}
	xm, rows, inner := matrix[F](a, op.TransA)
	ym, _, cols := matrix[F](b, op.TransB)
	stride := c.Strides[len(c.Strides)-2]
	xs, ys, zs := m.operand(a), m.operand(b), m.operand(c)
	kernels := m.kernels
	var beta F
	var start step // what the product starts from, where it is not in place
	if op.Add {
		beta = 1
		if add := in.Args[2]; !plan.Same(add, c) {
			start = m.elementwise(kernel.Copy, kernel.Consts[F]{}, c, add)
		}
	}
	var bias operand[F]
	var addBias step // where the kernel does not add it
	if op.Bias {
		l := in.Args[len(in.Args)-1]
		if packed != nil && l.Strides[0] == 1 {
			bias = m.operand(l)
		} else {
			addBias = m.elementwise(kernel.Add, kernel.Consts[F]{}, c, c, l)
		}
	}
	product := func(t times) {
		x, z := xs.at(t), zs.at(t)
		var b []F
		if bias.data != nil {
			b = bias.at(t)[:cols]
		}
		for i := range batch {
			kernels.GemmPacked(rows, cols, inner, kernel.Matrix[F]{Data: x[i*stepA:], Row: xm.Row, Col: xm.Col}, packed, beta, b,
				kernel.Rows[F]{Data: z[i*stepC:], Stride: stride})
		}
	}
	if packed == nil {
		r.size = max(r.size, kernels.GemmScratch(rows, cols, inner))
		product = func(t times) {
			x, y, z := xs.at(t), ys.at(t), zs.at(t)
			for i := range batch {
				kernels.Gemm(rows, cols, inner,
					kernel.Matrix[F]{Data: x[i*stepA:], Row: xm.Row, Col: xm.Col},
					kernel.Matrix[F]{Data: y[i*stepB:], Row: ym.Row, Col: ym.Col}, beta,
					kernel.Rows[F]{Data: z[i*stepC:], Stride: stride}, r.data)
			}
		}
	}
	if start == nil && addBias == nil {
		return func(t times) error { product(t); return nil }
	}
	return func(t times) error {
		if start != nil {
			if err := start(t); err != nil {
				return err
			}
		}
		product(t)
		if addBias != nil {
			return addBias(t)
		}
		return nil
	}
}

// matrix returns the strides, rows and columns of the last two axes, after the transposition.
func matrix[F kernel.Float](l plan.Layout, trans bool) (x kernel.Matrix[F], rows, cols int) {
	n := len(l.Shape)
	rows, cols = l.Shape[n-2], l.Shape[n-1]
	x = kernel.Matrix[F]{Row: l.Strides[n-2], Col: l.Strides[n-1]}
	if trans {
		rows, cols = cols, rows
		x.Row, x.Col = x.Col, x.Row
	}
	return x, rows, cols
}
