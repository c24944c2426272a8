package pass

import "github.com/rnnzoo/rnnzoo/graph/internal/ir"

// FoldViews shortens chains of views: a reshape of a reshape, a slice of a slice, the whole of a tensor, a part of a
// concatenation that is one of its members. What is left costs nothing where the memory plan finds it contiguous.
func FoldViews(g *ir.Graph) {
	by := make([]*ir.Value, g.Limit())
	for _, v := range g.Values { // arguments come first, so they are folded already
		for i, a := range v.Args {
			if by[a.ID] != nil {
				v.Args[i] = by[a.ID]
			}
		}
		if f := foldView(g, v); f != v {
			by[v.ID] = f
			for len(by) < g.Limit() {
				by = append(by, nil)
			}
		}
	}
	g.Replace(by)
}

func foldView(g *ir.Graph, v *ir.Value) *ir.Value {
	switch op := v.Op.(type) {
	case ir.Reshape:
		a := v.Args[0]
		if _, ok := a.Op.(ir.Reshape); ok {
			a = a.Args[0]
		}
		switch {
		case ir.SameShape(a.Shape, v.Shape):
			return a
		case isFill(a):
			return g.New(a.Op, v.Shape)
		case a != v.Args[0]:
			return g.New(ir.Reshape{}, v.Shape, a)
		}
	case ir.Slice:
		a := v.Args[0]
		if ir.SameShape(a.Shape, v.Shape) {
			return a
		}
		switch inner := a.Op.(type) {
		case ir.Fill:
			return g.New(a.Op, v.Shape)
		case ir.Slice:
			if inner.Axis == op.Axis {
				return foldView(g, g.New(ir.Slice{Axis: op.Axis, From: inner.From + op.From}, v.Shape, a.Args[0]))
			}
		case ir.Concat:
			if inner.Axis != op.Axis {
				break
			}
			at := 0
			for _, m := range a.Args {
				n := m.Shape[op.Axis]
				if at <= op.From && op.From+v.Shape[op.Axis] <= at+n {
					return foldView(g, g.New(ir.Slice{Axis: op.Axis, From: op.From - at}, v.Shape, m))
				}
				at += n
			}
		}
	case ir.Transpose:
		a := v.Args[0]
		if inner, ok := a.Op.(ir.Transpose); ok {
			p := op.Perm
			identity := true
			for i := range p.Rank {
				p.Axis[i] = inner.Perm.Axis[p.Axis[i]]
				identity = identity && p.Axis[i] == i
			}
			if identity {
				return a.Args[0]
			}
			return g.New(ir.Transpose{Perm: p}, v.Shape, a.Args[0])
		}
	}
	return v
}

func isFill(v *ir.Value) bool {
	_, ok := v.Op.(ir.Fill)
	return ok
}
