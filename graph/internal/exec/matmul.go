package exec

import (
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// bindMatMul binds a matrix product, or one for each matrix of a stack.
func (m *machine[F]) bindMatMul(op ir.MatMul, in plan.Instruction) step {
	batch := 1
	var stepA, stepB, stepC int
	a, b, c := in.Args[0], in.Args[1], in.Dst
	if len(c.Shape) == 3 {
		batch = c.Shape[0]
		stepA, stepB, stepC = a.Strides[0], b.Strides[0], c.Strides[0]
	}
	x, rows, inner := matrix(m.data(a), a, op.TransA)
	y, _, cols := matrix(m.data(b), b, op.TransB)
	z := kernel.Rows[F]{Data: m.data(c), Stride: c.Strides[len(c.Strides)-2]}
	kernels := m.kernels
	var beta F
	var before, after step // what the product starts from, and the bias
	if op.Add {
		beta = 1
		if add := in.Args[2]; !plan.Same(add, c) {
			before = m.bindMap(kernel.Copy, kernel.Consts[F]{}, plan.Instruction{Dst: c, Args: []plan.Layout{add}})
		}
	}
	if op.Bias {
		after = m.bindMap(kernel.Add, kernel.Consts[F]{}, plan.Instruction{Dst: c, Args: []plan.Layout{c, in.Args[len(in.Args)-1]}})
	}
	return func() error {
		if before != nil {
			if err := before(); err != nil {
				return err
			}
		}
		for i := range batch {
			kernels.Gemm(rows, cols, inner,
				kernel.Matrix[F]{Data: x.Data[i*stepA:], Row: x.Row, Col: x.Col},
				kernel.Matrix[F]{Data: y.Data[i*stepB:], Row: y.Row, Col: y.Col}, beta,
				kernel.Rows[F]{Data: z.Data[i*stepC:], Stride: z.Stride})
		}
		if after != nil {
			return after()
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
