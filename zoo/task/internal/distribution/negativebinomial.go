package distribution

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mathext"

	"github.com/rnnzoo/rnnzoo/internal/gamma"
)

// NegativeBinomial is the distribution of counts of a mean μ and a dispersion α, both above 0, whose variance is μ + α·μ².
// It is Poisson's with a mean that is itself drawn, from the gamma distribution of the shape r = 1/α.
type NegativeBinomial struct{ Mu, Alpha float64 }

var _ Distribution = NegativeBinomial{}

// NegativeBinomialOf returns that of the parameters of graph's NegativeBinomialNLL.
func NegativeBinomialOf(logMean, logDispersion float64) NegativeBinomial {
	return NegativeBinomial{math.Exp(logMean), math.Exp(logDispersion)}
}

func (d NegativeBinomial) valid() bool { return positive(d.Mu, d.Alpha, 1/d.Alpha, d.Mu*d.Alpha) }

// LogDensity implements Distribution: of what is no count, −∞.
func (d NegativeBinomial) LogDensity(k float64) float64 {
	switch {
	case !d.valid() || math.IsNaN(k):
		return math.NaN()
	case k < 0 || k != math.Floor(k) || math.IsInf(k, 1):
		return math.Inf(-1)
	}
	r, odds := 1/d.Alpha, d.Alpha*d.Mu
	// ln Γ(k + r) − ln Γ(r) − ln k! + k·ln(odds/(1 + odds)) − r·ln(1 + odds)
	return gamma.LogRise(0, r, k) - gamma.Log(0, k+1) - k*math.Log1p(1/odds) - r*math.Log1p(odds)
}

// Mean implements Distribution.
func (d NegativeBinomial) Mean() float64 {
	if !d.valid() {
		return math.NaN()
	}
	return d.Mu
}

// Variance implements Distribution.
func (d NegativeBinomial) Variance() float64 {
	if !d.valid() {
		return math.NaN()
	}
	return d.Mu * (1 + d.Alpha*d.Mu)
}

// CDF implements Distribution.
func (d NegativeBinomial) CDF(y float64) float64 {
	switch {
	case !d.valid() || math.IsNaN(y):
		return math.NaN()
	case y < 0:
		return 0
	case math.IsInf(y, 1):
		return 1
	}
	k, odds := math.Floor(y), d.Alpha*d.Mu
	r := 1 / d.Alpha
	if d.Alpha < 1e-7 && odds < 1e-4 {
		// So near to Poisson's the incomplete beta function is inexact. The mean of Poisson's CDF over means of the variance
		// α·μ², to the second derivative, is exact to (α·μ)².
		poisson := math.Exp(k*math.Log(d.Mu) - d.Mu - gamma.Log(0, k+1))
		cdf := mathext.GammaIncRegComp(k+1, d.Mu) - odds/2*(k-d.Mu)*poisson
		return math.Min(math.Max(cdf, 0), 1)
	}
	if odds < 1 { // the argument that is small is had without a difference
		return 1 - mathext.RegIncBeta(k+1, r, odds/(1+odds))
	}
	return mathext.RegIncBeta(r, k+1, 1/(1+odds))
}

// Quantile implements Distribution, by search from where a normal distribution has it. That of 1 is ∞.
func (d NegativeBinomial) Quantile(p float64) float64 {
	switch {
	case !d.valid() || !(p >= 0 && p <= 1):
		return math.NaN()
	case p == 0:
		return 0
	case p == 1:
		return math.Inf(1)
	}
	deviation := math.Sqrt(d.Mu) * math.Sqrt(1+d.Alpha*d.Mu)
	if !finite(deviation) {
		return math.NaN()
	}
	start := math.Max(0, math.Floor(d.Mu+deviation*normalQuantile(p)))
	// The quantile is in (low, high], whose ends go away from the start by ever larger steps.
	low, high, step := start-1, start, math.Max(1, math.Floor(deviation/8))
	for d.CDF(high) < p {
		low, high, step = high, high+step, 2*step
		if math.IsInf(high, 1) {
			return math.NaN()
		}
	}
	for low >= 0 && d.CDF(low) >= p {
		low, high, step = math.Max(-1, low-step), low, 2*step
	}
	for high-low > 1 {
		middle := math.Floor(low + (high-low)/2)
		if middle <= low || middle >= high {
			break
		}
		if d.CDF(middle) >= p {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// Sample implements Distribution.
func (d NegativeBinomial) Sample(rng *rand.Rand) float64 {
	if !d.valid() {
		return math.NaN()
	}
	r := 1 / d.Alpha
	return samplePoisson(rng, d.Mu*(sampleGamma(rng, r)/r))
}

// maxSummed is how many counts the CRPS is summed over.
const maxSummed = 100_000

// CRPS implements Distribution: the sum of (F(k) − 1{k ≥ y})² over the counts between the quantiles of 1e-12 and 1 − 1e-12.
// Where these are more than 100,000 it is that of the gamma or, nearly symmetric, of the normal distribution of the same
// mean and variance, which are as good there.
func (d NegativeBinomial) CRPS(y float64) float64 {
	if !d.valid() || !finite(y) {
		return math.NaN()
	}
	low, high := d.Quantile(1e-12), d.Quantile(1-1e-12)
	if !(high-low <= maxSummed && high < 1<<52) { // beyond, counts are not told apart
		return d.smoothCRPS(y)
	}
	sum := 0.0
	// What is beyond: from y up to low F is 0 and the integrand 1, from high to y F is 1.
	if y < low {
		sum += low - y
	}
	if y > high+1 {
		sum += y - high - 1
	}
	r, odds := 1/d.Alpha, d.Alpha*d.Mu
	probability := math.Exp(d.LogDensity(low))
	cdf := d.CDF(low)
	for k := low; k <= high; k++ {
		// Between k and k + 1 the CDF is F(k), and y, if it is there, divides the step.
		above := math.Min(math.Max(k+1-y, 0), 1)
		sum += (1-above)*cdf*cdf + above*(1-cdf)*(1-cdf)
		probability *= (k + r) / (k + 1) * (odds / (1 + odds))
		cdf = math.Min(cdf+probability, 1)
	}
	return sum
}

// smoothCRPS is that of the gamma distribution of the same mean and variance, of shape a and scale s,
//
//	y·(2F_a(y) − 1) − a·s·(2F_{a+1}(y) − 1) − s/B(½, a)
//
// or of the normal one if a is large.
func (d NegativeBinomial) smoothCRPS(y float64) float64 {
	variance := d.Variance()
	a := d.Mu * (d.Mu / variance)
	if a > 1e5 || !finite(variance) {
		return Gaussian{d.Mu, math.Sqrt(variance)}.CRPS(y)
	}
	s := variance / d.Mu
	cdf := func(a float64) float64 {
		if y <= 0 {
			return 0
		}
		return mathext.GammaIncReg(a, y/s)
	}
	logBeta := 0.5*math.Log(math.Pi) - gamma.LogRise(0, a, 0.5)
	return y*(2*cdf(a)-1) - a*s*(2*cdf(a+1)-1) - s/math.Exp(logBeta)
}
