package pass

import (
	"sort"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// BatchTime makes one product of products that share an operand and do not depend on each other, which over an unrolled
// sequence are those of all time steps: Σ_t a_tᵀ·b_t becomes one product with the steps side by side along the inner
// dimension, and x_t·W for all t one product with the steps' rows one below the other. Sums over t of reduced rows
// (bias gradients) become one reduction. The joined operands are concatenations, which the memory plan has their members
// computed in.
func BatchTime(g *ir.Graph, clean func(*ir.Graph)) {
	batchSums(g)
	clean(g)
	joined := false
	for _, weight := range sharedOperands(g) {
		if batchProducts(g, weight) {
			g.Sort() // the next weight's products depend on what has been joined
			joined = true
		}
	}
	if joined { // once for all: for each weight it would take most of the time of compiling a deep network
		clean(g)
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

func operands(terms []*ir.Value, i int) []*ir.Value {
	list := make([]*ir.Value, len(terms))
	for j, t := range terms {
		list[j] = t.Args[i]
	}
	return list
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
