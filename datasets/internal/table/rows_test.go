package table

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
)

func readRows(text string, o Options) (all [][]string, notices []string, err error) {
	r, err := NewRows("f", strings.NewReader(text), o)
	if err != nil {
		return nil, nil, err
	}
	for {
		fields, _, err := r.Next()
		if err == io.EOF {
			return all, r.Notices(), nil
		}
		if err != nil {
			return nil, nil, err
		}
		all = append(all, append([]string(nil), fields...))
	}
}

// How quotation marks are meant shows in the whole file, and what is guessed is said.
func TestQuotation(t *testing.T) {
	const (
		csvNotice   = "fields in quotation marks are read as in CSV, without the marks (quote: none keeps them)"
		plainNotice = "quotation marks are read as part of the text (quote: csv reads them as in CSV)"
	)
	for _, c := range []struct {
		name, text, quote string
		uneven            bool
		want              [][]string
		notice            string
	}{
		{"tab, one opens", "l\tt\n0\ta\n1\t\"b\n0\tc\n1\td\"\n", "", false, [][]string{{"l", "t"}, {"0", "a"}, {"1", `"b`}, {"0", "c"}, {"1", `d"`}}, plainNotice},
		{"the same as CSV", "l\tt\n0\ta\n1\t\"b\n0\tc\n1\td\"\n", "csv", false, [][]string{{"l", "t"}, {"0", "a"}, {"1", "b\n0\tc\n1\td"}},
			"the quotation mark that opens on line 3 closes on line 5: the lines between are one row, though each looks like one (quote: none makes rows of them)"},
		{"tab, all text quoted", "l\tt\n0\t\"a\"\n1\t\"b\"\n", "", false, [][]string{{"l", "t"}, {"0", "a"}, {"1", "b"}}, csvNotice},
		{"the same without quoting", "l\tt\n0\t\"a\"\n1\t\"b\"\n", "none", false, [][]string{{"l", "t"}, {"0", `"a"`}, {"1", `"b"`}}, ""},
		{"tab, quoted where it has to be", "l\tt\n0\ta\n1\t\"b \"\"c\"\"\"\n2\t\"d\te\"\n", "", false, [][]string{{"l", "t"}, {"0", "a"}, {"1", `b "c"`}, {"2", "d\te"}}, csvNotice},
		{"tab, a line break in quotation marks", "l\tt\n0\t\"a\nb\"\n1\tc\n", "", false, [][]string{{"l", "t"}, {"0", "a\nb"}, {"1", "c"}}, csvNotice},
		{"tab, a speech", "l\tt\n0\t\"Hello.\"\n1\tHello.\n", "", false, [][]string{{"l", "t"}, {"0", `"Hello."`}, {"1", "Hello."}}, plainNotice},
		{"tab, marks within", "a 5\" pipe\tb\nc\td\n", "", false, [][]string{{`a 5" pipe`, "b"}, {"c", "d"}}, ""},
		{"tab, backslashes", "l\tt\n0\t\"a \\\"b\\\"\tc\"\n1\td\n", "", false, [][]string{{"l", "t"}, {"0", "a \"b\"\tc"}, {"1", "d"}}, `\" within quotation marks is read as a quotation mark`},
		{"uneven", "\"a\" b\tc\nd\te\tf\n \n", "", true, [][]string{{`"a" b`, "c"}, {"d", "e", "f"}, {""}}, plainNotice},
		{"backslashes", "t,l\n\"a \\\"b\\\", \\\\c\\d\",0\n\"\"\"e\"\"\",1\n", "", false, [][]string{{"t", "l"}, {`a "b", \c\d`, "0"}, {`"e"`, "1"}}, `\" within quotation marks is read as a quotation mark`},
		{"a backslash last", "t,l\n\"C:\\dir\\\",0\n\"b\",1\n", "", false, [][]string{{"t", "l"}, {`C:\dir\`, "0"}, {"b", "1"}}, ""},
		{"a text of two lines", "t,l\n\"a\nb\",0\n", "", false, [][]string{{"t", "l"}, {"a\nb", "0"}}, ""},
		{"comma, one opens", "t,l\n\"a,0\nb,1\nc\",1\n", "", false, [][]string{{"t", "l"}, {"a,0\nb,1\nc", "1"}},
			"the quotation mark that opens on line 2 closes on line 4: the lines between are one row, though each looks like one (quote: none makes rows of them)"},
	} {
		got, notices, err := readRows(c.text, Options{Quote: c.quote, Uneven: c.uneven})
		if err != nil || !reflect.DeepEqual(got, c.want) || strings.Join(notices, "|") != c.notice {
			t.Errorf("%s: %q, %q, %v\nwant %q, %q", c.name, got, notices, err, c.want, c.notice)
		}
	}
}

func TestBars(t *testing.T) {
	got, notices, err := readRows("a \"b ||| c\nd\te ||| f\n", Options{Separator: '\t', Bars: true})
	if want := [][]string{{`a "b`, "c"}, {"d e", "f"}}; err != nil || !reflect.DeepEqual(got, want) || len(notices) != 1 {
		t.Errorf("%q, %q, %v", got, notices, err)
	}
}

func TestRowLimits(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{strings.Repeat(",", MostColumns), "f: line 1: 65537 fields, where at most 65536 are read; leave some out"},
		{"a,\"" + strings.Repeat("b\n", 1<<20) + "\"", "f: line 1: a row of more than 1048576 bytes; is the quotation mark in it never closed?"},
	} {
		if _, _, err := readRows(c.text, Options{}); err == nil || err.Error() != c.want {
			t.Errorf("%v; want %s", err, c.want)
		}
	}
}

// FuzzRows compares with package encoding/csv, whatever that reads.
func FuzzRows(f *testing.F) {
	for _, text := range []string{"a,b\n\"c\"\"d\", \"e\nf\"\n", "a\tb\n\"c\"\td\n", "a;\"b", "a,b\"c", "\n \n,\n\"\"\n", "\"\\\"\",\\"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\r\x00") || strings.HasPrefix(text, "\ufeff") || strings.HasPrefix(text, "PK") || strings.HasPrefix(text, "\x1f\x8b") || strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
			return
		}
		rows, err := NewRows("f", strings.NewReader(text), Options{Quote: QuoteCSV})
		if misnamed("f", text+"\n") != nil {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if rows.rules.escaped {
			return
		}
		other := csv.NewReader(strings.NewReader(text))
		other.Comma = rune(rows.rules.comma)
		other.FieldsPerRecord = -1
		other.TrimLeadingSpace = other.Comma != '\t'
		for {
			want, failed := other.Read()
			got, line, err := rows.Next()
			if failed != nil {
				if failed != io.EOF && err == nil && !errors.Is(failed, csv.ErrQuote) { // which blanks behind a closing mark are
					t.Fatalf("%q where csv says %v", got, failed)
				}
				if failed == io.EOF && err != io.EOF {
					t.Fatalf("%q, %v at the end", got, err)
				}
				return
			}
			for i := range want {
				want[i] = strings.TrimSpace(want[i])
			}
			if at, _ := other.FieldPos(0); err != nil || fmt.Sprint(got) != fmt.Sprint(want) || at != line {
				t.Fatalf("line %d: %q, %v; want line %d: %q", line, got, err, at, want)
			}
		}
	})
}
