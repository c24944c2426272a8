package text

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// The special tokens, which every vocabulary begins with.
const (
	Pad     = 0 // fills up short sequences
	Unknown = 1 // stands for tokens that the vocabulary does not hold
	Begin   = 2 // begins a sequence that is generated
	End     = 3 // ends it

	specials = 4 // how many there are
)

var specialNames = [specials]string{"<pad>", "<unk>", "<bos>", "<eos>"}

// Vocabulary numbers tokens from 0, the special ones first. It does not change. A nil one holds none.
type Vocabulary struct {
	tokens []string
	ids    map[string]int
	ascii  [utf8.RuneSelf]int32 // the numbers of the tokens that are a character of ASCII; 0 where there is none
}

// NewVocabulary returns the vocabulary of the special tokens and then the given ones in their order. A token that is
// there already keeps its first number. Tokens that are no valid UTF-8, which no file of text could hold, are left out.
func NewVocabulary(tokens []string) *Vocabulary {
	v := &Vocabulary{
		tokens: make([]string, 0, specials+len(tokens)),
		ids:    make(map[string]int, specials+len(tokens)),
	}
	for _, t := range specialNames {
		v.add(t)
	}
	for _, t := range tokens {
		v.add(t)
	}
	return v
}

func (v *Vocabulary) add(token string) {
	if _, ok := v.ids[token]; ok || token == "" || !utf8.ValidString(token) {
		return
	}
	// A copy, since a token may be a small part of a large text.
	token = strings.Clone(token)
	v.ids[token] = len(v.tokens)
	if len(token) == 1 {
		v.ascii[token[0]] = int32(len(v.tokens))
	}
	v.tokens = append(v.tokens, token)
}

// countVocabulary returns the vocabulary of the tokens that are counted at least minCount times, the most frequent
// first and equally frequent ones in the order of their bytes. With maxSize above 0 it holds no more than so many
// tokens, the special ones included.
func countVocabulary(counts map[string]int, minCount, maxSize int) *Vocabulary {
	tokens := make([]string, 0, len(counts))
	for t, n := range counts {
		if n >= minCount && utf8.ValidString(t) && !slices.Contains(specialNames[:], t) {
			tokens = append(tokens, t)
		}
	}
	slices.SortFunc(tokens, func(a, b string) int {
		if d := counts[b] - counts[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	if maxSize > 0 {
		tokens = tokens[:min(len(tokens), max(0, maxSize-specials))]
	}
	return NewVocabulary(tokens)
}

// Size returns the number of tokens, the special ones included.
func (v *Vocabulary) Size() int {
	if v == nil {
		return 0
	}
	return len(v.tokens)
}

// ID returns the number of a token, or [Unknown].
func (v *Vocabulary) ID(token string) int {
	if v != nil {
		if id, ok := v.ids[token]; ok {
			return id
		}
	}
	return Unknown
}

// Token returns the token of a number; out of range it is that of [Unknown].
func (v *Vocabulary) Token(id int) string {
	if id < 0 || id >= v.Size() {
		return specialNames[Unknown]
	}
	return v.tokens[id]
}

// Has reports whether the vocabulary holds a token.
func (v *Vocabulary) Has(token string) bool {
	if v == nil {
		return false
	}
	_, ok := v.ids[token]
	return ok
}

// Tokens returns a copy of all tokens in the order of their numbers.
func (v *Vocabulary) Tokens() []string {
	if v == nil {
		return nil
	}
	return slices.Clone(v.tokens)
}

// MarshalJSON writes the tokens in the order of their numbers.
func (v *Vocabulary) MarshalJSON() ([]byte, error) { return json.Marshal(v.tokens) }

// UnmarshalJSON reads what MarshalJSON writes.
func (v *Vocabulary) UnmarshalJSON(data []byte) error {
	var tokens []string
	if err := json.Unmarshal(data, &tokens); err != nil {
		return errors.Wrap(err, "vocabulary: want a list of tokens")
	}
	if len(tokens) < specials || !slices.Equal(tokens[:specials], specialNames[:]) {
		return errors.Errorf("vocabulary: the first tokens must be %s", strings.Join(specialNames[:], ", "))
	}
	read := NewVocabulary(tokens[specials:])
	if read.Size() != len(tokens) {
		return errors.Errorf("vocabulary: %d of %d tokens are empty or there twice", len(tokens)-read.Size(), len(tokens))
	}
	*v = *read
	return nil
}
