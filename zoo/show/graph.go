package show

import (
	"strings"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/graph/formats/dot"
	"gonum.org/v1/gonum/graph/formats/dot/ast"
)

// Graph is a drawing of a graph, made without Graphviz: what is in a box of the DOT text, such as a time step, stands
// in a column of its own, inputs above, results below. Graphviz places more carefully; this is for graphs of some
// hundred nodes that a person reads.
type Graph struct {
	nodes []*node
	edges []*edge
	boxes []*box
}

// node is a node of a Graph with its place.
type node struct {
	lines         []string
	shape, fill   string
	box           *box // nil for none
	in, out       []*node
	rank          int     // its row
	x, y          float64 // its middle
	width, height float64
}

// edge is an arrow of a Graph.
type edge struct {
	from, to      *node
	label, colour string
}

// box is a group of nodes, a column.
type box struct {
	title       string
	left, right float64
}

// NewGraph returns the drawing of a graph in the language of Graphviz, as graph.DOT and zoo.Draw return it.
func NewGraph(text []byte) (*Graph, error) {
	file, err := dot.ParseBytes(text)
	if err != nil {
		return nil, errors.Wrap(err, "graph: this is no DOT")
	}
	if len(file.Graphs) == 0 {
		return nil, errors.New("graph: the text has no graph")
	}
	r := &reader{graph: &Graph{}, byID: make(map[string]*node)}
	r.read(file.Graphs[0].Stmts, nil)
	r.graph.place()
	return r.graph, nil
}

// reader makes a Graph of the statements of DOT.
type reader struct {
	graph *Graph
	byID  map[string]*node
}

func (r *reader) read(statements []ast.Stmt, in *box) {
	for _, s := range statements {
		switch s := s.(type) {
		case *ast.Subgraph:
			b := &box{}
			r.graph.boxes = append(r.graph.boxes, b)
			r.read(s.Stmts, b)
		case *ast.AttrStmt:
			if in != nil && s.Kind == ast.GraphKind {
				in.title = attributes(s.Attrs)["label"]
			}
		case *ast.NodeStmt:
			n := r.node(s.Node.ID)
			if in != nil {
				n.box = in
			}
			a := attributes(s.Attrs)
			if label, ok := a["label"]; ok {
				n.lines = strings.Split(label, "\n")
			}
			if a["shape"] != "" {
				n.shape, n.fill = a["shape"], a["fillcolor"]
			}
		case *ast.EdgeStmt:
			from, ok := s.From.(*ast.Node)
			to, ok2 := s.To.Vertex.(*ast.Node)
			if !ok || !ok2 {
				continue
			}
			a := attributes(s.Attrs)
			e := &edge{r.node(from.ID), r.node(to.ID), a["xlabel"], a["color"]}
			e.from.out, e.to.in = append(e.from.out, e.to), append(e.to.in, e.from)
			r.graph.edges = append(r.graph.edges, e)
		}
	}
}

func (r *reader) node(id string) *node {
	n := r.byID[id]
	if n == nil {
		n = &node{lines: []string{id}, fill: "white"}
		r.byID[id] = n
		r.graph.nodes = append(r.graph.nodes, n)
	}
	return n
}

// attributes returns attributes without quotes.
func attributes(list []*ast.Attr) map[string]string {
	values := make(map[string]string)
	for _, a := range list {
		v := strings.TrimSuffix(strings.TrimPrefix(a.Val, `"`), `"`)
		values[a.Key] = strings.NewReplacer(`\n`, "\n", `\"`, `"`, `\\`, `\`).Replace(v)
	}
	return values
}

// HTML returns the picture for a page.
func (g *Graph) HTML() string { return onPage(g.SVG()) }

// SVG returns the graph as a picture.
func (g *Graph) SVG() string { return g.draw().svg() }

// PNG returns the graph as a picture of twice its width and height in pixels.
func (g *Graph) PNG() []byte { return g.draw().png() }

func (g *Graph) draw() *picture {
	p := &picture{width: margin, height: margin}
	for _, n := range g.nodes {
		p.width, p.height = max(p.width, n.x+n.width/2+margin), max(p.height, n.y+n.height/2+margin)
	}
	for _, b := range g.boxes {
		top, bottom := g.extent(b)
		p.add(rectangle{b.left, top, b.right - b.left, bottom - top, 8, style{fill: "#f5f5f5", stroke: "#cccccc"}})
		p.add(words{x: b.left + 8, y: top + 15, text: b.title, size: 11, colour: "#777777"})
	}
	for _, e := range g.edges {
		p.edge(e)
	}
	for _, n := range g.nodes {
		p.node(n)
	}
	return p
}

// extent returns where a box begins and ends.
func (g *Graph) extent(b *box) (top, bottom float64) {
	first := true
	for _, n := range g.nodes {
		if n.box != b {
			continue
		}
		if first {
			top, bottom, first = n.y-n.height/2, n.y+n.height/2, false
		}
		top, bottom = min(top, n.y-n.height/2), max(bottom, n.y+n.height/2)
	}
	return top - 24, bottom + 10
}

// edge draws an arrow, down from the lower side of a node, or to the right where the next column is higher up.
func (p *picture) edge(e *edge) {
	colour := e.colour
	if colour == "" {
		colour = "#777777"
	}
	x1, y1 := e.from.x, e.from.y+e.from.height/2
	x2, y2 := e.to.x, e.to.y-e.to.height/2
	bend := max(14, (y2-y1)/2)
	path := []segment{move(x1, y1), curveTo(x1, y1+bend, x2, y2-bend, x2, y2)}
	if y2 <= y1 {
		side := 1.0
		if x2 < x1 {
			side = -1
		}
		x1, y1, x2, y2 = e.from.x+side*e.from.width/2, e.from.y, e.to.x-side*e.to.width/2, e.to.y
		half := max(20, (x2-x1)*side/2)
		path = []segment{move(x1, y1), curveTo(x1+side*half, y1, x2-side*half, y2, x2, y2)}
	}
	p.add(curve{path, true, style{stroke: colour, title: e.label}})
}

// node draws a node: what is round in Graphviz is round, the rest is a box.
func (p *picture) node(n *node) {
	round := 3.0
	if n.shape == "ellipse" {
		round = n.height / 2
	}
	p.add(rectangle{n.x - n.width/2, n.y - n.height/2, n.width, n.height, round, style{fill: n.fill, stroke: ink}})
	for i, line := range n.lines {
		p.add(words{x: n.x, y: n.y + 4 + lineHeight*(float64(i)-float64(len(n.lines)-1)/2), text: line, size: 11, anchor: middle})
	}
}
