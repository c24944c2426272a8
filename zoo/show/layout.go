package show

import (
	"cmp"
	"slices"
)

// Distances of a drawing, in pixels.
const (
	margin     = 16
	gapX, gapY = 14, 30
	lineHeight = 13
)

// place gives each node a row and a place in it, after Sugiyama: rows by the longest path, order within a row by the
// mean place of the neighbours. Rows come in three parts: what leads to the boxes, the boxes beside each other, and what
// follows them.
func (g *Graph) place() {
	for _, n := range g.nodes {
		n.height = lineHeight*float64(len(n.lines)) + 9
		for _, l := range n.lines {
			n.width = max(n.width, textWidth(l)+12)
		}
	}
	g.rank()
	columns := g.columns()
	g.rows()
	for range 8 {
		for _, c := range columns {
			for _, row := range c {
				settle(row)
			}
		}
		// The nodes outside are drawn to those of the boxes only when these have their columns.
		g.columnsApart(columns)
	}
	left := 0.0
	for i, n := range g.nodes {
		if l := n.x - n.width/2; i == 0 || l < left {
			left = l
		}
	}
	for _, b := range g.boxes {
		left = min(left, b.left)
	}
	for _, n := range g.nodes {
		n.x += margin - left
	}
	for _, b := range g.boxes {
		b.left, b.right = b.left+margin-left, b.right+margin-left
	}
}

// rank gives each node its row.
func (g *Graph) rank() {
	order := g.topological()
	leads := make(map[*node]bool) // to a box
	for _, n := range slices.Backward(order) {
		for _, o := range n.out {
			leads[n] = leads[n] || o.box != nil || leads[o]
		}
	}
	part := func(n *node) int {
		switch {
		case n.box != nil:
			return 1
		case leads[n] && !g.follows(n):
			return 0
		}
		return 2
	}
	first := 0 // row of the part
	for k := range 3 {
		last := first
		for _, n := range order {
			if part(n) != k {
				continue
			}
			n.rank = first
			for _, m := range n.in {
				if part(m) == k && m.box == n.box {
					n.rank = max(n.rank, m.rank+1)
				}
			}
			last = max(last, n.rank+1)
		}
		// What has no operand of its part stands just above what it is for.
		for _, n := range slices.Backward(order) {
			if part(n) != k {
				continue
			}
			below, sources := last, true
			for _, m := range n.in {
				sources = sources && (part(m) != k || m.box != n.box)
			}
			for _, o := range n.out {
				if part(o) == k && o.box == n.box {
					below = min(below, o.rank)
				}
			}
			if below == last && (k != 0 || n.box != nil) {
				continue // a result stays where it is
			}
			if sources {
				n.rank = max(n.rank, below-1)
			}
		}
		first = last
	}
}

// follows reports whether a node depends on one in a box.
func (g *Graph) follows(n *node) bool {
	seen := make(map[*node]bool)
	var walk func(*node) bool
	walk = func(n *node) bool {
		if n.box != nil {
			return true
		}
		if seen[n] {
			return false
		}
		seen[n] = true
		return slices.ContainsFunc(n.in, walk)
	}
	return slices.ContainsFunc(n.in, walk)
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

// columns returns the rows of each box, and those outside of boxes at the end, with a first place for each node.
func (g *Graph) columns() [][][]*node {
	byBox := make(map[*box][]*node)
	for _, n := range g.nodes {
		byBox[n.box] = append(byBox[n.box], n)
	}
	var columns [][][]*node
	for _, b := range append(slices.Clone(g.boxes), nil) {
		rows := make(map[int][]*node)
		var ranks []int
		for _, n := range byBox[b] {
			if rows[n.rank] == nil {
				ranks = append(ranks, n.rank)
			}
			rows[n.rank] = append(rows[n.rank], n)
		}
		slices.Sort(ranks)
		var column [][]*node
		for _, r := range ranks {
			x := 0.0
			for _, n := range rows[r] {
				n.x = x + n.width/2
				x += n.width + gapX
			}
			column = append(column, rows[r])
		}
		columns = append(columns, column)
	}
	return columns
}

// rows gives each row its height.
func (g *Graph) rows() {
	var heights []float64
	for _, n := range g.nodes {
		for len(heights) <= n.rank {
			heights = append(heights, 0)
		}
		heights[n.rank] = max(heights[n.rank], n.height)
	}
	for _, n := range g.nodes {
		n.y = margin + heights[n.rank]/2
		for r := range n.rank {
			n.y += heights[r] + gapY
		}
	}
}

// settle orders a row by where its nodes' neighbours are, and moves it there as far as there is room.
func settle(row []*node) {
	want := make(map[*node]float64, len(row))
	for _, n := range row {
		sum, count := 0.0, 0
		for _, m := range append(slices.Clone(n.in), n.out...) {
			if n.box == nil || m.box == n.box {
				sum, count = sum+m.x, count+1
			}
		}
		if want[n] = n.x; count > 0 {
			want[n] = sum / float64(count)
		}
	}
	slices.SortStableFunc(row, func(a, b *node) int { return cmp.Compare(want[a], want[b]) })
	// Each as far right as the one before it pushes it; then all back by what they were pushed on average.
	right, pushed := 0.0, 0.0
	for i, n := range row {
		n.x = want[n]
		if i > 0 {
			n.x = max(n.x, right+gapX+n.width/2)
		}
		right = n.x + n.width/2
		pushed += (n.x - want[n]) / float64(len(row))
	}
	for _, n := range row {
		n.x -= pushed
	}
}

// columnsApart puts the boxes beside each other.
func (g *Graph) columnsApart(columns [][][]*node) {
	at := 0.0
	for i, b := range g.boxes {
		first := true
		for _, row := range columns[i] {
			for _, n := range row {
				if first {
					b.left, b.right, first = n.x-n.width/2, n.x+n.width/2, false
				}
				b.left, b.right = min(b.left, n.x-n.width/2), max(b.right, n.x+n.width/2)
			}
		}
		b.left, b.right = b.left-10, max(b.right+10, b.left+textWidth(b.title)+6)
		move := at - b.left
		for _, row := range columns[i] {
			for _, n := range row {
				n.x += move
			}
		}
		b.left, b.right = b.left+move, b.right+move
		at = b.right + 2*gapX
	}
}
