package datasets

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// pairLines returns n lines of a form with numbers for %d and in the order of its verbs.
func pairLines(header, form string, n int) string {
	var b strings.Builder
	b.WriteString(header)
	for i := range n {
		fmt.Fprintf(&b, form, i)
	}
	return b.String()
}

func allPairs(p *Pairs) []Pair { return slices.Concat(p.Train, p.Valid, p.Test) }

// What stands in files of one's own is read, or named with the way out, and what is guessed is said.
func TestOwnPairs(t *testing.T) {
	const (
		leftOut  = "of each line the first two columns are read; what follows them is left out (source and target choose others)"
		quoted   = "fields in quotation marks are read as in CSV, without the marks (quote: none keeps them)"
		unquoted = "quotation marks are read as part of the text (quote: csv reads them as in CSV)"
	)
	numbers := func(source, target string) string {
		return `column 1 holds numbers: the texts are read from ` + source + `, their translations from ` + target + ` (source and target choose others)`
	}
	for _, c := range []struct {
		name, spec, text string
		opts             []Option
		pairs            int
		one              Pair
		notices          []string
	}{
		{"Tatoeba", "tsv:", pairLines("", "%d\ta %[1]d\t1%[1]d\tb %[1]d\n", 30), nil, 30, Pair{"a 7", "b 7"}, []string{numbers("column 2", "column 4")}},
		{"Tatoeba with languages", "tsv:", pairLines("", "%d\teng\ta %[1]d\t1%[1]d\tfra\tb %[1]d\n", 30), nil, 30, Pair{"a 7", "b 7"}, []string{numbers("column 3", "column 6")}},
		{"a number, a text and its translation", "tsv:", pairLines("", "%d\ta %[1]d\tb %[1]d\n", 30), nil, 30, Pair{"a 7", "b 7"}, []string{numbers("column 2", "column 3")}},
		{"numbers and their names", "tsv:", pairLines("", "%d\tname %[1]d\n", 30), nil, 30, Pair{"7", "name 7"}, nil},
		{"numbers, names and where they come from", "tsv:", pairLines("", "%d\tname %[1]d\tCC-BY 2.0 (France) #%[1]d\n", 30), nil, 30, Pair{"7", "name 7"}, []string{leftOut}},
		{"manythings", "tsv:", pairLines("", "a %d\tb %[1]d\tCC-BY 2.0 (France) #%[1]d\n", 30), nil, 30, Pair{"a 7", "b 7"}, []string{leftOut}},
		{"names", "tsv:", pairLines("English\tFrench\n", "a %d\tb %[1]d\n", 30), nil, 30, Pair{"a 7", "b 7"},
			[]string{`line 1, "English" and "French", is taken for the names of the columns and not for a pair`}},
		{"names above numbers", "tsv:", pairLines("Nr\tSatz\tNr2\tPhrase\n", "%d\ta %[1]d\t%[1]d\tb %[1]d\n", 30), nil, 30, Pair{"a 7", "b 7"},
			[]string{`line 1, "Nr" and "Satz", is taken for the names of the columns and not for a pair`, numbers("column 2", "column 4")}},
		{"no names", "tsv:", pairLines("the source\tder Ursprung\n", "a %d\tb %[1]d\n", 30), nil, 31, Pair{"the source", "der Ursprung"}, nil},
		{"quoted", "tsv:", pairLines("", "\"a %d\"\t\"b \"\"%[1]d\"\"\"\n", 30), nil, 30, Pair{"a 7", `b "7"`}, []string{quoted}},
		{"quoted with a tab and a line break", "tsv:", pairLines("", "\"a\t%d\"\t\"b\n%[1]d\"\n", 30), nil, 30, Pair{"a 7", "b 7"}, []string{quoted}},
		{"quoted, kept", "tsv:", pairLines("", "\"a %d\"\t\"b %[1]d\"\n", 30), []Option{Quote("none")}, 30, Pair{`"a 7"`, `"b 7"`}, nil},
		{"speech", "tsv:", pairLines("\"Stop\t«Halt\nStay\"\tBleib»\n", "a %d\tb %[1]d\n", 30), nil, 32, Pair{`"Stop`, "«Halt"}, []string{unquoted}},
		{"skip-empty", "tsv:", pairLines("a\t\nb\n\tc\n\n", "a %d\tb %[1]d\n", 30), []Option{SkipEmpty()}, 30, Pair{"a 7", "b 7"},
			[]string{"3 rows without a text or a translation left out, the first on line 1"}},
		{"bars", "tsv:", pairLines("", "a %d \"x ||| b %[1]d ||| c\n", 30), nil, 30, Pair{`a 7 "x`, "b 7"}, []string{"||| separates the texts", leftOut}},
		{"columns of tsv by name", "tsv:", pairLines("n\tde\ten\n", "%d\ta %[1]d\tb %[1]d\n", 30), []Option{Source("en"), Target("de")}, 30, Pair{"b 7", "a 7"}, nil},
		{"columns of tsv by number", "tsv:", pairLines("", "%d\ta %[1]d\tb %[1]d\n", 30), []Option{Source("column 3"), Target("column 1")}, 30, Pair{"b 7", "7"}, nil},
		{"columns of csv", "csv:", pairLines("id,de,en\n", "%d,\"a, %[1]d\",b %[1]d\n", 30), []Option{Source("de"), Target("en")}, 30, Pair{"a, 7", "b 7"}, nil},
		{"JSON lines", "jsonl:", pairLines("", "{\"translation\": {\"de\": \"a %d\", \"en\": \"b %[1]d\"}}\n", 30), []Option{Source("translation.de"), Target("translation.en")}, 30, Pair{"a 7", "b 7"}, nil},
		{"UTF-16", "tsv:", "\xff\xfe" + utf16le(pairLines("", "a %d\tb %[1]d\n", 30)), nil, 30, Pair{"a 7", "b 7"}, []string{"the text is UTF-16 and is read as such"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := openText(t, c.spec, c.text, c.opts...)
			if err != nil {
				t.Fatal(err)
			}
			p := d.(*Pairs)
			if all := allPairs(p); len(all) != c.pairs || !slices.Contains(all, c.one) {
				t.Errorf("%d pairs: %q", len(all), all)
			}
			if !slices.Equal(p.Meta.Notices, c.notices) {
				t.Errorf("notices %q, want %q", p.Meta.Notices, c.notices)
			}
		})
	}
}

func TestOwnPairsErrors(t *testing.T) {
	for _, c := range []struct {
		name, spec, text string
		opts             []Option
		want             string // behind the path
	}{
		{"no such column", "csv:", "id,de,en\n1,a,b\n", []Option{Source("de"), Target("eng")}, `: column "eng" not found; did you mean "en"?`},
		{"the other by default", "csv:", "id,de,en\n1,a,b\n", []Option{Source("de")}, `: column "target" not found; choose from "id", "de", "en"`},
		{"empty", "csv:", "de,en\n1,a,b\n", []Option{Source("de"), Target("en")}, `: line 2: 3 fields where line 1 has 2; put texts that hold the separator in quotation marks`},
		{"an empty text", "csv:", "de,en\n1,\n", []Option{Source("de"), Target("en")}, `: line 2, column "en": it is empty; fill it in, or leave such rows out (skip-empty: true)`},
		{"no bars", "tsv:", "a ||| b\nc d\n", nil, `: line 2: there is no ||| in "c d"; want a text, a ||| and its translation`},
		{"few columns", "tsv:", "1\ta\tb\n2\tc\n", []Option{Source("column 2"), Target("column 3")}, `: line 2: 2 fields, and the texts are column 2 and column 3; give every line as many, or name other columns (source, target)`},
		{"empty file", "csv:", "", []Option{Source("de")}, `: the file is empty; give it a row of names and a row for each pair`},
	} {
		d, err := openText(t, c.spec, c.text, c.opts...)
		if d != nil || err == nil {
			t.Errorf("%s: got %v", c.name, d)
			continue
		}
		path, _, _ := strings.Cut(err.Error(), "f: ")
		if i := strings.Index(err.Error(), "f: "); i < 0 {
			path, _, _ = strings.Cut(err.Error(), "f,")
		}
		if got := strings.ReplaceAll(err.Error(), path+"f", "PATH"); got != "PATH"+c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	var usage *option.UsageError
	if _, err := openText(t, "csv:", "a,b\n", Source("a"), Target("a")); !errors.As(err, &usage) || err.Error() != `source "a": it is the column of translations, too; name another` {
		t.Errorf("got %v", err)
	}
}

func TestParallel(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	a, b := write("t,1.de", pairLines("", "a %d\n", 30)+"\n\"\n"), write("t.en", "\xff\xfe"+utf16le(pairLines("", "b %d\n", 30)+"\nc\n"))
	d, err := Open(`parallel:"` + a + `",` + b)
	if err != nil {
		t.Fatal(err)
	}
	p := d.(*Pairs)
	if all := allPairs(p); len(all) != 31 || !slices.Contains(all, Pair{"a 7", "b 7"}) || !slices.Contains(all, Pair{`"`, "c"}) {
		t.Errorf("pairs %q", all)
	}
	want := Info{Name: "t,1", Kind: KindPairs, Task: "translate", Title: "Texts and translations in t,1.de and t.en", Size: "31 pairs", Licence: "none stated (your own file)", Source: a + ", " + b, Where: "file",
		Notices: []string{"t.en: the text is UTF-16 and is read as such"}, Spec: `parallel:"` + a + `",` + b}
	if fmt.Sprint(p.Meta) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %+v", p.Meta, want)
	}
	short, empty := write("short", "a\nb\n"), write("empty", "a\n\nb\n"+pairLines("", "b %d\n", 30))
	if p, err := Parallel(empty, write("full", "a\nb\nc\n"+pairLines("", "b %d\n", 30)), SkipEmpty()); err != nil || len(allPairs(p)) != 32 || len(p.Meta.Notices) != 1 {
		t.Errorf("got %v, %v", p, err)
	}
	for _, c := range []struct{ source, target, want string }{
		{a, short, short + " ends after line 2, and " + a + " goes on; they must translate one another line by line"},
		{short, empty, empty + `: line 2 is empty, and the other file has "b" there; fill it in, or leave such pairs out (skip-empty: true)`},
		{filepath.Join(dir, "none"), a, `cannot open "` + filepath.Join(dir, "none") + `"; check the path: no such file or directory`},
	} {
		if p, err := Parallel(c.source, c.target); p != nil || err == nil || err.Error() != c.want {
			t.Errorf("got %v\nwant %s", err, c.want)
		}
	}
	var usage *option.UsageError
	for _, spec := range []string{"parallel:a", "parallel:a,b,c", "parallel:a,", `parallel:a"b,c`} {
		_, err := Open(spec)
		_, described := Describe(spec)
		if !errors.As(err, &usage) || described == nil || err.Error() != described.Error() {
			t.Errorf("%s: %v, described as %v", spec, err, described)
		}
	}
	if _, err := Open("parallel:a,b", Source("x")); !errors.As(err, &usage) {
		t.Errorf("got %v", err)
	}
}
