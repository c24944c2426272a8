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
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task/forecast"
	"github.com/rnnzoo/rnnzoo/zoo/task/translate"
)

// quickDates trains in a moment.
func quickDates(model string) Config {
	c := Defaults(model, "dates")
	c.Hidden, c.Epochs, c.Limit, translateOf(c).Embedding = 16, 1, 400, 8
	return c
}

func TestTranslateRun(t *testing.T) {
	c := quickDates("bilstm")
	translateOf(c).Decoder, translateOf(c).Feed, translateOf(c).Teacher = "gru", "output", "exponential:0.9"
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
	translator := translatorOf(t, run)
	want, err := translator.Translate(texts...)
	if err != nil {
		t.Fatal(err)
	}
	opened := translatorOf(t, back)
	got, err := opened.Translate(texts...)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("opened it says %v, %v; want %v", got, err, want)
	}
	v, err := back.Evaluate(t.Context(), "test")
	if err != nil || fmt.Sprint(*v) != fmt.Sprint(r.Evaluation) {
		t.Errorf("opened it scores %v, %v; want %v", v, err, r.Evaluation)
	}
	for _, m := range []string{"bleu", "chrf", "exact", "perplexity", "loss"} {
		if _, ok := v.Metrics[m]; !ok {
			t.Errorf("no %s in %v", m, v.Metrics)
		}
	}
	if len(v.Baseline("copy")) != 3 || len(v.Baseline("words")) != 3 {
		t.Errorf("baselines %v", v.Baselines)
	}
	d := opened.Decoding().(*translate.Decoding)
	d.Beam = 0
	if _, err := opened.TranslateContext(t.Context(), *d, texts[0]); err == nil || !strings.HasPrefix(err.Error(), "beam 0: want ") {
		t.Errorf("error %v", err)
	}
	if _, err := back.Evaluate(t.Context(), "test", Decoding(d)); err == nil || !strings.HasPrefix(err.Error(), "beam 0: want ") {
		t.Errorf("error %v", err)
	}
	d.Beam = 3
	if v, err := back.Evaluate(t.Context(), "valid", Decoding(d)); err != nil || !(v.Metrics["chrf"] > 0) {
		t.Errorf("with a beam of 3 it scores %v, %v", v, err)
	}
	if wide, err := opened.TranslateContext(t.Context(), *d, texts[0]); err != nil || wide[0].Score < want[0].Score-1e-6 && wide[0].Text == want[0].Text {
		t.Errorf("a beam of 3 finds %v, %v; greedily %v", wide, err, want[0])
	}
	if _, err := forecast.Of(run); err == nil || !strings.Contains(err.Error(), "the run does not forecast; its predictor is a *translate.Translator") {
		t.Errorf("error %v", err)
	}
}

func TestTranslateRefuses(t *testing.T) {
	for want, set := range map[string]func(*Config){
		`decoder "bigru": it would read the words after the one that it is to say; choose rnn, lstm or gru`: func(c *Config) { translateOf(*c).Decoder = "bigru" },
		`decoder "lsmt": model "lsmt" not found; did you mean "lstm"?`:                                      func(c *Config) { translateOf(*c).Decoder = "lsmt" },
		`attention "adaptive": not found; did you mean additive?`:                                           func(c *Config) { translateOf(*c).Attention = "adaptive" },
		`feed "all": not found; choose one of context, output, none`:                                        func(c *Config) { translateOf(*c).Feed = "all" },
		`tokenizer "bpe:x": want a number of merges`:                                                        func(c *Config) { translateOf(*c).Tokenizer = "bpe:x" },
		`teacher "linear": not found`:                                                                       func(c *Config) { translateOf(*c).Teacher = "linear" },
		"smoothing 1: want less than 1":                                                                     func(c *Config) { translateOf(*c).Smoothing = 1 },
		"beam 0: want at least 1":                                                                           func(c *Config) { translateOf(*c).Beam = 0 },
		"penalty -1: want at least 0":                                                                       func(c *Config) { translateOf(*c).Penalty = -1 },
		"embedding 0: want at least 1":                                                                      func(c *Config) { translateOf(*c).Embedding = 0 },
		"max-tokens 0: want at least 1":                                                                     func(c *Config) { translateOf(*c).MaxTokens = 0 },
		`attention "dot": bigru has states of width 32 and its decoder of width 16; choose general`:         func(c *Config) { translateOf(*c).Attention = "dot" },
	} {
		c := quickDates("bigru")
		set(&c)
		_, err := New(c)
		var usage *option.UsageError
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
	if c := Defaults("gru", "tsv:"+path); c.Task != "translate" || !translateOf(c).Cased {
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
	if got, err := translatorOf(t, run).Translate("twenty-one"); err != nil || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
}
