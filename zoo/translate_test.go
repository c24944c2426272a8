package zoo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
)

// quickDates trains in a moment.
func quickDates(model string) Config {
	c := Defaults(model, "dates")
	c.Hidden, c.Epochs, c.Limit, c.Translate.Embedding = 16, 1, 400, 8
	return c
}

func TestTranslateRun(t *testing.T) {
	c := quickDates("bilstm")
	c.Decoder, c.Translate.Feed, c.Translate.Teacher = "gru", "output", "exponential:0.9"
	e, r := trained(t, c)
	run := e.Kept(r)
	dir, err := run.Keep(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	back, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{"the third of May 1984", "12.10.2001", "", "今日は"}
	want, err := run.Translate(texts...)
	if err != nil {
		t.Fatal(err)
	}
	got, err := back.Translate(texts...)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("opened it says %v, %v; want %v", got, err, want)
	}
	v, err := back.Evaluate("test")
	if err != nil || fmt.Sprint(*v) != fmt.Sprint(r.Evaluation) {
		t.Errorf("opened it scores %v, %v; want %v", v, err, r.Evaluation)
	}
	for _, m := range []string{"bleu", "chrf", "exact", "perplexity", "loss"} {
		if _, ok := v.Metrics[m]; !ok {
			t.Errorf("no %s in %v", m, v.Metrics)
		}
	}
	if len(v.Baselines["copy"]) != 3 || len(v.Baselines["words"]) != 3 {
		t.Errorf("baselines %v", v.Baselines)
	}
	if err := back.SetBeam(0); err == nil || err.Error() != "--beam 0: want at least 1" {
		t.Errorf("error %v", err)
	}
	if err := back.SetBeam(3); err != nil {
		t.Error(err)
	}
	if wide, err := back.Translate(texts[0]); err != nil || wide[0].Score < want[0].Score-1e-6 && wide[0].Text == want[0].Text {
		t.Errorf("a beam of 3 finds %v, %v; greedily %v", wide, err, want[0])
	}
	if _, err := run.Predict(3); err == nil || !strings.Contains(err.Error(), `the run is for the task "translate", not "forecast"`) {
		t.Errorf("error %v", err)
	}
}

func TestTranslateRefuses(t *testing.T) {
	for want, set := range map[string]func(*Config){
		`--decoder bigru: it would read the words after the one that it is to say; choose rnn, lstm or gru`: func(c *Config) { c.Decoder = "bigru" },
		`--decoder: model "lsmt" not found; did you mean "lstm"?`:                                           func(c *Config) { c.Decoder = "lsmt" },
		`--attention "adaptive" not found; did you mean "additive"?`:                                        func(c *Config) { c.Translate.Attention = "adaptive" },
		`--feed "all" not found; choose one of context, output, none`:                                       func(c *Config) { c.Translate.Feed = "all" },
		`--tokenizer "bpe:x": want a number of merges`:                                                      func(c *Config) { c.Translate.Tokenizer = "bpe:x" },
		`--teacher: schedule "linear": not found`:                                                           func(c *Config) { c.Translate.Teacher = "linear" },
		"--smoothing 1: want less than 1":                                                                   func(c *Config) { c.Translate.Smoothing = 1 },
		"--beam 0: want at least 1":                                                                         func(c *Config) { c.Translate.Beam = 0 },
		"--penalty -1: want at least 0":                                                                     func(c *Config) { c.Translate.Penalty = -1 },
		"--embedding 0: want at least 1":                                                                    func(c *Config) { c.Translate.Embedding = 0 },
		"--max-tokens 0: want at least 1":                                                                   func(c *Config) { c.Translate.MaxTokens = 0 },
		"--attention dot: bigru has states of width 32 and its decoder of width 16; choose general":         func(c *Config) { c.Translate.Attention = "dot" },
	} {
		c := quickDates("bigru")
		set(&c)
		_, err := New(c)
		var usage *UsageError
		if err == nil || !strings.HasPrefix(err.Error(), want) || !errors.As(err, &usage) {
			t.Errorf("error %v; want %q", err, want)
		}
	}
}

// TestTranslateFile translates a person's own pairs with networks of one's own.
func TestTranslateFile(t *testing.T) {
	var b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&b, "%s\t%s\n", datasets.EnglishNumber(i), datasets.GermanNumber(i))
	}
	path := filepath.Join(t.TempDir(), "numbers.tsv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if c := Defaults("gru", "tsv:"+path); c.Task != "translate" || !c.Translate.Cased {
		t.Errorf("defaults %+v", c)
	}
	pairs, err := datasets.TSV(path)
	if err != nil {
		t.Fatal(err)
	}
	run, err := Train(t.Context(), birnn.New(gru.New(graph.Hidden(8))), pairs, train.Epochs(1))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := run.Translate("twenty-one"); err != nil || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
}
