package detect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/internal/lineartest"
)

// ramp is n scores, of which some are equal, and every seventh is of an anomaly.
func ramp(n int) (scores []float64, truth []bool) {
	scores, truth = make([]float64, n), make([]bool, n)
	for i := range scores {
		scores[i], truth[i] = float64(i*7919%1000), i%7 == 0
	}
	return scores, truth
}

// linearScores are the metrics, NAB's score and thresholds.
func linearScores() []lineartest.Case {
	return []lineartest.Case{{Name: "ranking", Make: func(n int) (func() error, int) {
		scores, truth := ramp(n)
		return func() error {
			if _, _, ok := ranking(scores, truth); !ok {
				return fmt.Errorf("no ranking of %d scores", n)
			}
			_, err := threshold{labels: true}.find(scores, truth)
			return err
		}, 0
	}}, {Name: "series", Make: func(n int) (func() error, int) {
		scores, _ := ramp(n)
		var windows []datasets.Range
		for i := 20; i+5 < n; i += 50 {
			windows = append(windows, datasets.Range{From: i, To: i + 5})
		}
		return func() error {
			w := watched{scores, alarms(scores, 10), datasets.Range{To: n}, windows}
			if m := seriesMetrics([]watched{w}, 900); m["ap"] == 0 {
				return fmt.Errorf("metrics %v", m)
			}
			if s := nab([]scored{{w.alarms, windows}}, profiles[0]); s.Windows != len(windows) {
				return fmt.Errorf("%+v", s)
			}
			return nil
		}, 0
	}}}
}

// linearRows are what is made of the rows of a series, and a sequence that is asked about.
func linearRows() []lineartest.Case {
	return []lineartest.Case{{Name: "likelihood", Make: func(n int) (func() error, int) {
		scores, _ := ramp(n)
		return func() error {
			l := newLikelihood(Options{Likelihood: likelihoodRank, Recent: 5, Long: 50, Rank: 0.9})
			for _, e := range scores {
				l.score(e, 0.1)
			}
			return nil
		}, 0
	}}, {Name: "windowed gaussian", Make: func(n int) (func() error, int) {
		scores, _ := ramp(n)
		return func() error { windowedGaussian(scores); return nil }, 0
	}}, {Name: "numbers", Make: func(n int) (func() error, int) {
		text := strings.TrimSpace(strings.Repeat("1.5 ", n))
		d := &Detector{about: about{Steps: n, Width: 1}}
		return func() error { _, err := d.numbers("input", 1, text); return err }, len(text)
	}}}
}

func BenchmarkMetrics(b *testing.B) { lineartest.Benchmark(b, linearScores()) }

func BenchmarkTransforms(b *testing.B) { lineartest.Benchmark(b, linearRows()) }

func TestMetricsAndTransformsAreLinear(t *testing.T) {
	lineartest.Check(t, append(linearScores(), linearRows()...))
}
