// Package pass holds the rewrites of the intermediate representation, one a file. Each keeps what the graph computes
// and can be switched off, so that a test can compare with and without.
package pass

import "github.com/rnnzoo/rnnzoo/graph/internal/ir"

// Pass is a named rewrite. Some rewrites leave views of views and equal values behind, which clean removes.
type Pass struct {
	Name string
	Run  func(g *ir.Graph, clean func(*ir.Graph))
}

// All are the passes in the order in which they run.
func All() []Pass {
	return []Pass{
		{"places", alone(MergePlaces)},
		{"views", alone(FoldViews)},
		{"constants", alone(FoldConstants)},
		{"cse", alone(CommonSubexpressions)},
		{"timebatch", BatchTime},
		{"accumulate", Accumulate},
		{"vocabulary", alone(Vocabulary)},
		{"stacks", alone(JoinStacks)},
	}
}

// alone is the Run of a pass after which there is nothing to clean.
func alone(run func(*ir.Graph)) func(*ir.Graph, func(*ir.Graph)) {
	return func(g *ir.Graph, _ func(*ir.Graph)) { run(g) }
}

// Observe is called with the graph as it is before the first pass, as "lower", and after each of them, under its name.
type Observe func(name string, g *ir.Graph)

// Run runs the passes that are not named in without, expands what the executor does not know, and puts all in the order in
// which it is computed best. A pass that is switched off does not clean after others either. observe may be nil.
func Run(g *ir.Graph, without map[string]bool, observe Observe) {
	if observe == nil {
		observe = func(string, *ir.Graph) {}
	}
	clean := func(g *ir.Graph) {
		g.Sort()
		if !without["views"] {
			FoldViews(g)
			g.Sort()
		}
		if !without["cse"] {
			CommonSubexpressions(g)
			g.Sort()
		}
	}
	g.Sort()
	observe("lower", g)
	for _, p := range All() {
		if !without[p.Name] {
			p.Run(g, clean)
			g.Sort()
			observe(p.Name, g)
		}
	}
	ExpandPlaces(g)
	g.Sort()
	if !without["eager"] {
		ScheduleEagerly(g)
	}
	if !without["vocabulary"] {
		ScheduleLosses(g)
	}
	observe("eager", g)
}
