package show

import (
	"cmp"
	"math"
	"slices"
)

// channel is a gap between rows in which lines go to the left and right, each in a lane of its own.
type channel struct {
	wires  []*wire
	byNode map[*node]*wire
	lanes  int
	y      float64 // of the first lane
}

// wire is the horizontal part of the lines from a node.
type wire struct {
	left, right float64
	lane        int
}

// add makes room for a line from one place to another.
func (c *channel) add(from *node, x1, x2 float64) {
	w := c.byNode[from]
	if w == nil {
		if c.byNode == nil {
			c.byNode = make(map[*node]*wire)
		}
		w = &wire{left: x1, right: x1}
		c.byNode[from] = w
		c.wires = append(c.wires, w)
	}
	w.left, w.right = min(w.left, x1, x2), max(w.right, x1, x2)
}

// assign gives each wire the first lane that is free where it is.
func (c *channel) assign() {
	slices.SortStableFunc(c.wires, func(a, b *wire) int { return cmp.Compare(a.left, b.left) })
	var ends []float64 // of the lanes
	for _, w := range c.wires {
		if w.right-w.left < 1 {
			continue // straight down
		}
		w.lane = slices.IndexFunc(ends, func(end float64) bool { return end+2*laneWidth < w.left })
		if w.lane < 0 {
			w.lane = len(ends)
			ends = append(ends, 0)
		}
		ends[w.lane] = w.right
	}
	c.lanes = len(ends)
}

// height returns how high the channel is.
func (c *channel) height() float64 { return gapY + laneWidth*float64(max(0, c.lanes-1)) }

// at returns the height of the line from a node.
func (c *channel) at(from *node) float64 { return c.y + laneWidth*float64(c.byNode[from].lane) }

// side is the side of a box on which lines from a node go to other steps of time.
type side struct {
	from   *node
	gutter int
}

// sideways reports whether an edge goes from a step of time to another.
func (e *edge) sideways() bool {
	return e.from.box != nil && e.to.box != nil && e.from.box != e.to.box && e.from.level == e.to.level
}

// plain reports whether an edge goes down within the picture's levels, as all do that lead from operands to what uses
// them.
func (e *edge) plain() bool {
	return e.to.level > e.from.level || e.from.box != nil && e.from.box == e.to.box && e.to.row > e.from.row
}

// gutterX returns where an edge that goes sideways leaves one step (0) and comes to the other (1).
func (g *Graph) gutterX(e *edge, k int) float64 {
	return g.gutter[e.gutter[k]] + laneWidth*float64(e.lane[k])
}

// wires finds the ports in which edges end and the lanes of all lines.
func (g *Graph) wires() {
	into := make(map[*node][]*edge)
	for _, e := range g.edges {
		into[e.to] = append(into[e.to], e)
	}
	for _, n := range g.nodes {
		edges := into[n]
		from := func(e *edge) float64 {
			if e.sideways() {
				return g.gutterX(e, 1)
			}
			return e.way[len(e.way)-2].x
		}
		slices.SortStableFunc(edges, func(a, b *edge) int { return cmp.Compare(from(a), from(b)) })
		apart := min(10, (n.width-6)/float64(max(1, len(edges))))
		for i, e := range edges {
			e.port = n.x + apart*(float64(i)-float64(len(edges)-1)/2)
		}
		// A line that comes nearly straight from above is drawn straight.
		if len(edges) == 1 && math.Abs(from(edges[0])-n.x) < n.width/2-4 && edges[0].plain() {
			edges[0].port = from(edges[0])
		}
	}
	for _, b := range g.bands {
		b.gaps = make([]channel, len(b.rows)+1)
	}
	for _, e := range g.edges {
		switch {
		case e.sideways():
			b := e.from.box.band
			b.gaps[e.from.row+1].add(e.from, e.from.x, g.gutterX(e, 0))
			if e.gutter[0] != e.gutter[1] {
				g.levels[b.level].channel.add(e.from, g.gutterX(e, 0), g.gutterX(e, 1))
			}
			b.gaps[e.to.row].add(e.from, g.gutterX(e, 1), e.port)
		case e.plain():
			for i, n := range e.way[1:] {
				if above := e.way[i]; above.level != n.level {
					g.levels[n.level].channel.add(e.from, above.x, e.end(n))
				}
			}
		}
	}
	for _, l := range g.levels {
		l.channel.assign()
		if l.band != nil {
			for i := range l.band.gaps {
				l.band.gaps[i].assign()
			}
		}
	}
}

// end returns where an edge comes to a node of its way.
func (e *edge) end(n *node) float64 {
	if n == e.to {
		return e.port
	}
	return n.x
}

// down gives everything its height.
func (g *Graph) down() {
	y := 0.0
	for i, l := range g.levels {
		l.channel.y = y + gapY/2
		if i > 0 || l.channel.lanes > 0 {
			y += l.channel.height()
		}
		l.top = y
		if l.band == nil {
			height := 0.0
			for _, n := range l.nodes {
				height = max(height, n.height)
			}
			y += height
			for _, n := range l.nodes {
				n.top, n.bottom = l.top+(height-n.height)/2, l.top+(height+n.height)/2
				if n.virtual {
					n.top, n.bottom = l.top, y
				}
			}
		} else {
			y = l.band.down(y)
			for _, n := range l.nodes {
				n.top, n.bottom = l.top, y
			}
		}
		l.bottom = y
	}
}

// down gives what is in a band its height, from y on, and returns where it ends.
func (b *band) down(y float64) float64 {
	top := y
	for _, x := range b.boxes {
		for r, row := range x.rows {
			for _, n := range row {
				b.rows[r] = max(b.rows[r], n.height)
			}
		}
	}
	y += header
	for r, height := range b.rows {
		gap := &b.gaps[r]
		switch {
		case r > 0:
			gap.y = y + gapY/2
			y += gap.height()
		case gap.lanes > 0:
			gap.y = y
			y += gap.height() - gapY/2
		}
		for _, x := range b.boxes {
			if r >= len(x.rows) {
				continue
			}
			for _, n := range x.rows[r] {
				n.top, n.bottom = y+(height-n.height)/2, y+(height+n.height)/2
				if n.virtual {
					n.top, n.bottom = y, y+height
				}
			}
		}
		y += height
	}
	last := &b.gaps[len(b.rows)]
	last.y = y + inset
	y += inset + laneWidth*float64(last.lanes)
	for _, x := range b.boxes {
		x.top, x.bottom = top, y
	}
	return y
}

// frame draws the lines and moves all to the margins.
func (g *Graph) frame() {
	left, right := math.Inf(1), math.Inf(-1)
	reach := func(a, b float64) { left, right = min(left, a), max(right, b) }
	for _, n := range g.nodes {
		reach(n.x-n.width/2, n.x+n.width/2)
		g.height = max(g.height, n.bottom)
	}
	for _, b := range g.boxes {
		reach(b.left, b.right)
		g.height = max(g.height, b.bottom)
	}
	for _, e := range g.edges {
		e.path = g.path(e)
		for _, s := range e.path {
			reach(s.points[2][0], s.points[2][0])
			g.height = max(g.height, s.points[2][1])
		}
	}
	if left > right {
		left, right = 0, 0
	}
	dx, dy := margin-left, float64(margin)
	for _, n := range g.nodes {
		n.x, n.top, n.bottom = n.x+dx, n.top+dy, n.bottom+dy
	}
	for _, b := range g.boxes {
		b.left, b.right, b.top, b.bottom = b.left+dx, b.right+dx, b.top+dy, b.bottom+dy
	}
	for _, e := range g.edges {
		for i := range e.path {
			for k := range e.path[i].points {
				e.path[i].points[k][0] += dx
				e.path[i].points[k][1] += dy
			}
		}
	}
	g.width, g.height = right-left+2*margin, g.height+2*margin
}

// path returns the line of an edge: curves within a box, and right angles with round corners where lines keep to lanes.
func (g *Graph) path(e *edge) []segment {
	p := &pen{}
	p.to(e.from.x, e.from.bottom)
	switch {
	case e.sideways():
		b := e.from.box.band
		x1, x2 := g.gutterX(e, 0), g.gutterX(e, 1)
		y := b.gaps[e.from.row+1].at(e.from)
		p.to(e.from.x, y)
		p.to(x1, y)
		if e.gutter[0] != e.gutter[1] {
			y = g.levels[b.level].channel.at(e.from)
			p.to(x1, y)
			p.to(x2, y)
		}
		y = b.gaps[e.to.row].at(e.from)
		p.to(x2, y)
		p.to(e.port, y)
		p.to(e.port, e.to.top)
	case e.plain():
		for i, n := range e.way[1:] {
			above, x := e.way[i], e.end(n)
			if above.level == n.level {
				p.curve(above.x, above.bottom, x, n.top)
			} else {
				y := g.levels[n.level].channel.at(e.from)
				p.to(above.x, y)
				p.to(x, y)
				p.to(x, n.top)
			}
			if n != e.to {
				p.to(x, n.bottom)
			}
		}
	default: // upwards, which no graph of a model does
		p.curve(e.from.x, e.from.bottom, e.port, e.to.top)
	}
	p.flush()
	return p.path
}

// pen draws lines.
type pen struct {
	path   []segment
	points [][2]float64 // of a line with corners that is not drawn yet
}

// to draws a straight line.
func (p *pen) to(x, y float64) {
	if n := len(p.points); n > 0 && math.Hypot(p.points[n-1][0]-x, p.points[n-1][1]-y) < 0.5 {
		return
	}
	p.points = append(p.points, [2]float64{x, y})
}

// curve draws an S from one place down to another.
func (p *pen) curve(x1, y1, x2, y2 float64) {
	if math.Abs(x1-x2) < 0.5 {
		p.to(x1, y1)
		p.to(x2, y2)
		return
	}
	p.to(x1, y1)
	p.flush()
	bend := (y2 - y1) / 2
	p.path = append(p.path, curveTo(x1, y1+bend, x2, y2-bend, x2, y2))
	p.points = [][2]float64{{x2, y2}}
}

// flush draws what has only been noted, with round corners.
func (p *pen) flush() {
	const round = 6
	for i, at := range p.points {
		switch {
		case i == 0 && len(p.path) == 0:
			p.path = append(p.path, move(at[0], at[1]))
		case i == 0:
		case i == len(p.points)-1:
			p.path = append(p.path, lineTo(at[0], at[1]))
		default:
			before, after := p.points[i-1], p.points[i+1]
			a, b := math.Hypot(at[0]-before[0], at[1]-before[1]), math.Hypot(after[0]-at[0], after[1]-at[1])
			r := min(round, a/2, b/2)
			x1, y1 := at[0]+(before[0]-at[0])*r/a, at[1]+(before[1]-at[1])*r/a
			x2, y2 := at[0]+(after[0]-at[0])*r/b, at[1]+(after[1]-at[1])*r/b
			p.path = append(p.path, lineTo(x1, y1), curveTo((x1+at[0])/2, (y1+at[1])/2, (x2+at[0])/2, (y2+at[1])/2, x2, y2))
		}
	}
	p.points = p.points[:0]
}
