package scoring

import (
	"math"

	"github.com/pkg/errors"
)

// Config says what is scored beside the point forecasts. The zero value is nothing.
type Config struct {
	// Scales are the errors of the naive forecast on the training part by series and variable, as NaiveScale gives them, by
	// which MASE and MSIS are scaled. Where there is none, or it is 0 or NaN, a value counts in neither.
	Scales [][]float64
	// Levels are the levels of quantiles, between 0 and 1 and increasing.
	Levels []float64
	// Intervals are the shares of values that intervals are to cover, such as 0.8 and 0.95.
	Intervals []float64
	// CRPS is whether observations have a CRPS of their own; else it is taken from their quantiles.
	CRPS bool
}

// Observation is a true value and what was forecast for it.
type Observation struct {
	Series, Variable int       // counted from 0
	Actual           float64   // NaN where it is missing: the observation is left out
	Forecast         float64   // the point forecast
	Quantiles        []float64 // at Config.Levels, not decreasing
	Lower, Upper     []float64 // the bounds of Config.Intervals
	CRPS             float64   // with Config.CRPS
}

// Accumulator takes observations one at a time and gives the metrics of each variable of each series, of a variable, of a
// series, and of all together. It holds some hundred bytes a variable of a series, and nothing of an observation. It serves
// one goroutine at a time.
type Accumulator struct {
	config            Config
	series, variables int
	weights           []float64 // of the levels
	sums              []sums    // [series][variable]
}

// sums are those of some observations. Means are added up with steps, so that no sum is beyond what a float64 holds.
type sums struct {
	n, percents, scaled, scores int     // values; those whose MAPE, MASE and MSIS, CRPS there are
	small, big, tiny            float64 // of squares
	absolute, actual            float64
	percent, symmetric          float64
	mase, crps                  float64
	pinball                     []float64 // by level
	covered, width, msis        []float64 // by interval
}

// step is what each term of a sum is multiplied by: 2⁶⁴ terms of the largest number have a sum.
const step = 0x1p-64

// New returns an accumulator of so many series with so many variables each.
func New(series, variables int, config Config) (*Accumulator, error) {
	if series < 1 || variables < 1 || series > math.MaxInt32/variables {
		return nil, errors.Errorf("scores of %d series of %d variables; want at least one of each, and 2³¹ together at most", series, variables)
	}
	for i, l := range config.Levels {
		if !(l > 0 && l < 1) || i > 0 && !(l > config.Levels[i-1]) {
			return nil, errors.Errorf("the levels of quantiles are %v; want them increasing, between 0 and 1", config.Levels)
		}
	}
	for _, c := range config.Intervals {
		if !(c > 0 && c < 1) {
			return nil, errors.Errorf("an interval is to cover %g of the values; want a share between 0 and 1", c)
		}
	}
	if config.Scales != nil && len(config.Scales) != series {
		return nil, errors.Errorf("there are scales of %d series; want %d", len(config.Scales), series)
	}
	for s, scales := range config.Scales {
		if scales != nil && len(scales) != variables {
			return nil, errors.Errorf("series %d has %d scales; want one for each of %d variables", s, len(scales), variables)
		}
	}
	a := &Accumulator{config: config, series: series, variables: variables, weights: LevelWeights(config.Levels)}
	a.sums = make([]sums, series*variables)
	each := len(config.Levels) + 3*len(config.Intervals)
	floats := make([]float64, each*len(a.sums))
	for i := range a.sums {
		a.sums[i].place(floats[i*each:(i+1)*each], config)
	}
	return a, nil
}

// place gives the lists of a sum their memory.
func (s *sums) place(f []float64, c Config) {
	l, i := len(c.Levels), len(c.Intervals)
	s.pinball, s.covered, s.width, s.msis = f[:l:l], f[l:l+i:l+i], f[l+i:l+2*i:l+2*i], f[l+2*i:l+3*i:l+3*i]
}

// Add takes an observation. It returns an error, and takes nothing, if the observation is of no series or variable that
// there is, lacks something, or has numbers that are not finite or whose scores are not.
func (a *Accumulator) Add(o Observation) error {
	if a == nil || o.Series < 0 || o.Series >= a.series || o.Variable < 0 || o.Variable >= a.variables {
		return errors.Errorf("there is no variable %d of series %d to score", o.Variable, o.Series)
	}
	if len(o.Quantiles) != len(a.config.Levels) || len(o.Lower) != len(a.config.Intervals) || len(o.Upper) != len(a.config.Intervals) {
		return errors.Errorf("an observation has %d quantiles and %d and %d bounds; want %d, and %d of each", len(o.Quantiles), len(o.Lower), len(o.Upper), len(a.config.Levels), len(a.config.Intervals))
	}
	if math.IsNaN(o.Actual) {
		return nil
	}
	e := math.Abs(o.Forecast - o.Actual)
	if !finite(e) {
		return a.notFinite(o, "prediction", o.Forecast)
	}
	scale := math.NaN()
	if a.config.Scales != nil && a.config.Scales[o.Series] != nil {
		scale = a.config.Scales[o.Series][o.Variable]
	}
	isScaled := scale > 0 && finite(scale)
	if isScaled && !finite(e/scale) {
		return a.notFinite(o, "scaled error", e/scale)
	}
	for i, q := range o.Quantiles {
		if !finite(q - o.Actual) {
			return a.notFinite(o, "quantile", o.Quantiles[i])
		}
	}
	for i := range o.Lower {
		if o.Lower[i] > o.Upper[i] {
			return errors.Errorf("variable %d of series %d: an interval goes from %g to %g; want its lower bound first", o.Variable, o.Series, o.Lower[i], o.Upper[i])
		}
		score := IntervalScore(o.Lower[i], o.Upper[i], o.Actual, a.config.Intervals[i])
		if isScaled {
			score /= scale
		}
		if !finite(score) {
			return a.notFinite(o, "interval's score", score)
		}
	}
	if a.config.CRPS && !finite(o.CRPS) {
		return a.notFinite(o, "CRPS", o.CRPS)
	}

	s := &a.sums[o.Series*a.variables+o.Variable]
	s.n++
	switch { // Blue's sums of squares, of which none overflows (ACM TOMS 4, 1978)
	case e > 0x1p450:
		s.big += (e * 0x1p-600) * (e * 0x1p-600)
	case e < 0x1p-450:
		s.tiny += (e * 0x1p600) * (e * 0x1p600)
	default:
		s.small += e * e
	}
	s.absolute += e * step
	s.actual += math.Abs(o.Actual) * step
	if p := e / math.Abs(o.Actual); finite(p) && finite(100*p) {
		s.percents++
		s.percent += 100 * p * step
	}
	if e > 0 {
		s.symmetric += 200 * step * (e / 2) / (math.Abs(o.Actual)/2 + math.Abs(o.Forecast)/2)
	}
	if isScaled {
		s.scaled++
		s.mase += e / scale * step
	}
	for i, q := range o.Quantiles {
		loss := step * Pinball(a.config.Levels[i], o.Actual, q)
		s.pinball[i] += loss
		if !a.config.CRPS {
			s.crps += 2 * a.weights[i] * loss
		}
	}
	if a.config.CRPS {
		s.crps += step * o.CRPS
	}
	if a.config.CRPS || len(o.Quantiles) > 0 {
		s.scores++
	}
	for i, lower := range o.Lower {
		upper := o.Upper[i]
		if lower <= o.Actual && o.Actual <= upper {
			s.covered[i]++
		}
		s.width[i] += upper*step - lower*step
		if isScaled {
			s.msis[i] += IntervalScore(lower, upper, o.Actual, a.config.Intervals[i]) / scale * step
		}
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func (a *Accumulator) notFinite(o Observation, what string, x float64) error {
	return errors.Errorf("variable %d of series %d: the value is %g and the %s %g: there is no score of that", o.Variable, o.Series, o.Actual, what, x)
}

// add adds the sums of other observations.
func (s *sums) add(t *sums) {
	s.n += t.n
	s.percents += t.percents
	s.scaled += t.scaled
	s.scores += t.scores
	s.small += t.small
	s.big += t.big
	s.tiny += t.tiny
	s.absolute += t.absolute
	s.actual += t.actual
	s.percent += t.percent
	s.symmetric += t.symmetric
	s.mase += t.mase
	s.crps += t.crps
	for i, x := range t.pinball {
		s.pinball[i] += x
	}
	for i := range t.covered {
		s.covered[i] += t.covered[i]
		s.width[i] += t.width[i]
		s.msis[i] += t.msis[i]
	}
}

// Of returns the metrics of a variable of a series.
func (a *Accumulator) Of(series, variable int) Metrics {
	return a.metrics(series, series+1, variable, variable+1)
}

// Variable returns the metrics of a variable over all series.
func (a *Accumulator) Variable(variable int) Metrics {
	return a.metrics(0, math.MaxInt, variable, variable+1)
}

// Series returns the metrics of a series over all variables.
func (a *Accumulator) Series(series int) Metrics {
	return a.metrics(series, series+1, 0, math.MaxInt)
}

// Pooled returns the metrics of all observations, each of which counts the same.
func (a *Accumulator) Pooled() Metrics { return a.metrics(0, math.MaxInt, 0, math.MaxInt) }

// metrics returns those of some series and variables, of which those that there are not have no observations.
func (a *Accumulator) metrics(fromSeries, toSeries, fromVariable, toVariable int) Metrics {
	if a == nil {
		return (&sums{}).metrics(Config{}, nil)
	}
	var total sums
	total.place(make([]float64, len(a.config.Levels)+3*len(a.config.Intervals)), a.config)
	for s := max(0, fromSeries); s < min(toSeries, a.series); s++ {
		for v := max(0, fromVariable); v < min(toVariable, a.variables); v++ {
			total.add(&a.sums[s*a.variables+v])
		}
	}
	return total.metrics(a.config, a.weights)
}

func (s *sums) metrics(c Config, weights []float64) Metrics {
	mean := func(sum float64, n int) float64 {
		if n == 0 {
			return math.NaN()
		}
		return sum / float64(n) / step
	}
	m := Metrics{N: s.n, MAE: mean(s.absolute, s.n), MAPE: mean(s.percent, s.percents), SMAPE: mean(s.symmetric, s.n),
		MASE: mean(s.mase, s.scaled), CRPS: mean(s.crps, s.scores), Pinball: math.NaN(), WQL: math.NaN(), Levels: c.Levels, Intervals: c.Intervals}
	n := float64(s.n)
	switch {
	case s.n == 0:
		m.RMSE = math.NaN()
	case s.big > 0:
		m.RMSE = math.Sqrt((s.big+s.small*0x1p-1200)/n) * 0x1p600
	case s.small > 0:
		m.RMSE = math.Sqrt((s.small + s.tiny*0x1p-1200) / n)
	default:
		m.RMSE = math.Sqrt(s.tiny/n) * 0x1p-600
	}
	if len(s.pinball) > 0 && s.n > 0 {
		weighted, plain := 0.0, 0.0
		for i, p := range s.pinball {
			m.PinballAt = append(m.PinballAt, mean(p, s.n))
			weighted += weights[i] * p
			plain += p / float64(len(s.pinball))
		}
		m.Pinball = mean(weighted, s.n)
		if s.actual > 0 && finite(2*plain/s.actual) {
			m.WQL = 2 * plain / s.actual
		}
	}
	for i := range s.covered {
		coverage := math.NaN()
		if s.n > 0 {
			coverage = s.covered[i] / n
		}
		m.Coverage = append(m.Coverage, coverage)
		m.Width = append(m.Width, mean(s.width[i], s.n))
		m.MSIS = append(m.MSIS, mean(s.msis[i], s.scaled))
	}
	return m
}
