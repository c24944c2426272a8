package forecast

import (
	"context"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Forecast is the task of forecasting the next rows of a series from a window of rows: many-to-one, or with EveryStep
// many-to-many. The rows are split in time: training, validation, test. Whatever is learnt from data, scaling included,
// is learnt from the training part. It serves one goroutine.
type Forecast struct {
	*Forecaster
	series *datasets.Series
	split  datasets.Split
	scaled [][]float64 // the transformed rows; the first transform.lost are missing
	train  []int       // the rows at which training examples begin to forecast
	lane   *lane
	draws  train.Draws
}

var _ task.Task = (*Forecast)(nil)

// New prepares a task. The network's parameters are declared in params.
func New(network *graph.Network, series *datasets.Series, params *graph.Params, opts Options) (*Forecast, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := network.Check(); err != nil {
		return nil, err
	}
	if opts.EveryStep && network.IsBidirectional() {
		return nil, errors.Errorf("forecast: %s reads the window backwards too, so a forecast at every step would see what it forecasts; forecast at the window's end, or choose rnn, lstm or gru", network.Name())
	}
	state := State{opts, transform{Log: opts.Log, Lag: opts.Lag, Difference: opts.Difference}}
	forecaster := newForecaster(network, params, state)
	forecaster.history = series
	f, err := split(forecaster, series)
	if err != nil {
		return nil, err
	}
	if err := f.transform.fit(series.Values[:f.split.Train.To]); err != nil {
		return nil, errors.Wrapf(err, "forecast %s", series.Meta.Name)
	}
	f.width = series.Width()
	if err := f.scale(); err != nil {
		return nil, err
	}
	return f, f.declareParams()
}

// Decoding implements task.Predictor: there is nothing to choose.
func (f *Forecaster) Decoding() task.Options { return nil }

// On implements task.Predictor: the scale is the forecaster's.
func (f *Forecaster) On(d datasets.Dataset, _ task.Options) (task.Task, error) {
	series, err := program.DatasetOf[*datasets.Series](d, "forecast", "is no series")
	if err != nil {
		return nil, err
	}
	if series.Width() != f.width {
		return nil, errors.Errorf("forecast %s: the series has %d variables; the model forecasts %d", series.Meta.Name, series.Width(), f.width)
	}
	if f.history != nil && !slices.Equal(series.Variables, f.history.Variables) {
		return nil, errors.Errorf("forecast %s: the series has the variables %q; the model forecasts %q", series.Meta.Name, series.Variables, f.history.Variables)
	}
	t, err := split(f, series)
	if err != nil {
		return nil, err
	}
	if err := t.scale(); err != nil {
		return nil, err
	}
	return t, nil
}

// Predictor implements task.Task.
func (f *Forecast) Predictor() task.Predictor { return f.Forecaster }

// largest is the largest value that errors can be measured of: the squares of 2²⁴ differences of such values have a sum.
const largest = 1e150

// checkSeries returns an error for what does not fit together in a series.
func checkSeries(s *datasets.Series) error {
	if s == nil {
		return errors.New("forecast: the series is nil; datasets.Open opens one")
	}
	if s.Width() == 0 {
		return errors.Errorf("forecast %s: the series has no variables", s.Meta.Name)
	}
	if s.Times != nil && len(s.Times) != s.Len() {
		return errors.Errorf("forecast %s: the series has %d rows and %d times; want as many, or none", s.Meta.Name, s.Len(), len(s.Times))
	}
	for i, row := range s.Values {
		if len(row) != s.Width() {
			return errors.Errorf("forecast %s: row %d has %d values; want %d, one for each variable", s.Meta.Name, i+1, len(row), s.Width())
		}
		for v, x := range row {
			if x-x != 0 {
				return errors.Errorf("forecast %s: the value of %q in row %d is %v; want a finite number (datasets.Fill fills gaps of files)", s.Meta.Name, s.Variables[v], i+1, x)
			}
			if math.Abs(x) > largest {
				return errors.Errorf("forecast %s: the value of %q in row %d is %v, too large for a sum of squared errors; divide the variable by a power of ten, or take the row out",
					s.Meta.Name, s.Variables[v], i+1, x)
			}
		}
	}
	return nil
}

// split splits a series and checks that forecasts fit into its parts.
func split(forecaster *Forecaster, series *datasets.Series) (*Forecast, error) {
	if err := checkSeries(series); err != nil {
		return nil, err
	}
	opts := forecaster.opts
	parts, err := datasets.Chronological(series.Len(), opts.Valid, opts.Test)
	if err != nil {
		return nil, errors.Wrapf(err, "forecast %s", series.Meta.Name)
	}
	f := &Forecast{Forecaster: forecaster, series: series, split: parts, lane: program.NewLane[shape]()}
	if need := f.Needs() + opts.Horizon; need > f.split.Train.To {
		return nil, errors.Errorf("forecast %s: a window of %d rows, a horizon of %d and differences that take %d need %d rows; the training part has %d of the %d in the series: choose a smaller window",
			series.Meta.Name, opts.Window, opts.Horizon, f.transform.lost(), need, f.split.Train.To, series.Len())
	}
	for _, part := range []datasets.Range{f.split.Valid, f.split.Test} {
		if len(f.starts(part)) == 0 {
			return nil, errors.Errorf("forecast %s: a horizon of %d rows does not fit into %d rows of the series that are kept to validate or test; choose a smaller horizon",
				series.Meta.Name, opts.Horizon, part.Len())
		}
	}
	f.Limit(0)
	return f, nil
}

// scale transforms the series by the scale that has been learnt.
func (f *Forecast) scale() (err error) {
	if f.scaled, err = f.transform.apply(f.series.Values); err != nil {
		return errors.Wrapf(err, "forecast %s", f.series.Meta.Name)
	}
	if row, v := f.transform.far(f.scaled); row >= 0 {
		return errors.Errorf("forecast %s: the value of %q in row %d is %v, too far from those of the training part (%.2g of their standard deviations): look at the data, or take the row out",
			f.series.Meta.Name, f.series.Variables[v], row+1, f.series.Values[row][v], f.scaled[row][v])
	}
	return nil
}

// starts returns the rows of a part at which a forecast can begin.
func (f *Forecast) starts(part datasets.Range) []int {
	var rows []int
	for t := max(part.From, f.Needs()); t+f.opts.Horizon <= part.To; t++ {
		rows = append(rows, t)
	}
	return rows
}

// Examples implements task.Task.
func (f *Forecast) Examples() (train, valid, test int) {
	return len(f.train), len(f.starts(f.split.Valid)), len(f.starts(f.split.Test))
}

// Limit implements task.Task.
func (f *Forecast) Limit(n int) {
	f.train = f.starts(f.split.Train)
	if n > 0 && n < len(f.train) {
		f.train = f.train[:n]
	}
}

// Batches implements train.Task.
func (f *Forecast) Batches(epoch, size int, seed uint64) [][]int {
	return f.draws.Shuffled(len(f.train), size, epoch, seed)
}

// Step implements train.Task.
func (f *Forecast) Step(_ int, examples []int) (train.Step, error) {
	if err := program.CheckExamples(examples, len(f.train)); err != nil {
		return train.Step{}, errors.WithMessage(err, "forecast")
	}
	p, err := f.program(f.lane, shape{len(examples), true})
	if err != nil {
		return train.Step{}, err
	}
	starts := make([]int, len(examples))
	for i, e := range examples {
		starts[i] = f.train[e]
	}
	if err := f.setWindows(p, f.scaled, starts); err != nil {
		return train.Step{}, err
	}
	if err := p.Set("target", f.targets(starts)); err != nil {
		return train.Step{}, err
	}
	return train.Step{Program: p, Tokens: len(examples) * f.opts.Window}, nil
}

// targets returns what the output should be: the rows from each start, or from each step of the window.
func (f *Forecast) targets(starts []int) []float64 {
	from := 0
	if f.opts.EveryStep {
		from = 1 - f.opts.Window
	}
	var y []float64
	for w := from; w <= 0; w++ {
		for _, t := range starts {
			for h := range f.opts.Horizon {
				y = append(y, f.scaled[t+w+h]...)
			}
		}
	}
	return y
}

// Validate implements train.Task: the loss is the mean squared error of the transformed rows, whatever loss is learnt
// from.
func (f *Forecast) Validate() (train.Evaluation, error) {
	starts := f.starts(f.split.Valid)
	z, err := f.forecast(f.lane, f.scaled, starts)
	if err != nil {
		return train.Evaluation{}, err
	}
	var sum float64
	n := 0
	for i, t := range starts {
		for h, row := range z[i] {
			for v, x := range row {
				d := x - f.scaled[t+h][v]
				sum += d * d
				n++
			}
		}
	}
	return train.Evaluation{Loss: sum / float64(n), Metrics: f.metrics(starts, f.restore(starts, z))}, nil
}

// restore turns transformed forecasts back into the series' own units.
func (f *Forecast) restore(starts []int, z [][][]float64) [][][]float64 {
	y := make([][][]float64, len(starts))
	for i, t := range starts {
		y[i] = f.transform.invert(f.series.Values[:t], z[i])
	}
	return y
}

// Evaluate implements task.Task: it forecasts every row of a part from the true rows before it. The metrics are in the series'
// own units.
func (f *Forecast) Evaluate(ctx context.Context, p task.Part) (task.Scores, error) {
	if err := args.Context(ctx); err != nil {
		return task.Scores{}, err
	}
	part, err := f.split.Part(string(p))
	if err != nil {
		return task.Scores{}, err
	}
	starts := f.starts(part)
	if len(starts) == 0 {
		return task.Scores{}, errors.Errorf("forecast %s: no row of the %s part can be forecast", f.series.Meta.Name, p)
	}
	z, err := f.forecast(f.lane, f.scaled, starts)
	if err != nil {
		return task.Scores{}, err
	}
	return task.Scores{Metrics: f.metrics(starts, f.restore(starts, z))}, nil
}

// Probe implements task.Task: the examples are spread over the training part.
func (f *Forecast) Probe() ([]graph.GradientNorms, error) {
	n := min(program.ProbeBatch, len(f.train))
	starts := make([]int, n)
	for i := range starts {
		starts[i] = f.train[i*len(f.train)/n]
	}
	b := graph.NewBuilder(f.params, graph.Unrolled())
	p, err := graph.NewProbe(b, f.loss(b, f.declare(b, n)))
	if err != nil {
		return nil, err
	}
	if err := f.setWindows(p.Program, f.scaled, starts); err != nil {
		return nil, err
	}
	if err := p.Set("target", f.targets(starts)); err != nil {
		return nil, err
	}
	err = p.Run()
	return p.Norms(), err
}
