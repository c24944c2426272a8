package texts

import "github.com/rnnzoo/rnnzoo/datasets/text"

// NewEncoder learns a tokenizer and a vocabulary from texts. lower has the tokenizer fold words to lower case.
func NewEncoder(spec string, lower bool, texts []string, opts ...text.Option) (*text.Encoder, error) {
	t, err := NewTokenizer(spec, lower, texts)
	if err != nil {
		return nil, err
	}
	return text.NewEncoder(t, texts, opts...)
}
