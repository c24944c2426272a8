package text

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkTokenize cuts a few kB of English, German and other text into sub-words. The words are in the cache after
// the first round, as they are in the training of a model; the text without a cache stands for the first round.
func BenchmarkTokenize(b *testing.B) {
	const line = "The quick brown fox doesn't jump over 12345 lazy dogs; Übung macht den Meister, naïve café déjà vu!\n" +
		"  Два медведя гуляли в лесу.  彼は学校へ行きます。 def f(x):\n\treturn x*x  # 🙂\n"
	s := strings.Repeat(line, 20)
	learnt, err := LearnBPE([]string{line, line, line}, 200, ByteLevel())
	if err != nil {
		b.Fatal(err)
	}
	words, err := LearnBPE([]string{line, line, line}, 200)
	if err != nil {
		b.Fatal(err)
	}
	tokenizers := map[string]Tokenizer{"bytes": learnt, "words": words}
	for _, name := range []string{"llama3", "bytelevel", "sentencepiece", "metaspace"} {
		f, err := os.Open(filepath.Join("testdata", name+".json"))
		if err != nil {
			b.Fatal(err)
		}
		tokenizers[name], err = ReadTokenizerJSON(name, f)
		if err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
	for name, t := range tokenizers {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				t.Tokenize(s)
			}
		})
	}
	b.Run("uncached", func(b *testing.B) {
		b.ReportAllocs()
		w := bytesToSymbols("antidisestablishmentarianism")
		for b.Loop() {
			learnt.apply(w)
		}
	})
}
