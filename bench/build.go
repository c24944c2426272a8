package bench

import (
	"fmt"
	"math"
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
	if w.Classes > 0 {
		w.spreadMemories(params)
	}
	build := w.buildProgram
	if w.Mode == Stream && w.Vocabulary == 0 {
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
	target *gorgonia.Node // [T, B] of a language model, [B] of a classifier
	y      *gorgonia.Node // [T, B, width], of a language model the scores [T, B, V], of a classifier [B, C]
	carry  []graph.CompileOption
}

func (w Workload) declare(b *graph.Builder) (d declaration) {
	n := w.network()
	if w.Vocabulary == 0 {
		d.x = b.Input("x", w.T, w.B, w.I)
		y, final := n.Unroll(b, d.x)
		d.y = y
		if w.Classes > 0 {
			d.target = b.IndexInput("target", w.B)
			d.y = b.Linear("decoder", w.Classes, final[w.Layers-1][0])
		}
		return d
	}
	d.x = b.IndexInput("x", w.T, w.B)
	d.target = b.IndexInput("target", w.T, w.B)
	embedded := b.Embedding("embedding", w.Vocabulary, w.I, d.x, graph.NoPadding)
	if !w.Carried && w.Mode != Stream {
		h, _ := n.Unroll(b, embedded)
		d.y = b.Linear("decoder", w.Vocabulary, b.Dropout(h, w.Dropout))
		return d
	}
	initial := make([]graph.State, w.Layers)
	var names []string
	for l := range initial {
		for k, width := range n.StateWidths() {
			name := fmt.Sprintf("state_l%d_%d", l, k)
			names = append(names, name)
			initial[l] = append(initial[l], b.Input(name, w.B, width))
		}
	}
	h, final := n.Unroll(b, embedded, graph.InitialStates(initial...))
	for i, s := range slices.Concat(final...) {
		d.carry = append(d.carry, graph.Carry(names[i], s))
	}
	d.y = b.Linear("decoder", w.Vocabulary, b.Dropout(h, w.Dropout))
	return d
}

// spreadMemories sets the biases of the gates that keep a unit's state, so that its memories of 1 to T steps are spread evenly in
// their logarithms: of unit k of n they are
//
//	u = log(max(T^((k+½)/n), 1.5) − ½)
//
// for the update gate of a GRU and the forget gate of an LSTM, and −u for the input gate of an LSTM.
func (w Workload) spreadMemories(params *graph.Params) {
	if w.Cell != "lstm" && w.Cell != "gru" {
		return
	}
	for l := range w.Layers {
		bias := params.Get(fmt.Sprintf("bias_ih_l%d", l)).Value().Float32s()
		for k := range w.H {
			u := math.Log(max(math.Pow(float64(w.T), (float64(k)+0.5)/float64(w.H)), 1.5) - 0.5)
			bias[w.H+k] = float32(u) // the second gate of both: i f g o, r z n
			if w.Cell == "lstm" {
				bias[k] = float32(-u)
			}
		}
	}
	params.Changed()
}

// buildProgram compiles a workload that is one program.
func (w Workload) buildProgram(p *Prepared, params *graph.Params, opts []graph.CompileOption) error {
	start := time.Now()
	var how []graph.Option
	if w.Rolled {
		how = append(how, graph.Rolled())
	}
	if w.Dropout > 0 {
		how = append(how, graph.Training())
	}
	b := graph.NewBuilder(params, how...)
	d := w.declare(b)
	var names []string
	var outputs []*gorgonia.Node
	output := func(name string, n *gorgonia.Node) { names, outputs = append(names, name), append(outputs, n) }
	switch {
	case w.Mode != Train: // as a program that serves: its parameters stay as they are
		opts = slices.Concat(opts, []graph.CompileOption{graph.FixedParams()})
		output("y", d.y)
	case d.target != nil:
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
	program, err := graph.Compile(b, slices.Concat(opts, d.carry, []graph.CompileOption{graph.Output(outputs...)})...)
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
		err = program.Set("x", uniform(w.T*w.B*w.I))
	} else {
		err = program.Set("x", words(w.T*w.B, w.Vocabulary, 1))
	}
	switch {
	case err != nil:
		return err
	case w.Mode == Stream:
		p.run = writing(program, d)
		return nil
	case w.Mode == Forward || d.target == nil:
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
	return program.Set("target", words(d.target.Shape().TotalSize(), max(w.Vocabulary, w.Classes), 2))
}

// writing returns what runs a step and has the next one read the token with the highest score, of each sequence.
func writing(program *graph.Program, d declaration) func() error {
	tokens, scores := program.Input("x").Ints(), program.Value(d.y).Float32s()
	vocabulary := len(scores) / len(tokens)
	return func() error {
		if err := program.Run(); err != nil {
			return err
		}
		for i := range tokens {
			row := scores[i*vocabulary:][:vocabulary]
			best := 0
			for v, s := range row {
				if s > row[best] {
					best = v
				}
			}
			tokens[i] = best
		}
		return nil
	}
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
