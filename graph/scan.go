package graph

import (
	"fmt"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/exec"
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// A scan is a cell that is declared once and computed at every step of a sequence: a loop that stays a loop, from the symbols
// to the program. Its node has several results, the states and outputs of all steps, which nodes of their own pick. Its
// gradient is a scan, too, from the last step to the first (scan_grad.go).

// scan is the symbol. Its inputs are the first values of the carries, the sequences [T, …], and what is the same at all
// steps.
type scan struct{ *scanBody }

// scanBody is what a scan computes in a step, on a graph of its own.
type scanBody struct {
	b                  *Builder                 // of the step's graph
	sources            map[*gorgonia.Node]ir.Op // the nodes that a step starts from
	leaves             []*gorgonia.Node         // the same, in the order of the inputs
	carries, sequences int                      // how many of these the first leaves are
	next               []*gorgonia.Node         // what the carries become
	outs               []*gorgonia.Node         // what is stacked; a gradient adds to it
	steps              int
	reverse            bool
	recompute          bool           // the gradient computes again what it needs of a step, from its start
	lengths            *gorgonia.Node // of the sequences, of which the longest ends the scan; nil for all steps
}

// outer is the builder whose scan a body belongs to, and what of its graph the body uses.
type outer struct {
	b        *Builder
	captured map[*gorgonia.Node]*gorgonia.Node // nodes there to leaves here
	nodes    []*gorgonia.Node                  // the former, in order
	adjoints int                               // how many leaves gradients have declared
	key      uint64                            // tells the dropouts of bodies apart
}

// inner returns a builder for the body of a scan. The number tells its dropouts from those of other bodies.
func (b *Builder) inner(number uint32) *Builder {
	c := &core{
		g: gorgonia.NewGraph(), params: b.params, training: b.training, seed: b.seed, rolled: b.rolled,
		byName: make(map[string]*gorgonia.Node), translated: make(map[*gorgonia.Node]*gorgonia.Node),
		outer: &outer{b: b, captured: make(map[*gorgonia.Node]*gorgonia.Node), key: uint64(number) << 32},
	}
	if b.outer != nil {
		c.outer.key ^= b.outer.key * 0x9E3779B97F4A7C15
	}
	return &Builder{core: c, prefix: b.prefix, suffix: b.suffix}
}

// capture returns the leaf that stands for a node of the graph around a body, or the node itself if it is no such node.
func (b *Builder) capture(n *gorgonia.Node) *gorgonia.Node {
	if b.outer == nil || n == nil || n.Graph() == b.g {
		return n
	}
	o := b.outer
	if n = o.b.capture(n); n.Graph() != o.b.g {
		return n // of another graph, which apply says
	}
	leaf := o.captured[n]
	if leaf == nil {
		leaf = b.leaf(fmt.Sprintf("fixed %d", len(o.nodes)), n.Dtype(), shapeOf(n))
		o.captured[n] = leaf
		o.nodes = append(o.nodes, n)
	}
	return leaf
}

// newScan declares a scan of a body that is complete: its nodes are leaves, its next values and outputs.
func (b *Builder) newScan(body *scanBody, inits, sequences []*gorgonia.Node) *gorgonia.Node {
	in := append(append([]*gorgonia.Node{}, inits...), sequences...)
	body.carries, body.sequences = len(inits), len(sequences)
	body.sources = make(map[*gorgonia.Node]ir.Op)
	for i, leaf := range body.leaves {
		if i < len(inits) {
			body.sources[leaf] = ir.Carry{I: i}
		} else {
			body.sources[leaf] = ir.Step{I: i - len(inits), Type: irType(leaf)}
		}
	}
	for i, n := range body.b.outer.nodes {
		leaf := body.b.outer.captured[n]
		body.sources[leaf] = ir.Fixed{I: i, Type: irType(leaf)}
		body.leaves = append(body.leaves, leaf)
		in = append(in, n)
	}
	if body.lengths != nil {
		in = append(in, body.lengths)
	}
	return b.apply(scan{body}, in...)
}

func irType(n *gorgonia.Node) ir.Type {
	if n.Dtype() == tensor.Int {
		return ir.Integer
	}
	return ir.Number
}

// String names the symbol.
func (s scan) String() string { return fmt.Sprintf("scan of %d steps", s.steps) }

func (s scan) indexArg(i int) bool { return i == len(s.leaves) || s.leaves[i].Dtype() == tensor.Int }

// shape is that of what Do returns: all results in one.
func (s scan) shape([]tensor.Shape) (tensor.Shape, error) { return tensor.Shape{1}, nil }

// lower must not be called: the body is lowered with the graph (lowerScan).
func (s scan) lower() ir.Op { return ir.Scan{} }

func (s scan) grad(b *Builder, in gorgonia.Nodes, _, _ *gorgonia.Node) gorgonia.Nodes {
	b.failf("%v: it has several results; Builder.Grad differentiates it, Gorgonia's own Grad cannot", s)
	return make(gorgonia.Nodes, len(in))
}

// lowerScan returns the operation of a scan with its body.
func (s *scanBody) lowerScan() (ir.Op, error) {
	roots := append(append([]*gorgonia.Node{}, s.next...), s.outs...)
	g, _, err := s.b.lowerFrom(s.sources, roots, append([]*gorgonia.Node{}, s.leaves...))
	if err != nil {
		return nil, err
	}
	return ir.Scan{Body: &ir.Body{Graph: *g, Steps: s.steps, Reverse: s.reverse, Carries: s.carries, Sequences: s.sequences, Counted: s.lengths != nil, Closed: s.recompute}}, nil
}

// scanPart picks a result of a scan, by the index of ir.Body.
type scanPart struct {
	body  *scanBody
	index int
}

func (p scanPart) String() string { return fmt.Sprintf("part %d", p.index) }
func (p scanPart) lower() ir.Op   { return ir.Part{Index: p.index} }

func (p scanPart) shape([]tensor.Shape) (tensor.Shape, error) { return p.body.partShape(p.index), nil }

func (p scanPart) grad(b *Builder, in gorgonia.Nodes, _, _ *gorgonia.Node) gorgonia.Nodes {
	b.failf("%v of a scan: Builder.Grad differentiates it, Gorgonia's own Grad cannot", p)
	return make(gorgonia.Nodes, len(in))
}

// partShape is ir.Body.PartShape of the body that will be.
func (s *scanBody) partShape(index int) tensor.Shape {
	switch c := s.carries; {
	case index < c:
		return shapeOf(s.next[index]).Clone()
	case index < 2*c:
		return append(tensor.Shape{s.steps + 1}, shapeOf(s.next[index-c])...)
	default:
		return append(tensor.Shape{s.steps}, shapeOf(s.outs[index-2*c])...)
	}
}

// part returns the node of a result.
func (b *Builder) part(s *gorgonia.Node, index int) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	return b.apply(scanPart{scanOf(s).scanBody, index}, s)
}

// last returns the last value of a carry.
func (b *Builder) last(s *gorgonia.Node, carry int) *gorgonia.Node { return b.part(s, carry) }

// stacked returns the stack of an output.
func (b *Builder) stacked(s *gorgonia.Node, out int) *gorgonia.Node {
	return b.part(s, 2*scanOf(s).carries+out)
}

// states returns a carry's values [T, …] before the steps, or behind them.
func (b *Builder) states(s *gorgonia.Node, carry int, behind bool) *gorgonia.Node {
	body := scanOf(s)
	from := 0
	if behind != body.reverse {
		from = 1
	}
	return b.Slice(b.part(s, body.carries+carry), 0, from, from+body.steps)
}

// scanOf returns the scan whose node n is, or one without a body.
func scanOf(n *gorgonia.Node) scan {
	if o, ok := n.Op().(*op); ok {
		if s, ok := o.symbol.(scan); ok {
			return s
		}
	}
	return scan{}
}

// partOf returns the result that n picks.
func partOf(n *gorgonia.Node) (p scanPart, ok bool) {
	if o, isOurs := n.Op().(*op); isOurs {
		p, ok = o.symbol.(scanPart)
	}
	return p, ok
}

// do computes a scan step by step and node by node, by the operations' own Do: what programs are held against. It returns
// all results, one after the other, in one vector.
func (s scan) do(o *op, values []gorgonia.Value) (gorgonia.Value, error) {
	roots := append(append([]*gorgonia.Node{}, s.next...), s.outs...)
	order := s.b.topologicalFrom(s.sources, roots...)
	if s.b.failed() {
		return nil, s.b.Err()
	}
	carries := append([]gorgonia.Value{}, values[:s.carries]...)
	parts := make([]*tensor.Dense, 2*s.carries+len(s.outs))
	for i := range parts {
		parts[i] = tensor.New(tensor.Of(o.b.params.dtype), tensor.WithShape(max(1, s.partShape(i).TotalSize())))
	}
	store := func(part, at int, v gorgonia.Value) {
		n := max(1, v.Shape().TotalSize())
		copyElements(parts[part], at*n, v)
	}
	for i, c := range carries {
		first := 0
		if s.reverse {
			first = s.steps
		}
		store(s.carries+i, first, c)
	}
	for k := range s.steps {
		t, behind := k, k+1
		if s.reverse {
			t = s.steps - 1 - k
			behind = t
		}
		at := make(map[*gorgonia.Node]gorgonia.Value)
		for i, leaf := range s.leaves {
			switch {
			case i < s.carries:
				at[leaf] = carries[i]
			case i < s.carries+s.sequences:
				v, err := elementOf(values[i], t, shapeOf(leaf))
				if err != nil {
					return nil, err
				}
				at[leaf] = v
			default:
				at[leaf] = values[i]
			}
		}
		for _, n := range order {
			if at[n] != nil {
				continue
			}
			in := s.b.operands(n)
			args := make([]gorgonia.Value, len(in))
			for i, c := range in {
				args[i] = at[c]
			}
			if x, ok := n.Op().(*op); ok {
				if d, ok := x.symbol.(dropout); ok && d.eachStep {
					return nil, errors.Errorf("%v: dropout has a mask for each step, which only programs compute", o)
				}
			} else if s.b.translated[n] != nil {
				at[n] = args[0]
				continue
			}
			v, err := n.Op().Do(args...)
			if err != nil {
				return nil, errors.Wrapf(err, "%v at step %d", o, t)
			}
			at[n] = v
		}
		for i, n := range s.next {
			carries[i] = at[n]
			store(s.carries+i, behind, at[n])
		}
		for i, n := range s.outs {
			store(2*s.carries+i, t, at[n])
		}
	}
	total := 0
	for i, c := range carries {
		store(i, 0, c)
	}
	for _, p := range parts {
		total += p.Shape().TotalSize()
	}
	all := tensor.New(tensor.Of(o.b.params.dtype), tensor.WithShape(total))
	at := 0
	for _, p := range parts {
		copyElements(all, at, p)
		at += p.Shape().TotalSize()
	}
	return all, nil
}

// do picks the result out of what the scan's do has returned.
func (p scanPart) do(o *op, values []gorgonia.Value) (gorgonia.Value, error) {
	from := 0
	for i := range p.index {
		from += max(1, p.body.partShape(i).TotalSize())
	}
	n := max(1, o.out.TotalSize())
	y := tensor.New(tensor.Of(o.b.params.dtype), tensor.WithShape(n))
	switch all := exec.Data(values[0]).(type) {
	case []float32:
		copy(y.Data().([]float32), all[from:from+n])
	case []float64:
		copy(y.Data().([]float64), all[from:from+n])
	}
	return valueOf(y, o.out)
}

// elementOf returns element t of a sequence.
func elementOf(sequence gorgonia.Value, t int, shape tensor.Shape) (gorgonia.Value, error) {
	n := max(1, shape.TotalSize())
	var y *tensor.Dense
	switch d := exec.Data(sequence).(type) {
	case []float32:
		y = tensor.New(tensor.WithShape(n), tensor.WithBacking(append([]float32(nil), d[t*n:(t+1)*n]...)))
	case []float64:
		y = tensor.New(tensor.WithShape(n), tensor.WithBacking(append([]float64(nil), d[t*n:(t+1)*n]...)))
	case []int:
		y = tensor.New(tensor.WithShape(n), tensor.WithBacking(append([]int(nil), d[t*n:(t+1)*n]...)))
	default:
		return nil, errors.Errorf("a sequence of %T", d)
	}
	return valueOf(y, shape)
}

// valueOf returns a vector as a value of a shape, a scalar as Gorgonia has it.
func valueOf(y *tensor.Dense, shape tensor.Shape) (gorgonia.Value, error) {
	if len(shape) > 0 {
		return y, errors.WithStack(y.Reshape(shape...))
	}
	switch d := exec.Data(y).(type) {
	case []float32:
		return gorgonia.NewF32(d[0]), nil
	case []float64:
		return gorgonia.NewF64(d[0]), nil
	}
	return nil, errors.Errorf("a scalar of %v", y.Dtype())
}

// copyElements copies the elements of a value into a vector.
func copyElements(dst *tensor.Dense, from int, v gorgonia.Value) {
	switch d := dst.Data().(type) {
	case []float32:
		switch src := exec.Data(v).(type) {
		case []float32:
			copy(d[from:], src)
		case float32:
			d[from] = src
		}
	case []float64:
		switch src := exec.Data(v).(type) {
		case []float64:
			copy(d[from:], src)
		case float64:
			d[from] = src
		}
	}
}
