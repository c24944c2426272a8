// Package distribution has the distributions that a network forecasts: densities, means, quantiles and samples in float64,
// from the parameters that the losses of package graph take.
//
// A distribution whose parameters make no sense answers NaN to all that it is asked. All serve any number of goroutines.
package distribution

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Distribution is one of numbers or of counts.
type Distribution interface {
	// LogDensity is the logarithm of the density at y, of counts that of the probability of y.
	LogDensity(y float64) float64
	// Mean and Variance may be ∞, or NaN where there is none.
	Mean() float64
	Variance() float64
	// CDF is the probability of y or less.
	CDF(y float64) float64
	// Quantile is the least y whose CDF is not below p, for p between 0 and 1.
	Quantile(p float64) float64
	// Sample draws a number.
	Sample(rng *rand.Rand) float64
	// CRPS is the continuous ranked probability score against y, ∫ (CDF(x) − 1{x ≥ y})² dx.
	CRPS(y float64) float64
}

// Rearrange sorts the quantiles of one value in place, by which those that cross become monotone and none becomes worse
// (Chernozhukov, Fernández-Val, Galichon: Quantile and probability curves without crossing, Econometrica 78, 2010).
func Rearrange(quantiles []float64) { slices.Sort(quantiles) }

// positive reports whether all numbers are finite and above 0.
func positive(list ...float64) bool {
	for _, x := range list {
		if !(x > 0) || math.IsInf(x, 1) {
			return false
		}
	}
	return true
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
