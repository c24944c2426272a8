// Package plan decides where the values of a graph stand in memory: which share storage, which are written straight
// into a part of another, and which may use memory that others no longer need.
package plan

import (
	"fmt"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Space is a kind of memory.
type Space uint8

// The spaces.
const (
	Arena Space = iota // the program's own memory, shared over time
	Param              // the parameter named Name
	Grad               // the gradients, from Offset
	Const              // constants
	Index              // integers
	numSpaces
)

// Buffer is a range of one space.
type Buffer struct {
	Space      Space
	Name       string // of a parameter
	Offset     int
	Size       int
	Persistent bool // holds what is set before or read after a run
	Fill       float64
	Data       *[]float64 // of a constant tensor; nil means one element, Fill
	first      int        // the instructions that first write and last use it
	last       int
	given      bool // its memory went on to the result of the instruction that last uses it
}

// LastUse returns the place in the plan of the last instruction that uses the buffer.
func (b *Buffer) LastUse() int { return b.last }

// Layout says where the elements of a value stand: element (i, j, …) at Offset + i·Strides[0] + j·Strides[1] + … of the
// buffer.
type Layout struct {
	Buffer  *Buffer
	Offset  int
	Shape   []int
	Strides []int
}

// String names the memory, with the strides where the elements are not side by side.
func (l Layout) String() string {
	where := [...]string{Arena: "arena", Param: l.Buffer.Name, Grad: "grad", Const: "const", Index: "index"}[l.Buffer.Space]
	s := fmt.Sprintf("%s+%d %v", where, l.Buffer.Offset+l.Offset, l.Shape)
	if !l.Contiguous() {
		s += fmt.Sprintf("/%v", l.Strides)
	}
	return s
}

// Rows views a layout as a matrix of rows of adjacent elements along the last axis. It fails where the rows are not
// evenly spaced.
func (l Layout) Rows() (rows, cols, stride int, ok bool) {
	rank := len(l.Shape)
	if rank == 0 {
		return 1, 1, 1, true
	}
	cols = l.Shape[rank-1]
	if cols > 1 && l.Strides[rank-1] != 1 {
		return 0, 0, 0, false
	}
	rows, stride = 1, cols
	for i := rank - 2; i >= 0; i-- {
		if l.Shape[i] == 1 {
			continue
		}
		if rows == 1 {
			stride = l.Strides[i]
		} else if l.Strides[i] != stride*rows {
			return 0, 0, 0, false
		}
		rows *= l.Shape[i]
	}
	return rows, cols, stride, true
}

// Contiguous reports whether the elements stand side by side in row-major order.
func (l Layout) Contiguous() bool {
	rows, cols, stride, ok := l.Rows()
	return ok && (rows <= 1 || stride == cols)
}

// reshapeStrides returns the strides under which a layout shows another shape of as many elements, if it can.
func reshapeStrides(shape, strides, to []int) ([]int, bool) {
	out := make([]int, len(to))
	i, j := 0, 0
	for j < len(to) || i < len(shape) {
		// Take the smallest groups of axes with the same number of elements on both sides.
		i0, j0 := i, j
		n, m := 1, 1
		if i < len(shape) {
			n = shape[i]
			i++
		}
		if j < len(to) {
			m = to[j]
			j++
		}
		for n != m {
			if n < m {
				n *= shape[i]
				i++
			} else {
				m *= to[j]
				j++
			}
		}
		// Axes of the group must be one run, size-1 axes aside.
		step, have := 1, 1
		first := true
		for k := i - 1; k >= i0; k-- {
			if shape[k] == 1 {
				continue
			}
			if first {
				step, first = strides[k], false
			} else if strides[k] != step*have {
				return nil, false
			}
			have *= shape[k]
		}
		for k := j - 1; k >= j0; k-- {
			out[k] = step
			step *= to[k]
		}
	}
	return out, true
}

// view returns the layout of a view of an argument, if it needs no copy.
func view(v *ir.Value, arg Layout) (Layout, bool) {
	l := Layout{Buffer: arg.Buffer, Offset: arg.Offset, Shape: v.Shape}
	switch op := v.Op.(type) {
	case ir.Slice:
		l.Offset += op.From * arg.Strides[op.Axis]
		l.Strides = arg.Strides
	case ir.Transpose:
		l.Strides = make([]int, len(v.Shape))
		for i := range l.Strides {
			l.Strides[i] = arg.Strides[op.Perm.Axis[i]]
		}
	case ir.Reshape:
		s, ok := reshapeStrides(arg.Shape, arg.Strides, v.Shape)
		if !ok {
			return Layout{}, false
		}
		l.Strides = s
	}
	return l, true
}
