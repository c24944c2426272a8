package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// lowerForeign returns the operation for a plain node that has no translation.
func (b *Builder) lowerForeign(n *gorgonia.Node) (ir.Op, error) {
	dt, ok := plainDtype(n)
	switch {
	case !ok:
		return nil, errors.Errorf("%v computes no value", n.Op())
	case dt == tensor.Bool:
		return nil, errors.Errorf("%v gives booleans; ask for numbers with retSame", n.Op())
	case dt != b.params.dtype:
		return nil, errors.Errorf("%v gives %v, the graph's parameters hold %v; convert with gorgonia.ConvType", n.Op(), dt, b.params.dtype)
	}
	return ir.Foreign{Op: n.Op()}, nil
}

// foreignSymDiff calls the symbolic derivative of an op that is not ours and spreads its answer over all operands.
// Gorgonia's ops panic on what they do not like; that becomes an error.
func (b *Builder) foreignSymDiff(n *gorgonia.Node, in gorgonia.Nodes, dy *gorgonia.Node) (all gorgonia.Nodes, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Errorf("the symbolic derivative of %v panicked: %v", n.Op(), r)
		}
	}()
	sd, ok := n.Op().(gorgonia.SDOp)
	if !ok {
		return nil, errors.Errorf("the operation %v has no symbolic derivative", n.Op())
	}
	d, err := sd.SymDiff(in, n, dy)
	if err != nil {
		return nil, err
	}
	all = d
	if len(d) != len(in) { // some of Gorgonia's ops return the adjoints of the differentiable operands alone
		all = make(gorgonia.Nodes, len(in))
		j := 0
		for i, differentiable := range sd.DiffWRT(len(in)) {
			if differentiable && j < len(d) {
				all[i] = d[j]
				j++
			}
		}
	}
	for i, g := range all {
		switch {
		case g == nil || ir.SameShape(g.Shape(), in[i].Shape()):
		case g.DataSize() == in[i].DataSize():
			all[i] = b.Reshape(g, in[i].Shape()...)
		default:
			return nil, errors.Errorf("the symbolic derivative of %v has the shape %v; its operand has %v", n.Op(), g.Shape(), in[i].Shape())
		}
	}
	return all, nil
}
