package trade

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
)

// weekdays returns so many business days.
func weekdays(n int) []string {
	var days []string
	for t := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC); len(days) < n; t = t.AddDate(0, 0, 1) {
		if t.Weekday() != time.Saturday && t.Weekday() != time.Sunday {
			days = append(days, t.Format(time.DateOnly))
		}
	}
	return days
}

// walks returns shares whose daily logarithmic returns are carry·(that of the day before) and noise of a deviation of 1 %:
// with a carry of 0 a random walk.
func walks(days, shares int, carry float64, seed uint64) *datasets.Panel {
	rng := rand.New(rand.NewPCG(seed, 0))
	p := &datasets.Panel{Meta: datasets.Info{Name: "walks"}, Targets: []string{"close"}}
	labels := weekdays(days)
	for s := range shares {
		x := &datasets.Series{ID: string(rune('A' + s)), Variables: []string{"close"}, Times: labels}
		price, r := 100.0, 0.0
		for range days {
			x.Values = append(x.Values, []float64{price})
			r = carry*r + 0.01*rng.NormFloat64()
			price *= math.Exp(r)
		}
		p.Series = append(p.Series, x)
	}
	return p
}

// withRanges returns prices with a high, a low and a volume, which follow from the closes and a seed.
func withRanges(p *datasets.Panel, seed uint64) *datasets.Panel {
	rng := rand.New(rand.NewPCG(seed, 1))
	for _, s := range p.Series {
		s.Variables = []string{"Close", "High", "Low", "Volume"}
		for i, row := range s.Values {
			c := row[0]
			s.Values[i] = []float64{c, c * (1 + 0.01*rng.Float64()), c * (1 - 0.01*rng.Float64()), 1e6 * (1 + rng.Float64())}
		}
	}
	return p
}

// made returns a task on a panel, with a recipe that takes no time.
func made(t testing.TB, p *datasets.Panel, o Options, r train.Recipe) *Trade {
	t.Helper()
	task, err := New(gru.New(graph.Hidden(8)), p, graph.NewParams(tensor.Float32, graph.InitSeed(1)), o)
	if err != nil {
		t.Fatal(err)
	}
	task.recipe = r
	return task
}

// quick is such a recipe.
func quick() train.Recipe {
	return train.Recipe{Epochs: 3, Batch: 64, Accumulate: 1, LR: 0.01, Clip: 1, Seed: 1}
}
