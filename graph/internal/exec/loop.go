package exec

import (
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// maxOperands is the largest number of operands of an elementwise loop: a result and three arguments.
const maxOperands = 4

// loop is a nest of loops over the elements of operands of one shape: outer offsets, then rows, then columns. Axes
// that are adjacent in every operand are one.
type loop struct {
	outer      [][maxOperands]int // the operands' offsets at the start of each outer iteration
	rows, cols int
	row, col   [maxOperands]int // the operands' strides
}

// newLoop collapses the axes of layouts that are broadcast to a shape; the last of several layouts is repeated.
func newLoop(shape []int, layouts ...plan.Layout) loop {
	var dims []int
	var strides [][maxOperands]int
	for axis, d := range shape {
		if d == 1 {
			continue
		}
		var s [maxOperands]int
		for i, l := range layouts {
			if at := axis - (len(shape) - len(l.Shape)); at >= 0 && l.Shape[at] != 1 {
				s[i] = l.Strides[at]
			}
		}
		if n := len(dims); n > 0 {
			adjacent := true
			for i := range layouts {
				adjacent = adjacent && strides[n-1][i] == s[i]*d
			}
			if adjacent {
				dims[n-1] *= d
				strides[n-1] = s
				continue
			}
		}
		dims = append(dims, d)
		strides = append(strides, s)
	}
	lp := loop{rows: 1, cols: 1}
	if n := len(dims); n > 0 {
		lp.cols, lp.col = dims[n-1], strides[n-1]
		dims, strides = dims[:n-1], strides[:n-1]
	}
	if n := len(dims); n > 0 {
		lp.rows, lp.row = dims[n-1], strides[n-1]
		dims, strides = dims[:n-1], strides[:n-1]
	}
	lp.outer = make([][maxOperands]int, ir.Size(dims))
	for k := range lp.outer {
		rest := k
		for axis := len(dims) - 1; axis >= 0; axis-- {
			i := rest % dims[axis]
			rest /= dims[axis]
			for j := range layouts {
				lp.outer[k][j] += i * strides[axis][j]
			}
		}
	}
	return lp
}

// bindMap binds an elementwise function.
func (m *machine[F]) bindMap(fn kernel.Fn, k kernel.Consts[F], in plan.Instruction) step {
	layouts := append([]plan.Layout{in.Dst}, in.Args...)
	lp := newLoop(in.Dst.Shape, layouts...)
	var data [maxOperands][]F
	for i, l := range layouts {
		data[i] = m.data(l)
	}
	kernels := m.kernels
	return func() error {
		for _, at := range lp.outer {
			var x [maxOperands]kernel.Matrix[F]
			for i := range layouts {
				x[i] = kernel.Matrix[F]{Data: data[i][at[i]:], Row: lp.row[i], Col: lp.col[i]}
			}
			x[0].Col = max(x[0].Col, 1) // of a single column the layout has no stride; a result is never repeated
			kernels.Map(fn, k, lp.rows, lp.cols, x[0], x[1], x[2], x[3])
		}
		return nil
	}
}

// bindSum binds a sum of any number of arguments: the first two are added, then the others one by one.
func (m *machine[F]) bindSum(in plan.Instruction) step {
	first := plan.Instruction{Dst: in.Dst, Args: in.Args[:min(2, len(in.Args))]}
	fn := kernel.Add
	if len(in.Args) == 1 {
		fn = kernel.Copy
	}
	steps := []step{m.bindMap(fn, kernel.Consts[F]{}, first)}
	for _, a := range in.Args[len(first.Args):] {
		steps = append(steps, m.bindMap(kernel.Add, kernel.Consts[F]{}, plan.Instruction{Dst: in.Dst, Args: []plan.Layout{in.Dst, a}}))
	}
	return func() error {
		for _, s := range steps {
			if err := s(); err != nil {
				return err
			}
		}
		return nil
	}
}

// bindIndexCopy binds a copy of integers.
func (m *machine[F]) bindIndexCopy(in plan.Instruction) step {
	lp := newLoop(in.Dst.Shape, in.Dst, in.Args[0])
	dst, src := m.ints(in.Dst), m.ints(in.Args[0])
	return func() error {
		for _, at := range lp.outer {
			for r := range lp.rows {
				for c := range lp.cols {
					dst[at[0]+r*lp.row[0]+c*lp.col[0]] = src[at[1]+r*lp.row[1]+c*lp.col[1]]
				}
			}
		}
		return nil
	}
}
