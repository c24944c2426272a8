package datasets

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// FuzzReadCSV checks what holds for every file: an error of one line that names the file, or a series of the promised
// shape with finite values alone.
func FuzzReadCSV(f *testing.F) {
	for _, text := range []string{
		"",
		"Date,Sales\n2024-01-01,1.5\n2024-01-02,-2\n",
		"\ufeffMonth;a;b\r\n2024-01;1;NA\r\n2024-02;?;4\r\n",
		"a\tb\n\t1\n2\t\n",
		"Year,y\n1999,5\n2000,6\n",
		",y\n0,5\n1,6\n",
		"1/31/2024,1\n2/1/2024,-\n",
		"y\n-1.7976931348623157e308\n\nNaN\n1.7976931348623157e308\n?\n",
		"\"a\nb\",\"c\"\"d\"\n1,1e999\n",
		"Date,y\n11:34,1\n2024/01/01,2\n",
		"\xff\xfea\x00",
	} {
		for fill := range byte(5) {
			f.Add([]byte(text), fill, "")
		}
		f.Add([]byte(text), byte(2), "a")
	}
	f.Fuzz(func(t *testing.T, text []byte, fill byte, column string) {
		opts := []Option{Fill([]string{"", "previous", "linear", "mean", "zero"}[fill%5])}
		if column != "" {
			opts = append(opts, Columns(column))
		}
		s, err := ReadCSV("f.csv", strings.NewReader(string(text)), opts...)
		if err != nil {
			if message := err.Error(); s != nil || !strings.HasPrefix(message, "f.csv: ") || strings.ContainsAny(message, "\r\n") {
				t.Fatalf("series %v, error %q", s, message)
			}
			return
		}
		if s.Len() == 0 || s.Width() == 0 {
			t.Fatalf("shape [%d, %d]", s.Len(), s.Width())
		}
		if s.Times != nil && len(s.Times) != s.Len() {
			t.Fatalf("%d times for %d rows", len(s.Times), s.Len())
		}
		for i, row := range s.Values {
			if len(row) != s.Width() {
				t.Fatalf("row %d has %d values for %d variables", i, len(row), s.Width())
			}
			for _, v := range row {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("row %d holds %v", i, v)
				}
			}
		}
	})
}

// FuzzReadCSVPanel checks what holds for every file: an error of one line that names the file, or series of the promised
// shape, no value infinite, times as many as rows, names that differ.
func FuzzReadCSVPanel(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "series", "*.csv"))
	if err != nil || len(files) == 0 {
		f.Fatal("no files of series", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text[:min(len(text), 400)], uint16(0))
	}
	for i, text := range []string{
		"date,shop,y\n2020-01-01,a,1\n2020-01-01,b,2\n2020-01-02,a,3\n2020-01-02,b,4\n",
		"date,a,b\n2020-01-02,\"1.100,5\",(3)\n2020-01-01,\"2,5\",$4K\n",
		"Report\n\ndate,y\n,m\n2020-01-01,1\n2020-01-05,2\n2020-01-06,2\nSource\n",
		"id,1990,1991,1992\na,1,,3\nb,2\n",
		"year month day hour y\n2020 1 1 23 5\n2020 1 2 0 6\n",
		"a,a,b,y\nx,1,2020-01-01,1e308\nx,2,2020-01-01,-1e308\n",
		"ds,unique_id,a\n5,x,1\n4,x,2\n9,y,3\n8,y,\n",
		"0001-01-01,1\n9999-12-31,2\n9999-12-30,3\n",
		"//\n#a;b\n1;2\n#\n3;4\n",
	} {
		f.Add([]byte(text), uint16(i))
		f.Add([]byte(text), uint16(0x1ff))
	}
	f.Fuzz(func(t *testing.T, text []byte, choice uint16) {
		opts := []Option{Fill([]string{"", "previous", "linear", "mean", "zero"}[choice%5])}
		for i, opt := range []Option{ID("a"), Target("b"), Known("y"), Decimal(","), Ignore("date"), Time("ds"), Missing("x", "2"), Static("a", "shop"), Thousands("'")} {
			if choice>>(i+3)&1 == 1 {
				opts = append(opts, opt)
			}
		}
		if _, err := gather(opts); err != nil {
			return
		}
		p, err := ReadCSVPanel("f.csv", strings.NewReader(string(text)), opts...)
		if err != nil {
			if message := err.Error(); p != nil || !strings.HasPrefix(message, "f.csv: ") || strings.ContainsAny(message, "\r\n") {
				t.Fatalf("panel %v, error %q", p, message)
			}
			return
		}
		if len(p.Targets) == 0 || len(p.Series) == 0 {
			t.Fatalf("%d series, %d targets", len(p.Series), len(p.Targets))
		}
		ids := map[string]bool{}
		for _, s := range p.Series {
			if ids[s.ID] || s.Width() != len(p.Variables()) || len(s.Static) != len(p.Static) || s.Times != nil && len(s.Times) != s.Len() {
				t.Fatalf("series %q of %d variables, %d times for %d rows, %d static values", s.ID, s.Width(), len(s.Times), s.Len(), len(s.Static))
			}
			ids[s.ID] = true
			for i, row := range s.Values {
				if len(row) != s.Width() || slices.ContainsFunc(row, func(v float64) bool { return math.IsInf(v, 0) }) {
					t.Fatalf("row %d of %q holds %v", i, s.ID, row)
				}
			}
		}
		for _, notice := range p.Meta.Notices {
			if strings.ContainsAny(notice, "\r\n") {
				t.Fatalf("notice %q", notice)
			}
		}
	})
}
