package pass

import (
	"encoding/binary"
	"math"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// CommonSubexpressions computes equal values once: equal means the same operation of the same arguments and shape, not
// a hash of them, and of constants the same bits: 0 and −0 are two numbers, of which 1/x tells the difference, and a NaN
// is one.
func CommonSubexpressions(g *ir.Graph) {
	type key struct {
		op   ir.Op
		rest string // shape, arguments and constants
	}
	first := make(map[key]*ir.Value, len(g.Values))
	by := make([]*ir.Value, g.Limit())
	var buf []byte
	for _, v := range g.Values {
		for i, a := range v.Args {
			if by[a.ID] != nil {
				v.Args[i] = by[a.ID]
			}
		}
		switch v.Op.(type) {
		case ir.Foreign, ir.Input, ir.IndexInput, ir.Param:
			continue // may not be comparable, or are unique already
		}
		buf = binary.AppendUvarint(buf[:0], uint64(len(v.Shape)))
		for _, d := range v.Shape {
			buf = binary.AppendUvarint(buf, uint64(d))
		}
		for _, a := range v.Args {
			buf = binary.AppendUvarint(buf, uint64(a.ID))
		}
		op, constants := withoutConstants(v.Op)
		for _, c := range constants {
			buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(c))
		}
		k := key{op, string(buf)}
		if same, ok := first[k]; ok {
			by[v.ID] = same
		} else {
			first[k] = v
		}
	}
	g.Replace(by)
}

// withoutConstants returns an operation with zeros in the place of the constants that it computes with, and these.
func withoutConstants(op ir.Op) (ir.Op, []float64) {
	switch op := op.(type) {
	case ir.Fill:
		return ir.Fill{}, []float64{op.Value}
	case ir.Map:
		return ir.Map{Fn: op.Fn}, op.K[:]
	}
	return op, nil
}
