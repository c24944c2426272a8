package texts

import "github.com/rnnzoo/rnnzoo/datasets/text"

// NewEncoder learns a tokenizer, as of NewTokenizer, and a vocabulary from texts.
func NewEncoder(spec string, words text.Words, texts []string, opts ...text.Option) (*text.Encoder, error) {
	t, err := NewTokenizer(spec, words, texts)
	if err != nil {
		return nil, err
	}
	return text.NewEncoder(t, texts, opts...)
}
