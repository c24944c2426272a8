package datasets

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets/download"
)

// nameFiles are files as those of the corpus: thirty names of each nationality, two of them twice, and one of all.
func nameFiles() map[string]string {
	files := map[string]string{}
	for _, c := range namesClasses {
		var b strings.Builder
		for i := range 30 {
			fmt.Fprintf(&b, "%s de l'Exámple %d\u00a0\n", c.name[:3], i%28)
		}
		files[c.name+".txt"] = b.String() + "\r\nEverywhere"
	}
	return files
}

// nameFolder writes files into a folder.
func nameFolder(t *testing.T, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFetchNames(t *testing.T) {
	cache := emptyCache(t)
	files, requests := nameFiles(), 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		fmt.Fprint(w, files[path.Base(r.URL.Path)])
	}))
	defer server.Close()
	s := namesSource()
	for i, f := range s.files {
		name := path.Base(f.URL)
		sum := sha256.Sum256([]byte(files[name]))
		s.files[i] = download.File{URL: server.URL + "/" + name, SHA256: hex.EncodeToString(sum[:])}
	}
	var o options
	for range 2 {
		dir, err := o.locate("names", s)
		if want := filepath.Join(cache, "names", "names"); err != nil || dir != want {
			t.Fatalf("it is in %s, %v; want %s", dir, err, want)
		}
		if _, err := openNames(dir, o); err != nil {
			t.Error(err)
		}
	}
	if requests != len(namesClasses) {
		t.Errorf("%d requests for %d files", requests, len(namesClasses))
	}
}

func TestOpenNames(t *testing.T) {
	dir := nameFolder(t, nameFiles())
	open := func(seed uint64) *Labelled {
		d, err := openNames(dir, options{split: seed})
		if err != nil {
			t.Fatal(err)
		}
		return d.(*Labelled)
	}
	l := open(1)
	const each = 28 + 1
	places, seen := map[string]int{}, map[Example]bool{}
	for part, examples := range [][]Example{l.Train, l.Valid, l.Test} {
		classes := map[int]int{}
		for _, e := range examples {
			if before, ok := places[e.Text]; ok && before != part {
				t.Errorf("%q is in two parts", e.Text)
			}
			if places[e.Text] = part; seen[e] {
				t.Errorf("%q is there twice", e.Text)
			}
			if seen[e] = true; e.Text != "Everywhere" && !strings.HasPrefix(e.Text, l.Classes[e.Label][:3]+" de l'Exámple ") || strings.TrimSpace(e.Text) != e.Text {
				t.Errorf("%q is of class %s", e.Text, l.Classes[e.Label])
			}
			classes[e.Label]++
		}
		if len(classes) != len(namesClasses) {
			t.Errorf("part %d has %d nationalities", part, len(classes))
		}
	}
	if len(seen) != each*len(namesClasses) || len(l.Test) < 50 || len(l.Valid) < 50 {
		t.Errorf("%d examples, %d to validate and %d to test", len(seen), len(l.Valid), len(l.Test))
	}
	if again := open(1); !reflect.DeepEqual(again, l) {
		t.Error("the same seed makes another split")
	}
	if other := open(2); reflect.DeepEqual(other.Test, l.Test) {
		t.Error("another seed makes the same split")
	}
}

func TestOpenNamesErrors(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       string // of the path of Korean.txt
	}{
		{"malformed", "An\nB\xe9\n", "%s: line 2 is not UTF-8; the file is damaged; delete it and fetch it again"},
		{"empty", "", "%s: it holds no name; delete it and fetch it again"},
		{"blank", " \n\u00a0\r\n", "%s: it holds no name; delete it and fetch it again"},
		{"a long name", "An\n" + strings.Repeat("ab", 101), `%s: line 2: "` + strings.Repeat("ab", 30) + `…" is longer than 200 bytes; is it a file of names?`},
		{"a long line", strings.Repeat("a", 2<<20), "%s: line 1 is longer than 1048576 bytes; is it a file of text, line by line?"},
		{"binary", "An\n\x00\n", "%s: line 2 holds a zero byte; is it a file of text? UTF-16 without a byte order mark is to be saved as UTF-8"},
		{"an archive", "PK\x03\x04", "%s: it is a zip archive, as spreadsheets are, too; unpack it, or save the table as CSV"},
	} {
		files := nameFiles()
		files["Korean.txt"] = c.text
		dir := nameFolder(t, files)
		want := fmt.Sprintf(c.want, filepath.Join(dir, "Korean.txt"))
		if _, err := openNames(dir, options{}); err == nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", c.name, err, want)
		}
	}
	files := nameFiles()
	delete(files, "Korean.txt")
	dir := nameFolder(t, files)
	if _, err := openNames(dir, options{}); err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("cannot open %q; check the path: ", filepath.Join(dir, "Korean.txt"))) {
		t.Errorf("a file is missing: %v", err)
	}
	for _, c := range namesClasses {
		files[c.name+".txt"] = "Everywhere"
	}
	want := "names: 18 examples with 1 different text are too few for training, validation and test; use more that differ"
	if _, err := openNames(nameFolder(t, files), options{}); err == nil || err.Error() != want {
		t.Errorf("few names: %v", err)
	}
}
