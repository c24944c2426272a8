package task

import (
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/attention"
)

// TranslateOptions say how texts are translated. The zero value of a field means what its comment says.
type TranslateOptions struct {
	Tokens  string `json:"tokens"`  // what texts are cut into: bpe, words or characters; "" means bpe
	Merges  int    `json:"merges"`  // how many merges bpe learns a side; 0 means 5000
	Exact   bool   `json:"exact"`   // bpe over bytes, which loses nothing of a text, and not over words
	Shared  bool   `json:"shared"`  // one vocabulary for both sides
	Lower   bool   `json:"lower"`   // fold to lower case, references too
	Longest int    `json:"longest"` // training pairs with a side of more tokens are left out; 0 means 100

	Embedding int    `json:"embedding"` // width; 0 means 256
	Attention string `json:"attention"` // additive, dot, general or scaled; "" means scaled
	Feed      string `json:"feed"`      // what the decoder reads beside a token: context, output or none; "" means context
	Tied      bool   `json:"tied"`      // the embedding of the target is the output's weight too

	Smoothing float64 `json:"smoothing"` // of the labels (Szegedy et al. 2016)
	Teacher   string  `json:"teacher"`   // schedule of the part of tokens that are true ones in training; "" means constant, all
	Epochs    int     `json:"-"`         // over which that schedule runs

	Beam    int     `json:"beam"`    // hypotheses kept in the search; 0 means 5, 1 is greedy
	Penalty float64 `json:"penalty"` // hypotheses are compared by log p / length^Penalty; 0 prefers short ones
}

// Feeds returns the names of what a decoder can read beside the last token.
func Feeds() []string { return []string{feedContext, feedOutput, feedNone} }

// What a decoder reads beside the last token.
const (
	feedContext = "context" // what it looked at last (Bahdanau, Cho and Bengio 2015)
	feedOutput  = "output"  // what it made of that, the input feeding of Luong, Pham and Manning (2015)
	feedNone    = "none"    // nothing: the decoder runs first, and looks at the source from all its steps at once
)

// TokenKinds returns the names of what texts can be cut into.
func TokenKinds() []string { return []string{"bpe", "words", "characters"} }

// withDefaults replaces zero values.
func (o TranslateOptions) withDefaults() TranslateOptions {
	setDefault(&o.Tokens, "bpe")
	setDefault(&o.Merges, 5000)
	setDefault(&o.Longest, 100)
	setDefault(&o.Embedding, 256)
	setDefault(&o.Attention, string(attention.Scaled))
	setDefault(&o.Feed, feedContext)
	setDefault(&o.Beam, 5)
	setDefault(&o.Epochs, 1)
	return o
}

func (o TranslateOptions) check() error {
	for _, c := range []struct {
		what, value string
		of          []string
	}{
		{"tokens", o.Tokens, TokenKinds()},
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
	}{{"merges", o.Merges, 0}, {"longest", o.Longest, 1}, {"embedding", o.Embedding, 1}, {"beam", o.Beam, 1}} {
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
	return nil
}

// checkDecoder returns the reason why a network cannot decode.
func checkDecoder(decoder *graph.Network) error {
	if decoder.IsBidirectional() {
		return errors.Errorf("translate: %s cannot decode: it would read words that are not yet there, those after the one it is to say; choose rnn, lstm or gru (as an encoder it is welcome)", decoder.Name())
	}
	return nil
}
