package text

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

func withParts(kind, parts string) string {
	return fmt.Sprintf(`{"model":{"type":"BPE","vocab":{"e":0},"merges":[]},%q:%s}`, kind, parts)
}

func repeated(list, item string, n int) string {
	return `{"type":"Sequence","` + list + `":[` + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + `]}`
}

// TestTokenizerJSONBounds reads small files that would make gigabytes of a text or of memory.
func TestTokenizerJSONBounds(t *testing.T) {
	deep := `{"type":"NFC"}`
	for range 4500 {
		deep = `{"type":"Sequence","normalizers":[` + deep + `]}`
	}
	long := strings.Repeat("x", 1<<20)
	for _, c := range []struct{ name, file, want string }{
		{"e to ee", withParts("normalizer", repeated("normalizers", `{"type":"Replace","pattern":{"String":"e"},"content":"ee"}`, 26)), "normalizer: up to Replace the parts can make a text more than 64 times as long, which is refused"},
		{"each place", withParts("normalizer", `{"type":"Replace","pattern":{"Regex":"x*"},"content":"`+strings.Repeat("e", 70)+`"}`), "normalizer: up to Replace the parts can make a text more than 64 times as long, which is refused"},
		{"decoder", withParts("decoder", repeated("decoders", `{"type":"Replace","pattern":{"String":"e"},"content":"ee"}`, 26)), "decoder: up to Replace the parts can make a text more than 64 times as long, which is refused"},
		{"bytes", withParts("pre_tokenizer", repeated("pretokenizers", `{"type":"ByteLevel"}`, 30)), "pre_tokenizer: up to ByteLevel the parts can make a text more than 64 times as long, which is refused"},
		{"prepend", withParts("normalizer", repeated("normalizers", `{"type":"Prepend","prepend":"`+long+`"}`, 9)), "normalizer: Prepend has a text of 1048576 bytes; no more than 4096 are read"},
		{"deep", withParts("normalizer", deep), "normalizer: more than 16 parts within parts"},
		{"many", withParts("normalizer", repeated("normalizers", `{"type":"NFC"}`, 200)), "normalizer: more than 100 parts"},
		{"suffix", `{"model":{"type":"BPE","vocab":{"e":0},"end_of_word_suffix":"` + long + `"}}`, "model: unk_token, continuing_subword_prefix or end_of_word_suffix has 1048576 bytes; no more than 4096 are read"},
		{"token", `{"model":{"type":"WordPiece","vocab":{"` + long + `":0}}}`, `model.vocab: token "` + long[:40] + `"… has 1048576 bytes; no more than 16384 are read`},
		{"values", `{"model":{"type":"BPE","vocab":{},"merges":[` + strings.Repeat("0,", 8_000_001) + `0]}}`, "more than 8000000 values; is it a tokenizer.json?"},
		{"counts", withParts("pre_tokenizer", `{"type":"Split","behavior":"Isolated","pattern":{"Regex":"((((a{999}){999}){999}){999})"}}`), `pre_tokenizer: the expression "((((a{999}){999}){999}){999})" cannot be read: it has more than 20000 steps when its counts are written out`},
		{"groups", withParts("pre_tokenizer", `{"type":"Split","behavior":"Isolated","pattern":{"Regex":"`+strings.Repeat("(", 5000)+`"}}`), `pre_tokenizer: the expression "` + strings.Repeat("(", 200) + `" cannot be read: more than 50 groups within groups`},
	} {
		start := time.Now()
		b, err := ReadTokenizerJSON("t.json", strings.NewReader(c.file))
		if b != nil || err == nil || err.Error() != "t.json: "+c.want {
			t.Errorf("%s:\n got %.300v\nwant t.json: %s", c.name, err, c.want)
		}
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%s: %v", c.name, d)
		}
	}
}

// TestNotTokenizerJSON gives files that people have beside a tokenizer.json, or instead of it.
func TestNotTokenizerJSON(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{" \n", "the file is empty; give the tokenizer.json of a model"},
		{"<!DOCTYPE html><html>", "this is a web page (HTML or XML), no tokenizer.json; download the file itself, not the page that shows it"},
		{"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "this is a pointer of Git LFS, no tokenizer.json; fetch the file itself (git lfs pull)"},
		{"PK\x03\x04", "this is a compressed file, no tokenizer.json; unpack it first"},
		{"#version: 0.2\na b\n", "these are merges, no tokenizer.json; name the file merges.txt"},
		{"\x0a\x0e\x0a\x05<unk>\x15\x00\x00", "this is a binary file, no tokenizer.json; a model of SentencePiece has to be converted by the library that it is used with"},
		{`{"class_name":"Tokenizer","config":{"num_words":10,"word_index":"{}"}}`, "this is a tokenizer of Keras, no tokenizer.json of Hugging Face; cut the texts into words here instead (tokenizer words)"},
		{`{"hello":0,"model":1}`, "this is a vocabulary (vocab.json), which does not say how texts are cut; give the tokenizer.json or merges.txt that is beside it"},
		{`{"tokenizer_class":"LlamaTokenizer"}`, "this is a tokenizer_config.json, no tokenizer.json; give the tokenizer.json that is beside it"},
		{`{"architectures":["GPT2"],"model_type":"gpt2"}`, "this is the config.json of a model, no tokenizer.json; give the tokenizer.json that is beside it"},
		{`{"unk_token":"<unk>"}`, "this is a special_tokens_map.json, no tokenizer.json; give the tokenizer.json that is beside it"},
		{`{"tokenizer":"words","vocabulary":[]}`, "this is an encoder of this program, no tokenizer.json; it belongs to the run that it was saved with"},
		{`["a"]`, "this is JSON, but no tokenizer.json, which is an object with a model; give the tokenizer.json of a model"},
		{`{}`, "this is JSON without a model, no tokenizer.json; give the tokenizer.json of a model"},
		{`{"model":{"type":"BPE","vocab":{`, "not a tokenizer.json: unexpected end of JSON input"},
	} {
		b, err := ReadTokenizerJSON("t.json", strings.NewReader(c.file))
		if b != nil || err == nil || err.Error() != "t.json: "+c.want {
			t.Errorf("%s:\n got %v\nwant t.json: %s", c.file, err, c.want)
		}
	}
}

// TestExpressionSteps takes expressions for which trying one way after the other takes exponential time or more.
func TestExpressionSteps(t *testing.T) {
	long := strings.Repeat("a", 1<<16)
	for _, expr := range []string{"(a|a)*b", "(a*)*b", "((a+)+)+b", "(?:a|aa)+?b", "(?=(a*)*b)", "(?<=a{0,50})b", "a*a*a*a*b", "(?>(a|a)*)b", "(?:)*b", "(?:a?){900}b"} {
		re, err := compile(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		start := time.Now()
		re.all(long, func(from, to int) {})
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%s takes %v", expr, d)
		}
	}
}

// TestLearnBPELongWord learns from a word of 20 MB.
func TestLearnBPELongWord(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	random := make([]byte, 20<<20)
	seed := uint32(1)
	for i := range random {
		seed = seed*1664525 + 1013904223
		random[i] = 'a' + byte(seed>>24)%26
	}
	for _, opts := range [][]BPEOption{nil, {ByteLevel()}} {
		start := time.Now()
		b, err := LearnBPE([]string{string(random)}, 8000, opts...)
		if err != nil || b.Merges() == 0 {
			t.Fatal(err)
		}
		if d := time.Since(start); d > time.Minute {
			t.Errorf("%v", d)
		}
	}
}

// TestTokenizeConcurrently is for the race detector: a tokenizer serves many goroutines.
func TestTokenizeConcurrently(t *testing.T) {
	for _, part := range readParts(t) {
		b, err := ReadTokenizerJSON(part.Name, strings.NewReader(string(part.File)))
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for _, c := range part.Cases[:8] {
					if got := b.Detokenize(b.Tokenize(c.Text)); got != c.Decoded {
						t.Errorf("%s: %q decodes to %q; want %q", part.Name, c.Text, got, c.Decoded)
					}
				}
			})
		}
		group.Wait()
	}
}

// TestTokenizerJSONIsSaved saves encoders with all models, and reads one of an older version.
func TestTokenizerJSONIsSaved(t *testing.T) {
	for _, part := range readParts(t) {
		b, err := ReadTokenizerJSON(part.Name, strings.NewReader(string(part.File)))
		if err != nil {
			t.Fatal(err)
		}
		enc, err := NewEncoder(b, nil)
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(enc)
		if err != nil {
			t.Fatal(err)
		}
		var j encoderJSON
		if err := json.Unmarshal(data, &j); err != nil {
			t.Fatal(err)
		}
		older, err := json.Marshal(encoderJSON{"bpe", json.RawMessage(`{"file":` + string(j.Options) + `}`), j.Vocabulary})
		if err != nil {
			t.Fatal(err)
		}
		for _, data := range [][]byte{data, older} {
			var read Encoder
			if err := json.Unmarshal(data, &read); err != nil {
				t.Fatal(err)
			}
			for _, c := range part.Cases {
				if got, want := fmt.Sprint(read.Encode(c.Text)), fmt.Sprint(enc.Encode(c.Text)); got != want {
					t.Errorf("%s: %q is %v, restored %v", part.Name, c.Text, want, got)
				}
			}
		}
	}
}

// FuzzEncoderJSON checks that no saved encoder and no text end in a panic.
func FuzzEncoderJSON(f *testing.F) {
	texts := []string{"the cat sat", "über 12 <pad>"}
	learnt, err := LearnBPE(texts, 9)
	if err != nil {
		f.Fatal(err)
	}
	for _, t := range []Tokenizer{Words{Lower: true}, Characters{}, learnt} {
		enc, err := NewEncoder(t, texts)
		if err != nil {
			f.Fatal(err)
		}
		data, err := json.Marshal(enc)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "the über 猫 \xff")
	}
	for _, part := range readParts(f) {
		f.Add([]byte(`{"tokenizer":"tokenizer.json","options":`+string(part.File)+`,"vocabulary":["<pad>","<unk>","<bos>","<eos>","a"]}`), "the über 猫 \xff")
	}
	f.Fuzz(func(t *testing.T, data []byte, s string) {
		var enc Encoder
		if err := json.Unmarshal(data, &enc); err != nil {
			return
		}
		enc.Decode(enc.Encode(s))
		again, err := json.Marshal(&enc)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(again, new(Encoder)); err != nil {
			t.Fatalf("%v of %s", err, again)
		}
	})
}
