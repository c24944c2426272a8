package trade

import (
	"math"
	"math/rand/v2"
	"slices"
)

// resamples is how many the intervals are taken from: their ends scatter by some hundredths of their width.
const resamples = 2000

// interval is where a figure lies with 95 %.
type interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// bootstrap resamples days by the stationary bootstrap of Politis and Romano (1994): blocks of consecutive days, from the
// last on to the first again, whose lengths are geometric with the mean n^(1/3), so that what hangs together over some
// days does in a resample, too. figures are computed of each resample, which is the places of n days; the intervals are
// those from the 2.5 to the 97.5 percentile of each. It takes resamples·n steps and n numbers.
func bootstrap(n int, rng *rand.Rand, figures func(days []int) []float64) []interval {
	stop := 1 / math.Cbrt(float64(n))
	days := make([]int, n)
	var all [][]float64 // of each figure
	for range resamples {
		at := 0
		for i := range days {
			if i == 0 || rng.Float64() < stop {
				at = int(rng.Float64() * float64(n))
			} else if at++; at == n {
				at = 0
			}
			days[i] = at
		}
		for k, v := range figures(days) {
			if k == len(all) {
				all = append(all, nil)
			}
			all[k] = append(all[k], v)
		}
	}
	intervals := make([]interval, len(all))
	for k, values := range all {
		slices.Sort(values)
		intervals[k] = interval{quantile(values, 0.025), quantile(values, 0.975)}
	}
	return intervals
}

// quantile returns that of sorted values, linear between them.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// picked returns the elements at some places.
func picked(x []float64, places []int, to []float64) []float64 {
	for i, p := range places {
		to[i] = x[p]
	}
	return to[:len(places)]
}

// uncertainty is how sure figures are.
type uncertainty struct {
	Sharpe     interval `json:"sharpe"`
	Drawdown   interval `json:"drawdown"`
	Difference interval `json:"difference"` // of the Sharpe ratio to that of buy-and-hold on the same days
}

// uncertain returns how sure the figures of returns are, beside those of holding on the same days.
func uncertain(returns, holding []float64, perYear float64) uncertainty {
	own, other := make([]float64, len(returns)), make([]float64, len(returns))
	v := bootstrap(len(returns), rand.New(rand.NewPCG(1, 0)), func(days []int) []float64 {
		own, other := picked(returns, days, own), picked(holding, days, other)
		s := sharpe(own, perYear)
		return []float64{s, drawdown(own), s - sharpe(other, perYear)}
	})
	return uncertainty{v[0], v[1], v[2]}
}
