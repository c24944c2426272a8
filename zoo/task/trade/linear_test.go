package trade

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/internal/lineartest"
)

// linearPrices are what is made of the prices of days: a market, its features and examples, and what is kept of it.
func linearPrices() []lineartest.Case {
	return []lineartest.Case{{Name: "market", Make: func(n int) (func() error, int) {
		p := withRanges(walks(n, 2, 0, 1), 1)
		return func() error {
			m, err := newMarket(p)
			if err == nil && m.recent(20) == nil {
				err = fmt.Errorf("nothing is kept")
			}
			return err
		}, 0
	}}, {Name: "features", Make: func(n int) (func() error, int) {
		m, err := newMarket(withRanges(walks(n, 2, 0, 1), 1))
		return func() error {
			if err != nil {
				return err
			}
			data, err := prepare(m, featureNames(m), 5)
			if err == nil {
				all := data.known(data.examples(datasets.Range{From: 0, To: n}), n, learnReturn)
				learnScale(data.features, all)
			}
			return err
		}, 0
	}}}
}

// linearMetrics are those of trading by predicted returns of so many days, and by rivals.
func linearMetrics() []lineartest.Case {
	return []lineartest.Case{{Name: "trade", Make: func(n int) (func() error, int) {
		m, err := newMarket(walks(n, 2, 0, 1))
		days := datasets.Range{From: 0, To: n - 1}
		edges := blank(n, 2)
		rng := rand.New(rand.NewPCG(1, 0))
		for _, row := range edges {
			row[0], row[1] = rng.Float64()-0.5, rng.Float64()-0.5
		}
		r := rule{top: 1, short: true, bonus: 0.1}
		return func() error {
			if err != nil {
				return err
			}
			b := m.trade(days, 0.001, func(day int, held, to []float64) { r.choose(edges[day], held, to, m.tradable(day)) }, edges)
			if got := b.metrics(252); len(got) != len(Kind{}.Metrics()) || len(m.hold(days, 0.001).curve()) != n {
				return fmt.Errorf("metrics %v", got)
			}
			return nil
		}, 0
	}}, {Name: "intervals", Make: func(n int) (func() error, int) {
		returns := make([]float64, n/100) // of each there are 2,000 resamples
		for i := range returns {
			returns[i] = 0.01 * float64(i%7-3)
		}
		return func() error { uncertain(returns, returns, 252); return nil }, 0
	}}}
}

func BenchmarkTransforms(b *testing.B) { lineartest.Benchmark(b, linearPrices()) }

func BenchmarkMetrics(b *testing.B) { lineartest.Benchmark(b, linearMetrics()) }

func TestPricesAndMetricsAreLinear(t *testing.T) {
	lineartest.Check(t, append(linearPrices(), linearMetrics()...))
}
