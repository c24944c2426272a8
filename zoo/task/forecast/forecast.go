package forecast

import (
	"context"
	"math"
	"strconv"
	"time"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Forecast is the task of forecasting the next rows of series from a window of rows: many-to-one, or with EveryStep
// many-to-many. The rows of each series are split in time: training, validation, test. Whatever is learnt from data, scaling
// included, is learnt from the training part. It serves one goroutine.
type Forecast struct {
	*Forecaster
	panel   *datasets.Panel
	strands []*strand
	train   []origin // at which training examples begin to forecast
	gaps    bool     // values are missing
	lane    *lane
	draws   train.Draws
	weights []float64 // the sums of the scales of the training examples up to each, if they are drawn by them
}

var _ task.Task = (*Forecast)(nil)

// New prepares a task on one series, all of whose variables are forecast. The network's parameters are declared in params.
func New(network *graph.Network, series *datasets.Series, params *graph.Params, opts Options) (*Forecast, error) {
	return NewPanel(network, datasets.PanelOf(series), params, opts)
}

// NewPanel prepares a task on all series of a panel, which one network learns together.
func NewPanel(network *graph.Network, p *datasets.Panel, params *graph.Params, opts Options) (*Forecast, error) {
	return newPanel(network, p, params, opts, nil)
}

// newPanel is NewPanel with the parts of a strand as they are given, or nil for those of the options.
func newPanel(network *graph.Network, p *datasets.Panel, params *graph.Params, opts Options, parts func(*strand) (datasets.Split, error)) (*Forecast, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := network.Check(); err != nil {
		return nil, err
	}
	if network.IsBidirectional() && opts.Decoder == decoderRecurrent {
		return nil, errors.Errorf("forecast: %s reads in both directions, and the rows that are forecast come in one; choose rnn, lstm or gru, or one layer for all rows (decoder: direct)", network.Name())
	}
	if opts.EveryStep && network.IsBidirectional() {
		return nil, errors.Errorf("forecast: %s reads the window backwards too, so a forecast at every step would see what it forecasts; forecast at the window's end, or choose rnn, lstm or gru", network.Name())
	}
	if err := checkPanel(p); err != nil {
		return nil, err
	}
	state := State{Options: opts, Transform: transform{Log: opts.Log, Lag: opts.Lag, Difference: opts.Difference}}
	forecaster := newForecaster(network, params, state, len(p.Targets))
	forecaster.history = p
	if forecaster.state.Covariates, err = learnCovariates(p, opts); err != nil {
		return nil, err
	}
	if forecaster.told().width() == 0 {
		forecaster.state.Covariates = nil
	} else if opts.EveryStep {
		return nil, errors.WithMessage(option.Wrong("every-step", true, "what is known of the rows behind a window cannot be told at each of its steps (every-step: false, calendar: false)"), "forecast")
	}
	f, err := split(forecaster, p, parts)
	if err != nil {
		return nil, err
	}
	f.state.Masked = f.gaps
	if state, err = f.fit(); err != nil {
		return nil, err
	}
	f.learnt(state)
	for _, s := range f.strands {
		if err := f.rescale(s, len(p.Series)); err != nil {
			return nil, errors.Wrapf(err, "forecast %s", called(p, s.series))
		}
	}
	if err := f.scale(); err != nil {
		return nil, err
	}
	return f, f.declareParams()
}

// fit learns the scale of each series from its training part.
func (f *Forecast) fit() (State, error) {
	state := f.state
	scales := make([]Scale, len(f.panel.Series))
	for i, s := range f.panel.Series {
		scales[i].ID = s.ID
	}
	for _, s := range f.strands {
		s.transform = f.transform
		if err := s.transform.fit(s.filled[:s.split.Train.To], s.values[:s.split.Train.To]); err != nil {
			return state, errors.Wrapf(err, "forecast %s", called(f.panel, s.series))
		}
		scale := &scales[s.place]
		scale.Mean = append(scale.Mean, s.transform.Mean...)
		scale.Deviation = append(scale.Deviation, s.transform.Deviation...)
		scale.Unrest = append(scale.Unrest, s.transform.Unrest...)
	}
	if len(scales) == 1 {
		state.Transform = f.transform
		state.Transform.Mean, state.Transform.Deviation, state.Transform.Unrest = scales[0].Mean, scales[0].Deviation, scales[0].Unrest
	} else {
		state.Series = scales
	}
	if c := state.Covariates; c != nil {
		c.fit(f.strands)
	}
	return state, nil
}

// On implements task.Predictor: the scales are the forecaster's, as far as it knows the series.
func (f *Forecaster) On(d datasets.Dataset, _ task.Options) (task.Task, error) {
	p, err := panelOf(d)
	if err != nil {
		return nil, err
	}
	if err := f.takes(p); err != nil {
		return nil, err
	}
	t, err := split(f, p, nil)
	if err != nil {
		return nil, err
	}
	for _, s := range t.strands {
		if err := f.rescale(s, len(p.Series)); err != nil {
			return nil, errors.Wrapf(err, "forecast %s", called(p, s.series))
		}
	}
	if err := t.scale(); err != nil {
		return nil, err
	}
	return t, nil
}

// panelOf returns a dataset as a panel.
func panelOf(d datasets.Dataset) (*datasets.Panel, error) {
	if p := datasets.PanelOf(d); p != nil {
		return p, nil
	}
	_, err := program.DatasetOf[*datasets.Series](d, "forecast", "is no series")
	return nil, err
}

// Predictor implements task.Task.
func (f *Forecast) Predictor() task.Predictor { return f.Forecaster }

// The parts of a series of which nothing is said.
const (
	defaultValid = Share("1/8")
	defaultTest  = Share("1/3")
)

// parts returns the parts of a strand: those that the options ask for, or those of its dataset's protocol.
func (f *Forecast) parts(s *strand) (datasets.Split, error) {
	n, o := len(s.values), f.opts
	if o.Test == "" && o.Valid == "" && s.series.Split != nil {
		return *s.series.Split, nil
	}
	valid, test := o.Valid, o.Test
	if h := Share(strconv.Itoa(f.panel.Horizon)); f.panel.Horizon > 0 {
		valid, test = or(valid, h), or(test, h)
	}
	return cut(n, or(valid, defaultValid), or(test, defaultTest), func() []time.Time {
		if len(s.series.Times) < n {
			return nil
		}
		if _, times, _, _ := s.series.Clock(); len(times) >= n {
			return times[:n]
		}
		return nil
	})
}

// split splits the series of a panel and checks that forecasts fit into their parts.
func split(forecaster *Forecaster, p *datasets.Panel, parts func(*strand) (datasets.Split, error)) (*Forecast, error) {
	strands, err := newStrands(p, forecaster.opts.Separate)
	if err != nil {
		return nil, err
	}
	f := &Forecast{Forecaster: forecaster, panel: p, strands: strands, lane: program.NewLane[shape]()}
	if parts == nil {
		parts = f.parts
	}
	opts := f.opts
	for _, s := range strands {
		if s.split, err = parts(s); err != nil {
			return nil, errors.Wrapf(err, "forecast %s", called(p, s.series))
		}
		if need := f.Needs() + opts.Horizon; need > s.split.Train.To {
			return nil, errors.Errorf("forecast %s: a window of %d rows, a horizon of %d and differences that take %d need %d rows; the training part has %d of the %d in the series: choose a smaller window",
				called(p, s.series), opts.Window, opts.Horizon, f.transform.lost(), need, s.split.Train.To, s.series.Len())
		}
		for _, part := range []datasets.Range{s.split.Valid, s.split.Test} {
			if from, to := f.fits(part); from >= to {
				return nil, errors.Errorf("forecast %s: a horizon of %d rows does not fit into %d rows of the series that are kept to validate or test; choose a smaller horizon",
					called(p, s.series), opts.Horizon, part.Len())
			}
		}
		f.gaps = f.gaps || s.gaps
	}
	if err := f.tell(p, strands); err != nil {
		return nil, err
	}
	f.Limit(0)
	return f, nil
}

// scale transforms the series by the scales that have been learnt.
func (f *Forecast) scale() (err error) {
	f.scaleTold(f.strands)
	for _, s := range f.strands {
		if s.scaled, err = s.transform.apply(s.filled); err != nil {
			return errors.Wrapf(err, "forecast %s", called(f.panel, s.series))
		}
		if row, v := s.transform.far(s.scaled); row >= 0 {
			return errors.Errorf("forecast %s: the value of %q in row %d is %v, too far from those of the training part (%.2g of their standard deviations): look at the data, or take the row out",
				called(f.panel, s.series), f.panel.Targets[s.first+v], row+1, s.filled[row][v], s.scaled[row][v])
		}
	}
	return nil
}

// Examples implements task.Task.
func (f *Forecast) Examples() (train, valid, test int) {
	return len(f.train), len(f.origins(inValid)), len(f.origins(inTest))
}

// Sizes implements task.Sized.
func (f *Forecast) Sizes() []task.Size {
	if n := len(f.panel.Series); n > 1 {
		return []task.Size{{Name: "series", N: n}}
	}
	return nil
}

// Limit implements task.Task.
func (f *Forecast) Limit(n int) {
	f.train = f.origins(inTrain)
	if n > 0 && n < len(f.train) {
		f.train = f.train[:n]
	}
	f.weights = nil
}

// Validate implements train.Task: the loss is the mean squared error of the transformed rows, whatever loss is learnt
// from.
func (f *Forecast) Validate() (train.Evaluation, error) {
	origins := f.origins(inValid)
	scores, err := f.scorer(nil)
	if err != nil {
		return train.Evaluation{}, err
	}
	var sum float64
	n := 0
	err = f.forecast(f.lane, f.sites(origins), func(i int, o outcome) error {
		at := origins[i]
		s := f.strands[at.strand]
		for h, row := range o.point {
			for v, x := range row {
				if math.IsNaN(s.values[int(at.row)+h][v]) {
					continue
				}
				d := x - s.scaled[int(at.row)+h][v]
				sum += d * d
				n++
			}
		}
		return scores.add(at, f.outlook(s, s.filled[:at.row], o, false))
	})
	return train.Evaluation{Loss: sum / float64(max(1, n)), Metrics: scores.metrics()}, errors.WithMessagef(err, "forecast %s", f.panel.Meta.Name)
}

// Evaluate implements task.Task: it forecasts every row of a part from the true rows before it. The metrics are in the series'
// own units.
func (f *Forecast) Evaluate(ctx context.Context, p task.Part) (task.Scores, error) {
	if err := args.Context(ctx); err != nil {
		return task.Scores{}, err
	}
	part, err := in(p)
	if err != nil {
		return task.Scores{}, err
	}
	origins := f.origins(part)
	if len(origins) == 0 {
		return task.Scores{}, errors.Errorf("forecast %s: no row of the %s part can be forecast", f.panel.Meta.Name, p)
	}
	var intervals []float64
	if f.knowsSpread() {
		intervals = f.intervals
	}
	scores, err := f.scorer(intervals)
	if err != nil {
		return task.Scores{}, err
	}
	err = f.forecast(f.lane, f.sites(origins), func(i int, o outcome) error {
		s := f.strands[origins[i].strand]
		return scores.add(origins[i], f.outlook(s, s.filled[:origins[i].row], o, intervals != nil))
	})
	if err != nil {
		return task.Scores{}, errors.WithMessagef(err, "forecast %s", f.panel.Meta.Name)
	}
	naive2, err := f.naive2(ctx, origins)
	if err != nil {
		return task.Scores{}, err
	}
	all := scores.scores()
	weigh(all.Metrics, naive2)
	if f.state.Refitted {
		all.Notes = append(all.Notes, "The network has learnt from this part, too, before it was kept (refit): what it would do on rows that it does not know was shown when it was trained.")
	}
	return all, nil
}

// Probe implements task.Task: the examples are spread over the training part.
func (f *Forecast) Probe() ([]graph.GradientNorms, error) {
	n := min(program.ProbeBatch, len(f.train))
	origins := make([]origin, n)
	for i := range origins {
		origins[i] = f.train[i*len(f.train)/n]
	}
	b := graph.NewBuilder(f.params, graph.Unrolled())
	p, err := graph.NewProbe(b, f.loss(b, f.declare(b, n), f.gaps))
	if err != nil {
		return nil, err
	}
	if err := f.set(p.Program, origins); err != nil {
		return nil, err
	}
	err = p.Run()
	return p.Norms(), err
}
