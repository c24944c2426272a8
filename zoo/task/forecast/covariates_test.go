package forecast

import (
	"fmt"
	"math"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// promoted makes a panel of shops whose sales triple on the days of a promotion that is known ahead and comes at random.
func promoted(shops, n, future int) *datasets.Panel {
	p := &datasets.Panel{Meta: datasets.Info{Name: "shops"}, Targets: []string{"sales"}, Known: []string{"promo"}, Past: []string{"visitors"}, Static: []string{"town"}, Period: 7}
	state := uint64(7)
	random := func() float64 {
		state = state*6364136223846793005 + 1442695040888963407
		return float64(state>>40) / (1 << 24)
	}
	for i := range shops {
		s := &datasets.Series{ID: fmt.Sprintf("shop %d", i), Variables: []string{"visitors", "sales", "promo"}, Static: []string{[]string{"Rome", "Oslo"}[i%2]}}
		for t := range n + future {
			promo := 0.0
			if random() < 0.3 {
				promo = 1
			}
			sales := float64(10*(i+1)) * (1 + 2*promo) * (1 + 0.1*math.Sin(2*math.Pi*float64(t)/7))
			row := []float64{sales / 2, sales, promo}
			if t >= n {
				row[0], row[1] = math.NaN(), math.NaN()
			}
			s.Values = append(s.Values, row)
			s.Times = append(s.Times, fmt.Sprintf("2024-%02d-%02d", 1+t/28, 1+t%28))
		}
		p.Series = append(p.Series, s)
	}
	return p
}

// TestKnownAhead has sales depend on what is known ahead alone: who is not told cannot know them.
func TestKnownAhead(t *testing.T) {
	for _, opts := range []Options{
		{Window: 14, Horizon: 3, Scale: "magnitude"},
		{Window: 14, Horizon: 3, Scale: "magnitude", Decoder: "recurrent"},
		{Window: 14, Horizon: 3, Scale: "magnitude", Loss: "quantile", Embedding: 2, Patch: 7, Members: 2},
	} {
		learn := func(p *datasets.Panel) (*Forecast, float64) {
			f, err := NewPanel(gru.New(graph.Hidden(12)), p, graph.NewParams(tensor.Float32, graph.InitSeed(1)), opts)
			if err != nil {
				t.Fatal(err)
			}
			fit(t, f, train.Epochs(40), train.Batch(32), train.Optimize(&train.Adam{LR: 0.01}))
			m, err := f.Evaluate(t.Context(), task.TestPart)
			if err != nil {
				t.Fatal(err)
			}
			return f, m.Metrics["mse"]
		}
		p := promoted(4, 120, 5)
		f, told := learn(p)
		blind := promoted(4, 120, 5)
		blind.Known = nil
		if _, untold := learn(blind); !(told < 0.1*untold) {
			t.Errorf("%+v: told what is known ahead the error is %v, untold %v; want a tenth", opts, told, untold)
		}
		// What is forecast behind the end follows the promotions there.
		next, err := f.Continue(t.Context(), p, 3)
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range next {
			for h, row := range o.Values {
				level := float64(10 * (i + 1))
				if p.Series[i].Values[120+h][2] == 1 {
					level *= 3
				}
				if math.Abs(row[0]-level) > 0.4*level {
					t.Errorf("%+v: series %s, step %d: %v; want about %v", opts, o.ID, h+1, row[0], level)
				}
			}
		}
		if _, err := f.Continue(t.Context(), p, 6); err == nil {
			t.Errorf("%+v: six rows are forecast; five are known ahead", opts)
		}
	}
}
