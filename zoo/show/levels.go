package show

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// level is a row of nodes outside of boxes, or a band of boxes beside each other: all that is at one height.
type level struct {
	nodes       []*node // of a row, and of a band the ways through it
	band        *band   // nil for a row
	top, bottom float64
	channel     channel // above it
}

// band is boxes that differ in time only, such as a layer: one for each step, from left to right.
type band struct {
	boxes []*box
	level int
	gaps  []channel // above each row of the boxes
	rows  []float64 // their heights
}

// timeStep is the time in the title of a box.
var timeStep = regexp.MustCompile(`,? *\bt = (\d+)`)

// bandsOf joins the boxes to bands, each below those that it depends on.
func (g *Graph) bandsOf(order []*node) {
	byName := make(map[string]*band)
	at := make(map[int]int) // the column of a time
	for i, b := range g.boxes {
		name, t := "", i // boxes without a time stand beside each other
		if m := timeStep.FindStringSubmatch(b.title); m != nil {
			name = strings.Replace(b.title, m[0], "", 1) + " at"
			t, _ = strconv.Atoi(m[1])
		}
		at[t], b.column = 0, t
		if byName[name] == nil {
			byName[name] = &band{}
		}
		b.band = byName[name]
		b.band.boxes = append(b.band.boxes, b)
	}
	var times []int
	for t := range at {
		times = append(times, t)
	}
	slices.Sort(times)
	for i, t := range times {
		at[t] = i
	}
	g.columns = len(times)
	for _, b := range g.boxes {
		b.column = at[b.column]
	}

	// A band stands as one vertex for all of its nodes.
	members := make(map[*band][]*node)
	for _, n := range order {
		if n.box != nil {
			members[n.box.band] = append(members[n.box.band], n)
		}
	}
	seen, seenBand := make(map[*node]bool), make(map[*band]bool)
	var visit func(*node)
	visit = func(n *node) {
		if seen[n] {
			return
		}
		seen[n] = true
		if n.box == nil {
			for _, m := range n.in {
				visit(m)
			}
			return
		}
		b := n.box.band
		if seenBand[b] {
			return
		}
		seenBand[b] = true
		for _, m := range members[b] {
			seen[m] = true
			for _, o := range m.in {
				visit(o)
			}
		}
		g.bands = append(g.bands, b)
	}
	for _, n := range order {
		visit(n)
	}
}

// levelsOf gives each node its level, and in a box its row. Between two bands there is a region of rows: region 0 is
// above all bands, region 1 below the first, and so on.
func (g *Graph) levelsOf(order []*node) {
	number := make(map[*band]int, len(g.bands))
	for i, b := range g.bands {
		number[b] = i
	}
	// The region of a node outside is just below the last band that it depends on; what depends on none, such as
	// parameters, is just above the first that it is for.
	region := make(map[*node]int, len(order))
	late := make(map[*node]bool)
	for _, n := range order {
		r := 0
		for _, m := range n.in {
			if m.box != nil {
				r = max(r, number[m.box.band]+1)
			} else {
				r = max(r, region[m])
			}
		}
		region[n] = r
	}
	regions := make([][]*node, len(g.bands)+1)
	for _, n := range slices.Backward(order) {
		if n.box != nil {
			continue
		}
		if region[n] == 0 {
			late[n] = true
			r := len(g.bands)
			for _, o := range n.out {
				if o.box != nil {
					r = min(r, number[o.box.band])
				} else {
					r = min(r, region[o])
				}
			}
			if len(n.out) > 0 || len(g.bands) == 0 {
				region[n] = r
			}
		}
		regions[region[n]] = append(regions[region[n]], n)
	}
	for i, nodes := range regions {
		slices.Reverse(nodes)
		same := func(m *node) bool { return m.box == nil && region[m] == i }
		rows := ranked(nodes, same, func(n *node) bool { return late[n] })
		first := len(g.levels)
		for range rows {
			g.levels = append(g.levels, &level{})
		}
		for _, n := range nodes {
			n.level = first + n.row
			n.row = 0
			g.levels[n.level].nodes = append(g.levels[n.level].nodes, n)
		}
		if i < len(g.bands) {
			g.bands[i].level = len(g.levels)
			g.levels = append(g.levels, &level{band: g.bands[i]})
		}
	}
	members := make(map[*box][]*node)
	for _, n := range order {
		members[n.box] = append(members[n.box], n)
	}
	for _, b := range g.boxes {
		b.rows = make([][]*node, ranked(members[b], func(m *node) bool { return m.box == b }, func(*node) bool { return false }))
		for _, n := range members[b] {
			n.level = b.band.level
			b.rows[n.row] = append(b.rows[n.row], n)
		}
		for len(b.band.rows) < len(b.rows) {
			b.band.rows = append(b.band.rows, 0)
		}
	}
}

// ranked gives the nodes of a box or region their rows by the longest path within it, and returns how many rows there
// are. What has no operand in it stands just above what it is for, and so does what is late.
func ranked(nodes []*node, same func(*node) bool, late func(*node) bool) (rows int) {
	for _, n := range nodes {
		n.row = 0
		for _, m := range n.in {
			if same(m) {
				n.row = max(n.row, m.row+1)
			}
		}
		rows = max(rows, n.row+1)
	}
	for _, n := range slices.Backward(nodes) {
		below := rows
		for _, o := range n.out {
			if same(o) {
				below = min(below, o.row)
			}
		}
		if late(n) || below < rows && !slices.ContainsFunc(n.in, same) {
			n.row = max(n.row, below-1)
		}
	}
	return rows
}

// stop is where the line from a node passes.
type stop struct {
	from       *node
	box        *box
	level, row int
}

// chain is the dummies of a line that passes row after row outside of boxes. They want to be at the same place, so that
// it is straight. Within a box lines find shorter ways by themselves.
type chain struct {
	nodes []*node
}

// wish returns where the chain's ends are on average, as far as these count.
func (c *chain) wish(counts func(*node) bool) (sum float64, count int) {
	for _, n := range c.nodes {
		for _, list := range [2][]*node{n.above, n.below} {
			for _, m := range list {
				if m.chain != c && counts(m) {
					sum, count = sum+m.x, count+1
				}
			}
		}
	}
	return sum, count
}

// pass has a dummy node stand for an edge wherever it passes: in rows, and beside the boxes of bands. All edges from a
// node have the same ones.
func (g *Graph) pass(e *edge) {
	e.way = []*node{e.from}
	at := e.from
	through := func(b *box, level, row int) {
		key := stop{e.from, b, level, row}
		v := g.stops[key]
		if v == nil {
			v = &node{virtual: true, box: b, level: level, row: row}
			g.stops[key] = v
			if outside := func(n *node) bool { return n.virtual && n.box == nil && g.levels[n.level].band == nil }; outside(v) {
				if v.chain = at.chain; !outside(at) {
					v.chain = &chain{}
				}
				v.chain.nodes = append(v.chain.nodes, v)
			}
			at.below, v.above = append(at.below, v), append(v.above, at)
			if b != nil {
				b.rows[row] = append(b.rows[row], v)
			} else {
				g.levels[level].nodes = append(g.levels[level].nodes, v)
			}
		}
		e.way = append(e.way, v)
		at = v
	}
	switch from, to := e.from.box, e.to.box; {
	case from != nil && from == to:
		for r := e.from.row + 1; r < e.to.row; r++ {
			through(from, e.from.level, r)
		}
	case e.to.level > e.from.level:
		if from != nil {
			for r := e.from.row + 1; r < len(from.rows); r++ {
				through(from, e.from.level, r)
			}
		}
		for l := e.from.level + 1; l < e.to.level; l++ {
			through(nil, l, 0)
		}
		if to != nil {
			for r := range e.to.row {
				through(to, e.to.level, r)
			}
		}
	}
	e.way = append(e.way, e.to)
	at.below, e.to.above = append(at.below, e.to), append(e.to.above, at)
}
