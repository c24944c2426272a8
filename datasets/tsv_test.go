package datasets

import (
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lines returns so many different pairs in the form of a TSV file.
func tsvLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "text %d\tTexte %d\n", i, i)
	}
	return b.String()
}

func TestReadTSV(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("word ", 1000))
	for _, c := range []struct {
		name, data string
		want       Pair
		opts       []Option
	}{
		{"plain", "a cat\tun chat\n", Pair{"a cat", "un chat"}, nil},
		{"no end of the last line", "a cat\tun chat", Pair{"a cat", "un chat"}, nil},
		{"Windows", "a cat\tun chat\r\n", Pair{"a cat", "un chat"}, nil},
		{"byte order mark", "\ufeffa cat\tun chat\n", Pair{"a cat", "un chat"}, nil},
		{"space around", "  a cat \t un chat \n", Pair{"a cat", "un chat"}, nil},
		{"third column", "a cat\tun chat\tCC-BY 2.0 (France)\n", Pair{"a cat", "un chat"}, nil},
		{"empty lines", "\n\r\n \na cat\tun chat\n\t\n", Pair{"a cat", "un chat"}, nil},
		{"quotation marks", "\"a\" cat\tun \"chat\n", Pair{`"a" cat`, `un "chat`}, nil},
		{"line separator", "a\u2028cat\tun chat\n", Pair{"a\u2028cat", "un chat"}, nil},
		{"thousand words", long + "\tun chat\n", Pair{long, "un chat"}, nil},
		{"Latin-1", "a caf\xe9\tun caf\xe9\n", Pair{"a café", "un café"}, []Option{Encoding("latin1")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := ReadTSV("x.tsv", strings.NewReader(c.data+tsvLines(30)), c.opts...)
			if strings.HasPrefix(c.name, "no end") {
				p, err = ReadTSV("x.tsv", strings.NewReader(tsvLines(30)+c.data), c.opts...)
			}
			if err != nil {
				t.Fatal(err)
			}
			var all []Pair
			for _, part := range [][]Pair{p.Train, p.Valid, p.Test} {
				all = append(all, part...)
			}
			if len(all) != 31 || len(p.Valid) != 3 || len(p.Test) != 3 {
				t.Errorf("%d pairs, %d to validate and %d to test", len(all), len(p.Valid), len(p.Test))
			}
			found := false
			for _, q := range all {
				found = found || q == c.want
			}
			if !found {
				t.Errorf("no pair %q in %q", c.want, all)
			}
		})
	}
}

func TestReadTSVErrors(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		{"", "x.tsv: 0 pairs of too few different texts to train, validate and test; give at least 3"},
		{"a\tb\na\tc\n", "x.tsv: 2 pairs of too few different texts to train, validate and test; give at least 3"},
		{tsvLines(3) + "a cat, un chat\n", `x.tsv: line 4: there is no tab in "a cat, un chat"; want a text, a tab and its translation`},
		{"\tun chat\n", `x.tsv: line 1, column "column 1": it is empty; fill it in, or leave such rows out (skip-empty: true)`},
		{"a cat\t \n", `x.tsv: line 1, column "column 2": it is empty; fill it in, or leave such rows out (skip-empty: true)`},
		{tsvLines(2) + "a\tcaf\xe9\n", "x.tsv: line 3 is not UTF-8; if the file is in Latin-1, say so (encoding: latin1)"},
		{strings.Repeat("a", 1<<20+100_000), "x.tsv: line 1 is longer than 1048576 bytes; is it a file of text, line by line?"},
	} {
		p, err := ReadTSV("x.tsv", strings.NewReader(c.data))
		if p != nil || err == nil || err.Error() != c.want {
			t.Errorf("%.40q:\n got %v\nwant %s", c.data, err, c.want)
		}
	}
	if _, err := Open("tsv:" + filepath.Join(t.TempDir(), "none.tsv")); err == nil || !strings.Contains(err.Error(), "none.tsv") {
		t.Errorf("error %v; want one that names the file", err)
	}
	if _, err := ReadTSV("x.tsv", strings.NewReader(tsvLines(5)), Encoding("latin2")); err == nil || !strings.Contains(err.Error(), `encoding "latin2" not found`) {
		t.Errorf("error %v", err)
	}
}

func TestReadParallel(t *testing.T) {
	dir := t.TempDir()
	write := func(name, data string) string {
		path := filepath.Join(dir, name)
		if strings.HasSuffix(name, ".gz") {
			data = gzipped(t, data)
		}
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	two, three, empty := write("two.gz", "a\nb\n"), write("three.gz", "a\nb\nc\n"), write("empty.gz", "a\n\n")
	latin, plain, none := write("latin.gz", "a\n\xe9\n"), write("plain", "a\nb\n"), filepath.Join(dir, "none.gz")
	cut := write("cut", gzipped(t, strings.Repeat("a line\n", 1000))[:40])
	if p, err := readParallel(two, write("other.gz", " x\r\ny\n")); err != nil || len(p) != 2 || p[0] != (Pair{"a", "x"}) || p[1] != (Pair{"b", "y"}) {
		t.Errorf("%v, %v", p, err)
	}
	for _, c := range []struct{ source, target, want string }{
		{two, three, two + " has 2 lines and " + three + " has 3 lines; they must translate one another line by line: fetch them again"},
		{empty, two, empty + ": line 2 is empty; a text without its translation is no use: fetch the file again"},
		{two, latin, latin + ": line 2 is not UTF-8; the file is damaged; delete it and fetch it again"},
		{two, plain, plain + ": it is not compressed by gzip; delete it and fetch it again"},
		{none, two, `cannot open "` + none + `"; check the path: no such file or directory`},
		{two, cut, cut + ": cannot be read; check that it is a file of text: unexpected EOF"},
	} {
		if p, err := readParallel(c.source, c.target); p != nil || err == nil || err.Error() != c.want {
			t.Errorf("\n got %v\nwant %s", err, c.want)
		}
	}
}

func FuzzReadTSV(f *testing.F) {
	for _, seed := range []string{tsvLines(4), "a\tb\tc\r\n", "\ufeffa\tb", "a\n", "\t\t\t", "a\t\xff\n", "\xff\xfe", "x\n0\t0\n0", "\"a\"\t\"b\tc\"\n", "1\ta\t2\tb\n3\tc\t4\td\n", "a ||| b\n", "en\tde\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data string) {
		p, err := ReadTSV("x.tsv", strings.NewReader(data))
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("an error of two lines: %q", err)
			}
			return
		}
		for _, part := range [][]Pair{p.Train, p.Valid, p.Test} {
			if len(part) == 0 {
				t.Error("a part is empty")
			}
			for _, q := range part {
				if strings.TrimSpace(q.Source) == "" || strings.TrimSpace(q.Target) == "" || strings.ContainsAny(q.Source+q.Target, "\t\n") {
					t.Errorf("pair %q", q)
				}
			}
		}
	})
}

func gzipped(t *testing.T, data string) string {
	t.Helper()
	var b strings.Builder
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(data)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
