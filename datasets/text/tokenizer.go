package text

import "golang.org/x/text/unicode/norm"

// Tokenizer cuts text into tokens and joins them again. Its methods may be called from several goroutines at once.
type Tokenizer interface {
	// Tokenize returns the tokens of s in their order. Any string is cut, also one that is no valid UTF-8; no token is
	// empty.
	Tokenize(s string) []string
	// Detokenize returns readable text of the tokens: the text they were cut from, as far as they say.
	Detokenize(tokens []string) string
}

// composed returns s in Unicode's form NFC, in which an accented letter is one character however it was typed.
func composed(s string) string { return norm.NFC.String(s) }
