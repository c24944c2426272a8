package text

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestCounter counts texts one after the other, and encodes by appending: as all of them at once.
func TestCounter(t *testing.T) {
	texts := []string{"Die Käfer, die\nKäfer! e\u0301\xff", "", "a <unk> b\u00a0c", "käfer 👍🏽 die\r\n"}
	learnt, err := LearnBPE(texts, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, tok := range []Tokenizer{Words{Marked: true}, Fields{}, Characters{}, Characters{Lower: true}, learnt} {
		c := NewCounter(tok)
		for _, s := range texts[:3] {
			c.Add(s)
		}
		e, err := c.Encoder(MinCount(1), MaxSize(14))
		if err != nil {
			t.Fatal(err)
		}
		counts := map[string]int{}
		for _, s := range texts[:3] {
			for _, token := range tok.Tokenize(s) {
				counts[token]++
			}
		}
		if want := countVocabulary(counts, 1, 14); tok != Tokenizer(learnt) && !reflect.DeepEqual(e.Vocabulary.Tokens(), want.Tokens()) {
			t.Errorf("%#v: vocabulary %q; want %q", tok, e.Vocabulary.Tokens(), want.Tokens())
		}
		for _, s := range texts {
			var ids []int
			var unknown []string
			for _, id := range e.Append([]int32{7}, s, func(token string) { unknown = append(unknown, token) })[1:] {
				ids = append(ids, int(id))
			}
			if want := e.Encode(s); !slices.Equal(ids, want) {
				t.Errorf("%#v of %q appends %v; want %v", tok, s, ids, want)
			}
			var want []string
			for _, token := range tok.Tokenize(s) {
				if e.id(token) == Unknown {
					want = append(want, token)
				}
			}
			if !slices.Equal(unknown, want) {
				t.Errorf("%#v does not know %q; want %q", tok, unknown, want)
			}
		}
	}
	if _, err := NewCounter(nil).Encoder(); err == nil {
		t.Error("a counter without a tokenizer has an encoder")
	}
}

// BenchmarkAppend encodes characters, MB/s.
func BenchmarkAppend(b *testing.B) {
	s := strings.Repeat("To be, or not to be: that is the question.\n", 1<<12)
	e, err := NewEncoder(Characters{}, []string{s})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(s)))
	ids := make([]int32, 0, len(s))
	for b.Loop() {
		ids = e.Append(ids[:0], s, nil)
	}
}
