package pass

import "github.com/rnnzoo/rnnzoo/graph/internal/ir"

// JoinStacks lets two concatenations that are the same but for a shift by one share their members' memory: the states
// after each step, h_1 … h_T, which are a layer's output, and those before each step, h_0 … h_{T−1}, which the gradient
// of the recurrent weight needs, both become slices of h_0 … h_T.
func JoinStacks(g *ir.Graph) {
	byFirst := make(map[*ir.Value]*ir.Value)
	byLast := make(map[*ir.Value]*ir.Value)
	var stacks []*ir.Value
	for _, v := range g.Values {
		if ir.IsStack(v) && len(v.Args) > 1 {
			stacks = append(stacks, v)
			byFirst[v.Args[0]] = v
			byLast[v.Args[len(v.Args)-1]] = v
		}
	}
	o := newStackOrder(g, stacks)
	by := make([]*ir.Value, g.Limit())
	for _, shifted := range stacks {
		n := len(shifted.Args)
		// Either [x, a_1 … a_{n−1}] of [a_1 … a_n], or [a_2 … a_n, x] of it.
		if s := byFirst[shifted.Args[1]]; s != nil && joinable(s, shifted, by) && equalValues(s.Args[:n-1], shifted.Args[1:]) {
			whole := append([]*ir.Value{shifted.Args[0]}, s.Args...)
			if o.join(s, shifted, whole) {
				share(g, by, s, shifted, whole, shifted.Args[0].Shape[0], 0)
			}
		} else if s := byLast[shifted.Args[n-2]]; s != nil && joinable(s, shifted, by) && equalValues(s.Args[1:], shifted.Args[:n-1]) {
			whole := append(append([]*ir.Value{}, s.Args...), shifted.Args[n-1])
			if o.join(s, shifted, whole) {
				share(g, by, s, shifted, whole, 0, s.Args[0].Shape[0])
			}
		}
	}
	g.Replace(by)
}

// stackOrder knows an order of computation in which every stack that has been joined stands behind the members of its
// whole and before what uses it. A cell that looks back at its states, h_t = f([h_{t−k} … h_{t−1}]), makes stacks that
// are the same but for a shift and must be there before the last member of the whole is: to join those would have a
// value wait for itself.
type stackOrder struct {
	at    []int                     // a value's place, by ID
	users map[*ir.Value][]*ir.Value // of the stacks: what computes with them, be it through views
}

func newStackOrder(g *ir.Graph, stacks []*ir.Value) stackOrder {
	o := stackOrder{make([]int, g.Limit()), make(map[*ir.Value][]*ir.Value, len(stacks))}
	stackOf := make(map[*ir.Value]*ir.Value, len(stacks)) // of a stack itself and of its views
	for _, s := range stacks {
		stackOf[s] = s
	}
	for i, v := range g.Values {
		if len(v.Args) > 0 { // what has none, such as an initial state of zeros, may stand at the beginning
			o.at[v.ID] = i
		}
		for _, a := range v.Args {
			s := stackOf[a]
			switch {
			case s == nil:
			case ir.IsView(v.Op):
				stackOf[v] = s
			default:
				o.users[s] = append(o.users[s], v)
			}
		}
	}
	return o
}

// join moves two stacks behind the last member of their whole, and reports whether that is before all their users.
func (o stackOrder) join(s, shifted *ir.Value, members []*ir.Value) bool {
	place := 0
	for _, m := range members {
		place = max(place, o.at[m.ID])
	}
	for _, stack := range []*ir.Value{s, shifted} {
		for _, u := range o.users[stack] {
			if o.at[u.ID] <= place {
				return false
			}
		}
	}
	o.at[s.ID], o.at[shifted.ID] = place, place
	return true
}

func joinable(a, b *ir.Value, by []*ir.Value) bool {
	return a != b && by[a.ID] == nil && by[b.ID] == nil && len(a.Args) == len(b.Args)
}

func equalValues(a, b []*ir.Value) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// share replaces two stacks by slices of a whole, from the rows that are given.
func share(g *ir.Graph, by []*ir.Value, s, shifted *ir.Value, members []*ir.Value, from, fromShifted int) {
	whole := joinRows(g, members)
	by[s.ID] = g.New(ir.Slice{Axis: 0, From: from}, s.Shape, whole)
	by[shifted.ID] = g.New(ir.Slice{Axis: 0, From: fromShifted}, shifted.Shape, whole)
}
