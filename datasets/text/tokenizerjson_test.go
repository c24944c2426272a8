package text

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// readTestdata reads testdata/NAME.json.
func readTestdata(t *testing.T, name string) *TokenizerJSON {
	t.Helper()
	path := filepath.Join("testdata", name+".json")
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := ReadTokenizerJSON(path, f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type expectation struct {
	Text    string
	Tokens  []string
	Decoded string
}

// expectations reads testdata/expected.json: texts by the name of a tokenizer, and those that the tokenizers are
// trained on, each three times, under "corpus".
func expectations(t *testing.T) map[string][]expectation {
	t.Helper()
	data, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string][]expectation
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestTokenizerJSON compares with what the library tokenizers 0.23.3 of Hugging Face makes of the same texts. The
// tokenizers are trained on a few sentences, one in the manner of each family that is in use.
func TestTokenizerJSON(t *testing.T) {
	all := expectations(t)
	delete(all, "corpus")
	for name, cases := range all {
		t.Run(name, func(t *testing.T) {
			b := readTestdata(t, name)
			for _, c := range cases {
				got := b.Tokenize(c.Text)
				if len(got) != len(c.Tokens) || len(got) > 0 && !reflect.DeepEqual(got, c.Tokens) {
					t.Errorf("%q:\n got %q\nwant %q", c.Text, got, c.Tokens)
					continue
				}
				if text := b.Detokenize(got); text != c.Decoded {
					t.Errorf("%q decodes to\n     %q\nwant %q", c.Text, text, c.Decoded)
				}
			}
		})
	}
}

// TestLearnBPE compares with the merges that the same library learns from the same texts.
func TestLearnBPE(t *testing.T) {
	var texts []string
	for _, e := range expectations(t)["corpus"] {
		texts = append(texts, e.Text, e.Text, e.Text)
	}
	want := readTestdata(t, "bytelevel").model.(*BPE)
	got, err := LearnBPE(texts, want.Merges(), ByteLevel())
	if err != nil {
		t.Fatal(err)
	}
	if got.Merges() != want.Merges() {
		t.Fatalf("%d merges; want %d", got.Merges(), want.Merges())
	}
	for i, m := range got.merges {
		if r, ok := want.rules[pair{want.ids[m[0]], want.ids[m[1]]}]; !ok || int(r.rank) != i {
			t.Fatalf("merge %d is %q; there it is of rank %d (%v)", i, m, r.rank, ok)
		}
	}
}

func TestTokenizerJSONErrors(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{`{`, `t.json: not a tokenizer.json: unexpected end of JSON input`},
		{`{"model":{"type":"Syllables","vocab":{}}}`, `t.json: the model is "Syllables" where BPE, WordPiece, Unigram and WordLevel are read`},
		{`{"model":{"type":"BPE"}}`, `t.json: model.vocab is not an object of tokens and their numbers: unexpected end of JSON input`},
		{`{"model":{"type":"BPE","vocab":{},"merges":["abc"]}}`, `t.json: merge 1, ["abc"], does not join two tokens`},
		{`{"model":{"type":"BPE","vocab":{"a":0,"":1},"merges":[["a",""]]}}`, `t.json: merge 1, of "a" and "": "" is not in model.vocab`},
		{`{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}}`, `t.json: merge 1, of "a" and "b": "ab" is not in model.vocab`},
		{`{"model":{"type":"Unigram","vocab":{}}}`, `t.json: model.vocab is not a list of tokens with their scores: json: cannot unmarshal object into Go value of type [][2]json.RawMessage`},
		{`{"model":{"type":"Unigram","vocab":[["a"]]}}`, `t.json: model.vocab: entry 1 is not a token with its score`},
		{`{"model":{"type":"Unigram","vocab":[["a",0]],"unk_id":1}}`, `t.json: model.unk_id is 1 of 1 tokens`},
		{`{"model":{"type":"BPE","vocab":{}},"normalizer":{"type":"Odd"}}`, `t.json: normalizer: type "Odd" is not known here; save the tokenizer without it or learn one`},
		{`{"model":{"type":"BPE","vocab":{}},"normalizer":{"type":"Precompiled"}}`, `t.json: normalizer: precompiled_charsmap is missing`},
		{`{"model":{"type":"BPE","vocab":{}},"normalizer":{"type":"Precompiled","precompiled_charsmap":"AAAA/w=="}}`, `t.json: normalizer: precompiled_charsmap is broken: a table of 4278190080 bytes where 0 are left`},
		{`{"model":{"type":"BPE","vocab":{}},"pre_tokenizer":{"type":"Split","pattern":{"Regex":"(a)\\1"},"behavior":"Isolated"}}`, `t.json: pre_tokenizer: the expression "(a)\\1" cannot be read: back references are not known here`},
		{`{"model":{"type":"BPE","vocab":{}},"pre_tokenizer":{"type":"Split","pattern":{"String":"a"},"behavior":"Odd"}}`, `t.json: pre_tokenizer: behavior "Odd" is not known`},
		{`{"model":{"type":"BPE","vocab":{}},"decoder":{"type":"Odd"}}`, `t.json: decoder: type "Odd" is not known here; save the tokenizer without it or learn one`},
	} {
		b, err := ReadTokenizerJSON("t.json", strings.NewReader(c.file))
		if b != nil || err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v, %v\nwant %s", c.file, b, err, c.want)
		}
	}
}

// FuzzTokenizerJSON checks that no file and no text end in a panic.
func FuzzTokenizerJSON(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "It's über <|end|> 12  \n\xff")
	}
	f.Add([]byte(`{"model":{"type":"BPE","vocab":{"a":0,"b":0},"merges":["a b"]},"pre_tokenizer":{"type":"Metaspace","replacement":""}}`), "ab a")
	f.Fuzz(func(t *testing.T, data []byte, s string) {
		b, err := ReadTokenizerJSON("t.json", bytes.NewReader(data))
		if err != nil {
			if b != nil || !strings.HasPrefix(err.Error(), "t.json: ") {
				t.Fatalf("%v, %v", b, err)
			}
			return
		}
		for _, token := range b.Tokenize(s) {
			if token == "" {
				t.Fatalf("%q has an empty token", s)
			}
		}
		enc, err := NewEncoder(b, nil)
		if err != nil {
			t.Fatal(err)
		}
		enc.Decode(enc.Encode(s))
	})
}
