package text

import (
	"fmt"
	"testing"

	"github.com/rnnzoo/rnnzoo/internal/lineartest"
)

// linear are the tokenizers over so many texts of a few words, of which one occurs nowhere else: what learns tokens and
// vocabulary, and what makes numbers of texts.
func linear() []lineartest.Case {
	var cases []lineartest.Case
	for _, c := range []struct {
		name  string
		learn func(texts []string) (Tokenizer, error)
	}{
		{"words", func([]string) (Tokenizer, error) { return Words{Lower: true}, nil }},
		{"words, marked", func([]string) (Tokenizer, error) { return Words{Marked: true}, nil }},
		{"fields", func([]string) (Tokenizer, error) { return Fields{}, nil }},
		{"characters", func([]string) (Tokenizer, error) { return Characters{}, nil }},
		{"byte pairs", func(texts []string) (Tokenizer, error) { return LearnBPE(texts, 200) }},
		{"pairs of bytes", func(texts []string) (Tokenizer, error) { return LearnBPE(texts, 200, ByteLevel()) }},
	} {
		cases = append(cases, lineartest.Case{Name: c.name, Make: func(n int) (func() error, int) {
			var texts []string
			size := 0
			for i := range n {
				texts = append(texts, fmt.Sprintf("Some words, not many, of text %d.", i))
				size += len(texts[i])
			}
			return func() error {
				t, err := c.learn(texts)
				if err != nil {
					return err
				}
				e, err := NewEncoder(t, texts)
				if err != nil {
					return err
				}
				for _, s := range texts {
					e.Encode(s)
				}
				return nil
			}, size
		}})
	}
	return cases
}

func BenchmarkEncoders(b *testing.B) { lineartest.Benchmark(b, linear()) }

func TestEncodersAreLinear(t *testing.T) { lineartest.Check(t, linear()) }
