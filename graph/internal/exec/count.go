package exec

import (
	"slices"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() {
	register(bindTakeStep[float32], bindTakeStep[float64])
	register(bindPutStep[float32], bindPutStep[float64])
	register(bindClearTail[float32], bindClearTail[float64])
}

// counter knows how many steps a counted loop has in a run.
type counter struct {
	ir.Count
	lengths operand[int]
	n       int // of the lengths
	depth   int // of the loop around, whose steps are strips
}

// steps returns the number of steps at time steps of the loops around.
func (c *counter) steps(t times) int {
	return c.Of(slices.Max(c.lengths.at(t)[:c.n]), t[c.depth])
}

// counter returns the counter of lengths.
func (m *machine[F]) counter(c ir.Count, lengths plan.Layout) *counter {
	return &counter{Count: c, lengths: m.indices(lengths), n: ir.Size(lengths.Shape)}
}

// without returns a layout without its first axis, and that axis' size and stride.
func without(l plan.Layout) (one plan.Layout, size, stride int) {
	one = l
	one.Shape, one.Strides = l.Shape[1:], l.Strides[1:]
	return one, l.Shape[0], l.Strides[0]
}

// copyStep returns the step that copies an element of a stack, that behind the last step: src or dst, which has a stride.
func (m *machine[F]) copyStep(dst, src plan.Layout, dstStride, srcStride int, c *counter) step {
	lp := newLoop(dst.Shape, dst, src)
	to, from := m.operand(dst), m.operand(src)
	kernels := m.kernels
	return func(t times) error {
		n := c.steps(t)
		y, x := to.at(t)[n*dstStride:], from.at(t)[n*srcStride:]
		for _, at := range lp.outer {
			kernels.Map(kernel.Copy, kernel.Consts[F]{}, lp.rows, lp.cols, kernel.Matrix[F]{Data: y[at[0]:], Row: lp.row[0], Col: max(lp.col[0], 1)},
				kernel.Matrix[F]{Data: x[at[1]:], Row: lp.row[1], Col: lp.col[1]}, kernel.Matrix[F]{}, kernel.Matrix[F]{})
		}
		return nil
	}
}

func bindTakeStep[F kernel.Float](c *binding[F], op ir.TakeStep, in plan.Instruction) step {
	src, _, stride := without(in.Args[0])
	return c.copyStep(in.Dst, src, 0, stride, c.counter(op.Count, in.Args[1]))
}

func bindPutStep[F kernel.Float](c *binding[F], op ir.PutStep, in plan.Instruction) step {
	dst, _, stride := without(in.Dst)
	return c.copyStep(dst, in.Args[0], stride, 0, c.counter(op.Count, in.Args[1]))
}

func bindClearTail[F kernel.Float](c *binding[F], op ir.ClearTail, in plan.Instruction) step {
	count := c.counter(op.Count, in.Args[0])
	one, size, stride := without(in.Dst)
	lp := newLoop(one.Shape, one)
	to := c.operand(in.Dst)
	return func(t times) error {
		n := count.steps(t)
		if op.States {
			n++
		}
		y := to.at(t)
		for ; n < size; n++ {
			for _, at := range lp.outer {
				for r := range lp.rows {
					row := y[n*stride+at[0]+r*lp.row[0]:]
					if lp.col[0] == 1 {
						clear(row[:lp.cols])
						continue
					}
					for col := range lp.cols {
						row[col*lp.col[0]] = 0
					}
				}
			}
		}
		return nil
	}
}
