package forecast

import (
	"math"
	"math/rand"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// walks makes series of n rows: y[t] = part·y[t−1] + noise of deviation 1, around a level.
func walks(series, n int, part, level float64) *datasets.Panel {
	rng := rand.New(rand.NewSource(3))
	p := &datasets.Panel{Meta: datasets.Info{Name: "walks"}, Targets: []string{"y"}}
	for i := range series {
		s := &datasets.Series{ID: string(rune('a' + i)), Variables: []string{"y"}}
		y := 0.0
		for range n {
			y = part*y + rng.NormFloat64()
			s.Values = append(s.Values, []float64{level + y})
		}
		p.Series = append(p.Series, s)
	}
	return p
}

func learnt(t *testing.T, p *datasets.Panel, opts Options, epochs int) *Forecast {
	t.Helper()
	f, err := NewPanel(gru.New(graph.Hidden(8)), p, graph.NewParams(tensor.Float32, graph.InitSeed(1)), opts)
	if err != nil {
		t.Fatal(err)
	}
	fit(t, f, train.Epochs(epochs), train.Batch(64), train.Optimize(&train.Adam{LR: 0.01}))
	if err := f.Calibrate(); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestIntervalsCover has intervals of every kind cover their share of rows that were not learnt from.
func TestIntervalsCover(t *testing.T) {
	if testing.Short() {
		t.Skip("trains eight networks to count what they cover")
	}
	for _, opts := range []Options{
		{Window: 4, Horizon: 2},
		{Window: 4, Horizon: 2, Loss: "mae", Normalize: "change"},
		{Window: 4, Difference: 1},
		{Window: 4, Horizon: 2, Log: true},
		{Window: 4, Horizon: 2, Loss: "quantile"},
		{Window: 4, Horizon: 2, Loss: "quantile", Conformal: true},
		{Window: 4, Horizon: 2, Loss: "gaussian"},
		{Window: 4, Horizon: 2, Loss: "student", Members: 2},
	} {
		opts.Valid = "1/2"
		f := learnt(t, walks(4, 900, 0.7, 50), opts, 6)
		scores, err := f.Evaluate(t.Context(), task.TestPart)
		if err != nil {
			t.Fatal(err)
		}
		// Of 1,600 rows that hang together the share scatters by some 2 points.
		for name, want := range map[string]float64{"coverage80": 0.8, "coverage95": 0.95} {
			if got := scores.Metrics[name]; math.Abs(got-want) > 0.05 {
				t.Errorf("%+v: %s is %.3f", opts, name, got)
			}
		}
	}
}

// TestCounts learns counts, whose intervals are whole numbers and never below 0.
func TestCounts(t *testing.T) {
	rng := rand.New(rand.NewSource(5))
	p := &datasets.Panel{Meta: datasets.Info{Name: "visits"}, Targets: []string{"visits"}}
	for i := range 3 {
		s := &datasets.Series{ID: string(rune('a' + i)), Variables: []string{"visits"}}
		for range 400 {
			n := 0.0
			for range 10 * (i + 1) * (i + 1) {
				if rng.Float64() < 0.1 {
					n++
				}
			}
			s.Values = append(s.Values, []float64{n})
		}
		p.Series = append(p.Series, s)
	}
	f := learnt(t, p, Options{Window: 8, Loss: "counts", Scale: "magnitude"}, 15)
	scores, err := f.Evaluate(t.Context(), task.TestPart)
	if err != nil {
		t.Fatal(err)
	}
	if c := scores.Metrics["coverage80"]; c < 0.76 || c > 0.95 { // whole numbers cover more
		t.Errorf("80 %% intervals cover %.3f", c)
	}
	next, err := f.Continue(t.Context(), p, 3, 0.8)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range next {
		mean := float64((i + 1) * (i + 1))
		for h, row := range o.Values {
			if math.Abs(row[0]-mean) > 0.35*mean {
				t.Errorf("series %s: %v visits; want about %v", o.ID, row[0], mean)
			}
			if low, high := o.Lower[0][h][0], o.Upper[0][h][0]; low < 0 || h == 0 && (math.Abs(low-math.Round(low)) > 1e-6 || math.Abs(high-math.Round(high)) > 1e-6) || !(low <= high) {
				t.Errorf("series %s, step %d: between %v and %v", o.ID, h+1, low, high)
			}
		}
	}
}

// TestPathsSpread continues a random walk: after n steps it is as far away as the root of n.
func TestPathsSpread(t *testing.T) {
	if testing.Short() {
		t.Skip("trains networks on long walks")
	}
	p := walks(1, 2000, 1, 0)
	for _, opts := range []Options{{Window: 3, Difference: 1}, {Window: 3, Difference: 1, Loss: "gaussian"}} {
		f := learnt(t, p, opts, 4)
		const steps = 36
		next, err := f.Continue(t.Context(), p, steps, 0.8)
		if err != nil {
			t.Fatal(err)
		}
		width := func(h int) float64 { return next[0].Upper[0][h][0] - next[0].Lower[0][h][0] }
		if w := width(0); math.Abs(w-2*1.2816) > 0.4 {
			t.Errorf("%+v: the first interval is %.2f wide; want 2.56", opts, w)
		}
		if r := width(steps-1) / width(0); r < 4.2 || r > 8.2 {
			t.Errorf("%+v: the last interval is %.2f times as wide as the first; want about 6", opts, r)
		}
		if again, err := f.Continue(t.Context(), p, steps, 0.8); err != nil || again[0].Upper[0][steps-1][0] != next[0].Upper[0][steps-1][0] {
			t.Errorf("%+v: another interval, %v", opts, err)
		}
	}
	f := learnt(t, p, Options{Window: 3, Intervals: "none"}, 1)
	if _, err := f.Continue(t.Context(), p, 1, 0.8); err == nil {
		t.Error("intervals that nothing is known of")
	}
}
