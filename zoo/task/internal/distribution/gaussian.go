package distribution

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mathext"
)

// Gaussian is the normal distribution of a mean and a standard deviation above 0.
type Gaussian struct{ Mu, Sigma float64 }

var _ Distribution = Gaussian{}

// GaussianOf returns that of the parameters of graph's GaussianNLL.
func GaussianOf(mean, logScale float64) Gaussian { return Gaussian{mean, math.Exp(logScale)} }

// Affine returns the distribution of scale·y + shift, for a scale above 0.
func (d Gaussian) Affine(scale, shift float64) Gaussian {
	return Gaussian{d.Mu*scale + shift, d.Sigma * scale}
}

func (d Gaussian) valid() bool { return finite(d.Mu) && positive(d.Sigma) }

// LogDensity implements Distribution.
func (d Gaussian) LogDensity(y float64) float64 {
	if !d.valid() {
		return math.NaN()
	}
	z := (y - d.Mu) / d.Sigma
	return -z*z/2 - math.Log(d.Sigma) - 0.5*math.Log(2*math.Pi)
}

// Mean implements Distribution.
func (d Gaussian) Mean() float64 {
	if !d.valid() {
		return math.NaN()
	}
	return d.Mu
}

// Variance implements Distribution.
func (d Gaussian) Variance() float64 {
	if !d.valid() {
		return math.NaN()
	}
	return d.Sigma * d.Sigma
}

// CDF implements Distribution.
func (d Gaussian) CDF(y float64) float64 {
	if !d.valid() {
		return math.NaN()
	}
	return normalCDF((y - d.Mu) / d.Sigma)
}

func normalCDF(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// Quantile implements Distribution.
func (d Gaussian) Quantile(p float64) float64 {
	if !d.valid() || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	return d.Mu + d.Sigma*normalQuantile(p)
}

func normalQuantile(p float64) float64 {
	switch p {
	case 0:
		return math.Inf(-1)
	case 1:
		return math.Inf(1)
	}
	return mathext.NormalQuantile(p)
}

// Sample implements Distribution.
func (d Gaussian) Sample(rng *rand.Rand) float64 {
	if !d.valid() {
		return math.NaN()
	}
	return d.Mu + d.Sigma*rng.NormFloat64()
}

// CRPS implements Distribution: σ·(z·(2Φ(z) − 1) + 2φ(z) − 1/√π) (Gneiting, Raftery, Westveld, Goldman 2005).
func (d Gaussian) CRPS(y float64) float64 {
	if !d.valid() {
		return math.NaN()
	}
	z := (y - d.Mu) / d.Sigma
	density := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
	return d.Sigma * (z*math.Erf(z/math.Sqrt2) + 2*density - 1/math.Sqrt(math.Pi))
}
