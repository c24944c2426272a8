package texts

import (
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// TestTokenizerSpecs checks settings before there are texts.
func TestTokenizerSpecs(t *testing.T) {
	for spec, want := range map[string]string{
		"words": "", "treebank": "", "characters": "", "bpe": "", "bytes": "", "bpe:0": "", "bpe:300": "", "bytes:7": "",
		"./wrods": "", "tokenizer.json": "", `a\b`: "", // whether there is such a file shows later
		"wrods":    `tokenizer "wrods": not found; did you mean words?`,
		"syllable": `tokenizer "syllable": not found; choose one of words, treebank, fields, characters, bpe, bytes, or a file`,
		"":         `tokenizer "": not found; choose one of`,
		"bpe:x":    `tokenizer "bpe:x": want a number of merges, as in bpe:8000`,
		"bpe:":     `tokenizer "bpe:": want a number of merges`,
		"bytes:-1": `tokenizer "bytes:-1": want a number of merges`,
		"words:5":  `tokenizer "words:5": want a number of merges`,
	} {
		var s option.Set
		Declare(&s, &spec)
		err := s.Check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%q: error %v; want %q", spec, err, want)
		}
	}
}

func TestNewTokenizer(t *testing.T) {
	merges := filepath.Join(t.TempDir(), "merges.txt")
	if err := os.WriteFile(merges, []byte("#version: 0.2\na b</w>\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	texts := []string{"Don't: ab ab", "ab"}
	for _, c := range []struct {
		spec  string
		lower bool
		want  []string
	}{
		{"words", false, []string{"Don't", ":", "ab"}},
		{"words", true, []string{"don't", ":", "ab"}},
		{"treebank", false, []string{"Do", "n't", ":", "ab"}},
		{"characters", false, []string{"D", "o", "n", "'", "t", ":", " ", "a", "b"}},
		{"bpe:0", false, []string{"D", "o", "n", "'", "t</w>", ":</w>", "a", "b</w>"}},
		{"bpe:1", false, []string{"D", "o", "n", "'", "t</w>", ":</w>", "ab</w>"}},
		{"bytes:1", false, []string{"D", "o", "n", "'", "t", ":", "Ġ", "ab"}},
		{merges, false, []string{"D", "o", "n", "'", "t</w>", ":</w>", "ab</w>"}},
	} {
		tokenizer, err := NewTokenizer(c.spec, text.Words{Lower: c.lower}, texts)
		if err != nil {
			t.Errorf("%s: %v", c.spec, err)
			continue
		}
		if got := tokenizer.Tokenize("Don't: ab"); !slices.Equal(got, c.want) {
			t.Errorf("%s, lower %v: %q; want %q", c.spec, c.lower, got, c.want)
		}
	}
	missing := filepath.Join(t.TempDir(), "none.json")
	if _, err := NewTokenizer(missing, text.Words{}, texts); err == nil || !strings.Contains(err.Error(), "tokenizer; choose words, treebank, fields, characters, bpe, bytes, bpe:MERGES, bytes:MERGES or a file: open ") {
		t.Errorf("error %v", err)
	}
}

// TestEachLines gives lines in pieces, as they arrive.
func TestEachLines(t *testing.T) {
	for _, c := range []struct {
		in        string
		most      int
		want, err string
	}{
		{"\ufeffa\nb\r\nc", 10, "a|b|c", ""},
		{"a\nb\nc\n", 2, "a|b / c", ""},
		{"a\n\nb\n", 10, "a||b", ""},
		{"", 10, "", "standard input is empty; give a text on each line"},
		{strings.Repeat("x", 1<<25), 10, "", "standard input: line 1: it is longer than 16777216 bytes"},
	} {
		var got []string
		err := EachLines(strings.NewReader(c.in), c.most, func(lines []string) error {
			got = append(got, strings.Join(lines, "|"))
			return nil
		})
		if all := strings.Join(got, " / "); c.err == "" && (err != nil || all != c.want) || c.err != "" && (err == nil || err.Error() != c.err) {
			t.Errorf("%.20q: %q, %v; want %q, %s", c.in, all, err, c.want, c.err)
		}
	}
}
