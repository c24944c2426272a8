package zoo

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
)

// TestEveryPair runs one epoch of each model on a few examples of each dataset.
func TestEveryPair(t *testing.T) {
	for _, d := range datasets.List() {
		t.Run(d.Name, func(t *testing.T) {
			switch {
			case d.Where == "to download":
				t.Skipf("%s is not on this machine; set ZOO_DATA to a folder that holds it, or fetch it with zoo data get %s", d.Name, d.Name)
			case d.Where != "embedded" && testing.Short():
				t.Skip("takes some seconds for each model")
			}
			for _, m := range Models() {
				t.Run(m.Name, func(t *testing.T) {
					c := Defaults(m.Name, d.Name)
					c.Hidden, c.Epochs, c.Batch, c.Limit = 4, 1, 16, 40
					if c.Task == "classify" {
						c.Classify.Embedding, c.Classify.MaxTokens = 4, 20
					}
					if c.Task == "translate" {
						c.Translate.Embedding, c.Translate.Beam = 4, 1
						if d.Where != "embedded" {
							c.Translate.Tokenizer = "bpe:100"
						}
					}
					e, r := trained(t, c)
					if n, valid, test := e.Examples(); n != 40 && c.Task != "forecast" || valid < 1 || test < 1 || e.Dataset.Name != d.Name || r.Epochs != 1 {
						t.Errorf("%d, %d and %d examples of %s; %+v", n, valid, test, e.Dataset.Name, r.Result)
					}
					back := keptAndOpened(t, e.Kept(r))
					if d.Where != "embedded" || c.Task == "translate" {
						return // it has been evaluated once, which takes a second or more
					}
					v, err := back.Evaluate("test")
					if err != nil || !reflect.DeepEqual(*v, r.Evaluation) {
						t.Errorf("opened it has the scores %+v, %v; want %+v", v, err, r.Evaluation)
					}
				})
			}
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
		{"--hidden 0: want at least 1", func(c *Config) { c.Hidden = 0 }},
		{"--hidden 8192: want less than 8192", func(c *Config) { c.Hidden = 1 << 13 }},
		{"--layers -1: want at least 1", func(c *Config) { c.Layers = -1 }},
		{"--layers 1024: want less than 1024", func(c *Config) { c.Layers = 1 << 10 }},
		{"--dropout -0.1: want at least 0", func(c *Config) { c.Dropout = -0.1 }},
		{"--dropout 1: want less than 1", func(c *Config) { c.Dropout = 1 }},
		{"--dropout NaN: want at least 0", func(c *Config) { c.Dropout = nan }},
		{"--recurrent-dropout 1.5: want less than 1", func(c *Config) { c.RecurrentDropout = 1.5 }},
		{"--epochs 0: want at least 1", func(c *Config) { c.Epochs = 0 }},
		{"--batch -1: want at least 0", func(c *Config) { c.Batch = -1 }},
		{"--lr 0: want a number above 0", func(c *Config) { c.LR = 0 }},
		{"--lr -0.1: want a number above 0", func(c *Config) { c.LR = -0.1 }},
		{"--lr NaN: want a number above 0", func(c *Config) { c.LR = nan }},
		{"--lr +Inf: want less than", func(c *Config) { c.LR = inf }},
		{"--weight-decay -1: want at least 0", func(c *Config) { c.WeightDecay = -1 }},
		{"--weight-decay +Inf: want less than", func(c *Config) { c.WeightDecay = inf }},
		{"--clip -1: want at least 0", func(c *Config) { c.Clip = -1 }},
		{"--clip NaN: want at least 0", func(c *Config) { c.Clip = nan }},
		{"--patience -1: want at least 0", func(c *Config) { c.Patience = -1 }},
		{"--limit -1: want at least 0", func(c *Config) { c.Limit = -1 }},
		{"--period -1: want at least 0", func(c *Config) { c.Period = -1 }},
		{"--window 0: want at least 1", func(c *Config) { c.Forecast.Window = 0 }},
		{"--horizon 0: want at least 1", func(c *Config) { c.Forecast.Horizon = 0 }},
		{"--lag -1: want at least 0", func(c *Config) { c.Forecast.Lag = -1 }},
		{"--difference 2: want less than 2", func(c *Config) { c.Forecast.Difference = 2 }},
		{"--difference -1: want at least 0", func(c *Config) { c.Forecast.Difference = -1 }},
		{`--optimizer: optimizer "adma": not found; did you mean adam?`, func(c *Config) { c.Optimizer = "adma" }},
		{`--schedule: schedule "cosin": not found; choose one of`, func(c *Config) { c.Schedule = "cosin" }},
		{`--schedule: schedule "step:0": has "0" for EPOCHS`, func(c *Config) { c.Schedule = "step:0" }},
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
		{"fill", with("lstm", "airline", func(c *Config) { c.Fill = "linea" }), "unknown", `fill method "linea" not found; did you mean "linear"?`},
		{"every step backwards", with("bigru", "airline", func(c *Config) { c.Forecast.EveryStep = true }), "usage",
			`model "bigru" cannot generate, or forecast at every step of a window: it sees the future; choose rnn, lstm or gru`},
		{"column", with("lstm", "airline", func(c *Config) { c.Columns = []string{"passenger"} }), "", `airline: column "passenger" not found; did you mean "passengers"?`},
		{"window", with("lstm", "airline", func(c *Config) { c.Forecast.Window = 200 }), "", "forecast airline: a window of 200 rows"},
		{"file", Defaults("lstm", "csv:/nowhere/x.csv"), "", "/nowhere/x.csv"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := New(c.config)
			if err == nil || e != nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("error %v; want %q", err, c.want)
			}
			var usage *UsageError
			var unknown *datasets.UnknownError
			if errors.As(err, &usage) != (c.kind == "usage") || errors.As(err, &unknown) != (c.kind == "unknown") {
				t.Errorf("an error of type %T; want it to be %q", errors.Cause(err), c.kind)
			}
		})
	}
}
