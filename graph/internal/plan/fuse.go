package plan

import (
	"slices"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// fuse makes one instruction of neighbouring elementwise instructions over the same rows and columns. What they hand to
// each other then stays in registers or in the first-level cache, and takes no memory if nothing else reads it: so it is
// done before buffers have their places in memory, and before workers share the instructions.
func fuse(list []Instruction) []Instruction {
	var out []Instruction
	var c *cluster
	flush := func() {
		if c != nil {
			out = append(out, c.instructions()...)
			c = nil
		}
	}
	for _, in := range list {
		switch {
		case in.Loop != nil:
			flush()
			in.Loop.Body = fuse(in.Loop.Body)
			out = append(out, in)
		case c != nil && c.add(in):
		default:
			flush()
			if c = newCluster(in); c == nil {
				out = append(out, in)
			}
		}
	}
	flush()
	return out
}

// cluster is elementwise instructions of one size, no two of which touch the same memory at different elements.
type cluster struct {
	members       []placed
	rows, cols    int
	unit          int // rows, of which each member would be divided among workers by multiples
	written, read map[place]Layout
	operands      int // places that are read before they are written, and those that are written
	ops           int
}

// place is the memory of an operand as rows and columns. Equal places are the same elements in the same order.
type place struct {
	buffer           *Buffer
	offset, row, col int
	step             [MaxDepth]Step
}

// placed is an instruction with the places of its operands.
type placed struct {
	Instruction
	dst  place
	args []place
}

// newCluster returns the cluster of one instruction, or nil if it is not elementwise.
func newCluster(in Instruction) *cluster {
	rows, cols := matrixSize(in.Dst.Shape)
	c := &cluster{rows: rows, cols: cols, unit: 1, written: make(map[place]Layout), read: make(map[place]Layout)}
	if !c.add(in) {
		return nil
	}
	return c
}

// matrixSize returns the rows and columns of a shape: the last axis that is not 1, and all before it.
func matrixSize(shape []int) (rows, cols int) {
	rows, cols = 1, 1
	for _, d := range shape {
		if d != 1 {
			rows, cols = rows*cols, d
		}
	}
	return rows, cols
}

// placeOf returns the memory of an operand that is broadcast to a shape, if its rows are evenly spaced.
func placeOf(l Layout, shape []int) (place, bool) {
	p := place{buffer: l.Buffer, offset: l.Offset, step: l.Step}
	rows, first := 1, true // rows counts those that p.row leads through so far
	for i := len(shape) - 1; i >= 0; i-- {
		if shape[i] == 1 {
			continue
		}
		stride := 0
		if at := i - (len(shape) - len(l.Shape)); at >= 0 && l.Shape[at] != 1 {
			stride = l.Strides[at]
		}
		switch {
		case first:
			p.col, first = stride, false
			continue
		case rows == 1:
			p.row = stride
		case stride != p.row*rows:
			return place{}, false
		}
		rows *= shape[i]
	}
	return p, true
}

// add puts an instruction into the cluster, or returns false if it does not belong there.
func (c *cluster) add(in Instruction) bool {
	if _, ok := in.Op.(ir.Fuser); !ok || in.Dst.Buffer.Space == Index || c.ops+len(in.Args) > kernel.MaxFusedOps {
		return false
	}
	if rows, cols := matrixSize(in.Dst.Shape); rows != c.rows || cols != c.cols {
		return false
	}
	dst, ok := placeOf(in.Dst, in.Dst.Shape)
	if !ok {
		return false
	}
	args := make([]place, len(in.Args))
	for i, a := range in.Args {
		if args[i], ok = placeOf(a, in.Dst.Shape); !ok || touches(c.written, args[i], a) {
			return false
		}
	}
	if touches(c.written, dst, in.Dst) || touches(c.read, dst, in.Dst) {
		return false
	}
	operands := c.operands
	for i, p := range args {
		_, read := c.read[p]
		if _, written := c.written[p]; !read && !written && !slices.Contains(args[:i], p) {
			operands++
		}
	}
	if _, written := c.written[dst]; !written {
		operands++
	}
	if operands > kernel.MaxFusedOperands {
		return false
	}
	for i, p := range args {
		c.read[p] = in.Args[i]
	}
	c.written[dst], c.operands = in.Dst, operands
	c.ops += max(1, len(in.Args)-1)
	if axis, _ := divide(in); axis >= 0 && c.rows > 1 {
		c.unit = leastCommonMultiple(c.unit, c.rows/in.Dst.Shape[axis])
	}
	c.members = append(c.members, placed{in, dst, args})
	return true
}

func leastCommonMultiple(a, b int) int { return a / gcd(a, b) * b }

// touches reports whether a layout shares memory with one of others that is at another place.
func touches(others map[place]Layout, p place, l Layout) bool {
	for q, o := range others {
		// Buffers of the arena have no place in it yet: each is memory of its own.
		if q != p && (q.buffer == p.buffer || o.Buffer.Space != Arena) && Overlap(o, l) {
			return true
		}
	}
	return false
}

// instructions returns the members as one instruction, or as they are if the kernels cannot take them together.
func (c *cluster) instructions() []Instruction {
	if len(c.members) > 1 {
		if in, ok := c.fused(); ok {
			return []Instruction{in}
		}
	}
	list := make([]Instruction, len(c.members))
	for i, m := range c.members {
		list[i] = m.Instruction
	}
	return list
}

// firstResult is the number of the first operation's value: those below are operands.
const firstResult = 1 << 16

// fused returns the members as one instruction.
func (c *cluster) fused() (fused Instruction, ok bool) {
	var operands []place
	values := make(map[place]int) // the value that stands at a place now: an operand, or the result of an operation
	value := func(p place) int {
		if _, ok := values[p]; !ok {
			values[p] = len(operands)
			operands = append(operands, p)
		}
		return values[p]
	}
	var ops []valueOp
	emit := func(m ir.Map, args ...int) int {
		ops = append(ops, valueOp{m, args})
		return firstResult + len(ops) - 1
	}
	var written []place // in the order in which they are first
	for _, m := range c.members {
		args := make([]int, len(m.args))
		for i, p := range m.args {
			args[i] = value(p)
		}
		values[m.dst] = m.Op.(ir.Fuser).Fuse(args, emit)
		if !slices.Contains(written, m.dst) {
			written = append(written, m.dst)
		}
	}
	// What nothing reads behind the members need not be written.
	in, end := len(operands), c.members[len(c.members)-1].At
	register := make(map[int]uint8)
	for i := range operands {
		register[i] = uint8(i)
	}
	for _, p := range written {
		if p.buffer.deadAfter(end) {
			continue
		}
		if _, taken := register[values[p]]; taken {
			return fused, false // two places hold one value
		}
		register[values[p]] = uint8(len(operands))
		operands = append(operands, p)
	}
	program, ok := compile(ops, register, in, len(operands)-in)
	if !ok {
		return fused, false
	}
	layouts := make([]Layout, len(operands))
	for i, p := range operands {
		layouts[i] = Layout{p.buffer, p.offset, []int{c.rows, c.cols}, []int{p.row, p.col}, p.step}
	}
	for i := range in {
		for j := in; j < len(operands); j++ {
			if operands[i] == operands[j] && !program.CanShare(i, j-in) {
				return fused, false
			}
		}
	}
	return Instruction{Op: &ir.Fused{Program: program, Unit: c.unit}, Dst: layouts[in], Also: layouts[in+1:], Args: layouts[:in:in]}, true
}

// valueOp is an operation on values: of operands, and of operations by firstResult and their number.
type valueOp struct {
	ir.Map
	args []int
}

// compile returns the program that computes those values of operations which have registers, of in operands. The others
// have registers behind these.
func compile(ops []valueOp, register map[int]uint8, in, out int) (*kernel.FusedProgram[float64], bool) {
	live := make([]bool, len(ops))
	for i := len(ops) - 1; i >= 0; i-- {
		if _, ok := register[firstResult+i]; ok {
			live[i] = true
		}
		for _, a := range ops[i].args {
			if live[i] && a >= firstResult {
				live[a-firstResult] = true
			}
		}
	}
	next := in + out
	var code []kernel.MicroOp[float64]
	for i, op := range ops {
		if !live[i] {
			continue
		}
		dst, ok := register[firstResult+i]
		if !ok {
			if next > 255 {
				return nil, false
			}
			dst = uint8(next)
			register[firstResult+i] = dst
			next++
		}
		micro := kernel.MicroOp[float64]{Fn: op.Fn, Dst: dst, K: kernel.Consts[float64](op.K)}
		for j, to := range []*uint8{&micro.A, &micro.B, &micro.C}[:len(op.args)] {
			*to = register[op.args[j]]
		}
		code = append(code, micro)
	}
	program, err := kernel.NewFused(in, out, code)
	return program, err == nil
}
