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
// the kernels want it; any other the product packs in its worker's room, as far as it has to.
func bindMatMul[F kernel.Float](bound *binding[F], op ir.MatMul, in plan.Instruction) step {
	m, r, packed := bound.machine, bound.room, bound.packed.operand(bound.machine, op, in)
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
	x, rows, inner := matrix(m.data(a), a, op.TransA)
	y, _, cols := matrix(m.data(b), b, op.TransB)
	z := kernel.Rows[F]{Data: m.data(c), Stride: c.Strides[len(c.Strides)-2]}
	kernels := m.kernels
	var beta F
	var start step // what the product starts from, where it is not in place
	if op.Add {
		beta = 1
		if add := in.Args[2]; !plan.Same(add, c) {
			start = m.elementwise(kernel.Copy, kernel.Consts[F]{}, c, add)
		}
	}
	var bias []F
	var addBias step // where the kernel does not add it
	if op.Bias {
		l := in.Args[len(in.Args)-1]
		if packed != nil && l.Strides[0] == 1 {
			bias = m.data(l)[:cols]
		} else {
			addBias = m.elementwise(kernel.Add, kernel.Consts[F]{}, c, c, l)
		}
	}
	product := func() {
		for i := range batch {
			kernels.GemmPacked(rows, cols, inner, kernel.Matrix[F]{Data: x.Data[i*stepA:], Row: x.Row, Col: x.Col}, packed, beta, bias,
				kernel.Rows[F]{Data: z.Data[i*stepC:], Stride: z.Stride})
		}
	}
	if packed == nil {
		r.size = max(r.size, kernels.GemmScratch(rows, cols, inner))
		product = func() {
			for i := range batch {
				kernels.Gemm(rows, cols, inner,
					kernel.Matrix[F]{Data: x.Data[i*stepA:], Row: x.Row, Col: x.Col},
					kernel.Matrix[F]{Data: y.Data[i*stepB:], Row: y.Row, Col: y.Col}, beta,
					kernel.Rows[F]{Data: z.Data[i*stepC:], Stride: z.Stride}, r.data)
			}
		}
	}
	if start == nil && addBias == nil {
		return func() error { product(); return nil }
	}
	return func() error {
		if start != nil {
			if err := start(); err != nil {
				return err
			}
		}
		product()
		if addBias != nil {
			return addBias()
		}
		return nil
	}
}

func matrix[F kernel.Float](data []F, l plan.Layout, trans bool) (x kernel.Matrix[F], rows, cols int) {
	n := len(l.Shape)
	rows, cols = l.Shape[n-2], l.Shape[n-1]
	x = kernel.Matrix[F]{Data: data, Row: l.Strides[n-2], Col: l.Strides[n-1]}
	if trans {
		rows, cols = cols, rows
		x.Row, x.Col = x.Col, x.Row
	}
	return x, rows, cols
}
