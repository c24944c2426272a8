package datasets

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// openText writes a file and opens it, of which PATH in the specification is the path.
func openText(t *testing.T, spec, text string, opts ...Option) (Dataset, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f"+filepath.Ext(spec))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	prefix, _, _ := strings.Cut(spec, ":")
	return Open(prefix+":"+path, opts...)
}

// examplesOf returns all examples of a dataset.
func examplesOf(l *Labelled) []Example { return slices.Concat(l.Train, l.Valid, l.Test) }

// speech returns a file of 60 lines without any quoting, of which one opens with a quotation mark and another closes
// with one.
func speech(header, separator string) string {
	var b strings.Builder
	b.WriteString(header)
	for i := range 60 {
		text := fmt.Sprintf("text %d", i)
		switch i {
		case 5:
			text = `"` + text
		case 9:
			text += `"`
		}
		fmt.Fprintf(&b, "%d%s%s\n", i%2, separator, text)
	}
	return b.String()
}

// What stands in files of one's own is read, or named with the way out, and what is guessed is said.
func TestOwnTexts(t *testing.T) {
	rows := labelledFile("text,label\n", "t %d,%s\n", 20, "a", "b")
	for _, c := range []struct {
		name, spec, text string
		opts             []Option
		examples         int
		classes          []string
		one              string // of the texts
		size             string
		notices          []string
	}{
		{"tab-separated without quoting", "csv:.tsv", speech("label\ttext\n", "\t"), []Option{Text("text")}, 60, []string{"0", "1"}, `"text 5`, `60 texts, 2 classes: "0" 30, "1" 30`,
			[]string{"quotation marks are read as part of the text (quote: csv reads them as in CSV)"}},
		{"tsv names texts, too", "tsv:.txt", speech("", "\t"), []Option{Text("column 2"), Label("column 1")}, 60, []string{"0", "1"}, `text 9"`, `60 texts, 2 classes: "0" 30, "1" 30`,
			[]string{"quotation marks are read as part of the text (quote: csv reads them as in CSV)"}},
		{"commas without quoting", "csv:.csv", speech("label,text\n", ","), []Option{Text("text"), Quote("none")}, 60, []string{"0", "1"}, `"text 5`, `60 texts, 2 classes: "0" 30, "1" 30`, nil},
		{"commas without quoting, unsaid", "csv:.csv", speech("label,text\n", ","), []Option{Text("text")}, 56, []string{"0", "1"}, "text 4", `56 texts, 2 classes: "0" 28, "1" 28`,
			[]string{"the quotation mark that opens on line 7 closes on line 11: the lines between are one row, though each looks like one (quote: none makes rows of them)"}},
		{"backslashes", "csv:.csv", labelledFile("text,label\n", "\"a \\\"quoted\\\" %d\",%s\n", 20, "a", "b"), []Option{Text("text")}, 20, []string{"a", "b"}, `a "quoted" 3`, `20 texts, 2 classes: "a" 10, "b" 10`,
			[]string{`\" within quotation marks is read as a quotation mark`}},
		{"skip-empty", "csv:.csv", rows + ",a\nt,\n \t,b\n", []Option{Text("text"), SkipEmpty()}, 20, []string{"a", "b"}, "t 3", `20 texts, 2 classes: "a" 10, "b" 10`,
			[]string{"3 rows without a text or a label left out, the first on line 22"}},
		{"spellings", "csv:.csv", labelledFile("text,label\n", "t %d,%s\n", 40, "BUG", "Bug", "bug", "bug", "fine"), []Option{Text("text")}, 40, []string{"BUG", "Bug", "bug", "fine"}, "t 3",
			`40 texts, 4 classes: "BUG" 8, "Bug" 8, "bug" 16, "fine" 8`,
			[]string{`labels that differ in case or blanks alone are classes of their own: "bug", "BUG", "Bug" (fold-labels: true makes one of them)`}},
		{"fold-labels", "csv:.csv", labelledFile("text,label\n", "t %d,%s\n", 40, "BUG", "Bug", "bug", "bug", "fine"), []Option{Text("text"), FoldLabels()}, 40, []string{"bug", "fine"}, "t 3",
			`40 texts, 2 classes: "bug" 32, "fine" 8`, nil},
		{"many classes", "csv:.csv", labelledFile("text,label\n", "t %d,%s\n", 100, "a", "b", "c", "d", "e", "f", "g", "h", "i", "a"), []Option{Text("text")}, 100, []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"}, "t 3",
			`100 texts, 9 classes: "a" 20, "b" 10, "c" 10, "d" 10, "e" 10, "f" 10, "g" 10, … "i" 10`, nil},
		{"several columns", "csv:.csv", labelledFile("subject,\"body, long\",label\n", "s %d,b,%s\n", 20, "a", "b") + "s,,a\n,b,b\n", []Option{Text(`subject, "body, long"`)}, 22, []string{"a", "b"}, "s 3 b", `22 texts, 2 classes: "a" 11, "b" 11`, nil},
		{"JSON lines", "jsonl:.txt", labelledFile("", "{\"text\": \"t \\u00e9 %d\\n\", \"label\": \"%s\"}\n\n", 20, "a", "b"), nil, 20, []string{"a", "b"}, "t é 3", `20 texts, 2 classes: "a" 10, "b" 10`, nil},
		{"JSON lines by their ending", "csv:.jsonl", labelledFile("", "{\"title\": \"t %d\", \"body\": \"x\", \"made\": {\"stars\": %s}}\n", 20, "1", "true"), []Option{Text("title,body"), Label("made.stars")}, 20, []string{"1", "true"}, "t 3 x", `20 texts, 2 classes: "1" 10, "true" 10`, nil},
		{"JSON lines, skip-empty", "jsonl:.jsonl", labelledFile("", "{\"text\": \"t %d\", \"label\": \"%s\"}\n", 20, "a", "b") + "{\"text\": null, \"label\": \"a\"}\n{\"text\": \"b\"}\n", []Option{SkipEmpty()}, 20, []string{"a", "b"}, "t 3", `20 texts, 2 classes: "a" 10, "b" 10`,
			[]string{"2 rows without a text or a label left out, the first on line 21"}},
		{"fastText", "fasttext:.txt", labelledFile("", "t %d __label__%s , end\n\n", 20, "a", "b"), nil, 20, []string{"a", "b"}, "t 3 , end", `20 texts, 2 classes: "a" 10, "b" 10`, nil},
		{"UTF-16", "csv:.csv", "\xff\xfe" + utf16le(rows), []Option{Text("text")}, 20, []string{"a", "b"}, "t 3", `20 texts, 2 classes: "a" 10, "b" 10`,
			[]string{"the text is UTF-16 and is read as such"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := openText(t, c.spec, c.text, c.opts...)
			if err != nil {
				t.Fatal(err)
			}
			l := d.(*Labelled)
			all := examplesOf(l)
			if len(all) != c.examples || !reflect.DeepEqual(l.Classes, c.classes) || !slices.Contains(Texts(all), c.one) {
				t.Errorf("%d examples of %q: %q", len(all), l.Classes, Texts(all))
			}
			if l.Meta.Size != c.size || !slices.Equal(l.Meta.Notices, c.notices) {
				t.Errorf("size %s\nnotices %q\nwant %s\n%q", l.Meta.Size, l.Meta.Notices, c.size, c.notices)
			}
			sum := 0
			for _, n := range l.ClassSizes() {
				sum += n
			}
			if sum != c.examples {
				t.Errorf("classes of %d", l.ClassSizes())
			}
		})
	}
}

// utf16le returns a text of ASCII in UTF-16.
func utf16le(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		b.WriteByte(c)
		b.WriteByte(0)
	}
	return b.String()
}

func TestOwnTextsErrors(t *testing.T) {
	for _, c := range []struct {
		name, spec, text string
		opts             []Option
		want             string // behind the path
	}{
		{"JSON lines", "jsonl:", "{\"text\": \"a\"}\n", nil, `: line 1: there is no field "label"; choose from "text", or leave such lines out (skip-empty: true)`},
		{"a field misspelt", "jsonl:", "{\"text\": \"a\", \"lable\": 1}\n", nil, `: line 1: there is no field "label"; did you mean "lable"?`},
		{"a list in a field", "jsonl:", "{\"text\": [\"a\"], \"label\": 1}\n", nil, `: line 1, field "text" holds ["a"]…; want a text, a number or true or false`},
		{"empty", "jsonl:", "{\"text\": \" \", \"label\": 1}\n", nil, `: line 1, field "text": it is empty; fill it in, or leave such rows out (skip-empty: true)`},
		{"a list", "jsonl:", "[{\"text\": \" \", \"label\": 1}]\n", nil, `: line 1 begins a list; write one object a line (jq -c '.[]' does)`},
		{"half an object", "jsonl:", "{\n", nil, `: line 1 is no JSON object (unexpected end of JSON input); write one a line`},
		{"text", "jsonl:", "a\n", nil, `: line 1: "a" is no JSON object; write one a line`},
		{"nothing", "jsonl:", "\n", nil, `: no row has both a text and a label; choose other columns or fill them in`},
		{"Latin-1", "jsonl:", "{\"text\": \"\xe9\"}\n", nil, `: line 1 is not UTF-8; if the file is in Latin-1, say so (encoding: latin1)`},
		{"two labels", "fasttext:", "__label__a __label__b text\n", nil, `: line 1 has 2 labels, "a" and "b" among them; a text is in one class here: keep one`},
		{"no label", "fasttext:", "text\n", nil, `: line 1: there is no __label__ in "text"; want lines such as __label__good a fine film, or leave such lines out (skip-empty: true)`},
		{"no text", "fasttext:", "__label__a\n", nil, `: line 1, text: it is empty; fill it in, or leave such rows out (skip-empty: true)`},
		{"many labels", "fasttext:", labelledFile("", "__label__%d t%s\n", 1100, ""), nil, `: there are 1100 different labels where at most 1000 make sense; are they labels?`},
		{"fastText as a table", "csv:", "__label__a text\n", []Option{Text("text")}, `: its lines begin with __label__, as those of fastText; write fasttext:PATH`},
		{"JSON lines as a table", "csv:", "{\"text\": \"a\", \"label\": 1}\n", nil, `: it holds JSON objects; write jsonl:PATH if there is one a line`},
		{"a list as a table", "csv:", "[{\"text\": 1}]\n", nil, `: it is a list in JSON; write one object a line (jq -c '.[]' does) and name it as jsonl:FILE`},
		{"all skipped", "csv:", "text,label\na,\n", []Option{Text("text"), SkipEmpty()}, `: no row has both a text and a label; choose other columns or fill them in`},
		{"a line of Windows, zipped", "csv:", "PK\x03\x04", []Option{Text("text")}, `: it is a zip archive, as spreadsheets are, too; unpack it, or save the table as CSV`},
	} {
		d, err := openText(t, c.spec, c.text, c.opts...)
		if d != nil || err == nil {
			t.Errorf("%s: got %v", c.name, d)
			continue
		}
		path, _, _ := strings.Cut(err.Error(), "f: ")
		got := strings.ReplaceAll(err.Error(), path+"f", "PATH")
		if want := "PATH" + c.want; got != want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, want)
		}
	}
	for _, c := range []struct {
		want string
		opts []Option
	}{
		{`text "a,a": a is named twice; name it once`, []Option{Text("a,a")}},
		{`text "a,": a name in it is empty`, []Option{Text("a,")}},
		{`text "a,\"b": want names with commas between them, one that holds a comma between quotation marks: a,"b,c"`, []Option{Text(`a,"b`)}},
		{`text "a,b": it is the column of labels, too; name another`, []Option{Text("a,b"), Label("b")}},
		{`source "s": it makes pairs of a file, and text and label make classes of it; leave one or the other out`, []Option{Text("a"), Source("s")}},
		{`target "s": it makes pairs of a file, and text and label make classes of it; leave one or the other out`, []Option{Label("a"), Target("s")}},
	} {
		_, err := openText(t, "csv:", "a,b\n", c.opts...)
		var usage *option.UsageError
		if !errors.As(err, &usage) || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	_, err := Open("csv:none", Quote("cvs"))
	var unknown *UnknownError
	if !errors.As(err, &unknown) || unknown.Setting != "quote" || unknown.Suggestion != "csv" {
		t.Errorf("got %v", err)
	}
}

// FuzzReadJSONL and FuzzReadFastText check that every file is an error of one line or a dataset that keeps its promises.
func FuzzReadJSONL(f *testing.F) {
	f.Add([]byte(labelledFile("", "{\"text\": \"t %d\", \"label\": \"%s\"}\n", 20, "a", "b")), false)
	f.Add([]byte(labelledFile("", "{\"text\": %d, \"label\": \"%s\"}\r\n", 20, "a", "A")), true)
	f.Add([]byte("[{\"text\": null}]"), true)
	f.Add([]byte("{\"text\": {}, \"label\": []}"), false)
	f.Fuzz(func(t *testing.T, data []byte, lenient bool) {
		var opts []Option
		if lenient {
			opts = []Option{SkipEmpty(), FoldLabels()}
		}
		l, err := ReadJSONL("f", strings.NewReader(string(data)), opts...)
		checkLabelled(t, l, err)
	})
}

func FuzzReadFastText(f *testing.F) {
	f.Add([]byte(labelledFile("", "__label__%[2]s t %[1]d\n", 20, "a", "b")), false)
	f.Add([]byte(labelledFile("", "t %d\t__label__%s\n", 20, "a", "A")), true)
	f.Add([]byte("__label__ a\n__label__a\n"), true)
	f.Fuzz(func(t *testing.T, data []byte, lenient bool) {
		var opts []Option
		if lenient {
			opts = []Option{SkipEmpty(), FoldLabels()}
		}
		l, err := ReadFastText("f", strings.NewReader(string(data)), opts...)
		checkLabelled(t, l, err)
	})
}

// checkLabelled checks what holds for every file named f.
func checkLabelled(t *testing.T, l *Labelled, err error) {
	t.Helper()
	if err != nil {
		if message := err.Error(); l != nil || !strings.HasPrefix(message, "f: ") || strings.ContainsAny(message, "\r\n") {
			t.Fatalf("%v, error %q", l, message)
		}
		return
	}
	if len(l.Classes) < 2 || len(l.Train) == 0 || len(l.Valid) == 0 || len(l.Test) == 0 {
		t.Fatalf("%d classes; %d, %d and %d examples", len(l.Classes), len(l.Train), len(l.Valid), len(l.Test))
	}
	for _, e := range examplesOf(l) {
		if strings.TrimSpace(e.Text) == "" || e.Label < 0 || e.Label >= len(l.Classes) {
			t.Fatalf("example %+v", e)
		}
	}
	for _, n := range append(l.Meta.Notices, l.Meta.Size) {
		if strings.ContainsAny(n, "\r\n") {
			t.Fatalf("notice %q", n)
		}
	}
}
