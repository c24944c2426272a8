package graph

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	gonum "gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/encoding"
	"gonum.org/v1/gonum/graph/encoding/dot"
	"gonum.org/v1/gonum/graph/multi"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/internal/args"
)

// DOT draws what Compile with the same options would compile, before any pass, in the language of Graphviz: operations
// as the maths they do, with parameters, inputs, constants and results in colours of their own, and on each edge the
// shape of the tensor that flows along it. What Unroll declared stands in a box for each time step, layer and
// direction. An input's value for the next run (Carry) is drawn as a result. With a Loss the gradients are drawn as
// well, in another colour.
//
//	drawing, err := graph.DOT(b, graph.Output(y))
//
// It returns the builder's first error if there is one. The same graph always gives the same text. (Gorgonia has an
// encoder too, which knows no boxes and prints operations as Go.)
func DOT(b *Builder, opts ...CompileOption) ([]byte, error) {
	c := compileConfig{without: make(map[string]bool)}
	args.Apply(&c, opts)
	if b.failed() {
		return nil, b.Err()
	}
	results := make([]result, len(c.outputs))
	for i, n := range c.outputs {
		results[i] = result{"output", n}
		if len(c.outputs) > 1 {
			results[i].name += " " + strconv.Itoa(i+1)
		}
	}
	for _, o := range c.named {
		results = append(results, result{"output " + o.name, o.node})
	}
	for _, o := range c.carried {
		results = append(results, result{"next " + o.name, o.node})
	}
	if c.loss != nil {
		results = append(results, result{"loss", c.loss})
	}
	forward := len(results)
	if forward == 0 {
		return nil, errors.New("drawing: there is neither an output nor a loss")
	}
	for _, r := range results {
		if r.node == nil || r.node.Graph() != b.g {
			b.failf("drawing: the output %s is not a node of this graph", describe(r.node))
		}
	}
	if c.loss != nil {
		wrt := make([]*gorgonia.Node, len(b.names))
		for i, name := range b.names {
			wrt[i] = b.byName[name]
		}
		for i, g := range b.Grad(c.loss, wrt...) {
			results = append(results, result{"∂loss/∂" + b.names[i], g})
		}
	}

	d := drawing{b: b, DirectedGraph: multi.NewDirectedGraph(), nodes: make(map[*gorgonia.Node]*drawnNode), boxes: make(map[string]*drawnBox)}
	for i, r := range results {
		if b.failed() {
			return nil, b.Err()
		}
		for _, n := range b.topological(r.node) {
			d.add(n, i >= forward)
		}
	}
	if b.failed() {
		return nil, b.Err()
	}
	d.fill()
	for i, r := range results {
		v := d.place(&drawnNode{label: r.name + "\n" + shapeLabel(r.node), look: resultLook, adjoint: i >= forward})
		d.connect(r.node, v, "")
	}
	text, err := dot.MarshalMulti(&d, "model", "", "\t")
	return append(text, '\n'), errors.Wrap(err, "drawing")
}

// result is a node that is asked for, by the name that it is drawn under.
type result struct {
	name string
	node *gorgonia.Node
}

// drawing is the graph as gonum's encoder wants it.
type drawing struct {
	*multi.DirectedGraph
	b      *Builder
	placed []*drawnNode // each after its operands
	nodes  map[*gorgonia.Node]*drawnNode
	boxes  map[string]*drawnBox
	order  []dot.Multigraph // the boxes as they came
}

var (
	_ dot.MultiStructurer = (*drawing)(nil)
	_ dot.Attributers     = (*drawing)(nil)
)

// add draws a node whose operands are drawn already, with the edges from them.
func (d *drawing) add(n *gorgonia.Node, adjoint bool) {
	if d.nodes[n] != nil {
		return
	}
	in := d.b.operands(n)
	o, ours := n.Op().(*op)
	if !ours && d.b.translated[n] != nil {
		d.nodes[n] = d.nodes[in[0]] // a plain node is drawn as what it is translated to
		return
	}
	v := &drawnNode{label: opLabel(d.b, n), look: opLook, adjoint: adjoint}
	switch {
	case n.Op() == nil:
		v.label += "\n" + shapeLabel(n)
		v.look = inputLook
		if isWeight(d.b, n) {
			v.look = paramLook
		}
	case ours && ir.IsSource(o.lower()):
		v.look = constLook
	case adjoint:
		v.look = adjointLook
	}
	if ours {
		v.step = o.step
		_, v.sum = o.symbol.(add)
	}
	d.nodes[n] = d.place(v)
	names := operandNames(n)
	for i, c := range in {
		name := ""
		if names != "" {
			name = names[i:i+1] + " "
		}
		d.connect(c, v, name)
	}
}

// fill puts the nodes into the boxes of their time steps.
func (d *drawing) fill() {
	// Where several terms of an adjoint meet, Grad adds them outside any step. The sum belongs to the step that uses it:
	// left outside it would be between the parts of a box. Users stand behind what they use.
	for i := len(d.placed) - 1; i >= 0; i-- {
		v := d.placed[i]
		if !v.adjoint || !v.sum || v.step != "" {
			continue
		}
		for j, u := range v.users {
			if j > 0 && u.step != v.step {
				v.step = ""
				break
			}
			v.step = u.step
		}
	}
	for _, v := range d.placed {
		if v.step != "" {
			d.box(v.step, v.adjoint).AddNode(member(v.id))
		}
	}
}

// place gives a node its number.
func (d *drawing) place(v *drawnNode) *drawnNode {
	v.id = int64(len(d.placed))
	d.placed = append(d.placed, v)
	d.AddNode(v)
	return v
}

// connect draws the edge from an operand.
func (d *drawing) connect(operand *gorgonia.Node, to *drawnNode, name string) {
	from := d.nodes[operand]
	from.users = append(from.users, to)
	d.SetLine(drawnLine{Line: d.NewLine(from, to), label: name + shapeLabel(operand), adjoint: to.adjoint})
}

// box returns the box of a time step. Adjoints have boxes of their own: they flow from the last step to the first, and
// Graphviz finds no order for boxes with edges both ways.
func (d *drawing) box(step string, adjoint bool) *drawnBox {
	title := stepTitle(step)
	if adjoint {
		title += ", adjoints"
	}
	box := d.boxes[title]
	if box == nil {
		box = &drawnBox{DirectedGraph: multi.NewDirectedGraph(), number: len(d.boxes), title: title}
		d.boxes[title] = box
		d.order = append(d.order, box)
	}
	return box
}

// Structure implements dot.MultiStructurer.
func (d *drawing) Structure() []dot.Multigraph { return d.order }

// DOTAttributers implements dot.Attributers.
func (d *drawing) DOTAttributers() (graph, node, edge encoding.Attributer) {
	return &encoding.Attributes{
			{Key: "rankdir", Value: "TB"},
			{Key: "fontname", Value: font},
			{Key: "ranksep", Value: "0.5"},
		}, &encoding.Attributes{
			{Key: "fontname", Value: font},
			{Key: "fontsize", Value: "12"},
			{Key: "height", Value: "0.3"},
			{Key: "margin", Value: quote("0.12,0.05")},
		}, &encoding.Attributes{
			{Key: "fontname", Value: font},
			{Key: "fontsize", Value: "8"},
			{Key: "arrowsize", Value: "0.6"},
			{Key: "color", Value: quote("#555555")},
			{Key: "fontcolor", Value: quote("#777777")},
		}
}

const font = "Helvetica"

// drawnBox is the subgraph of a time step. Graphviz draws a box around one whose name begins with cluster.
type drawnBox struct {
	*multi.DirectedGraph
	number int
	title  string
}

// DOTID implements dot.Multigraph.
func (x *drawnBox) DOTID() string { return fmt.Sprintf("cluster_%d", x.number) }

// DOTAttributers implements dot.Attributers.
func (x *drawnBox) DOTAttributers() (graph, node, edge encoding.Attributer) {
	none := &encoding.Attributes{}
	return &encoding.Attributes{
		{Key: "label", Value: quote(x.title)},
		{Key: "style", Value: quote("rounded,filled")},
		{Key: "color", Value: quote("#c8c8c8")},
		{Key: "fillcolor", Value: quote("#f7f7f7")},
		{Key: "fontsize", Value: "12"},
		{Key: "labeljust", Value: "l"},
	}, none, none
}

// member is a node within a box, where its name is enough: its attributes stand with the whole graph.
type member int64

// ID implements gonum's graph.Node.
func (m member) ID() int64 { return int64(m) }

// look is how a kind of node is drawn.
type look struct{ shape, style, fill string }

var (
	opLook      = look{"box", "filled,rounded", "white"}
	adjointLook = look{"box", "filled,rounded", "#ffd6dc"}
	paramLook   = look{"box", "filled", "#ffe3b3"}
	inputLook   = look{"invhouse", "filled", "#cfe3ff"}
	resultLook  = look{"house", "filled", "#d3efcd"}
	constLook   = look{"ellipse", "filled", "#e6e6e6"}
)

// drawnNode is a node with what is written in it.
type drawnNode struct {
	look
	id      int64
	label   string
	step    string // the time step it belongs to; empty for none
	adjoint bool
	sum     bool
	users   []*drawnNode
}

// ID implements gonum's graph.Node.
func (v *drawnNode) ID() int64 { return v.id }

// Attributes implements encoding.Attributer.
func (v *drawnNode) Attributes() []encoding.Attribute {
	return []encoding.Attribute{
		{Key: "label", Value: quote(v.label)},
		{Key: "shape", Value: v.shape},
		{Key: "style", Value: quote(v.style)},
		{Key: "fillcolor", Value: quote(v.fill)},
	}
}

// drawnLine is an edge, labelled with the shape of what flows along it.
type drawnLine struct {
	gonum.Line
	label   string
	adjoint bool
}

// Attributes implements encoding.Attributer.
func (l drawnLine) Attributes() []encoding.Attribute {
	// As an xlabel it is put where there is room when all else has its place. A label of an edge takes part in the layout
	// as if it were a node: dot 2.43 then fails on the gradients of two layers ("trouble in init_rank").
	a := []encoding.Attribute{{Key: "xlabel", Value: quote(l.label)}}
	if l.adjoint {
		a = append(a, encoding.Attribute{Key: "color", Value: quote("#c04050")})
	}
	return a
}

// quote makes text a DOT string whatever is in it; the encoder would take what looks like HTML as such.
func quote(text string) string { return strconv.Quote(text) }

// shapeLabel prints a shape as the documentation does: [32, 128].
func shapeLabel(n *gorgonia.Node) string {
	if rank(n) == 0 {
		return "scalar"
	}
	dims := make([]string, rank(n))
	for i := range dims {
		dims[i] = strconv.Itoa(n.Shape()[i])
	}
	label := "[" + strings.Join(dims, ", ") + "]"
	if n.Dtype() == tensor.Int {
		label += " integers"
	}
	return label
}

var (
	timeStep = regexp.MustCompile(`^(.*?) t=(\d+)$`)
	scope    = regexp.MustCompile(`^(.*?)(?:_l(\d+)(_reverse)?)?$`)
)

// stepTitle names a time step for a person: "_l0_reverse t=3" is layer 0 backwards at t = 3.
func stepTitle(step string) string {
	m := timeStep.FindStringSubmatch(step)
	if m == nil {
		return step
	}
	title := "t = " + m[2]
	if s := scopeTitle(m[1]); s != "" {
		title = s + ", " + title
	}
	return title
}

// scopeTitle names what a prefix and suffix of parameters belong to: "encoder._l0_reverse" is encoder, layer 0, backwards.
func scopeTitle(affixes string) string {
	m := scope.FindStringSubmatch(affixes)
	var parts []string
	if name := strings.Trim(m[1], "._"); name != "" {
		parts = append(parts, name)
	}
	if m[2] != "" {
		parts = append(parts, "layer "+m[2])
	}
	if m[3] != "" {
		parts = append(parts, "backwards")
	}
	return strings.Join(parts, ", ")
}
