package zoo

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
)

// quick returns a configuration that trains in a moment.
func quick(model string) Config {
	c := Defaults(model, "airline")
	c.Hidden, c.Epochs, c.Batch = 4, 3, 16
	forecastOf(c).Window, forecastOf(c).Lag, forecastOf(c).Difference, forecastOf(c).Log = 3, 12, 0, true
	return c
}

// trained runs a configuration.
func trained(t *testing.T, c Config, callbacks ...train.Callbacks) (*Experiment, *Result) {
	t.Helper()
	return trainedOn(t, c, nil, callbacks...)
}

// trainedOn runs a configuration on a dataset, or on nil for its own.
func trainedOn(t testing.TB, c Config, d datasets.Dataset, callbacks ...train.Callbacks) (*Experiment, *Result) {
	t.Helper()
	e, err := New(c, WithDataset(d))
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.Run(context.Background(), callbacks...)
	if err != nil {
		t.Fatal(err)
	}
	return e, r
}

func TestExperiment(t *testing.T) {
	c := quick("lstm")
	c.Hidden = 32
	epochs := 0
	e, r := trained(t, c, train.Callbacks{Epoch: func(train.EpochEvent) error { epochs++; return nil }})
	// 4·32·1 + 4·32·32 + 2·4·32 of the cell and 32 + 1 of the head, five times.
	if e.Parameters() != 5*4513 {
		t.Errorf("%d parameters; want five times 4513", e.Parameters())
	}
	if n, valid, test := e.Examples(); n != 84-12-3 || valid != 12 || test != 48 {
		t.Errorf("%d, %d and %d examples; want 69, 12 and 48", n, valid, test)
	}
	if epochs != 3 || r.Epochs != 3 || r.Interrupted || e.Dataset.Name != "airline" || forecastOf(e.Config).Members != 5 {
		t.Errorf("%d epochs, %+v, %+v", epochs, r.Result, e.Config)
	}
	for _, name := range []string{"rmse", "mae", "smape", "mase"} {
		if x, ok := r.Metrics[name]; !ok || !(x > 0) || math.IsInf(x, 0) {
			t.Errorf("%s is %v", name, x)
		}
	}
	if names := rivals(r.Baselines); !slices.Equal(names, []string{"drift", "growth", "holt-winters", "naive2", "persistence", "seasonal", "theta"}) {
		t.Errorf("baselines %v", names)
	}
	if rmse := r.Baseline("seasonal")["rmse"]; math.Abs(rmse-41.85) > 0.01 {
		t.Errorf("the seasonal baseline has rmse %v; want 41.85", rmse)
	}
	c.Limit = 10
	if e, err := New(c); err != nil {
		t.Error(err)
	} else if n, valid, test := e.Examples(); n != 10 || valid != 12 || test != 48 {
		t.Errorf("limited: %d, %d and %d examples; want 10, 12 and 48", n, valid, test)
	}
}

func TestExperimentSeed(t *testing.T) {
	for _, m := range Models() {
		c := quick(m.Name)
		c.Dropout, c.RecurrentDropout, c.WeightDrop, c.Layers = 0.2, 0.2, 0.2, 2
		run := func(seed uint64) (map[string]float64, [][]float64) {
			c.Seed = seed
			e, r := trained(t, c)
			return r.Metrics, predicted(t, e.Kept(r), 3)
		}
		metrics, next := run(5)
		again, nextAgain := run(5)
		if !reflect.DeepEqual(metrics, again) || !reflect.DeepEqual(next, nextAgain) {
			t.Errorf("%s: two runs of one seed give %v and %v", m.Name, metrics, again)
		}
		initial := func(seed uint64) any {
			c.Seed = seed
			e, err := New(c)
			if err != nil {
				t.Fatal(err)
			}
			return e.task.Params().Snapshot()
		}
		if reflect.DeepEqual(initial(5), initial(6)) || !reflect.DeepEqual(initial(5), initial(5)) {
			t.Errorf("%s: the initial weights do not follow the seed", m.Name)
		}
		if other, nextOther := run(6); reflect.DeepEqual(metrics, other) || reflect.DeepEqual(next, nextOther) {
			t.Errorf("%s: two seeds give the same metrics %v or forecasts", m.Name, metrics)
		}
	}
}

// TestExperimentConfig checks that each setting reaches the run: it makes another one of it.
func TestExperimentConfig(t *testing.T) {
	two := quick("gru")
	two.Layers = 2
	_, plain := trained(t, quick("gru"))
	_, stacked := trained(t, two)
	for name, set := range map[string]func(*Config){
		"hidden":            func(c *Config) { c.Hidden = 5 },
		"layers":            func(c *Config) { c.Layers = 2 },
		"dropout":           func(c *Config) { c.Layers, c.Dropout = 2, 0.5 }, // between the layers
		"recurrent dropout": func(c *Config) { c.RecurrentDropout = 0.5 },
		"weight drop":       func(c *Config) { c.WeightDrop = 0.5 },
		"layer norm":        func(c *Config) { c.LayerNorm = true },
		"epochs":            func(c *Config) { c.Epochs = 4 },
		"batch":             func(c *Config) { c.Batch = 0 },
		"rate":              func(c *Config) { c.LR = 0.02 },
		"optimizer":         func(c *Config) { c.Optimizer = "rmsprop" },
		"weight decay":      func(c *Config) { c.WeightDecay = 0.5 },
		"clip":              func(c *Config) { c.Clip = 1e-6 },
		"schedule":          func(c *Config) { c.Schedule = "exponential:0.1" },
		"limit":             func(c *Config) { c.Limit = 40 },
		"window":            func(c *Config) { forecastOf(*c).Window = 4 },
		"horizon":           func(c *Config) { forecastOf(*c).Horizon = 2 },
		"lag":               func(c *Config) { forecastOf(*c).Lag = 6 },
		"difference":        func(c *Config) { forecastOf(*c).Difference = 1 },
		"log":               func(c *Config) { forecastOf(*c).Log = false },
		"every step":        func(c *Config) { forecastOf(*c).EveryStep = true },
		"loss":              func(c *Config) { forecastOf(*c).Loss = "mae" },
		"period":            func(c *Config) { c.Data.Period = 6 }, // of the metric mase
	} {
		c := quick("gru")
		set(&c)
		e, r := trained(t, c)
		if reflect.DeepEqual(r.Metrics, plain.Metrics) || name != "layers" && reflect.DeepEqual(r.Metrics, stacked.Metrics) {
			t.Errorf("%s: the same metrics %v as without", name, r.Metrics)
		}
		if c.Epochs != r.Epochs || e.Config.Hidden != c.Hidden {
			t.Errorf("%s: %+v of %+v", name, r.Result, e.Config)
		}
	}
	c := quick("gru")
	c.Epochs, c.LR, c.Patience = 50, 0.5, 1
	if _, r := trained(t, c); r.Epochs == 50 {
		t.Errorf("patience 1 at a rate of 0.5 has no effect in %d epochs", r.Epochs)
	}
}

func TestExperimentCancelled(t *testing.T) {
	e, err := New(quick("rnn"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, err := e.Run(ctx, train.Callbacks{Epoch: func(train.EpochEvent) error { cancel(); return nil }})
	if err != nil || !r.Interrupted || r.Epochs != 1 || r.BestEpoch != 1 || !(r.Metrics["rmse"] > 0) {
		t.Fatalf("%+v, %v; want an interrupted run of one epoch with metrics", r, err)
	}
	run := e.Kept(r)
	dir, err := run.Keep(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	back, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := predicted(t, back, 3), predicted(t, run, 3); !reflect.DeepEqual(got, want) {
		t.Errorf("opened it forecasts %v; want %v", got, want)
	}
}

func TestExperimentDiverges(t *testing.T) {
	c := quick("rnn")
	c.LR, c.Clip, c.Optimizer = 1e30, 0, "sgd"
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := e.Run(context.Background()); err == nil || r != nil || !strings.Contains(err.Error(), "lower the learning rate") {
		t.Errorf("%+v, error %v; want one that says what to do", r, err)
	}
}

// mgu is a cell as a user writes one, the minimal gated unit (Zhou et al. 2016):
//
//	f  = σ(x·W_f + h·U_f + b_f)
//	n  = tanh(x·W_n + (f∘h)·U_n + b_n)
//	h' = (1 − f)∘h + f∘n
type mgu struct{ hidden int }

func (c mgu) State() []int { return []int{c.hidden} }

func (c mgu) Step(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
	h := s[0]
	f := b.Sigmoid(b.Affine("f", c.hidden, x, h))
	n := b.Tanh(b.Affine("n", c.hidden, x, b.Mul(f, h)))
	return graph.State{b.Lerp(h, n, f)}
}

func newMGU(opts ...graph.NetworkOption) *graph.Network {
	return graph.NewNetwork("mgu", func(c graph.CellConfig) graph.Cell { return mgu{c.Hidden} }, opts...)
}

func TestTrainOwnCell(t *testing.T) {
	for name, network := range map[string]*graph.Network{
		"one way": newMGU(graph.Hidden(6)), "both ways and stacked": birnn.New(newMGU(graph.Hidden(4), graph.Layers(2), graph.Dropout(0.1))),
	} {
		t.Run(name, func(t *testing.T) {
			run, err := Train(context.Background(), network, datasets.Airline(), train.Epochs(30))
			if err != nil {
				t.Fatal(err)
			}
			if rmse := run.Result.Metrics["rmse"]; !(rmse < 41.85) {
				t.Errorf("rmse %v; want less than the seasonal forecast's", rmse)
			}
			dir, err := run.Keep(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(dir, "mgu-airline-1") {
				t.Errorf("kept in %s", dir)
			}
			if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), `its model "`+network.Name()+`" is none of the zoo`) {
				t.Errorf("without the network: error %v", err)
			}
			back, err := Open(dir, network)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := predicted(t, back, 14), predicted(t, run, 14); !reflect.DeepEqual(got, want) {
				t.Errorf("opened it forecasts %v; want %v", got, want)
			}
		})
	}
}

// TestTrainBothWays opens a run by the name of its network, which does not say how its directions are merged: the
// parameters tell.
func TestTrainBothWays(t *testing.T) {
	network := birnn.New(rnn.New(graph.Hidden(Defaults("rnn", "airline").Hidden)), graph.MergeSum)
	run, err := Train(context.Background(), network, datasets.Airline(), train.Epochs(1))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := run.Keep(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if r, err := Open(dir); err == nil || r != nil || !strings.Contains(err.Error(), "head.weight") {
		t.Errorf("error %v; want one of a head of another width", err)
	}
	back, err := Open(dir, network)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := predicted(t, back, 3), predicted(t, run, 3); !reflect.DeepEqual(got, want) {
		t.Errorf("opened it forecasts %v; want %v", got, want)
	}
}

func TestTrainOptions(t *testing.T) {
	learn := func(opts ...train.Option) *Run {
		t.Helper()
		run, err := Train(context.Background(), rnn.New(graph.Hidden(4)), datasets.Airline(), opts...)
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	if run := learn(); run.Result.Epochs != Defaults("rnn", "airline").Epochs {
		t.Errorf("%d epochs; want those of Defaults", run.Result.Epochs)
	}
	var rates []float64
	steps := 0
	run := learn(train.Epochs(3), train.Batch(10), train.Optimize(&train.SGD{LR: 0.25}), train.Scheduled("step:1:0.5"), train.Watch(train.Callbacks{
		Step: func(e train.StepEvent) error {
			steps = e.Steps
			rates = append(rates, e.LearningRate)
			return nil
		}}))
	e, err := New(Defaults("rnn", "airline"))
	if err != nil {
		t.Fatal(err)
	}
	n, _, _ := e.Examples()
	if want := (n + 9) / 10; run.Result.Epochs != 3 || steps != want || rates[0] != 0.25 || rates[want] != 0.125 {
		t.Errorf("%d epochs of %d steps at rates %v; want 3 of %d from 0.25 on", run.Result.Epochs, steps, rates, want)
	}
	one, again, other := learn(train.Epochs(2), train.Seed(1)), learn(train.Epochs(2), train.Seed(1)), learn(train.Epochs(2), train.Seed(2))
	if !reflect.DeepEqual(one.Result.Metrics, again.Result.Metrics) || reflect.DeepEqual(one.Result.Metrics, other.Result.Metrics) {
		t.Errorf("metrics %v, again %v and with another seed %v", one.Result.Metrics, again.Result.Metrics, other.Result.Metrics)
	}
	if _, err := Train(context.Background(), rnn.New(), datasets.Airline(), train.Epochs(0)); err == nil {
		t.Error("a run of no epochs")
	}
}

// TestTrainRecordsOptimizer trains again with the configuration that a run leaves: the weights are the same, bit for bit.
func TestTrainRecordsOptimizer(t *testing.T) {
	for want, o := range map[string]train.Optimizer{
		"adamw 0.5":                         &train.AdamW{LR: 0.01, WeightDecay: 0.5},
		"adam:beta1=0.5,eps=0.001 0":        &train.Adam{LR: 0.01, Beta1: 0.5, Eps: 1e-3},
		"nesterov:momentum=0.75 0.001":      &train.SGD{LR: 0.01, Momentum: 0.75, Nesterov: true, WeightDecay: 1e-3},
		"rmsprop:alpha=0.9,centered=true 0": &train.RMSProp{LR: 0.01, Alpha: 0.9, Centered: true},
	} {
		run, err := Train(context.Background(), rnn.New(graph.Hidden(4)), datasets.Airline(), train.Epochs(2), train.Optimize(o))
		if err != nil {
			t.Fatal(err)
		}
		c := run.Config
		if got := fmt.Sprint(c.Optimizer, " ", c.WeightDecay); got != want || c.LR != 0.01 {
			t.Errorf("recorded %s at %v; want %s at 0.01", got, c.LR, want)
		}
		if _, again := trained(t, c); !reflect.DeepEqual(again.Metrics, run.Result.Metrics) {
			t.Errorf("%s: the configuration gives %v; want %v", want, again.Metrics, run.Result.Metrics)
		}
	}
}

// notSeries is a dataset that nothing here can learn from.
type notSeries struct{}

func (notSeries) Info() datasets.Info {
	return datasets.Info{Name: "pictures", Kind: "pictures", Task: "caption"}
}

func TestTrainRefuses(t *testing.T) {
	_, err := Train(context.Background(), rnn.New(), notSeries{})
	if wantUsage(t, err); err == nil || !strings.Contains(err.Error(), `dataset "pictures": no task learns from pictures`) {
		t.Errorf("error %v", err)
	}
	if _, err := Train(context.Background(), lstm.New(graph.Layers(0)), datasets.Airline()); err == nil || !strings.Contains(err.Error(), "lstm: the number of layers is 0") {
		t.Errorf("error %v", err)
	}
}
