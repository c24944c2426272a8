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
		{"places", everywhere(MergePlaces)},
		{"views", everywhere(FoldViews)},
		{"constants", everywhere(FoldConstants)},
		{"cse", everywhere(CommonSubexpressions)},
		{"strips", alone(StripMine)},
		{"hoist", cleanly(Hoist)},
		{"sink", cleanly(Sink)},
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

// everywhere is the Run of a pass that rewrites the bodies of scans as well.
func everywhere(run func(*ir.Graph)) func(*ir.Graph, func(*ir.Graph)) {
	return func(g *ir.Graph, _ func(*ir.Graph)) { eachGraph(g, run) }
}

// cleanly is the Run of a pass that moves values between the bodies of scans and what is around them.
func cleanly(run func(*ir.Graph)) func(*ir.Graph, func(*ir.Graph)) {
	return func(g *ir.Graph, clean func(*ir.Graph)) {
		eachGraph(g, run)
		clean(g)
	}
}

// eachGraph calls f for the bodies of scans, the innermost first, and for the graph itself, and sorts each.
func eachGraph(g *ir.Graph, f func(*ir.Graph)) {
	for _, v := range g.Scans() {
		eachGraph(&v.Op.(ir.Scan).Body.Graph, f)
	}
	f(g)
	g.Sort()
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
			eachGraph(g, FoldViews)
		}
		if !without["cse"] {
			eachGraph(g, CommonSubexpressions)
		}
	}
	eachGraph(g, func(*ir.Graph) {})
	eachGraph(g, TrimScans)
	observe("lower", g)
	for _, p := range All() {
		if !without[p.Name] {
			p.Run(g, clean)
			g.Sort()
			observe(p.Name, g)
		}
	}
	eachGraph(g, TrimScans)
	eachGraph(g, ExpandPlaces)
	if !without["eager"] {
		ScheduleEagerly(g)
		for _, v := range g.Scans() {
			eachBody(&v.Op.(ir.Scan).Body.Graph, ScheduleForFusion)
		}
	}
	if !without["vocabulary"] {
		ScheduleLosses(g)
	}
	observe("eager", g)
}

// eachBody calls f for the bodies of scans and for the graph around them.
func eachBody(g *ir.Graph, f func(*ir.Graph)) {
	for _, v := range g.Scans() {
		eachBody(&v.Op.(ir.Scan).Body.Graph, f)
	}
	f(g)
}
