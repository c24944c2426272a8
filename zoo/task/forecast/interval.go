package forecast

import (
	"math"
	"slices"

	"github.com/rnnzoo/rnnzoo/zoo/task/internal/scoring"
)

// sharesOf returns the shares of values whose bounds are asked of a head: those of the intervals and, where any can be had, some
// more, so that a value can be drawn between them.
func sharesOf(intervals []float64, loss string) []float64 {
	shares := slices.Clone(intervals)
	if loss == lossQuantile || len(intervals) == 0 {
		return shares
	}
	for _, share := range []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.98} {
		if !slices.Contains(shares, share) {
			shares = append(shares, share)
		}
	}
	slices.Sort(shares)
	return shares
}

// outlook is an outcome in the series' own units, [Horizon][V].
type outlook struct {
	point        [][]float64
	lower, upper [][][]float64 // by share, or nil
}

// knowsSpread reports whether there is something known of how far values are from their forecasts.
func (f *Forecaster) knowsSpread() bool {
	return len(f.intervals) > 0 && (f.opts.saysSpread() || f.state.Calibration != nil)
}

// outlook returns an outcome in the units of a strand, of which history are the rows before it, with the bounds of shares if they
// are asked for. Those of a network that says a point alone, or with Conformal of any, are made of the errors of the validation
// part: those of each step, in units of the window's unrest, on the scale on which the network learns.
func (f *Forecaster) outlook(s *strand, history [][]float64, o outcome, bounds bool) outlook {
	t := s.transform
	y := outlook{point: t.invert(history, o.point)}
	if !bounds || !f.knowsSpread() {
		return y
	}
	for k := range f.shares {
		lower, upper := like(y.point), like(y.point)
		for h, row := range y.point {
			for v, x := range row {
				lo, up := bounded(t, o, t.level(x), k, h, v)
				if f.state.Calibration != nil {
					lo, up = f.state.Calibration.Apply(k, h, lo, up, t.Deviation[v]*o.unrest[v])
				}
				if t.Log {
					lo, up = math.Exp(lo), math.Exp(up)
				}
				lower[h][v], upper[h][v] = lo, up
			}
		}
		y.lower, y.upper = append(y.lower, lower), append(y.upper, upper)
	}
	return y
}

// bounded returns the bounds of a share around the level of a point forecast.
func bounded(t transform, o outcome, level float64, k, h, v int) (lower, upper float64) {
	return level + (o.lower[k][h][v]-o.point[h][v])*t.Deviation[v], level + (o.upper[k][h][v]-o.point[h][v])*t.Deviation[v]
}

// interval returns the bounds of the intervals alone.
func (f *Forecaster) interval(y outlook) (lower, upper [][][]float64) {
	if y.lower == nil {
		return nil, nil
	}
	for _, share := range f.intervals {
		k := slices.Index(f.shares, share)
		lower, upper = append(lower, y.lower[k]), append(upper, y.upper[k])
	}
	return lower, upper
}

// Calibrate implements task.Calibrated: it learns from the validation part how far values are from their forecasts.
func (f *Forecast) Calibrate() error {
	if len(f.intervals) == 0 || f.opts.saysSpread() && !f.opts.Conformal {
		return nil
	}
	conformal, err := scoring.NewConformal(f.opts.Horizon, f.shares, 1)
	if err != nil {
		return err
	}
	f.state.Calibration = nil
	origins := f.origins(inValid)
	lower, upper := make([]float64, len(f.shares)), make([]float64, len(f.shares))
	err = f.forecast(f.lane, f.sites(origins), func(i int, o outcome) error {
		at := origins[i]
		s := f.strands[at.strand]
		t := s.transform
		for h, row := range t.invert(s.filled[:at.row], o.point) {
			for v, x := range row {
				came := s.values[int(at.row)+h][v]
				if math.IsNaN(came) {
					continue
				}
				for k := range f.shares {
					lower[k], upper[k] = bounded(t, o, t.level(x), k, h, v)
				}
				if err := conformal.Add(h, t.level(came), lower, upper, t.Deviation[v]*o.unrest[v]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	f.state.Calibration = conformal.Calibration()
	return err
}
