package pass

import (
	"math"
	"sort"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// batchSums joins the terms of sums: products aᵀ·b of one shape along their inner dimension, and sums over rows. They are
// joined some steps at a time, so that they find in a cache what those steps have computed, and its memory serves the next
// ones.
func batchSums(g *ir.Graph) {
	r := newRank(g)
	by := make([]*ir.Value, g.Limit())
	stacks := make(map[string][][]int)         // how a set of operands that come step by step is divided
	for _, pass := range []bool{true, false} { // sums with slices of inputs first: they fix the order of the others
		for _, v := range g.Values {
			if _, ok := v.Op.(ir.Sum); !ok || by[v.ID] != nil {
				continue
			}
			var products, reductions, rest []*ir.Value
			for _, a := range v.Args {
				switch op := a.Op.(type) {
				case ir.MatMul:
					if op.TransA && !op.TransB && len(a.Shape) == 2 && ir.SameShape(a.Shape, v.Shape) {
						products = append(products, a)
						continue
					}
				}
				// A row sum that is broadcast to the others is no term like them.
				if reduction := rowSum(a); reduction != nil && ir.SameShape(a.Shape, v.Shape) {
					reductions = append(reductions, reduction)
					continue
				}
				rest = append(rest, a)
			}
			if len(products) < 2 && len(reductions) < 2 {
				continue
			}
			if len(products) > 1 {
				_, _, sliced := slicePlace(products[0].Args[1])
				if pass && !sliced {
					continue
				}
				rest = append(rest, joinProducts(g, r, products, v.Shape, stacks)...)
			} else {
				rest = append(rest, products...)
			}
			if len(reductions) > 1 && sameTail(reductions) {
				if pass {
					continue
				}
				sort.SliceStable(reductions, func(i, j int) bool {
					return r.order[reductions[i].Args[0].ID] < r.order[reductions[j].Args[0].ID]
				})
				for _, group := range divide(reductions, 0, stepRows, stacks) {
					whole := g.New(group[0].Op, group[0].Shape, joinRows(g, operands(group, 0)))
					rest = append(rest, reshape(g, whole, v.Shape))
				}
			} else {
				for _, r := range reductions {
					rest = append(rest, reshape(g, r, v.Shape))
				}
			}
			if len(rest) == 1 {
				by[v.ID] = rest[0]
			} else {
				by[v.ID] = g.New(ir.Sum{}, v.Shape, rest...)
			}
		}
	}
	g.Replace(by)
}

// joinProducts joins products aᵀ·b of one shape. One side, in a gradient the forward pass's, is there before the first
// operand of the other is computed: it becomes one whole, of which the products take parts as the other side comes.
func joinProducts(g *ir.Graph, r rank, products []*ir.Value, shape []int, stacks map[string][][]int) []*ir.Value {
	r.sortTerms(products, 1, 1)
	late := 0
	if r.before(operands(products, 0), operands(products, 1)) {
		late = 1
	}
	early := 1 - late
	whole := r.before(operands(products, early), operands(products, late))
	rows := stepRows
	if ir.Size(shape) > wideResult {
		rows = stepRowsWide
	}
	if !whole {
		rows = math.MaxInt
	}
	groups := divide(products, late, rows, stacks)
	if len(groups) == 1 {
		whole = false
	}
	var all *ir.Value
	from := make([]int, len(groups)) // where in the whole the operands of a group begin
	if whole {
		var ordered []*ir.Value
		at := 0
		for i, group := range groups {
			from[i] = at
			for _, p := range group {
				ordered = append(ordered, p.Args[early])
				at += p.Args[early].Shape[0]
			}
		}
		all = joinRows(g, ordered)
	}
	// In the order in which they can be computed: each adds to the one before.
	order := make([]int, len(groups))
	for i := range order {
		order[i] = i
	}
	last := func(i int) int { return r.last(operands(groups[order[i]], late)) }
	sort.SliceStable(order, func(i, j int) bool { return last(i) < last(j) })
	list := make([]*ir.Value, len(groups))
	for i, n := range order {
		group := groups[n]
		var args [2]*ir.Value
		args[late] = joinRows(g, operands(group, late))
		if whole {
			part := append([]int(nil), all.Shape...)
			part[0] = args[late].Shape[0]
			args[early] = g.New(ir.Slice{Axis: 0, From: from[n]}, part, all)
		} else {
			args[early] = joinRows(g, operands(group, early))
		}
		list[i] = g.New(ir.MatMul{TransA: true}, shape, args[0], args[1])
	}
	return list
}

// How many rows of steps are joined: as many as the kernels take along k at a time, so that the result is read and
// written no more often, and so many more if it is wide.
const (
	stepRows     = 384
	stepRowsWide = 768
	wideResult   = 512 << 10 // elements
)

// divide divides terms into groups of about so many rows of operand i, all in their order; terms with a set of operands
// that has been divided before are sorted and divided like those.
func divide(terms []*ir.Value, i, rows int, stacks map[string][][]int) [][]*ir.Value {
	key := setKey(operands(terms, i))
	if ids, ok := stacks[key]; ok {
		byID := make(map[int][]*ir.Value)
		for _, t := range terms {
			byID[t.Args[i].ID] = append(byID[t.Args[i].ID], t)
		}
		groups := make([][]*ir.Value, len(ids))
		for n, list := range ids {
			for _, id := range list {
				groups[n] = append(groups[n], byID[id][0])
				byID[id] = byID[id][1:]
			}
		}
		return groups
	}
	total := 0
	for _, t := range terms {
		total += t.Args[i].Shape[0]
	}
	count := max(1, (total+rows/2)/rows)
	var groups [][]*ir.Value
	var ids [][]int
	at := 0
	for _, t := range terms {
		if n := at * count / total; n >= len(groups) { // t is the first of its group
			groups, ids = append(groups, nil), append(ids, nil)
		}
		n := len(groups) - 1
		groups[n], ids[n] = append(groups[n], t), append(ids[n], t.Args[i].ID)
		at += t.Args[i].Shape[0]
	}
	stacks[key] = ids
	return groups
}

// rowSum returns the sum over rows that a term is, possibly reshaped, or nil.
func rowSum(v *ir.Value) *ir.Value {
	if _, ok := v.Op.(ir.Reshape); ok {
		v = v.Args[0]
	}
	if op, ok := v.Op.(ir.ReduceSum); ok && op.Axes&1 == 1 {
		return v
	}
	return nil
}

func reshape(g *ir.Graph, v *ir.Value, shape []int) *ir.Value {
	if ir.SameShape(v.Shape, shape) {
		return v
	}
	return g.New(ir.Reshape{}, shape, v)
}

// setKey identifies a set of values.
func setKey(set []*ir.Value) string {
	ids := make([]int, len(set))
	for i, v := range set {
		ids[i] = v.ID
	}
	sort.Ints(ids)
	key := make([]byte, 0, 4*len(ids))
	for _, id := range ids {
		key = append(key, byte(id), byte(id>>8), byte(id>>16), byte(id>>24))
	}
	return string(key)
}

// sameTail reports whether the arguments of reductions agree in all axes but the first, and in the operation.
func sameTail(terms []*ir.Value) bool {
	first := terms[0]
	for _, t := range terms {
		if t.Op != first.Op || !ir.SameShape(t.Shape, first.Shape) || !ir.SameShape(t.Args[0].Shape[1:], first.Args[0].Shape[1:]) {
			return false
		}
	}
	return true
}
