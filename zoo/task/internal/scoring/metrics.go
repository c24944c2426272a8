// Package scoring compares forecasts with what came: points, quantiles and intervals, value by value.
//
// A value that is missing, NaN, is left out. Values may be as large as a float64 holds: sums are kept so that no metric is
// infinite, and what has no finite score is refused by an error of one line.
package scoring

import (
	"math"
	"strconv"
)

// Metrics are the scores of some observations. What they do not have is NaN, or nil.
type Metrics struct {
	N     int     // values that are there
	RMSE  float64 // root of the mean squared error, in the variable's units
	MAE   float64 // mean absolute error, in the variable's units
	MAPE  float64 // mean of 100·|y − ŷ|/|y|, in percent, of values that are not 0
	SMAPE float64 // mean of 200·|y − ŷ|/(|y| + |ŷ|), in percent; where both are 0 it is 0
	MASE  float64 // mean of |y − ŷ| over Config.Scales (Hyndman, Koehler 2006)

	CRPS      float64   // continuous ranked probability score, in the variable's units; from quantiles, twice Pinball
	Pinball   float64   // mean of the pinball loss over the levels, each weighted by its share of [0, 1] (LevelWeights)
	WQL       float64   // twice the pinball loss, meant over the levels, over the mean of |y|: the weighted quantile loss
	Levels    []float64 // as in Config
	PinballAt []float64 // by level

	Intervals []float64 // as in Config
	Coverage  []float64 // by interval, the share of values within it
	Width     []float64 // by interval, the mean, in the variable's units
	MSIS      []float64 // by interval, the mean of IntervalScore over Config.Scales (M4)
}

// Scaled returns those metrics that have no units, which alone are to be compared or pooled over variables and series.
func (m Metrics) Scaled() Metrics {
	m.RMSE, m.MAE, m.CRPS, m.Pinball, m.PinballAt, m.Width = math.NaN(), math.NaN(), math.NaN(), math.NaN(), nil, nil
	return m
}

// Map returns the metrics that there are by name: rmse, mae, mape, smape, mase, crps, pinball, wql, and pinball10,
// coverage80, width80, msis80 with the level or the interval in percent.
func (m Metrics) Map() map[string]float64 {
	out := make(map[string]float64)
	set := func(name string, x float64) {
		if finite(x) {
			out[name] = x
		}
	}
	set("rmse", m.RMSE)
	set("mae", m.MAE)
	set("mape", m.MAPE)
	set("smape", m.SMAPE)
	set("mase", m.MASE)
	set("crps", m.CRPS)
	set("pinball", m.Pinball)
	set("wql", m.WQL)
	list := func(name string, shares, values []float64) {
		for i, x := range values {
			set(name+Percent(shares[i]), x)
		}
	}
	list("pinball", m.Levels, m.PinballAt)
	list("coverage", m.Intervals, m.Coverage)
	list("width", m.Intervals, m.Width)
	list("msis", m.Intervals, m.MSIS)
	return out
}

// Percent returns a share as it stands in the name of a metric: 95 for 0.95, 97.5 for 0.975.
func Percent(share float64) string {
	return strconv.FormatFloat(math.Round(share*1e8)/1e6, 'f', -1, 64)
}

// NaiveScale returns the mean absolute error of the seasonal naive forecast on a history y, by which MASE and MSIS are scaled:
// of persistence if there is no season, or no more values than one. It is NaN if no two values stand so far apart, and 0 for
// a constant series: neither is a scale.
func NaiveScale(y []float64, season int) float64 {
	lag := max(1, season)
	if lag >= len(y) {
		lag = 1
	}
	sum, n := 0.0, 0
	for t := lag; t < len(y); t++ {
		if e := math.Abs(y[t] - y[t-lag]); finite(e) {
			sum += e * step
			n++
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return sum / float64(n) / step
}

// OWA is the overall weighted average of the M4 competition: the mean of sMAPE and MASE, each over that of Naive2. It is NaN
// if one of them is, or Naive2 is without error.
func OWA(smape, mase, smapeOfNaive2, maseOfNaive2 float64) float64 {
	owa := smape/smapeOfNaive2/2 + mase/maseOfNaive2/2
	if !finite(owa) {
		return math.NaN()
	}
	return owa
}

// Pinball is the loss of a quantile q at a level: level·(y − q) if y is above q, else (1 − level)·(q − y) (Koenker, Bassett
// 1978).
func Pinball(level, y, q float64) float64 {
	if d := y - q; d > 0 {
		return level * d
	} else {
		return (level - 1) * d
	}
}

// LevelWeights returns the share of [0, 1] that is closest to each of some increasing levels. Twice the pinball losses so
// weighted is the CRPS, by the rule of rectangles.
func LevelWeights(levels []float64) []float64 {
	w := make([]float64, len(levels))
	from := 0.0
	for i, l := range levels {
		to := 1.0
		if i+1 < len(levels) {
			to = (l + levels[i+1]) / 2
		}
		w[i], from = to-from, to
	}
	return w
}

// IntervalScore is the width of an interval that is to cover a share of the values, and 2/(1 − share) times the distance of a
// value outside of it (Gneiting, Raftery 2007).
func IntervalScore(lower, upper, y, share float64) float64 {
	score := upper - lower
	if y < lower {
		score += 2 / (1 - share) * (lower - y)
	}
	if y > upper {
		score += 2 / (1 - share) * (y - upper)
	}
	return score
}
