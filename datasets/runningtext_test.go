package datasets

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets/download"
)

// textOf reads a passage from beginning to end.
func textOf(t testing.TB, p Passage) string {
	t.Helper()
	r, err := p.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// textsOf reads the three parts of a corpus.
func textsOf(t testing.TB, d Dataset) (texts [3]string) {
	t.Helper()
	c := d.(*Corpus)
	for i, p := range []Passage{c.Train, c.Valid, c.Test} {
		texts[i] = textOf(t, p)
	}
	return texts
}

// distinct returns how many different ones of what stands in parts there are.
func distinct(parts ...[]string) int {
	seen := map[string]bool{}
	for _, part := range parts {
		for _, s := range part {
			seen[s] = true
		}
	}
	return len(seen)
}

// The parts of the corpora have the sizes that their publishers state, and are of the text that these state.
func TestRunningText(t *testing.T) {
	characters := func(s string) []string { return strings.Split(s, "") }
	words := func(s string) []string { return strings.Fields(strings.ReplaceAll(s, "\n", " <eos> ")) }
	for _, c := range []struct {
		name     string
		source   *source
		open     func(string, options) (Dataset, error)
		tokens   func(string) []string
		sizes    [3]int // of the parts in tokens
		distinct [3]int // of the parts
		starts   [3]string
		ends     [3]string
	}{
		// By Python: int(len(text)*.9), and half of what is left.
		{"shakespeare", shakespeareSource(), openShakespeare, characters, [3]int{1003854, 55770, 55770}, [3]int{65, 60, 60},
			[3]string{"First Citizen:\nBefore we proce", "?\n\nGREMIO:\nGood morrow, neighb", "rance ta'en\nAs shall with eith"},
			[3]string{"ieved as I?\nBut who comes here", "est\nWe be affied and such assu", "nk'st\nWhiles thou art waking.\n"}},
		{"ptb", ptbSource(), openPTB(ptbInfo()), words, [3]int{929589, 73760, 82430}, [3]int{10000, 6022, 6049},
			[3]string{"aer banknote berlitz calloway ", "consumers may want to move the", "no it was n't black monday\nbut"},
			[3]string{"ording to mr. <unk>\n", " and $ N million in N\n", " see them here with us\n"}},
		{"ptb-chars", ptbSource(), openPTB(ptbCharsInfo()), characters, [3]int{5017482, 393042, 442423}, [3]int{50, 50, 48},
			[3]string{"aer banknote", "consumers may", "no it was n't black monday\n"}, [3]string{"mr. <unk>\n", "in N\n", "with us\n"}},
		{"wikitext2", wikiText2Source(), openWikiText2, words, [3]int{2088628, 217646, 245569}, [3]int{33278, 13777, 14144}, [3]string{}, [3]string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			corpus(t, c.source)
			d, err := c.open(filepath.Join(os.Getenv(dataVariable), c.source.folder), options{})
			if err != nil {
				t.Fatal(err)
			}
			texts := textsOf(t, d)
			for i, text := range texts {
				tokens := c.tokens(text)
				if len(tokens) != c.sizes[i] || distinct(tokens) != c.distinct[i] {
					t.Errorf("part %d has %d tokens, %d different; want %d, %d", i, len(tokens), distinct(tokens), c.sizes[i], c.distinct[i])
				}
				if !strings.HasPrefix(text, c.starts[i]) || !strings.HasSuffix(text, c.ends[i]) {
					t.Errorf("part %d is %.30q … %q", i, text, text[len(text)-30:])
				}
			}
			if info := d.Info(); info.Name != c.name || info.Kind != KindCorpus || info.Task != "generate" {
				t.Errorf("it is %+v", info)
			}
		})
	}
}

// Each corpus is fetched once, and read as it comes.
func TestFetchRunningText(t *testing.T) {
	const play = "First Citizen:\nSpeak, é!\n\nAll:\nResolved.\n"
	tokens := func(of string) string { return " = " + of + " = \n \n one two <unk> \n" }
	zip := zipped(t, map[string]string{"wikitext-2/wiki.train.tokens": tokens("a"), "wikitext-2/wiki.valid.tokens": tokens("b"), "wikitext-2/wiki.test.tokens": tokens("c")})
	answers := map[string]string{"input.txt": play, "ptb.train.txt": " a <unk> \n b N \n", "ptb.valid.txt": " b \n", "ptb.test.txt": " c \n", "wikitext-2-v1.zip": string(zip)}
	for _, c := range []struct {
		name, folder string
		source       *source
		open         func(string, options) (Dataset, error)
		files        int
		want         [3]string
		lines        [3]string // with Lines
	}{
		{"shakespeare", "tinyshakespeare", shakespeareSource(), openShakespeare, 1, [3]string{play[:37], "ve", "d.\n"},
			[3]string{"First Citizen:\nSpeak, é!\nAll:\nResol\n", "ve\n", "d.\n"}},
		{"ptb", "ptb", ptbSource(), openPTB(ptbInfo()), 3, [3]string{"a <unk>\nb N\n", "b\n", "c\n"}, [3]string{"a <unk>\nb N\n", "b\n", "c\n"}},
		{"wikitext2", "wikitext-2", wikiText2Source(), openWikiText2, 1, [3]string{"= a =\n\none two <unk>\n", "= b =\n\none two <unk>\n", "= c =\n\none two <unk>\n"},
			[3]string{"= a =\none two <unk>\n", "= b =\none two <unk>\n", "= c =\none two <unk>\n"}},
	} {
		cache, requests := emptyCache(t), 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests++
			fmt.Fprint(w, answers[path.Base(r.URL.Path)])
		}))
		defer server.Close()
		for i, f := range c.source.files {
			if !strings.HasPrefix(f.URL, "https://") || len(f.SHA256) != 64 {
				t.Errorf("%s is fetched from %s with the checksum %q", c.name, f.URL, f.SHA256)
			}
			name := path.Base(f.URL)
			sum := sha256.Sum256([]byte(answers[name]))
			c.source.files[i] = download.File{URL: server.URL + "/" + name, SHA256: hex.EncodeToString(sum[:])}
		}
		var o options
		for range 2 {
			dir, err := o.locate(c.name, c.source)
			if want := filepath.Join(cache, c.folder); err != nil || dir != want {
				t.Fatalf("%s is in %s, %v; want %s", c.name, dir, err, want)
			}
			for _, o.Lines = range []bool{false, true} {
				d, err := c.open(dir, o)
				if err != nil {
					t.Fatal(err)
				}
				want := c.want
				if o.Lines {
					want = c.lines
				}
				if got := textsOf(t, d); got != want || d.(*Corpus).Lines != o.Lines {
					t.Errorf("%s: %q, want %q", c.name, got, want)
				}
			}
		}
		if requests != c.files {
			t.Errorf("%s: %d requests for %d files", c.name, requests, c.files)
		}
	}
}

func TestRunningTextErrors(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	fails := func(open func(string, options) (Dataset, error), want string) {
		t.Helper()
		if d, err := open(dir, options{}); d != nil || err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, %v; want %s", d, err, want)
		}
	}
	fails(openShakespeare, `cannot open "`+filepath.Join(dir, "input.txt")+`"; check the path: `)
	p := put("input.txt", "\n \n")
	fails(openShakespeare, p+": there is no text in it; delete it and fetch it again")
	put("input.txt", "a\n")
	fails(openShakespeare, "shakespeare: the validation part is empty; delete what was fetched and fetch it again")
	put("input.txt", "a\nna\xefve\n")
	fails(openShakespeare, p+": line 2 is not UTF-8; the file is damaged; delete it and fetch it again")
	put("input.txt", "a\n\x00\n")
	fails(openShakespeare, p+": line 2 holds a zero byte")
	p = put("ptb.train.txt.gz", "it is not compressed at all")
	fails(openPTB(ptbInfo()), p+": it is not compressed by gzip; delete it and fetch it again")
	put("ptb.train.txt.gz", gzipped(t, "a b\n")[:20])
	fails(openPTB(ptbInfo()), p+": ")
	put("ptb.train.txt.gz", gzipped(t, " a b \n"))
	fails(openPTB(ptbInfo()), `cannot open "`+filepath.Join(dir, "ptb.valid.txt.gz")+`"; check the path: `)
	put("ptb.valid.txt.gz", gzipped(t, " a \n"))
	put("ptb.test.txt.gz", gzipped(t, " b \n"))
	d, err := openPTB(ptbInfo())(dir, options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := textsOf(t, d), [3]string{"a b\n", "a\n", "b\n"}; got != want {
		t.Errorf("compressed files are read as %q, want %q", got, want)
	}
	for name, in := range map[string]io.Reader{"zeros": endless("\x00"), "one line": endless("a")} {
		if _, err := readCorpusText("f", in, true); err == nil || !strings.HasPrefix(err.Error(), "f: line 1 ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if testing.Short() {
		t.Skip("a file of more than 64 MiB")
	}
	if _, err := readCorpusText("f", endless(strings.Repeat("a", 1000)+"\n"), true); err == nil || err.Error() != "f: it holds more than 64 MiB of text, the most that is read; cut it into smaller files" {
		t.Errorf("without an end: %v", err)
	}
}
