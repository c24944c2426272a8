package exec

import (
	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// rowsOf views a layout as a matrix of rows; the plan has made sure that it can be.
func (m *machine[F]) rowsOf(l plan.Layout) (r kernel.Rows[F], rows, cols int) {
	rows, cols, stride, _ := l.Rows()
	return kernel.Rows[F]{Data: m.data(l), Stride: stride}, rows, cols
}

// bindRows binds the operations on rows.
func (m *machine[F]) bindRows(in plan.Instruction) (step, error) {
	k := m.kernels
	y, rows, cols := m.rowsOf(in.Dst)
	var arg [2]kernel.Rows[F]
	for i, a := range in.Args {
		if i < len(arg) && a.Buffer.Space != plan.Index {
			arg[i], _, _ = m.rowsOf(a)
		}
	}
	switch op := in.Op.(type) {
	case ir.Softmax:
		return func() error { k.Softmax(rows, cols, y, arg[0]); return nil }, nil
	case ir.SoftmaxGrad:
		return func() error { k.SoftmaxGrad(rows, cols, y, arg[0], arg[1]); return nil }, nil
	case ir.LogSoftmax:
		return func() error { k.LogSoftmax(rows, cols, y, arg[0]); return nil }, nil
	case ir.LogSoftmaxGrad:
		return func() error { k.LogSoftmaxGrad(rows, cols, y, arg[0], arg[1]); return nil }, nil
	case ir.Normalize:
		return func() error { k.Normalize(rows, cols, F(op.Eps), y, arg[0]); return nil }, nil
	case ir.NormalizeGrad:
		return func() error { k.NormalizeGrad(rows, cols, F(op.Eps), y, arg[0], arg[1]); return nil }, nil
	case ir.Dropout:
		return func() error {
			k.Dropout(rows, cols, op.Rate, kernel.NewMask(op.Seed, m.number, op.Key).Skip(in.First), y, arg[0])
			return nil
		}, nil
	case ir.Gather:
		index, tableRows := m.ints(in.Args[1]), in.Args[0].Shape[0]
		return func() error { k.Gather(rows, cols, tableRows, y, arg[0], index); return nil }, nil
	case ir.ScatterAdd:
		index, n := m.ints(in.Args[1]), ir.Size(in.Args[1].Shape)
		return func() error {
			for i := range rows {
				clear(y.Data[i*y.Stride : i*y.Stride+cols])
			}
			k.ScatterAdd(n, cols, rows, op.Padding, y, arg[0], index)
			return nil
		}, nil
	case ir.LengthMask:
		lengths := m.ints(in.Args[0])
		y := kernel.Rows[F]{Data: y.Data, Stride: in.Dst.Strides[0]} // [T, B, 1] as T rows of B
		steps, n := in.Dst.Shape[0], in.Dst.Shape[1]
		return func() error { k.LengthMask(steps, n, y, lengths); return nil }, nil
	case ir.CrossEntropy:
		logits, rows, cols := m.rowsOf(in.Args[0])
		o, target := m.crossEntropyOptions(op.CrossEntropyAttr, in, 2), m.ints(in.Args[1])
		loss := kernel.Vector[F]{Data: y.Data, Stride: 1}
		return func() error { k.CrossEntropy(rows, cols, o, loss, logits, target); return nil }, nil
	case ir.CrossEntropyGrad:
		o, target := m.crossEntropyOptions(op.CrossEntropyAttr, in, 2), m.ints(in.Args[1])
		dloss := kernel.Vector[F]{Data: m.data(in.Args[len(in.Args)-1]), Stride: 1}
		return func() error { k.CrossEntropyGrad(rows, cols, o, y, arg[0], target, dloss); return nil }, nil
	case ir.TargetWeight:
		o, target := m.crossEntropyOptions(op.CrossEntropyAttr, in, 1), m.ints(in.Args[0])
		w := kernel.Vector[F]{Data: y.Data, Stride: 1}
		n := ir.Size(in.Dst.Shape)
		return func() error { k.TargetWeight(n, op.Classes, o, w, target); return nil }, nil
	}
	return nil, errors.Errorf("%v: the executor does not know this operation", in.Op)
}

func (m *machine[F]) crossEntropyOptions(a ir.CrossEntropyAttr, in plan.Instruction, weights int) kernel.CrossEntropyOptions[F] {
	o := kernel.CrossEntropyOptions[F]{Ignore: a.Ignore, Smoothing: a.Smoothing}
	if a.Weighted {
		l := in.Args[weights]
		o.Weights = m.data(l)[:ir.Size(l.Shape)]
	}
	return o
}
