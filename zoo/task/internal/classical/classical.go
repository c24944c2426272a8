// Package classical has the forecasts of one series that learn little or nothing: the rivals that a network has to beat.
// Each method is fitted to a history once and then takes further values one by one, in constant time each, so that
// thousands of origins of one series cost little more than one.
//
// A Method serves any number of goroutines, a Model one at a time.
package classical

import (
	"math"

	"github.com/pkg/errors"
)

const (
	// Window is how many values of a history, the last ones, a method is fitted to that has something to fit: Naive2,
	// Theta and HoltWinters. It bounds their time, to some 0.1 s a series, 0.3 s with
	// the longest season.
	Window = 10_000

	// MaxSeason is the longest season that these methods fit: Window has four of it.
	MaxSeason = Window / 4

	// MaxHorizon is the farthest that a model forecasts.
	MaxHorizon = 1_000_000
)

// ErrUnsuited is the cause of an error where a method cannot forecast a series, such as a seasonal one without a season.
// It is asked for with errors.Is.
var ErrUnsuited = errors.New("the method does not suit the series")

// Method is a way to forecast a series. The zero value has no name and fits nothing.
type Method struct {
	Name string
	fit  func(y []float64, season int) (state, error)
}

// Methods returns all methods, the simplest first.
func Methods() []Method {
	return []Method{Persistence(), Seasonal(), Drift(), Growth(), Naive2(), Theta(), HoltWinters()}
}

// state is what a method knows of a series. It never sees a value that is missing.
type state interface {
	// update takes the next value.
	update(y float64)
	// forecast fills out with the values to come.
	forecast(out []float64) error
}

// Model is a method fitted to a series, of which it knows all values up to some time.
type Model struct {
	name  string
	state state
	scale float64 // what values are multiplied by, a power of two
}

// Fit fits the method to a history y, oldest first, of at least one value, all finite; season is its season in steps, 0 or 1
// where there is none. It keeps nothing of y.
func (m Method) Fit(y []float64, season int) (*Model, error) {
	if m.fit == nil {
		return nil, errors.New("the method fits nothing; classical.Methods gives those that do")
	}
	if len(y) == 0 {
		return nil, errors.Wrapf(ErrUnsuited, "%s: the history has no values", m.Name)
	}
	if season < 0 {
		return nil, errors.Errorf("%s: the season is %d steps; want 0 for none, or more", m.Name, season)
	}
	largest := 0.0
	for i, v := range y {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, errors.Errorf("%s: value %d of the history is %g; fill what is missing first", m.Name, i+1, v)
		}
		largest = math.Max(largest, math.Abs(v))
	}
	scale := scaleFor(largest)
	if scale != 1 {
		scaled := make([]float64, len(y))
		for i, v := range y {
			scaled[i] = v * scale
		}
		y = scaled
	}
	if season == 1 {
		season = 0
	}
	s, err := m.fit(y, season)
	if err != nil {
		return nil, errors.WithMessage(err, m.Name)
	}
	return &Model{m.Name, s, scale}, nil
}

// scaleFor returns a power of two that brings values where their squares and products neither overflow nor vanish: 1 for
// values up to 1e75, whose forecasts are then the same bit for bit as without.
func scaleFor(largest float64) float64 {
	if largest == 0 || largest > 1e-75 && largest < 1e75 {
		return 1
	}
	_, e := math.Frexp(largest)
	return math.Ldexp(1, min(-e, 1023))
}

// Forecast fits the method to a history and forecasts the h values after it.
func (m Method) Forecast(y []float64, season, h int) ([]float64, error) {
	model, err := m.Fit(y, season)
	if err != nil {
		return nil, err
	}
	return model.Forecast(h)
}

// Update takes the next values, in constant time each. One that is missing, NaN, is taken to be what the model has
// forecast for it.
func (m *Model) Update(values ...float64) {
	if m == nil || m.state == nil {
		return
	}
	for _, v := range values {
		v *= m.scale
		if math.IsNaN(v) {
			var next [1]float64
			if m.state.forecast(next[:]) != nil {
				continue
			}
			v = next[0]
		}
		m.state.update(v)
	}
}

// Forecast returns the next h values, or an error if one of them is beyond what a float64 holds.
func (m *Model) Forecast(h int) ([]float64, error) {
	if m == nil || m.state == nil {
		return nil, errors.New("the model is fitted to nothing; Method.Fit gives one that is")
	}
	if h < 1 || h > MaxHorizon {
		return nil, errors.Errorf("%s: a forecast of %d steps; want 1 to %d", m.name, h, MaxHorizon)
	}
	out := make([]float64, h)
	if err := m.state.forecast(out); err != nil {
		return nil, errors.WithMessage(err, m.name)
	}
	for i := range out {
		out[i] /= m.scale
		if math.IsNaN(out[i]) || math.IsInf(out[i], 0) {
			return nil, errors.Wrapf(ErrUnsuited, "%s: the forecast of step %d is %g: the values are too large", m.name, i+1, out[i])
		}
	}
	return out, nil
}

// windowOf returns the values that something is fitted to, or an error if the season is too long for them.
func windowOf(y []float64, season int) ([]float64, error) {
	if season > MaxSeason {
		return nil, errors.Wrapf(ErrUnsuited, "a season of %d steps; at most %d are fitted", season, MaxSeason)
	}
	return y[max(0, len(y)-Window):], nil
}

// ring is the last values of a series, as many as it is long.
type ring struct {
	values []float64
	next   int // where the oldest is, and the next one goes
}

func newRing(y []float64, n int) ring { return ring{values: append([]float64(nil), y[len(y)-n:]...)} }

func (r *ring) push(v float64) {
	r.values[r.next] = v
	if r.next++; r.next == len(r.values) {
		r.next = 0
	}
}

// at returns value i from the oldest, around and around.
func (r *ring) at(i int) float64 { return r.values[(r.next+i)%len(r.values)] }
