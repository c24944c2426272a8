// Package pass holds the rewrites of the intermediate representation, one a file. Each keeps what the graph computes
// and can be switched off, so that a test can compare with and without.
package pass

import "github.com/rnnzoo/rnnzoo/graph/internal/ir"

// Pass is a named rewrite.
type Pass struct {
	Name string
	Run  func(*ir.Graph)
}

// All are the passes in the order in which they run.
func All() []Pass {
	return []Pass{
		{"places", MergePlaces},
		{"views", FoldViews},
		{"constants", FoldConstants},
		{"cse", CommonSubexpressions},
		{"timebatch", BatchTime},
		{"accumulate", Accumulate},
		{"stacks", JoinStacks},
	}
}

// Run runs the passes that are not named in without, expands what the executor does not know, and puts all in the order in
// which it is computed best.
func Run(g *ir.Graph, without map[string]bool) {
	g.Sort()
	for _, p := range All() {
		if !without[p.Name] {
			p.Run(g)
			g.Sort()
		}
	}
	ExpandPlaces(g)
	g.Sort()
	g.Hasten()
}
