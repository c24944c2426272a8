package zoo

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task/classify"
	"github.com/rnnzoo/rnnzoo/zoo/task/translate"
)

// small returns a configuration that trains in a moment on a dataset that is embedded.
func small(t testing.TB, model, dataset string) Config {
	t.Helper()
	c, err := Configure(model, dataset, map[string]string{"hidden": "4", "epochs": "1", "batch": "16", "limit": "40"})
	if err != nil {
		t.Fatal(err)
	}
	switch o := c.Options.(type) {
	case *classify.Options:
		o.Embedding, o.MaxTokens = 4, 20
	case *translate.Options:
		o.Embedding, o.Beam, o.MaxTokens = 4, 1, 20
	}
	return c
}

// short returns a dataset with short parts to validate and to test.
func short(t testing.TB, name string) datasets.Dataset {
	t.Helper()
	d, err := datasets.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	const most = 30
	switch d := d.(type) {
	case *datasets.Labelled:
		d.Train, d.Valid, d.Test = d.Train[:400], d.Valid[:most], d.Test[:most]
	case *datasets.Pairs:
		d.Train, d.Valid, d.Test = d.Train[:400], d.Valid[:most], d.Test[:most]
	case *datasets.Sequences:
		if d, err = d.Resized(12); err != nil {
			t.Fatal(err)
		}
		d.Train, d.Valid, d.Test = d.Train.First(400), d.Valid.First(most), d.Test.First(most)
		return d
	}
	return d
}

// TestEveryPair trains each model on one dataset of each task.
func TestEveryPair(t *testing.T) {
	for _, dataset := range []string{"airline", "phrases", "dates", "adding"} {
		d := short(t, dataset)
		for _, m := range Models() {
			t.Run(dataset+" "+m.Name, func(t *testing.T) {
				t.Parallel()
				e, r := trainedOn(t, small(t, m.Name, dataset), d)
				if n, valid, test := e.Examples(); n != 40 || valid < 1 || test < 1 || e.Dataset.Name != dataset || r.Epochs != 1 {
					t.Errorf("%d, %d and %d examples of %s; %+v", n, valid, test, e.Dataset.Name, r.Result)
				}
				back := keptAndOpened(t, e.Kept(r))
				v, err := back.Evaluate(t.Context(), "test", WithDataset(d))
				if err != nil || !reflect.DeepEqual(*v, r.Evaluation) {
					t.Errorf("opened it has the scores %+v, %v; want %+v", v, err, r.Evaluation)
				}
			})
		}
	}
}

// TestEveryDataset trains on each dataset that is embedded.
func TestEveryDataset(t *testing.T) {
	for _, d := range datasets.List() {
		if d.Where != "embedded" {
			continue // opening it is the business of package datasets
		}
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			c := small(t, "rnn", d.Name)
			e, r := trainedOn(t, c, short(t, d.Name))
			if n, valid, test := e.Examples(); n != 40 || valid < 1 || test < 1 || e.Dataset.Name != d.Name || c.Task != d.Task || r.Epochs != 1 {
				t.Errorf("%d, %d and %d examples of %s for %s; %+v", n, valid, test, e.Dataset.Name, c.Task, r.Result)
			}
			if len(r.Baselines) == 0 {
				t.Error("there are no rivals")
			}
			keptAndOpened(t, e.Kept(r))
		})
	}
}

// keptAndOpened keeps a run and opens it again.
func keptAndOpened(t *testing.T, r *Run) *Run {
	t.Helper()
	dir, err := r.Keep(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	back, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

func TestConfigCheck(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		want string
		set  func(*Config)
	}{
		{`model "lsmt" not found; did you mean "lstm"?`, func(c *Config) { c.Model = "lsmt" }},
		{"hidden 0: want at least 1", func(c *Config) { c.Hidden = 0 }},
		{"hidden 8193: want at most 8192", func(c *Config) { c.Hidden = 1<<13 + 1 }},
		{"layers -1: want at least 1", func(c *Config) { c.Layers = -1 }},
		{"layers 65: want at most 64", func(c *Config) { c.Layers = 65 }},
		{"dropout -0.1: want at least 0", func(c *Config) { c.Dropout = -0.1 }},
		{"dropout 1: want less than 1", func(c *Config) { c.Dropout = 1 }},
		{"dropout NaN: want at least 0", func(c *Config) { c.Dropout = nan }},
		{"recurrent-dropout 1.5: want less than 1", func(c *Config) { c.RecurrentDropout = 1.5 }},
		{"weight-drop -1: want at least 0", func(c *Config) { c.WeightDrop = -1 }},
		{"weight-drop 1: want less than 1", func(c *Config) { c.WeightDrop = 1 }},
		{"weight-drop NaN: want at least 0", func(c *Config) { c.WeightDrop = nan }},
		{"epochs 0: want at least 1", func(c *Config) { c.Epochs = 0 }},
		{"batch -1: want at least 0", func(c *Config) { c.Batch = -1 }},
		{"accumulate 0: want at least 1", func(c *Config) { c.Accumulate = 0 }},
		{"ema 1: want less than 1", func(c *Config) { c.EMA = 1 }},
		{"ema 0.5: the optimizer asgd averages the weights itself", func(c *Config) { c.EMA, c.Optimizer = 0.5, "asgd:patience=3" }},
		{"lr 0: want a number above 0", func(c *Config) { c.LR = 0 }},
		{"lr -0.1: want a number above 0", func(c *Config) { c.LR = -0.1 }},
		{"lr NaN: want a number above 0", func(c *Config) { c.LR = nan }},
		{"lr +Inf: want ", func(c *Config) { c.LR = inf }},
		{"weight-decay -1: want at least 0", func(c *Config) { c.WeightDecay = -1 }},
		{"weight-decay +Inf: want ", func(c *Config) { c.WeightDecay = inf }},
		{"clip -1: want at least 0", func(c *Config) { c.Clip = -1 }},
		{"clip NaN: want at least 0", func(c *Config) { c.Clip = nan }},
		{"patience -1: want at least 0", func(c *Config) { c.Patience = -1 }},
		{"limit -1: want at least 0", func(c *Config) { c.Limit = -1 }},
		{"period -1: want at least 0", func(c *Config) { c.Data.Period = -1 }},
		{"window 0: want at least 1", func(c *Config) { forecastOf(*c).Window = 0 }},
		{"horizon 0: want at least 1", func(c *Config) { forecastOf(*c).Horizon = 0 }},
		{"lag -1: want at least 0", func(c *Config) { forecastOf(*c).Lag = -1 }},
		{"difference 2: want less than 2", func(c *Config) { forecastOf(*c).Difference = 2 }},
		{"difference -1: want at least 0", func(c *Config) { forecastOf(*c).Difference = -1 }},
		{`optimizer "adma": not found; did you mean adam?`, func(c *Config) { c.Optimizer = "adma" }},
		{`maximize "rmse": of that more is not better; give it to minimize`, func(c *Config) { c.Maximize = "rmse" }},
		{`maximize "accuracy": the task forecast has no metric of which more is better; minimize one of rmse, mae, mse, smape, mase, loss`, func(c *Config) { c.Maximize = "accuracy" }},
		{`minimize "rsme": the task forecast has no such metric of which less is better; did you mean rmse? Choose one of rmse, mae, mse, smape, mase, loss`, func(c *Config) { c.Minimize = "rsme" }},
		{`schedule "cosin": not found; choose one of`, func(c *Config) { c.Schedule = "cosin" }},
		{`schedule "step:0": has "0" for EPOCHS`, func(c *Config) { c.Schedule = "step:0" }},
	} {
		config := Defaults("lstm", "airline")
		c.set(&config)
		err := config.Check()
		if wantUsage(t, err); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v; want %q", err, c.want)
		}
		if e, newErr := New(config); newErr == nil || e != nil || newErr.Error() != err.Error() {
			t.Errorf("New gives %v; want %v", newErr, err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	with := func(model, dataset string, set func(*Config)) Config {
		c := Defaults(model, dataset)
		set(&c)
		return c
	}
	for _, c := range []struct {
		name   string
		config Config
		kind   string // "usage", "unknown" or "" for neither
		want   string
	}{
		{"dataset", Defaults("lstm", "airlin"), "unknown", `dataset "airlin" not found; did you mean "airline"?`},
		{"fill", with("lstm", "airline", func(c *Config) { c.Data.Fill = "linea" }), "usage", `fill "linea": not found; did you mean linear?`},
		{"every step backwards", with("bigru", "airline", func(c *Config) { forecastOf(*c).EveryStep = true }), "usage",
			`model "bigru" cannot forecast at every step of a window: it sees the future; choose rnn, lstm or gru`},
		{"column", with("lstm", "airline", func(c *Config) { c.Data.Columns = []string{"passenger"} }), "", `airline: column "passenger" not found; did you mean "passengers"?`},
		{"window", with("lstm", "airline", func(c *Config) { forecastOf(*c).Window = 200 }), "", "forecast airline: a window of 200 rows"},
		{"file", Defaults("lstm", "csv:/nowhere/x.csv"), "", "/nowhere/x.csv"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := New(c.config)
			if err == nil || e != nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("error %v; want %q", err, c.want)
			}
			var usage *option.UsageError
			var unknown *datasets.UnknownError
			if errors.As(err, &usage) != (c.kind == "usage") || errors.As(err, &unknown) != (c.kind == "unknown") {
				t.Errorf("an error of type %T; want it to be %q", errors.Cause(err), c.kind)
			}
		})
	}
}
