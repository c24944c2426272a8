package trade

import (
	"math"
	"math/rand/v2"
	"testing"
)

// splitMix is a source that the script of the goldens has, too.
type splitMix uint64

func (s *splitMix) Uint64() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// TestBootstrapAgainstNumpy resamples with the numbers that numpy's side has drawn.
func TestBootstrapAgainstNumpy(t *testing.T) {
	g := readGolden(t)
	seed := splitMix(42)
	own, held := make([]float64, len(g.Own)), make([]float64, len(g.Own))
	got := bootstrap(len(g.Own), rand.New(&seed), func(days []int) []float64 {
		own, held := picked(g.Own, days, own), picked(g.Holding, days, held)
		s := sharpe(own, g.PerYear)
		return []float64{s, drawdown(own), s - sharpe(held, g.PerYear)}
	})
	for k, i := range got {
		near(t, "low", i.Low, g.Low[k])
		near(t, "high", i.High, g.High[k])
	}
}

// TestBootstrapBlocks looks at the places: blocks of about n^(1/3) days that follow one another, over the end to the
// beginning, and every day about as often.
func TestBootstrapBlocks(t *testing.T) {
	const n = 125
	blocks, wrapped := 0, 0
	count := make([]int, n)
	bootstrap(n, rand.New(rand.NewPCG(3, 0)), func(days []int) []float64 {
		for i, d := range days {
			count[d]++
			switch {
			case i == 0 || d != (days[i-1]+1)%n:
				blocks++
			case d == 0:
				wrapped++
			}
		}
		return nil
	})
	if length := float64(n*resamples) / float64(blocks); math.Abs(length-5) > 0.15 { // a new block is now and then the next day by chance
		t.Errorf("blocks are %v days long; want 5", length)
	}
	if wrapped == 0 {
		t.Error("no block goes on from the first day behind the last")
	}
	for d, c := range count {
		if math.Abs(float64(c)/resamples-1) > 0.15 {
			t.Errorf("day %d is in a resample %v times; want once", d, float64(c)/resamples)
		}
	}
}

// TestIntervalsCover draws returns whose Sharpe ratio is known, and counts how often it lies within the interval.
func TestIntervalsCover(t *testing.T) {
	const n, trials, daily = 250, 20, 0.05
	rng := rand.New(rand.NewPCG(5, 0))
	within := 0
	for range trials {
		returns := make([]float64, n)
		for i := range returns {
			returns[i] = 0.01 * (daily + rng.NormFloat64())
		}
		u := uncertain(returns, make([]float64, n), 252)
		if want := daily * math.Sqrt(252); u.Sharpe.Low <= want && want <= u.Sharpe.High {
			within++
		}
		if u.Difference != u.Sharpe {
			t.Fatalf("against nothing the difference is %v; want %v", u.Difference, u.Sharpe)
		}
		// The standard error of a Sharpe ratio of independent days is √((1 + s²/2)/n) a day (Lo 2002).
		if width := u.Sharpe.High - u.Sharpe.Low; width < 2.6 || width > 5.5 {
			t.Errorf("the interval is %v wide; want about %v", width, 2*1.96*math.Sqrt(252.0/n))
		}
	}
	if part := float64(within) / trials; part < 0.78 {
		t.Errorf("the ratio lies within %v of the intervals; want about 0.92", part)
	}
}
