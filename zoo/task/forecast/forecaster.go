// Package forecast is the task of forecasting the next rows of a series: a network reads a window of rows and says the rows
// that follow, in the series' own units.
//
//	run, err := zoo.Train(ctx, lstm.New(graph.Hidden(16)), datasets.Airline())
//	f, err := forecast.Of(run)
//	next, err := f.Predict(f.History().Values, 12)
//
// A Forecast serves one goroutine, a Forecaster any number of them.
package forecast

import (
	"context"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Forecaster is a network that continues a history: what a trained forecast is, without the series that it was trained on.
// It serves any number of goroutines at once (task.Predictor says how).
type Forecaster struct {
	opts      Options
	network   *graph.Network
	params    *graph.Params
	transform transform
	width     int              // variables
	history   *datasets.Series // what it was trained on, or its end; may be nil
	fill      string           // of missing values in training
	pool      program.Pool[shape]
}

// shape tells the programs of a forecaster apart.
type shape struct {
	batch    int
	training bool
}

type lane = program.Lane[shape]

// State is what must be kept besides the weights to forecast again.
type State struct {
	Options   Options   `json:"options"`
	Transform transform `json:"transform"`
}

var _ task.Predictor = (*Forecaster)(nil)

// saved is what a forecaster keeps.
type saved struct {
	State     State       `json:"state"`
	Variables []string    `json:"variables"`
	Times     []string    `json:"times,omitempty"` // of the history
	History   [][]float64 `json:"history"`         // the last rows of the series
}

// Save implements task.Predictor.
func (f *Forecaster) Save(to task.Files) error {
	if err := program.CheckFiles(to); err != nil {
		return err
	}
	if f.history == nil {
		return errors.New("forecast: there is no history to keep; a run has one")
	}
	s := saved{State: f.State(), Variables: f.history.Variables}
	from := max(0, f.history.Len()-f.Needs())
	s.History = f.history.Values[from:]
	if f.history.Times != nil {
		s.Times = f.history.Times[from:]
	}
	return to.Write(task.StateFile, s)
}

// Open returns the forecaster that Save has kept with the options. The parameters must hold the kept weights.
func Open(network *graph.Network, params *graph.Params, opts Options, kept task.Files) (*Forecaster, error) {
	if err := program.CheckFiles(kept); err != nil {
		return nil, err
	}
	var s saved
	err := kept.Read(task.StateFile, &s)
	if err == nil {
		err = s.check(opts)
	}
	if err != nil {
		return nil, errors.WithMessagef(err, "%s is damaged", task.StateFile)
	}
	f, err := NewForecaster(network, params, s.State)
	if err != nil {
		return nil, err
	}
	f.history = &datasets.Series{Variables: s.Variables, Times: s.Times, Values: s.History}
	return f, nil
}

// check returns an error if what is saved does not fit together.
func (s saved) check(opts Options) error {
	width := len(s.State.Transform.Mean)
	switch o := s.State.Options; {
	case o != opts:
		return errors.New("its state is that of another forecast")
	case len(s.Variables) != width:
		return errors.Errorf("it names %d variables and scales %d", len(s.Variables), width)
	case s.Times != nil && len(s.Times) != len(s.History):
		return errors.Errorf("its history has %d rows and %d times", len(s.History), len(s.Times))
	case len(s.History) < o.Window:
		return errors.Errorf("its history has %d rows; the window is %d", len(s.History), o.Window)
	}
	for i, row := range s.History {
		if len(row) != width {
			return errors.Errorf("row %d of its history has %d values; want %d", i+1, len(row), width)
		}
	}
	return nil
}

// History returns the series that the forecaster was trained on, or what is kept of it, its last rows; nil if it was
// made by NewForecaster.
func (f *Forecaster) History() *datasets.Series { return f.history }

// State returns what NewForecaster needs besides the weights.
func (f *Forecaster) State() State { return State{f.opts, f.transform} }

// NewForecaster returns the forecaster of a state. The network's parameters are declared in params if they are not there;
// others in params are an error, since they are the weights of another network.
func NewForecaster(network *graph.Network, params *graph.Params, state State) (*Forecaster, error) {
	if err := state.Options.check(); err != nil { // a state has no zero values to replace
		return nil, err
	}
	if n := len(state.Transform.Mean); n == 0 || n != len(state.Transform.Deviation) {
		return nil, errors.Errorf("forecast: the state scales by %d means and %d deviations; want one of each for each variable", n, len(state.Transform.Deviation))
	}
	if o, t := state.Options, state.Transform; t.Log != o.Log || t.Lag != o.Lag || t.Difference != o.Difference {
		return nil, errors.Errorf("forecast: the state's differences are not those of its options: log %v, lag %d, difference %d; want %v, %d, %d",
			t.Log, t.Lag, t.Difference, o.Log, o.Lag, o.Difference)
	}
	for v, d := range state.Transform.Deviation {
		if !(d > 0) {
			return nil, errors.Errorf("forecast: the state scales variable %d by a deviation of %v; want a number above 0", v+1, d)
		}
	}
	f := newForecaster(network, params, state)
	return f, f.declareParams()
}

func newForecaster(network *graph.Network, params *graph.Params, state State) *Forecaster {
	return &Forecaster{opts: state.Options, network: network, params: params, transform: state.Transform,
		width: len(state.Transform.Mean)}
}

// declareParams declares the parameters, so that weights can be loaded and counted before the first step.
func (f *Forecaster) declareParams() error {
	if err := f.network.Check(); err != nil {
		return err
	}
	if err := program.CheckMemory(f.network, "window", f.opts.Window, 1); err != nil {
		return errors.WithMessage(err, "forecast")
	}
	err := program.Declared(f.params, f.network.Name(), func(b *graph.Builder) { f.declare(b, 1) })
	return errors.WithMessage(err, "forecast")
}

// Options returns the options with their defaults filled in.
func (f *Forecaster) Options() Options { return f.opts }

// Params implements train.Task and task.Predictor.
func (f *Forecaster) Params() *graph.Params { return f.params }

// Needs returns how many rows a history must have at least.
func (f *Forecaster) Needs() int { return f.transform.lost() + f.opts.Window }

// program returns the program of a shape, whose output is [B, Horizon·V], or [Window, B, Horizon·V].
func (f *Forecaster) program(l *lane, s shape) (*graph.Program, error) {
	return l.Get(s, func() (*graph.Builder, []graph.CompileOption) {
		if !s.training {
			b := graph.NewBuilder(f.params)
			return b, []graph.CompileOption{graph.OutputAs(outputName, f.declare(b, s.batch))}
		}
		b := graph.NewBuilder(f.params, graph.Training())
		return b, []graph.CompileOption{graph.Loss(f.loss(b, f.declare(b, s.batch)))}
	})
}

const outputName = "forecast"

// declare declares the output for a batch of windows.
func (f *Forecaster) declare(b *graph.Builder, batch int) *gorgonia.Node {
	y, final := f.network.Unroll(b, b.Input("x", f.opts.Window, batch, f.width))
	if !f.opts.EveryStep {
		y = f.network.Summary(b, final)
	}
	return b.Prefix("head.").Linear("", f.opts.Horizon*f.width, y)
}

// loss declares what is learnt from.
func (f *Forecaster) loss(b *graph.Builder, out *gorgonia.Node) *gorgonia.Node {
	target := b.Input("target", out.Shape()...)
	switch f.opts.Loss {
	case "mae":
		return b.MAE(out, target)
	case "huber":
		return b.Huber(out, target, 1)
	}
	return b.MSE(out, target)
}

// setWindows sets the input [Window, B, V] to the rows before each start.
func (f *Forecaster) setWindows(p *graph.Program, rows [][]float64, starts []int) error {
	x := make([]float64, 0, f.opts.Window*len(starts)*f.width)
	for w := range f.opts.Window {
		for _, t := range starts {
			x = append(x, rows[t-f.opts.Window+w]...)
		}
	}
	return p.Set("x", x)
}

// forecastBatch is how many forecasts are made at once: enough for the kernels, and no more memory for a longer series. For
// long windows it is fewer: forecastNumbers bounds what windows and the outputs of a layer have together, 128 MiB.
const (
	forecastBatch   = 256
	forecastNumbers = 1 << 25
)

// atOnce returns how many forecasts are made at once.
func (f *Forecaster) atOnce() int {
	return max(1, min(forecastBatch, forecastNumbers/f.opts.Window/(f.width+f.network.Width())))
}

// forecast returns the transformed forecasts [len(starts)][Horizon][V] of the rows from each start on.
func (f *Forecaster) forecast(l *lane, rows [][]float64, starts []int) ([][][]float64, error) {
	var all [][][]float64
	batch := f.atOnce()
	for from := 0; from < len(starts); from += batch {
		z, err := f.forecastOnce(l, rows, starts[from:min(from+batch, len(starts))])
		if err != nil {
			return nil, err
		}
		all = append(all, z...)
	}
	return all, nil
}

func (f *Forecaster) forecastOnce(l *lane, rows [][]float64, starts []int) ([][][]float64, error) {
	p, err := f.program(l, shape{batch: len(starts)})
	if err != nil {
		return nil, err
	}
	if err := f.setWindows(p, rows, starts); err != nil {
		return nil, err
	}
	if err := p.Run(); err != nil {
		return nil, err
	}
	out := program.Floats(p.Output(outputName))
	out = out[len(out)-len(starts)*f.opts.Horizon*f.width:] // the last step's, where there is one for each
	z := make([][][]float64, len(starts))
	for i := range z {
		z[i] = make([][]float64, f.opts.Horizon)
		for h := range z[i] {
			at := (i*f.opts.Horizon + h) * f.width
			z[i][h] = out[at : at+f.width]
		}
	}
	return z, nil
}

// Predict continues a history, rows in the series' own units, by a number of rows: Horizon rows at a time, each forecast
// from the rows before it, its own forecasts included.
func (f *Forecaster) Predict(history [][]float64, steps int) ([][]float64, error) {
	return f.PredictContext(context.Background(), history, steps)
}

// PredictContext is Predict with a context that may end before a forecast is made.
func (f *Forecaster) PredictContext(ctx context.Context, history [][]float64, steps int) ([][]float64, error) {
	if steps < 1 || steps > mostSteps {
		return nil, option.Wrong("steps", steps, "want between 1 and %d", mostSteps)
	}
	if len(history) < f.Needs() {
		return nil, errors.Errorf("forecast: a history of %d rows; the window of %d and the differences need at least %d", len(history), f.opts.Window, f.Needs())
	}
	for i, row := range history {
		if len(row) != f.width {
			return nil, errors.Errorf("forecast: row %d of the history has %d variables; want %d", i+1, len(row), f.width)
		}
	}
	if err := f.transform.check(history); err != nil {
		return nil, err
	}
	var next [][]float64
	err := f.pool.Do(ctx, func(l *lane) (err error) {
		next, err = f.continued(ctx, l, history, steps)
		return err
	})
	return next, err
}

// mostSteps is how many rows are forecast at most: a program that asks for more has made a mistake.
const mostSteps = 1 << 20

func (f *Forecaster) continued(ctx context.Context, l *lane, history [][]float64, steps int) ([][]float64, error) {
	recent := slices.Clone(history[len(history)-f.Needs():])
	scaled, level := like(recent), like(recent)
	next := make([][]float64, 0, steps+f.opts.Horizon)
	for len(next) < steps {
		if err := ctx.Err(); err != nil {
			return nil, errors.WithStack(err)
		}
		if err := f.transform.applyTo(scaled, level, recent); err != nil {
			return nil, err
		}
		if row, v := f.transform.far(scaled); row >= 0 && len(next) == 0 {
			return nil, errors.Errorf("forecast: variable %d in row %d of the history is %v, too far from what the model has learnt from (%.2g of its standard deviations): look at the data",
				v+1, len(history)-len(recent)+row+1, recent[row][v], scaled[row][v])
		}
		z, err := f.forecast(l, scaled, []int{len(recent)})
		if err != nil {
			return nil, err
		}
		rows := f.transform.invert(recent, z[0])
		next = append(next, rows...)
		recent = append(recent, rows...)
		recent = append(recent[:0], recent[len(recent)-f.Needs():]...)
	}
	next = next[:steps]
	for _, row := range next {
		for _, v := range row {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, errors.Errorf("forecast: a value of the forecast is %v; the model does not fit this history", v)
			}
		}
	}
	return next, nil
}

// Warm implements task.Predictor; whatever the inputs, a forecast takes one program.
func (f *Forecaster) Warm(ctx context.Context, _ ...string) error {
	return f.pool.Warm(ctx, func(l *lane) error {
		p, err := f.program(l, shape{batch: 1})
		if err != nil {
			return err
		}
		return p.Run()
	})
}
