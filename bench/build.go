package bench

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
)

// Prepared is a workload that is ready to run. It serves one goroutine.
type Prepared struct {
	Workload Workload
	// CompileMilliseconds is how long it took to build the graph, differentiate and compile it. Making the parameters'
	// initial values does not count.
	CompileMilliseconds float64

	run     func() error
	input   *tensor.Dense                   // x; nil in mode Stream
	results func() map[string]*tensor.Dense // what a run has computed
	stats   func() graph.ProgramStats
}

// Stats returns what a run of the program does.
func (p *Prepared) Stats() graph.ProgramStats { return p.stats() }

// Run runs the workload once.
func (p *Prepared) Run() error { return p.run() }

// Build makes the network and compiles it. Parameters and inputs are random, the same ones each time.
func (w Workload) Build(opts ...graph.CompileOption) (*Prepared, error) {
	if err := w.Check(); err != nil {
		return nil, errors.Wrapf(err, "workload %s", w.Name)
	}
	params := graph.NewParams(tensor.Float32)
	one := w
	one.T = 1 // has the same parameters
	b := graph.NewBuilder(params)
	one.declare(b)
	if err := b.Err(); err != nil {
		return nil, errors.Wrapf(err, "workload %s", w.Name)
	}
	build := w.buildProgram
	if w.Mode == Stream {
		build = w.buildStepper
	}
	p := &Prepared{Workload: w}
	if err := build(p, params, opts); err != nil {
		return nil, errors.Wrapf(err, "workload %s", w.Name)
	}
	return p, nil
}

// declaration is the nodes of a workload's graph.
type declaration struct {
	x      *gorgonia.Node // [T, B, I]; of a language model word indices [T, B]
	target *gorgonia.Node // of a language model
	y      *gorgonia.Node
}

func (w Workload) declare(b *graph.Builder) (d declaration) {
	if w.Vocabulary == 0 {
		d.x = b.Input("x", w.T, w.B, w.I)
		d.y, _ = w.network().Unroll(b, d.x)
		return d
	}
	d.x = b.IndexInput("x", w.T, w.B)
	d.target = b.IndexInput("target", w.T, w.B)
	embedded := b.Embedding("embedding", w.Vocabulary, w.I, d.x, graph.NoPadding)
	h, _ := w.network().Unroll(b, embedded)
	d.y = b.Linear("decoder", w.Vocabulary, h)
	return d
}

// buildProgram compiles a workload that is one program.
func (w Workload) buildProgram(p *Prepared, params *graph.Params, opts []graph.CompileOption) error {
	start := time.Now()
	var rolling []graph.Option
	if w.Rolled {
		rolling = append(rolling, graph.Rolled())
	}
	b := graph.NewBuilder(params, rolling...)
	d := w.declare(b)
	var names []string
	var outputs []*gorgonia.Node
	output := func(name string, n *gorgonia.Node) { names, outputs = append(names, name), append(outputs, n) }
	switch {
	case w.Mode == Forward: // as a program that serves: its parameters stay as they are
		opts = slices.Concat(opts, []graph.CompileOption{graph.FixedParams()})
		output("y", d.y)
	case w.Vocabulary > 0:
		opts = slices.Concat(opts, []graph.CompileOption{graph.Loss(b.CrossEntropy(d.y, d.target))})
	default:
		// One walk gives the gradients by the parameters, which Loss would, and by the input, which it would not.
		wrt, of := []*gorgonia.Node{d.x}, []string{"x"}
		for _, q := range params.List() {
			wrt, of = append(wrt, b.Param(q.Name(), nil, q.Shape()...)), append(of, q.Name())
		}
		loss := b.Sum(d.y)
		output("loss", loss)
		for i, g := range b.Grad(loss, wrt...) {
			output("gradient by "+of[i], g)
		}
	}
	program, err := graph.Compile(b, slices.Concat(opts, []graph.CompileOption{graph.Output(outputs...)})...)
	if err != nil {
		return err
	}
	p.CompileMilliseconds = milliseconds(time.Since(start))

	p.run, p.input, p.stats = program.Run, program.Input("x"), program.Stats
	p.results = func() map[string]*tensor.Dense {
		r := make(map[string]*tensor.Dense)
		for i, n := range outputs {
			r[names[i]] = program.Value(n)
		}
		return r
	}
	if w.Vocabulary == 0 {
		return program.Set("x", uniform(w.T*w.B*w.I))
	}
	if err := program.Set("x", words(w.T*w.B, w.Vocabulary, 1)); err != nil {
		return err
	}
	if w.Mode == Forward {
		return nil
	}
	adam := new(train.Adam)
	p.run = func() error {
		if err := program.Run(); err != nil {
			return err
		}
		return adam.Step(program.Grads())
	}
	p.results = func() map[string]*tensor.Dense {
		r := make(map[string]*tensor.Dense)
		for _, q := range params.List() {
			r["gradient by "+q.Name()] = program.Grad(q.Name())
		}
		return r
	}
	return program.Set("target", words(w.T*w.B, w.Vocabulary, 2))
}

// buildStepper compiles one step of a network that keeps its state.
func (w Workload) buildStepper(p *Prepared, params *graph.Params, opts []graph.CompileOption) error {
	start := time.Now()
	stepper, err := w.network().NewStepper(params, w.B, w.I, opts...)
	if err != nil {
		return err
	}
	p.CompileMilliseconds = milliseconds(time.Since(start))

	p.stats = stepper.Stats
	x := uniform(w.B * w.I)
	var y []float32
	p.run = func() error {
		y, err = stepper.Step(x)
		return err
	}
	p.results = func() map[string]*tensor.Dense {
		return map[string]*tensor.Dense{"y": tensor.New(tensor.WithShape(w.B, w.H), tensor.WithBacking(y))}
	}
	return nil
}

// uniform returns n numbers between −1 and 1, always the same.
func uniform(n int) []float32 {
	rng := rand.New(rand.NewPCG(1, 0))
	x := make([]float32, n)
	for i := range x {
		x[i] = 2*rng.Float32() - 1
	}
	return x
}

// words returns n word indices, the same ones for each seed.
func words(n, vocabulary int, seed uint64) []int {
	rng := rand.New(rand.NewPCG(seed, 0))
	x := make([]int, n)
	for i := range x {
		x[i] = rng.IntN(vocabulary)
	}
	return x
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
