package show

import (
	"cmp"
	"math"
	"slices"
)

// Distances of a drawing, in pixels.
const (
	margin     = 16
	gapX, gapY = 14, 26
	lineHeight = 13
	laneWidth  = 5  // between lines beside each other
	header     = 22 // of a box, for its title
	inset      = 10 // between a box and what is in it
)

// place gives each node its place, after Sugiyama: levels by the longest path, and in each a dummy node for every line
// that passes, so that no line crosses a node; the order in a row by the mean place of the neighbours. The steps of time
// are columns, the same in all bands. It takes time in proportion to the nodes and dummies.
func (g *Graph) place() {
	for _, n := range g.nodes {
		n.height = lineHeight*float64(len(n.lines)) + 9
		for _, l := range n.lines {
			n.width = max(n.width, textWidth(l)+12)
		}
	}
	order := g.topological()
	g.bandsOf(order)
	g.levelsOf(order)
	for _, e := range g.edges {
		g.pass(e)
	}
	for _, b := range g.boxes {
		b.settle()
	}
	// How wide the gaps between the columns have to be shows when the lines between them are known.
	gutters := make([]float64, g.columns+1)
	g.across(gutters)
	g.gutters(gutters)
	g.across(gutters)
	g.wires()
	g.down()
	g.frame()
}

// topological returns the nodes, each after its operands.
func (g *Graph) topological() []*node {
	var order []*node
	seen := make(map[*node]bool)
	var visit func(*node)
	visit = func(n *node) {
		if seen[n] {
			return
		}
		seen[n] = true
		for _, m := range n.in {
			visit(m)
		}
		order = append(order, n)
	}
	for _, n := range g.nodes {
		visit(n)
	}
	return order
}

// settle gives the nodes of a box their order, and places that count from 0.
func (b *box) settle() {
	for _, row := range b.rows {
		spread(row)
	}
	// Twelve times up and down: more changes nothing that one sees.
	inside := func(m *node) bool { return m.box == b }
	for i := range 12 {
		for r := range b.rows {
			if i%2 == 1 {
				r = len(b.rows) - 1 - r
			}
			settle(b.rows[r], inside)
		}
	}
	left, right := math.Inf(1), math.Inf(-1)
	for _, row := range b.rows {
		for _, n := range row {
			left, right = min(left, n.x-n.width/2), max(right, n.x+n.width/2)
		}
	}
	if left > right {
		left, right = 0, 0
	}
	b.width = max(right-left+2*inset, textWidth(b.title)+2*inset)
	b.left = (left+right)/2 - b.width/2
}

// spread puts a row's nodes beside each other.
func spread(row []*node) {
	x := 0.0
	for _, n := range row {
		n.x = x + n.width/2
		x += n.width + gapX
	}
}

// settle orders a row by where its nodes' neighbours are, as far as these count, and moves it there as far as there is
// room.
func settle(row []*node, counts func(*node) bool) {
	want := make(map[*node]float64, len(row))
	for _, n := range row {
		c := n.chain
		if c == nil {
			c = &chain{[]*node{n}}
		}
		sum, count := c.wish(counts)
		if want[n] = n.x; count > 0 {
			want[n] = sum / float64(count)
		}
	}
	slices.SortStableFunc(row, func(a, b *node) int { return cmp.Compare(want[a], want[b]) })
	// Nodes that would overlap are moved apart, each group of them about the middle of where they want to be, by weight:
	// it matters more that lines are straight.
	type group struct {
		from, to            int     // the part of the row
		wish, weight, width float64 // where its left end wants to be, times the weight
	}
	var groups []group
	apart := func(i int) float64 { // the gap before a node
		if row[i-1].virtual && row[i].virtual {
			return laneWidth + 2
		}
		return gapX
	}
	for i, n := range row {
		weight := 1.0
		if n.chain != nil {
			weight = 4
		}
		g := group{i, i + 1, weight * (want[n] - n.width/2), weight, n.width}
		for len(groups) > 0 {
			before := groups[len(groups)-1]
			shift := before.width + apart(g.from)
			if before.wish/before.weight+shift <= g.wish/g.weight {
				break
			}
			g = group{before.from, g.to, before.wish + g.wish - shift*g.weight, before.weight + g.weight, shift + g.width}
			groups = groups[:len(groups)-1]
		}
		groups = append(groups, g)
	}
	for _, g := range groups {
		x := g.wish / g.weight
		for i := g.from; i < g.to; i++ {
			if i > g.from {
				x += apart(i)
			}
			row[i].x = x + row[i].width/2
			x += row[i].width
		}
	}
}

// across puts the columns beside each other, with gutters of these widths before, between and after them, and then the
// rows outside of boxes.
func (g *Graph) across(gutters []float64) {
	widths := make([]float64, g.columns)
	for _, b := range g.boxes {
		widths[b.column] = max(widths[b.column], b.width)
	}
	g.gutter = make([]float64, g.columns+1)
	lefts := make([]float64, g.columns)
	x := 0.0
	for i := range gutters {
		g.gutter[i] = x + inset // the first lane
		x += gutters[i] + 2*inset
		if i < g.columns {
			lefts[i] = x
			x += widths[i]
		}
	}
	for _, b := range g.boxes {
		move := lefts[b.column] + (widths[b.column]-b.width)/2 - b.left
		for _, row := range b.rows {
			for _, n := range row {
				n.x += move
			}
		}
		b.left = lefts[b.column]
		b.right = b.left + widths[b.column]
		b.width = widths[b.column]
	}
	for _, l := range g.levels {
		if l.band != nil {
			for _, n := range l.nodes {
				n.x = g.gutter[n.column] + laneWidth*float64(n.lane)
			}
		}
	}
	every := func(*node) bool { return true }
	for i := range 12 {
		for k := range g.levels {
			if i%2 == 1 {
				k = len(g.levels) - 1 - k
			}
			if g.levels[k].band == nil {
				settle(g.levels[k].nodes, every)
			}
		}
	}
}

// gutters has the lines that pass a band take the gutter that is next to where they come from, each in a lane of its
// own, and says how wide each gutter has to be.
func (g *Graph) gutters(widths []float64) {
	type place struct {
		level, gutter int
	}
	lanes := make(map[place]int)
	take := func(level, gutter int) (lane int) {
		p := place{level, gutter}
		lanes[p]++
		widths[gutter] = max(widths[gutter], laneWidth*float64(lanes[p]-1))
		return lanes[p] - 1
	}
	for i, l := range g.levels {
		if l.band == nil {
			continue
		}
		for _, n := range l.nodes {
			from := n.above[0]
			for k := range g.gutter {
				if math.Abs(g.gutter[k]-from.x) < math.Abs(g.gutter[n.column]-from.x) {
					n.column = k
				}
			}
		}
		slices.SortStableFunc(l.nodes, func(a, b *node) int { return cmp.Compare(a.above[0].x, b.above[0].x) })
		for _, n := range l.nodes {
			n.lane = take(i, n.column)
		}
	}
	// From a step of time to another the line goes beside the one and beside the other, which is the same gutter for
	// steps that follow each other.
	for _, e := range g.edges {
		if !e.sideways() {
			continue
		}
		out, in := e.from.box.column+1, e.to.box.column
		if out > in {
			out, in = e.from.box.column, e.to.box.column+1
		}
		for k, gutter := range []int{out, in} {
			key := side{e.from, gutter}
			lane, ok := g.sides[key]
			if !ok {
				lane = take(e.from.level, gutter)
				g.sides[key] = lane
			}
			e.gutter[k], e.lane[k] = gutter, lane
		}
	}
}
