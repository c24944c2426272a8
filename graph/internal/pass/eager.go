package pass

import "github.com/rnnzoo/rnnzoo/graph/internal/ir"

// ScheduleEagerly moves what leads to reductions of stacks of steps to where it can be computed first: the reductions,
// the stacks and other views, and what is computed for a stack alone. They then find in a cache what the steps have
// computed, and its memory is free for the next ones.
func ScheduleEagerly(g *ir.Graph) {
	stacked := onlyStacked(g)
	pullForward(g, func(v *ir.Value) bool { return eager(v) || stacked[v.ID] }, func(*ir.Value) bool { return true })
}

// eager reports whether v costs nothing, or reduces a stack.
func eager(v *ir.Value) bool {
	switch v.Op.(type) {
	case ir.Viewer, ir.Concat:
		return true
	case ir.Reducer:
		for _, a := range v.Args {
			if ir.IsStack(a) {
				return true
			}
		}
	}
	return false
}

// onlyStacked reports, by ID, which elementwise values nothing uses but a stack.
func onlyStacked(g *ir.Graph) []bool {
	uses, stacked := g.Uses(), make([]bool, g.Limit())
	for _, v := range g.Values {
		for _, a := range v.Args {
			if _, ok := a.Op.(ir.Map); ok && ir.IsStack(v) {
				stacked[a.ID] = uses[a.ID] == 1
			}
		}
	}
	return stacked
}

// ScheduleForFusion puts the values of a scan's body in an order in which those that are computed element by element stand
// together, as long as they can be computed at all: what follows one another becomes one instruction. Others keep
// their order.
func ScheduleForFusion(g *ir.Graph) {
	pullForward(g, func(v *ir.Value) bool { return isElementwise(v.Op) || ir.IsView(v.Op) }, func(v *ir.Value) bool { return !ir.IsSource(v.Op) })
}

// pullForward moves the values that follow as soon as they can be computed to behind the first of the others at which they
// can be and which they may follow. The others keep their order.
func pullForward(g *ir.Graph, follows, mayFollow func(*ir.Value) bool) {
	missing := make([]int, g.Limit()) // arguments that are not in the order yet
	users := make([][]*ir.Value, g.Limit())
	for _, v := range g.Values {
		missing[v.ID] = len(v.Args)
		for _, a := range v.Args {
			users[a.ID] = append(users[a.ID], v)
		}
	}
	order := make([]*ir.Value, 0, len(g.Values))
	done := make([]bool, g.Limit())
	var ready []*ir.Value // of those that follow
	place := func(v *ir.Value) {
		done[v.ID] = true
		order = append(order, v)
		for _, u := range users[v.ID] {
			if missing[u.ID]--; missing[u.ID] == 0 && follows(u) {
				ready = append(ready, u)
			}
		}
	}
	for _, v := range g.Values {
		if done[v.ID] {
			continue
		}
		place(v)
		for len(ready) > 0 && mayFollow(v) {
			u := ready[0]
			ready = ready[1:]
			if !done[u.ID] {
				place(u)
			}
		}
	}
	g.Values = order
}
