package forecast

import (
	"math"

	"github.com/rnnzoo/rnnzoo/zoo/task/internal/scoring"
)

// outlook is an outcome in the series' own units, [Horizon][V].
type outlook struct {
	point        [][]float64
	lower, upper [][][]float64 // by interval, or nil
}

// outlook returns an outcome in the units of a strand, of which history are the rows before it, with intervals if they are asked
// for. The intervals of a network that says a point alone, or with Conformal of any, are made of the errors of the validation
// part: those of each step, in units of the window's unrest, on the scale on which the network learns.
func (f *Forecaster) outlook(s *strand, history [][]float64, o outcome, intervals bool) outlook {
	t := s.transform
	y := outlook{point: t.invert(history, o.point)}
	if !intervals || len(f.intervals) == 0 || !f.opts.saysSpread() && f.state.Calibration == nil {
		return y
	}
	for k := range f.intervals {
		lower, upper := like(y.point), like(y.point)
		for h, row := range y.point {
			for v, x := range row {
				level := t.level(x)
				lo, up := level+(o.lower[k][h][v]-o.point[h][v])*t.Deviation[v], level+(o.upper[k][h][v]-o.point[h][v])*t.Deviation[v]
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

// Calibrate implements task.Calibrated: it learns from the validation part how far values are from their forecasts.
func (f *Forecast) Calibrate() error {
	if len(f.intervals) == 0 || f.opts.saysSpread() && !f.opts.Conformal {
		return nil
	}
	conformal, err := scoring.NewConformal(f.opts.Horizon, f.intervals, 1)
	if err != nil {
		return err
	}
	f.state.Calibration = nil
	origins := f.origins(inValid)
	lower, upper := make([]float64, len(f.intervals)), make([]float64, len(f.intervals))
	err = f.forecast(f.lane, f.sites(origins), func(i int, o outcome) error {
		at := origins[i]
		s := f.strands[at.strand]
		t := s.transform
		y := t.invert(s.filled[:at.row], o.point)
		for h, row := range y {
			for v, x := range row {
				level := t.level(x)
				for k := range lower {
					lower[k], upper[k] = level+(o.lower[k][h][v]-o.point[h][v])*t.Deviation[v], level+(o.upper[k][h][v]-o.point[h][v])*t.Deviation[v]
				}
				if came := s.values[int(at.row)+h][v]; !math.IsNaN(came) {
					if err := conformal.Add(h, t.level(came), lower, upper, t.Deviation[v]*o.unrest[v]); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	f.state.Calibration = conformal.Calibration()
	return err
}
