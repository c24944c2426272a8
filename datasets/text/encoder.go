package text

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/args"
)

// Encoder turns text into the numbers of its tokens and back. It does not change and may be used from several
// goroutines at once. Without a tokenizer or a vocabulary it knows no token.
type Encoder struct {
	Tokenizer  Tokenizer
	Vocabulary *Vocabulary
}

// fixed is a tokenizer whose tokens are known without a text. An encoder's vocabulary holds them all: leaving rare ones
// out would make text unknown that the others could spell.
type fixed interface{ Vocabulary() []string }

// Option changes how [NewEncoder] makes its vocabulary.
type Option func(*limits)

type limits struct{ minCount, maxSize int }

// MinCount leaves out tokens that are there less than n times. The default is 1.
func MinCount(n int) Option { return func(l *limits) { l.minCount = n } }

// MaxSize keeps the most frequent tokens only, so that the vocabulary with its special tokens is no larger than n. The
// default, 0, is no limit.
func MaxSize(n int) Option { return func(l *limits) { l.maxSize = n } }

// NewEncoder returns the encoder of a tokenizer with the vocabulary of the given texts, which should be those of
// training alone. The vocabulary of a [BPE] or [TokenizerJSON] is that of the tokenizer itself, whatever the texts and
// options.
//
// It is an error if the texts hold no token.
func NewEncoder(t Tokenizer, texts []string, opts ...Option) (*Encoder, error) {
	c := NewCounter(t)
	for _, s := range texts {
		c.Add(s)
	}
	return c.Encoder(opts...)
}

// complete reports whether the encoder has what it takes.
func (e *Encoder) complete() bool { return e != nil && !args.Nil(e.Tokenizer) && e.Vocabulary != nil }

// Encode returns the numbers of the tokens of s, without [Begin] and [End]. A word whose marks the vocabulary does not
// know is taken for the one without them.
func (e *Encoder) Encode(s string) []int {
	if !e.complete() {
		return nil
	}
	tokens := e.Tokenizer.Tokenize(s)
	ids := make([]int, len(tokens))
	for i, t := range tokens {
		ids[i] = e.id(t)
	}
	return ids
}

// id returns the number of a token.
func (e *Encoder) id(token string) int {
	id := e.Vocabulary.ID(token)
	if w, ok := e.Tokenizer.(Words); ok && w.Marked && id == Unknown {
		_, bare, _ := unmarked(token)
		id = e.Vocabulary.ID(bare)
	}
	return id
}

// Append appends the numbers that Encode returns, which for characters takes a few nanoseconds each. unknown is called with
// each token that the vocabulary does not know; nil is not called.
func (e *Encoder) Append(ids []int32, s string, unknown func(token string)) []int32 {
	if !e.complete() {
		return ids
	}
	add := func(token string) {
		id := e.id(token)
		if id == Unknown && unknown != nil {
			unknown(token)
		}
		ids = append(ids, int32(id))
	}
	of, ok := e.Tokenizer.(Characters)
	if !ok {
		for _, t := range e.Tokenizer.Tokenize(s) {
			add(t)
		}
		return ids
	}
	for i, s := 0, of.normal(s); i < len(s); {
		n := 1
		if c := s[i]; c < utf8.RuneSelf {
			if id := e.Vocabulary.ascii[c]; id > 0 {
				ids = append(ids, id)
				i++
				continue
			}
		} else {
			_, n = utf8.DecodeRuneInString(s[i:])
		}
		add(s[i : i+n])
		i += n
	}
	return ids
}

// Decode returns the text of the numbers up to the first [End], without [Pad] and [Begin]. [Unknown] shows as "<unk>".
func (e *Encoder) Decode(ids []int) string {
	if !e.complete() {
		return ""
	}
	tokens := make([]string, 0, len(ids))
	for _, id := range ids {
		if id == End {
			break
		}
		if id != Pad && id != Begin {
			tokens = append(tokens, e.Vocabulary.Token(id))
		}
	}
	return e.Tokenizer.Detokenize(tokens)
}

// encoderJSON is the form of an encoder in a file.
type encoderJSON struct {
	Tokenizer  string          `json:"tokenizer"`
	Options    json.RawMessage `json:"options"`
	Vocabulary *Vocabulary     `json:"vocabulary"`
}

// MarshalJSON writes the encoder. It is an error if its tokenizer is none of this package.
func (e *Encoder) MarshalJSON() ([]byte, error) {
	if !e.complete() {
		return nil, errors.New("the encoder lacks its tokenizer or its vocabulary")
	}
	var kind string
	switch e.Tokenizer.(type) {
	case Words:
		kind = "words"
	case Fields:
		kind = "fields"
	case Characters:
		kind = "characters"
	case *BPE:
		kind = "bpe"
	case *TokenizerJSON:
		kind = "tokenizer.json"
	default:
		return nil, errors.Errorf("tokenizer %T cannot be saved; use one of package text", e.Tokenizer)
	}
	options, err := json.Marshal(e.Tokenizer)
	if err != nil {
		return nil, err
	}
	return json.Marshal(encoderJSON{kind, options, e.Vocabulary})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (e *Encoder) UnmarshalJSON(data []byte) error {
	var j encoderJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return errors.Wrap(err, "encoder")
	}
	if j.Vocabulary == nil {
		return errors.New("encoder: the vocabulary is missing")
	}
	var (
		t   Tokenizer
		err error
	)
	switch j.Tokenizer {
	case "words":
		var w Words
		err = json.Unmarshal(j.Options, &w)
		t = w
	case "fields":
		var f Fields
		err = json.Unmarshal(j.Options, &f)
		t = f
	case "characters":
		var c Characters
		err = json.Unmarshal(j.Options, &c)
		t = c
	case "bpe":
		// Older runs keep a tokenizer.json there.
		var older struct{ File json.RawMessage }
		if json.Unmarshal(j.Options, &older) == nil && older.File != nil {
			r := new(TokenizerJSON)
			err = json.Unmarshal(older.File, r)
			t = r
			break
		}
		b := new(BPE)
		err = json.Unmarshal(j.Options, b)
		t = b
	case "tokenizer.json":
		r := new(TokenizerJSON)
		err = json.Unmarshal(j.Options, r)
		t = r
	default:
		return errors.Errorf("encoder: tokenizer %.40q not known; want words, fields, characters, bpe or tokenizer.json", j.Tokenizer)
	}
	if err != nil {
		return errors.Wrapf(err, "encoder: options of tokenizer %s", j.Tokenizer)
	}
	*e = Encoder{t, j.Vocabulary}
	return nil
}
