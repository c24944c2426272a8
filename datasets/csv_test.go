package datasets

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/pkg/errors"
)

func TestReadCSV(t *testing.T) {
	for _, c := range []struct {
		name, text string
		opts       []Option
		variables  []string
		times      []string
		values     [][]float64
	}{
		{"header and dates", "Date,Sales\n2024-01-01,1.5\n2024-01-02,-2\n", nil,
			[]string{"Sales"}, []string{"2024-01-01", "2024-01-02"}, [][]float64{{1.5}, {-2}}},
		{"no header", "2024-01,1,10\n2024-02,2,20\n", nil,
			[]string{"column 2", "column 3"}, []string{"2024-01", "2024-02"}, [][]float64{{1, 10}, {2, 20}}},
		{"numbers alone", "1\n2\n1e3\n", nil,
			[]string{"column 1"}, nil, [][]float64{{1}, {2}, {1000}}},
		{"one row", "5,6", nil,
			[]string{"column 1", "column 2"}, nil, [][]float64{{5, 6}}},
		{"header and one column", "y\n3\n1\n", nil,
			[]string{"y"}, nil, [][]float64{{3}, {1}}},
		{"byte order mark, CRLF, blank lines", "\ufeffMonth,y\r\n\r\n2024-01,1\r\n\r\n2024-02,2\r\n\r\n", nil,
			[]string{"y"}, []string{"2024-01", "2024-02"}, [][]float64{{1}, {2}}},
		{"byte order mark before a number", "\ufeff1\n2\n", nil,
			[]string{"column 1"}, nil, [][]float64{{1}, {2}}},
		{"semicolons", "Date;a;b\n2024-01;1;2\n2024-02;3;4\n", nil,
			[]string{"a", "b"}, []string{"2024-01", "2024-02"}, [][]float64{{1, 2}, {3, 4}}},
		{"tabs and an empty field", "Date\ta\tb\n2024-01\t\t2\n2024-02\t3\t4\n", []Option{Fill("zero")},
			[]string{"a", "b"}, []string{"2024-01", "2024-02"}, [][]float64{{0, 2}, {3, 4}}},
		{"quotes and spaces", "\"Date\", \"a, b\"\n\"2024-01\", \" 7 \"\n", nil,
			[]string{"a, b"}, []string{"2024-01"}, [][]float64{{7}}},
		{"date last", "a,Date\n1,2024-01-01\n2,2024-01-02\n", nil,
			[]string{"a"}, []string{"2024-01-01", "2024-01-02"}, [][]float64{{1}, {2}}},
		{"text columns are left out", "Date,a,kind\n2024-01,1,up\n2024-02,2,down\n", nil,
			[]string{"a"}, []string{"2024-01", "2024-02"}, [][]float64{{1}, {2}}},
		{"empty columns are left out", "Date,a,\n2024-01,1,\n2024-02,2,\n", nil,
			[]string{"a"}, []string{"2024-01", "2024-02"}, [][]float64{{1}, {2}}},
		{"years", "Year,y\n1999,5\n2000,6\n2002,7\n", nil,
			[]string{"y"}, []string{"1999", "2000", "2002"}, [][]float64{{5}, {6}, {7}}},
		{"years in the names", "Date,2023,2024\n2024-01,1,2\n", nil,
			[]string{"2023", "2024"}, []string{"2024-01"}, [][]float64{{1, 2}}},
		{"year and month", "Year,Month,y\n1999,11,5\n1999,12,6\n2000,1,7\n", nil,
			[]string{"y"}, []string{"1999-11", "1999-12", "2000-01"}, [][]float64{{5}, {6}, {7}}},
		{"unnamed index", ",y\n0,5\n1,6\n", nil,
			[]string{"y"}, []string{"0", "1"}, [][]float64{{5}, {6}}},
		{"unnamed index and dates", ",Date,y\n0,2024-01,5\n1,2024-02,6\n", nil,
			[]string{"y"}, []string{"2024-01", "2024-02"}, [][]float64{{5}, {6}}},
		{"an index that goes back labels nothing", "Index,y\n3,5\n1,6\n", nil,
			[]string{"y"}, nil, [][]float64{{5}, {6}}},
		{"an index of prices is a variable", "Index,y\n3.5,5\n1.2,6\n", nil,
			[]string{"Index", "y"}, nil, [][]float64{{3.5, 5}, {1.2, 6}}},
		{"an index with a gap", "Index,y\n1,5\n,6\n", nil,
			[]string{"y"}, nil, [][]float64{{5}, {6}}},
		{"a lone index is the variable", "Index\n1\n2\n", nil,
			[]string{"Index"}, nil, [][]float64{{1}, {2}}},
		{"an index behind the values", "y,Index\n5,1\n6,2\n", nil,
			[]string{"y"}, nil, [][]float64{{5}, {6}}},
		{"text labels", "Quarter,y\nQ4 2023,5\nQ1 2024,6\n", nil,
			[]string{"y"}, []string{"Q4 2023", "Q1 2024"}, [][]float64{{5}, {6}}},
		{"equal dates that are not looked at", "Date,y\n2024-01-01,5\n2024-01-01,6\n", []Option{Ignore("Date")},
			[]string{"y"}, nil, [][]float64{{5}, {6}}},
		{"thousands", "Date,y\n2024-01,1\n2024-02,\"1,234\"\n", nil,
			[]string{"y"}, []string{"2024-01", "2024-02"}, [][]float64{{1}, {1234}}},
		{"decimal comma", "Date;y\n2024-01;1\n2024-02;1,5\n", nil,
			[]string{"y"}, []string{"2024-01", "2024-02"}, [][]float64{{1}, {1.5}}},
		{"newest first", "y,Date\n2,1/31/2024\n1,1/30/2024\n", nil,
			[]string{"y"}, []string{"1/30/2024", "1/31/2024"}, [][]float64{{1}, {2}}},
		{"years newest first", "Year,y\n2000,1\n1999,2\n", nil,
			[]string{"y"}, []string{"1999", "2000"}, [][]float64{{2}, {1}}},
		{"chosen columns", "Date,a,b,c\n2024-01,1,2,x\n2024-02,3,4,y\n", []Option{Columns("b", "a")},
			[]string{"b", "a"}, []string{"2024-01", "2024-02"}, [][]float64{{2, 1}, {4, 3}}},
		{"chosen column of years", "Year,a\n2023,1\n2024,2\n", []Option{Columns("a", "Year")},
			[]string{"a", "Year"}, nil, [][]float64{{1, 2023}, {2, 2024}}},
		{"years label chosen columns", "Year,a,b\n2023,1,5\n2024,2,6\n", []Option{Columns("b")},
			[]string{"b"}, []string{"2023", "2024"}, [][]float64{{5}, {6}}},
		{"chosen column without a header", "2024-01,1,2\n", []Option{Columns("column 3")},
			[]string{"column 3"}, []string{"2024-01"}, [][]float64{{2}}},
		{"columns that are not chosen may hold anything", "Date,a,b\n2024-01,1,\n2024-02,2,x\n2024-03,3,5\n", []Option{Columns("a")},
			[]string{"a"}, []string{"2024-01", "2024-02", "2024-03"}, [][]float64{{1}, {2}, {3}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := ReadCSV("f.csv", strings.NewReader(c.text), c.opts...)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(s.Variables, c.variables) {
				t.Errorf("variables %q, want %q", s.Variables, c.variables)
			}
			if !reflect.DeepEqual(s.Times, c.times) {
				t.Errorf("times %q, want %q", s.Times, c.times)
			}
			if !reflect.DeepEqual(s.Values, c.values) {
				t.Errorf("values %v, want %v", s.Values, c.values)
			}
		})
	}
}

func TestReadCSVErrors(t *testing.T) {
	for _, c := range []struct {
		name, text string
		opts       []Option
		want       string
	}{
		{"empty", "", nil,
			`f.csv: the file is empty; give it a row of names and a row of numbers for each step`},
		{"blank", "\ufeff\n\n", nil,
			`f.csv: the file is empty; give it a row of names and a row of numbers for each step`},
		{"header only", "Date,y\n", nil,
			`f.csv: line 1: a header and no rows below it; add a row of numbers for each step`},
		{"no numbers", "Date,y\n2024-01,abc\n", nil,
			`f.csv: no column of numbers: line 2, column "y": "abc" is not a finite number; write numbers as 1234.5, or leave the column out`},
		{"dates alone", "Date\n2024-01\n", nil,
			`f.csv: no column of numbers; add one with a number for each step`},
		{"nothing in the column", "Date,y\n2024-01,\n", nil,
			`f.csv: no column of numbers; add one with a number for each step`},
		{"ragged", "Date,y\n\n2024-01,1\n2024-02,2,3\n", nil,
			`f.csv: line 4: 3 fields where line 1 has 2; give every line the same number`},
		{"ragged, one field", "1,2\n3\n", nil,
			`f.csv: line 2: 1 field where line 1 has 2; give every line the same number`},
		{"names twice", "Date,y,y\n2024-01,1,2\n", nil,
			`f.csv: line 1: columns 2 and 3 are both named "y"; rename one`},
		{"text among numbers", "Date,y\n2024-01,1\n2024-02,x\n", nil,
			`f.csv: line 3, column "y": "x" is not a finite number; write numbers as 1234.5, or leave the column out`},
		{"text before numbers", "Date,y\n2024-01,x\n2024-02,1\n", nil,
			`f.csv: line 2, column "y": "x" is not a finite number; write numbers as 1234.5, or leave the column out`},
		{"long text", "1\n" + strings.Repeat("é", 100) + "\n", nil,
			`f.csv: line 2, column "column 1": "` + strings.Repeat("é", 60) + `…" is not a finite number; write numbers as 1234.5, or leave the column out`},
		{"infinite", "Date,y\n2024-01,1\n2024-02,-Inf\n", nil,
			`f.csv: line 3, column "y": "-Inf" is not a finite number; write a finite number, or leave it empty for a missing value`},
		{"too large", "Date,y,z\n2024-01,1e999,1\n", nil,
			`f.csv: line 2, column "y": "1e999" is not a finite number; write a finite number, or leave it empty for a missing value`},
		{"missing", "Date,y\n2024-01,1\n2024-02,\n", nil,
			`f.csv: line 3, column "y": missing value; choose a fill method (fill: previous, linear, mean or zero)`},
		{"missing first", "Date,y\n2024-01,NA\n2024-02,1\n", nil,
			`f.csv: line 2, column "y": missing value; choose a fill method (fill: previous, linear, mean or zero)`},
		{"the first fault is reported", "a,b,c\n1,2,3\n1,2,x\n1,,3\n?,2,3\n", nil,
			`f.csv: line 3, column "c": "x" is not a finite number; write numbers as 1234.5, or leave the column out`},
		{"lines below a quoted line break", "Date,\"y\ny\"\n2024-01,1\n2024-02,-\n", nil,
			`f.csv: line 4, column "y\ny": missing value; choose a fill method (fill: previous, linear, mean or zero)`},
		{"previous without one", "Date,y\n2024-01,?\n2024-02,1\n", []Option{Fill("previous")},
			`f.csv: line 2, column "y": missing value with none before it for the method previous; choose another (fill: linear or zero)`},
		{"mean without one", "Date,y\n2024-01,?\n2024-02,1\n", []Option{Fill("mean")},
			`f.csv: line 2, column "y": missing value with none before it for the method mean; choose another (fill: linear or zero)`},
		{"nothing to fill from", "Date,y\n2024-01,?\n", []Option{Fill("linear"), Columns("y")},
			`f.csv: line 2, column "y": no value in the whole column; leave it out`},
		{"fill leaves text", "y\n1\nx\n", []Option{Fill("zero")},
			`f.csv: line 3, column "y": "x" is not a finite number; write numbers as 1234.5, or leave the column out`},
		{"chosen column of text", "Date,y,z\n2024-01,a,1\n", []Option{Columns("y")},
			`f.csv: line 2, column "y": "a" is not a finite number; write numbers as 1234.5, or leave the column out`},
		{"chosen column unknown", "Date,Sales\n2024-01,1\n", []Option{Columns("Sale")},
			`f.csv: column "Sale" not found; did you mean "Sales"?`},
		{"dates go back", "Date,y\n2024-01-01,1\n2024-01-03,2\n2024-01-02,3\n", nil,
			`f.csv: line 4, column "Date": "2024-01-02" comes after "2024-01-03"; sort the rows, oldest first`},
		{"a date twice", "Date,y\n2024-01-01,1\n2024-01-02,2\n2024-01-02,3\n", nil,
			`f.csv: line 4, column "Date": "2024-01-02" is on line 3, too; if the file holds several series, name the column that tells them apart (id: NAME), or leave the times out (ignore: Date)`},
		{"a date less", "Date,y\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n2024-01-06,4\n", nil,
			`f.csv: line 5, column "Date": between "2024-01-03" and "2024-01-06" 2 times are missing; choose a fill method (fill: previous, linear, mean or zero)`},
		{"several series", "Date,shop,y\n2024-01-01,a,1\n2024-01-01,b,2\n2024-01-02,a,3\n2024-01-02,b,4\n", nil,
			`f.csv: it holds 2 series (by shop); read it with CSVPanel, or choose rows of one of them`},
		{"date unlike the others", "Date,y\n2024-01-01,1\n2024-13-01,2\n", nil,
			`f.csv: line 3, column "Date": "2024-13-01" is not a time like "2024-01-01"; write all times in one way`},
		{"text before dates", "Date,y\n11:34,1\n2024/01/01,2\n", nil,
			`f.csv: line 2, column "Date": "11:34" is not a time like "2024/01/01"; write all times in one way`},
		{"missing year", "Year,y\n,5\n2000,6\n", nil,
			`f.csv: line 2, column "Year": missing time; give every row one`},
		{"missing date", "Date,y\n2024-01-01,1\n,2\n", nil,
			`f.csv: line 3, column "Date": missing time; give every row one`},
		{"open quote", "Date,y\n2024-01-01,\"1\n", nil,
			`f.csv: line 2: a quotation mark inside a field or never closed; put fields that contain one in quotation marks and double it, or read it as part of the text (quote: none)`},
		{"bare quote", "Date,y\n2024-01-01,1\"\n", nil,
			`f.csv: line 2: a quotation mark inside a field or never closed; put fields that contain one in quotation marks and double it, or read it as part of the text (quote: none)`},
		{"fill method", "y\n1\n", []Option{Fill("meen")},
			`fill method "meen" not found; did you mean "mean"? (choose previous, linear, mean or zero)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := ReadCSV("f.csv", strings.NewReader(c.text), c.opts...)
			if err == nil || s != nil {
				t.Fatalf("got %+v, %v; want an error", s, err)
			}
			if err.Error() != c.want {
				t.Errorf("\n got %s\nwant %s", err, c.want)
			}
		})
	}
}

func TestReadCSVReadError(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, r := range []interface{ Read([]byte) (int, error) }{
		iotest.ErrReader(broken),
		// After the part that is looked at before the first row.
		iotest.TimeoutReader(strings.NewReader(strings.Repeat("1\n", 100_000))),
	} {
		s, err := ReadCSV("f.csv", r)
		if s != nil || err == nil || !strings.HasPrefix(err.Error(), "f.csv: cannot be read; ") {
			t.Errorf("got %v, %v; want a read error", s, err)
		}
	}
}

func TestCSVFileErrors(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "none.csv")
	_, err := CSV(missing)
	if !errors.Is(err, os.ErrNotExist) || strings.Count(err.Error(), "none.csv") != 1 {
		t.Errorf("missing file: %v; want an os.ErrNotExist that names it once", err)
	}
	_, err = CSV(dir)
	if err == nil || strings.Count(err.Error(), dir) != 1 {
		t.Errorf("folder: %v; want an error that names it once", err)
	}
}

func TestCSVUnknownFillMethod(t *testing.T) {
	_, err := CSV("none.csv", Fill("x"))
	var unknown *UnknownError
	if !errors.As(err, &unknown) || unknown.Kind != "fill method" {
		t.Errorf("got %v, want an UnknownError", err)
	}
}

func TestReadCSVInfo(t *testing.T) {
	for name, want := range map[string]string{"stdin": "stdin", "/a/b.c/sales.csv": "sales", "a.b.csv": "a.b", ".csv": ".csv"} {
		s, err := ReadCSV(name, strings.NewReader("1,2\n"), Period(-7))
		if err != nil {
			t.Fatal(err)
		}
		if info := s.Info(); info.Name != want || info.Source != name || info.Size != "1 row, 2 variables" || s.Period != 0 {
			t.Errorf("%s: %+v with period %d", name, info, s.Period)
		}
	}
}

// firstSeries reads the first series of a file.
func firstSeries(path string) (*Series, error) {
	p, err := CSVPanel(path)
	if err != nil {
		return nil, err
	}
	return p.Series[0], nil
}

// dropMissing takes the rows out of a series that are not in its file: days without trade, or the last ones of leap years.
func dropMissing(s *Series) {
	n := 0
	for i, row := range s.Values {
		if !slices.ContainsFunc(row, math.IsNaN) {
			s.Values[n], s.Times[n] = row, s.Times[i]
			n++
		}
	}
	s.Values, s.Times = s.Values[:n], s.Times[:n]
}

func TestCSVReadsOriginals(t *testing.T) {
	for _, c := range embeddedSeries {
		t.Run(c.name, func(t *testing.T) {
			path := original(t, c.original)
			s, err := firstSeries(path)
			if c.name == "co2" {
				if want := path + ": line 2: 7 fields where line 1 has 6; give every line the same number"; err == nil || err.Error() != want {
					t.Errorf("got %v, want %s", err, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			dropMissing(s)
			want := c.series()
			if !reflect.DeepEqual(s.Values, want.Values) || !reflect.DeepEqual(s.Times, want.Times) {
				t.Error("values or times differ from the embedded series")
			}
		})
	}
	for _, c := range []struct {
		path string
		n, v int
		err  string // its end
	}{
		{"ett/ETTh1.csv", 17420, 7, ""},
		{"small-series/monthly-shampoo-sales.csv", 36, 1, ""}, // months as 1-01
		{"stocks/stockdata.csv", 2306, 5, ""},                 // the date comes last
		{"stocks/finance-charts-apple.csv", 506, 9, ""},       // text in the last column
		{"stocks/sp500.csv", 123, 1, ""},                      // Jan 1 2000
		{"stocks/stocks.csv", 123, 1, ""},                     // five series, one behind the other
		{"stocks/tesla-stock-price.csv", 0, 0, `line 2, column "date": "11:34" is not a time like "2018/10/15"; write all times in one way`},
	} {
		t.Run(c.path, func(t *testing.T) {
			s, err := firstSeries(original(t, c.path))
			if c.err != "" {
				if err == nil || !strings.HasSuffix(err.Error(), c.err) {
					t.Errorf("got %v, want …%s", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			dropMissing(s)
			if s.Len() != c.n || s.Width() != c.v || len(s.Times) != c.n {
				t.Errorf("shape [%d, %d] with %d times, want [%d, %d]", s.Len(), s.Width(), len(s.Times), c.n, c.v)
			}
		})
	}
}
