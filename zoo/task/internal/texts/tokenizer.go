// Package texts makes tokens of texts for the tasks that read them.
package texts

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// Tokenizers returns the names that the Tokenizer of a task's options may have:
//
//	words       words and punctuation
//	treebank    as the Penn Treebank cuts: do n't, well-made
//	fields      what stands between white space, as in a corpus whose words are cut already
//	characters  each character
//	bpe         byte-pair encoding, learnt from the training texts; bpe:N with N merges
//	bytes       byte-pair encoding of a text's bytes, white space too, so that nothing is lost; bytes:N with N merges
//
// A path, which has a dot or a separator in it, is a file: tokenizer.json of Hugging Face, whatever its model, or a list
// of merges of a byte-pair encoding.
func Tokenizers() []string {
	return []string{"words", "treebank", "fields", "characters", "bpe", "bytes"}
}

// usualMerges is how many merges byte-pair encoding learns unless it is told: about as many sub-words as there are
// frequent words.
const usualMerges = 8000

// Declare declares the setting of a tokenizer. Whether a file is one shows when it is read.
func Declare(s *option.Set, spec *string) *option.Field {
	return s.Text(spec, "tokenizer", "what texts are cut into: one of "+strings.Join(Tokenizers(), ", ")+", bpe:MERGES, bytes:MERGES, or a file: tokenizer.json or merges").
		Checked(func() error { return check(*spec) })
}

// check returns an error unless a tokenizer has the name.
func check(spec string) error {
	if strings.ContainsAny(spec, `./\`) {
		return nil
	}
	kind, merges, learnt := strings.Cut(spec, ":")
	if !slices.Contains(Tokenizers(), kind) {
		if near := suggest.Nearest(kind, Tokenizers()); near != "" {
			return errors.Errorf("not found; did you mean %s?", near)
		}
		return errors.Errorf("not found; choose one of %s, or a file", strings.Join(Tokenizers(), ", "))
	}
	if n, err := strconv.Atoi(merges); learnt && (err != nil || n < 0 || kind != "bpe" && kind != "bytes") {
		return errors.New("want a number of merges, as in bpe:8000")
	}
	return nil
}

// NewTokenizer returns the tokenizer of a name, which learns from the texts what it has to. Where it cuts words, it does so
// as words says: folded to lower case, or Marked, for text that is to be written back.
func NewTokenizer(name string, words text.Words, texts []string) (text.Tokenizer, error) {
	kind, number, _ := strings.Cut(name, ":")
	hyphens := words
	hyphens.Hyphens = true
	switch {
	case name == "words":
		return words, nil
	case name == "treebank":
		treebank := hyphens
		treebank.Clitics = true
		return treebank, nil
	case name == "fields":
		return text.Fields{Lower: words.Lower}, nil
	case name == "characters":
		return text.Characters{}, nil
	case kind == "bpe", kind == "bytes":
		merges := usualMerges
		if number != "" {
			n, err := strconv.Atoi(number)
			if err != nil || n < 0 {
				return nil, errors.Errorf("tokenizer %q: %q is no number of merges", name, number)
			}
			merges = n
		}
		if kind == "bytes" {
			return text.LearnBPE(texts, merges, text.ByteLevel())
		}
		return text.LearnBPE(texts, merges, text.Base(hyphens))
	}
	return openTokenizer(name, hyphens)
}

// openTokenizer reads a tokenizer from a file: tokenizer.json of Hugging Face, or merges.
func openTokenizer(path string, words text.Words) (text.Tokenizer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.Wrapf(err, "tokenizer; choose %s, bpe:MERGES, bytes:MERGES or a file", strings.Join(Tokenizers(), ", "))
	}
	defer f.Close()
	if strings.EqualFold(filepath.Ext(path), ".json") {
		return text.ReadTokenizerJSON(path, f)
	}
	return text.ReadMerges(path, f, text.Base(words))
}
