package ir

import (
	"fmt"
	"slices"
)

// Op says what a value computes from its arguments. What the compiler must know of an operation, it says itself: here and
// by the interfaces below, each of which an operation may do without. Then the compiler takes what is always right, never
// what is usual: an operation that says nothing reads and writes contiguous memory of its own and is computed by one
// worker. Every Op but Foreign is comparable: two values with equal ops, shapes and arguments are the same value.
type Op interface {
	// String names the operation with its attributes.
	String() string
	// Check returns an error unless a value of the shape out can be what the operation makes of arguments of these
	// shapes. It is what Verify knows of shapes.
	Check(out []int, args [][]int) error
}

// Form is how the elements of an operand must stand in memory.
type Form uint8

// The forms, from the strictest on.
const (
	Contiguous Form = iota // side by side in row-major order
	Rows                   // rows along the last axis of adjacent elements, evenly spaced
	Adjacent               // adjacent along the last axis
	Strided                // anyhow
)

type (
	// Reader says in which forms an operation can read its arguments; without it all are Contiguous.
	Reader interface{ Reads(arg int) Form }
	// Writer says in which form it can write its result; without it Contiguous.
	Writer interface{ Writes() Form }
	// Overwriter says of an operation with so many arguments which of them, from first on and before last, may stand
	// where its result is written: element by element they are read before it is. Without it none.
	Overwriter interface {
		Overwrites(args int) (first, last int)
	}
	// Divider says how workers share it; without it one of them computes it alone.
	Divider interface {
		// Divide returns the axis of a result along which parts of it are computed independently of one another, −1 if
		// there is none, and what the sizes of parts should be a multiple of.
		Divide(out []int) (axis, unit int)
		// Part returns the axis along which a part of the result reads the same part of an argument; −1 if it reads the
		// whole of it.
		Part(arg, axis int, out []int, args [][]int) int
	}
	// Coster counts the multiply-adds of an operation that takes time for them, or for as many; without it its time is
	// that of going once through the largest operand.
	Coster interface {
		MultiplyAdds(out []int, args [][]int) float64
	}
	// Fuser is an elementwise operation: it may be computed block by block together with its neighbours. Fuse calls emit
	// for each function of the kernels that it consists of, with the numbers of values, and returns that of its result.
	Fuser interface {
		Fuse(args []int, emit func(m Map, args ...int) int) int
	}
	// Viewer is an operation whose result may be its argument's memory under other strides.
	Viewer interface {
		// View returns where the elements of a result stand in an argument of a shape and strides, which are counted from
		// the argument's first element, or false if strides cannot say it.
		View(out, shape, strides []int) (offset int, viewed []int, ok bool)
	}
	// Batcher is an operation that computes the results of all steps of a sequence at once. Batch returns the operation
	// that gives them, [T, out…], of arguments of which those that are stacked have the axis of time before their own;
	// false if there is none.
	Batcher interface {
		Batch(out []int, stacked []bool) (Op, bool)
	}
	// IndexReader says which arguments hold integers; without it none do, but a Viewer's argument may.
	IndexReader interface{ ReadsIndex(arg int) bool }
	// Reducer sums over the rows of its arguments: of a stack of steps it is best computed as soon as these are there.
	Reducer interface{ reduces() }
	// Source is a value that no instruction computes.
	Source interface{ isSource() }
)

// ReadForm returns the form in which an operation reads an argument.
func ReadForm(op Op, arg int) Form {
	if r, ok := op.(Reader); ok {
		return r.Reads(arg)
	}
	return Contiguous
}

// WriteForm returns the form in which an operation writes.
func WriteForm(op Op) Form {
	if w, ok := op.(Writer); ok {
		return w.Writes()
	}
	return Contiguous
}

// Overwrites returns the range of an operation's arguments in whose place the result may be written.
func Overwrites(op Op, args int) (first, last int) {
	if o, ok := op.(Overwriter); ok {
		return o.Overwrites(args)
	}
	return 0, 0
}

// IsSource reports whether op computes nothing.
func IsSource(op Op) bool {
	_, ok := op.(Source)
	return ok
}

// IsView reports whether op only renames storage.
func IsView(op Op) bool {
	_, ok := op.(Viewer)
	return ok
}

// rowwise is what operations share that compute each row, along the last axis, by itself.
type rowwise struct{}

func (rowwise) Reads(int) Form { return Rows }
func (rowwise) Writes() Form   { return Rows }

func (rowwise) Divide(out []int) (axis, unit int) {
	if axis = firstAxis(out); axis == len(out)-1 {
		return -1, 1 // one row
	}
	return axis, 1
}

func (rowwise) Part(arg, axis int, out []int, args [][]int) int { return aligned(args[arg], axis, out) }

// elementwise is what operations share that compute each element by itself, with broadcast arguments.
type elementwise struct{}

func (elementwise) Reads(int) Form                    { return Strided }
func (elementwise) Writes() Form                      { return Strided }
func (elementwise) Divide(out []int) (axis, unit int) { return firstAxis(out), 1 }
func (elementwise) Part(arg, axis int, out []int, args [][]int) int {
	return aligned(args[arg], axis, out)
}

func (elementwise) Check(out []int, args [][]int) error {
	if len(args) == 0 {
		return fmt.Errorf("no arguments")
	}
	for _, a := range args {
		if !broadcasts(a, out) {
			return fmt.Errorf("%v cannot be broadcast to %v", a, out)
		}
	}
	return nil
}

// all reports whether every argument is stacked.
func all(stacked []bool) bool { return !slices.Contains(stacked, false) }

// firstAxis returns the first axis that can be divided, or −1.
func firstAxis(shape []int) int {
	for i, d := range shape {
		if d > 1 {
			return i
		}
	}
	return -1
}

// aligned returns the axis of an argument's shape that stands against an axis of the result, counted from the last; −1
// where the argument has none or is broadcast along it.
func aligned(arg []int, axis int, out []int) int {
	if at := len(arg) - (len(out) - axis); at >= 0 && arg[at] != 1 {
		return at
	}
	return -1
}

// broadcasts reports whether one shape can be broadcast to another.
func broadcasts(from, to []int) bool {
	lead := len(to) - len(from)
	if lead < 0 {
		return false
	}
	for i, d := range from {
		if d != 1 && d != to[lead+i] {
			return false
		}
	}
	return true
}

// count returns an error unless there are n arguments.
func count(args [][]int, n int) error {
	if len(args) != n {
		return fmt.Errorf("%d arguments; want %d", len(args), n)
	}
	return nil
}

// same returns an error unless there are n arguments of the shape of the result.
func same(out []int, args [][]int, n int) error {
	if err := count(args, n); err != nil {
		return err
	}
	for i, a := range args {
		if !SameShape(a, out) {
			return fmt.Errorf("argument %d is %v; want %v", i, a, out)
		}
	}
	return nil
}
