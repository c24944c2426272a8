package task

import (
	"math/rand"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
)

// newEncoder learns the vocabulary from the training texts.
func newEncoder(data *datasets.Labelled, opts ClassifyOptions) (*text.Encoder, error) {
	texts := datasets.Texts(data.Train)
	t, err := newTokenizer(opts.Tokenizer, !opts.Cased, texts)
	if err != nil {
		return nil, err
	}
	return text.NewEncoder(t, texts, text.MinCount(opts.MinCount), text.MaxSize(opts.Vocabulary))
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
