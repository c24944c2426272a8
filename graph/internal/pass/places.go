package pass

import (
	"sort"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// MergePlaces turns sums of places, the adjoints of slices, into concatenations: the gradient of a sequence becomes
// its steps' gradients side by side, which the memory plan lets each step write into place. Places of the same part
// are added first.
func MergePlaces(g *ir.Graph) {
	by := make([]*ir.Value, g.Limit())
	for _, v := range g.Values {
		if _, ok := v.Op.(ir.Sum); !ok {
			continue
		}
		var rest []*ir.Value
		var places []*ir.Value
		axis := -1
		for _, a := range v.Args {
			p, ok := a.Op.(ir.Place)
			if ok && ir.SameShape(a.Shape, v.Shape) && (axis < 0 || p.Axis == axis) {
				axis = p.Axis
				places = append(places, a)
			} else {
				rest = append(rest, a)
			}
		}
		if len(places) < 2 {
			continue
		}
		joined := joinPlaces(g, axis, v.Shape, places)
		if joined == nil {
			continue
		}
		if len(rest) > 0 {
			joined = g.New(ir.Sum{}, v.Shape, append(rest, joined)...)
		}
		by[v.ID] = joined
	}
	g.Replace(by)
}

// joinPlaces returns the concatenation that equals the sum of the places, or nil if some overlap in part.
func joinPlaces(g *ir.Graph, axis int, shape []int, places []*ir.Value) *ir.Value {
	from := func(p *ir.Value) int { return p.Op.(ir.Place).From }
	size := func(p *ir.Value) int { return p.Args[0].Shape[axis] }
	places = append([]*ir.Value(nil), places...)
	sort.SliceStable(places, func(i, j int) bool { return from(places[i]) < from(places[j]) })
	var parts []*ir.Value
	at := 0
	for i := 0; i < len(places); {
		p := places[i]
		if from(p) < at {
			return nil
		}
		var terms []*ir.Value
		for ; i < len(places) && from(places[i]) == from(p); i++ {
			if size(places[i]) != size(p) {
				return nil
			}
			terms = append(terms, places[i].Args[0])
		}
		if from(p) > at {
			parts = append(parts, zeros(g, axis, shape, from(p)-at))
		}
		if len(terms) > 1 {
			parts = append(parts, g.New(ir.Sum{}, terms[0].Shape, terms...))
		} else {
			parts = append(parts, terms[0])
		}
		at = from(p) + size(p)
	}
	if at < shape[axis] {
		parts = append(parts, zeros(g, axis, shape, shape[axis]-at))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return g.New(ir.Concat{Axis: axis}, shape, parts...)
}

// ExpandPlaces turns every place that is left into a concatenation with zeros.
func ExpandPlaces(g *ir.Graph) {
	by := make([]*ir.Value, g.Limit())
	for _, v := range g.Values {
		if p, ok := v.Op.(ir.Place); ok {
			by[v.ID] = joinPlaces(g, p.Axis, v.Shape, []*ir.Value{v})
		}
	}
	g.Replace(by)
	// The arguments of what was made here may be places themselves.
	for _, v := range by {
		if v == nil {
			continue
		}
		for i, a := range v.Args {
			for a.ID < len(by) && by[a.ID] != nil {
				a = by[a.ID]
			}
			v.Args[i] = a
		}
	}
}

func zeros(g *ir.Graph, axis int, shape []int, n int) *ir.Value {
	s := append([]int(nil), shape...)
	s[axis] = n
	return g.New(ir.Fill{}, s)
}
