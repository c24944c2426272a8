package show

import (
	"strings"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/graph/formats/dot"
	"gonum.org/v1/gonum/graph/formats/dot/ast"
)

// Graph is a drawing of a graph, made without Graphviz. A box of the DOT text, such as a time step, is drawn as one: the
// steps of time are columns, from left to right, and layers and directions stand below each other, with inputs and
// parameters above what uses them and results below.
type Graph struct {
	nodes         []*node
	edges         []*edge
	boxes         []*box
	bands         []*band // from the top
	levels        []*level
	columns       int
	gutter        []float64 // the places of the first lanes before, between and after the columns
	stops         map[stop]*node
	sides         map[side]int
	width, height float64
}

// node is a node of a Graph with its place, or a dummy where a line passes.
type node struct {
	lines         []string
	shape, fill   string
	virtual       bool
	chain         *chain // that a dummy is part of
	box           *box   // nil for none
	in, out       []*node
	above, below  []*node // those in the next rows, dummies included
	level, row    int     // the row counts within the box
	column, lane  int     // the gutter in which a line passes a band, and its lane there
	x             float64 // its middle
	top, bottom   float64
	width, height float64
}

// edge is an arrow of a Graph.
type edge struct {
	from, to      *node
	label, colour string
	way           []*node // from one end to the other over dummies
	port          float64 // where it ends
	gutter, lane  [2]int  // of one that goes from a time step to another, where it leaves and where it comes
	path          []segment
}

// box is a group of nodes, such as a time step.
type box struct {
	title       string
	band        *band
	column      int
	rows        [][]*node
	left, right float64
	top, bottom float64
	width       float64
}

// MaxNodes is how many nodes a Graph has at most. That many take two seconds, and a picture of ten thousand pixels in which
// nobody finds a way; Graphviz draws more, with its own patience.
const MaxNodes = 2000

// NewGraph returns the drawing of a graph in the language of Graphviz, as graph.DOT and zoo.Draw return it.
func NewGraph(text []byte) (*Graph, error) {
	file, err := dot.ParseBytes(text)
	if err != nil {
		return nil, errors.Wrap(err, "graph: this is no DOT")
	}
	if len(file.Graphs) == 0 {
		return nil, errors.New("graph: the text has no graph")
	}
	r := &reader{graph: &Graph{stops: make(map[stop]*node), sides: make(map[side]int)}, byID: make(map[string]*node)}
	r.read(file.Graphs[0].Stmts, nil)
	if n := len(r.graph.nodes); n > MaxNodes {
		return nil, errors.Errorf("graph: it has %d nodes; at most %d are drawn: draw fewer steps or layers, or write DOT and have Graphviz draw it (dot -Tsvg)", n, MaxNodes)
	}
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
			e := &edge{from: r.node(from.ID), to: r.node(to.ID), label: a["xlabel"], colour: a["color"]}
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

var unescape = strings.NewReplacer(`\n`, "\n", `\"`, `"`, `\\`, `\`)

// attributes returns attributes without quotes.
func attributes(list []*ast.Attr) map[string]string {
	values := make(map[string]string)
	for _, a := range list {
		v := strings.TrimSuffix(strings.TrimPrefix(a.Val, `"`), `"`)
		values[a.Key] = unescape.Replace(v)
	}
	return values
}

// HTML returns the picture for a page.
func (g *Graph) HTML() string { return onPage(g.SVG()) }

// SVG returns the graph as a picture.
func (g *Graph) SVG() string { return g.draw().svg() }

// PNG returns the graph as a picture of twice its width and height in pixels; a large one, of less.
func (g *Graph) PNG() []byte { return g.draw().png() }

func (g *Graph) draw() *picture {
	p := &picture{width: g.width, height: g.height}
	for _, b := range g.boxes {
		p.add(rectangle{b.left, b.top, b.right - b.left, b.bottom - b.top, 8, style{fill: "#f5f5f5", stroke: "#cccccc"}})
	}
	for _, e := range g.edges {
		colour := e.colour
		if colour == "" {
			colour = "#777777"
		}
		p.add(curve{e.path, true, style{stroke: colour, title: e.label}})
	}
	for _, b := range g.boxes {
		p.add(rectangle{b.left + 6, b.top + 4, 0.9 * textWidth(b.title), 15, 0, style{fill: "#f5f5f5", opacity: 0.8}}) // lines shine through
		p.add(words{x: b.left + 8, y: b.top + 15, text: b.title, size: 11, colour: "#777777"})
	}
	for _, n := range g.nodes {
		p.node(n)
	}
	return p
}

// node draws a node: what is round in Graphviz is round, the rest is a box.
func (p *picture) node(n *node) {
	round := 3.0
	if n.shape == "ellipse" {
		round = n.height / 2
	}
	middleY := (n.top + n.bottom) / 2
	p.add(rectangle{n.x - n.width/2, n.top, n.width, n.height, round, style{fill: n.fill, stroke: ink}})
	for i, line := range n.lines {
		p.add(words{x: n.x, y: middleY + 4 + lineHeight*(float64(i)-float64(len(n.lines)-1)/2), text: line, size: 11, anchor: middle})
	}
}
