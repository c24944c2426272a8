package text

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
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
		{Fields{}, " don't  N <unk>\t$\u00a0x\n", []string{"don't", "N", "<unk>", "$", "x"}},
		{Fields{Lower: true}, "ÄB c", []string{"äb", "c"}},
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
	for _, tok := range []Tokenizer{Words{Lower: true, Clitics: true}, Fields{}, Characters{}, words, bytes} {
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

// normalized returns a text as marked words give it back.
func normalized(s string) string {
	var b strings.Builder
	gap := ""
	for s = composed(s); s != ""; {
		r, n := utf8.DecodeRuneInString(s)
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			if (gap == "" || gap == " ") && isOtherSpace(r) {
				gap = s[:n]
			} else if gap == "" {
				gap = " "
			}
		} else {
			if b.Len() > 0 {
				b.WriteString(gap)
			}
			b.WriteString(s[:n])
			gap = ""
		}
		s = s[n:]
	}
	return b.String()
}

// FuzzRoundTrip checks that tokenizers cut any text, and that characters, bytes and marked words lose nothing of it but
// what they say.
func FuzzRoundTrip(f *testing.F) {
	for _, s := range []string{"", " ", "Not bad, at all!", "don't 'quote' it's", "  two  spaces\n\n", "Ein- und Ausgang – „so“", "e\u0301👨‍👩‍👧🇩🇪東京", "\xff\xc3", "'", "x-", "Ġ<pad>", "▁￭\u00a0 「a」b“京”1.5", "x \u0600\u00a0 y"} {
		f.Add(s)
	}
	learnt, err := LearnBPE([]string{"the film is not bad", "der Film ist schön", "don't  do it"}, 30, ByteLevel())
	if err != nil {
		f.Fatal(err)
	}
	words, err := LearnBPE([]string{"the film is not bad", "der Film ist schön"}, 30)
	if err != nil {
		f.Fatal(err)
	}
	enc, err := NewEncoder(learnt, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, tok := range []Tokenizer{Words{}, Words{true, true, true, false}, Fields{}, Characters{}, learnt, words} {
			tokens := tok.Tokenize(s)
			if slices.Contains(tokens, "") {
				t.Fatalf("%T cuts %q into %q", tok, s, tokens)
			}
			tok.Detokenize(tokens)
		}
		for _, w := range []Words{{Marked: true}, {Marked: true, Clitics: true, Hyphens: true}} {
			if got := w.Detokenize(w.Tokenize(s)); got != normalized(s) {
				t.Errorf("%+v make %q of %q", w, got, s)
			}
		}
		if got := enc.Decode(enc.Encode(s)); got != s {
			t.Errorf("bytes make %q of %q", got, s)
		}
		if got := (Characters{}).Detokenize(Characters{}.Tokenize(s)); got != composed(s) {
			t.Errorf("characters make %q of %q", got, s)
		}
	})
}

func TestWordsDetokenize(t *testing.T) {
	for _, s := range []string{
		`A man's dog, which isn't "his", barks (loudly)!`,
		`Er sagt: „Schön“, und geht ein- und aus.`,
		`He said 'no' and paid $5 for 30% of it...`,
		`well-made, isn't it?`,
		`東京タワー`,
	} {
		w := Words{Clitics: true, Hyphens: true}
		if got := w.Detokenize(w.Tokenize(s)); got != s {
			t.Errorf("%q came back as %q", s, got)
		}
	}
}

func TestVocabulary(t *testing.T) {
	texts := []string{"b a a c", "a b d d d <unk>"}
	for _, c := range []struct {
		opts []Option
		want []string
	}{
		{nil, []string{"a", "d", "b", "<", ">", "c", "unk"}},
		{[]Option{MinCount(2)}, []string{"a", "d", "b"}},
		{[]Option{MaxSize(6)}, []string{"a", "d"}},
		{[]Option{MaxSize(2)}, []string{}},
	} {
		enc, err := NewEncoder(Words{}, texts, c.opts...)
		if err != nil {
			t.Fatal(err)
		}
		if got := enc.Vocabulary.Tokens()[4:]; !slices.Equal(got, c.want) {
			t.Errorf("the vocabulary is %q; want %q", got, c.want)
		}
	}
	v := NewVocabulary([]string{"x", "\xff", "", "x", "<eos>", "y"})
	if want := []string{"<pad>", "<unk>", "<bos>", "<eos>", "x", "y"}; !slices.Equal(v.Tokens(), want) {
		t.Errorf("the vocabulary is %q; want %q", v.Tokens(), want)
	}
	if v.ID("y") != 5 || v.ID("z") != Unknown || v.Token(5) != "y" || v.Token(-1) != "<unk>" || v.Token(6) != "<unk>" {
		t.Error("numbers and tokens do not fit")
	}
	enc := Encoder{Words{}, v}
	if got := enc.Decode([]int{Begin, 4, Unknown, Pad, 5, End, 4}); got != "x <unk> y" {
		t.Errorf("decoded %q", got)
	}
	if _, err := NewEncoder(Words{}, []string{" "}); err == nil {
		t.Error("a text without tokens makes a vocabulary")
	}
}

func TestEncoderErrors(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{`{}`, `encoder: the vocabulary is missing`},
		{`{"tokenizer":"words","vocabulary":["a"]}`, `encoder: vocabulary: the first tokens must be <pad>, <unk>, <bos>, <eos>`},
		{`{"tokenizer":"words","options":{},"vocabulary":["<pad>","<unk>","<bos>","<eos>","a","a"]}`, `encoder: vocabulary: 1 of 6 tokens are empty or there twice`},
		{`{"tokenizer":"syllables","vocabulary":["<pad>","<unk>","<bos>","<eos>"]}`, `encoder: tokenizer "syllables" not known; want words, fields, characters, bpe or tokenizer.json`},
		{`{"tokenizer":"bpe","options":{"merges":[["a",""]]},"vocabulary":["<pad>","<unk>","<bos>","<eos>"]}`, `encoder: options of tokenizer bpe: merge 1 joins nothing: "a" and ""`},
	} {
		var e Encoder
		if err := json.Unmarshal([]byte(c.file), &e); err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.file, err, c.want)
		}
	}
	if _, err := json.Marshal(&Encoder{Tokenizer: strange{}}); err == nil {
		t.Error("a tokenizer of somebody else's is saved")
	}
}

type strange struct{ Words }

func TestReadMerges(t *testing.T) {
	bytes, err := ReadMerges("merges.txt", strings.NewReader("#version: 0.2\nĠ t\nh e\nĠt he\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := bytes.Tokenize("the the ü"), []string{"t", "he", "Ġthe", "Ġ", "Ã", "¼"}; !slices.Equal(got, want) {
		t.Errorf("bytes: %q; want %q", got, want)
	}
	words, err := ReadMerges("codes", strings.NewReader("l o\nlo w</w>\r\ne r</w>\n"), Base(Words{Lower: true}))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := words.Tokenize("Low lower?"), []string{"low</w>", "lo", "w", "er</w>", "?</w>"}; !slices.Equal(got, want) {
		t.Errorf("words: %q; want %q", got, want)
	}
	for _, c := range []struct{ file, want string }{
		{"#version: 0.2\n", "m: no merges; want two tokens with a space between them a line"},
		{"a b\nabc\n", `m: line 2: "abc" is not two tokens with a space between them`},
		{"a b c\n", `m: line 1: "a b c" is not two tokens with a space between them`},
		{"a b\n" + strings.Repeat("x", 1<<17), "m: line 2 has more than 65536 bytes; is it a file of merges?"},
	} {
		if _, err := ReadMerges("m", strings.NewReader(c.file)); err == nil || err.Error() != c.want {
			t.Errorf("%.20q:\n got %v\nwant %s", c.file, err, c.want)
		}
	}
}

func TestSpecialTokensAreNotLearnt(t *testing.T) {
	s := strings.Repeat("<pad><eos>", 9)
	b, err := LearnBPE([]string{s}, 50, ByteLevel())
	if err != nil {
		t.Fatal(err)
	}
	enc, err := NewEncoder(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := enc.Decode(enc.Encode(s)); got != s {
		t.Errorf("%q came back as %q", s, got)
	}
}

// TestLongWord would take hours if the merges took the square of the length.
func TestLongWord(t *testing.T) {
	b, err := LearnBPE([]string{"aaaa bbbb aaaa bbbb abab abab"}, 10)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("ab", 1<<18)
	if got := b.Detokenize(b.Tokenize(long)); got != long {
		t.Error("the word did not come back")
	}
}
