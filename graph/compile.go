package graph

import (
	"fmt"
	"io"
	"slices"
	"weak"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/exec"
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/pass"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/args"
)

// A CompileOption says what a program computes and how.
type CompileOption func(*compileConfig)

type compileConfig struct {
	outputs   []*gorgonia.Node
	named     []namedNode // OutputAs
	carried   []namedNode // Carry
	loss      *gorgonia.Node
	without   map[string]bool
	threads   int
	fixed     bool
	verify    bool
	dump      io.Writer
	dumpErr   error
	workspace *exec.Workspace
}

// namedNode is a node with the name of an output or an input.
type namedNode struct {
	name string
	node *gorgonia.Node
}

// Output names nodes whose values can be read after a run, with Program.Value.
func Output(nodes ...*gorgonia.Node) CompileOption {
	return func(c *compileConfig) { c.outputs = append(c.outputs, nodes...) }
}

// OutputAs gives a node's value a name, under which it can be read after a run without the node, with Program.Output. A
// node may have several names; a name belongs to one.
func OutputAs(name string, n *gorgonia.Node) CompileOption {
	return func(c *compileConfig) { c.named = append(c.named, namedNode{name, n}) }
}

// Carry has each run that succeeds end with copying the value of a node into the memory of an input of the same shape
// and type, so that the next run starts from it: the state of a network that reads a sequence in pieces, the last word
// of a text that it writes. The first run starts from what the input holds, zeros if nothing was set; Program.Set, or
// writing to Program.Input, between two runs overrides what was carried. The node is an output, too. One node may be
// carried into several inputs, but not two into one.
//
// All copies are made when the run is over, from memory that none of them writes to: states may change places, and a
// state may be handed on as it is. Outputs that are read after the run are those of that run. Gradients do not flow
// from one run into the one before it, which makes of a loss over consecutive pieces truncated back-propagation through
// time.
func Carry(input string, n *gorgonia.Node) CompileOption {
	return func(c *compileConfig) { c.carried = append(c.carried, namedNode{input, n}) }
}

// Loss names a scalar. The program computes it, and its gradient with respect to every parameter that the graph uses.
func Loss(loss *gorgonia.Node) CompileOption {
	return func(c *compileConfig) { c.loss = loss }
}

// Without switches passes of the compiler off, by name (Passes lists them): the program computes the same, by another
// way. Tests and teaching want this.
func Without(passes ...string) CompileOption {
	return func(c *compileConfig) {
		for _, p := range passes {
			c.without[p] = true
		}
	}
}

// Threads sets the number of threads that share a run's work. Without it a program has as many as pay, up to GOMAXPROCS,
// and a small one has one. Results may differ in the last bits between numbers of threads; for one number they are always
// the same.
func Threads(n int) CompileOption {
	return func(c *compileConfig) { c.threads = n }
}

// FixedParams has the program bring the parameters into the order in which its products read them only when they have
// changed since its last run (Params.Changed), and not in every run: worth it for small programs that run often with
// parameters that do not change, such as a stepper, and for programs that serve. All programs of one store that are
// compiled with it share what they read. They may run at the same time in different goroutines as long as nobody
// changes the parameters.
func FixedParams() CompileOption {
	return func(c *compileConfig) { c.fixed = true }
}

// Verify has the compiler check its representation after every pass: that each value stands behind its arguments, once,
// with a shape and a type that its operation can give. An error names the pass. Tests want this, of a new operation or
// pass most of all; without it the representation is checked once, before memory is planned.
func Verify() CompileOption {
	return func(c *compileConfig) { c.verify = true }
}

// Dump has the compiler write its representation to w as it is lowered from the graph and after each pass, a value a line,
// and then the instructions of the plan with the memory that they read and write.
func Dump(w io.Writer) CompileOption {
	return func(c *compileConfig) { c.dump = w }
}

// mostThreads is how many threads a program may have: more than processors, so that tests can ask for any number.
const mostThreads = 1 << 10

// planPasses are the parts of the schedule and of the memory plan that can be switched off like passes.
var planPasses = []string{"eager", "aliases", "fusion", "reuse"}

// Passes returns the names of the compiler's passes, in the order in which they run.
func Passes() []string {
	var names []string
	for _, p := range pass.All() {
		names = append(names, p.Name)
	}
	return append(names, planPasses...)
}

// Compile turns what the outputs and the loss need into a program. It returns the builder's first error if there is
// one. The time it takes is linear in the size of the graph. Graphs of one store may be compiled at the same time in
// different goroutines, also while programs run, if all their parameters have been declared.
func Compile(b *Builder, opts ...CompileOption) (*Program, error) {
	c := compileConfig{without: make(map[string]bool)}
	args.Apply(&c, opts)
	for name := range c.without {
		if !slices.Contains(Passes(), name) {
			return nil, errors.Errorf("compile: there is no pass %q; the passes are %v", name, Passes())
		}
	}
	if c.threads < 0 || c.threads > mostThreads {
		return nil, errors.Errorf("compile: %d threads; want at least 1 and at most %d", c.threads, mostThreads)
	}
	if b.failed() {
		return nil, b.Err()
	}
	var outputs []*gorgonia.Node
	output := func(what string, n *gorgonia.Node) {
		if outputs = append(outputs, n); n == nil || n.Graph() != b.g {
			b.failf("compile: %s %s is not a node of this graph", what, describe(n))
		}
	}
	for _, n := range c.outputs {
		output("the output", n)
	}
	for _, o := range c.named {
		output(fmt.Sprintf("the output %q,", o.name), o.node)
	}
	for _, o := range c.carried {
		output(fmt.Sprintf("what is carried into the input %q,", o.name), o.node)
	}
	var names []string
	gradAt := len(outputs)
	if c.loss != nil {
		names = append(names, b.names...)
		wrt := make([]*gorgonia.Node, len(names))
		for i, name := range names {
			wrt[i] = b.byName[name]
		}
		outputs = append(outputs, c.loss)
		gradAt = len(outputs)
		outputs = append(outputs, b.Grad(c.loss, wrt...)...)
	}
	if b.failed() {
		return nil, b.Err()
	}
	if err := c.checkNames(); err != nil {
		return nil, err
	}
	if len(outputs) == 0 {
		return nil, errors.New("compile: the program has neither an output nor a loss")
	}

	g, leaves, err := b.lower(outputs)
	if err != nil {
		return nil, err
	}
	carry, err := c.carries(g)
	if err != nil {
		return nil, err
	}
	if err := c.runPasses(g); err != nil {
		return nil, err
	}

	p := &Program{outputs: make(map[weak.Pointer[gorgonia.Node]]*tensor.Dense)}
	offsets := make([]int, len(outputs))
	for i := range offsets {
		offsets[i] = -1
	}
	size := 0
	gradOffset := make(map[string]int)
	for _, q := range b.params.list { // in the store's order, so that gradients lie as the parameters do
		if slices.Contains(names, q.name) {
			gradOffset[q.name] = size
			size += padded(q.value.Size())
		}
	}
	for i, name := range names {
		offsets[gradAt+i] = gradOffset[name]
	}
	pl := plan.Make(g, plan.Options{GradOffset: offsets, Carry: carry, NoViews: c.without["aliases"], NoReuse: c.without["reuse"], NoFusion: c.without["fusion"]})
	p.instructions, p.carries = pl.Instructions, pl.Carries
	if c.write("plan", p); c.dumpErr != nil {
		return nil, errors.Wrap(c.dumpErr, "compile: the dump")
	}
	params := b.params // a program does not keep its builder
	var packs *exec.Packs
	if c.fixed {
		packs = &params.packs
	}
	p.machine, err = exec.New(pl, params.dtype, exec.Options{
		Params:   func(name string) any { return params.byName[name].value.Data() },
		GradSize: size,
		Packs:    packs,
		Scratch:  c.workspace,
		Threads:  c.threads,
	})
	if err != nil {
		return nil, err
	}
	p.inputs = make(map[string]*tensor.Dense, len(pl.Inputs))
	for name, l := range pl.Inputs {
		p.inputs[name] = p.machine.Tensor(l)
	}
	for _, n := range leaves {
		if v := n.Value(); v != nil {
			if err := p.Set(n.Name(), rowMajor(v)); err != nil {
				return nil, errors.Wrapf(err, "compile: the value bound to %s", describe(n))
			}
		}
	}
	for i, n := range outputs[:gradAt] {
		p.outputs[weak.Make(n)] = p.machine.Tensor(pl.Outputs[i])
	}
	p.named = make(map[string]*tensor.Dense, len(c.named))
	for _, o := range c.named {
		p.named[o.name] = p.Value(o.node)
	}
	if c.loss != nil {
		p.loss = p.outputs[weak.Make(c.loss)]
	}
	p.gradByName = make(map[string]*tensor.Dense, len(names))
	if size > 0 {
		p.gradient = exec.Dense(p.machine.Grads(), size)
	}
	for i, name := range names {
		p.gradByName[name] = p.machine.Tensor(pl.Outputs[gradAt+i])
	}
	for _, q := range b.params.list {
		if g := p.gradByName[q.name]; g != nil {
			p.grads = append(p.grads, &ParamGrad{q, g, params})
		}
	}
	return p, nil
}

// runPasses runs the passes, and verifies and writes what they leave behind as the options say.
func (c *compileConfig) runPasses(g *ir.Graph) error {
	var err error
	pass.Run(g, c.without, func(name string, g *ir.Graph) {
		c.write(name, g)
		if c.verify && err == nil {
			err = errors.Wrapf(ir.Verify(g), "compile: after the pass %s", name)
		}
	})
	if err == nil && !c.verify {
		err = errors.Wrap(ir.Verify(g), "compile: after the passes")
	}
	return err
}

// write adds a stage of the compilation to the dump.
func (c *compileConfig) write(stage string, what fmt.Stringer) {
	if c.dump != nil && c.dumpErr == nil {
		_, c.dumpErr = fmt.Fprintf(c.dump, "\n== %s\n%v", stage, what)
	}
}

// checkNames returns an error if outputs are not told apart by their names, or an input is to be set to two nodes.
func (c *compileConfig) checkNames() error {
	seen := make(map[string]*gorgonia.Node)
	for _, o := range c.named {
		if o.name == "" {
			return errors.Errorf("compile: the output %s has an empty name; give it one, or use Output", describe(o.node))
		}
		if first, ok := seen[o.name]; ok {
			return errors.Errorf("compile: two outputs have the name %q, %s and %s; give each its own", o.name, describe(first), describe(o.node))
		}
		seen[o.name] = o.node
	}
	clear(seen)
	for _, o := range c.carried {
		if first, ok := seen[o.name]; ok {
			return errors.Errorf("compile: both %s and %s are carried into the input %q; an input is set to one value", describe(first), describe(o.node), o.name)
		}
		seen[o.name] = o.node
	}
	return nil
}

// carries returns for each input that is set after a run the number of the output that it is set to, of a graph that
// has been lowered.
func (c *compileConfig) carries(g *ir.Graph) (map[string]int, error) {
	if len(c.carried) == 0 {
		return nil, nil
	}
	inputs := make(map[string]*ir.Value)
	for _, v := range g.Values {
		switch op := v.Op.(type) {
		case ir.Input:
			inputs[op.Name] = v
		case ir.IndexInput:
			inputs[op.Name] = v
		}
	}
	carry := make(map[string]int, len(c.carried))
	for i, o := range c.carried {
		at := len(c.outputs) + len(c.named) + i
		in := inputs[o.name]
		if in == nil {
			return nil, errors.Errorf("compile: %s is carried into the input %q, but the graph has no input of this name", describe(o.node), o.name)
		}
		what := func(v *ir.Value) string {
			if v.Type == ir.Integer {
				return fmt.Sprintf("integers %v", v.Shape)
			}
			return fmt.Sprintf("numbers %v", v.Shape)
		}
		if from := g.Outputs[at]; !ir.SameShape(in.Shape, from.Shape) || in.Type != from.Type {
			return nil, errors.Errorf("compile: %s is carried into the input %q, but it is %s and the input holds %s", describe(o.node), o.name, what(from), what(in))
		}
		carry[o.name] = at
	}
	return carry, nil
}

// lower translates the nodes that the outputs need. Inputs that nothing needs are kept: a program can be given them. It
// returns the leaves among them that the builder did not make, too: they are inputs that may have values already.
func (b *Builder) lower(outputs []*gorgonia.Node) (g *ir.Graph, leaves []*gorgonia.Node, err error) {
	return b.lowerFrom(nil, outputs, b.inputs)
}

// lowerFrom is lower with nodes that stand for sources of a body. The roots in first come before what the outputs need.
func (b *Builder) lowerFrom(sources map[*gorgonia.Node]ir.Op, outputs, first []*gorgonia.Node) (g *ir.Graph, leaves []*gorgonia.Node, err error) {
	order := b.topologicalFrom(sources, append(append([]*gorgonia.Node{}, first...), outputs...)...)
	if b.failed() {
		return nil, nil, b.Err()
	}
	g = &ir.Graph{}
	values := make(map[*gorgonia.Node]*ir.Value, len(order))
	named := make(map[string]bool)
	for _, n := range order {
		if source := sources[n]; source != nil {
			values[n] = g.Add(source, shapeOf(n))
			continue
		}
		in := b.operands(n)
		args := make([]*ir.Value, len(in))
		for i, c := range in {
			if args[i] = values[c]; args[i] == nil {
				return nil, nil, errors.Errorf("compile: %s depends on itself", describe(n))
			}
		}
		var lowered ir.Op
		switch o := n.Op().(type) {
		case nil:
			if b.byName[n.Name()] == n {
				lowered = b.leafSource(n)
				break
			}
			if lowered, err = b.plainLeaf(n); err == nil && named[n.Name()] {
				err = errors.Errorf("input %q: two leaves of the graph have this name; give each its own", n.Name())
			}
			named[n.Name()] = true
			leaves = append(leaves, n)
		case *op:
			if s, ok := o.symbol.(scan); ok {
				lowered, err = s.lowerScan()
			} else {
				lowered = o.lower()
			}
		default:
			if b.translated[n] != nil {
				values[n] = args[0]
				continue
			}
			lowered, err = b.lowerForeign(n)
		}
		if err != nil {
			return nil, nil, errors.Wrap(err, "compile")
		}
		values[n] = g.Add(lowered, shapeOf(n), args...)
	}
	for _, n := range outputs {
		g.Outputs = append(g.Outputs, values[n])
	}
	return g, leaves, nil
}

// leafSource returns the source that a leaf of the builder stands for.
func (b *Builder) leafSource(n *gorgonia.Node) ir.Op {
	switch {
	case n.Dtype() == tensor.Int:
		return ir.IndexInput{Name: n.Name()}
	case isInput(b, n):
		return ir.Input{Name: n.Name()}
	}
	return ir.Param{Name: n.Name()}
}
