package graph

import (
	"fmt"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/internal/args"
)

// Builder makes the nodes of one expression graph. Its methods return nodes, not (node, error): the first error is
// kept, with the operation, its operands and the stack, and Compile returns it; after it every method returns a
// placeholder. A nil Builder, and one that NewBuilder has not made, has failed from the start: its placeholders are nil. A
// Builder serves one goroutine.
type Builder struct {
	*core
	prefix, suffix string // around the names of parameters
}

// core is what the scoped copies of a Builder share.
type core struct {
	g        *gorgonia.ExprGraph
	params   *Params
	training bool
	seed     uint64

	err     error
	invalid *gorgonia.Node
	inputs  []*gorgonia.Node
	byName  map[string]*gorgonia.Node // inputs and parameters
	names   []string                  // of the parameters, in order of first use
	ops     uint32                    // how many of our ops there are: the source of distinct hashes
	step    string                    // the time step under construction, for drawing
	hidden  []HiddenStates            // what Unroll has declared

	rolled rolling // whether Unroll declares a loop
	keep   int     // of so many steps of a loop one is kept for the gradient; 0 and 1 mean all
	outer  *outer  // of the body of a scan

	translated map[*gorgonia.Node]*gorgonia.Node // what plain nodes are translated to; nil for those that are not
	dropped    map[droppedParam]*gorgonia.Node   // parameters with weight drop
}

// An Option of NewBuilder. A nil one of this and the other kinds of options of this package sets nothing.
type Option func(*core)

// Training builds the graph for training: dropout drops. Without it the graph is for evaluation and dropout does
// nothing.
func Training() Option { return func(c *core) { c.training = true } }

// Seed sets the seed of the dropout masks; the default is 0.
func Seed(seed uint64) Option { return func(c *core) { c.seed = seed } }

// NewBuilder returns a builder of an empty graph whose parameters live in params and whose element type is that of
// params. A nil store means a new one of float32.
func NewBuilder(params *Params, opts ...Option) *Builder {
	if params == nil {
		params = NewParams(tensor.Float32)
	}
	c := &core{
		g: gorgonia.NewGraph(), params: params,
		byName: make(map[string]*gorgonia.Node), translated: make(map[*gorgonia.Node]*gorgonia.Node),
	}
	args.Apply(c, opts)
	return &Builder{core: c}
}

// Graph returns the expression graph. Nodes made with Gorgonia's own functions may be mixed with the builder's; a leaf of
// gorgonia.NewMatrix and the like is an input under its name, which starts with the value bound to it.
func (b *Builder) Graph() *gorgonia.ExprGraph {
	if !b.made() {
		return nil
	}
	return b.g
}

// Params returns the store that the graph's parameters live in.
func (b *Builder) Params() *Params {
	if !b.made() {
		return nil
	}
	return b.params
}

// Training reports whether the graph is built for training.
func (b *Builder) Training() bool { return b.made() && b.training }

// Err returns the first error of any operation, or nil.
func (b *Builder) Err() error {
	if !b.made() {
		return errors.New("the builder is nil; graph.NewBuilder makes one")
	}
	return b.err
}

// made reports whether NewBuilder has made the builder.
func (b *Builder) made() bool { return b != nil && b.core != nil }

// failed reports whether there is an error, so that nothing can be declared.
func (b *Builder) failed() bool { return !b.made() || b.err != nil }

// placeholder returns what is returned in place of a node after an error.
func (b *Builder) placeholder() *gorgonia.Node {
	if !b.made() {
		return nil
	}
	return b.invalid
}

// Prefix returns a builder of the same graph that puts prefix before the names of parameters, inside the prefixes of b.
func (b *Builder) Prefix(prefix string) *Builder {
	if !b.made() {
		return b
	}
	return &Builder{core: b.core, prefix: b.prefix + prefix, suffix: b.suffix}
}

// Suffix returns a builder of the same graph that puts suffix behind the names of parameters.
func (b *Builder) Suffix(suffix string) *Builder {
	if !b.made() {
		return b
	}
	return &Builder{core: b.core, prefix: b.prefix, suffix: suffix + b.suffix}
}

// Fail records an error as the builder's first unless there is one already, and returns a placeholder node. Cells use
// it for conditions of their own. A nil error is recorded as one, too.
func (b *Builder) Fail(err error) *gorgonia.Node {
	if !b.made() {
		return nil
	}
	if err == nil {
		err = errors.New("Fail was called with a nil error")
	}
	if b.err == nil {
		b.err = errors.WithStack(err)
	}
	if b.invalid == nil {
		b.invalid = b.leaf("invalid", b.params.dtype, nil)
	}
	return b.placeholder()
}

func (b *Builder) failf(format string, args ...any) *gorgonia.Node {
	return b.Fail(fmt.Errorf(format, args...)) // Fail adds the stack
}

// Input declares a tensor of numbers that is set before each run, such as [T, B, I] for a sequence.
func (b *Builder) Input(name string, shape ...int) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	return b.input(name, b.params.dtype, shape)
}

// IndexInput declares a tensor of integers that is set before each run: word indices [T, B], class targets [N],
// sequence lengths [B].
func (b *Builder) IndexInput(name string, shape ...int) *gorgonia.Node {
	return b.input(name, tensor.Int, shape)
}

func (b *Builder) input(name string, dt tensor.Dtype, shape []int) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	if b.outer != nil {
		return b.failf("input %q: a cell's step cannot declare inputs; declare it before the sequence, and use it in the step", name)
	}
	if err := checkShape(shape); err != nil {
		return b.failf("input %q: %v", name, err)
	}
	if _, ok := b.byName[name]; ok {
		return b.failf("input %q: the graph has an input or parameter of this name already; give each its own", name)
	}
	n := b.leaf(name, dt, shape)
	b.byName[name] = n
	b.inputs = append(b.inputs, n)
	return n
}

// Param returns the parameter of this name, between the builder's prefix and suffix. It declares it in the store with
// the given initial values if it is not there; if it is, the shape must be the same.
func (b *Builder) Param(name string, init Init, shape ...int) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	if o := b.outer; o != nil {
		around := &Builder{core: o.b.core, prefix: b.prefix, suffix: b.suffix}
		n := around.Param(name, init, shape...)
		if around.failed() {
			return b.Fail(around.Err())
		}
		return b.capture(n)
	}
	name = b.prefix + name + b.suffix
	if err := b.params.Declare(name, init, shape...); err != nil {
		return b.Fail(err)
	}
	if n, ok := b.byName[name]; ok {
		if b.params.byName[name] == nil || isInput(b, n) {
			return b.failf("parameter %q: the graph has an input of this name already; give each its own", name)
		}
		return n
	}
	n := b.leaf(name, b.params.dtype, shape)
	b.byName[name] = n
	b.names = append(b.names, name)
	return n
}

func isInput(b *Builder, n *gorgonia.Node) bool {
	for _, in := range b.inputs {
		if in == n {
			return true
		}
	}
	return false
}

func (b *Builder) leaf(name string, dt tensor.Dtype, shape []int) *gorgonia.Node {
	return gorgonia.NewUniqueNode(gorgonia.WithType(typeOf(dt, shape)), gorgonia.WithName(name), gorgonia.In(b.g), gorgonia.WithShape(shape...))
}

// maxElements is how many elements a tensor has at most, 4 GiB of float32: a shape of more is a slip, and an error is
// better than a process that ends for want of memory.
const maxElements = 1 << 30

func checkShape(shape []int) error {
	if len(shape) > maxRank {
		return errors.Errorf("shape %v has %d axes; %d is the most", shape, len(shape), maxRank)
	}
	n := 1
	for _, d := range shape {
		if d < 1 {
			return errors.Errorf("shape %v: every dimension must be at least 1", shape)
		}
		if d > maxElements/n {
			return errors.Errorf("shape %v has more than %d elements, which is the most", shape, maxElements)
		}
		n *= d
	}
	return nil
}

func describe(n *gorgonia.Node) string {
	if n == nil {
		return "nil"
	}
	if n.Type() == nil && n.Op() == nil {
		return "a node of nothing"
	}
	if _, ok := n.Op().(*op); ok {
		return fmt.Sprintf("%v%v", n.Op(), n.Shape())
	}
	return fmt.Sprintf("%s%v", n.Name(), n.Shape())
}
