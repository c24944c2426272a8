package exec

import (
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
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
