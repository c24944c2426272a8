package datasets

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// labelledFile returns a file of n rows with labels in turn.
func labelledFile(header, row string, n int, labels ...string) string {
	var b strings.Builder
	b.WriteString(header)
	for i := range n {
		fmt.Fprintf(&b, row, i, labels[i%len(labels)])
	}
	return b.String()
}

func TestReadLabelledCSV(t *testing.T) {
	for _, c := range []struct {
		name, file string
		opts       []Option
		classes    []string
		first      string // of the texts in the order of the file
	}{
		{"defaults", labelledFile("id,text,label\n", "7,\"so, text %d\",%s\n", 100, "good", "bad"), []Option{Text("text")}, []string{"bad", "good"}, "so, text 0"},
		{"names", labelledFile("Review;Stars\r\n", "Größe %d;%s\r\n", 100, "10", "9", "1"), []Option{Text("Review"), Label("Stars")}, []string{"1", "9", "10"}, "Größe 0"},
		{"no names", labelledFile("", "text %d\t%s\n", 100, "0", "1"), []Option{Text("column 1"), Label("column 2")}, []string{"0", "1"}, "text 0"},
		{"Latin-1", labelledFile("text,label\n", "\xdcber \x93%d\x94,%s\n", 100, "a", "b"), []Option{Encoding("latin1")}, []string{"a", "b"}, "Über “0”"},
		{"mark", labelledFile("\ufefftext,label\n", "text %d,%s\n", 100, "a", "b"), nil, []string{"a", "b"}, "text 0"},
		{"long", labelledFile("text,label\n", strings.Repeat("word ", 10000)+"%d,%s\n", 20, "a", "b"), nil, []string{"a", "b"}, strings.Repeat("word ", 10000) + "0"},
	} {
		l, err := ReadLabelledCSV("dir/f.csv", strings.NewReader(c.file), c.opts...)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		n := len(l.Train) + len(l.Valid) + len(l.Test)
		if !reflect.DeepEqual(l.Classes, c.classes) || len(l.Test) != n/5 || len(l.Valid) != n/10 || l.Meta.Name != "f" || l.Meta.Where != "file" {
			t.Errorf("%s: %d, %d and %d examples of %q: %+v", c.name, len(l.Train), len(l.Valid), len(l.Test), l.Classes, l.Meta)
		}
		all := slices.Concat(Texts(l.Train), Texts(l.Valid), Texts(l.Test))
		if !slices.Contains(all, c.first) {
			t.Errorf("%s: no text %.40q in %.40q", c.name, c.first, all[0])
		}
	}
}

func TestReadLabelledCSVErrors(t *testing.T) {
	many := labelledFile("text,label\n", "t %d,%[1]d%s\n", 100000, "")
	for _, c := range []struct {
		name, file string
		opts       []Option
		want       string
	}{
		{"empty", "", nil, "f: the file is empty; give it a row of names and a row for each text"},
		{"names only", "text,label\n", nil, "f: line 1: names and no rows below them; add a row for each text"},
		{"column", "text,lable\na,b\n", nil, `f: column "label" not found; did you mean "lable"?`},
		{"same", "text,label\na,b\n", []Option{Text("label")}, `text "label": it is the column of labels, too; name another`},
		{"Latin-1", "text,label\nfine,a\nna\xefve,b\n", nil, "f: line 3 is not UTF-8; if the file is in Latin-1, say so (encoding: latin1)"},
		{"one class", labelledFile("text,label\n", "t %d,%s\n", 50, "a"), nil, `f: all 50 texts are labelled "a"; there must be two classes or more`},
		{"empty text", "text,label\nfine,a\n \t,b\n", nil, `f: line 3, column "text": it is empty; fill it in, or leave such rows out (skip-empty: true)`},
		{"empty label", "text,label\nfine,\n", nil, `f: line 2, column "label": it is empty; fill it in, or leave such rows out (skip-empty: true)`},
		{"100,000 labels", many, nil, `f: column "label" has 100000 different labels where at most 1000 make sense; is it the column of labels?`},
		{"fields", "text,label\na, b, c\n", nil, "f: line 2: 3 fields where line 1 has 2; put texts that hold the separator in quotation marks"},
		{"quote", "text,label\n\"a,b\n", nil, "f: line 2: a quotation mark inside a field or never closed; put fields that contain one in quotation marks and double it, or read it as part of the text (quote: none)"},
		{"few", "text,label\na,1\nb,2\n", nil, "f: 2 examples are too few for training, validation and test; use 10 or more"},
		{"encoding", "", []Option{Encoding("latin")}, `encoding "latin" not found; did you mean "latin1"? (choose utf-8 or latin1)`},
	} {
		l, err := ReadLabelledCSV("f", strings.NewReader(c.file), c.opts...)
		if l != nil || err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.name, err, c.want)
		}
	}
}

func TestOpenLabelledCSV(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.csv")
	if err := os.WriteFile(path, []byte(labelledFile("comment,verdict\n", "c %d,%s\n", 30, "yes", "no")), 0o666); err != nil {
		t.Fatal(err)
	}
	d, err := Open("csv:"+path, Text("comment"), Label("verdict"))
	if err != nil {
		t.Fatal(err)
	}
	if l, ok := d.(*Labelled); !ok || l.Info().Name != "mine" || l.Info().Size != `30 texts, 2 classes: "no" 15, "yes" 15` {
		t.Errorf("opened %T %+v", d, d.Info())
	}
	d, err = Open("csv:"+path, Text("comment"))
	if d != nil || err == nil || !strings.Contains(err.Error(), `column "label" not found; choose from "comment", "verdict"`) {
		t.Errorf("got %v, %v", d, err)
	}
	_, err = Open("csv:"+path, Encoding("utf-9"))
	var unknown *UnknownError
	if !errors.As(err, &unknown) || unknown.Suggestion != "utf-8" || unknown.Setting != "encoding" {
		t.Errorf("got %v", err)
	}
}

// FuzzReadLabelledCSV checks that every file is an error of one line or a dataset that keeps its promises.
func FuzzReadLabelledCSV(f *testing.F) {
	f.Add([]byte(labelledFile("text,label\n", "t %d,%s\n", 20, "a", "b")), false)
	f.Add([]byte(labelledFile("label;text\r\n", "%[2]s;\"t %[1]d\n\"\r\n", 20, "1", "2")), false)
	f.Add([]byte(labelledFile("text\tlabel\n", "\xfc %d\t%s\n", 20, "a", "b")), true)
	f.Add([]byte("\xef\xbb\xbftext,label\n\"a\"\"b\",1\n"), false)
	f.Fuzz(func(t *testing.T, data []byte, latin bool) {
		var opts []Option
		if latin {
			opts = []Option{Encoding("latin1")}
		}
		l, err := ReadLabelledCSV("f.csv", strings.NewReader(string(data)), opts...)
		if err != nil {
			if message := err.Error(); l != nil || !strings.HasPrefix(message, "f.csv: ") || strings.ContainsAny(message, "\r\n") {
				t.Fatalf("%v, error %q", l, message)
			}
			return
		}
		if len(l.Classes) < 2 || len(l.Train) == 0 || len(l.Valid) == 0 || len(l.Test) == 0 {
			t.Fatalf("%d classes; %d, %d and %d examples", len(l.Classes), len(l.Train), len(l.Valid), len(l.Test))
		}
		for _, e := range slices.Concat(l.Train, l.Valid, l.Test) {
			if e.Text == "" || !utf8.ValidString(e.Text) || e.Label < 0 || e.Label >= len(l.Classes) {
				t.Fatalf("example %+v", e)
			}
		}
	})
}
