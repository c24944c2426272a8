package softmax

import (
	"math"
	"slices"
	"testing"
)

// TestProposal counts how often words are drawn: as often as is expected, to 5 standard errors, of which a word's are
// at most those of independent draws.
func TestProposal(t *testing.T) {
	const words, draws = 60, 20000
	counts := make([]int, words)
	for w := range counts {
		counts[w] = w * w % 47 // in no order, and some 0
	}
	for name, weights := range map[string][]float64{"zipf": zipf(words), "unigram": powers(counts, 0.75), "uniform": powers(counts, 0)} {
		for _, size := range []int{1, 7, 30, 59, 60} {
			p := newProposal(weights, size)
			sum := 0.0
			expected := make([]float64, words)
			for w, l := range p.logExpected {
				expected[w] = math.Exp(l)
				sum += expected[w]
			}
			if math.Abs(sum-float64(size)) > 1e-9 || slices.Max(expected) > 1+1e-12 {
				t.Errorf("%s: of %d words %v are expected, and of one %v", name, size, sum, slices.Max(expected))
			}
			// Where a word is not in every sample, it is expected in proportion to its weight.
			for _, w := range p.others[min(1, len(p.others)):] {
				first := p.others[0]
				if d := expected[w]/expected[first] - weights[w]/weights[first]; math.Abs(d) > 1e-9 {
					t.Errorf("%s: %d words: %d is expected %v times, %d %v times", name, size, w, expected[w], first, expected[first])
				}
			}
			drawn := make([]float64, words)
			sample := make([]int, size)
			for number := range draws {
				p.draw(sample, 9, number)
				for _, w := range sample {
					drawn[w]++
				}
			}
			for w, n := range drawn {
				mean := expected[w] * draws
				if d := math.Abs(n - mean); d > 5*math.Sqrt(mean)+1e-6 || expected[w] == 1 && d != 0 {
					t.Errorf("%s: %d words: %d was drawn %v times; want some %v", name, size, w, n, mean)
				}
			}
		}
	}
}

// A run that is resumed must draw again what it drew. Which words these are, internal/conformance checks.
func TestDrawIsAFunction(t *testing.T) {
	p := newProposal(zipf(50_000), 64)
	draw := func(seed uint64, number int) []int {
		sample := make([]int, 64)
		p.draw(sample, seed, number)
		return sample
	}
	first := draw(1, 5)
	if again := draw(1, 5); !slices.Equal(first, again) {
		t.Errorf("%v and %v of one seed and number", first, again)
	}
	for _, other := range [][]int{draw(1, 6), draw(2, 5), draw(1, -1)} {
		if slices.Equal(first[10:], other[10:]) {
			t.Errorf("%v of another seed or number", other)
		}
	}
}
