package text

import (
	"strings"
	"unicode/utf8"
)

// Characters makes each character of the text, a Unicode code point in form NFC, a token. A byte that is no valid UTF-8
// is a token too, so that joining the tokens gives the whole text back.
type Characters struct {
	Lower bool `json:"lower,omitempty"` // fold to lower case, which loses the case
}

var _ Tokenizer = Characters{}

// Tokenize implements [Tokenizer].
func (c Characters) Tokenize(s string) []string {
	s = c.normal(s)
	tokens := make([]string, 0, utf8.RuneCountInString(s))
	for len(s) > 0 {
		_, n := utf8.DecodeRuneInString(s)
		tokens = append(tokens, s[:n])
		s = s[n:]
	}
	return tokens
}

// Detokenize implements [Tokenizer]: it joins the tokens as they are.
func (c Characters) Detokenize(tokens []string) string { return strings.Join(tokens, "") }

// normal returns s as it is cut.
func (c Characters) normal(s string) string {
	s = composed(s)
	if c.Lower {
		s = strings.ToLower(s)
	}
	return s
}
