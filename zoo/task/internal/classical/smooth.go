package classical

import "math"

// The bounds of a smoothing parameter, those of R's ets.
const minAlpha, maxAlpha = 1e-4, 0.9999

// smooth fits simple exponential smoothing, l += α·(y − l), to a series by the least sum of squared errors one step ahead
// over α and the first level, and returns α and the last level. The error is linear in the first level, so that the best
// one for an α is known, and α alone is searched for.
func smooth(y []float64) (alpha, level float64) {
	// sum returns the sum of squares for an α with its best first level.
	sum := func(alpha float64) (squares, first float64) {
		var level, uu, uc, cc float64 // the errors from a level of 0 are u, and the level c of 1 becomes c·(1−α)ᵗ
		c := 1.0
		for _, v := range y {
			u := v - level
			uu += u * u
			uc += u * c
			cc += c * c
			level += alpha * u
			c *= 1 - alpha
		}
		return uu - uc*uc/cc, uc / cc
	}
	// Over the logit the minimum is as wide for small α as for large ones.
	best := minimum(func(x float64) float64 {
		s, _ := sum(sigmoid(x))
		return s
	}, logit(minAlpha), logit(maxAlpha))
	alpha = math.Min(math.Max(sigmoid(best), minAlpha), maxAlpha)
	_, level = sum(alpha)
	for _, v := range y {
		level += alpha * (v - level)
	}
	return alpha, level
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
func logit(p float64) float64   { return math.Log(p / (1 - p)) }
