package generate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/internal/lineartest"
)

// linear are what is made of texts: tokens of running text, of lines and of one long line, windows, and metrics.
func linear() []lineartest.Case {
	var cases []lineartest.Case
	for name, of := range map[string]func(n int) *datasets.Corpus{
		"running": func(n int) *datasets.Corpus {
			return &datasets.Corpus{Train: datasets.NewPassage(strings.Repeat("some words\n", n))}
		},
		"one line": func(n int) *datasets.Corpus {
			return &datasets.Corpus{Train: datasets.NewPassage(strings.Repeat("some words ", n))}
		},
		"lines": func(n int) *datasets.Corpus {
			return &datasets.Corpus{Lines: true, Train: datasets.NewPassage(strings.Repeat("some words\n", n))}
		},
	} {
		cases = append(cases, lineartest.Case{Name: name, Make: func(n int) (func() error, int) {
			s, err := sourceOf(of(n))
			if err != nil {
				panic(err)
			}
			w := &Writer{ends: s.ends, opts: Options{Window: 8}, encoder: &text.Encoder{Tokenizer: text.Characters{}, Vocabulary: text.NewVocabulary(strings.Split("some words\n", ""))}}
			return func() error {
				g := newGeneration(w, s)
				p, err := g.part("train")
				if err != nil {
					return err
				}
				g.Limit(0)
				if p.unknown != 0 || len(g.Batches(1, 32, 1)) < g.n/32 {
					return fmt.Errorf("%d unknown characters, %d windows", p.unknown, g.n)
				}
				var sum tally
				log := make([]float32, 16)
				for range p.n / 8 {
					sum.add(log, 3, -1, true)
				}
				sum.metrics(p, true)
				return nil
			}, 0
		}})
	}
	return cases
}

func BenchmarkTexts(b *testing.B) { lineartest.Benchmark(b, linear()) }

func TestTextsAreLinear(t *testing.T) { lineartest.Check(t, linear()) }
