package task

import (
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
)

// ForecastOptions say how a series is forecast. The zero value of a field means what its comment says.
type ForecastOptions struct {
	Window     int     `json:"window"`     // how many rows the network sees; 0 means 12
	Horizon    int     `json:"horizon"`    // how many rows it forecasts at once; 0 means 1
	Lag        int     `json:"lag"`        // seasonal difference y[t] − y[t−Lag]; 0 means none
	Difference int     `json:"difference"` // 1 means first differences y[t] − y[t−1]; 0 means none
	Log        bool    `json:"log"`        // logarithms first: what is learnt is growth
	EveryStep  bool    `json:"every_step"` // learn a forecast at every step of the window, not at its end alone
	Loss       string  `json:"loss"`       // mse, mae or huber; "" means mse
	Valid      float64 `json:"valid"`      // part of the rows before the test part that validates; 0 means 1/8
	Test       float64 `json:"test"`       // part of the rows that tests; 0 means 1/3
}

// withDefaults replaces zero values.
func (o ForecastOptions) withDefaults() ForecastOptions {
	setDefault(&o.Window, 12)
	setDefault(&o.Horizon, 1)
	setDefault(&o.Loss, "mse")
	setDefault(&o.Valid, 1.0/8)
	setDefault(&o.Test, 1.0/3)
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Losses returns the names of what a forecast can learn from.
func Losses() []string { return []string{"mse", "mae", "huber"} }

func (o ForecastOptions) check() error {
	switch {
	case o.Window < 1:
		return errors.Errorf("forecast: the window is %d rows; want at least 1", o.Window)
	case o.Horizon < 1:
		return errors.Errorf("forecast: the horizon is %d rows; want at least 1", o.Horizon)
	case o.Lag < 0:
		return errors.Errorf("forecast: the seasonal lag is %d; want at least 1, or 0 for none", o.Lag)
	case o.Difference < 0 || o.Difference > 1:
		return errors.Errorf("forecast: differences of order %d; want 0 or 1", o.Difference)
	case o.Loss != "mse" && o.Loss != "mae" && o.Loss != "huber":
		return errors.Errorf("forecast: the loss %q is not known; want mse, mae or huber", o.Loss)
	}
	return nil
}

// Forecaster is a network that continues a history: what a trained forecast is, without the series that it was trained on.
type Forecaster struct {
	opts      ForecastOptions
	network   *graph.Network
	params    *graph.Params
	transform transform
	width     int              // variables
	history   *datasets.Series // what it was trained on, or its end; may be nil
	programs  programs[forecastShape]
}

// forecastShape tells the programs of a forecaster apart.
type forecastShape struct {
	batch    int
	training bool
}

// ForecasterState is what must be kept besides the weights to forecast again.
type ForecasterState struct {
	Options   ForecastOptions `json:"options"`
	Transform transform       `json:"transform"`
}

var _ Predictor = (*Forecaster)(nil)

// savedForecaster is what Save adds to the configuration.
type savedForecaster struct {
	State     ForecasterState `json:"state"`
	Variables []string        `json:"variables"`
	Times     []string        `json:"times,omitempty"` // of the history
	History   [][]float64     `json:"history"`         // the last rows of the series
}

// Save implements Predictor.
func (f *Forecaster) Save(write func(file string, value any) error) error {
	s := savedForecaster{State: f.State(), Variables: f.history.Variables}
	from := max(0, f.history.Len()-f.Needs())
	s.History = f.history.Values[from:]
	if f.history.Times != nil {
		s.Times = f.history.Times[from:]
	}
	return write(StateFile, s)
}

// OpenForecaster returns the forecaster that Save has kept with the options, which read gives back by the names of its
// files. The parameters must hold the kept weights.
func OpenForecaster(network *graph.Network, params *graph.Params, opts ForecastOptions, read func(file string, value any) error) (*Forecaster, error) {
	var s savedForecaster
	err := read(StateFile, &s)
	if err == nil {
		err = s.check(opts)
	}
	if err != nil {
		return nil, errors.WithMessagef(err, "%s is damaged", StateFile)
	}
	f, err := NewForecaster(network, params, s.State)
	if err != nil {
		return nil, err
	}
	f.history = &datasets.Series{Variables: s.Variables, Times: s.Times, Values: s.History}
	return f, nil
}

// check returns an error if what is saved does not fit together.
func (s savedForecaster) check(opts ForecastOptions) error {
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
func (f *Forecaster) State() ForecasterState { return ForecasterState{f.opts, f.transform} }

// NewForecaster returns the forecaster of a state. The network's parameters are declared in params if they are not there;
// others in params are an error, since they are the weights of another network.
func NewForecaster(network *graph.Network, params *graph.Params, state ForecasterState) (*Forecaster, error) {
	if err := state.Options.check(); err != nil {
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
	loaded := params.List()
	f := newForecaster(network, params, state)
	// Declare the parameters, so that weights can be loaded and counted before the first step.
	if _, err := f.program(1, false); err != nil || len(loaded) == 0 {
		return f, err
	}
	own := newForecaster(network, graph.NewParams(params.Dtype()), state)
	if _, err := own.program(1, false); err != nil {
		return nil, err
	}
	for _, p := range loaded {
		if own.params.Get(p.Name()) == nil {
			return nil, errors.Errorf("forecast: %s has no parameter %q; the weights are those of another network", network.Name(), p.Name())
		}
	}
	return f, nil
}

func newForecaster(network *graph.Network, params *graph.Params, state ForecasterState) *Forecaster {
	return &Forecaster{opts: state.Options, network: network, params: params, transform: state.Transform,
		width: len(state.Transform.Mean)}
}

// Options returns the options with their defaults filled in.
func (f *Forecaster) Options() ForecastOptions { return f.opts }

// Params implements train.Task and Predictor.
func (f *Forecaster) Params() *graph.Params { return f.params }

// Needs returns how many rows a history must have at least.
func (f *Forecaster) Needs() int { return f.transform.lost() + f.opts.Window }

// program returns the program for a number of examples, whose output is [B, Horizon·V], or [Window, B, Horizon·V].
func (f *Forecaster) program(batch int, training bool) (*compiled, error) {
	return f.programs.get(forecastShape{batch, training}, func(shared graph.CompileOption) (*compiled, error) {
		if !training {
			b := graph.NewBuilder(f.params)
			return compile(b, []*gorgonia.Node{f.declare(b, batch)}, shared)
		}
		b := graph.NewBuilder(f.params, graph.Training())
		out := f.declare(b, batch)
		return compile(b, []*gorgonia.Node{out}, shared, graph.Loss(f.loss(b, out)))
	})
}

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
	var x []float64
	for w := range f.opts.Window {
		for _, t := range starts {
			x = append(x, rows[t-f.opts.Window+w]...)
		}
	}
	return p.Set("x", x)
}

// forecastBatch is how many forecasts are made at once: enough for the kernels, and no more memory for a longer series.
const forecastBatch = 256

// forecast returns the transformed forecasts [len(starts)][Horizon][V] of the rows from each start on.
func (f *Forecaster) forecast(rows [][]float64, starts []int) ([][][]float64, error) {
	var all [][][]float64
	for from := 0; from < len(starts); from += forecastBatch {
		z, err := f.forecastOnce(rows, starts[from:min(from+forecastBatch, len(starts))])
		if err != nil {
			return nil, err
		}
		all = append(all, z...)
	}
	return all, nil
}

func (f *Forecaster) forecastOnce(rows [][]float64, starts []int) ([][][]float64, error) {
	p, err := f.program(len(starts), false)
	if err != nil {
		return nil, err
	}
	if err := f.setWindows(p.Program, rows, starts); err != nil {
		return nil, err
	}
	if err := p.Run(); err != nil {
		return nil, err
	}
	out := floats(p.outputs[0])
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
	if steps < 1 {
		return nil, errors.Errorf("forecast: %d steps; want at least 1", steps)
	}
	if len(history) < f.Needs() {
		return nil, errors.Errorf("forecast: a history of %d rows; the window of %d and the differences need at least %d", len(history), f.opts.Window, f.Needs())
	}
	for i, row := range history {
		if len(row) != f.width {
			return nil, errors.Errorf("forecast: row %d of the history has %d variables; want %d", i+1, len(row), f.width)
		}
	}
	if _, err := f.transform.apply(history); err != nil {
		return nil, err
	}
	rows := append([][]float64(nil), history...)
	for len(rows) < len(history)+steps {
		recent := rows[len(rows)-f.Needs():]
		scaled, err := f.transform.apply(recent)
		if err != nil {
			return nil, err
		}
		z, err := f.forecast(scaled, []int{len(recent)})
		if err != nil {
			return nil, err
		}
		rows = append(rows, f.transform.invert(recent, z[0])...)
	}
	next := rows[len(history) : len(history)+steps]
	for _, row := range next {
		for _, v := range row {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, errors.Errorf("forecast: a value of the forecast is %v; the model does not fit this history", v)
			}
		}
	}
	return next, nil
}
