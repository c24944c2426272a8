// Package trade is the task of saying what shares do on the next day, and of trading by it: features of the past → network →
// the return of the next day or its direction → positions.
//
//	run, err := zoo.Train(ctx, gru.New(graph.Hidden(16)), panel)
//	t, err := trade.Of(run)
//	advice, err := t.Recommend(nil)
//
// What it says is no investment advice. A Trade serves one goroutine, a Trader any number of them.
package trade

import (
	"context"
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Trader is a network that says what shares do on the next day. It serves any number of goroutines at once (task.Predictor
// says how).
type Trader struct {
	opts     Options
	network  *graph.Network
	params   *graph.Params
	recipe   train.Recipe      // by which the networks of a walk-forward evaluation learn
	settings datasets.Settings // how the prices of the training were read
	features []string
	scale    scale
	recent   *datasets.Panel // the last days of what it was trained on
	pool     program.Pool[shape]
}

// shape tells the programs of a trader apart.
type shape struct {
	batch    int
	training bool
}

type lane = program.Lane[shape]

var _ task.Predictor = (*Trader)(nil)

// saved is what a trader keeps besides the weights.
type saved struct {
	Features []string  `json:"features"`
	Scale    scale     `json:"scale"`
	Recent   []history `json:"recent"`
}

// history is the last days of a share.
type history struct {
	Share  string    `json:"share"`
	Days   []string  `json:"days"`
	Close  []float64 `json:"close"`
	High   []float64 `json:"high,omitempty"`
	Low    []float64 `json:"low,omitempty"`
	Volume []float64 `json:"volume,omitempty"`
}

// Save implements task.Predictor.
func (t *Trader) Save(to task.Files) error {
	if err := program.CheckFiles(to); err != nil {
		return err
	}
	return to.Write(task.StateFile, saved{t.features, t.scale, historiesOf(t.recent)})
}

// Open returns the trader that Save has kept with the options. The parameters must hold the kept weights.
func Open(network *graph.Network, params *graph.Params, opts Options, kept task.Files) (*Trader, error) {
	if err := program.CheckFiles(kept); err != nil {
		return nil, err
	}
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	var s saved
	if err = kept.Read(task.StateFile, &s); err == nil {
		err = s.check()
	}
	if err != nil {
		return nil, errors.WithMessagef(err, "%s is damaged", task.StateFile)
	}
	t := &Trader{opts: opts, network: network, params: params, recipe: defaultRecipe(), features: s.Features, scale: s.Scale, recent: panelOfHistories(s.Recent)}
	return t, t.declareParams()
}

// check returns an error if what is kept makes no sense.
func (s saved) check() error {
	known := map[string]bool{marketFeature: true, rangeFeature: true, volumeFeature: true}
	for i, name := range s.Features {
		if i >= always && !known[name] {
			return errors.Errorf("it has a feature %q, which is not known", name)
		}
	}
	if len(s.Features) < always {
		return errors.Errorf("it has the features %q; some are missing", s.Features)
	}
	for _, h := range s.Recent {
		for _, column := range [][]float64{h.Close, h.High, h.Low, h.Volume} {
			if len(column) != len(h.Days) && column != nil {
				return errors.Errorf("it has %d days of %s and %d prices", len(h.Days), h.Share, len(column))
			}
		}
	}
	return s.Scale.check(len(s.Features))
}

// defaultRecipe is that of package train.
func defaultRecipe() train.Recipe {
	return train.Recipe{Epochs: 10, Batch: 32, Accumulate: 1, Clip: 1, Seed: 1}
}

// declareParams declares the parameters, so that weights can be loaded and counted before the first step.
func (t *Trader) declareParams() error {
	if err := t.network.Check(); err != nil {
		return err
	}
	if err := program.CheckMemory(t.network, "window", t.opts.Window, 1); err != nil {
		return errors.WithMessage(err, "trade")
	}
	err := program.Declared(t.params, t.network.Name(), func(b *graph.Builder) { t.declare(b, 1) })
	return errors.WithMessage(err, "trade")
}

// Options returns the options with their defaults filled in.
func (t *Trader) Options() Options { return t.opts }

// Params implements train.Task and task.Predictor.
func (t *Trader) Params() *graph.Params { return t.params }

// Decoding implements task.Predictor: there is nothing to choose.
func (t *Trader) Decoding() task.Options { return nil }

// declare declares the output [B, 1] of a batch of windows: the return in units of volatility, or a logit of its
// direction. It begins at 0: who has learnt nothing predicts nothing, and does not trade on how the weights were drawn.
func (t *Trader) declare(b *graph.Builder, batch int) *gorgonia.Node {
	_, final := t.network.Unroll(b, b.Input("x", t.opts.Window, batch, len(t.features)))
	return b.Prefix("head.").LinearInit("", 1, t.network.Summary(b, final), graph.Zeros(), graph.Zeros())
}

// loss declares what is learnt from: the squared error, or the binary cross entropy.
func (t *Trader) loss(b *graph.Builder, out *gorgonia.Node) *gorgonia.Node {
	target := b.Input("target", out.Shape()...)
	if t.opts.Learn == learnDirection {
		return b.BCE(out, target)
	}
	return b.MSE(out, target)
}

// program returns the program of a shape: in training with the loss, else with the output.
func (t *Trader) program(l *lane, s shape) (*graph.Program, error) {
	return l.Get(s, func() (*graph.Builder, []graph.CompileOption) {
		if s.training {
			b := graph.NewBuilder(t.params, graph.Training())
			return b, []graph.CompileOption{graph.Loss(t.loss(b, t.declare(b, s.batch)))}
		}
		b := graph.NewBuilder(t.params)
		return b, []graph.CompileOption{graph.OutputAs(outputName, t.declare(b, s.batch))}
	})
}

const outputName = "next"

// setWindows sets the input [Window, B, F] to the days up to those of examples.
func (t *Trader) setWindows(p *graph.Program, f *features, examples []example) error {
	x := make([]float64, 0, t.opts.Window*len(examples)*len(t.features))
	for w := range t.opts.Window {
		for _, e := range examples {
			for k, v := range f.at(e.share, e.bar-t.opts.Window+1+w) {
				x = append(x, t.scale.apply(k, v))
			}
		}
	}
	return p.Set("x", x)
}

// How many days of shares are predicted at once: enough for the kernels, and for long windows fewer, so that inputs and the
// outputs of a layer have some 32 million numbers.
const (
	predictBatch   = 256
	predictNumbers = 1 << 25
)

// predict returns the outputs of examples. Batches are of one size, so that what is said of an example depends on it alone.
func (t *Trader) predict(ctx context.Context, l *lane, f *features, examples []example) ([]float64, error) {
	size := max(1, min(predictBatch, predictNumbers/t.opts.Window/(len(t.features)+t.network.Width())))
	if len(examples) < size {
		size = program.Batch(len(examples))
	}
	out := make([]float64, 0, len(examples))
	for from := 0; from < len(examples); from += size {
		if err := ctx.Err(); err != nil {
			return nil, errors.WithStack(err)
		}
		batch := examples[from:min(from+size, len(examples))]
		padded := batch
		for len(padded) < size {
			padded = append(padded[:len(padded):len(padded)], batch[0])
		}
		p, err := t.program(l, shape{batch: size})
		if err != nil {
			return nil, err
		}
		if err := t.setWindows(p, f, padded); err != nil {
			return nil, err
		}
		if err := p.Run(); err != nil {
			return nil, err
		}
		for _, v := range program.Floats(p.Output(outputName))[:len(batch)] {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, errors.Errorf("trade: the network says %v; its weights are damaged", v)
			}
			out = append(out, v)
		}
	}
	return out, nil
}

// edge returns the return of the next day that an output predicts, as a part of the price. Of a direction it is the mean of
// a normal return of the volatility, E|r| = σ·√(2/π), that is up so often.
func (t *Trader) edge(output, volatility float64) float64 {
	if t.opts.Learn == learnDirection {
		return math.Expm1((2*sigmoid(output) - 1) * math.Sqrt(2/math.Pi) * volatility)
	}
	return math.Expm1(max(-farthest, min(farthest, output)) * volatility)
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// Warm implements task.Predictor for as many shares as it was trained on.
func (t *Trader) Warm(ctx context.Context, _ ...string) error {
	return t.pool.Warm(ctx, func(l *lane) error {
		n := 1
		if t.recent != nil {
			n = max(1, len(t.recent.Series))
		}
		p, err := t.program(l, shape{batch: min(predictBatch, program.Batch(n))})
		if err != nil {
			return err
		}
		return p.Run()
	})
}
