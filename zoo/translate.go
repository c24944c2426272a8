package zoo

import (
	"math"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/attention"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

func translateTask() taskEntry {
	return taskEntry{
		name:     "translate",
		defaults: translateDefaults,
		check:    checkTranslate,
		maximize: "chrf", // which tells words of one token apart, where BLEU, for lack of four in a row, is 0
		prepare: func(c *Config, network *graph.Network, d datasets.Dataset, params *graph.Params) (task.Task, error) {
			pairs, ok := d.(*datasets.Pairs)
			if !ok {
				return nil, errors.Errorf("dataset %q has no pairs of texts", d.Info().Name)
			}
			decoder, err := c.decoder(network)
			if err != nil {
				return nil, err
			}
			if in, out := network.Width(), decoder.Config().Hidden; c.Translate.Attention == string(attention.Dot) && in != out {
				return nil, usagef("--attention dot: %s has states of width %d and its decoder of width %d; choose general", network.Name(), in, out)
			}
			opts := c.Translate
			opts.Epochs = c.Epochs
			t, err := task.NewTranslation(network, decoder, pairs, params, opts)
			if err != nil {
				return nil, err
			}
			c.Translate = t.Options()
			return t, nil
		},
		open: func(c Config, network *graph.Network, params *graph.Params, read func(string, any) error) (task.Predictor, error) {
			decoder, err := c.decoder(network)
			if err != nil {
				return nil, err
			}
			return task.OpenTranslator(network, decoder, params, c.Translate, read)
		},
	}
}

func translateDefaults(c *Config) {
	c.Hidden, c.Epochs, c.Batch, c.LR, c.Dropout, c.Schedule, c.Patience = 256, 9, 64, 1e-3, 0.4, "cosine", 0
	c.Translate = task.TranslateOptions{
		Tokenizer: "bpe:5000", MaxTokens: 100, Embedding: 256, Attention: string(attention.Scaled), Feed: "context", Tied: true,
		Smoothing: 0.1, Beam: 5, Penalty: 1,
	}
	t := &c.Translate
	switch {
	case c.Dataset == "dates", strings.HasPrefix(c.Dataset, "numbers-"):
		c.Hidden, c.Epochs, c.Dropout, c.LR = 128, 20, 0.1, 2e-3
		t.Tokenizer, t.Embedding, t.Smoothing, t.Beam = "characters", 64, 0, 1
		if c.Dataset != "dates" {
			t.Tokenizer = "bytes:200"
		}
	case strings.HasPrefix(c.Dataset, "multi30k-"):
		t.MaxTokens = 40 // but for some twenty pairs that would take programs of their own
	default:
		t.Cased = true
	}
}

func checkTranslate(c Config) error {
	t := c.Translate
	if err := checkRanges([]bounded{
		{"max-tokens", float64(t.MaxTokens), 1, math.MaxInt32},
		{"embedding", float64(t.Embedding), 1, 1 << 13},
		{"smoothing", t.Smoothing, 0, 1},
		{"beam", float64(t.Beam), 1, 1 << 10},
		{"penalty", t.Penalty, 0, math.MaxFloat64},
	}); err != nil {
		return err
	}
	if err := checkTokenizer(t.Tokenizer); err != nil {
		return err
	}
	if err := checkChoice("attention", t.Attention, attention.Scores()); err != nil {
		return err
	}
	if err := checkChoice("feed", t.Feed, task.Feeds()); err != nil {
		return err
	}
	if c.Decoder != "" {
		if _, err := ModelByName(c.Decoder); err != nil {
			return usagef("--decoder: %v", err)
		}
		if _, err := c.decoder(nil); err != nil { // before a corpus is fetched
			return err
		}
	}
	if _, err := train.NewSchedule(t.Teacher, 1, c.Epochs, 1); err != nil {
		return usagef("--teacher: %v", err)
	}
	return nil
}

// decoder returns the network that decodes what another has encoded.
func (c Config) decoder(encoder *graph.Network) (*graph.Network, error) {
	if c.Decoder == "" {
		return encoder.With(graph.OneDirection(), graph.Named(strings.TrimPrefix(encoder.Name(), "bi"))), nil
	}
	c.Model = c.Decoder
	decoder, err := c.network()
	if err != nil {
		return nil, err
	}
	if decoder.IsBidirectional() {
		return nil, usagef("--decoder %s: it would read the words after the one that it is to say; choose rnn, lstm or gru (it may encode: give it as the model)", c.Decoder)
	}
	return decoder, nil
}

// Translate translates texts, all at once. It is for runs that translate.
func (r *Run) Translate(texts ...string) ([]task.Translated, error) {
	t, err := predictor[*task.Translator](r, "translate")
	if err != nil {
		return nil, err
	}
	return t.Translate(texts...)
}

// SetBeam sets how many hypotheses the search for a translation keeps; 1 is greedy. It is for runs that translate.
func (r *Run) SetBeam(n int) error {
	t, err := predictor[*task.Translator](r, "translate")
	if err != nil {
		return err
	}
	if n < 1 {
		return usagef("--beam %d: want at least 1", n)
	}
	return t.SetSearch(n, t.Options().Penalty)
}
