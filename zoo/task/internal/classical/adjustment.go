package classical

import "math"

// adjustment takes the season out of a series and puts it back: a factor for each step of the season, or a term where the
// series has values that are not above 0 and so no factors. Without indices it leaves all as it is.
type adjustment struct {
	indices  []float64
	additive bool
}

// adjust finds the season of a history, if it passes the test.
func adjust(y []float64, season int) adjustment {
	if !isSeasonal(y, season) {
		return adjustment{}
	}
	additive := false
	for _, v := range y {
		additive = additive || v <= 0
	}
	return adjustment{decompose(y, season, additive), additive}
}

// out and in take the season out of the value at a time counted from the first of the history, and put it back.
func (a adjustment) out(v float64, t int) float64 {
	switch {
	case a.indices == nil:
		return v
	case a.additive:
		return v - a.indices[t%len(a.indices)]
	}
	return v / a.indices[t%len(a.indices)]
}

func (a adjustment) in(v float64, t int) float64 {
	switch {
	case a.indices == nil:
		return v
	case a.additive:
		return v + a.indices[t%len(a.indices)]
	}
	return v * a.indices[t%len(a.indices)]
}

// isSeasonal is the M4 competition's test of seasonality at 90 %: with three seasons at least, the autocorrelation r at the
// lag of the season m is beyond 1.645·√((1 + 2·Σ_{k<m} r_k²)/n). The competition's R script looks at no more lags than R's
// acf gives by default, 10·log₁₀ n, and finds longer seasons in no series; none of its series has one.
func isSeasonal(y []float64, season int) bool {
	n := len(y)
	if season < 2 || n < 3*season {
		return false
	}
	mean := 0.0
	for _, v := range y {
		mean += v / float64(n)
	}
	covariance := func(lag int) float64 {
		c := 0.0
		for t := lag; t < n; t++ {
			c += (y[t] - mean) * (y[t-lag] - mean)
		}
		return c
	}
	variance := covariance(0)
	squares := 0.0
	for lag := 1; lag < season; lag++ {
		r := covariance(lag) / variance
		squares += r * r
	}
	limit := 1.645 * math.Sqrt((1+2*squares)/float64(n))
	return math.Abs(covariance(season)/variance) > limit // of a constant series NaN, which is not
}

// decompose returns the seasonal indices of the classical decomposition (R's decompose): the means, at each step of the
// season, of the series over its centred moving average of one season, or less it, brought to a mean of 1, or 0. It needs
// two seasons.
func decompose(y []float64, season int, additive bool) []float64 {
	indices, counts := make([]float64, season), make([]int, season)
	half := season / 2
	for t := half; t+half < len(y); t++ {
		trend := 0.0
		for k := -half; k <= half; k++ {
			w := 1.0
			if season%2 == 0 && (k == -half || k == half) {
				w = 0.5
			}
			trend += w * y[t+k]
		}
		trend /= float64(season)
		if additive {
			indices[t%season] += y[t] - trend
		} else {
			indices[t%season] += y[t] / trend
		}
		counts[t%season]++
	}
	mean := 0.0
	for i := range indices {
		indices[i] /= float64(counts[i])
		mean += indices[i] / float64(season)
	}
	for i := range indices {
		if additive {
			indices[i] -= mean
		} else {
			indices[i] /= mean
		}
	}
	return indices
}
