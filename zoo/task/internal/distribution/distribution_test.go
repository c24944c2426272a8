package distribution

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// made makes a distribution of its name and parameters.
var made = map[string]func(p []float64) Distribution{
	"gaussian":          func(p []float64) Distribution { return Gaussian{p[0], p[1]} },
	"student-t":         func(p []float64) Distribution { return StudentT{p[0], p[1], p[2]} },
	"negative binomial": func(p []float64) Distribution { return NegativeBinomial{p[0], p[1]} },
}

type golden struct {
	Name                                               string
	Parameters, P, Quantiles, Y, CDF, LogDensity, CRPS []float64
	Mean, Variance                                     *float64
}

func goldens(t *testing.T) (all []golden) {
	t.Helper()
	data, err := os.ReadFile("testdata/goldens.json")
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	if err != nil || len(all) < 15 {
		t.Fatalf("%d goldens, %v", len(all), err)
	}
	return all
}

// TestGoldens has the values of scipy and mpmath.
func TestGoldens(t *testing.T) {
	for _, g := range goldens(t) {
		d := made[g.Name](g.Parameters)
		what := fmt.Sprint(g.Name, g.Parameters)
		check := func(name string, at, got, want, tolerance float64) {
			t.Helper()
			if !(math.Abs(got-want) <= tolerance) {
				t.Errorf("%s: %s(%v) is %v; want %v", what, name, at, got, want)
			}
		}
		if g.Mean != nil {
			check("mean", 0, d.Mean(), *g.Mean, 1e-12*math.Abs(*g.Mean))
		} else if finite(d.Mean()) {
			t.Errorf("%s has the mean %v", what, d.Mean())
		}
		if g.Variance != nil {
			check("variance", 0, d.Variance(), *g.Variance, 1e-10**g.Variance)
		} else if finite(d.Variance()) {
			t.Errorf("%s has the variance %v", what, d.Variance())
		}
		scale := 1.0
		if d, ok := d.(Gaussian); ok {
			scale = d.Sigma
		}
		for i, p := range g.P {
			tolerance := 1e-8 * math.Max(scale, math.Abs(g.Quantiles[i]))
			if g.Name == "negative binomial" {
				tolerance = 0
			}
			check("quantile", p, d.Quantile(p), g.Quantiles[i], tolerance)
		}
		for i, y := range g.Y {
			check("log density", y, d.LogDensity(y), g.LogDensity[i], 1e-11*math.Max(1, math.Abs(g.LogDensity[i])))
			check("CDF", y, d.CDF(y), g.CDF[i], 1e-9*g.CDF[i]+1e-15)
			if g.CRPS != nil {
				check("CRPS", y, d.CRPS(y), g.CRPS[i], 1e-8*g.CRPS[i])
			} else if !math.IsNaN(d.CRPS(y)) {
				t.Errorf("%s has the CRPS %v", what, d.CRPS(y))
			}
		}
	}
}

// TestSamples compares 20,000 samples with the CDF by the Kolmogorov–Smirnov distance, which is beyond 1.95/√n once in a
// thousand times, and finds the same for the same seed.
func TestSamples(t *testing.T) {
	const n = 20000
	for _, g := range goldens(t) {
		d := made[g.Name](g.Parameters)
		rng := rand.New(rand.NewPCG(3, 9))
		x := make([]float64, n)
		for i := range x {
			x[i] = d.Sample(rng)
		}
		if again := d.Sample(rand.New(rand.NewPCG(3, 9))); again != x[0] {
			t.Errorf("%s%v: a seed draws %v and then %v", g.Name, g.Parameters, x[0], again)
		}
		slices.Sort(x)
		worst := 0.0
		for i, v := range x {
			if i+1 == n || x[i+1] != v { // of equal ones the last
				worst = math.Max(worst, math.Abs(float64(i+1)/n-d.CDF(v)))
			}
		}
		if !(worst < 1.95/math.Sqrt(n)) {
			t.Errorf("%s%v: the distance of %d samples from the CDF is %v", g.Name, g.Parameters, n, worst)
		}
	}
	for _, mean := range []float64{0.2, 9.5, 10, 33, 1e4, 1e9} {
		rng := rand.New(rand.NewPCG(1, 2))
		sum, squares := 0.0, 0.0
		for range n {
			k := samplePoisson(rng, mean)
			sum += (k - mean) / n
			squares += (k - mean) * (k - mean) / n
		}
		if !(math.Abs(sum) < 4*math.Sqrt(mean/n)) || !(math.Abs(squares/mean-1) < 4*math.Sqrt((2+1/mean)/n)) {
			t.Errorf("Poisson's mean %v: the mean of samples is %v more, their variance %v", mean, sum, squares)
		}
	}
}

// TestQuantilesInvertCDF over many parameters: of numbers both ways, of counts the least that is enough.
func TestQuantilesInvertCDF(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		p := rng.Float64()
		mu, spread := 10*rng.NormFloat64(), math.Exp(2*rng.NormFloat64())
		for _, d := range []Distribution{Gaussian{mu, spread}, StudentT{mu, spread, math.Exp(1 + 2*rng.NormFloat64())}} {
			if q := d.Quantile(p); !(math.Abs(d.CDF(q)-p) < 1e-10) {
				t.Errorf("%#v: CDF(Quantile(%v)) is %v", d, p, d.CDF(q))
			}
		}
		d := NegativeBinomial{math.Exp(1 + 3*rng.NormFloat64()), math.Exp(3 * rng.NormFloat64())}
		if q := d.Quantile(p); !(d.CDF(q) >= p) || q > 0 && !(d.CDF(q-1) < p) {
			t.Errorf("%#v: the quantile of %v is %v, where the CDF is %v, and before %v", d, p, q, d.CDF(q), d.CDF(q-1))
		}
	}
}

// TestFromLosses has the parameters of graph's losses, and units put back.
func TestFromLosses(t *testing.T) {
	if d := GaussianOf(2, math.Log(3)).Affine(10, -1); math.Abs(d.Mu-19) > 1e-12 || math.Abs(d.Sigma-30) > 1e-12 {
		t.Errorf("%#v", d)
	}
	if d := StudentTOf(2, math.Log(3), 5).Affine(10, -1); math.Abs(d.Mu-19) > 1e-12 || math.Abs(d.Sigma-30) > 1e-12 || d.Nu != 5 {
		t.Errorf("%#v", d)
	}
	if d := NegativeBinomialOf(math.Log(4), math.Log(0.5)); math.Abs(d.Mu-4) > 1e-12 || math.Abs(d.Alpha-0.5) > 1e-12 {
		t.Errorf("%#v", d)
	}
	q := []float64{3, 1, 2}
	if Rearrange(q); !slices.Equal(q, []float64{1, 2, 3}) {
		t.Errorf("rearranged quantiles are %v", q)
	}
}

// TestSmoothCRPS is near the sum where both can be had.
func TestSmoothCRPS(t *testing.T) {
	for _, d := range []NegativeBinomial{{2000, 0.9}, {3000, 0.1}, {5e7, 1e-9}, {5e4, 1e-3}} {
		for _, z := range []float64{-1, 0, 0.5, 3} {
			y := math.Max(0, math.Round(d.Mu+z*math.Sqrt(d.Variance())))
			if got, want := d.smoothCRPS(y), d.CRPS(y); !(math.Abs(got/want-1) < 2e-3) {
				t.Errorf("%#v at %v: %v; the sum is %v", d, y, got, want)
			}
		}
	}
	for _, d := range []NegativeBinomial{{1e7, 2}, {1e12, 1e-12}, {1e100, 1e-3}} {
		if got := d.CRPS(d.Mu); !positive(got) {
			t.Errorf("%#v: %v", d, got)
		}
	}
}

// TestNonsense asks distributions of senseless parameters, and sensible ones for what there is not: NaN, and no panic.
func TestNonsense(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	rng := rand.New(rand.NewPCG(1, 1))
	for _, d := range []Distribution{Gaussian{}, Gaussian{0, -1}, Gaussian{nan, 1}, Gaussian{inf, 1}, Gaussian{0, inf}, StudentT{0, 1, 0}, StudentT{0, nan, 3}, StudentT{0, 1, inf},
		NegativeBinomial{}, NegativeBinomial{-1, 1}, NegativeBinomial{1, 0}, NegativeBinomial{1, nan}, NegativeBinomial{inf, 1}, NegativeBinomial{1, 1e-320}} {
		for name, got := range map[string]float64{"log density": d.LogDensity(1), "mean": d.Mean(), "variance": d.Variance(), "CDF": d.CDF(1), "quantile": d.Quantile(0.5),
			"sample": d.Sample(rng), "CRPS": d.CRPS(1)} {
			if !math.IsNaN(got) {
				t.Errorf("%#v: the %s is %v", d, name, got)
			}
		}
	}
	for _, d := range []Distribution{Gaussian{1, 2}, StudentT{1, 2, 3}, NegativeBinomial{3, 0.5}} {
		for _, p := range []float64{-0.1, 1.1, nan} {
			if got := d.Quantile(p); !math.IsNaN(got) {
				t.Errorf("%#v: the quantile of %v is %v", d, p, got)
			}
		}
		if d.Quantile(1) != inf || d.CDF(inf) != 1 || !math.IsNaN(d.LogDensity(nan)) || !math.IsNaN(d.CDF(nan)) || d.CDF(-1e300) > 1e-12 {
			t.Errorf("%#v: at the ends %v, %v, %v, %v, %v", d, d.Quantile(1), d.CDF(inf), d.LogDensity(nan), d.CDF(nan), d.CDF(-1e300))
		}
	}
	for _, k := range []float64{-1, 2.5, inf} {
		if got := (NegativeBinomial{3, 0.5}).LogDensity(k); !math.IsInf(got, -1) {
			t.Errorf("the log density of %v is %v", k, got)
		}
	}
	for _, d := range []Distribution{StudentT{0, 1, 1e-3}, StudentT{0, 1e-300, 4}, StudentT{1e300, 1e280, 1e9}, NegativeBinomial{1e-300, 1e-5}, NegativeBinomial{1e9, 1e5}, NegativeBinomial{1e300, 1e-300}} {
		for _, p := range []float64{1e-300, 1e-9, 0.4, 0.999999} { // it ends, and does not panic
			d.Quantile(p)
			d.CRPS(d.Sample(rng))
		}
	}
}

func BenchmarkQuantile(b *testing.B) {
	for name, d := range map[string]Distribution{"gaussian": Gaussian{1, 2}, "student-t": StudentT{1, 2, 4}, "negative binomial": NegativeBinomial{200, 0.1}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				d.Quantile(0.9)
			}
		})
	}
}
