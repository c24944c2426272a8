package task

import (
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/attention"
)

// TranslateOptions say how texts are translated. The zero value of a field means what its comment says.
type TranslateOptions struct {
	Tokenizer string `json:"tokenizer"`  // what texts are cut into, see Tokenizers; "" means bpe:5000
	Shared    bool   `json:"shared"`     // one vocabulary for both sides
	Cased     bool   `json:"cased"`      // keep capital letters; without it words are folded to lower case, those of references too
	MaxTokens int    `json:"max_tokens"` // training pairs with a side of more tokens are left out; 0 means 100

	Embedding int    `json:"embedding"` // width; 0 means 256
	Attention string `json:"attention"` // additive, dot, general or scaled; "" means scaled
	Feed      string `json:"feed"`      // what the decoder reads beside a token: context, output or none; "" means context
	Tied      bool   `json:"tied"`      // the embedding of the target is the output's weight too

	Smoothing float64 `json:"smoothing"` // of the labels (Szegedy et al. 2016)
	Teacher   string  `json:"teacher"`   // schedule of the part of true tokens in training, see train.NewSchedule; "" means all of them
	Epochs    int     `json:"-"`         // over which that schedule runs; 0 means 1

	Beam    int     `json:"beam"`    // hypotheses kept in the search; 0 means 5, 1 is greedy
	Penalty float64 `json:"penalty"` // hypotheses are compared by log p / length^Penalty; at 0 short ones win
}

// Feeds returns the names of what a decoder can read beside the last token.
func Feeds() []string { return []string{feedContext, feedOutput, feedNone} }

// What a decoder reads beside the last token.
const (
	feedContext = "context" // what it looked at last (Bahdanau, Cho and Bengio 2015)
	feedOutput  = "output"  // what it made of that, the input feeding of Luong, Pham and Manning (2015)
	feedNone    = "none"    // nothing: the decoder runs first, and looks at the source from all its steps at once
)

// withDefaults replaces zero values.
func (o TranslateOptions) withDefaults() TranslateOptions {
	setDefault(&o.Tokenizer, "bpe:5000")
	setDefault(&o.MaxTokens, 100)
	setDefault(&o.Embedding, 256)
	setDefault(&o.Attention, string(attention.Scaled))
	setDefault(&o.Feed, feedContext)
	setDefault(&o.Epochs, 1)
	setDefault(&o.Beam, 5)
	return o
}

func (o TranslateOptions) check() error {
	for _, c := range []struct {
		what, value string
		of          []string
	}{
		{"attention", o.Attention, attention.Scores()},
		{"feed", o.Feed, Feeds()},
	} {
		if !slices.Contains(c.of, c.value) {
			return errors.Errorf("translate: %s %q is not known; choose one of %s", c.what, c.value, strings.Join(c.of, ", "))
		}
	}
	for _, c := range []struct {
		what         string
		value, least int
	}{{"the most tokens", o.MaxTokens, 1}, {"the width of the embedding", o.Embedding, 1}, {"the beam", o.Beam, 1}} {
		if c.value < c.least {
			return errors.Errorf("translate: %s is %d; want at least %d", c.what, c.value, c.least)
		}
	}
	if !(o.Smoothing >= 0 && o.Smoothing < 1) {
		return errors.Errorf("translate: label smoothing is %g; want 0 ≤ smoothing < 1", o.Smoothing)
	}
	if !(o.Penalty >= 0) {
		return errors.Errorf("translate: the length penalty is %g; want at least 0", o.Penalty)
	}
	_, err := train.NewSchedule(o.Teacher, 1, o.Epochs, 1)
	return errors.WithMessage(err, "translate: teacher forcing")
}

// checkDecoder returns the reason why a network cannot decode.
func checkDecoder(decoder *graph.Network) error {
	if decoder.IsBidirectional() {
		return errors.Errorf("translate: %s cannot decode: it would read words that are not yet there, those after the one it is to say; choose rnn, lstm or gru (as an encoder it is welcome)", decoder.Name())
	}
	return nil
}
