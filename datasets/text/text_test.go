package text

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestTokenize(t *testing.T) {
	for _, c := range []struct {
		t    Tokenizer
		text string
		want []string
	}{
		{Words{}, "Not bad, at all!", []string{"Not", "bad", ",", "at", "all", "!"}},
		{Words{Lower: true}, "ÄRGER über Öl", []string{"ärger", "über", "öl"}},
		{Words{}, "it's 'quoted' don't", []string{"it's", "'", "quoted", "'", "don't"}},
		{Words{Clitics: true}, "it's don't we’ll cannot", []string{"it", "'s", "do", "n't", "we", "’ll", "cannot"}},
		{Words{Clitics: true}, "it 's do n't we ’ll", []string{"it", "'s", "do", "n't", "we", "’ll"}},
		{Words{}, "well-made -- or... so", []string{"well", "-", "made", "--", "or", "...", "so"}},
		{Words{Hyphens: true}, "well-made -so-", []string{"well-made", "-", "so", "-"}},
		{Words{}, "cafe\u0301 na\u00efve", []string{"café", "naïve"}},
		{Words{}, "fun 👍🏽👨‍👩‍👧 🇩🇪!!", []string{"fun", "👍🏽", "👨‍👩‍👧", "🇩🇪", "!", "!"}},
		{Words{}, "東京タワー 3.5", []string{"東", "京", "タ", "ワ", "ー", "3", ".", "5"}},
		{Words{}, " \t\n\u00a0\x00", []string{}},
		{Words{}, "a\xffb", []string{"a", "\xff", "b"}},
		{Characters{}, "aé👍", []string{"a", "é", "👍"}},
		{Characters{Lower: true}, "ÄB", []string{"ä", "b"}},
	} {
		if got := c.t.Tokenize(c.text); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%#v of %q:\n got %q\nwant %q", c.t, c.text, got, c.want)
		}
	}
}

func TestEncoderIsSaved(t *testing.T) {
	texts := []string{"the cat sat on the mat", "the dog sat", "ein Hündchen, ein Kätzchen", "low lower lowest"}
	words, err := LearnBPE(texts, 20)
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := LearnBPE(texts, 20, ByteLevel())
	if err != nil {
		t.Fatal(err)
	}
	for _, tok := range []Tokenizer{Words{Lower: true, Clitics: true}, Characters{}, words, bytes} {
		enc, err := NewEncoder(tok, texts, MinCount(1))
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(enc)
		if err != nil {
			t.Fatal(err)
		}
		var read Encoder
		if err := json.Unmarshal(data, &read); err != nil {
			t.Fatal(err)
		}
		for _, s := range append(texts, "the lowest Hund, new 👍 words") {
			ids := enc.Encode(s)
			if got := read.Encode(s); !reflect.DeepEqual(got, ids) {
				t.Errorf("%T: %q is %v, restored %v", tok, s, ids, got)
			}
			if got, want := read.Decode(ids), enc.Decode(ids); got != want {
				t.Errorf("%T: %q decodes to %q, restored %q", tok, s, want, got)
			}
		}
		for _, s := range texts[:2] {
			if got := enc.Decode(enc.Encode(s)); got != s {
				t.Errorf("%T: %q came back as %q", tok, s, got)
			}
		}
	}
}
