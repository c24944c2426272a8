package translate

import (
	"fmt"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/internal/lineartest"
)

// linear are what an evaluation makes of pairs besides the translations: with sources of their own, with few, and with one.
func linear() []lineartest.Case {
	var cases []lineartest.Case
	for _, c := range []struct {
		name    string
		sources func(n int) int
	}{{"sources of their own", func(n int) int { return n }}, {"few sources", func(int) int { return 7 }}, {"one source", func(int) int { return 1 }}} {
		cases = append(cases, lineartest.Case{Name: c.name + "/scores", Make: func(n int) (func() error, int) {
			t, pairs := pairsOf(n, c.sources(n))
			sources, references := t.sides(pairs)
			return func() error {
				words := t.decoding.words(references)
				if m := scoreTexts(sources, references, words); len(m) != 3 {
					return fmt.Errorf("metrics %v", m)
				}
				notes(references, words)
				t.countWords(pairs)
				return nil
			}, 0
		}}, lineartest.Case{Name: c.name + "/sides", Make: func(n int) (func() error, int) {
			t, pairs := pairsOf(n, c.sources(n))
			return func() error { t.sides(pairs); return nil }, 0
		}})
	}
	return cases
}

// pairsOf returns pairs of so many different sources, and what evaluates them.
func pairsOf(n, sources int) (*Translation, []datasets.Pair) {
	pairs := make([]datasets.Pair, n)
	for i := range pairs {
		pairs[i] = datasets.Pair{Source: fmt.Sprintf("some words of text %d", i%sources), Target: fmt.Sprintf("einige Wörter Text %d", i)}
	}
	return &Translation{Translator: &Translator{}}, pairs
}

func BenchmarkMetrics(b *testing.B) { lineartest.Benchmark(b, linear()) }

func TestMetricsAreLinear(t *testing.T) { lineartest.Check(t, linear()) }
