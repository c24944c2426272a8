package task

import (
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
)

// newEncoder learns the vocabulary from the training texts.
func newEncoder(data *datasets.Labelled, opts ClassifyOptions) (*text.Encoder, error) {
	texts := datasets.Texts(data.Train)
	t, err := newTokenizer(opts, texts)
	if err != nil {
		return nil, err
	}
	return text.NewEncoder(t, texts, text.MinCount(opts.MinCount), text.MaxSize(opts.Vocabulary))
}

// usualMerges is how many merges byte-pair encoding learns unless it is told: about as many sub-words as there are
// frequent words.
const usualMerges = 8000

// newTokenizer returns the tokenizer of the options, which learns from the texts what it has to.
func newTokenizer(opts ClassifyOptions, texts []string) (text.Tokenizer, error) {
	kind, number, _ := strings.Cut(opts.Tokenizer, ":")
	subwords := text.Words{Lower: !opts.Cased, Hyphens: true} // what sub-words are parts of
	switch {
	case opts.Tokenizer == "words":
		return text.Words{Lower: !opts.Cased}, nil
	case opts.Tokenizer == "treebank":
		return text.Words{Lower: !opts.Cased, Clitics: true, Hyphens: true}, nil
	case opts.Tokenizer == "characters":
		return text.Characters{}, nil
	case kind == "bpe":
		merges := usualMerges
		if number != "" {
			n, err := strconv.Atoi(number)
			if err != nil || n < 0 {
				return nil, errors.Errorf("tokenizer %q: %q is no number of merges", opts.Tokenizer, number)
			}
			merges = n
		}
		return text.LearnBPE(texts, merges, text.Base(subwords))
	}
	return openTokenizer(opts.Tokenizer, subwords)
}

// openTokenizer reads a tokenizer from a file: tokenizer.json of Hugging Face, or merges.
func openTokenizer(path string, words text.Words) (text.Tokenizer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.Wrapf(err, "tokenizer; choose %s, bpe:MERGES or a file", strings.Join(Tokenizers(), ", "))
	}
	defer f.Close()
	if strings.EqualFold(filepath.Ext(path), ".json") {
		return text.ReadTokenizerJSON(path, f)
	}
	return text.ReadMerges(path, f, text.Base(words))
}

// loadVectors has embeddings start as word vectors, as far as there are some.
func (c *Classifier) loadVectors() error {
	path := c.opts.Vectors
	if path == "" {
		return nil
	}
	vectors, err := text.OpenVectors(path, c.encoder.Vocabulary)
	if err != nil {
		return err
	}
	setDefault(&c.opts.Embedding, vectors.Width)
	if width := c.opts.Embedding; width != vectors.Width {
		return errors.Errorf("%s: its vectors have the width %d, the embedding %d; want the same, or 0 for that of the vectors", path, vectors.Width, width)
	}
	others := c.embed
	c.embed = func(rng *rand.Rand, values []float64, shape []int) {
		others(rng, values, shape)
		for token, row := range vectors.Values {
			at := c.encoder.Vocabulary.ID(token) * vectors.Width
			for i, v := range row {
				values[at+i] = float64(v)
			}
		}
	}
	return nil
}
