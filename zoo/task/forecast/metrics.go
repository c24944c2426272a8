package forecast

import (
	"math"

	"github.com/rnnzoo/rnnzoo/zoo/task/internal/scoring"
)

// scorer scores forecasts beside what came, the variables of all series.
type scorer struct {
	f        *Forecast
	all      *scoring.Accumulator
	squares  float64 // of errors over the variances of the training part
	n        float64
	variance [][]float64 // of the training part by series and variable
	scales   [][]float64 // the errors of the naive forecast there
}

// scorer returns one for forecasts with intervals, or without.
func (f *Forecast) scorer(intervals []float64) (*scorer, error) {
	variables := len(f.panel.Targets)
	scales, variances := make([][]float64, len(f.panel.Series)), make([][]float64, len(f.panel.Series))
	for i := range scales {
		scales[i], variances[i] = make([]float64, variables), make([]float64, variables)
	}
	for _, s := range f.strands {
		for v := range s.width() {
			scales[s.place][s.first+v] = f.naiveScale(s, v)
			variances[s.place][s.first+v] = variance(s.values[:s.split.Train.To], v)
		}
	}
	config := scoring.Config{Scales: scales, Intervals: intervals}
	if f.opts.saysSpread() && intervals != nil {
		config.Levels = levelsOf(intervals)
	}
	all, err := scoring.New(len(f.panel.Series), variables, config)
	return &scorer{f: f, all: all, variance: variances, scales: scales}, err
}

// add scores a forecast of all rows from an origin, with the bounds of intervals if it has them.
func (s *scorer) add(at origin, o outlook) error {
	strand := s.f.strands[at.strand]
	o.lower, o.upper = s.f.interval(o)
	n := len(o.lower)
	observation := scoring.Observation{Series: strand.place, Lower: make([]float64, n), Upper: make([]float64, n)}
	if s.f.opts.saysSpread() && n > 0 {
		observation.Quantiles = make([]float64, 2*n+1)
	}
	for h, row := range o.point {
		for v, x := range row {
			y := strand.values[int(at.row)+h][v]
			observation.Variable, observation.Actual, observation.Forecast = strand.first+v, y, x
			for k := range n {
				observation.Lower[k], observation.Upper[k] = o.lower[k][h][v], o.upper[k][h][v]
				if q := observation.Quantiles; q != nil {
					q[n-1-k], q[n+1+k] = o.lower[k][h][v], o.upper[k][h][v]
				}
			}
			if q := observation.Quantiles; q != nil {
				q[n] = x
			}
			if err := s.all.Add(observation); err != nil {
				return err
			}
			if d := (x - y) / math.Sqrt(s.variance[strand.place][strand.first+v]); d-d == 0 {
				s.squares += d * d
				s.n++
			}
		}
	}
	return nil
}

// metrics returns the metrics of all forecasts together. Where there are several variables or series, those in units of their
// own say nothing.
func (s *scorer) metrics() map[string]float64 {
	m := s.all.Pooled()
	if len(s.f.panel.Series) > 1 || len(s.f.panel.Targets) > 1 {
		m = m.Scaled()
	}
	all := m.Map()
	if s.n > 0 {
		all["mse"] = s.squares / s.n
	}
	named := make(map[string]float64)
	for _, metric := range (Kind{}).Metrics() {
		if x, ok := all[metric.Name]; ok {
			named[metric.Name] = x
		}
	}
	return named
}

// naiveScale returns the mean absolute error of the naive forecast of a variable on the training part. Where a dataset's
// protocol has forecasts of its last rows, all rows before them are the training part.
func (f *Forecast) naiveScale(s *strand, v int) float64 {
	to := s.split.Train.To
	if f.panel.Horizon > 0 {
		to = s.split.Test.From
	}
	return scoring.NaiveScale(valuesOf(s.values[:to], v), f.panel.Period)
}

// valuesOf returns those of a variable in rows.
func valuesOf(rows [][]float64, v int) []float64 {
	x := make([]float64, len(rows))
	for t, row := range rows {
		x[t] = row[v]
	}
	return x
}

// variance returns that of a variable in rows, as far as it is not missing.
func variance(rows [][]float64, v int) float64 {
	var n, mean, squares float64
	for _, row := range rows {
		if x := row[v]; !math.IsNaN(x) {
			n++
			d := x - mean
			mean += d / n
			squares += d * (x - mean)
		}
	}
	return squares / n
}
