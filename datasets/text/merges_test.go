package text

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// FuzzReadMerges checks what holds for every file of merges: an error of one line that names the file, or a tokenizer that
// cuts any text into tokens that are not empty, loses nothing of it if its tokens are bytes, and is the same when it was
// written down and read.
func FuzzReadMerges(f *testing.F) {
	for _, merges := range []string{
		"",
		"#version: 0.2\nĠ t\nĠt h\nĠth e\n",
		"t h\r\nth e</w>\r\n",
		"e </w>\nt e</w>\n",
		"a b\na b\n",
		"a b c\n",
		"a \n",
		" a\n",
		"\xff a\n",
		"é a\n",
		"</w> </w>\n",
		"a b</w>\nab</w> c\n",
		"#version: 0.2\n#version: 0.2\n",
		"Ġ Ġ\nĠĠ ĠĠ\nĠĠĠĠ ĠĠĠĠ\n",
		"\u0085 a\n",
	} {
		f.Add(merges, "the them, theatre e\u0301 \xff")
		f.Add(merges, "   a b aab  \n")
	}
	f.Fuzz(func(t *testing.T, merges, s string) {
		b, err := ReadMerges("m.txt", strings.NewReader(merges))
		if err != nil {
			if message := err.Error(); b != nil || !strings.HasPrefix(message, "m.txt: ") || strings.ContainsAny(message, "\r\n") || len(message) > 1000 {
				t.Fatalf("tokenizer %v, error %q", b, message)
			}
			return
		}
		tokens := b.Tokenize(s)
		if slices.Contains(tokens, "") {
			t.Fatalf("cuts %q into %q", s, tokens)
		}
		joined := b.Detokenize(tokens)
		if bytes := b.suffix == ""; bytes && joined != s {
			t.Fatalf("%q came back as %q from %q", s, joined, tokens)
		}
		data, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		var again BPE
		if err := json.Unmarshal(data, &again); err != nil {
			t.Fatalf("%v of %s", err, data)
		}
		if got := again.Tokenize(s); !reflect.DeepEqual(got, tokens) {
			t.Fatalf("cuts %q into %q; read again, into %q", s, tokens, got)
		}
	})
}
