package distribution

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mathext"

	"github.com/rnnzoo/rnnzoo/internal/gamma"
)

// StudentT is Student's t distribution of a location, a scale and degrees of freedom ν above 0. It has a mean where ν > 1 and
// a variance where ν > 2.
type StudentT struct{ Mu, Sigma, Nu float64 }

var _ Distribution = StudentT{}

// StudentTOf returns that of the parameters of graph's StudentTNLL.
func StudentTOf(location, logScale, freedom float64) StudentT {
	return StudentT{location, math.Exp(logScale), freedom}
}

// Affine returns the distribution of scale·y + shift, for a scale above 0.
func (d StudentT) Affine(scale, shift float64) StudentT {
	return StudentT{d.Mu*scale + shift, d.Sigma * scale, d.Nu}
}

func (d StudentT) valid() bool { return finite(d.Mu) && positive(d.Sigma, d.Nu) }

// LogDensity implements Distribution.
func (d StudentT) LogDensity(y float64) float64 {
	if !d.valid() {
		return math.NaN()
	}
	return d.logDensity((y-d.Mu)/d.Sigma) - math.Log(d.Sigma)
}

// logDensity is that of the standard distribution.
func (d StudentT) logDensity(z float64) float64 {
	return gamma.LogRise(0, d.Nu/2, 0.5) - 0.5*math.Log(d.Nu*math.Pi) - (d.Nu+1)/2*math.Log1p(z/d.Nu*z)
}

// Mean implements Distribution.
func (d StudentT) Mean() float64 {
	if !d.valid() || d.Nu <= 1 {
		return math.NaN()
	}
	return d.Mu
}

// Variance implements Distribution.
func (d StudentT) Variance() float64 {
	switch {
	case !d.valid() || d.Nu <= 1:
		return math.NaN()
	case d.Nu <= 2:
		return math.Inf(1)
	}
	return d.Sigma * d.Sigma * d.Nu / (d.Nu - 2)
}

// CDF implements Distribution.
func (d StudentT) CDF(y float64) float64 {
	if !d.valid() || math.IsNaN(y) {
		return math.NaN()
	}
	return d.cdf((y - d.Mu) / d.Sigma)
}

// gaussianFreedom is from where on the distribution is taken to be normal, from which it differs by about 1/ν.
const gaussianFreedom = 1e10

func (d StudentT) cdf(z float64) float64 {
	if d.Nu >= gaussianFreedom {
		return normalCDF(z)
	}
	if math.IsInf(z, 0) {
		return max(0, math.Copysign(1, z))
	}
	// Both parts of 1 are had without a difference, w = z²/(ν + z²) and 1 − w = ν/(ν + z²).
	s := z / math.Sqrt(d.Nu) * z / math.Sqrt(d.Nu)
	if s < 1/(1+d.Nu) { // the middle
		half := mathext.RegIncBeta(0.5, d.Nu/2, s/(1+s)) / 2
		return 0.5 + math.Copysign(half, z)
	}
	tail := mathext.RegIncBeta(d.Nu/2, 0.5, 1/(1+s)) / 2
	if z > 0 {
		return 1 - tail
	}
	return tail
}

// Quantile implements Distribution.
func (d StudentT) Quantile(p float64) float64 {
	if !d.valid() || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	return d.Mu + d.Sigma*d.quantile(p)
}

// quantile is that of the standard distribution, from the inverse of the incomplete beta function, and made exact by Newton's
// method, which costs two more values of the CDF.
func (d StudentT) quantile(p float64) float64 {
	switch {
	case d.Nu >= gaussianFreedom || p == 0 || p == 1:
		return normalQuantile(p)
	case p == 0.5:
		return 0
	case p > 0.5:
		return -d.quantile(1 - p)
	}
	x := mathext.InvRegIncBeta(d.Nu/2, 0.5, 2*p) // ν/(ν + z²)
	z := -math.Sqrt(d.Nu * (1 - x) / x)
	for range 2 {
		if next := z - (d.cdf(z)-p)/math.Exp(d.logDensity(z)); finite(next) && next < 0 {
			z = next
		}
	}
	return z
}

// Sample implements Distribution: a normal number over the root of a χ² number's mean.
func (d StudentT) Sample(rng *rand.Rand) float64 {
	if !d.valid() {
		return math.NaN()
	}
	return d.Mu + d.Sigma*rng.NormFloat64()/math.Sqrt(sampleGamma(rng, d.Nu/2)/(d.Nu/2))
}

// CRPS implements Distribution; it is NaN unless ν > 1:
//
//	σ·(z·(2F(z) − 1) + 2f(z)·(ν + z²)/(ν − 1) − 2√ν/(ν − 1)·B(½, ν − ½)/B(½, ν/2)²)
//
// (Jordan, Krüger, Lerch: Evaluating probabilistic forecasts with scoringRules, Journal of Statistical Software 90, 2019).
func (d StudentT) CRPS(y float64) float64 {
	if !d.valid() || d.Nu <= 1 {
		return math.NaN()
	}
	z, nu := (y-d.Mu)/d.Sigma, d.Nu
	// B(½, x) = Γ(½)·Γ(x)/Γ(x + ½)
	logBetas := -gamma.LogRise(0, nu-0.5, 0.5) + 2*gamma.LogRise(0, nu/2, 0.5) - 0.5*math.Log(math.Pi)
	density := math.Exp(d.logDensity(z) + math.Log(nu+z*z))
	return d.Sigma * (z*(2*d.cdf(z)-1) + 2*density/(nu-1) - 2*math.Exp(0.5*math.Log(nu)+logBetas)/(nu-1))
}
