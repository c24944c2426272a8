package text

import (
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/args"
)

// Counter counts the tokens of texts that come one after the other, of which an encoder's vocabulary is made. Its memory is
// that of the different tokens. It serves one goroutine.
type Counter struct {
	tokenizer Tokenizer
	counts    map[string]int
	ascii     [utf8.RuneSelf]int // of characters, which would else be looked up one by one
	texts     int
}

// NewCounter returns a counter for a tokenizer. One whose tokens are known without a text, such as a [BPE], counts nothing.
func NewCounter(t Tokenizer) *Counter { return &Counter{tokenizer: t, counts: map[string]int{}} }

// Add counts the tokens of a text.
func (c *Counter) Add(s string) {
	if c == nil || args.Nil(c.tokenizer) {
		return
	}
	if _, ok := c.tokenizer.(fixed); ok {
		return
	}
	c.texts++
	if of, ok := c.tokenizer.(Characters); ok {
		for i, s := 0, of.normal(s); i < len(s); {
			if s[i] < utf8.RuneSelf {
				c.ascii[s[i]]++
				i++
				continue
			}
			_, n := utf8.DecodeRuneInString(s[i:])
			c.count(s[i : i+n])
			i += n
		}
		return
	}
	for _, token := range c.tokenizer.Tokenize(s) {
		c.count(token)
	}
}

// count counts a token, of which it keeps a copy: it may be a small part of a large text.
func (c *Counter) count(token string) {
	n, ok := c.counts[token]
	if !ok {
		token = strings.Clone(token)
	}
	c.counts[token] = n + 1
}

// Encoder returns the encoder of the tokenizer with the vocabulary of what was counted, as [NewEncoder] makes it.
func (c *Counter) Encoder(opts ...Option) (*Encoder, error) {
	if c == nil || args.Nil(c.tokenizer) {
		return nil, errors.New("the tokenizer is nil; Words{} is one")
	}
	if f, ok := c.tokenizer.(fixed); ok {
		return &Encoder{c.tokenizer, NewVocabulary(f.Vocabulary())}, nil
	}
	l := limits{minCount: 1}
	args.Apply(&l, opts)
	for i, n := range c.ascii {
		if n > 0 {
			c.counts[string(rune(i))] += n
			c.ascii[i] = 0
		}
	}
	if len(c.counts) == 0 {
		return nil, errors.Errorf("%d texts hold no token; give the training texts", c.texts)
	}
	return &Encoder{c.tokenizer, countVocabulary(c.counts, l.minCount, l.maxSize)}, nil
}
