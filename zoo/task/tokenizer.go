package task

import (
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/text"
)

// TokenizerSpecs returns the forms of a spec that NewTokenizer knows.
func TokenizerSpecs() []string {
	return []string{"words", "characters", "bpe[:MERGES]", "bytes[:MERGES]"}
}

// NewTokenizer returns the tokenizer that spec describes, which may learn from texts:
//
//	words            words and punctuation marks
//	characters       characters, white space too
//	bpe[:MERGES]     sub-words of words, by so many merges (5000)
//	bytes[:MERGES]   sub-words of the text as it is, which they give back whole
//
// None of them folds capital letters.
func NewTokenizer(spec string, texts []string) (text.Tokenizer, error) {
	kind, count, given := strings.Cut(spec, ":")
	merges := 5000
	if given {
		n, err := strconv.Atoi(count)
		if err != nil || n < 0 || kind != "bpe" && kind != "bytes" {
			return nil, errors.Errorf("tokenizer %.40q: write it as one of %s", spec, strings.Join(TokenizerSpecs(), ", "))
		}
		merges = n
	}
	words := text.Words{Clitics: true, Hyphens: true}
	switch kind {
	case "words":
		return words, nil
	case "characters":
		return text.Characters{}, nil
	case "bpe":
		return text.LearnBPE(texts, merges, text.Base(words))
	case "bytes":
		return text.LearnBPE(texts, merges, text.ByteLevel())
	}
	return nil, errors.Errorf("tokenizer %.40q not found; choose one of %s", spec, strings.Join(TokenizerSpecs(), ", "))
}
