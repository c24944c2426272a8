package distribution

import (
	"math"
	"math/rand/v2"
)

// sampleGamma draws from the gamma distribution of a shape above 0 and the scale 1 (Marsaglia, Tsang: A simple method for
// generating gamma variables, ACM TOMS 26, 2000).
func sampleGamma(rng *rand.Rand, shape float64) float64 {
	boost := 1.0
	if shape < 1 {
		boost = math.Exp(-rng.ExpFloat64() / shape) // U^(1/shape)
		shape++
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := rng.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if -rng.ExpFloat64() < 0.5*x*x+d*(1-v+math.Log(v)) {
			return boost * d * v
		}
	}
}

// samplePoisson draws from the Poisson distribution of a mean. Means beyond 2⁵⁰, where counts are no longer told apart, are
// their own sample.
func samplePoisson(rng *rand.Rand, mean float64) float64 {
	switch {
	case !(mean > 0):
		return 0
	case mean > 1<<50:
		return mean
	case mean < 10: // by the times between events
		k := -1.0
		for t := 0.0; t < mean; k++ {
			t += rng.ExpFloat64()
		}
		return k
	}
	// Hörmann: The transformed rejection method for generating Poisson random variables, 1993 (PTRS).
	b := 0.931 + 2.53*math.Sqrt(mean)
	a := -0.059 + 0.02483*b
	inverse := 1.1239 + 1.1328/(b-3.4)
	limit := 0.9277 - 3.6224/(b-2)
	logMean := math.Log(mean)
	for {
		u, v := rng.Float64()-0.5, 1-rng.Float64()
		s := 0.5 - math.Abs(u)
		k := math.Floor((2*a/s+b)*u + mean + 0.43)
		if s >= 0.07 && v <= limit {
			return k
		}
		if k < 0 || s < 0.013 && v > s {
			continue
		}
		gamma, _ := math.Lgamma(k + 1)
		if math.Log(v*inverse/(a/(s*s)+b)) <= k*logMean-mean-gamma {
			return k
		}
	}
}
