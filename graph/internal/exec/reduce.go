package exec

import (
	"math"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() {
	register(bindReduceSum[float32], bindReduceSum[float64])
	register(bindReduceMax[float32], bindReduceMax[float64])
}

func bindReduceSum[F kernel.Float](c *binding[F], _ ir.ReduceSum, in plan.Instruction) step {
	return c.reduce(in, false)
}

func bindReduceMax[F kernel.Float](c *binding[F], _ ir.ReduceMax, in plan.Instruction) step {
	return c.reduce(in, true)
}

// reduce binds a sum or a maximum along axes. The result's layout, broadcast to the argument's shape, stands still
// along a reduced axis: a stride of 0 says where to reduce. Rows along a reduced axis are reduced by one kernel call;
// where the reduced axis is an outer one, rows are combined elementwise.
func (m *machine[F]) reduce(in plan.Instruction, largest bool) step {
	arg := in.Args[0]
	lp := newLoop(arg.Shape, in.Dst, arg)
	start := newLoop(in.Dst.Shape, in.Dst)
	to, from := m.operand(in.Dst), m.operand(arg)
	kernels := m.kernels
	var initial F
	if largest {
		initial = F(math.Inf(-1))
	}
	return func(t times) error {
		dst, src := to.at(t), from.at(t)
		for _, at := range start.outer {
			for r := range start.rows {
				for c := range start.cols {
					dst[at[0]+r*start.row[0]+c*start.col[0]] = initial
				}
			}
		}
		for _, at := range lp.outer {
			if !largest && lp.row[0] == 0 && lp.col[0] == 1 && lp.col[1] == 1 { // rows are added to one
				kernels.AddRows(lp.rows, lp.cols, dst[at[0]:at[0]+lp.cols], kernel.Rows[F]{Data: src[at[1]:], Stride: lp.row[1]})
				continue
			}
			for r := range lp.rows {
				d := dst[at[0]+r*lp.row[0]:]
				x := kernel.Vector[F]{Data: src[at[1]+r*lp.row[1]:], Stride: lp.col[1]}
				switch {
				case lp.col[0] == 0 && largest:
					d[0] = max(d[0], kernels.Max(lp.cols, x))
				case lp.col[0] == 0:
					d[0] += kernels.Sum(lp.cols, x)
				case largest:
					maxInto(lp.cols, d, lp.col[0], x)
				default:
					y := kernel.Matrix[F]{Data: d, Col: lp.col[0]}
					kernels.Map(kernel.Add, kernel.Consts[F]{}, 1, lp.cols, y, y, kernel.Matrix[F]{Data: x.Data, Col: x.Stride}, kernel.Matrix[F]{})
				}
			}
		}
		return nil
	}
}

// maxInto sets d[i] to the larger of d[i] and x[i], a NaN if one of them is.
func maxInto[F kernel.Float](n int, d []F, stride int, x kernel.Vector[F]) {
	if stride == 1 && x.Stride == 1 {
		d = d[:n]
		for i, v := range x.Data[:n] {
			d[i] = max(d[i], v)
		}
		return
	}
	for i := range n {
		d[i*stride] = max(d[i*stride], x.Data[i*x.Stride])
	}
}
