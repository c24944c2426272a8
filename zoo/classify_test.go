package zoo

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/metric"
	"github.com/rnnzoo/rnnzoo/zoo/task/forecast"
)

// TestPhrases is the promise of the defaults: the order of the words decides, every model learns it, and a bag of words
// cannot.
func TestPhrases(t *testing.T) {
	for _, m := range Models() {
		if testing.Short() && m.Name != "lstm" {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			_, r := trained(t, Defaults(m.Name, "phrases"))
			if accuracy := r.Metrics["accuracy"]; !(accuracy >= 0.97) {
				t.Errorf("accuracy %v; want at least 0.97", accuracy)
			}
			if bag := r.Baseline("bag-of-words")["accuracy"]; !(bag < 0.8) {
				t.Errorf("the bag of words has the accuracy %v; want less than 0.8", bag)
			}
		})
	}
}

// quickPhrases trains in a moment.
func quickPhrases(model string) Config {
	c := Defaults(model, "phrases")
	c.Hidden, c.Epochs, c.Limit, classifyOf(c).Embedding = 8, 2, 400, 8
	return c
}

func TestClassifyRun(t *testing.T) {
	c := quickPhrases("lstm")
	classifyOf(c).Pooling, classifyOf(c).Tokenizer = "attention", "bpe:100"
	e, r := trained(t, c)
	run := e.Kept(r)
	dir, err := run.Keep(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 4 || entries[0].Name() != "config.json" || entries[1].Name() != "state.json" || entries[2].Name() != "vocabulary.json" {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	var kept struct {
		Task    string
		Classes any
		Options struct{ Pooling, Tokenizer string }
	}
	var state struct{ Classes []string }
	if err := json.Unmarshal([]byte(read(t, dir, "config.json")), &kept); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(read(t, dir, "state.json")), &state); err != nil {
		t.Fatal(err)
	}
	if kept.Task != "classify" || !slices.Equal(state.Classes, []string{"negative", "positive"}) || kept.Options.Pooling != "attention" || kept.Options.Tokenizer != "bpe:100" || kept.Classes != nil {
		t.Errorf("%+v, %+v", kept, state)
	}
	back, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back.Config, run.Config) {
		t.Errorf("opened as %+v; want %+v", back.Config, run.Config)
	}
	for _, text := range []string{"the film is not bad.", "the plot was dull", "nobody knows these words"} {
		label, p, err := classified(run, text)
		if err != nil || math.Abs(p["negative"]+p["positive"]-1) > 1e-9 || p[label] < 0.5 {
			t.Errorf("%q is %s with %v, %v", text, label, p, err)
		}
		if again, q, err := classified(back, text); again != label || !reflect.DeepEqual(p, q) || err != nil {
			t.Errorf("%q is %s with %v before, and %s with %v after opening, %v", text, label, p, again, q, err)
		}
	}
	v, err := back.Evaluate(t.Context(), "test")
	if err != nil || !reflect.DeepEqual(*v, r.Evaluation) {
		t.Errorf("opened it scores %+v, %v; want %+v", v, err, r.Evaluation)
	}
	// It is for one task only.
	if f, err := forecast.Of(run); err == nil || f != nil || !strings.Contains(err.Error(), "the run does not forecast; its predictor is a *classify.Classifier") {
		t.Errorf("error %v", err)
	}
	for name, damage := range map[string]string{"config.json": `{"model": "lstm", "task": "clasify"}`, "state.json": `{"classes": ["one"]}`, "vocabulary.json": `{"tokenizer": "words"}`} {
		whole := read(t, dir, name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(damage), 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := Open(dir); err == nil || r != nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\n") {
			t.Errorf("damaged %s: error %v", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(whole), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestClassifyConfig checks that each setting reaches the run: it makes another one of it.
func TestClassifyConfig(t *testing.T) {
	vectors := filepath.Join(t.TempDir(), "vectors.txt")
	if err := os.WriteFile(vectors, []byte("film 1 0 0 0 0 0 0 1\nnot 0 1 0 0 0 0 1 0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, plain := trained(t, quickPhrases("gru"))
	_, again := trained(t, quickPhrases("gru"))
	if !reflect.DeepEqual(plain.Metrics, again.Metrics) {
		t.Errorf("two runs of one seed give %v and %v", plain.Metrics, again.Metrics)
	}
	for name, set := range map[string]func(*Config){
		"seed":              func(c *Config) { c.Seed = 2 },
		"hidden":            func(c *Config) { c.Hidden = 9 },
		"batch":             func(c *Config) { c.Batch = 0 },
		"limit":             func(c *Config) { c.Limit = 300 },
		"tokenizer":         func(c *Config) { classifyOf(*c).Tokenizer = "characters" },
		"cased":             func(c *Config) { classifyOf(*c).Tokenizer, classifyOf(*c).Cased = "bpe:20", true },
		"vocabulary":        func(c *Config) { classifyOf(*c).Vocabulary = 20 },
		"minimum count":     func(c *Config) { classifyOf(*c).MinCount = 2000 },
		"tokens":            func(c *Config) { classifyOf(*c).MaxTokens = 3 },
		"embedding":         func(c *Config) { classifyOf(*c).Embedding = 9 },
		"vectors":           func(c *Config) { classifyOf(*c).Vectors = vectors },
		"embedding dropout": func(c *Config) { classifyOf(*c).EmbeddingDropout = 0.5 },
		"word dropout":      func(c *Config) { classifyOf(*c).WordDropout = 0.3 },
		"output dropout":    func(c *Config) { classifyOf(*c).OutputDropout = 0.5 },
		"pooling":           func(c *Config) { classifyOf(*c).Pooling = "mean" },
		"class weights":     func(c *Config) { classifyOf(*c).ClassWeights = "1,3" },
	} {
		c := quickPhrases("gru")
		set(&c)
		if _, r := trained(t, c); reflect.DeepEqual(r.Metrics, plain.Metrics) {
			t.Errorf("%s: the same metrics %v as without", name, r.Metrics)
		}
	}
	for want, set := range map[string]func(*Config){
		"vocabulary -1: want at least 0":                    func(c *Config) { classifyOf(*c).Vocabulary = -1 },
		"max-tokens 8193: want at most 8192":                func(c *Config) { classifyOf(*c).MaxTokens = 1<<13 + 1 },
		"embedding -1: want at least 0":                     func(c *Config) { classifyOf(*c).Embedding = -1 },
		"embedding-dropout 1: want less than":               func(c *Config) { classifyOf(*c).EmbeddingDropout = 1 },
		"word-dropout NaN: want at least 0":                 func(c *Config) { classifyOf(*c).WordDropout = math.NaN() },
		"output-dropout -1: want at least 0":                func(c *Config) { classifyOf(*c).OutputDropout = -1 },
		`pooling "sum": not found; choose`:                  func(c *Config) { classifyOf(*c).Pooling = "sum" },
		`tokenizer "wrods": not found; did you mean words?`: func(c *Config) { classifyOf(*c).Tokenizer = "wrods" },
		`tokenizer "bpe:x"`:                                 func(c *Config) { classifyOf(*c).Tokenizer = "bpe:x" },
		`class-weights "1,x"`:                               func(c *Config) { classifyOf(*c).ClassWeights = "1,x" },
		`task "forecast": it learns from series; phrases is texts; choose classify`: func(c *Config) {
			*c = Defaults("lstm", "airline")
			c.Dataset = "phrases"
		},
	} {
		c := quickPhrases("lstm")
		set(&c)
		if _, err := New(c); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v; want %q", err, want)
		} else {
			wantUsage(t, err)
		}
	}
	c := quickPhrases("lstm")
	classifyOf(c).Vectors, classifyOf(c).Embedding = vectors, 9
	if _, err := New(c); err == nil || !strings.Contains(err.Error(), "its vectors have the width 8, the embedding 9") {
		t.Errorf("error %v", err)
	}
}

func TestTrainOnTexts(t *testing.T) {
	run, err := Train(context.Background(), gru.New(graph.Hidden(16)), datasets.Phrases(), train.Epochs(5))
	if err != nil {
		t.Fatal(err)
	}
	if accuracy := run.Result.Metrics["accuracy"]; !(accuracy > 0.9) || run.Config.Task != "classify" || len(run.Result.Exhibits) == 0 {
		t.Errorf("accuracy %v, %+v", accuracy, run.Config)
	}
	if label, p, err := classified(run, "the film is not bad."); err != nil || label != "positive" || p["positive"] < 0.5 {
		t.Errorf("not bad is %s with %v, %v", label, p, err)
	}
	// A file of one's own.
	file := filepath.Join(t.TempDir(), "reviews.csv")
	var reviews strings.Builder
	reviews.WriteString("id,review,stars\n")
	for i := range 40 {
		fmt.Fprintf(&reviews, "1,so good %[1]d,5\n2,so bad %[1]d,1\n3,Not GOOD at all %[1]d,1\n", i)
	}
	if err := os.WriteFile(file, []byte(reviews.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Configure("lstm", "csv:"+file, map[string]string{"text": "review", "label": "stars", "hidden": "4", "epochs": "1", "embedding": "4"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Data.Text != "review" || c.Data.Label != "stars" || c.Hidden != 4 || c.Epochs != 1 || classifyOf(c).Embedding != 4 {
		t.Errorf("configured %+v", c)
	}
	e, r := trained(t, c)
	back := keptAndOpened(t, e.Kept(r))
	if v, err := back.Evaluate(t.Context(), "valid"); err != nil || len(v.Exhibits[0].Data.(*metric.Confusion).Classes) != 2 || v.Exhibits[0].Data.(*metric.Confusion).Classes[0] != "1" {
		t.Errorf("%+v, %v", v, err)
	}
	if _, err := Train(context.Background(), lstm.New(graph.Layers(0)), datasets.Phrases()); err == nil || !strings.Contains(err.Error(), "lstm: the number of layers is 0") {
		t.Errorf("error %v", err)
	}
}
