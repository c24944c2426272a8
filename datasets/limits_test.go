package datasets

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets/download"
)

// repeated is a text again and again without an end, as /dev/zero is.
type repeated struct {
	text string
	at   int
}

func endless(text string) io.Reader { return &repeated{text: text} }

// Read implements io.Reader.
func (r *repeated) Read(p []byte) (int, error) {
	for n := 0; n < len(p); {
		m := copy(p[n:], r.text[r.at:])
		n += m
		r.at = (r.at + m) % len(r.text)
	}
	return len(p), nil
}

// squeezed is a gzip of n bytes of an endless file.
func squeezed(t *testing.T, e io.Reader, n int64) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(z, e, n); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever a file holds, a reader ends with one line and not in want of memory.
func TestReadersAreBounded(t *testing.T) {
	readers := map[string]func(io.Reader) error{
		"csv":      func(r io.Reader) error { _, err := ReadCSV("f", r); return err },
		"texts":    func(r io.Reader) error { _, err := ReadLabelledCSV("f", r); return err },
		"tsv":      func(r io.Reader) error { _, err := ReadTSV("f", r); return err },
		"jsonl":    func(r io.Reader) error { _, err := ReadJSONL("f", r); return err },
		"fasttext": func(r io.Reader) error { _, err := ReadFastText("f", r); return err },
		"parallel": func(r io.Reader) error {
			_, err := readParallelLines("f", "g", r, endless("b\n"), options{})
			return err
		},
		"names":   func(r io.Reader) error { _, err := readNames("f", r); return err },
		"trees":   func(r io.Reader) error { _, err := readTrees("f", r); return err },
		"uci":     func(r io.Reader) error { _, err := readUCI("f", r); return err },
		"tatoeba": func(r io.Reader) error { _, err := readTatoeba("f", r); return err },
	}
	for name, read := range readers {
		for what, in := range map[string]io.Reader{"zeros": endless("\x00"), "one line": endless("a"), "one line with blanks": endless("a b\t")} {
			if err := read(in); err == nil || !strings.HasPrefix(err.Error(), "f: line 1 ") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s of %s: %v", name, what, err)
			}
		}
	}
	for name, c := range map[string]struct {
		line, want string
	}{
		"trees":   {"(2 a)\n", "f: line 262145: more than 262144 sentences; is it of the corpus?"},
		"uci":     {"a\t1\n", "f: line 262145: more than 262144 sentences; is it of the corpus?"},
		"tatoeba": {"a\tb\n", "f: more than 2097152 lines; is it the corpus?"},
	} {
		if err := readers[name](endless(c.line)); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v; want %s", name, err, c.want)
		}
	}
	// Each phrase of a chain is as long as the words below it.
	chain := strings.Repeat("(2 (2 wordwordword) ", 990) + "(2 a)" + strings.Repeat(")", 990) + "\n"
	if err := readers["trees"](endless(chain)); err == nil || !strings.HasSuffix(err.Error(), "more than 256 MiB of phrases; is it a treebank of sentences?") {
		t.Errorf("a chain of phrases: %v", err)
	}
}

// Archives of a few megabytes unpack to no more than a corpus has.
func TestBombs(t *testing.T) {
	for _, c := range []struct {
		line, want string
	}{
		{"a\n", "f: more than 262144 lines; is it of the corpus?"},
		{strings.Repeat("a", 4000) + "\n", "f: cannot be read; check that it is a file of text: it unpacks to far more than the corpus; it may be a decompression bomb"},
	} {
		if _, err := readCaptions("f", bytes.NewReader(squeezed(t, endless(c.line), mostCaptionBytes+(1<<20)))); err == nil || err.Error() != c.want {
			t.Errorf("captions: %v; want %s", err, c.want)
		}
	}
	if testing.Short() {
		t.Skip("an archive of IMDb of more than 256 MiB of reviews")
	}
	review := bytes.Repeat([]byte("a "), mostReview/2)
	for _, c := range []struct{ part, want string }{
		{"train/pos", "f: aclImdb/train/pos/255.txt: more than 256 MiB of reviews; is this the archive of IMDb?"},
		{"train/unsup", "f: it unpacks to far more than the corpus; it may be a decompression bomb; delete it and fetch it again"},
	} {
		r, w := io.Pipe()
		go func() {
			z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
			a := tar.NewWriter(z)
			for i := 0; ; i++ {
				err := a.WriteHeader(&tar.Header{Name: fmt.Sprintf("aclImdb/%s/%d.txt", c.part, i), Mode: 0o644, Size: int64(len(review))})
				if err == nil {
					_, err = a.Write(review)
				}
				if err != nil {
					return // the reader has had enough
				}
			}
		}()
		if _, _, err := readIMDB("f", r); err == nil || err.Error() != c.want {
			t.Errorf("%v; want %s", err, c.want)
		}
		r.Close()
	}
}

// What has no checksum is read before it is kept.
func TestFetchedWithoutChecksum(t *testing.T) {
	for _, e := range catalogue() {
		if e.source == nil {
			continue
		}
		for _, f := range e.source.files {
			if f.SHA256 == "" && e.source.check == nil {
				t.Errorf("%s: %s has no checksum and nothing that checks it", e.info.Name, f.URL)
			}
		}
	}
	cache := emptyCache(t)
	answer := []byte("<html>gone elsewhere</html>")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(answer) }))
	defer server.Close()
	s := tatoebaFraEngSource()
	s.files = []download.File{{URL: server.URL + "/" + tatoebaArchive}}
	place := filepath.Join(cache, "tatoeba-fra-eng", tatoebaArchive)
	for _, c := range []struct {
		answer []byte
		want   string
	}{
		{answer, "it is no zip archive"},
		{zipped(t, map[string]string{"readme": "moved"}), "there is no fra.txt in it"},
		{zipped(t, map[string]string{tatoebaFile: "a\n"}), `line 1: "a" is not a sentence, a tab and its translation`},
		{zipped(t, map[string]string{tatoebaFile: "a\tb\n"}), "it holds 1 pair"},
	} {
		answer = c.answer
		_, err := options{}.locate("tatoeba-fra-eng", s)
		if err == nil || !strings.HasPrefix(err.Error(), "dataset tatoeba-fra-eng: what came from "+server.URL+"/fra-eng.zip is not the corpus, and is deleted: ") ||
			!strings.Contains(err.Error(), c.want) || !strings.HasSuffix(err.Error(), "; try again later, or put the file at "+place+" yourself") {
			t.Errorf("got %v, want … %s …", err, c.want)
		}
		err = filepath.Walk(cache, func(path string, info os.FileInfo, err error) error {
			if err == nil && info.Size() > 0 && info.Mode().IsRegular() {
				t.Errorf("%s is kept", path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	answer = zipped(t, map[string]string{tatoebaFile: tsvLines(30)})
	dir, err := options{}.locate("tatoeba-fra-eng", s)
	if err != nil || dir != filepath.Dir(place) {
		t.Fatalf("got %s, %v", dir, err)
	}
	if d, err := openTatoebaFraEng(dir, options{}); err != nil || len(d.(*Pairs).Test) != 3 {
		t.Errorf("got %v, %v", d, err)
	}
}

// The fuzz targets of corpora check that every file is an error of one line or one that keeps its promises.

func FuzzReadIMDB(f *testing.F) {
	for _, files := range [][][2]string{reviews, reviews[1:3], nil} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for _, file := range files {
			_ = w.WriteHeader(&tar.Header{Name: file[0], Mode: 0o644, Size: int64(len(file[1]))})
			_, _ = io.WriteString(w, file[1])
		}
		_ = w.Close()
		f.Add(b.Bytes(), true)
	}
	f.Add([]byte("\x1f\x8b"), false)
	f.Fuzz(func(t *testing.T, data []byte, compress bool) {
		if compress { // or a fuzzer never finds the checksum
			data = []byte(gzipped(t, string(data)))
		}
		train, test, err := readIMDB("f", bytes.NewReader(data))
		if oneLineError(t, err) {
			return
		}
		if len(train) == 0 || len(test) == 0 {
			t.Fatalf("%d and %d reviews", len(train), len(test))
		}
		checkExamples(t, append(train, test...))
	})
}

func FuzzReadUCI(f *testing.F) {
	f.Add(uciLines("f"))
	f.Add("a \"b\t1\r\n\n\xff\t0\n\t1")
	f.Fuzz(func(t *testing.T, data string) {
		examples, err := readUCI("f", strings.NewReader(data))
		if !oneLineError(t, err) {
			checkExamples(t, examples)
		}
	})
}

func FuzzReadNames(f *testing.F) {
	f.Add("Maier\nO'Mally\r\n\nde la Lune\nMaier \n")
	f.Add("\u00a0\n\xff\n" + strings.Repeat("a", mostName+1))
	f.Fuzz(func(t *testing.T, data string) {
		names, err := readNames("f", strings.NewReader(data))
		if oneLineError(t, err) {
			return
		}
		seen := map[string]bool{}
		for _, name := range names {
			if name == "" || name != strings.TrimSpace(name) || len(name) > mostName || strings.Contains(name, "\n") || seen[name] {
				t.Fatalf("%q of %q", name, names)
			}
			seen[name] = true
		}
		if len(names) == 0 {
			t.Fatal("no names and no error")
		}
	})
}

func FuzzReadCaptions(f *testing.F) {
	f.Add("a\nb\r\n", true)
	f.Add("a\n\n", true)
	f.Add("\x1f\x8b\b", false)
	f.Fuzz(func(t *testing.T, data string, compress bool) {
		if compress {
			data = gzipped(t, data)
		}
		captions, err := readCaptions("f", strings.NewReader(data))
		if oneLineError(t, err) {
			return
		}
		for _, c := range captions {
			if strings.TrimSpace(c) == "" || strings.Contains(c, "\n") {
				t.Fatalf("line %q", c)
			}
		}
	})
}

func FuzzReadTatoeba(f *testing.F) {
	f.Add(tsvLines(3))
	f.Add("a\tb\u202f!\tc\td\r\n\n \t\nx")
	f.Fuzz(func(t *testing.T, data string) {
		pairs, err := readTatoeba("f", strings.NewReader(data))
		if oneLineError(t, err) {
			return
		}
		for _, p := range pairs {
			if strings.TrimSpace(p.Source) == "" || strings.TrimSpace(p.Target) == "" || strings.ContainsAny(p.Source+p.Target, "\t\n") {
				t.Fatalf("pair %q", p)
			}
		}
	})
}

func FuzzReadParallel(f *testing.F) {
	f.Add("a\nb\nc\n", "x\ny\nz", false)
	f.Add("a\n\nc\nd\ne\n", "x\r\n\nz\n\nw\n", true)
	f.Fuzz(func(t *testing.T, source, target string, skip bool) {
		p, err := readParallelLines("f", "f", strings.NewReader(source), strings.NewReader(target), options{Settings: Settings{SkipEmpty: skip}})
		if err != nil {
			if strings.ContainsAny(err.Error(), "\r\n") {
				t.Fatalf("error %q", err)
			}
			return
		}
		for _, q := range allPairs(p) {
			if q.Source == "" || q.Target == "" || strings.ContainsAny(q.Source+q.Target, "\t\n") {
				t.Fatalf("pair %q", q)
			}
		}
	})
}

// oneLineError reports whether there is an error, and checks that it is one line that names the file f.
func oneLineError(t *testing.T, err error) bool {
	t.Helper()
	if err != nil && (!strings.HasPrefix(err.Error(), "f: ") || strings.ContainsAny(err.Error(), "\r\n")) {
		t.Fatalf("error %q", err)
	}
	return err != nil
}

// checkExamples checks examples of two classes.
func checkExamples(t *testing.T, examples []Example) {
	t.Helper()
	for _, e := range examples {
		if strings.TrimSpace(e.Text) == "" || e.Label < 0 || e.Label > 1 {
			t.Fatalf("example %+v", e)
		}
	}
}
