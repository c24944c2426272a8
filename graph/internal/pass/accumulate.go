package pass

import "github.com/rnnzoo/rnnzoo/graph/internal/ir"

// Accumulate has products add to what they are a term of: a sum of products, a matrix and a bias becomes one product
// that starts from the matrix and adds the bias while its tile is in registers. Sums of sums are flattened first, and
// terms that are broadcast alike are added before the others, once for all the sums that share them.
func Accumulate(g *ir.Graph, clean func(*ir.Graph)) {
	eachGraph(g, accumulateTerms)
	clean(g) // the broadcast terms that were added are the same at every step
}

func accumulateTerms(g *ir.Graph) {
	uses := g.Uses()
	by := make([]*ir.Value, g.Limit())
	for _, v := range g.Values {
		if _, ok := v.Op.(ir.Sum); ok {
			terms := flatten(v, v.Args, uses)
			for i, t := range terms {
				if by[t.ID] != nil {
					terms[i] = by[t.ID]
				}
			}
			full, small := split(g, v.Shape, terms)
			if below := belowReshapes(g, v, full, small, uses); below != nil {
				by[v.ID] = below
				continue
			}
			by[v.ID] = accumulate(g, v, full, small, uses)
		}
	}
	g.Replace(by)
}

// flatten returns the terms of a sum with those of inner sums of the same shape, which nothing else uses, in their place.
func flatten(sum *ir.Value, args []*ir.Value, uses []int) []*ir.Value {
	var terms []*ir.Value
	for _, a := range args {
		if _, ok := a.Op.(ir.Sum); ok && ir.SameShape(a.Shape, sum.Shape) && single(a, uses) {
			terms = append(terms, flatten(a, a.Args, uses)...)
		} else {
			terms = append(terms, a)
		}
	}
	return terms
}

// single reports whether v is used once; what this pass has made is taken to be used more often.
func single(v *ir.Value, uses []int) bool { return v.ID < len(uses) && uses[v.ID] == 1 }

// belowReshapes returns a sum that is taken before its terms get their shape: of products of rows that are shown as
// [T, B, …] and of what is added to every row. It returns nil if that is not what the terms are.
func belowReshapes(g *ir.Graph, v *ir.Value, full, small []*ir.Value, uses []int) *ir.Value {
	last := len(v.Shape) - 1
	if last < 2 || len(full) == 0 || len(small) > 1 || len(small) == 1 && !ir.SameShape(small[0].Shape, v.Shape[last:]) {
		return nil
	}
	rows := []int{ir.Size(v.Shape[:last]), v.Shape[last]}
	products := make([]*ir.Value, len(full))
	for i, t := range full {
		if _, ok := t.Op.(ir.Reshape); !ok || !single(t, uses) || !ir.SameShape(t.Args[0].Shape, rows) {
			return nil
		}
		products[i] = t.Args[0]
		if op, ok := products[i].Op.(ir.MatMul); !ok || op.Add || op.Bias || !single(products[i], uses) {
			return nil
		}
	}
	if len(full)+len(small) < 2 {
		return nil
	}
	sum := &ir.Value{Shape: rows}
	if below := accumulate(g, sum, products, small, uses); below != nil {
		return g.New(ir.Reshape{}, v.Shape, below)
	}
	return nil
}

// split tells the terms of the full shape from those that are broadcast, of which the ones of one shape are added.
func split(g *ir.Graph, shape []int, terms []*ir.Value) (full, small []*ir.Value) {
	var groups [][]*ir.Value
next:
	for _, t := range terms {
		if ir.SameShape(t.Shape, shape) {
			full = append(full, t)
			continue
		}
		for i, group := range groups {
			if ir.SameShape(group[0].Shape, t.Shape) {
				groups[i] = append(group, t)
				continue next
			}
		}
		groups = append(groups, []*ir.Value{t})
	}
	for _, group := range groups {
		if len(group) == 1 {
			small = append(small, group[0])
		} else {
			small = append(small, g.New(ir.Sum{}, group[0].Shape, group...))
		}
	}
	return full, small
}

// accumulate returns the sum of terms with each product that nothing else uses starting from the others.
func accumulate(g *ir.Graph, v *ir.Value, full, small []*ir.Value, uses []int) *ir.Value {
	var products, rest []*ir.Value
	for _, t := range full {
		if op, ok := t.Op.(ir.MatMul); ok && !op.Add && !op.Bias && single(t, uses) {
			products = append(products, t)
		} else {
			rest = append(rest, t)
		}
	}
	var bias *ir.Value
	if len(products) > 0 && len(v.Shape) == 2 {
		for i, s := range small {
			if len(s.Shape) == 1 && s.Shape[0] == v.Shape[1] {
				bias = s
				small = append(small[:i:i], small[i+1:]...)
				break
			}
		}
	}
	rest = append(rest, small...)
	var total *ir.Value
	switch {
	case len(rest) == 1 && ir.SameShape(rest[0].Shape, v.Shape):
		total = rest[0]
	case len(rest) > 0:
		if len(products) == 0 && len(rest) == len(v.Args) && equalValues(rest, v.Args) {
			return nil
		}
		total = g.New(ir.Sum{}, v.Shape, rest...)
	}
	for _, p := range products {
		op := p.Op.(ir.MatMul)
		args := append([]*ir.Value(nil), p.Args...)
		if total != nil {
			op.Add = true
			args = append(args, total)
		}
		if bias != nil {
			op.Bias = true
			args = append(args, bias)
			bias = nil
		}
		total = g.New(op, v.Shape, args...)
	}
	return total
}
