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
	loop       *Loop      // of what lives within one iteration: nil for what outlives a loop or is in none
	first      int        // the instructions that first write and last use it
	last       int
	given      bool // its memory went on to the result of the instruction that last uses it
	looped     bool // it outlives a loop that uses it: what is written may be read in the next iteration
}

// deadAfter reports whether nothing reads, behind an instruction at a place in the plan, what has been written up to it.
func (b *Buffer) deadAfter(at int) bool { return !b.Persistent && !b.looped && b.last <= at }

// Layout says where the elements of a value stand: element (i, j, …) at Offset + i·Strides[0] + j·Strides[1] + … of the
// buffer, and within loops so many elements further as Step says for each of their iterations.
type Layout struct {
	Buffer  *Buffer
	Offset  int
	Shape   []int
	Strides []int
	Step    [MaxDepth]Step
}

// MaxDepth is how many loops may stand in one another.
const MaxDepth = 2

// Step is how far a layout moves with each time step of a loop, in elements, and how many steps there are.
type Step struct{ Size, Count int }

// String names the memory, with the strides where the elements are not side by side.
func (l Layout) String() string {
	where := [...]string{Arena: "arena", Param: l.Buffer.Name, Grad: "grad", Const: "const", Index: "index"}[l.Buffer.Space]
	s := fmt.Sprintf("%s+%d %v", where, l.Buffer.Offset+l.Offset, l.Shape)
	if !l.Contiguous() {
		s += fmt.Sprintf("/%v", l.Strides)
	}
	for depth, step := range l.Step {
		if step.Size != 0 {
			s += fmt.Sprintf("+%d·%c", step.Size, "tu"[depth])
		}
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

// view returns the layout of a view of an argument, if it needs no copy.
func view(op ir.Viewer, shape []int, arg Layout) (Layout, bool) {
	offset, strides, ok := op.View(shape, arg.Shape, arg.Strides)
	return Layout{arg.Buffer, arg.Offset + offset, shape, strides, arg.Step}, ok
}

// has reports whether a layout is of a form.
func (l Layout) has(f ir.Form) bool {
	switch f {
	case ir.Strided:
		return true
	case ir.Adjacent:
		last := len(l.Shape) - 1
		return last < 0 || l.Strides[last] == 1 || l.Shape[last] == 1
	case ir.Rows:
		_, _, _, ok := l.Rows()
		return ok
	}
	return l.Contiguous()
}
