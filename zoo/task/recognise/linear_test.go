package recognise

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/internal/lineartest"
)

// linearScores are the scores of sequences of each kind.
func linearScores() []lineartest.Case {
	row := []float64{1, 3, 2}
	classes := []string{"a", "b", "c"}
	var cases []lineartest.Case
	for name, c := range map[string]struct {
		data datasets.Sequences
		q    datasets.Sequence
	}{
		"classes":   {datasets.Sequences{Classes: classes}, datasets.Sequence{Label: 1}},
		"numbers":   {datasets.Sequences{}, datasets.Sequence{Target: 2}},
		"each step": {datasets.Sequences{Classes: classes, EachStep: true, Answer: 3}, datasets.Sequence{Labels: []int{0, 1, 2, 1, 0}}},
	} {
		cases = append(cases, lineartest.Case{Name: "score/" + name, Make: func(n int) (func() error, int) {
			return func() error {
				s := newScore(&c.data)
				for range n {
					s.add(c.q, func(int) []float64 { return row })
				}
				if m, err := s.metrics(); err != nil || len(m) != len(Kind{}.Metrics()) {
					return fmt.Errorf("metrics %v, %v", m, err)
				}
				return nil
			}, 0
		}})
	}
	return cases
}

// linearRows are what is made of the numbers of a sequence: scales, inputs, and a sequence that is drawn.
func linearRows() []lineartest.Case {
	return []lineartest.Case{{Name: "scale", Make: func(n int) (func() error, int) {
		q := datasets.Sequence{Values: make([]float32, 2*n)}
		for i := range q.Values {
			q.Values[i] = float32(i % 7)
		}
		data := &datasets.Sequences{Width: 2, Train: datasets.NewSequenceList(2, q)}
		x := make([]float32, 2*n)
		return func() error {
			l, err := learn(data, scaleColumns)
			if err == nil {
				err = scaled(x, 2, q.Values, l.columns)
			}
			return err
		}, 0
	}}, {Name: "numbers", Make: func(n int) (func() error, int) {
		q := datasets.Sequence{Values: make([]float32, 2*n)}
		text := line(q.Values)
		r := &Recogniser{about: about{Columns: make([]scale, 2)}}
		return func() error { _, err := r.numbers("input", 1, text); return err }, len(text)
	}}, {Name: "drawn", Make: func(n int) (func() error, int) {
		l := datasets.DrawnSequences(1, n, 1, func(rng *rand.Rand) datasets.Sequence {
			q := datasets.Sequence{Values: make([]float32, n)}
			for i := range q.Values {
				q.Values[i] = rng.Float32()
			}
			return q
		})
		data := &datasets.Sequences{Width: 1}
		return func() error { _, err := data.Get(l, 0); return err }, 0
	}}}
}

func BenchmarkMetrics(b *testing.B) { lineartest.Benchmark(b, linearScores()) }

func BenchmarkTransforms(b *testing.B) { lineartest.Benchmark(b, linearRows()) }

func TestMetricsAndTransformsAreLinear(t *testing.T) {
	lineartest.Check(t, append(linearScores(), linearRows()...))
}
