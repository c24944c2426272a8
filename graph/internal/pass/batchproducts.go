package pass

import (
	"slices"
	"sort"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

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
	wanted := make([]bool, g.Limit()) // by ID: a look into the map for every argument takes longer than the rest
	for _, level := range levels {
		for _, p := range level {
			wanted[p.ID] = true
		}
	}
	for _, v := range g.Values {
		for _, a := range v.Args {
			if wanted[a.ID] {
				users[a] = append(users[a], v)
			}
		}
	}
	for _, v := range g.Outputs {
		if wanted[v.ID] {
			users[v] = append(users[v], nil)
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
		if ir.IsStack(v) && len(v.Args) > 1 {
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
