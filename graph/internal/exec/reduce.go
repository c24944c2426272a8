package exec

import (
	"math"
	"slices"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() {
	register(bindReduceSum[float32], bindReduceSum[float64])
	register(bindReduceMax[float32], bindReduceMax[float64])
}

// bindReduceMax binds a maximum along axes. The result's layout, broadcast to the argument's shape, stands still along a
// reduced axis: a stride of 0 says where to reduce. Rows along a reduced axis are reduced by one kernel call; where the reduced axis is an outer
// one, rows are combined elementwise.
func bindReduceMax[F kernel.Float](m *binding[F], _ ir.ReduceMax, in plan.Instruction) step {
	arg := in.Args[0]
	lp := newLoop(arg.Shape, in.Dst, arg)
	start := newLoop(in.Dst.Shape, in.Dst)
	to, from := m.operand(in.Dst), m.operand(arg)
	kernels := m.kernels
	initial := F(math.Inf(-1))
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
			for r := range lp.rows {
				d := dst[at[0]+r*lp.row[0]:]
				x := kernel.Vector[F]{Data: src[at[1]+r*lp.row[1]:], Stride: lp.col[1]}
				if lp.col[0] == 0 {
					d[0] = max(d[0], kernels.Max(lp.cols, x))
				} else {
					maxInto(lp.cols, d, lp.col[0], x)
				}
			}
		}
		return nil
	}
}

// sumColumns is how many columns are summed at a time where rows are added: their sums stay in the first-level cache.
const sumColumns = 512

// bindReduceSum binds a sum. However the argument lies, no number is added to more than some others in float32: the
// kernels add in float64, and so is what several calls of them give. Where an axis along which elements are adjacent is
// kept, rows are added to one; else each element of the result is the sum of vectors.
func bindReduceSum[F kernel.Float](m *binding[F], _ ir.ReduceSum, in plan.Instruction) step {
	kept, reduced := sumAxes(in)
	to, from := m.operand(in.Dst), m.operand(in.Args[0])
	kernels := m.kernels
	// The last axes of both kinds are the kernels'; over the others there are loops.
	var cols, rows sumAxis
	kept, cols = kept[:len(kept)-1], kept[len(kept)-1]
	reduced, rows = reduced[:len(reduced)-1], reduced[len(reduced)-1]
	results, parts := offsets(kept), offsets(reduced)
	if cols.src == 1 && cols.size > 1 {
		direct := len(parts) == 1 && cols.dst == 1
		var total []float64
		var sum []F
		if !direct {
			total, sum = make([]float64, min(cols.size, sumColumns)), make([]F, min(cols.size, sumColumns))
		}
		return func(t times) error {
			dst, src := to.at(t), from.at(t)
			for _, at := range results {
				for c := 0; c < cols.size; c += sumColumns {
					n := min(sumColumns, cols.size-c)
					if direct {
						d := dst[at.dst+c:][:n]
						clear(d)
						kernels.AddRows(rows.size, n, d, kernel.Rows[F]{Data: src[at.src+c:], Stride: rows.src})
						continue
					}
					clear(total)
					for _, part := range parts {
						clear(sum)
						kernels.AddRows(rows.size, n, sum[:n], kernel.Rows[F]{Data: src[at.src+part.src+c:], Stride: rows.src})
						for i, v := range sum[:n] {
							total[i] += float64(v)
						}
					}
					for i, v := range total[:n] {
						dst[at.dst+(c+i)*cols.dst] = F(v)
					}
				}
			}
			return nil
		}
	}
	return func(t times) error {
		dst, src := to.at(t), from.at(t)
		for _, at := range results {
			for c := range cols.size {
				var total float64
				for _, part := range parts {
					total += float64(kernels.Sum(rows.size, kernel.Vector[F]{Data: src[at.src+part.src+c*cols.src:], Stride: rows.src}))
				}
				dst[at.dst+c*cols.dst] = F(total)
			}
		}
		return nil
	}
}

// sumAxis is an axis of a sum: its size, and how far apart its elements are in the result and in the argument.
type sumAxis struct{ size, dst, src int }

// sumAxes returns the axes that a sum keeps and those that it reduces, at least one of each and neighbours joined where
// they can be. The last that is kept is that along which the argument's elements are closest. The last that is reduced is
// so, too, if the elements are adjacent and more than a vector, and else the longest, which makes the fewest calls.
func sumAxes(in plan.Instruction) (kept, reduced []sumAxis) {
	arg := in.Args[0]
	add := func(list []sumAxis, a sumAxis) []sumAxis {
		if n := len(list); n > 0 && list[n-1].src == a.src*a.size && list[n-1].dst == a.dst*a.size {
			a.size *= list[n-1].size
			list = list[:n-1]
		}
		return append(list, a)
	}
	for i, size := range arg.Shape {
		switch a := (sumAxis{size, in.Dst.Strides[i], arg.Strides[i]}); {
		case size == 1:
		case in.Dst.Shape[i] == 1:
			a.dst = 0
			reduced = add(reduced, a)
		default:
			kept = add(kept, a)
		}
	}
	for _, list := range []*[]sumAxis{&kept, &reduced} {
		if len(*list) == 0 {
			*list = append(*list, sumAxis{size: 1})
		}
		slices.SortStableFunc(*list, func(a, b sumAxis) int { return b.src - a.src })
	}
	if last := reduced[len(reduced)-1]; last.src != 1 || last.size <= 16 {
		slices.SortStableFunc(reduced, func(a, b sumAxis) int { return a.size - b.size })
	}
	return kept, reduced
}

// offset is where a part of a sum begins in the result and in the argument.
type offset struct{ dst, src int }

// offsets returns where the parts begin that axes divide a sum into.
func offsets(axes []sumAxis) []offset {
	list := []offset{{}}
	for _, a := range axes {
		next := make([]offset, 0, len(list)*a.size)
		for _, o := range list {
			for i := range a.size {
				next = append(next, offset{o.dst + i*a.dst, o.src + i*a.src})
			}
		}
		list = next
	}
	return list
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
