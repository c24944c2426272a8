// Package recognise is the task of saying what a sequence of numbers is: rows → network → pooling → softmax or a
// number, or a softmax at each step.
//
//	run, err := zoo.Train(ctx, gru.New(graph.Hidden(64)), datasets.Adding())
//	r, err := recognise.Of(run)
//	answers, err := r.Recognise([][]float64{{0.3, 1}, {0.9, 0}, {0.4, 1}})
//
// A Recognition serves one goroutine, a Recogniser any number of them.
package recognise

import (
	"context"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/pooling"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Recogniser is a network that says what a sequence of numbers is. It serves any number of goroutines at once
// (task.Predictor says how).
type Recogniser struct {
	opts     Options
	network  *graph.Network
	params   *graph.Params
	about    about
	settings datasets.Settings // how the data of the training were read
	rolls    bool              // whether the network can be declared as a loop
	pool     program.Pool[shape]
}

// about is what a recogniser keeps besides the weights.
type about struct {
	Columns  []scale  `json:"columns"` // [W] of the numbers in a row
	Target   scale    `json:"target"`
	Classes  []string `json:"classes,omitempty"`
	EachStep bool     `json:"each_step,omitempty"`
	Spec     string   `json:"spec,omitempty"`    // of the data that it was trained on
	Example  string   `json:"example,omitempty"` // a short sequence of these
	Steps    int      `json:"steps,omitempty"`   // of all sequences of a file of one's own, if they have one length
}

// shape tells the programs of a recogniser apart. Where all sequences are of one length, they need no mask.
type shape struct {
	program.Shape
	masked bool
}

type lane = program.Lane[shape]

var _ task.Predictor = (*Recogniser)(nil)

// Answer is what a sequence was taken for.
type Answer struct {
	Label         string    // the class; "" unless there is one of the whole sequence
	Probability   float64   // of Label
	Probabilities []float64 // in the order of Classes
	Labels        []string  // the class at each step, where there is one
	Number        float64   // where there are no classes
}

// declare checks the parts and declares the parameters, so that weights can be loaded and counted before the first
// step.
func (r *Recogniser) declare() error {
	a := r.about
	if names := slices.Compact(slices.Sorted(slices.Values(a.Classes))); len(names) < len(a.Classes) {
		return errors.Errorf("recognise: two of the classes %q have one name", a.Classes)
	}
	if len(a.Classes) == 1 || a.EachStep && a.Classes == nil {
		return errors.Errorf("recognise: there are %d classes; want at least 2", len(a.Classes))
	}
	if err := r.network.Check(); err != nil {
		return err
	}
	one := shape{Shape: program.Shape{Steps: 1, Batch: 1}, masked: true}
	err := program.Declared(r.params, r.network.Name(), func(b *graph.Builder) { r.declareOn(b, one) })
	if err != nil {
		return errors.WithMessage(err, "recognise")
	}
	r.rolls = program.Rolls(r.params, func(b *graph.Builder) { r.declareOn(b, one) })
	return nil
}

// Save implements task.Predictor.
func (r *Recogniser) Save(to task.Files) error {
	if err := program.CheckFiles(to); err != nil {
		return err
	}
	return to.Write(task.StateFile, r.about)
}

// Open returns the recogniser that Save has kept with the options. The parameters must hold the kept weights.
func Open(network *graph.Network, params *graph.Params, opts Options, kept task.Files) (*Recogniser, error) {
	if err := program.CheckFiles(kept); err != nil {
		return nil, err
	}
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	r := &Recogniser{opts: opts, network: network, params: params}
	if err = kept.Read(task.StateFile, &r.about); err == nil {
		err = r.about.check()
	}
	if err != nil {
		return nil, errors.WithMessagef(err, "%s is damaged", task.StateFile)
	}
	return r, r.declare()
}

// check returns an error if what is kept makes no sense.
func (a about) check() error {
	if len(a.Columns) == 0 {
		return errors.New("it scales no column")
	}
	for _, s := range append(slices.Clone(a.Columns), a.Target) {
		if err := s.check(); err != nil {
			return err
		}
	}
	return nil
}

// Params implements train.Task and task.Predictor.
func (r *Recogniser) Params() *graph.Params { return r.params }

// Options returns the options with their defaults filled in.
func (r *Recogniser) Options() Options { return r.opts }

// Classes returns the names of the classes; nil if a number is said.
func (r *Recogniser) Classes() []string { return slices.Clone(r.about.Classes) }

// Width returns W, how many numbers a row has.
func (r *Recogniser) Width() int { return len(r.about.Columns) }

// outputs returns how many numbers the last layer gives: one for each class, or one.
func (r *Recogniser) outputs() int { return max(1, len(r.about.Classes)) }

// declareOn declares the outputs of sequences [T, B, W]: [B, K], or [T, B, K] where there is a class at each step.
func (r *Recogniser) declareOn(b *graph.Builder, s shape) *gorgonia.Node {
	x := b.Input("x", s.Steps, s.Batch, r.Width())
	var opts []graph.UnrollOption
	var mask *gorgonia.Node
	if s.masked {
		lengths := b.IndexInput("lengths", s.Batch)
		opts, mask = append(opts, graph.Lengths(lengths)), b.LengthMask(lengths, s.Steps)
	}
	y, final := r.network.Unroll(b, x, opts...)
	if !r.about.EachStep {
		y = pooling.Pool(b, r.opts.Pooling, r.network, y, final, mask)
	}
	return b.Prefix("head.").Linear("", r.outputs(), b.Dropout(y, r.opts.OutputDropout))
}

// needsMask reports whether sequences of one length need a mask all the same.
func (r *Recogniser) needsMask() bool { return !r.about.EachStep && r.opts.Pooling != "last" }

// loss declares what is learnt from: the cross entropy, or the squared error in standard deviations of the targets.
func (r *Recogniser) loss(b *graph.Builder, out *gorgonia.Node, s shape) *gorgonia.Node {
	switch {
	case r.about.EachStep:
		return b.CrossEntropy(out, b.IndexInput("target", s.Steps, s.Batch))
	case r.about.Classes != nil:
		return b.CrossEntropy(out, b.IndexInput("target", s.Batch))
	}
	return b.MSE(out, b.Input("target", s.Batch, 1))
}

// program returns the program of a shape: in training with the loss, else with the outputs.
func (r *Recogniser) program(l *lane, s shape) (*graph.Program, error) {
	return l.Get(s, func() (*graph.Builder, []graph.CompileOption) {
		if s.Training {
			b := graph.NewBuilder(r.params, graph.Training())
			return b, []graph.CompileOption{graph.Loss(r.loss(b, r.declareOn(b, s), s))}
		}
		var opts []graph.Option
		if s.Serving {
			opts = append(opts, program.Serving(r.network, s.Steps, s.Batch))
		}
		b := graph.NewBuilder(r.params, opts...)
		return b, []graph.CompileOption{graph.OutputAs(outputName, r.declareOn(b, s))}
	})
}

const outputName = "answer"

// set sets the inputs of a program of a shape to sequences. Where they are less than the batch, the others are one row
// of zeros.
func (r *Recogniser) set(p *graph.Program, s shape, sequences []datasets.Sequence) error {
	w := r.Width()
	if s.masked {
		lengths := p.Input("lengths").Ints()
		for i := range lengths {
			if lengths[i] = 1; i < len(sequences) {
				lengths[i] = len(sequences[i].Values) / w
			}
		}
	}
	switch x := p.Input("x").Data().(type) {
	case []float32:
		return setRows(x, s.Batch*w, sequences, r.about.Columns)
	case []float64:
		return setRows(x, s.Batch*w, sequences, r.about.Columns)
	}
	return errors.Errorf("recognise: the inputs are %v", p.Input("x").Dtype())
}

func setRows[F float32 | float64](x []F, stride int, sequences []datasets.Sequence, columns []scale) error {
	clear(x)
	for i, q := range sequences {
		if err := scaled(x[i*len(columns):], stride, q.Values, columns); err != nil {
			return err
		}
	}
	return nil
}

// setTargets sets the input "target" of a program that learns, and returns how many there are.
func (r *Recogniser) setTargets(p *graph.Program, s shape, sequences []datasets.Sequence) (n int, err error) {
	if r.about.Classes == nil {
		target := make([]float64, len(sequences))
		for i, q := range sequences {
			target[i] = (q.Target - r.about.Target.Mean) / r.about.Target.Deviation
		}
		return len(sequences), p.Set("target", target)
	}
	target := p.Input("target").Ints()
	if !r.about.EachStep {
		for i, q := range sequences {
			target[i] = q.Label
		}
		return len(sequences), nil
	}
	for i := range target {
		target[i] = program.Ignored
	}
	for i, q := range sequences {
		for t, label := range q.Labels {
			if label >= 0 {
				target[t*s.Batch+i] = label
				n++
			}
		}
	}
	return n, nil
}

// output returns the outputs of sequences, of which each has its place in a batch.
func (r *Recogniser) output(l *lane, s shape, sequences []datasets.Sequence) (output, error) {
	p, err := r.program(l, s)
	if err != nil {
		return output{}, err
	}
	if err := r.set(p, s, sequences); err != nil {
		return output{}, err
	}
	if err := p.Run(); err != nil {
		return output{}, err
	}
	return output{program.Floats(p.Output(outputName)), s.Batch, r.outputs()}, nil
}

// output is what a program gives, [T, B, K] or [B, K].
type output struct {
	values         []float64
	batch, classes int
}

// at returns the [K] numbers of a sequence at a step, or of the whole one at step 0.
func (o output) at(step, i int) []float64 {
	at := (step*o.batch + i) * o.classes
	return o.values[at : at+o.classes]
}

// mostRows is how many rows a sequence may have that is asked about.
const mostRows = 1 << 20

// Recognise says what each sequence [T][W] is.
func (r *Recogniser) Recognise(all ...[][]float64) ([]Answer, error) {
	return r.RecogniseContext(context.Background(), all...)
}

// RecogniseContext is Recognise with a context that may end before all sequences are recognised. Many are shared among
// the processors.
func (r *Recogniser) RecogniseContext(ctx context.Context, all ...[][]float64) ([]Answer, error) {
	sequences := make([]datasets.Sequence, len(all))
	for i, rows := range all {
		if len(rows) == 0 || len(rows) > mostRows {
			return nil, errors.Errorf("recognise: sequence %d has %d rows; want between 1 and %d", i+1, len(rows), mostRows)
		}
		values := make([]float32, 0, len(rows)*r.Width())
		for t, row := range rows {
			if len(row) != r.Width() {
				return nil, errors.Errorf("recognise: row %d of sequence %d has %d numbers; want %d", t+1, i+1, len(row), r.Width())
			}
			for k, v := range row {
				if math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
					return nil, errors.Errorf("recognise: number %d in row %d of sequence %d is %v; want a finite number", k+1, t+1, i+1, v)
				}
				values = append(values, float32(v))
			}
		}
		sequences[i].Values = values
	}
	return r.recognise(ctx, sequences)
}

// How many sequences are recognised at once: enough for the kernels and of long ones fewer, so that inputs and the
// outputs of a layer have some 32 million numbers; and so many are worth a processor of their own.
const (
	evaluationBatch = 128
	mostNumbers     = 1 << 25
	smallestBatch   = 16
)

// atOnce returns how many sequences of so many steps are read at once.
func (r *Recogniser) atOnce(steps int) int {
	return max(1, min(evaluationBatch, mostNumbers/max(1, steps)/(r.Width()+r.network.Width())))
}

// byLength returns the places of sequences in batches of a size, in order of their lengths: in a batch they are about
// equally long.
func (r *Recogniser) byLength(n int, steps func(i int) int, size int) [][]int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return steps(i) - steps(j) })
	return slices.Collect(slices.Chunk(order, size))
}

// serving returns the shape of a program that answers for sequences up to a length.
func (r *Recogniser) serving(longest, n int) shape {
	s := shape{Shape: program.Shape{Steps: program.StepsFor(longest, nil), Batch: program.Batch(n)}, masked: true}
	if r.rolls {
		s.Steps, s.Serving = program.Capacity(longest), true
	}
	return s
}

// recognise says what sequences are, whose numbers are finite.
func (r *Recogniser) recognise(ctx context.Context, all []datasets.Sequence) ([]Answer, error) {
	if err := args.Context(ctx); err != nil || len(all) == 0 {
		return nil, err
	}
	steps := func(i int) int { return len(all[i].Values) / r.Width() }
	longest := 0
	for i := range all {
		longest = max(longest, steps(i))
	}
	share := (len(all) + r.pool.Lanes() - 1) / r.pool.Lanes()
	batches := r.byLength(len(all), steps, min(len(all), r.atOnce(longest), max(smallestBatch, share)))
	answers := make([]Answer, len(all))
	err := r.pool.Each(ctx, len(batches), func(l *lane, k int) error {
		batch := batches[k]
		sequences := make([]datasets.Sequence, len(batch))
		for i, at := range batch {
			sequences[i] = all[at]
		}
		out, err := r.output(l, r.serving(steps(batch[len(batch)-1]), len(batch)), sequences)
		if err != nil {
			return errors.WithMessage(err, "recognise")
		}
		for i, at := range batch {
			if answers[at], err = r.answer(out, i, steps(at)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return answers, nil
}

// answer reads what is said of sequence i of a batch.
func (r *Recogniser) answer(out output, i, steps int) (Answer, error) {
	var a Answer
	damaged := false
	switch {
	case r.about.EachStep:
		for t := range steps {
			row := out.at(t, i)
			best := program.Largest(row)
			damaged = damaged || math.IsNaN(row[best])
			a.Labels = append(a.Labels, r.about.Classes[best])
		}
	case r.about.Classes != nil:
		a.Probabilities = program.Softmax(out.at(0, i))
		best := program.Largest(a.Probabilities)
		a.Label, a.Probability = r.about.Classes[best], a.Probabilities[best]
		damaged = math.IsNaN(a.Probability)
	default:
		a.Number = out.at(0, i)[0]*r.about.Target.Deviation + r.about.Target.Mean
		damaged = math.IsNaN(a.Number) || math.IsInf(a.Number, 0)
	}
	if damaged {
		return a, errors.New("recognise: an answer is not a number; the weights are damaged")
	}
	return a, nil
}

// Warm implements task.Predictor for sequences one at a time, of up to 1,024 steps unless the network is of cells that
// cannot be loops.
func (r *Recogniser) Warm(ctx context.Context, like ...string) error {
	lengths := []int{1}
	for i, input := range like {
		if values, err := r.numbers("input", i+1, input); err == nil { // else it names a file
			lengths = append(lengths, len(values)/r.Width())
		}
	}
	if r.rolls {
		lengths = append(lengths, program.Capacities(mostRows)...)
	}
	return r.pool.Warm(ctx, func(l *lane) error {
		for _, n := range lengths {
			if err := ctx.Err(); err != nil {
				return errors.WithStack(err)
			}
			if _, err := r.program(l, r.serving(n, 1)); err != nil {
				return err
			}
		}
		_, err := r.output(l, r.serving(1, 1), []datasets.Sequence{{Values: make([]float32, r.Width())}})
		return err
	})
}

// Decoding implements task.Predictor: there is nothing to choose.
func (r *Recogniser) Decoding() task.Options { return nil }

// On implements task.Predictor: scales and classes are the recogniser's.
func (r *Recogniser) On(d datasets.Dataset, _ task.Options) (task.Task, error) {
	data, err := program.DatasetOf[*datasets.Sequences](d, "recognise", "has no sequences of numbers")
	if err != nil {
		return nil, err
	}
	name := data.Meta.Name
	switch {
	case data.Width != r.Width():
		return nil, errors.Errorf("recognise %s: its rows have %d numbers; the model reads %d", name, data.Width, r.Width())
	case data.EachStep != r.about.EachStep:
		return nil, errors.Errorf("recognise %s: it has a class at each step, or the model says one: only one of them does", name)
	case !slices.Equal(data.Classes, r.about.Classes):
		return nil, errors.Errorf("recognise %s: the dataset has the classes %q; the model knows %q", name, data.Classes, r.about.Classes)
	}
	if err := checkData(data); err != nil {
		return nil, err
	}
	found, err := learn(data, scaleNone)
	if err != nil {
		return nil, errors.WithMessage(err, "recognise")
	}
	return newRecognition(r, data, found.labels), nil
}
