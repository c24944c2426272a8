package text

import "strings"

// Fields cuts text at white space alone, as corpora are written whose words are cut already: those of the Penn Treebank, say.
// The end of a line is no token.
type Fields struct {
	Lower bool `json:"lower,omitempty"` // fold to lower case
}

var _ Tokenizer = Fields{}

// Tokenize implements [Tokenizer].
func (f Fields) Tokenize(s string) []string {
	s = composed(s)
	if f.Lower {
		s = strings.ToLower(s)
	}
	return strings.Fields(s)
}

// Detokenize implements [Tokenizer]: it joins the tokens with blanks.
func (f Fields) Detokenize(tokens []string) string { return strings.Join(tokens, " ") }
