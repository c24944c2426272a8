package zoo

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
	"github.com/rnnzoo/rnnzoo/zoo/task/trade"
)

func TestConfigure(t *testing.T) {
	for _, c := range []struct {
		model, dataset string
		given          map[string]string
		check          func(Config) bool
	}{
		{"lstm", "airline", nil, func(c Config) bool {
			return reflect.DeepEqual(c, Defaults("lstm", "airline")) && forecastOf(c).Lag == 12
		}},
		{"lstm", "airline", map[string]string{"hidden": "7", "window": "5", "columns": "passengers", "task": "forecast", "log": "false"}, func(c Config) bool {
			return c.Hidden == 7 && forecastOf(c).Window == 5 && !forecastOf(c).Log && len(c.Data.Columns) == 1 && forecastOf(c).Lag == 12
		}},
		// What is given changes other defaults, but not what is given itself.
		{"rnn", "airline", map[string]string{"lag": "0"}, func(c Config) bool {
			return c.Hidden == 48 && c.LR == 0.02 && c.Epochs == 150 && c.Batch == 0 && c.TorchInit && forecastOf(c).Lag == 0
		}},
		{"bilstm", "airline", map[string]string{"lag": "0", "epochs": "3", "lr": "0.5"}, func(c Config) bool { return c.Hidden == 16 && c.LR == 0.5 && c.Epochs == 3 && c.Batch == 0 }},
		{"rnn", "sunspots", map[string]string{"lag": "0"}, func(c Config) bool { return c.Epochs == Defaults("rnn", "sunspots").Epochs && forecastOf(c).Lag == 0 }},
		{"rnn", "airline", map[string]string{"lag": "6"}, func(c Config) bool { return c.Hidden == 16 && forecastOf(c).Lag == 6 }},
		{"gru", "phrases", map[string]string{"vectors": "v.txt"}, func(c Config) bool { return classifyOf(c).Embedding == 0 && classifyOf(c).Vectors == "v.txt" }},
		{"gru", "phrases", map[string]string{"vectors": "v.txt", "embedding": "9"}, func(c Config) bool { return classifyOf(c).Embedding == 9 }},
		{"gru", "csv:x.csv", nil, func(c Config) bool {
			return c.Task == "forecast" && forecastOf(c).Window == 24 && c.Dataset == "csv:x.csv"
		}},
		{"gru", "csv:x.csv", map[string]string{"task": "trade", "costs": "12", "short": "true"}, func(c Config) bool {
			o, ok := c.Options.(*trade.Options)
			return ok && c.Task == "trade" && o.Costs == 12 && o.Short && o.Window == 20
		}},
		{"gru", "stocks", nil, func(c Config) bool { return c.Task == "trade" && c.Options.(*trade.Options).Folds == 8 }},
		{"gru", "csv:x.csv", map[string]string{"label": "l"}, func(c Config) bool { return c.Task == "classify" && c.Data.Label == "l" }},
		{"gru", "tsv:x.tsv", nil, func(c Config) bool { return c.Task == "translate" && translateOf(c).Cased }},
	} {
		got, err := Configure(c.model, c.dataset, c.given)
		if err != nil || !c.check(got) || got.Model != c.model || got.Dataset != c.dataset || got.Format != format {
			t.Errorf("%s %s %v: %+v with %+v, %v", c.model, c.dataset, c.given, got, got.Options, err)
		}
	}
}

func TestConfigureRefuses(t *testing.T) {
	for _, c := range []struct {
		dataset, name, value string
		want                 string
	}{
		{"airlnie", "", "", `dataset "airlnie" not found; did you mean "airline"?`},
		{"airline", "hiden", "3", `hiden "3": there is no such setting; did you mean hidden?`},
		{"airline", "nonsense-of-mine", "3", `nonsense-of-mine "3": there is no such setting`},
		{"airline", "hidden", "many", `hidden "many": want a whole number`},
		{"airline", "pooling", "max", "pooling: it is for the task classify or recognise; the task of airline is forecast"},
		{"airline", "cased", "true", "cased: it is for the task classify or translate or generate; the task of airline is forecast"},
		{"phrases", "window", "3", "window: it is for the task forecast or generate or detect or trade; the task of phrases is classify"},
		{"phrases", "period", "3", "period: it is for series; phrases is texts"},
		{"airline", "label", "x", "label: it is for texts or sequences; airline is a series"},
		{"airline", "encoding", "utf-8", "encoding: it is for texts or pairs or corpus; airline is a series"},
		{"airline", "fill", "liner", `fill "liner": not found; did you mean linear?`},
		{"airline", "task", "classify", `task "classify": it learns from texts; airline is a series; choose forecast or detect or trade`},
		{"stocks", "horizon", "3", "horizon: it is for the task forecast; the task of stocks is trade"},
		{"airline", "folds", "3", "folds: it is for the task trade; the task of airline is forecast"},
		{"airline", "task", "forcast", `task "forcast": not found; did you mean forecast? (zoo tasks lists them)`},
		{"airline", "task", "caption", `task "caption": not found; choose one of forecast, classify, recognise, translate, generate, detect, trade`},
	} {
		given := map[string]string{}
		if c.name != "" {
			given[c.name] = c.value
		}
		_, err := Configure("lstm", c.dataset, given)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s %v: error %v; want %q", c.dataset, given, err, c.want)
			continue
		}
		var unknown *datasets.UnknownError
		if !errors.As(err, &unknown) {
			wantUsage(t, err)
		}
	}
	// Bounds are New's to check.
	c, err := Configure("lstm", "airline", map[string]string{"window": "0"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(c); err == nil || err.Error() != "window 0: want at least 1" {
		t.Errorf("error %v", err)
	}
}

func TestConfigJSON(t *testing.T) {
	for dataset, given := range map[string]map[string]string{
		"airline":   {"window": "5", "optimizer": "adamw:beta2=0.98", "maximize": "rmse", "clip-each": "0.5", "layer-norm": "true", "columns": "passengers"},
		"phrases":   {"accumulate": "4", "ema": "0.999", "optimizer": "sgd"},
		"csv:x.csv": {"text": "a", "label": "b", "encoding": "latin1", "pooling": "mean", "class-weights": "1,2"},
		"dates":     {"decoder": "gru", "beam": "3", "teacher": "exponential:0.9", "tied": "false"},
	} {
		c, err := Configure("lstm", dataset, given)
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back Config
		if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(back, c) {
			t.Errorf("%s becomes %+v with %+v, %v; want %+v with %+v", data, back, back.Options, err, c, c.Options)
		}
	}
	var older Config // of before there were these fields
	if err := json.Unmarshal([]byte(`{"format": 2, "task": "forecast", "epochs": 3}`), &older); err != nil || older.Accumulate != 1 || older.EMA != 0 || older.Epochs != 3 {
		t.Errorf("%+v, %v; want no accumulation and no average", older, err)
	}
	for text, want := range map[string]string{
		`{"format": 3}`:                    "its format is 3; this version reads up to 2: use a newer one",
		`{"format": 2, "task": "forcast"}`: `task "forcast": not found`,
		`{"format": 2, "hidden": "many"}`:  "cannot unmarshal string",
	} {
		if err := json.Unmarshal([]byte(text), new(Config)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v; want %q", text, err, want)
		}
	}
}

// TestWithNetworkAndDataset trains a network of one's own on a dataset that is there already, with every setting of each
// task: a value that is not its default reaches the experiment's configuration, and with it the run.
func TestWithNetworkAndDataset(t *testing.T) {
	vectors := filepath.Join(t.TempDir(), "vectors.txt")
	if err := os.WriteFile(vectors, []byte("film 1 0 0 1\nnot 0 1 1 0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	holidays := filepath.Join(t.TempDir(), "holidays.txt")
	if err := os.WriteFile(holidays, []byte("2000-01-01\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]string{
		"airline": {"window": "4", "horizon": "2", "lag": "6", "difference": "0", "log": "false", "every-step": "true", "loss": "huber", "valid": "10", "test": "1957-01-01",
			"scale": "magnitude", "output-dropout": "0.1", "members": "2", "intervals": "50", "conformal": "true", "refit": "true", "draw": "16", "by-scale": "true"},
		"co2": {"window": "12", "horizon": "2", "lag": "3", "difference": "0", "log": "true", "loss": "huber", "valid": "24", "test": "48", "scale": "none", "normalize": "last",
			"residual": "6", "patch": "3", "separate": "true", "embedding": "2", "calendar": "true", "holidays": holidays, "decoder": "recurrent"},
		"phrases": {"tokenizer": "treebank", "cased": "true", "max-tokens": "9", "embedding": "4", "vocabulary": "40", "min-count": "2", "vectors": vectors,
			"embedding-dropout": "0.2", "word-dropout": "0.3", "output-dropout": "0.4", "pooling": "mean", "class-weights": "1,3"},
		"dates": {"tokenizer": "bpe:20", "cased": "true", "max-tokens": "30", "embedding": "5", "decoder": "lstm", "shared": "true", "attention": "general", "feed": "output",
			"tied": "false", "smoothing": "0.2", "teacher": "exponential:0.9", "beam": "2", "penalty": "0.5", "bleu-tokenize": "char", "spacing": "true"},
	}
	for dataset, given := range all {
		t.Run(dataset, func(t *testing.T) {
			defaults := Defaults("rnn", dataset)
			var s option.Set
			defaults.Options.Declare(&s)
			for _, f := range s.Fields() {
				value, ok := given[f.Name]
				for other, with := range all { // what excludes one another is given to two datasets of a task
					if !ok && Defaults("rnn", other).Task == defaults.Task {
						value, ok = with[f.Name]
					}
				}
				if !ok || value == f.Default {
					t.Errorf("%s is not given, or %q as it is anyway", f.Name, value)
				}
			}
			with := maps.Clone(given)
			maps.Copy(with, map[string]string{"epochs": "1", "limit": "40", "batch": "16", "hidden": "11"})
			c, err := Configure("rnn", dataset, with)
			if err != nil {
				t.Fatal(err)
			}
			network, d := gru.New(graph.Hidden(6), graph.Layers(2)), short(t, dataset)
			e, err := New(c, WithNetwork(network), WithDataset(d))
			if err != nil {
				t.Fatal(err)
			}
			if e.Config.Model != "gru" || e.Config.Hidden != 6 || e.Config.Layers != 2 || c.Model != "rnn" || c.Hidden != 11 {
				t.Errorf("it is configured %+v; given was %+v", e.Config, c)
			}
			r, err := e.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			back := keptAndOpened(t, e.Kept(r))
			declared := settings(&back.Config)
			for name, value := range given {
				if got := declared.Lookup(name).String(); got != value {
					t.Errorf("%s is %q in the run; want %q", name, got, value)
				}
			}
			if v, err := back.Evaluate(t.Context(), "test", WithDataset(d)); err != nil || !reflect.DeepEqual(v.Metrics, r.Metrics) && given["refit"] == "" {
				t.Errorf("opened it scores %v, %v; want %v", v, err, r.Metrics)
			}
		})
	}
	if _, err := New(Defaults("rnn", "airline"), WithDataset(datasets.Phrases())); err == nil {
		t.Error("a forecast of texts")
	} else {
		wantUsage(t, err)
	}
}

// TestTrainRecords trains again with the configuration that Train has recorded: the weights are the same, bit for bit.
func TestTrainRecords(t *testing.T) {
	for want, opts := range map[string][]train.Option{
		`{"optimizer":"asgd:patience=1","weight_decay":0,"maximize":"","clip":1,"clip_each":0,"lr":0.1}`: {
			train.Optimize(&train.ASGD{LR: 0.1, Patience: 1}), train.Accumulate(2)},
		`{"optimizer":"adamw","weight_decay":0.5,"maximize":"","clip":1,"clip_each":0,"lr":0.001}`:             {train.Optimize(&train.AdamW{LR: 0.001, WeightDecay: 0.5})},
		`{"optimizer":"adam","weight_decay":0.001,"maximize":"","clip":0.5,"clip_each":0.01,"lr":0.003}`:       {train.Clip(0.5), train.ClipEach(0.01)},
		`{"optimizer":"nesterov:momentum=0.5","weight_decay":0,"maximize":"","clip":1,"clip_each":0,"lr":0.1}`: {train.Optimize(&train.SGD{LR: 0.1, Momentum: 0.5, Nesterov: true})},
		`{"optimizer":"adam:beta1=0.5,beta2=0.9","weight_decay":0,"maximize":"","clip":1,"clip_each":0,"lr":0.01}`: {
			train.Optimize(&train.Adam{LR: 0.01, Beta1: 0.5, Beta2: 0.9}), train.Accumulate(0), train.EMA(0.9), train.Batch(7), train.Scheduled("cosine"), train.Seed(5), train.Patience(2)},
	} {
		network := rnn.New(graph.Hidden(4), graph.RecurrentDropout(0.1), graph.WeightDrop(0.2))
		run, err := Train(t.Context(), network, datasets.Airline(), append(opts, train.Epochs(4))...)
		if err != nil {
			t.Fatal(err)
		}
		c := run.Config
		got := fmt.Sprintf(`{"optimizer":%q,"weight_decay":%v,"maximize":%q,"clip":%v,"clip_each":%v,"lr":%v}`, c.Optimizer, c.WeightDecay, c.Maximize, c.Clip, c.ClipEach, c.LR)
		if got != want || c.Epochs != 4 || c.Hidden != 4 || c.RecurrentDropout != 0.1 || c.WeightDrop != 0.2 {
			t.Errorf("recorded %s; want %s: %+v", got, want, c)
		}
		back := keptAndOpened(t, run) // through its JSON
		e, r := trained(t, back.Config)
		if !reflect.DeepEqual(e.task.Params().Snapshot(), run.predictor.Params().Snapshot()) || !reflect.DeepEqual(r.Evaluation, run.Result.Evaluation) {
			t.Errorf("%s: the configuration gives %v; want %v", want, r.Metrics, run.Result.Metrics)
		}
	}
}

// TestTrainMaximizes has a metric decide the best epoch, which is recorded, too; one of which less is better is refused, and
// may be minimized.
func TestTrainMaximizes(t *testing.T) {
	run, err := Train(t.Context(), rnn.New(graph.Hidden(4)), short(t, "phrases"), train.Maximize("f1"), train.Epochs(1))
	if err != nil {
		t.Fatal(err)
	}
	if got := keptAndOpened(t, run).Config.Maximize; got != "f1" {
		t.Errorf("recorded maximize %q", got)
	}
	_, err = Train(t.Context(), rnn.New(graph.Hidden(4)), datasets.Airline(), train.Maximize("rmse"), train.Epochs(1))
	if wantUsage(t, err); err == nil || !strings.Contains(err.Error(), "maximize") {
		t.Errorf("error %v", err)
	}
	if run, err = Train(t.Context(), rnn.New(graph.Hidden(4)), datasets.Airline(), train.Minimize("mae"), train.Epochs(1)); err != nil {
		t.Fatal(err)
	}
	if got := keptAndOpened(t, run).Config.Minimize; got != "mae" {
		t.Errorf("recorded minimize %q", got)
	}
}

// TestConfigureDecides has each metric of each task decide the best epoch: what is given stands in place of the default,
// and an unknown name gets the list.
func TestConfigureDecides(t *testing.T) {
	for dataset, metrics := range map[string]string{
		"phrases": "maximize accuracy, maximize f1, minimize loss",
		"dates":   "maximize bleu, maximize chrf, maximize exact, minimize perplexity, minimize loss",
		"airline": "minimize rmse, minimize mae, minimize smape, minimize mase, minimize loss",
	} {
		for spec := range strings.SplitSeq(metrics, ", ") {
			setting, metric, _ := strings.Cut(spec, " ")
			c, err := Configure("lstm", dataset, map[string]string{setting: metric})
			if err == nil {
				err = c.Check()
			}
			if got := map[string]string{"maximize": c.Maximize, "minimize": c.Minimize}; err != nil || got[setting] != metric || c.Maximize != "" && c.Minimize != "" {
				t.Errorf("%s %s: %v, %v", dataset, spec, got, err)
			}
		}
	}
	for want, given := range map[string]map[string]string{
		`maximize "macro_f1": the task classify has no such metric of which more is better; did you mean f1? Choose one of accuracy, f1`: {"maximize": "macro_f1"},
		`maximize "rouge": the task classify has no such metric of which more is better; choose one of accuracy, f1`:                     {"maximize": "rouge"},
		`maximize "loss": of that more is not better; give it to minimize`:                                                               {"maximize": "loss"},
		`minimize "f1": of that less is not better; give it to maximize`:                                                                 {"minimize": "f1"},
		`minimize "los": the task classify has no such metric of which less is better; did you mean loss? Choose one of loss`:            {"minimize": "los"},
		`minimize "loss": maximize is f1; leave one or the other out`:                                                                    {"minimize": "loss", "maximize": "f1"},
	} {
		c, err := Configure("lstm", "phrases", given)
		if err == nil {
			err = c.Check()
		}
		if wantUsage(t, err); err == nil || err.Error() != want {
			t.Errorf("%v: error %v; want %q", given, err, want)
		}
	}
}

// TestParallel trains at the same time what it has trained one after another.
func TestParallel(t *testing.T) {
	configs := []Config{small(t, "gru", "airline"), small(t, "gru", "airline"), small(t, "lstm", "phrases"), small(t, "rnn", "dates")}
	configs[1].Seed = 2
	data := make([]datasets.Dataset, len(configs))
	want := make([]*Result, len(configs))
	for i, c := range configs {
		data[i] = short(t, c.Dataset)
		_, want[i] = trainedOn(t, c, data[i])
	}
	var group sync.WaitGroup
	for i, c := range configs {
		for range 2 {
			group.Go(func() {
				e, err := New(c, WithDataset(data[i]))
				if err != nil {
					t.Error(err)
					return
				}
				if r, err := e.Run(t.Context()); err != nil || !reflect.DeepEqual(r.Evaluation, want[i].Evaluation) {
					t.Errorf("%s on %s: %+v, %v; alone %+v", c.Model, c.Dataset, r, err, want[i].Evaluation)
				}
			})
		}
	}
	group.Wait()
}

func TestRegister(t *testing.T) {
	before := len(Models())
	t.Cleanup(func() { // for the tests that know which models there are
		registered.Lock()
		defer registered.Unlock()
		registered.models = nil
	})
	dir := t.TempDir()
	run, err := Train(t.Context(), newMGU(graph.Hidden(4)), datasets.Airline(), train.Epochs(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := run.SaveTo(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), `its model "mgu" is none of the zoo: give its network to zoo.Open, or tell the zoo of it by zoo.Register`) {
		t.Errorf("error %v", err)
	}
	if err := Register(Model{Name: "mgu", Title: "minimal gated unit", New: newMGU}); err != nil {
		t.Fatal(err)
	}
	back, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := predicted(t, back, 3), predicted(t, run, 3); !reflect.DeepEqual(got, want) {
		t.Errorf("opened it forecasts %v; want %v", got, want)
	}
	if all := Models(); len(all) != before+1 || all[before].Name != "mgu" {
		t.Errorf("the models are %v", all)
	}
	e, r := trained(t, small(t, "mgu", "airline"))
	keptAndOpened(t, e.Kept(r))
	for _, m := range []struct {
		model Model
		want  string
	}{
		{Model{Name: "mgu", New: newMGU}, `register "mgu": there is a model of this name already; choose another`},
		{Model{Name: "lstm", New: newMGU}, `register "lstm": there is a model of this name already`},
		{Model{Name: "", New: newMGU}, `register "": want a name`},
		{Model{Name: "a b", New: newMGU}, `register "a b": want a name`},
		{Model{Name: "a/b", New: newMGU}, `register "a/b": want a name`},
		{Model{Name: "--x", New: newMGU}, `register "--x": want a name`},
		{Model{Name: "..", New: newMGU}, `register "..": want a name`},
		{Model{Name: "mgu2"}, `register "mgu2": it has no New`},
	} {
		if err := Register(m.model); err == nil || !strings.HasPrefix(err.Error(), m.want) {
			t.Errorf("error %v; want %q", err, m.want)
		}
	}
}
