package datasets

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// eachOf reads texts into a line each: the line of the row, the text, and the fields.
func eachOf(form, data string, opts ...Option) (rows []string, names []string, notices []string, err error) {
	notices, err = EachText(form, "own", strings.NewReader(data), func(r TextRow) error {
		names = r.Names
		rows = append(rows, fmt.Sprintf("%d %s %q", r.Line, r.Text, r.Fields))
		return nil
	}, opts...)
	return rows, names, notices, err
}

func TestEachText(t *testing.T) {
	for name, c := range map[string]struct {
		form, data    string
		opts          []Option
		want          []string
		names, notice string
	}{
		"a column": {TextCSV, "id;text\n007; fine \n8;\n\n9;\"two\nlines\"\n", nil,
			[]string{`2 fine ["007" "fine"]`, `3  ["8" ""]`, "5 two\nlines [\"9\" \"two\\nlines\"]"}, "[id text]", ""},
		"several, joined": {TextCSV, "subject,id,body\nA,1,b\n,2,c\n,3,\n", []Option{Text("subject,body")},
			[]string{`2 A b ["A" "1" "b"]`, `3 c ["" "2" "c"]`, `4  ["" "3" ""]`}, "[subject id body]", ""},
		"no names": {TextCSV, "1,so, \n2,a,\n", []Option{Text("column 2")}, []string{`1 so ["1" "so" ""]`, `2 a ["2" "a" ""]`}, "[column 1 column 2 column 3]", ""},
		"tabs":     {TextTSV, "id\ttext\n1\t\"so, so\" he said\n", nil, []string{`2 "so, so" he said ["1" "\"so, so\" he said"]`}, "[id text]", "quotation marks are read as part of the text"},
		"Latin-1":  {TextCSV, "text,x\nsch\xf6n,\xe9\n", []Option{Encoding("latin1")}, []string{`2 schön ["schön" "é"]`}, "[text x]", ""},
		"sources":  {TextCSV, "source,target\n\"a\nb\",\n", []Option{Source("source")}, []string{`2 a b ["a\nb" ""]`}, "[source target]", ""},
		"objects":  {TextJSONL, "{\"text\": \"a\", \"n\": 1}\n\n{\"text\": null}\n", nil, []string{`1 a ["a"]`, `3  [""]`}, "[text]", ""},
		"lines":    {TextLines, "\ufeffa\r\n\n b, c", nil, []string{`1 a ["a"]`, `2  [""]`, `3 b, c [" b, c"]`}, "[text]", ""},
		"UTF-16":   {TextLines, "\xff\xfea\x00\n\x00", nil, []string{`1 a ["a"]`}, "[text]", "UTF-16"},
	} {
		t.Run(name, func(t *testing.T) {
			rows, names, notices, err := eachOf(c.form, c.data, c.opts...)
			if err != nil || fmt.Sprintf("%q", rows) != fmt.Sprintf("%q", c.want) || fmt.Sprint(names) != c.names {
				t.Errorf("%q of %v, %v; want %q of %s", rows, names, err, c.want, c.names)
			}
			if !strings.Contains(strings.Join(notices, "\n"), c.notice) {
				t.Errorf("notices %q; want %q", notices, c.notice)
			}
		})
	}
}

func TestEachTextErrors(t *testing.T) {
	for _, c := range []struct {
		form, data string
		opts       []Option
		want       string
	}{
		{TextCSV, "", nil, "own: the file is empty; give it a row of names and a row for each text"},
		{TextCSV, "text,id\n", nil, "own: line 1: names and no rows below them; add a row for each text"},
		{TextCSV, "id,body\n1,a\n", nil, `own: column "text" not found; choose from "id", "body" (text: COLUMN names another)`},
		{TextCSV, "id,body\n1,a\n", []Option{Source("bodi")}, `own: column "bodi" not found; did you mean "body"? (source: COLUMN names another)`},
		{TextCSV, "text,id,text\na,1,b\n", nil, `own: line 1: columns 1 and 3 are both named "text"; rename one`},
		{TextCSV, "text,id\na,1,b\n", nil, "own: line 2: 3 fields where line 1 has 2; put texts that hold the separator in quotation marks"},
		{TextCSV, "text,id\na,\xff\n", nil, "own: line 2 is not UTF-8; if the file is in Latin-1, say so (encoding: latin1)"},
		{TextCSV, "text,id\n\"a,1\n", nil, "own: line 2: a quotation mark inside a field or never closed; put fields that contain one in quotation marks and double it, or read it as part of the text (quote: none)"},
		{TextJSONL, "\n", nil, "own: the file is empty; give it a JSON object on each line"},
		{TextLines, "", nil, "own is empty; give a text on each line"},
		{TextLines, "a\n\xff\n", nil, "own: line 2 is not UTF-8; if the file is in Latin-1, say so (encoding: latin1)"},
		{TextLines, "PK\x03\x04", nil, "own: it is a zip archive, as spreadsheets are, too; unpack it, or save the table as CSV"},
		{"cvs", "a", nil, `form of texts "cvs" not found; did you mean "csv"?`},
		{TextCSV, "a", []Option{Text("a,,b")}, `text "a,,b": a name in it is empty`},
	} {
		if _, _, _, err := eachOf(c.form, c.data, c.opts...); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s %q: error %v; want %s", c.form, c.data, err, c.want)
		}
	}
	enough := errors.New("enough")
	calls := 0
	_, err := EachText(TextLines, "own", strings.NewReader("a\nb\n"), func(TextRow) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

func TestTextForms(t *testing.T) {
	for _, c := range []struct {
		line   string
		opts   []Option
		form   string
		notice string
	}{
		{"so good, so far", nil, TextLines, ""},
		{"a;b", nil, TextLines, "each line is taken for a text, though"},
		{"id,subject,body", nil, TextLines, "looks like the row of a table"},
		{"id\tbody", nil, TextLines, "looks like the row of a table"},
		{"\ufeffid,text\r\n", nil, TextCSV, `line 1 names "text": what follows is read as a table, separated by commas`},
		{`"id";"subject";"body, all"`, []Option{Text(`subject,"body, all"`)}, TextCSV, `"subject", "body, all"`},
		{"text", nil, TextCSV, `"text"`},
		{"source\tdate", []Option{Source("source")}, TextCSV, "tabs"},
		{`{"text": "a"}`, nil, TextJSONL, "JSON"},
		{`{so}`, nil, TextLines, ""},
		{"", nil, TextLines, ""},
		{"a,b", []Option{Quote("what")}, TextLines, ""},
	} {
		if form, notice := TextFormOfLine(c.line, c.opts...); form != c.form || !strings.Contains(notice, c.notice) || (notice == "") != (c.notice == "") {
			t.Errorf("%q is %s, %q; want %s, %q", c.line, form, notice, c.form, c.notice)
		}
	}
	for path, want := range map[string]string{"a.csv": TextCSV, "b/A.TSV": TextTSV, "a.ndjson": TextJSONL, "a.txt": "", "a": "", "so good.": ""} {
		if form, ok := TextFormOfFile(path); form != want || ok != (want != "") {
			t.Errorf("%s is %q", path, form)
		}
	}
	for text, want := range map[string]bool{"a.txt": true, "my file.CSV": true, "not bad.": false, "csv": false} {
		if LooksLikeFile(text) != want {
			t.Errorf("%q looks like a file: %v", text, !want)
		}
	}
}
