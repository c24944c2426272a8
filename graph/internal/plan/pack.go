package plan

import "github.com/rnnzoo/rnnzoo/graph/internal/ir"

// fewestProducts is from how many products on their common right operand is packed once for all.
const fewestProducts = 4

// rightOperand is a value as products read it.
type rightOperand struct {
	value  *ir.Value
	transB bool
}

// rightOperands counts the products of matrices that read a value in one way.
func rightOperands(g *ir.Graph) map[rightOperand]int {
	n := make(map[rightOperand]int)
	for _, v := range g.Values {
		if op, ok := v.Op.(ir.MatMul); ok && len(v.Shape) == 2 {
			n[rightOperand{v.Args[1], op.TransB}]++
		}
	}
	return n
}

// packed returns a right operand in the order in which the kernels read it, if so many products pay for that: a weight that
// is computed, as one with dropout is, and read at every time step. Parameters are packed when instructions are bound to
// kernels. What is the same at all steps of a loop is packed before it.
func (p *planner) packed(r rightOperand, products int) (Layout, bool) {
	if f, ok := r.value.Op.(ir.Fixed); ok {
		return p.around.packed(rightOperand{p.fixed[f.I], r.transB}, products*p.loop.Steps)
	}
	if l, ok := p.packs[r]; ok {
		return l, true
	}
	l := p.layout[r.value.ID]
	if max(products, p.products[r]) < fewestProducts || l.Buffer.Space != Arena {
		return Layout{}, false
	}
	op, shape := ir.NewPack(l.Shape, r.transB)
	dst := contiguous(p.buffer(Buffer{Space: Arena, Size: ir.Size(shape)}), shape)
	*p.list = append(*p.list, Instruction{Op: op, Dst: dst, Args: []Layout{l}})
	// What fills up the last columns is written, so that workers must know of it, but comes to nothing where it is read.
	dst.Shape = []int{op.Columns, shape[1]}
	p.packs[r] = dst
	return dst, true
}
