package text

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// partsCase is a tokenizer.json and what the library makes of texts with it.
type partsCase struct {
	Name  string
	File  json.RawMessage
	Cases []expectation
}

// readParts reads what testdata/make_tokenizers.py writes.
func readParts(t testing.TB) []partsCase {
	t.Helper()
	f, err := os.Open("testdata/parts.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all []partsCase
	if err := json.NewDecoder(r).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestTokenizerJSONParts compares each model, normalizer, pre-tokenizer and decoder with what the library tokenizers
// 0.23.3 makes of the same texts.
func TestTokenizerJSONParts(t *testing.T) {
	for _, part := range readParts(t) {
		t.Run(part.Name, func(t *testing.T) {
			b, err := ReadTokenizerJSON(part.Name, bytes.NewReader(part.File))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range part.Cases {
				got := b.Tokenize(c.Text)
				if !slices.Equal(got, c.Tokens) {
					t.Errorf("%q:\n got %q\nwant %q", c.Text, got, c.Tokens)
				} else if text := b.Detokenize(got); text != c.Decoded {
					t.Errorf("%q decodes to\n     %q\nwant %q", c.Text, text, c.Decoded)
				}
			}
		})
	}
}

// TestManyMarks takes more marks on a letter than package norm lets pass.
func TestManyMarks(t *testing.T) {
	s := "e" + strings.Repeat("\u0301", 70)
	if got, want := normalForm(norm.NFC)(s), "é"+strings.Repeat("\u0301", 69); got != want {
		t.Errorf("%d bytes; want %d", len(got), len(want))
	}
}
