package scoring

import (
	"math"
	"slices"
)

// CRPSOfSamples is the continuous ranked probability score of the distribution that gives each of n samples the share 1/n,
//
//	1/n·Σ|xᵢ − y| − 1/(2n²)·ΣΣ|xᵢ − xⱼ|
//
// exactly, in n·log n. It sorts the samples in place. It is NaN without samples, or if a number is.
//
// Gneiting, Raftery: Strictly proper scoring rules, prediction, and estimation, JASA 102, 2007.
func CRPSOfSamples(samples []float64, y float64) float64 {
	if len(samples) == 0 {
		return math.NaN()
	}
	slices.Sort(samples)
	n := float64(len(samples))
	// Distances from y are added up, each with its share, so that nothing overflows or is the difference of large numbers.
	sum := 0.0
	for i, x := range samples {
		d := x - y
		rank := (2*float64(i) + 1 - n) / n // of ΣΣ|xᵢ − xⱼ|/2 = Σ rank·n·xᵢ
		sum += (math.Abs(d)/n - rank*d/n)
	}
	return sum
}

// CRPSOfQuantiles is the continuous ranked probability score of a distribution known by its quantiles at some increasing
// levels: twice the pinball loss, each weighted by the share of [0, 1] that is closest to its level.
func CRPSOfQuantiles(levels, quantiles []float64, y float64) float64 {
	if len(levels) == 0 || len(levels) != len(quantiles) {
		return math.NaN()
	}
	sum := 0.0
	for i, w := range LevelWeights(levels) {
		sum += 2 * w * Pinball(levels[i], y, quantiles[i])
	}
	return sum
}
