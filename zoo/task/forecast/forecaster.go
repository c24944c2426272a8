// Package forecast is the task of forecasting the next rows of series: a network reads a window of rows and says the rows
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
	"slices"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Forecaster is a network that continues a history: what a trained forecast is, without the series that it was trained on.
// It serves any number of goroutines at once (task.Predictor says how).
type Forecaster struct {
	opts      Options
	head      head
	intervals []float64 // the shares of values that they cover
	shares    []float64 // those and others, by which a value can be drawn
	network   *graph.Network
	params    *graph.Params
	transform transform // of all series, without their scales
	state     State
	ids       map[string]int    // the places of the series among the state's scales
	variables int               // that are forecast
	width     int               // variables that the network sees at once: all, or one
	history   *datasets.Panel   // what it was trained on, or its end; may be nil
	reading   datasets.Settings // of files in training
	pool      program.Pool[shape]
}

// shape tells the programs of a forecaster apart.
type shape struct {
	batch    int
	training bool
	gaps     bool // targets are missing
}

type lane = program.Lane[shape]

var _ task.Predictor = (*Forecaster)(nil)

func newForecaster(network *graph.Network, params *graph.Params, state State, variables int) *Forecaster {
	o := state.Options
	intervals, _ := parseIntervals(o.Intervals) // which have been checked with the options
	shares := sharesOf(intervals, o.Loss)
	f := &Forecaster{opts: o, intervals: intervals, shares: shares, head: headOf(o.Loss, shares), network: network, params: params, variables: variables, width: variables,
		transform: transform{Log: o.Log, Lag: o.Lag, Difference: o.Difference, Scale: o.Scale}}
	if o.Separate {
		f.width = 1
	}
	f.learnt(state)
	return f
}

// learnt takes over a state.
func (f *Forecaster) learnt(state State) {
	f.state = state
	scales := state.scales()
	f.ids = make(map[string]int, len(scales))
	for i, s := range scales {
		f.ids[s.ID] = i
	}
}

// declareParams declares the parameters, so that weights can be loaded and counted before the first step.
func (f *Forecaster) declareParams() error {
	if err := f.network.Check(); err != nil {
		return err
	}
	if err := program.CheckMemory(f.network, "window", f.opts.Window/f.opts.Patch, f.opts.Members); err != nil {
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

// Decoding implements task.Predictor: there is nothing to choose.
func (f *Forecaster) Decoding() task.Options { return nil }

// History returns the series that the forecaster was trained on, or what is kept of it, its last rows: of several the first.
// It is nil if the forecaster was made by NewForecaster.
func (f *Forecaster) History() *datasets.Series {
	if f.history == nil {
		return nil
	}
	return f.history.Series[0]
}

// Histories returns all series that the forecaster was trained on, or their last rows; nil if it was made by NewForecaster.
func (f *Forecaster) Histories() *datasets.Panel { return f.history }

// Variables returns the names of the variables that are forecast.
func (f *Forecaster) Variables() []string {
	if f.history == nil {
		return nil
	}
	return slices.Clone(f.history.Targets)
}

// program returns the program of a shape, whose output is [B, Horizon·V], or [Window, B, Horizon·V].
func (f *Forecaster) program(l *lane, s shape) (*graph.Program, error) {
	return l.Get(s, func() (*graph.Builder, []graph.CompileOption) {
		if !s.training {
			b := graph.NewBuilder(f.params)
			return b, []graph.CompileOption{graph.OutputAs(outputName, f.mean(b, f.declare(b, s.batch)))}
		}
		b := graph.NewBuilder(f.params, graph.Training())
		return b, []graph.CompileOption{graph.Loss(f.loss(b, f.declare(b, s.batch), s.gaps))}
	})
}

// forecastBatch is how many forecasts are made at once: enough for the kernels, and no more memory for a longer series. For
// long windows it is fewer: forecastNumbers bounds what windows and the outputs of a layer have together, 128 MiB.
const (
	forecastBatch   = 256
	forecastNumbers = 1 << 25
)

// atOnce returns how many forecasts are made at once.
func (f *Forecaster) atOnce() int {
	steps := f.opts.Window / f.opts.Patch
	return max(1, min(forecastBatch, forecastNumbers/steps/(f.inputs()+f.opts.Members*f.network.Width())))
}

// site is where a forecast begins: a row of the transformed rows of a strand. The row itself need not be there.
type site struct {
	strand *strand
	scaled [][]float64
	row    int
	when   int // the row of the strand that it is, counted on behind its end
}

// outcome is what the network makes of the window before a site: transformed rows [Horizon][V].
type outcome struct {
	point        [][]float64
	lower, upper [][][]float64 // by share
	unrest       []float64     // of the window, by variable
}

// forecast tells what the network makes of the windows before sites, one after the other.
func (f *Forecaster) forecast(l *lane, sites []site, tell func(i int, o outcome) error) error {
	batch := f.atOnce()
	for from := 0; from < len(sites); from += batch {
		z, err := f.forecastOnce(l, sites[from:min(from+batch, len(sites))])
		if err != nil {
			return err
		}
		for i, o := range z {
			if err := tell(from+i, o); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *Forecaster) forecastOnce(l *lane, sites []site) ([]outcome, error) {
	p, err := f.program(l, shape{batch: len(sites)})
	if err != nil {
		return nil, err
	}
	if err := f.setWindows(p, sites); err != nil {
		return nil, err
	}
	if err := p.Run(); err != nil {
		return nil, err
	}
	out, each := program.Floats(p.Output(outputName)), f.head.params()
	out = out[len(out)-len(sites)*f.opts.Horizon*f.width*each:] // the last step's, where there is one for each
	all := make([]outcome, len(sites))
	var window lens
	lower, upper := make([]float64, len(f.shares)), make([]float64, len(f.shares))
	for i, at := range sites {
		f.look(&window, at.scaled, at.row)
		o := f.newOutcome()
		f.stir(&window, at.scaled, at.row, at.strand.transform.Unrest)
		copy(o.unrest, window.unrest)
		for h := range f.opts.Horizon {
			for v := range f.width {
				numbers := out[:each]
				out = out[each:]
				spread, base := window.spread[v], f.base(window, at.scaled, at.row, h, v)
				o.point[h][v] = f.head.read(numbers, spread*at.strand.transform.Deviation[v], f.shares, lower, upper)*spread + base
				for k := range lower {
					o.lower[k][h][v], o.upper[k][h][v] = lower[k]*spread+base, upper[k]*spread+base
				}
			}
		}
		all[i] = o
	}
	return all, nil
}

func (f *Forecaster) newOutcome() outcome {
	n := len(f.shares)
	block := make([]float64, f.width*(f.opts.Horizon*(1+2*n)+1))
	rows := func() [][]float64 {
		all := make([][]float64, f.opts.Horizon)
		for h := range all {
			all[h], block = block[:f.width:f.width], block[f.width:]
		}
		return all
	}
	o := outcome{point: rows(), lower: make([][][]float64, n), upper: make([][][]float64, n), unrest: block[len(block)-f.width:]}
	for k := range n {
		o.lower[k], o.upper[k] = rows(), rows()
	}
	return o
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
