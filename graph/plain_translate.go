package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// translatePlain builds what a plain node computes, up to the shape, or returns nil for an op it does not know.
func (b *Builder) translatePlain(p plain) *gorgonia.Node {
	switch p.kind {
	case "constantScalar", "constantTensor":
		return b.translateConstant(p)
	case "elemBinOp":
		return b.translateBinary(p)
	case "elemUnaryOp":
		return b.translateUnary(p.node.Op().String(), p.in[0])
	case "linAlgBinOp":
		return b.translateProduct(p)
	case "sliceOp", "sliceIncrOp":
		return b.translateSlice(p)
	case "repeatOp":
		return b.translateRepeat(p)
	case "concatOp":
		return b.Concat(p.int("axis"), p.in...)
	case "reshapeOp":
		return b.Reshape(p.in[0], p.shape...)
	case "transposeOp":
		return b.Transpose(p.in[0], p.ints("pattern")...)
	case "sumOp":
		return b.Sum(p.in[0], p.ints("along")...)
	case "maxOp":
		return b.Max(p.in[0], p.ints("along")...)
	case "sizeOp":
		if s := p.in[0].Shape(); len(s) > p.int("axis") {
			return b.Const(float64(s[p.int("axis")]))
		}
	case "softmaxOp", "softmaxDiffOp":
		return b.translateSoftmax(p)
	case "dropoutOp":
		return b.Dropout(p.in[0], p.fields.FieldByName("probability").Float())
	}
	return nil
}

func (b *Builder) translateConstant(p plain) *gorgonia.Node {
	v := p.node.Value()
	values, ok := numbers(v)
	switch {
	case !ok || len(values) != ir.Size(p.shape):
		return nil
	case len(values) == 1:
		return b.Const(values[0])
	case printsElided(v):
		return b.failf("a constant of shape %v: Gorgonia takes constants that print alike for one, and prints only the ends of long ones, so that this node may stand for another constant as well; use Builder.ConstTensor", p.shape)
	}
	return b.ConstTensor(values, p.shape...)
}

// constant returns the number that a node is at every element, if it is constant.
func (b *Builder) constant(n *gorgonia.Node) (float64, bool) {
	o, ok := n.Op().(*op)
	if !ok && n.Op() != nil && n.IsScalar() {
		if t := b.translate(n); t != nil {
			o, ok = t.Op().(*op)
		}
	}
	if !ok {
		return 0, false
	}
	f, ok := o.symbol.(fill)
	return f.value, ok
}

func (b *Builder) translateProduct(p plain) *gorgonia.Node {
	x, z := p.in[0], p.in[1]
	nx, nz := ir.Size(x.Shape()), ir.Size(z.Shape())
	transA, transB := p.flag("transA"), p.flag("transB")
	switch p.product() {
	case "matMul":
		return b.matmul(x, z, transA, transB)
	case "matVecMul":
		return b.matmul(x, b.Reshape(z, nz, 1), transA, false)
	case "vecDot":
		return b.MatMul(b.Reshape(x, 1, nx), b.Reshape(z, nz, 1))
	case "outerProd":
		return b.MatMul(b.Reshape(x, nx, 1), b.Reshape(z, 1, nz))
	case "batchedMatMul":
		return b.matmul(b.stack(x), b.stack(z), transA, transB)
	}
	return nil
}

// stack views a tensor of more than three axes as a stack of matrices.
func (b *Builder) stack(x *gorgonia.Node) *gorgonia.Node {
	s := x.Shape()
	if n := len(s); n > 3 {
		return b.Reshape(x, ir.Size(s[:n-2]), s[n-2], s[n-1])
	}
	return x
}

// translateSlice translates a slice, or its adjoint: zeros like the first operand, with the second in one part.
func (b *Builder) translateSlice(p plain) *gorgonia.Node {
	whole := p.in[0].Shape()
	axis, from, to, err := p.slice(whole)
	if err != nil {
		return b.Fail(errors.Wrapf(err, "slice of %s", describe(p.in[0])))
	}
	if p.kind == "sliceOp" {
		return b.Slice(p.in[0], axis, from, to)
	}
	part := whole.Clone()
	part[axis] = to - from
	dy := p.in[1]
	if ir.Size(dy.Shape()) == ir.Size(part) {
		dy = b.Reshape(dy, part...)
	} else {
		dy = b.Broadcast(dy, part...)
	}
	return b.apply(place{axis: axis, from: from, size: whole[axis]}, dy)
}

// translateRepeat translates the repetition of each element along an axis. A scalar and a vector have as many axes
// behind their own as are needed.
func (b *Builder) translateRepeat(p plain) *gorgonia.Node {
	axis := p.int("along")
	s := p.in[0].Shape()
	for len(s) < len(p.shape) {
		s = append(s, 1)
	}
	if len(s) != len(p.shape) || axis >= len(s) {
		return nil
	}
	x := b.Reshape(p.in[0], s...)
	if s[axis] == 1 {
		return b.Broadcast(x, p.shape...)
	}
	split := append(s[:axis+1:axis+1], append([]int{1}, s[axis+1:]...)...)
	repeated := split.Clone()
	repeated[axis+1] = p.shape[axis] / s[axis]
	return b.Broadcast(b.Reshape(x, split...), repeated...)
}

// translateSoftmax translates softmax and log-softmax and, of (x, y, dy), their derivatives.
func (b *Builder) translateSoftmax(p plain) *gorgonia.Node {
	at, symbols := p.fields, [2]symbol{softmax{}, logSoftmax{}}
	in := p.in
	if p.kind == "softmaxDiffOp" {
		at, symbols = at.FieldByName("softmaxOp").Elem(), [2]symbol{softmaxGrad{}, logSoftmaxGrad{}}
		in = in[1:]
	}
	s := symbols[0]
	if at.FieldByName("isLog").Bool() {
		s = symbols[1]
	}
	rank := len(p.shape)
	axis := axisOf(p.node, int(at.FieldByName("axis").Int()))
	if p.shape.IsColVec() && at.FieldByName("axis").Int() == -1 {
		axis = 0
	}
	if axis < 0 || axis >= rank {
		return nil
	}
	// The kernels work along the last axis.
	perm := make([]int, rank)
	for i := range perm {
		perm[i] = i
	}
	perm[axis], perm[rank-1] = rank-1, axis
	if axis != rank-1 {
		in = append(gorgonia.Nodes(nil), in...)
		for i, x := range in {
			in[i] = b.Transpose(x, perm...)
		}
	}
	y := b.apply(s, in...)
	if axis != rank-1 {
		y = b.Transpose(y, perm...)
	}
	return y
}
