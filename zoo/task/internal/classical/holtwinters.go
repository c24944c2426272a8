package classical

import (
	"math"

	"github.com/pkg/errors"
)

// HoltWinters is exponential smoothing with a damped trend and an additive season, ETS(A,Ad,A), without a season (or with
// fewer than three of it) damped Holt:
//
//	ŷ[t] = l + φ·b + s[t−m]      e = y[t] − ŷ[t]
//	l ← l + φ·b + α·e      b ← φ·b + β·e      s[t] = s[t−m] + γ·e
//
// The parameters are those of the least sum of squared errors one step ahead, within 0 < α < 1, 0 < β < α, 0 < γ < 1 − α
// and 0.8 ≤ φ ≤ 0.98, searched for by the method of Nelder and Mead from the best two points of a grid: the same at each
// call. The first season is that of the classical decomposition, and for each choice of parameters the first level and
// trend are the best ones. The series has at least 4 values.
//
// Hyndman, Koehler, Ord, Snyder: Forecasting with Exponential Smoothing, Springer 2008.
func HoltWinters() Method {
	return Method{"holt-winters", func(y []float64, season int) (state, error) {
		y, err := windowOf(y, season)
		if err != nil {
			return nil, err
		}
		if len(y) < 4 {
			return nil, errors.Wrapf(ErrUnsuited, "%d values; want at least 4", len(y))
		}
		return fitHoltWinters(y, season), nil
	}}
}

// holtWinters is the state after some value. Without a season there is one seasonal term that stays 0.
type holtWinters struct {
	alpha, beta, gamma, phi float64
	level, trend            float64
	season                  []float64
	at                      int // the step of the season that comes next
}

func (m *holtWinters) update(y float64) { m.step(y) }

// step takes the next value and returns how far it is from what was forecast.
func (m *holtWinters) step(y float64) float64 {
	before := m.level + m.phi*m.trend
	e := y - before - m.season[m.at]
	m.level = flush(before + m.alpha*e)
	m.trend = flush(m.phi*m.trend + m.beta*e)
	m.season[m.at] += m.gamma * e
	if m.at++; m.at == len(m.season) {
		m.at = 0
	}
	return e
}

// flush makes 0 of what has faded away: the numbers below the normal ones, to which it would go on fading, take a processor
// 20 times as long.
func flush(x float64) float64 {
	if math.Abs(x) < 1e-200 {
		return 0
	}
	return x
}

func (m *holtWinters) forecast(out []float64) error {
	damp, sum := 1.0, 0.0
	for i := range out {
		damp *= m.phi
		sum += damp
		out[i] = m.level + sum*m.trend + m.season[(m.at+i)%len(m.season)]
	}
	return nil
}

// fitHoltWinters returns the state after the last value, of a season that is there three times or of none.
func fitHoltWinters(y []float64, season int) *holtWinters {
	seasonal := season > 1 && len(y) >= 3*season
	first := []float64{0}
	if seasonal {
		first = decompose(y, season, true)
	}
	// The first level and trend are corrections of a line through the first adjusted values.
	head := make([]float64, min(len(y), max(10, 2*len(first))))
	for t := range head {
		head[t] = y[t] - first[t%len(first)]
	}
	intercept, slope := line(head)
	f := &holtWintersFit{y: y, first: first, level: intercept - slope, trend: slope, seasonal: seasonal}
	for i := range f.buffers {
		f.buffers[i] = make([]float64, len(first))
	}
	grid := [][]float64{{0.05, 0.2, 0.5, 0.9}, {0.02, 0.2}, {0.9}, {0.05, 0.3}}
	if !seasonal {
		grid[3] = grid[3][:1]
	}
	// The two best points of the grid, as numbers without bounds.
	var starts [2][]float64
	least := [2]float64{math.Inf(1), math.Inf(1)}
	for _, a := range grid[0] {
		for _, b := range grid[1] {
			for _, p := range grid[2] {
				for _, g := range grid[3] {
					x := []float64{logit(a), logit(b), logit((p - 0.8) / 0.18), logit(g)}
					if !seasonal {
						x = x[:3]
					}
					switch s, _, _ := f.squares(x); {
					case s < least[0] || starts[0] == nil:
						starts[1], least[1] = starts[0], least[0]
						starts[0], least[0] = x, s
					case s < least[1] || starts[1] == nil:
						starts[1], least[1] = x, s
					}
				}
			}
		}
	}
	var best []float64
	sum := math.Inf(1)
	search := func(start []float64) {
		x, s := nelderMead(func(x []float64) float64 {
			s, _, _ := f.squares(x)
			return s
		}, start, 0.7, 300)
		if best == nil || s < sum {
			best, sum = x, s
		}
	}
	search(starts[0])
	search(starts[1])
	// Once more from the best, with the damping at its middle: a simplex that has run to where the sigmoid is flat does not
	// come back.
	again := append([]float64(nil), best...)
	again[2] = 0
	search(again)
	_, level, trend := f.squares(best)
	m := f.model(best)
	m.level, m.trend, m.season = level, trend, append([]float64(nil), first...)
	for _, v := range y {
		m.step(v)
	}
	return m
}

type holtWintersFit struct {
	y            []float64
	first        []float64 // the first season
	level, trend float64   // the first ones, before they are corrected
	seasonal     bool
	buffers      [3][]float64
}

// model returns the model whose parameters are numbers without bounds, before any value. They are kept within what a
// sigmoid tells apart.
func (f *holtWintersFit) model(x []float64) *holtWinters {
	s := func(i int) float64 { return sigmoid(math.Min(math.Max(x[i], -12), 12)) }
	m := &holtWinters{alpha: s(0), phi: 0.8 + 0.18*s(2)}
	m.beta = m.alpha * s(1)
	if f.seasonal {
		m.gamma = (1 - m.alpha) * s(3)
	}
	return m
}

// squares returns the sum of squared errors with the best first level and trend. The errors are linear in these two: two
// more models, which see no values, say what a level of 1 and a trend of 1 do.
func (f *holtWintersFit) squares(x []float64) (sum, level, trend float64) {
	base := *f.model(x)
	ofLevel, ofTrend := base, base
	base.level, base.trend, base.season = f.level, f.trend, f.buffers[0]
	copy(base.season, f.first)
	ofLevel.level, ofLevel.season = 1, f.buffers[1]
	clear(ofLevel.season)
	ofTrend.trend, ofTrend.season = 1, f.buffers[2]
	clear(ofTrend.season)
	var ee, el, et, ll, lt, tt float64
	quiet := 0 // steps in which these two had no effect: after a season of them they have none any more
	for _, v := range f.y {
		e := base.step(v)
		ee += e * e
		if quiet == len(f.first) {
			continue
		}
		l, t := ofLevel.step(0), ofTrend.step(0)
		el += e * l
		et += e * t
		ll += l * l
		lt += l * t
		tt += t * t
		if quiet++; math.Abs(l) > 1e-13 || math.Abs(t) > 1e-13 {
			quiet = 0
		}
	}
	// The corrections (dl, dt) for which Σ(e + dl·l + dt·t)² is least.
	det := ll*tt - lt*lt
	if !(det > 1e-12*ll*tt) {
		return ee, f.level, f.trend
	}
	dl, dt := (et*lt-el*tt)/det, (el*lt-et*ll)/det
	return ee + dl*el + dt*et, f.level + dl, f.trend + dt
}
