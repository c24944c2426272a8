package ir

import "github.com/pkg/errors"

// Verify returns an error that names the first value that is not as it must be between two passes: in the order once,
// behind its arguments, of a shape that its operation can give, and of arguments of the types that this reads; and the
// first output that is not in the order.
func Verify(g *Graph) error {
	byID := make([]*Value, g.next)
	for _, v := range g.Values {
		if v.ID < 0 || v.ID >= g.next {
			return errors.Errorf("%v: the graph has made values up to %%%d", v, g.next-1)
		}
		if byID[v.ID] != nil {
			return errors.Errorf("%v: the graph has this value twice", v)
		}
		shapes := make([][]int, len(v.Args))
		for i, a := range v.Args {
			if a.ID < 0 || a.ID >= g.next || byID[a.ID] != a {
				return errors.Errorf("%v: its argument %%%d does not stand before it", v, a.ID)
			}
			shapes[i] = a.Shape
			if a.Type != argType(v, i) {
				return errors.Errorf("%v: its argument %%%d is of type %v", v, a.ID, a.Type)
			}
		}
		if p, ok := v.Op.(Part); ok {
			s, ok := v.Args[0].Op.(Scan)
			if !ok || p.Index < 0 || p.Index >= s.Body.Carries+len(s.Body.Outputs) || !SameShape(v.Shape, s.Body.PartShape(p.Index)) {
				return errors.Errorf("%v is no part of %v", v, v.Args[0])
			}
		}
		if err := v.Op.Check(v.Shape, shapes); err != nil {
			return errors.Errorf("%v: %v", v, err)
		}
		if v.Type != typeOf(v.Op, v.Args) {
			return errors.Errorf("%v: it is of type %v", v, v.Type)
		}
		byID[v.ID] = v
	}
	for _, v := range g.Outputs {
		if v.ID < 0 || v.ID >= g.next || byID[v.ID] != v {
			return errors.Errorf("the output %v is not in the graph", v)
		}
	}
	return nil
}

// argType returns the type that a value's argument must have.
func argType(v *Value, i int) Type {
	if r, ok := v.Op.(IndexReader); ok && r.ReadsIndex(i) {
		return Integer
	}
	switch v.Op.(type) {
	case Viewer, Concat, Copy:
		return v.Type
	case Foreign, Scan:
		return v.Args[i].Type
	case Part:
		return Tuple
	}
	return Number
}
