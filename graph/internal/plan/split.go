package plan

import "github.com/rnnzoo/rnnzoo/graph/internal/ir"

// Split divides an instruction among workers, by rows of its result where it can: over a recurrent network's batch, rows
// are independent through all its steps. Products with a single row and reductions over rows are divided by columns.
// Parts that are nil have nothing to do. An instruction that cannot be divided is the first worker's.
func Split(in Instruction, workers int) []*Instruction {
	parts := make([]*Instruction, workers)
	in = bySteps(in, workers)
	axis, unit := divide(in)
	if byColumns(in, workers) {
		axis, unit = len(in.Dst.Shape)-1, ir.VectorColumns
	}
	if axis < 0 || workers == 1 {
		parts[0] = &in
		return parts
	}
	n := in.Dst.Shape[axis]
	for w := range parts {
		from, to := n*w/workers, n*(w+1)/workers
		from, to = from/unit*unit, to/unit*unit
		if w == workers-1 {
			to = n
		}
		if from < to {
			part := narrowInstruction(in, axis, from, to-from)
			parts[w] = &part
		}
	}
	return parts
}

// cached is how many elements of a product's right operand stay in a core's second-level cache from step to step.
const cached = 256 << 10

// byColumns reports whether a product is divided by columns though it has rows enough: each worker then reads its part of
// the right operand where it would read all of it, and meets the others before and behind the product. That pays where the
// operand comes from a cache that is far away at each step, and a worker has so few rows that it waits for it.
func byColumns(in Instruction, workers int) bool {
	const most = 64 // rows of a worker
	if _, ok := in.Op.(ir.MatMul); !ok || len(in.Dst.Shape) != 2 {
		return false
	}
	rows, cols := in.Dst.Shape[0], in.Dst.Shape[1]
	return rows < most*workers && cols >= workers*ir.VectorColumns && ir.Size(in.Args[1].Shape) > cached
}

// bySteps shows a product of several steps that were joined as a stack of products with one right operand, of which Split
// gives every worker the same rows of each step: so the workers need not meet before the steps, where each goes on with
// its rows. A right operand that does not stay in the second-level cache, and few rows, are faster as a whole.
func bySteps(in Instruction, workers int) Instruction {
	const fewest = 8 // rows of a worker
	op, ok := in.Op.(ir.MatMul)
	if !ok || op.Steps < 2 || workers == 1 || ir.Size(in.Args[1].Shape) > cached || in.Dst.Shape[0] < op.Steps*workers*fewest {
		return in
	}
	stack := func(l Layout) Layout {
		rows := l.Shape[0] / op.Steps
		return Layout{l.Buffer, l.Offset, []int{op.Steps, rows, l.Shape[1]}, []int{rows * l.Strides[0], l.Strides[0], l.Strides[1]}, l.Step}
	}
	args := append([]Layout(nil), in.Args...)
	args[0] = stack(args[0])
	if op.Add {
		args[2] = stack(args[2])
	}
	in.Dst, in.Args = stack(in.Dst), args
	return in
}

// divide returns the axis along which parts of an instruction are independent, and what their sizes are a multiple of.
func divide(in Instruction) (axis, unit int) {
	if d, ok := in.Op.(ir.Divider); ok {
		return d.Divide(in.Dst.Shape)
	}
	return -1, 1
}

// narrowInstruction returns the part of an instruction that computes [from, from+n) of an axis of its result.
func narrowInstruction(in Instruction, axis, from, n int) Instruction {
	part := in
	part.Dst = narrow(in.Dst, axis, from, n)
	part.Also = append([]Layout(nil), in.Also...)
	for i := range part.Also {
		part.Also[i] = narrow(in.Also[i], axis, from, n)
	}
	part.Args = append([]Layout(nil), in.Args...)
	part.First = in.First + from*ir.Size(in.Dst.Shape[axis+1:])
	shapes := in.argShapes()
	for i := range in.Args {
		if at := in.Op.(ir.Divider).Part(i, axis, in.Dst.Shape, shapes); at >= 0 {
			part.Args[i] = narrow(in.Args[i], at, from, n)
		}
	}
	return part
}

func narrow(l Layout, axis, from, n int) Layout {
	l.Offset += from * l.Strides[axis]
	l.Shape = append([]int(nil), l.Shape...)
	l.Shape[axis] = n
	return l
}
