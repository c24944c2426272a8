package exec

import (
	"slices"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// fuse divides a worker's instructions into groups that one call of a kernel computes: neighbouring elementwise
// instructions over the same rows and columns, whose intermediate values then stay in registers or in the first-level
// cache. A barrier, or any other instruction, is a group of its own.
func fuse(list []*plan.Instruction) [][]*plan.Instruction {
	var groups [][]*plan.Instruction
	var current *cluster
	for _, in := range list {
		if current != nil && in != nil && in.Loop == nil && current.add(in) {
			groups[len(groups)-1] = append(groups[len(groups)-1], in)
			continue
		}
		groups = append(groups, []*plan.Instruction{in})
		current = newCluster(in)
	}
	return groups
}

// place is an operand's memory as rows and columns. Equal places are the same elements in the same order.
type place struct {
	space    plan.Space
	name     string       // of a parameter
	constant *plan.Buffer // of a constant
	offset   int
	row, col int
	step     times
}

// cluster is elementwise instructions of one size, no two of which touch the same memory at different elements.
type cluster struct {
	rows, cols int
	written    map[place]plan.Layout
	read       map[place]plan.Layout
	ops        int
}

// newCluster returns the cluster of one instruction, or nil if it is not elementwise.
func newCluster(in *plan.Instruction) *cluster {
	if in == nil || in.Loop != nil || !elementwise(in) {
		return nil
	}
	rows, cols := matrixSize(in.Dst.Shape)
	c := &cluster{rows: rows, cols: cols, written: make(map[place]plan.Layout), read: make(map[place]plan.Layout)}
	if !c.add(in) {
		return nil
	}
	return c
}

func elementwise(in *plan.Instruction) bool {
	_, ok := in.Op.(ir.Fuser)
	return ok && in.Dst.Buffer.Space != plan.Index
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
func placeOf(l plan.Layout, shape []int) (place, bool) {
	p := place{space: l.Buffer.Space, offset: l.Buffer.Offset + l.Offset, step: sizes(l)}
	switch p.space {
	case plan.Param:
		p.name = l.Buffer.Name
	case plan.Const:
		p.constant = l.Buffer
	}
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
func (c *cluster) add(in *plan.Instruction) bool {
	if !elementwise(in) || c.ops+len(in.Args) > kernel.MaxFusedOps {
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
		if args[i], ok = placeOf(a, in.Dst.Shape); !ok {
			return false
		}
		if overlaps(c.written, args[i], a) {
			return false
		}
	}
	if overlaps(c.written, dst, in.Dst) || overlaps(c.read, dst, in.Dst) {
		return false
	}
	operands := len(c.read) + len(c.written) + 1
	for i, p := range args {
		if _, ok := c.read[p]; !ok && !slices.Contains(args[:i], p) {
			operands++
		}
	}
	if operands > kernel.MaxFusedOperands {
		return false
	}
	for i, p := range args {
		c.read[p] = in.Args[i]
	}
	c.written[dst] = in.Dst
	c.ops += max(1, len(in.Args)-1)
	return true
}

// overlaps reports whether a layout shares memory with one of others that is at another place.
func overlaps(others map[place]plan.Layout, p place, l plan.Layout) bool {
	for q, o := range others {
		if q != p && plan.Overlap(o, l) {
			return true
		}
	}
	return false
}

// bindFused binds a group of instructions as one fused program, or returns nil if the kernels cannot take it.
func (m *machine[F]) bindFused(group []*plan.Instruction) step {
	var inputs []plan.Layout
	var places []place
	values := make(map[place]int) // the value that stands at a place now: an input, or the result of an operation
	var ops []valueOp[F]
	const firstResult = 1 << 16
	value := func(l plan.Layout, shape []int) int {
		p, _ := placeOf(l, shape)
		if v, ok := values[p]; ok {
			return v
		}
		values[p] = len(inputs)
		inputs = append(inputs, l)
		places = append(places, p)
		return values[p]
	}
	emit := func(op ir.Map, args ...int) int {
		ops = append(ops, valueOp[F]{op.Fn, consts[F](op), args})
		return firstResult + len(ops) - 1
	}
	type output struct {
		value int
		dst   plan.Layout
		place place
	}
	outputs := make(map[place]output)
	var order []place
	end := group[len(group)-1].At
	for _, in := range group {
		args := make([]int, len(in.Args))
		for i, a := range in.Args {
			args[i] = value(a, in.Dst.Shape)
		}
		v := in.Op.(ir.Fuser).Fuse(args, emit)
		p, _ := placeOf(in.Dst, in.Dst.Shape)
		values[p] = v
		if _, ok := outputs[p]; !ok {
			order = append(order, p)
		}
		outputs[p] = output{v, in.Dst, p}
	}

	// What nothing reads after the group need not be written.
	register := make(map[int]uint8)
	for i := range inputs {
		register[i] = uint8(i)
	}
	layouts := inputs
	for _, p := range order {
		o := outputs[p]
		if o.dst.Buffer.DeadAfter(end) {
			continue
		}
		if _, taken := register[o.value]; taken {
			return nil // two places hold one value
		}
		register[o.value] = uint8(len(layouts))
		layouts = append(layouts, o.dst)
		places = append(places, o.place)
	}
	out := len(layouts) - len(inputs)
	if out == 0 || len(layouts) > kernel.MaxFusedOperands {
		return nil
	}
	used := liveOps(ops, register, firstResult)
	next := len(layouts)
	var code []kernel.MicroOp[F]
	for i, op := range ops {
		if !used[i] {
			continue
		}
		dst, ok := register[firstResult+i]
		if !ok {
			if next > 255 {
				return nil
			}
			dst = uint8(next)
			register[firstResult+i] = dst
			next++
		}
		micro := kernel.MicroOp[F]{Fn: op.fn, Dst: dst, K: op.k}
		for j, a := range op.args {
			switch r := register[a]; j {
			case 0:
				micro.A = r
			case 1:
				micro.B = r
			case 2:
				micro.C = r
			}
		}
		code = append(code, micro)
	}
	prog, err := kernel.NewFused(len(inputs), out, code)
	if err != nil {
		return nil
	}
	for i := range inputs {
		for j := range out {
			if places[i] == places[len(inputs)+j] && !prog.CanShare(i, j) {
				return nil
			}
		}
	}
	operands := make([]kernel.Matrix[F], len(layouts))
	var moving []movingOperand[F]
	for i, l := range layouts {
		if o := m.operand(l); o.moves() {
			moving = append(moving, movingOperand[F]{i, o})
		}
		operands[i] = kernel.Matrix[F]{Data: m.data(l), Row: places[i].row, Col: places[i].col}
		if i >= len(inputs) {
			operands[i].Col = max(operands[i].Col, 1) // as in bindMap
		}
	}
	rows, cols := matrixSize(group[0].Dst.Shape)
	kernels := m.kernels
	return func(t times) error {
		for i := range moving {
			operands[moving[i].index].Data = moving[i].at(t)
		}
		kernels.Fused(rows, cols, prog, operands)
		return nil
	}
}

// movingOperand is an operand of a fused program that is not the same at all time steps.
type movingOperand[F kernel.Float] struct {
	index int
	operand[F]
}

// valueOp is an operation on values of a group.
type valueOp[F kernel.Float] struct {
	fn   kernel.Fn
	k    kernel.Consts[F]
	args []int
}

// liveOps reports which operations an output depends on.
func liveOps[F kernel.Float](ops []valueOp[F], outputs map[int]uint8, first int) []bool {
	live := make([]bool, len(ops))
	for i := len(ops) - 1; i >= 0; i-- {
		if _, ok := outputs[first+i]; ok {
			live[i] = true
		}
		if live[i] {
			for _, a := range ops[i].args {
				if a >= first {
					live[a-first] = true
				}
			}
		}
	}
	return live
}
