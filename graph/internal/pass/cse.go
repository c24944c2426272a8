package pass

import (
	"encoding/binary"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// CommonSubexpressions computes equal values once: equal means the same operation of the same arguments and shape, not
// a hash of them.
func CommonSubexpressions(g *ir.Graph) {
	type key struct {
		op   ir.Op
		rest string // shape and arguments
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
		k := key{v.Op, string(buf)}
		if same, ok := first[k]; ok {
			by[v.ID] = same
		} else {
			first[k] = v
		}
	}
	g.Replace(by)
}
