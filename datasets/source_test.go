package datasets

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets/download"
)

// emptyCache makes the cache an empty folder and clears ZOO_DATA.
func emptyCache(t *testing.T) (dir string) {
	t.Helper()
	home := t.TempDir()
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, home)
	}
	t.Setenv(dataVariable, "")
	dir, err := CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// uciLines are sentences and labels as in the files of uci-sentiment.
func uciLines(of string) string {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "Sentence\t%d of %s \u0085 \"so.  \t%d\n", i, of, i%2)
	}
	return b.String()
}

func zipped(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFetchOnFirstUse(t *testing.T) {
	cache := emptyCache(t)
	files := map[string]string{"__MACOSX/._readme": "junk"}
	for _, f := range uciFiles {
		files[f] = uciLines(f)
	}
	data := zipped(t, files)
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		w.Write(data)
	}))
	defer server.Close()
	sum := sha256.Sum256(data)
	s := uciSource()
	s.files = []download.File{{URL: server.URL + "/sentences.zip", Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}}

	var o options
	if o.where(s) != "to download" {
		t.Errorf("it is %q before", o.where(s))
	}
	for range 2 {
		dir, err := o.locate("uci-sentiment", s)
		if err != nil {
			t.Fatal(err)
		}
		if want := filepath.Join(cache, "uci-sentiment"); dir != want {
			t.Errorf("it is in %s; want %s", dir, want)
		}
		d, err := openUCI(dir, o)
		if err != nil {
			t.Fatal(err)
		}
		l := d.(*Labelled)
		if len(l.Train) != 210 || len(l.Valid) != 30 || len(l.Test) != 60 || !strings.HasPrefix(l.Train[0].Text, "Sentence\t") {
			t.Errorf("%d, %d and %d examples, %q", len(l.Train), len(l.Valid), len(l.Test), l.Train[0].Text)
		}
		if _, err := os.Stat(filepath.Join(dir, "__MACOSX")); err == nil {
			t.Error("the archive's junk is unpacked")
		}
	}
	if requests != 1 || o.where(s) != "cached" {
		t.Errorf("%d requests; it is %q after", requests, o.where(s))
	}
}

func TestFetchedArchiveOfSomethingElse(t *testing.T) {
	emptyCache(t)
	data := zipped(t, map[string]string{"readme": "moved"})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(data) }))
	defer server.Close()
	s := sstSource()
	s.files = []download.File{{URL: server.URL + "/trees.zip"}}
	_, err := options{}.locate("sst2", s)
	if err == nil || !strings.HasPrefix(err.Error(), "dataset sst2: what was fetched from "+server.URL+"/trees.zip does not hold trees/train.txt, trees/dev.txt, trees/test.txt; delete ") {
		t.Errorf("got %v", err)
	}
}

func TestDataFoldersComeFirst(t *testing.T) {
	cache := emptyCache(t)
	place := func(data string) string {
		if err := os.MkdirAll(filepath.Join(data, "imdb"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, "imdb", imdbArchive), reviewArchive(t, reviews...), 0o666); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(data, "imdb")
	}
	path := func(opts ...Option) string {
		dir, err := Path("imdb", opts...)
		if err != nil {
			t.Fatal(err)
		}
		return dir
	}
	if got := path(); got != "" {
		t.Errorf("it is in %q before", got)
	}
	inCache := place(cache)
	if got := path(); got != inCache {
		t.Errorf("it is in %q; want the cache", got)
	}
	environment, option := t.TempDir(), t.TempDir()
	t.Setenv(dataVariable, environment)
	if got := path(); got != inCache {
		t.Errorf("it is in %q; want the cache where the folder is empty", got)
	}
	inEnvironment := place(environment)
	if got := path(DataDir(option)); got != inEnvironment {
		t.Errorf("it is in %q; want the folder of the environment", got)
	}
	inOption := place(option)
	if got := path(DataDir(option)); got != inOption {
		t.Errorf("it is in %q; want the folder of the option", got)
	}
	got, err := Get(context.Background(), "imdb", DataDir(option))
	if err != nil || got != inOption {
		t.Errorf("got %q, %v", got, err)
	}
	d, err := Open("imdb", DataDir(option))
	if err != nil || len(d.(*Labelled).Train) != 1 {
		t.Errorf("opened %+v, %v", d, err)
	}
}

func TestPathOfEmbedded(t *testing.T) {
	if dir, err := Path("airline"); dir != "" || err != nil {
		t.Errorf("got %q, %v", dir, err)
	}
	for _, spec := range []string{"csv:my.csv", "tsv:my.tsv"} {
		want := `dataset "` + spec + `" not found; a file of your own is nowhere else; zoo datasets lists the names`
		if _, err := Path(spec); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := Path("arline"); err == nil {
		t.Error("an unknown name has a path")
	}
}

func TestReadUCIErrors(t *testing.T) {
	for _, text := range []string{"no tab 1\n", "text\t2\n", "\t1\n", "a\t1\n\nb\tx"} {
		if _, err := readUCI("u", strings.NewReader(text)); err == nil || !strings.HasSuffix(err.Error(), "is not a sentence, a tab and 0 or 1") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := readUCI("u", strings.NewReader("a\t1\nna\xefve\t1\n")); err == nil || err.Error() != "u: line 2 is not UTF-8; the file is damaged; delete it and fetch it again" {
		t.Errorf("got %v", err)
	}
}
