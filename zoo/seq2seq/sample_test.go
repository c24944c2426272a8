package seq2seq

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/internal/lineartest"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// sampled are scores with a tie, and tokens that were there.
var (
	sampled       = []float32{1.5, -0.25, 2.25, 0, -3, 2.25, 0.75, -1.125, 3, 1}
	sampledBefore = []int{2, 8, 2, 1, 8}
)

// warped are the probabilities of sampled as transformers 5.24.0 has them in float64: RepetitionPenaltyLogitsProcessor,
// TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper and MinPLogitsWarper, one after the other where they are asked
// for, and torch.softmax.
var warped = []struct {
	how  Sampling
	want []float64
}{
	{Sampling{Temperature: 1}, []float64{0.0886914878644, 0.0154122695967, 0.187759881282, 0.019789745891, 0.000985273431658, 0.187759881282,
		0.04189489238, 0.00642478983191, 0.397487671794, 0.0537941066453}},
	{Sampling{Temperature: 0.7}, []float64{0.0609033863223, 0.00499925438246, 0.17781031735, 0.00714513449565, 9.83441073771e-05, 0.17781031735,
		0.0208605581544, 0.0014323103613, 0.519125632664, 0.0298147448129}},
	{Sampling{Temperature: 1.3, TopK: 4}, []float64{0.129341577319, 0, 0.23029932319, 0, 0, 0.23029932319, 0, 0, 0.410059776301, 0}},
	{Sampling{Temperature: 1, TopP: 0.8}, []float64{0.102926307063, 0, 0.217894993762, 0, 0, 0.217894993762, 0, 0, 0.461283705414, 0}},
	{Sampling{Temperature: 0.8, MinP: 0.2}, []float64{0, 0, 0.219606973622, 0, 0, 0.219606973622, 0, 0, 0.560786052757, 0}},
	{Sampling{Temperature: 1, Repetition: 1.5}, []float64{0.136899053909, 0.0209941498733, 0.136899053909, 0.0305463078228, 0.00152081111596,
		0.289815299399, 0.0646665341684, 0.00991693420337, 0.225708382118, 0.0830334734813}},
	{Sampling{Temperature: 0.9, TopK: 7, TopP: 0.85, MinP: 0.12, Repetition: 1.3}, []float64{0.141913152935, 0, 0.183391924716, 0, 0,
		0.326538743504, 0, 0, 0.348156178846, 0}},
	{Sampling{Temperature: 2, TopP: 0.5, Repetition: 0.8}, []float64{0, 0, 0.298255054158, 0, 0, 0.225134726372, 0, 0, 0.47661021947, 0}},
}

func newSampler(t testing.TB, how Sampling, seed uint64) *Sampler {
	t.Helper()
	s, err := NewSampler(how, seed)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSamplerHasTheProbabilitiesOfTransformers(t *testing.T) {
	for _, c := range warped {
		got := newSampler(t, c.how, 1).Probabilities(sampled, sampledBefore)
		if len(got) != len(c.want) {
			t.Fatalf("%+v: %d probabilities", c.how, len(got))
		}
		for i, want := range c.want {
			if math.Abs(got[i]-want) > 1e-11 || (want == 0) != (got[i] == 0) {
				t.Errorf("%+v: token %d has probability %.12g, want %.12g", c.how, i, got[i], want)
			}
		}
	}
}

// In 100,000 draws each token comes as often as it is likely, within four standard errors.
func TestSamplerDrawsByProbability(t *testing.T) {
	const draws = 100_000
	for i, c := range warped {
		s, counts := newSampler(t, c.how, uint64(i)), make([]int, len(sampled))
		for range draws {
			counts[s.Next(sampled, sampledBefore)]++
		}
		for token, p := range c.want {
			if got := float64(counts[token]) / draws; math.Abs(got-p) > 4*math.Sqrt(p*(1-p)/draws) {
				t.Errorf("%+v: token %d came in %.5f of the draws, and has probability %.5f", c.how, token, got, p)
			}
		}
	}
}

// The tokens by PCG-DXSM and the inverse of the sums, computed in Python.
func TestSamplerHasAFixedSequence(t *testing.T) {
	want := []int{8, 5, 9, 5, 1, 8, 8, 8, 2, 6, 0, 2, 8, 8, 8, 5, 0, 5, 8, 8, 7, 8, 5, 5, 9, 2, 0, 5, 5, 2, 2, 8, 8, 8, 2, 5, 8, 8, 8, 2}
	s := newSampler(t, Sampling{Temperature: 1.25}, 2026)
	var got []int
	for range want {
		got = append(got, s.Next(sampled, nil))
	}
	if !slices.Equal(got, want) {
		t.Errorf("drew %v, want %v", got, want)
	}
}

// Each token takes one number: what is drawn in between, or looked at, by whatever settings, leaves the rest as it is.
func TestSamplerTakesOneNumberAToken(t *testing.T) {
	plain, other := newSampler(t, Sampling{Temperature: 1}, 5), newSampler(t, Sampling{Temperature: 0.5, TopK: 3, TopP: 0.7}, 5)
	for range 100 {
		plain.Next(sampled, nil)
		other.Probabilities(sampled, nil)
		other.Next(sampled, nil)
	}
	other.how = plain.how
	for range 100 {
		if a, b := plain.Next(sampled, nil), other.Next(sampled, nil); a != b {
			t.Fatalf("%d after 100 tokens and %d after 100 others", a, b)
		}
	}
}

func TestSamplerTakesTheMostLikely(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 0))
	for _, how := range []Sampling{{}, {TopK: 5, TopP: 0.1, MinP: 0.5}, {Repetition: 1}, {Temperature: 1, TopK: 1}, {Temperature: 1, TopP: 5e-324},
		{Temperature: 5e-324}, {Temperature: 1e-9}} {
		s := newSampler(t, how, 1)
		for range 100 {
			scores := make([]float32, 1+rng.IntN(50))
			want := 0
			for i := range scores {
				if scores[i] = rng.Float32() - 0.5; scores[i] > scores[want] {
					want = i
				}
			}
			if got := s.Next(scores, nil); got != want {
				t.Fatalf("%+v takes %d of %v, want %d", how, got, scores, want)
			}
		}
	}
	// of equals the first, and one that was there makes room for another
	if got := newSampler(t, Sampling{}, 1).Next([]float32{1, 2, 2}, nil); got != 1 {
		t.Errorf("of two equals token %d is taken", got)
	}
	if got := newSampler(t, Sampling{Repetition: 2}, 1).Next([]float32{1, 3, 2}, []int{1}); got != 2 {
		t.Errorf("after a repetition token %d is taken", got)
	}
	if got := new(Sampler).Next([]float32{1, 3, 2}, []int{1}); got != 1 {
		t.Errorf("the zero value takes token %d", got)
	}
}

// filtered computes the probabilities by sorting, with no regard to time.
func filtered(how Sampling, scores []float32, before []int) []float64 {
	x := make([]float64, len(scores))
	for i, s := range scores {
		if x[i] = float64(s); how.Repetition != 0 && slices.Contains(before, i) {
			if s > 0 {
				x[i] /= how.Repetition
			} else {
				x[i] *= how.Repetition
			}
		}
	}
	order, most := make([]int, len(x)), slices.Max(x)
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return x[order[a]] > x[order[b]] })
	if how.TopK > 0 && how.TopK < len(order) {
		order = order[:how.TopK]
	}
	p, total := make([]float64, len(x)), 0.0
	for _, i := range order {
		p[i] = math.Exp((x[i] - most) / how.Temperature)
		total += p[i]
	}
	kept, sum, rest := make([]float64, len(x)), 0.0, 0.0
	for n, i := range order {
		if (n == 0 || how.TopP == 0 || sum < how.TopP*total) && p[i] >= how.MinP {
			kept[i] = p[i]
			rest += p[i]
		}
		sum += p[i]
	}
	for i := range kept {
		kept[i] /= rest
	}
	return kept
}

// Heaps and bounds find what sorting finds, with many ties and with few, in small and in large vocabularies.
func TestSamplerFindsWhatSortingFinds(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 0))
	for round := range 300 {
		scores := make([]float32, 1+rng.IntN(700))
		width := []float64{0.5, 3, 20}[round%3]
		for i := range scores {
			if scores[i] = float32(rng.NormFloat64() * width); round%2 == 0 {
				scores[i] = float32(math.Round(float64(scores[i])))
			}
			if rng.IntN(10) == 0 {
				scores[i] = float32(math.Inf(-1))
			}
		}
		scores[rng.IntN(len(scores))] = 1
		how := Sampling{Temperature: 0.2 + 2*rng.Float64()}
		if rng.IntN(2) == 0 {
			how.TopK = 1 + rng.IntN(len(scores)+3)
		}
		if rng.IntN(2) == 0 {
			how.TopP = []float64{0.01, 0.3, 0.9, 0.999}[rng.IntN(4)]
		}
		if rng.IntN(2) == 0 {
			how.MinP = rng.Float64() / 3
		}
		var before []int
		if rng.IntN(2) == 0 {
			how.Repetition = 0.5 + rng.Float64()
			for range 20 {
				before = append(before, rng.IntN(len(scores)))
			}
		}
		want := filtered(how, scores, before)
		s := newSampler(t, how, 1)
		got := s.Probabilities(scores, before)
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-12 || (got[i] == 0) != (want[i] == 0) {
				t.Fatalf("%+v: token %d of %d has probability %g, want %g", how, i, len(scores), got[i], want[i])
			}
		}
		if next := s.Next(scores, before); want[next] == 0 {
			t.Fatalf("%+v: drew token %d, which has no probability", how, next)
		}
	}
}

// Of equally likely tokens those of lower numbers stay.
func TestSamplerCutsTiesByNumber(t *testing.T) {
	for _, c := range []struct {
		how  Sampling
		want []float64
	}{
		{Sampling{Temperature: 1, TopK: 2}, []float64{0.5, 0.5, 0, 0}},
		{Sampling{Temperature: 1, TopP: 0.6}, []float64{1. / 3, 1. / 3, 1. / 3, 0}},
		{Sampling{Temperature: 1, MinP: 1}, []float64{0.25, 0.25, 0.25, 0.25}},
	} {
		got := newSampler(t, c.how, 1).Probabilities([]float32{7, 7, 7, 7}, nil)
		if !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-15 }) {
			t.Errorf("%+v: %v, want %v", c.how, got, c.want)
		}
	}
}

func TestSamplerWithoutSense(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	hows := []Sampling{{}, {Temperature: 1}, {Temperature: 1, TopK: 2, TopP: 0.5, MinP: 0.1, Repetition: 2}, {Temperature: 1, TopK: math.MaxInt, TopP: 1, MinP: 1},
		{Repetition: 2}, {Temperature: 5e-324, Repetition: 1e308}, {Temperature: math.MaxFloat64, Repetition: 5e-324, TopP: 5e-324}}
	for _, how := range hows {
		s := newSampler(t, how, 1)
		for _, scores := range [][]float32{nil, {}, {-inf}, {-inf, -inf}, {1, nan}, {nan, 1}, {inf, 1}, {1, 2, inf, nan}} {
			if got, p := s.Next(scores, []int{0, 1}), s.Probabilities(scores, []int{0, 1}); got != -1 || p != nil {
				t.Errorf("%+v draws token %d of %v, probabilities %v", how, got, scores, p)
			}
		}
		for range 100 { // what is −∞ is never drawn, and the largest numbers are numbers
			if got := s.Next([]float32{-inf, 5, -inf}, []int{-1, 1, 0, 3, math.MaxInt, math.MinInt}); got != 1 {
				t.Fatalf("%+v draws token %d, want 1", how, got)
			}
			got := s.Next([]float32{-math.MaxFloat32, math.MaxFloat32, -1}, []int{0, 1, 2})
			if p := s.Probabilities([]float32{-math.MaxFloat32, math.MaxFloat32, -1}, []int{0, 1, 2}); got < 0 || !(p[got] > 0) {
				t.Fatalf("%+v draws token %d of %v", how, got, p)
			}
		}
	}
	var none *Sampler
	if none.Next(sampled, nil) != -1 || none.Probabilities(sampled, nil) != nil {
		t.Error("a nil sampler draws")
	}
}

func TestSamplingHasBounds(t *testing.T) {
	for want, how := range map[string]Sampling{
		"temperature -1: want at least 0":       {Temperature: -1},
		"temperature NaN: want at least 0":      {Temperature: math.NaN()},
		"temperature +Inf: want a finite":       {Temperature: math.Inf(1)},
		"top-k -1: want at least 0":             {TopK: -1},
		"top-p 1.5: want at most 1":             {TopP: 1.5},
		"min-p -0.5: want at least 0":           {MinP: -0.5},
		"repetition -1.5: want at least 0":      {Repetition: -1.5},
		"repetition +Inf: want a finite number": {Repetition: math.Inf(1)},
	} {
		_, err := NewSampler(how, 1)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", how, err, want)
		}
	}
	how, set := Sampling{Temperature: 0.8, TopK: 40}, new(option.Set)
	how.Declare(set)
	if err := set.Set("top-p", "0.9"); err != nil || how.TopP != 0.9 || set.Lookup("temperature").Default != "0.8" {
		t.Errorf("%v, %+v", err, how)
	}
}

// allSettings are those whose time is measured.
var allSettings = []struct {
	name string
	how  Sampling
}{
	{"greedy", Sampling{}},
	{"temperature", Sampling{Temperature: 0.8}},
	{"top-k", Sampling{Temperature: 0.8, TopK: 40}},
	{"top-p", Sampling{Temperature: 0.8, TopP: 0.9}},
	{"all", Sampling{Temperature: 0.8, TopK: 1000, TopP: 0.9, MinP: 0.05, Repetition: 1.1}},
}

// drawnScores are scores of a vocabulary as networks give them: few tokens are likely.
func drawnScores(n int) []float32 {
	rng, scores := rand.New(rand.NewPCG(9, 0)), make([]float32, n)
	for i := range scores {
		scores[i] = float32(3 * rng.NormFloat64())
	}
	return scores
}

func TestSamplerAllocatesNothing(t *testing.T) {
	scores, before := drawnScores(3000), []int{1, 2, 3}
	for _, c := range allSettings {
		s := newSampler(t, c.how, 1)
		s.Next(scores, before)
		if got := testing.AllocsPerRun(20, func() { s.Next(scores, before); s.Probabilities(scores[:2000], before) }); got != 0 {
			t.Errorf("%s: %v allocations a token", c.name, got)
		}
	}
}

// ordered are the cases of samplers: scores that grow and fall are the worst of heaps.
func ordered() []lineartest.Case {
	var cases []lineartest.Case
	for _, c := range allSettings {
		for _, slope := range []float32{-1, 0, 1} {
			cases = append(cases, lineartest.Case{Name: fmt.Sprintf("%s, slope %v", c.name, slope), Make: func(n int) (func() error, int) {
				scores := make([]float32, n)
				for i := range scores {
					scores[i] = slope * float32(i) / float32(n)
				}
				return func() error {
					s, err := NewSampler(c.how, 1)
					if err == nil && s.Next(scores, nil) < 0 {
						err = fmt.Errorf("no token")
					}
					return err
				}, 0
			}})
		}
	}
	return cases
}

func TestSamplerIsLinear(t *testing.T) { lineartest.Check(t, ordered()) }

func BenchmarkSampler(b *testing.B) {
	for _, n := range []int{65, 10_000, 50_000} {
		scores := drawnScores(n)
		for _, c := range allSettings {
			b.Run(fmt.Sprintf("%s/V=%d", c.name, n), func(b *testing.B) {
				s := newSampler(b, c.how, 1)
				b.ReportAllocs()
				for b.Loop() {
					if s.Next(scores, nil) < 0 {
						b.Fatal("no token")
					}
				}
			})
		}
	}
}
