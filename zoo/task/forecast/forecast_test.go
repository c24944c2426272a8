package forecast

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// seriesOf makes a series of rows.
func seriesOf(rows [][]float64) *datasets.Series {
	s := &datasets.Series{Meta: datasets.Info{Name: "made"}, Values: rows}
	for v := range rows[0] {
		s.Variables = append(s.Variables, fmt.Sprintf("v%d", v))
	}
	return s
}

// counted makes rows in which variable v of row t is 100·v + t, so that each number tells where it comes from.
func counted(n, width int) [][]float64 {
	rows := make([][]float64, n)
	for t := range rows {
		for v := range width {
			rows[t] = append(rows[t], float64(100*v+t))
		}
	}
	return rows
}

// column makes rows of one variable.
func column(values ...float64) [][]float64 {
	rows := make([][]float64, len(values))
	for i, x := range values {
		rows[i] = []float64{x}
	}
	return rows
}

func newForecast(t *testing.T, network *graph.Network, rows [][]float64, opts Options) *Forecast {
	t.Helper()
	f, err := New(network, seriesOf(rows), graph.NewParams(tensor.Float32, graph.InitSeed(1)), opts)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// starts returns the rows of a part of the only series at which a forecast can begin.
func starts(f *Forecast, part datasets.Range) []int {
	var rows []int
	for t, to := f.fits(part); t < to; t++ {
		rows = append(rows, t)
	}
	return rows
}

// at returns forecasts that begin at rows of the only series.
func at(rows ...int) []origin {
	var all []origin
	for _, row := range rows {
		all = append(all, origin{0, int32(row)})
	}
	return all
}

// metricsOf returns the metrics of forecasts in the series' units.
func metricsOf(t *testing.T, f *Forecast, origins []origin, points [][][]float64) map[string]float64 {
	t.Helper()
	scores, err := f.scorer(nil)
	for i, at := range origins {
		if err == nil {
			err = scores.add(at, outlook{point: points[i]})
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return scores.metrics()
}

func fit(t *testing.T, f *Forecast, opts ...train.Option) train.Result {
	t.Helper()
	r, err := train.Run(context.Background(), f, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// weights returns a copy of all parameters.
func weights(f *Forecaster) []float32 {
	var w []float32
	for _, p := range f.Params().List() {
		w = append(w, p.Value().Float32s()...)
	}
	return w
}

func small() *graph.Network { return rnn.New(graph.Hidden(3)) }

// TestForecastWindows reads the rows that an example is made of back from the inputs of its program.
func TestForecastWindows(t *testing.T) {
	const n, window = 48, 5
	for _, width := range []int{1, 3} {
		for _, horizon := range []int{1, 4} {
			for _, lost := range []int{0, 1, 7} { // rows taken by differences
				for _, every := range []bool{false, true} {
					t.Run(fmt.Sprintf("width %d horizon %d lost %d every %v", width, horizon, lost, every), func(t *testing.T) {
						opts := Options{Window: window, Horizon: horizon, EveryStep: every, Lag: max(0, lost-1), Difference: min(1, lost)}
						f := newForecast(t, small(), counted(n, width), opts)
						// Put the rows' numbers in place of what is learnt from.
						f.strands[0].scaled = counted(n, width)
						const trainTo, validTo = 28, 32 // of 48: a third tests, an eighth of the rest validates
						first := lost + window
						nTrain, nValid, nTest := f.Examples()
						if want := [3]int{trainTo - first - horizon + 1, 4 - horizon + 1, 16 - horizon + 1}; [3]int{nTrain, nValid, nTest} != want {
							t.Fatalf("%d, %d and %d examples; want %v", nTrain, nValid, nTest, want)
						}
						all := make([]int, nTrain)
						for i := range all {
							all[i] = nTrain - 1 - i // any order
						}
						step, err := f.Step(0, all)
						if err != nil || step.Tokens != nTrain*window {
							t.Fatalf("%d tokens, %v; want %d", step.Tokens, err, nTrain*window)
						}
						p := step.Program
						x, y := p.Input("x").Float32s(), p.Input("target").Float32s()
						steps := 1
						if every {
							steps = window
						}
						if len(x) != window*nTrain*width || len(y) != steps*nTrain*horizon*width {
							t.Fatalf("%d inputs and %d targets", len(x), len(y))
						}
						for i, e := range all {
							start := first + e // the row that is forecast first
							for v := range width {
								for w := range window {
									if got, want := x[(w*nTrain+i)*width+v], float32(100*v+start-window+w); got != want {
										t.Fatalf("example %d: step %d of variable %d is row %v; want %v", e, w, v, got, want)
									}
								}
								for s := range steps {
									for h := range horizon {
										want := float32(100*v + start - (steps - 1 - s) + h)
										if got := y[((s*nTrain+i)*horizon+h)*width+v]; got != want {
											t.Fatalf("example %d: target %d after step %d of variable %d is row %v; want %v", e, h, s, v, got, want)
										}
									}
								}
							}
						}
						if last := slices.Max(y); last != float32(100*(width-1)+trainTo-1) {
							t.Errorf("the last row that is learnt is %v; want the last of the training part", last)
						}
						for part, want := range map[datasets.Range][2]int{f.strands[0].split.Valid: {trainTo, validTo - horizon}, f.strands[0].split.Test: {validTo, n - horizon}} {
							starts := starts(f, part)
							if starts[0] != want[0] || starts[len(starts)-1] != want[1] {
								t.Errorf("forecasts of %v begin at rows %d to %d; want %v", part, starts[0], starts[len(starts)-1], want)
							}
						}
					})
				}
			}
		}
	}
}

// TestForecastLoss compares the losses with their definitions.
func TestForecastLoss(t *testing.T) {
	huber := func(d float64) float64 {
		if d = math.Abs(d); d > 1 {
			return d - 0.5
		}
		return d * d / 2
	}
	for name, loss := range map[string]func(d float64) float64{
		"":      func(d float64) float64 { return d * d },
		"mse":   func(d float64) float64 { return d * d },
		"mae":   math.Abs,
		"huber": huber,
	} {
		for _, every := range []bool{false, true} {
			f := newForecast(t, small(), rows(60, 2), Options{Window: 4, Horizon: 2, Loss: name, EveryStep: every, Difference: 1})
			step, err := f.Step(0, []int{0, 5, 9})
			if err != nil {
				t.Fatal(err)
			}
			p := step.Program
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			out := f.outputs(t, p.Input("x"))
			target := p.Input("target").Float32s()
			want := 0.0
			for i, x := range out {
				want += loss(float64(x)-float64(target[i])) / float64(len(out))
			}
			if got := p.Loss(); len(out) != len(target) || math.Abs(got-want) > 1e-6*want {
				t.Errorf("loss %q, every step %v: %v; want %v", name, every, got, want)
			}
		}
	}
}

// outputs returns what the network makes of windows [Window, B, V], at every step where there is a forecast for each.
func (f *Forecast) outputs(t *testing.T, x *tensor.Dense) []float32 {
	t.Helper()
	b := graph.NewBuilder(f.params)
	p, err := graph.Compile(b, graph.OutputAs(outputName, f.declare(b, x.Shape()[1])[0]))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Set("x", x); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	return p.Output(outputName).Float32s()
}

// byName returns the metrics of rivals by their names.
func byName(rivals []task.Rival) map[string]map[string]float64 {
	all := make(map[string]map[string]float64)
	for _, r := range rivals {
		all[r.Name] = r.Metrics
	}
	return all
}

// TestForecastDropout drops in training, and only there.
func TestForecastDropout(t *testing.T) {
	f := newForecast(t, gru.New(graph.Hidden(4), graph.RecurrentDropout(0.5)), rows(60, 2), Options{Window: 4})
	losses := make(map[float64]bool)
	var metrics []map[string]float64
	for range 3 {
		step, err := f.Step(0, []int{0, 5, 9})
		if err != nil {
			t.Fatal(err)
		}
		p := step.Program
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		losses[p.Loss()] = true
		m, err := f.Evaluate(t.Context(), task.TestPart)
		if err != nil {
			t.Fatal(err)
		}
		metrics = append(metrics, m.Metrics)
	}
	if len(losses) != 3 {
		t.Errorf("3 steps on the same weights have the losses %v; want 3 different ones", losses)
	}
	if !reflect.DeepEqual(metrics[0], metrics[1]) || !reflect.DeepEqual(metrics[0], metrics[2]) {
		t.Errorf("the same weights have the metrics %v", metrics)
	}
}

// TestForecastLeaks changes what a forecast must not have seen.
func TestForecastLeaks(t *testing.T) {
	const n, validFrom, testFrom = 90, 52, 60 // of 90: a third tests, an eighth of the rest validates
	for _, tr := range []Options{
		{Window: 6},
		{Window: 6, Log: true, Lag: 4, Difference: 1, Horizon: 2},
		{Window: 6, Difference: 1, EveryStep: true},
	} {
		// learn trains on rows that differ from row on, and returns the task and its scaled forecasts from each row.
		learn := func(from, epochs int) (*Forecast, map[int][][]float64) {
			values := rows(n, 2)
			for _, row := range values[min(from, n):] {
				row[0], row[1] = 9*row[0], row[1]/5+1
			}
			f := newForecast(t, small(), values, tr)
			fit(t, f, train.Epochs(epochs), train.Batch(8))
			var starts []int
			for i := f.Needs(); i < n; i++ {
				starts = append(starts, i)
			}
			byRow := make(map[int][][]float64)
			if err := f.forecast(f.lane, f.sites(at(starts...)), func(i int, o outcome) error {
				byRow[starts[i]] = o.point
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return f, byRow
		}
		// After one epoch the weights are the same whatever the validation says; after more it chooses among them.
		for _, c := range []struct {
			from, epochs int
			learnt       bool // whether what is changed is learnt from
		}{
			{testFrom, 1, false}, {testFrom, 6, false}, {validFrom, 1, false}, {validFrom - 1, 1, true},
		} {
			plain, z := learn(n, c.epochs)
			changed, other := learn(c.from, c.epochs)
			if plain.strands[0].split.Valid.From != validFrom || plain.strands[0].split.Test.From != testFrom {
				t.Fatalf("the split is %+v", plain.strands[0].split)
			}
			if same := reflect.DeepEqual(plain.state.Transform, changed.state.Transform); same == c.learnt {
				t.Errorf("rows change from %d on: the same scale: %v", c.from, same)
			}
			if same := slices.Equal(weights(plain.Forecaster), weights(changed.Forecaster)); same == c.learnt {
				t.Errorf("rows change from %d on: the same weights after %d epochs: %v", c.from, c.epochs, same)
			}
			for row := range z {
				if same := reflect.DeepEqual(z[row], other[row]); row <= c.from && same == c.learnt {
					t.Errorf("rows change from %d on: the same forecast of row %d: %v", c.from, row, same)
				} else if row == c.from+1 && same {
					t.Errorf("rows change from %d on; the forecast of row %d does not", c.from, row)
				}
			}
		}
	}
}

func TestForecastRefuses(t *testing.T) {
	with := func(row int, x float64) [][]float64 {
		values := rows(48, 1)
		values[row][0] = x
		return values
	}
	for _, c := range []struct {
		name    string
		network *graph.Network
		rows    [][]float64
		opts    Options
		want    string
	}{
		{"every step backwards", birnn.New(lstm.New(graph.Hidden(3))), rows(48, 1), Options{EveryStep: true},
			"forecast: bilstm reads the window backwards too, so a forecast at every step would see what it forecasts; forecast at the window's end, or choose rnn, lstm or gru"},
		{"window longer than the series", small(), rows(48, 1), Options{Window: 60},
			"forecast made: a window of 60 rows, a horizon of 1 and differences that take 0 need 61 rows; the training part has 28 of the 48 in the series: choose a smaller window"},
		{"window longer than the training part", small(), rows(48, 1), Options{Window: 20, Horizon: 3, Lag: 5, Difference: 1},
			"need 29 rows; the training part has 28 of the 48"},
		{"horizon", small(), rows(48, 1), Options{Window: 4, Horizon: 5},
			"forecast made: a horizon of 5 rows does not fit into 4 rows of the series that are kept to validate or test; choose a smaller horizon"},
		{"two rows", small(), rows(2, 1), Options{}, "forecast made: 2 rows leave none for the validation part"},
		{"test fraction", small(), rows(48, 1), Options{Test: "1.5"}, `forecast made: test: "1.5" is no part of a series`},
		{"validation fraction", small(), rows(48, 1), Options{Valid: "-0.1"}, `valid: "-0.1" is no part of a series; give a fraction such as 0.2 or 1/3, a number of rows, or the date of the first row`},
		{"log of zero", small(), with(3, 0), Options{Log: true}, "forecast made: row 4 holds 0, which has no logarithm; forecast without log"},
		{"log of a negative test row", small(), with(47, -2), Options{Log: true}, "forecast made: row 48 holds -2, which has no logarithm"},
		{"window", small(), rows(48, 1), Options{Window: -1}, "forecast: window -1: want at least 1"},
		{"negative horizon", small(), rows(48, 1), Options{Horizon: -1}, "forecast: horizon -1: want at least 1"},
		{"lag", small(), rows(48, 1), Options{Lag: -12}, "forecast: lag -12: want at least 0"},
		{"difference", small(), rows(48, 1), Options{Difference: 2}, "forecast: difference 2: want less than 2"},
		{"loss", small(), rows(48, 1), Options{Loss: "rmse"}, `forecast: loss "rmse": not found; did you mean mse? Choose one of mse, mae, huber`},
		{"network", rnn.New(graph.Hidden(0)), rows(48, 1), Options{}, "rnn: the hidden width is 0; want at least 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := New(c.network, seriesOf(c.rows), graph.NewParams(tensor.Float32), c.opts)
			if err == nil || f != nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v; want %q", err, c.want)
			}
		})
	}
	// The longest window that fits.
	f := newForecast(t, small(), rows(48, 1), Options{Window: 19, Horizon: 3, Lag: 5, Difference: 1})
	if n, _, _ := f.Examples(); n != 1 {
		t.Errorf("%d examples; want 1", n)
	}
}

func TestForecastDefaults(t *testing.T) {
	f := newForecast(t, small(), rows(48, 1), Options{})
	if want := (Options{Window: 12, Horizon: 1, Loss: "mse", Scale: "deviation", Normalize: "none", Patch: 1, Members: 1, Decoder: "direct", Intervals: "80,95"}); f.Options() != want {
		t.Errorf("%+v; want %+v", f.Options(), want)
	}
}

func TestForecastLimit(t *testing.T) {
	f := newForecast(t, small(), rows(48, 1), Options{Window: 4})
	for _, c := range []struct{ limit, want int }{{0, 24}, {-1, 24}, {30, 24}, {10, 10}, {3, 3}} {
		f.Limit(c.limit)
		if n, valid, test := f.Examples(); n != c.want || valid != 4 || test != 16 {
			t.Errorf("limit %d: %d, %d and %d examples; want %d, 4 and 16", c.limit, n, valid, test, c.want)
		}
	}
	if batches := f.Batches(1, 2, 1); len(batches) != 2 {
		t.Errorf("batches %v; want 3 examples in 2", batches)
	}
}

// TestForecastConstant has nothing to scale by and nothing to be wrong about.
func TestForecastConstant(t *testing.T) {
	for _, opts := range []Options{{Window: 4}, {Window: 4, Difference: 1}, {Window: 4, Log: true, Lag: 3}} {
		f := newForecast(t, small(), column(slices.Repeat([]float64{7.3}, 48)...), opts)
		fit(t, f, train.Epochs(40), train.Optimize(&train.Adam{LR: 0.03}))
		m, err := f.Evaluate(t.Context(), task.TestPart)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := m.Metrics["mase"]; !(m.Metrics["rmse"] < 0.1) || ok {
			t.Errorf("%+v: metrics %v; want a small error, and no mase without a scale", opts, m.Metrics)
		}
	}
}

func TestForecastMetricsByHand(t *testing.T) {
	approx := func(t *testing.T, m map[string]float64, want map[string]float64) {
		t.Helper()
		for name, x := range want {
			if got, ok := m[name]; !ok || math.Abs(got-x) > 1e-12 {
				t.Errorf("%s is %v; want %v", name, got, x)
			}
		}
		if len(m) != len(want) {
			t.Errorf("metrics %v; want %v", m, want)
		}
	}
	// 12 rows: 7 train, 1 validates, 4 test.
	one := newForecast(t, small(), column(1, 2, 4, 7, 11, 16, 22, 5, 10, 20, 0, 8), Options{Window: 2})
	// Errors of 2, 4 and 0 beside true values of 10, 20 and 0; the naive error of the training part is (1+2+…+6)/6.
	want := map[string]float64{"rmse": math.Sqrt(20.0 / 3), "mae": 2, "smape": (200*2.0/22 + 200*4.0/36) / 3, "mase": 2 / 3.5, "mse": 20.0 / 3 / 52}
	approx(t, metricsOf(t, one, at(8, 9, 10), [][][]float64{{{12}}, {{16}}, {{0}}}), want)

	// With a season of 3 it is |7−1|, |11−2|, |16−4| and |22−7|.
	one.panel.Period = 3
	want["mase"] = 2 / ((6.0 + 9 + 12 + 15) / 4)
	approx(t, metricsOf(t, one, at(8, 9, 10), [][][]float64{{{12}}, {{16}}, {{0}}}), want)
	one.panel.Period = 50 // longer than the training part: as without
	want["mase"] = 2 / 3.5
	approx(t, metricsOf(t, one, at(8, 9, 10), [][][]float64{{{12}}, {{16}}, {{0}}}), want)

	// Two variables and two rows ahead: each variable is scaled by its own, 1 and 10.
	var values [][]float64
	for i := range 12 {
		values = append(values, []float64{float64(i), float64(-10 * i)})
	}
	two := newForecast(t, small(), values, Options{Window: 2, Valid: "0.25"})
	got := metricsOf(t, two, at(8), [][][]float64{{{9, -80}, {9, -75}}}) // true are (8, −80) and (9, −90)
	approx(t, got, map[string]float64{"mse": (1 + 225.0/100) / 4 / (35.0 / 12), "smape": (200*1.0/17 + 200*15.0/165) / 4, "mase": (1 + 1.5) / 4})
}

// TestForecastEvaluates compares the metrics of each part with forecasts of its rows, one by one, from what was before.
func TestForecastEvaluates(t *testing.T) {
	for _, opts := range []Options{
		{Window: 5}, {Window: 5, Horizon: 3, Log: true, Lag: 4, Difference: 1}, {Window: 5, Horizon: 2, EveryStep: true, Difference: 1},
		{Window: 5, Loss: "mae"},
	} {
		f := newForecast(t, gru.New(graph.Hidden(4)), rows(72, 1), opts)
		fit(t, f, train.Epochs(3))
		for part, r := range map[task.Part]datasets.Range{task.TrainPart: {From: f.Needs(), To: 42}, task.ValidPart: {From: 42, To: 48}, task.TestPart: {From: 48, To: 72}} {
			sum, n := 0.0, 0.0
			for start := r.From; start+f.opts.Horizon <= r.To; start++ {
				next, err := f.Predict(f.strands[0].values[:start], f.opts.Horizon)
				if err != nil {
					t.Fatal(err)
				}
				for h, row := range next {
					for v, x := range row {
						d := x - f.strands[0].values[start+h][v]
						sum += d * d
						n++
					}
				}
			}
			m, err := f.Evaluate(t.Context(), part)
			if err != nil {
				t.Fatal(err)
			}
			// Forecasts of one row and of many may add up in another order.
			if want := math.Sqrt(sum / n); math.Abs(m.Metrics["rmse"]-want) > 1e-5*want {
				t.Errorf("%+v: rmse of %s is %v; want %v", opts, part, m.Metrics["rmse"], want)
			}
		}
		valid, err := f.Validate()
		if err != nil {
			t.Fatal(err)
		}
		if m, _ := f.Evaluate(t.Context(), task.ValidPart); !reflect.DeepEqual(m.Metrics, valid.Metrics) {
			t.Errorf("metrics %v; want %v", valid.Metrics, m.Metrics)
		}
		// Whatever is learnt from, the loss is the mean squared one that a step would have on these rows, at the window's end.
		f.opts.EveryStep, f.head = false, pointHead{"mse"}
		f.lane = program.NewLane[shape]()
		f.train = f.origins(inValid)
		all := make([]int, len(f.train))
		for i := range all {
			all[i] = i
		}
		step, err := f.Step(0, all)
		if err != nil {
			t.Fatal(err)
		}
		p := step.Program
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		if want := p.Loss(); math.Abs(valid.Loss-want) > 1e-5*want {
			t.Errorf("%+v: the validation loss is %v; want %v", opts, valid.Loss, want)
		}
	}
	f := newForecast(t, small(), rows(48, 1), Options{})
	if _, err := f.Evaluate(t.Context(), "tset"); err == nil || err.Error() != `part "tset" not found; did you mean "test"? (choose train, valid or test)` {
		t.Errorf("error %v", err)
	}
	if _, err := f.Baselines(t.Context(), "tset"); err == nil {
		t.Error("baselines of an unknown part")
	}
}

// TestForecasterOn evaluates a trained forecaster on a series that it may not learn from.
func TestForecasterOn(t *testing.T) {
	f := newForecast(t, small(), rows(72, 2), Options{Window: 5, Lag: 4, Log: true})
	fit(t, f, train.Epochs(3))
	before, scale := weights(f.Forecaster), f.State()
	same, err := f.On(seriesOf(rows(72, 2)), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []task.Part{task.TrainPart, task.ValidPart, task.TestPart} {
		want, err := f.Evaluate(t.Context(), part)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := same.Evaluate(t.Context(), part); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v; want %v", part, got, err, want)
		}
	}
	// Twice as high, the forecasts of a logarithm are twice as high: the scale is still that of the first series.
	doubled := rows(72, 2)
	for _, row := range doubled {
		row[0], row[1] = 2*row[0], 2*row[1]
	}
	other, err := f.On(seriesOf(doubled), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := other.Evaluate(t.Context(), task.TestPart)
	if err != nil {
		t.Fatal(err)
	}
	want, err := f.Evaluate(t.Context(), task.TestPart)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got.Metrics["rmse"]-2*want.Metrics["rmse"]) > 1e-5*got.Metrics["rmse"] {
		t.Errorf("rmse %v; want twice %v", got.Metrics["rmse"], want.Metrics["rmse"])
	}
	if !slices.Equal(weights(f.Forecaster), before) || !reflect.DeepEqual(f.State(), scale) {
		t.Error("the forecaster has learnt from another series")
	}
	doubled[3][1] = 0
	for _, c := range []struct {
		rows [][]float64
		want string
	}{
		{rows(72, 1), "forecast made: the series has 1 variables; the model forecasts 2"},
		{rows(12, 2), "forecast made: a window of 5 rows, a horizon of 1 and differences that take 4 need 10 rows; the training part has 7 of the 12 in the series"},
		{rows(2, 2), "forecast made: 2 rows leave none for the validation part"},
		{doubled, "forecast made: row 4 holds 0, which has no logarithm"},
	} {
		if _, err := f.On(seriesOf(c.rows), nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v; want %q", err, c.want)
		}
	}
}

func TestForecastBaselinesAirline(t *testing.T) {
	airline := datasets.Airline()
	y := airline.Column(0)
	const testFrom = 96
	naive := map[string]func(past []float64) float64{
		"persistence": func(p []float64) float64 { return p[len(p)-1] },
		"seasonal":    func(p []float64) float64 { return p[len(p)-12] },
		"growth":      func(p []float64) float64 { n := len(p); return p[n-1] * p[n-12] / p[n-13] },
	}
	known := map[string]float64{"persistence": 48.04, "seasonal": 41.85, "growth": 15.62} // references.md
	for _, horizon := range []int{1, 3, 14} {
		f, err := New(small(), airline, graph.NewParams(tensor.Float32), Options{Window: 2, Horizon: horizon, Valid: "0.2"})
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Baselines(t.Context(), task.TestPart)
		if err != nil || len(got) != 7 {
			t.Fatalf("%v, %v; want 7 baselines", got, err)
		}
		for name, next := range naive {
			var squared, absolute, n float64
			for start := testFrom; start+horizon <= len(y); start++ {
				past := slices.Clone(y[:start])
				for range horizon {
					past = append(past, next(past))
				}
				for i := start; i < start+horizon; i++ {
					squared += (past[i] - y[i]) * (past[i] - y[i])
					absolute += math.Abs(past[i] - y[i])
					n++
				}
			}
			rmse, mae := byName(got)[name]["rmse"], byName(got)[name]["mae"]
			if math.Abs(rmse-math.Sqrt(squared/n)) > 1e-9 || math.Abs(mae-absolute/n) > 1e-9 {
				t.Errorf("horizon %d: %s has rmse %v and mae %v; want %v and %v", horizon, name, rmse, mae, math.Sqrt(squared/n), absolute/n)
			}
			if horizon == 1 && math.Abs(rmse-known[name]) > 0.01 {
				t.Errorf("%s has rmse %v; want %v", name, rmse, known[name])
			}
		}
	}
}

// TestForecastBaselinesThereAre lists them for series that lack what some need.
func TestForecastBaselinesThereAre(t *testing.T) {
	negative := rows(48, 2)
	negative[40][1] = 0
	for _, c := range []struct {
		name   string
		rows   [][]float64
		period int
		want   []string
	}{
		{"no season", rows(48, 2), 0, []string{"drift", "holt-winters", "naive2", "persistence", "theta"}},
		{"season", rows(48, 2), 4, []string{"drift", "growth", "holt-winters", "naive2", "persistence", "seasonal", "theta"}},
		{"a zero", negative, 4, []string{"drift", "holt-winters", "naive2", "persistence", "seasonal", "theta"}},
		{"season as long as what is known", rows(48, 2), 32, []string{"drift", "holt-winters", "naive2", "persistence", "seasonal", "theta"}},
		{"season just shorter", rows(48, 2), 31, []string{"drift", "growth", "holt-winters", "naive2", "persistence", "seasonal", "theta"}},
	} {
		f := newForecast(t, small(), c.rows, Options{Window: 2})
		f.panel.Period = c.period
		b, err := f.Baselines(t.Context(), task.TestPart)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for name, m := range byName(b) {
			names = append(names, name)
			if !(m["mse"] > 0) {
				t.Errorf("%s: %s has the metrics %v", c.name, name, m)
			}
		}
		if slices.Sort(names); !slices.Equal(names, c.want) {
			t.Errorf("%s: %v; want %v", c.name, names, c.want)
		}
	}
}

// TestForecastPredicts feeds forecasts back by hand.
func TestForecastPredicts(t *testing.T) {
	for _, opts := range []Options{
		{Window: 5}, {Window: 5, Log: true, Lag: 4, Difference: 1}, {Window: 5, EveryStep: true, Difference: 1},
		{Window: 5, Horizon: 3}, {Window: 5, Horizon: 3, Log: true, Lag: 4, Difference: 1},
	} {
		f := newForecast(t, gru.New(graph.Hidden(4)), rows(72, 2), opts)
		fit(t, f, train.Epochs(3))
		for _, length := range []int{f.Needs(), 40} {
			history := rows(72, 2)[72-length:]
			const steps = 7
			all, err := f.Predict(history, steps)
			if err != nil || len(all) != steps {
				t.Fatalf("%d rows, %v; want %d", len(all), err, steps)
			}
			if !reflect.DeepEqual(history, rows(72, 2)[72-length:]) {
				t.Fatal("the history has changed")
			}
			fed := slices.Clone(history)
			for len(fed) < length+steps {
				next, err := f.Predict(fed, f.opts.Horizon)
				if err != nil {
					t.Fatal(err)
				}
				fed = append(fed, next...)
			}
			if !reflect.DeepEqual(all, fed[length:length+steps]) {
				t.Errorf("%+v: %v; want %v by hand", opts, all, fed[length:length+steps])
			}
			if reflect.DeepEqual(all[0], all[1]) {
				t.Errorf("%+v: two steps have the same forecast %v", opts, all[0])
			}
		}
		// What is older than what is needed has no influence.
		long, err := f.Predict(rows(72, 2), 4)
		if err != nil {
			t.Fatal(err)
		}
		if short, _ := f.Predict(rows(72, 2)[72-f.Needs():], 4); !reflect.DeepEqual(long, short) {
			t.Errorf("%+v: the end of the history gives %v; want %v", opts, short, long)
		}
	}
}

func TestForecastPredictRefuses(t *testing.T) {
	f := newForecast(t, small(), rows(72, 2), Options{Window: 5, Log: true, Lag: 4, Difference: 1})
	bad := rows(12, 2)
	bad[8] = bad[8][:1]
	zero := rows(12, 2)
	zero[11][0] = 0
	huge := rows(12, 2)
	huge[11][0] = 1e308
	huge[7][0] = 1e-300
	for _, c := range []struct {
		name    string
		history [][]float64
		steps   int
		want    string
	}{
		{"no steps", rows(12, 2), 0, "steps 0: want between 1 and 1048576"},
		{"negative steps", rows(12, 2), -3, "steps -3: want between 1 and 1048576"},
		{"short", rows(9, 2), 1, "forecast: a history of 9 rows; the window of 5 and the differences need at least 10"},
		{"nothing", nil, 1, "forecast: a history of 0 rows"},
		{"width", rows(12, 3), 1, "forecast: row 1 of the history has 3 variables; want 2"},
		{"ragged", bad, 1, "forecast: row 9 of the history has 1 variables; want 2"},
		{"no logarithm", zero, 1, "row 12 holds 0, which has no logarithm"},
		{"overflow", huge, 1, `forecast of a history: the value of "v0" in row 12 is 1e+308, too large for a sum of squared errors`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if next, err := f.Predict(c.history, c.steps); err == nil || next != nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, error %v; want %q", next, err, c.want)
			}
		})
	}
}

// TestForecasterState keeps a forecaster as JSON and weights, and forecasts with what comes back.
func TestForecasterState(t *testing.T) {
	opts := Options{Window: 5, Horizon: 2, Log: true, Lag: 4, Difference: 1}
	f := newForecast(t, small(), rows(72, 2), opts)
	fit(t, f, train.Epochs(3))
	kept, err := json.Marshal(f.State())
	if err != nil {
		t.Fatal(err)
	}
	open := func(data []byte) (*Forecaster, error) {
		var state State
		if err := json.Unmarshal(data, &state); err != nil {
			t.Fatal(err)
		}
		return NewForecaster(small(), graph.NewParams(tensor.Float32), state)
	}
	back, err := open(kept)
	if err != nil {
		t.Fatal(err)
	}
	if err := back.Params().Restore(f.Params().Snapshot()); err != nil {
		t.Fatal(err)
	}
	want, err := f.Predict(rows(72, 2), 5)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := back.Predict(rows(72, 2), 5); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	// Weights that are there already stay, unless they are of another network: both directions summed are as wide as one.
	var state State
	if err := json.Unmarshal(kept, &state); err != nil {
		t.Fatal(err)
	}
	loaded := graph.NewParams(tensor.Float32)
	if err := loaded.Restore(f.Params().Snapshot()); err != nil {
		t.Fatal(err)
	}
	if back, err := NewForecaster(small(), loaded, state); err != nil {
		t.Error(err)
	} else if got, err := back.Predict(rows(72, 2), 5); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("with the weights first %v, %v; want %v", got, err, want)
	}
	both := newForecast(t, birnn.New(small(), graph.MergeSum), rows(72, 2), opts)
	_, err = NewForecaster(small(), both.Params(), state)
	if want := `forecast: rnn has no parameter "weight_ih_l0_reverse"; the weights are those of another network`; err == nil || err.Error() != want {
		t.Errorf("error %v; want %q", err, want)
	}
	for _, c := range []struct{ old, damaged, want string }{
		{`"mean":[`, `"mean":[1,`, "the state scales by 3 means and 2 deviations; want one of each for each variable"},
		{`"mean":[`, `"mean":[],"x":[`, "0 means and 2 deviations"},
		{`"window":5`, `"window":0`, "forecast: window 0: want at least 1"},
		{`"loss":"mse"`, `"loss":"mxe"`, `forecast: loss "mxe": not found`},
		{`"transform":{"log":true,"lag":4`, `"transform":{"log":true,"lag":-40`, "the state's differences are not those of its options"},
		{`"transform":{"log":true,"lag":4`, `"transform":{"log":false,"lag":4`, "the state's differences are not those of its options"},
		{`"deviation":[`, `"deviation":[0,1],"x":[`, "a deviation of 0"},
	} {
		data := strings.Replace(string(kept), c.old, c.damaged, 1)
		if data == string(kept) {
			t.Fatalf("%s is not in %s", c.old, kept)
		}
		if _, err := open([]byte(data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v; want %q", c.damaged, err, c.want)
		}
	}
}

// TestForecastLearns gives each model a rising wave, whose next value one needs to know the phase for.
func TestForecastLearns(t *testing.T) {
	both := func(n *graph.Network) *graph.Network { return birnn.New(n) }
	h := graph.Hidden(8)
	var values [][]float64
	for i := range 160 {
		at := float64(i)
		values = append(values, []float64{0.2*at + 10*math.Sin(2*math.Pi*at/16), 5 * math.Cos(2*math.Pi*at/16)})
	}
	for name, network := range map[string]*graph.Network{
		"rnn": rnn.New(h), "lstm": lstm.New(h), "gru": gru.New(h), "birnn": both(rnn.New(h)), "bilstm": both(lstm.New(h)), "bigru": both(gru.New(h)),
	} {
		t.Run(name, func(t *testing.T) {
			f := newForecast(t, network, values, Options{Window: 6, Difference: 1})
			fit(t, f, train.Epochs(60), train.Batch(16), train.Optimize(&train.Adam{LR: 0.01}))
			m, err := f.Evaluate(t.Context(), task.TestPart)
			if err != nil {
				t.Fatal(err)
			}
			b, err := f.Baselines(t.Context(), task.TestPart)
			if err != nil {
				t.Fatal(err)
			}
			if limit := byName(b)["persistence"]["mse"] / 2500; !(m.Metrics["mse"] < limit) {
				t.Errorf("mse %v; want less than %v, that of a fiftieth of persistence's error", m.Metrics["mse"], limit)
			}
			// Two turns of its own forecasts stay near the truth, beside an amplitude of 10.
			next, err := f.Predict(values[:120], 32)
			if err != nil {
				t.Fatal(err)
			}
			worst := 0.0
			for i, row := range next {
				worst = max(worst, math.Abs(row[0]-values[120+i][0]))
			}
			if !(worst < 0.6) {
				t.Errorf("its own forecasts fed back go wrong by %v; want less than 0.6", worst)
			}
		})
	}
}
