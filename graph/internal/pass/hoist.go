package pass

import (
	"slices"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Hoist computes before a scan what its steps compute without one another: products of their parts of a sequence with a
// weight, x_t·W, become one product for all steps, and what is the same at all steps is computed once. The steps find it
// in sequences and values of the scan.
func Hoist(g *ir.Graph) {
	for _, v := range g.Scans() {
		if body := v.Op.(ir.Scan).Body; body.Strip == 0 && !body.Closed { // what has been taken out of a strip's steps stays in the strip
			hoist(g, v)
		}
	}
	g.Sort()
	TrimScans(g)
}

func hoist(g *ir.Graph, scan *ir.Value) {
	l := newLifter(g, scan)
	body := l.body
	worth := make([]bool, body.Limit()) // what is, or comes of, a product for all steps, or is the same at all
	for _, v := range body.Values {
		x, ok := l.lift(v)
		if !ok || ir.IsSource(v.Op) {
			continue
		}
		_, isProduct := v.Op.(ir.MatMul)
		if worth[v.ID] = isProduct || !x.stacked && !ir.IsView(v.Op); !x.stacked {
			continue
		}
		for _, a := range v.Args {
			y, _ := l.lift(a)
			worth[v.ID] = worth[v.ID] || worth[a.ID] && y.stacked
		}
	}
	sources := make(map[*ir.Value]*ir.Value)
	var fixed []*ir.Value
	from := func(v *ir.Value) *ir.Value {
		if v.ID >= len(worth) || !worth[v.ID] || ir.IsView(v.Op) {
			return v
		}
		if s := sources[v]; s != nil {
			return s
		}
		x, _ := l.lift(v)
		var s *ir.Value
		if x.stacked {
			s = body.New(ir.Step{I: body.Sequences, Type: v.Type}, v.Shape)
			at := body.FixedAt()
			scan.Args = append(scan.Args[:at:at], append([]*ir.Value{x.value}, scan.Args[at:]...)...)
			body.Sequences++
		} else {
			s = body.New(ir.Fixed{I: body.Fixed(len(scan.Args)) + len(fixed), Type: v.Type}, v.Shape)
			fixed = append(fixed, x.value)
		}
		sources[v] = s
		return s
	}
	for _, v := range body.Values {
		if worth[v.ID] && !ir.IsView(v.Op) {
			continue
		}
		for i, a := range v.Args {
			v.Args[i] = from(a)
		}
	}
	for i, v := range body.Outputs {
		body.Outputs[i] = from(v)
	}
	at := body.FixedAt() + body.Fixed(len(scan.Args)) // before the lengths of one that is counted
	scan.Args = slices.Concat(scan.Args[:at], fixed, scan.Args[at:])
	for _, v := range body.Values {
		if s := sources[v]; s != nil {
			body.Values = append(body.Values, s)
		}
	}
	body.Sort()
}
