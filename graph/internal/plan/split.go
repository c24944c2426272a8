package plan

import "github.com/rnnzoo/rnnzoo/graph/internal/ir"

// Split divides an instruction among workers, by rows of its result where it can: over a recurrent network's batch, rows
// are independent through all its steps. Products with a single row and reductions over rows are divided by columns.
// Parts that are nil have nothing to do. An instruction that cannot be divided is the first worker's.
func Split(in Instruction, workers int) []*Instruction {
	parts := make([]*Instruction, workers)
	in = bySteps(in, workers)
	axis := splitAxis(in)
	if axis < 0 || workers == 1 {
		parts[0] = &in
		return parts
	}
	n := in.Dst.Shape[axis]
	for w := range parts {
		from, to := n*w/workers, n*(w+1)/workers
		if _, ok := in.Op.(ir.MatMul); ok && axis == len(in.Dst.Shape)-1 {
			from, to = from/vectorColumns*vectorColumns, to/vectorColumns*vectorColumns
			if w == workers-1 {
				to = n
			}
		}
		if from < to {
			part := narrowInstruction(in, axis, from, to-from)
			parts[w] = &part
		}
	}
	return parts
}

// bySteps shows a product of several steps that were joined as a stack of products with one right operand, of which Split
// gives every worker the same rows of each step: so the workers need not meet before the steps, where each goes on with
// its rows. A right operand that does not stay in the second-level cache, and few rows, are faster as a whole.
func bySteps(in Instruction, workers int) Instruction {
	const (
		largest = 256 << 10 // elements of the right operand
		fewest  = 8         // rows of a worker
	)
	op, ok := in.Op.(ir.MatMul)
	if !ok || op.Steps < 2 || workers == 1 || ir.Size(in.Args[1].Shape) > largest || in.Dst.Shape[0] < op.Steps*workers*fewest {
		return in
	}
	stack := func(l Layout) Layout {
		rows := l.Shape[0] / op.Steps
		return Layout{l.Buffer, l.Offset, []int{op.Steps, rows, l.Shape[1]}, []int{rows * l.Strides[0], l.Strides[0], l.Strides[1]}}
	}
	args := append([]Layout(nil), in.Args...)
	args[0] = stack(args[0])
	if op.Add {
		args[2] = stack(args[2])
	}
	in.Dst, in.Args = stack(in.Dst), args
	return in
}

// vectorColumns is what products are divided by columns in multiples of: the columns of one tile of the widest kernel.
const vectorColumns = 32

// splitAxis returns the axis of the result along which parts of an instruction are independent, or −1.
func splitAxis(in Instruction) int {
	shape := in.Dst.Shape
	first := -1 // the first axis that can be divided
	for i, d := range shape {
		if d > 1 {
			first = i
			break
		}
	}
	last := len(shape) - 1
	switch op := in.Op.(type) {
	case Copy:
		if in.Dst.Buffer.Space == Index {
			return -1
		}
		return first
	case ir.Map, ir.Sum:
		return first
	case ir.MatMul:
		if first == last && shape[last] < 2*vectorColumns {
			return -1
		}
		if op.Steps > 0 && len(shape) == 3 {
			return 1
		}
		return first
	case ir.ReduceSum:
		return reduceAxis(op.Axes, shape)
	case ir.ReduceMax:
		return reduceAxis(op.Axes, shape)
	case ir.Softmax, ir.SoftmaxGrad, ir.LogSoftmax, ir.LogSoftmaxGrad, ir.Normalize, ir.NormalizeGrad, ir.Dropout, ir.Gather:
		if first == last {
			return -1 // one row
		}
		return first
	case ir.CrossEntropyGrad:
		return 0
	case ir.CrossEntropy:
		return first
	case ir.ScatterAdd:
		if shape[last] > 1 {
			return last // each worker its columns of every row
		}
	}
	return -1
}

func reduceAxis(axes uint64, shape []int) int {
	for i, d := range shape {
		if d > 1 && axes>>i&1 == 0 {
			return i
		}
	}
	return -1
}

// narrowInstruction returns the part of an instruction that computes [from, from+n) of an axis of its result.
func narrowInstruction(in Instruction, axis, from, n int) Instruction {
	part := in
	part.Dst = narrow(in.Dst, axis, from, n)
	part.Args = append([]Layout(nil), in.Args...)
	fromEnd := len(in.Dst.Shape) - axis
	part.First = in.First + from*ir.Size(in.Dst.Shape[axis+1:])
	arg := func(i, axis int) { part.Args[i] = narrow(in.Args[i], axis, from, n) }
	switch op := in.Op.(type) {
	case ir.MatMul:
		rank := len(in.Dst.Shape)
		for i, a := range in.Args {
			switch {
			case i < 2 && axis < rank-2: // a matrix of each stack
				arg(i, axis)
			case i == 0 && axis == rank-2:
				if op.TransA {
					arg(0, rank-1)
				} else {
					arg(0, rank-2)
				}
			case i == 1 && axis == rank-1:
				if op.TransB {
					arg(1, rank-2)
				} else {
					arg(1, rank-1)
				}
			case i == 2 && op.Add:
				arg(2, axis)
			case i >= 2 && axis == rank-1: // the bias
				arg(i, len(a.Shape)-1)
			}
		}
	case ir.ReduceSum, ir.ReduceMax:
		arg(0, axis)
	case ir.Gather:
		part.Args[1] = narrow(in.Args[1], axis, from, n)
	case ir.ScatterAdd:
		arg(0, len(in.Args[0].Shape)-1)
	case ir.CrossEntropy, ir.CrossEntropyGrad:
		arg(0, 0)
		arg(1, 0)
		if _, ok := op.(ir.CrossEntropyGrad); ok {
			arg(len(in.Args)-1, 0) // the gradient of the losses; class weights stay whole
		}
	default: // elementwise and row by row: axes are aligned at the last, broadcast ones stay
		for i, a := range in.Args {
			if at := len(a.Shape) - fromEnd; at >= 0 && a.Shape[at] != 1 {
				arg(i, at)
			}
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
