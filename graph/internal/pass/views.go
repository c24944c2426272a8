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
			return foldView(g, g.New(ir.Reshape{}, v.Shape, a))
		}
		// A reshape of some steps of a sequence is some rows of the reshaped sequence.
		if s, ok := a.Op.(ir.Slice); ok && s.Axis == 0 {
			if base := a.Args[0]; flattens(a.Shape, v.Shape) {
				n := a.Shape[1]
				whole := append([]int{base.Shape[0] * n}, v.Shape[1:]...)
				rows := foldView(g, g.New(ir.Reshape{}, whole, base))
				return foldView(g, g.New(ir.Slice{Axis: 0, From: s.From * n}, v.Shape, rows))
			}
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
		case ir.Place:
			if inner.Axis != op.Axis {
				break
			}
			placed := a.Args[0]
			switch from, n := op.From-inner.From, placed.Shape[op.Axis]; {
			case from >= 0 && from+v.Shape[op.Axis] <= n:
				return foldView(g, g.New(ir.Slice{Axis: op.Axis, From: from}, v.Shape, placed))
			case from >= n || from+v.Shape[op.Axis] <= 0:
				return g.New(ir.Fill{}, v.Shape)
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
	case ir.Concat:
		if op.Axis == 0 {
			return foldRows(g, v)
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

// flattens reports whether a shape [n, d, …] became [n·d, …].
func flattens(from, to []int) bool {
	return len(from) == len(to)+1 && len(to) > 0 && to[0] == from[0]*from[1] && ir.SameShape(from[2:], to[1:])
}

// foldRows shortens a concatenation along the first axis: of neighbouring slices of one tensor to one slice, and of
// steps that were given a time axis, [1, B, …], to the steps below each other.
func foldRows(g *ir.Graph, v *ir.Value) *ir.Value {
	steps := true
	for _, a := range v.Args {
		_, ok := a.Op.(ir.Reshape)
		steps = steps && ok && a.Shape[0] == 1 && len(a.Shape) > 1 && ir.SameShape(a.Args[0].Shape, a.Shape[1:])
	}
	if steps {
		members := make([]*ir.Value, len(v.Args))
		for i, a := range v.Args {
			members[i] = a.Args[0]
		}
		rows := append([]int{v.Shape[0] * v.Shape[1]}, v.Shape[2:]...)
		return foldView(g, g.New(ir.Reshape{}, v.Shape, foldRows(g, g.New(ir.Concat{Axis: 0}, rows, members...))))
	}
	var parts []*ir.Value
	for _, a := range v.Args {
		s, ok := a.Op.(ir.Slice)
		if n := len(parts); ok && s.Axis == 0 && n > 0 {
			last, isSlice := parts[n-1].Op.(ir.Slice)
			if isSlice && last.Axis == 0 && parts[n-1].Args[0] == a.Args[0] && last.From+parts[n-1].Shape[0] == s.From {
				shape := append([]int{parts[n-1].Shape[0] + a.Shape[0]}, a.Shape[1:]...)
				parts[n-1] = g.New(last, shape, a.Args[0])
				continue
			}
		}
		parts = append(parts, a)
	}
	if len(parts) == len(v.Args) {
		return v
	}
	for i, p := range parts {
		parts[i] = foldView(g, p) // it may be all of its tensor now
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return g.New(ir.Concat{Axis: 0}, v.Shape, parts...)
}

func isFill(v *ir.Value) bool {
	_, ok := v.Op.(ir.Fill)
	return ok
}
