package pass

import (
	"math"
	"slices"
	"sort"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// BatchTime makes one product of products that share an operand and do not depend on each other, which over an unrolled
// sequence are those of all time steps: Σ_t a_tᵀ·b_t becomes one product with the steps side by side along the inner
// dimension, and x_t·W for all t one product with the steps' rows one below the other. Sums over t of reduced rows
// (bias gradients) become one reduction. The joined operands are concatenations, which the memory plan has their members
// computed in.
func BatchTime(g *ir.Graph) {
	batchSums(g)
	g.Sort()
	FoldViews(g)
	g.Sort()
	CommonSubexpressions(g)
	g.Sort()
	for _, weight := range sharedOperands(g) {
		if batchProducts(g, weight) {
			g.Sort()
			FoldViews(g)
			g.Sort()
			CommonSubexpressions(g)
			g.Sort()
		}
	}
}

// rank orders values by where they come from, so that joined operands stand in the order of time wherever one of them
// is a part of an input: slices by their place, others in order of computation.
type rank struct {
	order []int // by value
}

func newRank(g *ir.Graph) rank {
	r := rank{order: make([]int, g.Limit())}
	for i, v := range g.Values {
		if !ir.IsSource(v.Op) { // they are there before anything is computed
			r.order[v.ID] = i + 1
		}
	}
	return r
}

// slicePlace returns the offset of a slice along axis 0, possibly under a reshape.
func slicePlace(v *ir.Value) (base *ir.Value, from int, ok bool) {
	for {
		if _, isReshape := v.Op.(ir.Reshape); !isReshape {
			break
		}
		v = v.Args[0]
	}
	s, ok := v.Op.(ir.Slice)
	if !ok || s.Axis != 0 {
		return nil, 0, false
	}
	return v.Args[0], s.From, true
}

// sortTerms sorts products whose operand i is a slice of one tensor by the slices' places; otherwise by the order in
// which operand j is computed.
func (r rank) sortTerms(terms []*ir.Value, slices, computed int) {
	base, _, all := slicePlace(terms[0].Args[slices])
	for _, t := range terms {
		b, _, ok := slicePlace(t.Args[slices])
		all = all && ok && b == base
	}
	sort.SliceStable(terms, func(i, j int) bool {
		if all {
			_, a, _ := slicePlace(terms[i].Args[slices])
			_, b, _ := slicePlace(terms[j].Args[slices])
			return a < b
		}
		return r.order[terms[i].Args[computed].ID] < r.order[terms[j].Args[computed].ID]
	})
}

// last returns the place of the value that is computed last.
func (r rank) last(values []*ir.Value) int {
	n := -1
	for _, v := range values {
		n = max(n, r.order[v.ID])
	}
	return n
}

// before reports whether all of a are computed before any of b.
func (r rank) before(a, b []*ir.Value) bool {
	last := r.last(a)
	for _, v := range b {
		if r.order[v.ID] <= last {
			return false
		}
	}
	return true
}

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
				if reduction := rowSum(a); reduction != nil {
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
	from := make(map[*ir.Value]int) // where in the whole a product's operand begins
	if whole {
		var ordered []*ir.Value
		at := 0
		for _, p := range slices.Concat(groups...) {
			ordered = append(ordered, p.Args[early])
			from[p] = at
			at += p.Args[early].Shape[0]
		}
		all = joinRows(g, ordered)
	}
	// In the order in which they can be computed: each adds to the one before.
	sort.SliceStable(groups, func(i, j int) bool { return r.last(operands(groups[i], late)) < r.last(operands(groups[j], late)) })
	list := make([]*ir.Value, len(groups))
	for i, group := range groups {
		var args [2]*ir.Value
		args[late] = joinRows(g, operands(group, late))
		if whole {
			part := append([]int(nil), all.Shape...)
			part[0] = args[late].Shape[0]
			args[early] = g.New(ir.Slice{Axis: 0, From: from[group[0]]}, part, all)
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

func operands(terms []*ir.Value, i int) []*ir.Value {
	list := make([]*ir.Value, len(terms))
	for j, t := range terms {
		list[j] = t.Args[i]
	}
	return list
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

// joinRows puts matrices one below the other.
func joinRows(g *ir.Graph, parts []*ir.Value) *ir.Value {
	shape := append([]int(nil), parts[0].Shape...)
	shape[0] = 0
	for _, p := range parts {
		shape[0] += p.Shape[0]
	}
	return g.New(ir.Concat{Axis: 0}, shape, parts...)
}

// weightKey is the shared right operand of products.
type weightKey struct {
	id int
	op ir.MatMul
}

// productKey returns the right operand of a product of two matrices whose left operand is not transposed.
func productKey(v *ir.Value) (weightKey, bool) {
	op, ok := v.Op.(ir.MatMul)
	if !ok || op.TransA || len(v.Shape) != 2 {
		return weightKey{}, false
	}
	return weightKey{v.Args[1].ID, op}, true
}

// sharedOperands returns the right operands that more than one product has, in order of first use.
func sharedOperands(g *ir.Graph) []weightKey {
	count := make(map[weightKey]int)
	var order []weightKey
	for _, v := range g.Values {
		if k, ok := productKey(v); ok {
			if count[k]++; count[k] == 2 {
				order = append(order, k)
			}
		}
	}
	return order
}

// batchProducts joins the products with a shared right operand that do not depend on each other, and reports whether
// there were any. Two products depend on each other only if one is deeper than the other, where the depth of a value is
// the largest number of these products on a path to it: products of one depth are independent.
func batchProducts(g *ir.Graph, weight weightKey) bool {
	depth := make([]int, g.Limit())
	var levels [][]*ir.Value
	for _, v := range g.Values {
		d := 0
		for _, a := range v.Args {
			d = max(d, depth[a.ID])
		}
		if k, ok := productKey(v); ok && k == weight {
			if d == len(levels) {
				levels = append(levels, nil)
			}
			levels[d] = append(levels[d], v)
			d++
		}
		depth[v.ID] = d
	}
	if !slices.ContainsFunc(levels, func(level []*ir.Value) bool { return len(level) > 1 }) {
		return false
	}
	r, stacks := newRank(g), stacksByFirst(g)
	by := make([]*ir.Value, g.Limit())
	users := usersOf(g, levels)
	for _, level := range levels {
		if len(level) < 2 {
			continue
		}
		for _, group := range chunks(stacks, r, level) {
			rows := joinRows(g, operands(group, 0))
			op := group[0].Op.(ir.MatMul)
			if !slices.ContainsFunc(group, func(p *ir.Value) bool { return p.Shape[0] != group[0].Shape[0] }) {
				op.Steps = len(group)
			}
			whole := g.New(op, []int{rows.Shape[0], group[0].Shape[1]}, rows, group[0].Args[1])
			ends := group
			if biased, bias := sharedBias(group, users); bias != nil {
				whole = g.New(ir.Sum{}, whole.Shape, whole, bias)
				ends = biased
			}
			at := 0
			for _, p := range ends {
				by[p.ID] = g.New(ir.Slice{Axis: 0, From: at}, p.Shape, whole)
				at += p.Shape[0]
			}
		}
	}
	g.Replace(by)
	return true
}

// usersOf returns what uses each of the products, an output counting as a user that is nil.
func usersOf(g *ir.Graph, levels [][]*ir.Value) map[*ir.Value][]*ir.Value {
	users := make(map[*ir.Value][]*ir.Value)
	for _, level := range levels {
		for _, p := range level {
			users[p] = nil
		}
	}
	for _, v := range g.Values {
		for _, a := range v.Args {
			if list, ok := users[a]; ok {
				users[a] = append(list, v)
			}
		}
	}
	for _, v := range g.Outputs {
		if list, ok := users[v]; ok {
			users[v] = append(list, nil)
		}
	}
	return users
}

// sharedBias returns the sums of products and one bias, if that is all that the products are used for: the bias is then
// added to all steps at once.
func sharedBias(products []*ir.Value, users map[*ir.Value][]*ir.Value) (sums []*ir.Value, bias *ir.Value) {
	for _, p := range products {
		if len(users[p]) != 1 || users[p][0] == nil {
			return nil, nil
		}
		sum := users[p][0]
		if _, ok := sum.Op.(ir.Sum); !ok || len(sum.Args) != 2 || !ir.SameShape(sum.Shape, p.Shape) {
			return nil, nil
		}
		other := sum.Args[0]
		if other == p {
			other = sum.Args[1]
		}
		if bias != nil && other != bias || len(other.Shape) != 1 {
			return nil, nil
		}
		bias = other
		sums = append(sums, sum)
	}
	return sums, bias
}

// chunkRows is about how many rows a product of many steps has: enough for the kernels to run at their best, and few
// enough for the memory of a program that looks at the last step alone not to grow with the number of steps.
const chunkRows = 256

// stacksByFirst returns the concatenations along the first axis by their first members.
func stacksByFirst(g *ir.Graph) map[*ir.Value][]*ir.Value {
	stacks := make(map[*ir.Value][]*ir.Value)
	for _, v := range g.Values {
		if c, ok := v.Op.(ir.Concat); ok && c.Axis == 0 && len(v.Args) > 1 {
			stacks[v.Args[0]] = append(stacks[v.Args[0]], v)
		}
	}
	return stacks
}

// chunks divides products into groups: those whose left operands stand together already, in their order, and others by
// time, about chunkRows rows each.
func chunks(byFirst map[*ir.Value][]*ir.Value, r rank, level []*ir.Value) [][]*ir.Value {
	byLeft := make(map[*ir.Value]*ir.Value, len(level))
	var stacks []*ir.Value // the longest first
	for _, p := range level {
		byLeft[p.Args[0]] = p
		stacks = append(stacks, byFirst[p.Args[0]]...)
	}
	sort.SliceStable(stacks, func(i, j int) bool { return len(stacks[i].Args) > len(stacks[j].Args) })
	var groups [][]*ir.Value
next:
	for _, stack := range stacks {
		var group []*ir.Value
		seen := make(map[*ir.Value]bool, len(stack.Args))
		for _, a := range stack.Args {
			if byLeft[a] == nil || seen[a] {
				continue next
			}
			seen[a] = true
			group = append(group, byLeft[a])
		}
		for _, a := range stack.Args {
			delete(byLeft, a)
		}
		groups = append(groups, group)
	}
	var others []*ir.Value
	for _, p := range level {
		if byLeft[p.Args[0]] == p {
			others = append(others, p)
		}
	}
	if len(others) == 0 {
		return groups
	}
	r.sortTerms(others, 0, 0)
	from, rows := 0, 0
	for i, p := range others {
		if rows += p.Shape[0]; rows >= chunkRows || i == len(others)-1 {
			groups = append(groups, others[from:i+1])
			from, rows = i+1, 0
		}
	}
	return groups
}
