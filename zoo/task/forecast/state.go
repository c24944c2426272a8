package forecast

import (
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/calendar"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/scoring"
)

// State is what must be kept besides the weights to forecast again.
type State struct {
	Options    Options     `json:"options"`
	Transform  transform   `json:"transform"`            // with the scales of the variables of the only series
	Series     []Scale     `json:"series,omitempty"`     // the scales of several
	Covariates *Covariates `json:"covariates,omitempty"` // nil if there are none
	Masked     bool        `json:"masked,omitempty"`     // the network is told which values of a window are missing
	Refitted   bool        `json:"refitted,omitempty"`   // the network has learnt from all rows
	// Calibration is how far values are from their forecasts; nil if nothing is known of it.
	Calibration *scoring.Calibration `json:"calibration,omitempty"`
}

// Scale is what the variables of a series are scaled by.
type Scale struct {
	ID        string    `json:"id"`
	Mean      []float64 `json:"mean"`
	Deviation []float64 `json:"deviation"`
	Unrest    []float64 `json:"unrest,omitempty"` // the mean distance from row to row, scaled
}

// saved is what a forecaster keeps.
type saved struct {
	State     State       `json:"state"`
	Variables []string    `json:"variables"`
	Times     []string    `json:"times,omitempty"`   // of the history
	History   [][]float64 `json:"history,omitempty"` // the last rows of the only series
	Known     []string    `json:"known,omitempty"`   // other variables, whose values stand behind those of Variables
	Past      []string    `json:"past,omitempty"`
	Static    []string    `json:"static,omitempty"`
	Series    []ending    `json:"series,omitempty"` // the last rows of several, or of one with other variables or gaps
	Period    int         `json:"period,omitempty"`
	Clock     *watch      `json:"clock,omitempty"` // of the times; nil if they are none
}

// watch is how times are written and how far they are apart.
type watch struct {
	Form  calendar.Form      `json:"form"`
	Every calendar.Frequency `json:"every"`
}

// ending is the last rows of a series.
type ending struct {
	ID      string       `json:"id"`
	Times   []string     `json:"times,omitempty"`
	Static  []string     `json:"static,omitempty"`
	History [][]*float64 `json:"history"` // null where a value is missing
}

// Save implements task.Predictor.
func (f *Forecaster) Save(to task.Files) error {
	if err := program.CheckFiles(to); err != nil {
		return err
	}
	if f.history == nil {
		return errors.New("forecast: there is no history to keep; a run has one")
	}
	p := f.history
	s := saved{State: f.State(), Variables: p.Targets, Period: p.Period, Known: p.Known, Past: p.Past, Static: p.Static}
	if form, _, every, err := p.Series[0].Clock(); err == nil {
		s.Clock = &watch{form, every}
	}
	names := slices.Concat(p.Targets, p.Known, p.Past)
	for _, series := range p.Series {
		strand := newStrand(series, 0, 0, places(series.Variables, p.Targets))
		from := max(0, len(strand.values)-f.Needs())
		for from > 0 && missing(strand.values[from]) { // what stands in for a value is the one before it
			from--
		}
		if len(p.Series) == 1 && !slices.ContainsFunc(strand.values[from:], missing) && len(names) == len(p.Targets) {
			if s.History = strand.values[from:]; series.Times != nil {
				s.Times = series.Times[from:len(strand.values)]
			}
			break
		}
		e := ending{ID: series.ID, Static: series.Static}
		if series.Times != nil {
			e.Times = series.Times[from:]
		}
		at := places(series.Variables, names)
		for _, row := range series.Values[from:] {
			kept := make([]*float64, len(names))
			for v, place := range at {
				if x := row[place]; !math.IsNaN(x) {
					kept[v] = &x
				}
			}
			e.History = append(e.History, kept)
		}
		s.Series = append(s.Series, e)
	}
	return to.Write(task.StateFile, s)
}

// missing reports whether a value of a row is missing.
func missing(row []float64) bool { return slices.ContainsFunc(row, math.IsNaN) }

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
	f.history = s.panel()
	return f, nil
}

// panel returns the last rows of all series.
func (s saved) panel() *datasets.Panel {
	if len(s.Series) == 0 {
		only := &datasets.Series{Variables: s.Variables, Times: s.Times, Values: s.History, Period: s.Period}
		s.wind(only)
		return only.Panel()
	}
	p := &datasets.Panel{Targets: s.Variables, Known: s.Known, Past: s.Past, Static: s.Static, Period: s.Period}
	names := slices.Concat(p.Targets, p.Known, p.Past)
	for _, e := range s.Series {
		series := &datasets.Series{ID: e.ID, Variables: names, Times: e.Times, Static: e.Static}
		for _, kept := range e.History {
			row := make([]float64, len(kept))
			for v, x := range kept {
				if row[v] = math.NaN(); x != nil {
					row[v] = *x
				}
			}
			series.Values = append(series.Values, row)
		}
		s.wind(series)
		p.Series = append(p.Series, series)
	}
	return p
}

// wind sets the clock of a series.
func (s saved) wind(series *datasets.Series) {
	if s.Clock != nil && series.Times != nil {
		series.SetClock(s.Clock.Form, s.Clock.Every)
	}
}

// check returns an error if what is saved does not fit together.
func (s saved) check(opts Options) error {
	width := len(s.Variables)
	switch o := s.State.Options; {
	case o.completed() != opts.completed():
		return errors.New("its state is that of another forecast")
	case len(s.State.Series) == 0 && len(s.State.Transform.Mean) != width:
		return errors.Errorf("it names %d variables and scales %d", width, len(s.State.Transform.Mean))
	case len(s.Series) == 0:
		return checkEnding("its history", o.Window, width, len(s.History), s.Times, func(t int) int { return len(s.History[t]) })
	}
	for _, scale := range s.State.Series {
		if len(scale.Mean) != width {
			return errors.Errorf("it names %d variables and scales %d", width, len(scale.Mean))
		}
	}
	for _, e := range s.Series {
		if err := checkEnding("the history of series "+e.ID, s.State.Options.Window, width+len(s.Known)+len(s.Past), len(e.History), e.Times, func(t int) int { return len(e.History[t]) }); err != nil {
			return err
		}
	}
	return nil
}

func checkEnding(name string, window, width, rows int, times []string, widthOf func(row int) int) error {
	switch {
	case times != nil && len(times) != rows:
		return errors.Errorf("%s has %d rows and %d times", name, rows, len(times))
	case rows < window:
		return errors.Errorf("%s has %d rows; the window is %d", name, rows, window)
	}
	for t := range rows {
		if n := widthOf(t); n != width {
			return errors.Errorf("row %d of %s has %d values; want %d", t+1, name, n, width)
		}
	}
	return nil
}

// State returns what NewForecaster needs besides the weights.
func (f *Forecaster) State() State { return f.state }

// NewForecaster returns the forecaster of a state. The network's parameters are declared in params if they are not there;
// others in params are an error, since they are the weights of another network.
func NewForecaster(network *graph.Network, params *graph.Params, state State) (*Forecaster, error) {
	state.Options = state.Options.completed()
	if err := state.Options.check(); err != nil { // a state has no other zero values to replace
		return nil, err
	}
	if o, t := state.Options, state.Transform; t.Log != o.Log || t.Lag != o.Lag || t.Difference != o.Difference {
		return nil, errors.Errorf("forecast: the state's differences are not those of its options: log %v, lag %d, difference %d; want %v, %d, %d",
			t.Log, t.Lag, t.Difference, o.Log, o.Lag, o.Difference)
	}
	scales := state.scales()
	for _, s := range scales {
		if err := s.check(len(scales[0].Mean)); err != nil {
			return nil, err
		}
	}
	f := newForecaster(network, params, state, len(scales[0].Mean))
	return f, f.declareParams()
}

// scales returns the scale of each series.
func (s State) scales() []Scale {
	if len(s.Series) > 0 {
		return s.Series
	}
	return []Scale{{Mean: s.Transform.Mean, Deviation: s.Transform.Deviation, Unrest: s.Transform.Unrest}}
}

func (s Scale) check(width int) error {
	if n := len(s.Mean); n == 0 || n != len(s.Deviation) || n != width {
		return errors.Errorf("forecast: the state scales by %d means and %d deviations; want one of each for each variable", n, len(s.Deviation))
	}
	for v, d := range s.Deviation {
		if !(d > 0) {
			return errors.Errorf("forecast: the state scales variable %d by a deviation of %v; want a number above 0", v+1, d)
		}
	}
	return nil
}
