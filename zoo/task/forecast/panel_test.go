package forecast

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
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

// TestPanelIsKept keeps a forecaster of many series with all that it is told, and forecasts the same with what comes back.
func TestPanelIsKept(t *testing.T) {
	p := promoted(3, 90, 4)
	p.Series[1].Values[80][1] = math.NaN()
	opts := Options{Window: 14, Horizon: 2, Scale: "magnitude", Embedding: 2, Calendar: true, Loss: "quantile", Intervals: "80"}
	f, err := NewPanel(gru.New(graph.Hidden(4)), p, graph.NewParams(tensor.Float32, graph.InitSeed(1)), opts)
	if err != nil {
		t.Fatal(err)
	}
	fit(t, f, train.Epochs(2), train.Batch(32))
	files := train.Folder(t.TempDir())
	if err := f.Save(files); err != nil {
		t.Fatal(err)
	}
	back, err := Open(gru.New(graph.Hidden(4)), graph.NewParams(tensor.Float32), f.Options(), files)
	if err != nil {
		t.Fatal(err)
	}
	if err := back.Params().Restore(f.Params().Snapshot()); err != nil {
		t.Fatal(err)
	}
	want, err := f.Continue(t.Context(), p, 4, 0.8)
	if err != nil {
		t.Fatal(err)
	}
	for name, on := range map[string]*datasets.Panel{"the panel": p, "what is kept of it": back.Histories()} {
		if got, err := back.Continue(t.Context(), on, 4, 0.8); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("on %s %+v, %v; want %+v", name, got, err, want)
		}
	}
	if want[0].Times == nil || want[0].Times[0] != p.Series[0].Times[90] {
		t.Errorf("the times are %v; want those behind the last sales", want[0].Times)
	}
}

// TestPanelLeaks changes what was not known when a network learnt: the rows behind the training part, those of covariates too.
func TestPanelLeaks(t *testing.T) {
	learn := func(change bool) (*Forecast, []float32) {
		p := promoted(3, 120, 0)
		if change {
			for _, s := range p.Series {
				for _, row := range s.Values[90:] {
					row[0], row[1], row[2] = 7*row[0]+1, 3*row[1]+2, 1-row[2]
				}
			}
		}
		f, err := NewPanel(gru.New(graph.Hidden(4)), p, graph.NewParams(tensor.Float32, graph.InitSeed(1)),
			Options{Window: 14, Horizon: 2, Scale: "magnitude", Test: "15", Valid: "15", Draw: 64, ByScale: true})
		if err != nil {
			t.Fatal(err)
		}
		fit(t, f, train.Epochs(1), train.Batch(16))
		return f, weights(f.Forecaster)
	}
	f, a := learn(false)
	_, b := learn(true)
	if !slices.Equal(a, b) {
		t.Error("what comes after the training part changes the weights")
	}
	// What is not known ahead changes no forecast before it; what is known ahead does.
	for column, want := range []bool{false, false, true} {
		p := promoted(3, 120, 0)
		before := forecastsAt(t, f, p, 100)
		for _, s := range p.Series {
			for _, row := range s.Values[100:] {
				row[column] = 1 - row[column]
			}
		}
		if after := forecastsAt(t, f, p, 100); reflect.DeepEqual(before, after) == want {
			t.Errorf("%s changes from row 100 on; that changes the forecast from there: %v; want %v", p.Series[0].Variables[column], !want, want)
		}
	}
}

// forecastsAt returns the points that are forecast from a row of each series on.
func forecastsAt(t *testing.T, f *Forecast, p *datasets.Panel, row int) (all [][][]float64) {
	t.Helper()
	on, err := f.On(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	other := on.(*Forecast)
	var origins []origin
	for i := range other.strands {
		origins = append(origins, origin{int32(i), int32(row)})
	}
	if err := other.forecast(other.lane, other.sites(origins), func(_ int, o outcome) error {
		all = append(all, o.point)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestMissing has values that are missing cost nothing: whatever stands for them, and however many there are.
func TestMissing(t *testing.T) {
	p := promoted(3, 120, 0)
	p.Known, p.Past, p.Static = nil, nil, nil
	for i, s := range p.Series {
		for t := range s.Values {
			if (t+i)%5 == 0 {
				s.Values[t][1] = math.NaN()
			}
		}
	}
	f, err := NewPanel(gru.New(graph.Hidden(4)), p, graph.NewParams(tensor.Float32, graph.InitSeed(1)), Options{Window: 14, Horizon: 3, Scale: "magnitude"})
	if err != nil {
		t.Fatal(err)
	}
	step, err := f.Step(0, []int{0, 1, 2})
	if err != nil {
		t.Fatal(err)
	}
	target, weight := step.Program.Input("target").Float32s(), step.Program.Input("weight").Float32s()
	missing := 0
	for i := range weight {
		if weight[i] == 0 {
			missing++
			target[i] = 1e6
		}
	}
	if missing == 0 || missing == len(weight) {
		t.Fatalf("%d of %d targets are missing", missing, len(weight))
	}
	if err := step.Program.Run(); err != nil {
		t.Fatal(err)
	}
	if loss := step.Program.Loss(); !(loss < 100) {
		t.Errorf("the loss is %v", loss)
	}
	fit(t, f, train.Epochs(2), train.Batch(16))
	scores, err := f.Evaluate(t.Context(), task.TestPart)
	if err != nil || !(scores.Metrics["smape"] > 0) {
		t.Errorf("%v, %v", scores.Metrics, err)
	}
}

// TestNormalized moves and stretches a series: what is normalised window by window is forecast alike.
func TestNormalized(t *testing.T) {
	for normalize, c := range map[string]struct{ scale, shift float64 }{
		"none": {1, 0}, "last": {1, 100}, "mean": {1, 100}, "deviation": {3, 100}, "magnitude": {3, 0}, "change": {3, 100},
	} {
		f := newForecast(t, small(), rows(72, 1), Options{Window: 6, Horizon: 3, Scale: "none", Normalize: normalize})
		history, other := rows(72, 1), rows(72, 1)
		for _, row := range other {
			row[0] = c.scale*row[0] + c.shift
		}
		a, err := f.Predict(history, 3)
		if err != nil {
			t.Fatal(err)
		}
		b, err := f.Predict(other, 3)
		if err != nil {
			t.Fatal(err)
		}
		for h := range a {
			if want := c.scale*a[h][0] + c.shift; math.Abs(b[h][0]-want) > 1e-3*math.Abs(want) {
				t.Errorf("%s: step %d is %v; want %v", normalize, h+1, b[h][0], want)
			}
		}
	}
}

// TestResidual lets a network of zeros forecast: what is left is the row a season before.
func TestResidual(t *testing.T) {
	f := newForecast(t, small(), rows(72, 1), Options{Window: 8, Horizon: 6, Residual: 4})
	for _, p := range f.Params().List() {
		clear(p.Value().Float32s())
	}
	history := rows(72, 1)
	next, err := f.Predict(history, 6)
	if err != nil {
		t.Fatal(err)
	}
	for h := range next {
		if want := history[68+h%4][0]; math.Abs(next[h][0]-want) > 1e-4*want {
			t.Errorf("step %d is %v; want %v", h+1, next[h][0], want)
		}
	}
}

// TestMembers compares the forecast of several networks with the mean of those of each.
func TestMembers(t *testing.T) {
	f := newForecast(t, small(), rows(72, 1), Options{Window: 5, Members: 3})
	history := rows(72, 1)
	all, err := f.Predict(history, 1)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i := range 3 {
		one := newForecast(t, small(), rows(72, 1), Options{Window: 5})
		prefix := ""
		if i > 0 {
			prefix = fmt.Sprintf("member%d.", i+1)
		}
		for _, p := range one.Params().List() {
			for _, q := range f.Params().List() {
				if q.Name() == prefix+p.Name() {
					copy(p.Value().Float32s(), q.Value().Float32s())
				}
			}
		}
		next, err := one.Predict(history, 1)
		if err != nil {
			t.Fatal(err)
		}
		sum += next[0][0] / 3
	}
	if math.Abs(all[0][0]-sum) > 1e-5*math.Abs(sum) {
		t.Errorf("together %v; the mean is %v", all[0][0], sum)
	}
}

// TestBacktest compares forecasts from some moments with those that are made there, and what a series was there.
func TestBacktest(t *testing.T) {
	p := promoted(2, 120, 0)
	p.Known, p.Past, p.Static = nil, nil, nil
	f, err := NewPanel(gru.New(graph.Hidden(4)), p, graph.NewParams(tensor.Float32, graph.InitSeed(1)), Options{Window: 14, Horizon: 5})
	if err != nil {
		t.Fatal(err)
	}
	fit(t, f, train.Epochs(1), train.Batch(16))
	const n = 3
	origins, err := f.Backtest(t.Context(), n)
	if err != nil || len(origins) != n {
		t.Fatalf("%v, %v", origins, err)
	}
	for i, at := range origins {
		row := 115 - 5*(n-1-i)
		if at.Label != p.Series[0].Times[row] || len(at.Rivals) < 3 {
			t.Errorf("origin %d is %q with %d rivals; want %q", i, at.Label, len(at.Rivals), p.Series[0].Times[row])
		}
		label, d, err := f.Until(i, n)
		if err != nil || label != at.Label {
			t.Fatalf("%q, %v; want %q", label, err, at.Label)
		}
		then := datasets.PanelOf(d)
		if s := then.Series[1]; s.Len() != row+5 || s.Split.Test != (datasets.Range{From: row, To: row + 5}) || s.Split.Valid.To != row {
			t.Errorf("as of %s there are %d rows with the parts %+v", label, s.Len(), s.Split)
		}
		on, err := f.On(then, nil)
		if err != nil {
			t.Fatal(err)
		}
		scores, err := on.Evaluate(t.Context(), task.TestPart)
		if err != nil || math.Abs(scores.Metrics["smape"]-at.Metrics["smape"]) > 1e-4 {
			t.Errorf("as of %s smape is %v, %v; want %v", label, scores.Metrics["smape"], err, at.Metrics["smape"])
		}
	}
	for _, n := range []int{0, 41, 1 << 30} {
		if _, err := f.Backtest(t.Context(), n); err == nil {
			t.Errorf("%d origins", n)
		}
	}
}

// TestRefit learns again from all rows, and says so.
func TestRefit(t *testing.T) {
	f := newForecast(t, small(), rows(72, 1), Options{Window: 5, Refit: true})
	again, err := f.Refit(graph.NewParams(tensor.Float32, graph.InitSeed(1)))
	if err != nil {
		t.Fatal(err)
	}
	n, _, _ := f.Examples()
	all, _, _ := again.Examples()
	if all != 72-5 || all <= n {
		t.Errorf("%d examples, then %d; want %d", n, all, 72-5)
	}
	scores, err := again.Evaluate(t.Context(), task.TestPart)
	if err != nil || len(scores.Notes) != 1 {
		t.Errorf("%v, %v; want a note", scores.Notes, err)
	}
	plain := newForecast(t, small(), rows(72, 1), Options{Window: 5})
	if again, err := plain.Refit(graph.NewParams(tensor.Float32)); again != nil || err != nil {
		t.Errorf("%v, %v", again, err)
	}
}

// TestEtth1 compares what learns nothing with what is known of it under Informer's protocol.
func TestEtth1(t *testing.T) {
	if os.Getenv("ZOO_DATA") == "" {
		t.Skip("ZOO_DATA is not set: no transformers")
	}
	d, err := datasets.Open("etth1")
	if err != nil {
		t.Fatal(err)
	}
	f, err := NewPanel(small(), datasets.PanelOf(d), graph.NewParams(tensor.Float32), Options{Window: 24, Horizon: 24, Separate: true})
	if err != nil {
		t.Fatal(err)
	}
	rivals, err := f.Baselines(t.Context(), task.TestPart)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{"persistence": 1.2220, "seasonal": 0.4244} {
		if got := byName(rivals)[name]["mse"]; math.Abs(got-want) > 5e-5 {
			t.Errorf("%s: mse %v; want %v", name, got, want)
		}
	}
}

// TestMasks tells the network which values are missing: a value that stands for one is not the same as one that was observed.
func TestMasks(t *testing.T) {
	values := rows(72, 1)
	values[10][0] = math.NaN()
	f := newForecast(t, small(), values, Options{Window: 6, Difference: 0})
	observed, missing := rows(72, 1), rows(72, 1)
	observed[70][0], missing[70][0] = observed[69][0], math.NaN() // which is shown as the value before it
	a, err := f.Predict(observed, 1)
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.Predict(missing, 1)
	if err != nil {
		t.Fatal(err)
	}
	if a[0][0] == b[0][0] {
		t.Errorf("%v is forecast behind a value and behind none", a[0][0])
	}
	whole := newForecast(t, small(), rows(72, 1), Options{Window: 6})
	if n, m := whole.Params().Count(), f.Params().Count(); n >= m {
		t.Errorf("%d parameters with masks, %d without", m, n)
	}
}

// TestHolidaysAreKept forgets the file of holidays once the network has learnt: what is kept knows the days.
func TestHolidaysAreKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "holidays.txt")
	if err := os.WriteFile(file, []byte("2024-04-07 a day\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := promoted(2, 90, 4)
	f, err := NewPanel(gru.New(graph.Hidden(4)), p, graph.NewParams(tensor.Float32, graph.InitSeed(1)), Options{Window: 14, Horizon: 2, Calendar: true, Holidays: file})
	if err != nil {
		t.Fatal(err)
	}
	want, err := f.Continue(t.Context(), p, 4)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	files := train.Folder(t.TempDir())
	if err := f.Save(files); err != nil {
		t.Fatal(err)
	}
	back, err := Open(gru.New(graph.Hidden(4)), graph.NewParams(tensor.Float32), f.Options(), files)
	if err != nil {
		t.Fatal(err)
	}
	if err := back.Params().Restore(f.Params().Snapshot()); err != nil {
		t.Fatal(err)
	}
	if got, err := back.Continue(t.Context(), back.Histories(), 4); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}
