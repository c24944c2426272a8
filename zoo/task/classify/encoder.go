package classify

import (
	"cmp"
	"math/rand"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/text"
)

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
	c.opts.Embedding = cmp.Or(c.opts.Embedding, vectors.Width)
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
