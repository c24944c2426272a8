package exec

import (
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// packKey tells the forms of parameters that products read: which columns of which parameter, transposed or not.
type packKey struct {
	name           string
	offset         int
	rows, cols     int
	rowStep, colOf int
}

// packs are the parameters that are right operands of products, in the order in which the kernels read them: packed at
// the start of each run, once for all the products of all time steps.
type packs[F kernel.Float] struct {
	data   map[packKey][]F
	memory *memory[F] // where they stand
	steps  []step
}

// operand returns the packed form of a product's right operand, or nil if it is not a parameter.
func (p *packs[F]) operand(m *machine[F], op ir.MatMul, in *plan.Instruction) []F {
	l := in.Args[1]
	if l.Buffer.Space != plan.Param || len(l.Shape) != 2 {
		return nil
	}
	b, k, n := matrix(m.data(l), l, op.TransB)
	key := packKey{l.Buffer.Name, l.Offset, k, n, b.Row, b.Col}
	if data, ok := p.data[key]; ok {
		return data
	}
	data := p.memory.pack(key, m.kernels.PackedSize(k, n))
	kernels := m.kernels
	p.data[key] = data
	p.steps = append(p.steps, func() error { kernels.Pack(k, n, b, data); return nil })
	return data
}
