package datasets

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// nan is a missing value.
var nan = math.NaN()

// sameValues reports whether rows of values are the same, missing ones among them.
func sameValues(a, b [][]float64) bool {
	return fmt.Sprint(a) == fmt.Sprint(b)
}

// Files that were read wrongly once: each stands for a kind of its own.
func TestCSVPanelFiles(t *testing.T) {
	for _, c := range []struct {
		file        string
		variables   []string
		series, len int
		times       [3]string // the first, the last, and what follows
		first, last []float64
		notices     []string // that are among those
	}{
		{"rownames_time", []string{"value"}, 1, 120, [3]string{"1990", "1999.9166667", "2000"}, []float64{100}, []float64{211.5},
			[]string{"time from 1990 to 1999.9166667, monthly", "forecasts value; times time; ignores rownames"}},
		{"thousands_all", []string{"Price", "Volume"}, 1, 80, [3]string{"2020-01-01", "2020-03-20", "2020-03-21"}, []float64{1100.27, 3}, []float64{1099.52, 556},
			[]string{`"1,100.27" is read as 1100.27 (Price)`}},
		{"decimal_comma2", []string{"Wert", "Zahl"}, 1, 80, [3]string{"01.01.2020", "20.03.2020", "21.03.2020"}, []float64{100.58, 0}, []float64{99.28, 7},
			[]string{`"100,58" is read as 100.58 (Wert)`}},
		{"investing", []string{"Price", "Open", "Vol.", "Change %"}, 1, 80, [3]string{"Jan 01, 2020", "Mar 20, 2020", "Mar 21, 2020"},
			[]float64{100.38, 100.29, 100820, 0.44}, []float64{99.82, 99.38, 99950, 0.98},
			[]string{`"100.82K" is read as 100820 (Vol.), "0.44%" is read as 0.44 (Change %)`}},
		{"fred_dot", []string{"DFII5"}, 1, 80, [3]string{"2020-01-01", "2020-03-20", "2020-03-21"}, []float64{nan}, []float64{99.48},
			[]string{"missing: 5 of 80 values (fill: previous, linear, mean or zero puts others in their place)"}},
		{"na_hashna", []string{"v"}, 1, 80, [3]string{"2020-01-01", "2020-03-20", "2020-03-21"}, []float64{100.36}, []float64{99.51},
			[]string{"missing: 1 of 80 values (fill: previous, linear, mean or zero puts others in their place)"}},
		{"fullmonth", []string{"y"}, 1, 80, [3]string{"January 2000", "August 2006", "September 2006"}, []float64{100.68}, []float64{99.41}, nil},
		{"fulldate", []string{"y"}, 1, 80, [3]string{"April 20, 2020", "July 08, 2020", "July 09, 2020"}, []float64{100.61}, []float64{99.79}, nil},
		{"h24", []string{"y"}, 1, 96, [3]string{"2020-01-01 01:00", "2020-01-04 24:00", "2020-01-05 01:00"}, []float64{100}, []float64{104},
			[]string{"time from 2020-01-01 01:00 to 2020-01-04 24:00, hourly"}},
		{"yyyymmdd", []string{"y"}, 1, 92, [3]string{"20200501", "20200731", "20200801"}, []float64{100.23}, []float64{93.96}, nil},
		{"under_period", []string{"sales"}, 1, 80, [3]string{"2000_01", "2006_08", "2006_09"}, []float64{100.92}, []float64{178.56}, nil},
		{"newest_ddMonyyyy", []string{"Close"}, 1, 80, [3]string{"01-Jan-2020", "20-Mar-2020", "21-Mar-2020"}, []float64{100.93}, []float64{179.04},
			[]string{"the newest rows come first in the file: they are turned round, oldest first"}},
		{"newest_quarter", []string{"Close"}, 1, 80, [3]string{"1990Q1", "2009Q4", "2010Q1"}, []float64{100.88}, []float64{178.44},
			[]string{"the newest rows come first in the file: they are turned round, oldest first"}},
		{"panel_by_date", []string{"sales"}, 3, 60, [3]string{"2020-01-01", "2020-02-29", "2020-03-01"}, []float64{1100.67}, []float64{1093.61},
			[]string{"3 series by store, of 60 steps (id chooses others)", "forecasts sales; times date; ids store"}},
		{"nixtla_int", []string{"y"}, 3, 60, [3]string{"1", "60", "61"}, []float64{1100.49}, []float64{1093.81},
			[]string{"3 series by unique_id, of 60 steps (id chooses others)", "forecasts y; times ds; ids unique_id"}},
		{"wide_m4", []string{"value"}, 3, 40, [3]string{}, []float64{100.15}, []float64{110.1},
			[]string{"3 series, one in each row, named by V1, of 38 to 40 steps"}},
		{"comment", []string{"y"}, 1, 80, [3]string{"2020-01-01", "2020-03-20", "2020-03-21"}, []float64{100.3}, []float64{99.42},
			[]string{"2 lines of comments skipped"}},
		{"cr_only", []string{"y"}, 1, 80, [3]string{"2020-01-01", "2020-03-20", "2020-03-21"}, []float64{100.09}, []float64{100.05},
			[]string{"lines end with a carriage return alone, and are read as such"}},
		{"pipe", []string{"y"}, 1, 80, [3]string{"2020-01-01", "2020-03-20", "2020-03-21"}, []float64{100.56}, []float64{100.05}, nil},
		{"big160", []string{"y"}, 1, 80, [3]string{}, []float64{1e160}, []float64{2e160}, nil},
		{"constant2", []string{"x", "k"}, 1, 80, [3]string{}, []float64{100.06, 5}, []float64{99.33, 5}, nil},
	} {
		t.Run(c.file, func(t *testing.T) {
			d, err := Open("csv:" + filepath.Join("testdata", "series", c.file+".csv"))
			if err != nil {
				t.Fatal(err)
			}
			p := PanelOf(d)
			if _, one := d.(*Series); one != (c.series == 1 && !math.IsNaN(c.first[0]) && c.file != "na_hashna") {
				t.Errorf("it is a %T", d)
			}
			if !reflect.DeepEqual(p.Variables(), c.variables) || len(p.Series) != c.series {
				t.Fatalf("%d series of %q, want %d of %q", len(p.Series), p.Variables(), c.series, c.variables)
			}
			s := p.Series[0]
			if s.Len() != c.len || !sameValues(s.Values[:1], [][]float64{c.first}) || !sameValues(s.Values[s.Len()-1:], [][]float64{c.last}) {
				t.Errorf("%d rows, first %v and last %v; want %d, %v and %v", s.Len(), s.Values[0], s.Values[s.Len()-1], c.len, c.first, c.last)
			}
			if c.times[0] != "" {
				form, at, every, err := s.Clock()
				if err != nil {
					t.Fatal(err)
				}
				if got := [3]string{s.Times[0], s.Times[s.Len()-1], form.Write(every.Next(at[len(at)-1], 1))}; got != c.times {
					t.Errorf("times %q, want %q", got, c.times)
				}
			} else if s.Times != nil {
				t.Errorf("times %q", s.Times)
			}
			for _, want := range c.notices {
				if !slices.Contains(d.Info().Notices, want) {
					t.Errorf("no notice %s among\n%s", want, strings.Join(d.Info().Notices, "\n"))
				}
			}
		})
	}
}

// dated returns rows of so many days from 2020-01-01, each made of its date and number.
func dated(n int, row func(date string, i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(row(fmt.Sprintf("2020-%02d-%02d", 1+i/28, 1+i%28), i) + "\n")
	}
	return b.String()
}

func TestReadCSVPanel(t *testing.T) {
	two := func(a, b string) string { // series in turns
		return "date,shop,y\n2020-01-01," + a + ",1\n2020-01-01," + b + ",2\n2020-01-02," + a + ",3\n2020-01-02," + b + ",4\n2020-01-03," + a + ",5\n2020-01-03," + b + ",6\n"
	}
	for _, c := range []struct {
		name, text string
		opts       []Option
		ids        []string
		variables  []string
		times      []string // of the first series
		values     [][]float64
		notice     string // one of the notices
	}{
		// Numbers.
		{"euro behind", "v\n1.100,50 €\n2 €\n", nil, []string{""}, []string{"v"}, nil, [][]float64{{1100.5}, {2}}, `"1.100,50 €" is read as 1100.5 (v)`},
		{"narrow spaces", "v\n1\u202f100,5\n12\n", nil, []string{""}, []string{"v"}, nil, [][]float64{{1100.5}, {12}}, ""},
		{"apostrophes", "v\nCHF 1'100.50\nCHF 2’000’000\n", nil, []string{""}, []string{"v"}, nil, [][]float64{{1100.5}, {2e6}}, ""},
		{"brackets", "v,w\n(3.5),$4\n7,-$2.25\n", nil, []string{""}, []string{"v", "w"}, nil, [][]float64{{-3.5, 4}, {7, -2.25}}, ""},
		{"minus signs", "v\n−3.5\n+4\n–5\n6-\n", nil, []string{""}, []string{"v"}, nil, [][]float64{{-3.5}, {4}, {-5}, {-6}}, ""},
		{"powers of a thousand", "v\n12.3K\n1.2M\n3B\n-0.5T\n7\n", nil, []string{""}, []string{"v"}, nil, [][]float64{{12300}, {1.2e6}, {3e9}, {-5e11}, {7}}, `"12.3K" is read as 12300 (v)`},
		{"percent", "v\n\"12,5 %\"\n-3%\n", nil, []string{""}, []string{"v"}, nil, [][]float64{{12.5}, {-3}}, ""},
		{"lakhs", "v\n\"12,34,567.5\"\n\"1,00,000\"\n", nil, []string{""}, []string{"v"}, nil, [][]float64{{1234567.5}, {100000}}, ""},
		{"a point that other cells show between thousands", "v;w\n1.100;a\n1.100.200;b\n", nil, []string{""}, []string{"v"}, nil, [][]float64{{1100}, {1100200}}, ""},
		{"a point that another column shows between thousands", "v;w\n1.100;1,5\n2.200;2,25\n", nil, []string{""}, []string{"v", "w"}, nil, [][]float64{{1100, 1.5}, {2200, 2.25}},
			`column "v": "1.100" is read as 1100 (decimal: . reads it otherwise)`},
		{"three digits behind a point", "v\n1.100\n2.200\n", nil, []string{""}, []string{"v"}, nil, [][]float64{{1.1}, {2.2}}, ""},
		{"a comma that nothing decides", "v\n\"1,100\"\n\"2,200\"\n", nil, []string{""}, []string{"v"}, nil, [][]float64{{1100}, {2200}}, `column "v": "1,100" is read as 1100 (decimal: , reads it otherwise)`},
		{"the same by option", "v\n\"1,100\"\n\"2,200\"\n", []Option{Decimal(",")}, []string{""}, []string{"v"}, nil, [][]float64{{1.1}, {2.2}}, ""},
		{"points between thousands by option", "v\n1.100\n2.200\n", []Option{Thousands(".")}, []string{""}, []string{"v"}, nil, [][]float64{{1100}, {2200}}, ""},
		{"marks of missing values", "v,w\n1,1\n.,2\n..,3\n#N/A,4\n<NA>,5\nNaT,6\n-,7\n*,8\n#DIV/0!,9\n#VALUE!,1\nn/a,2\nNULL,3\nNone,4\n--,5\n—,6\n,7\n", nil, []string{""}, []string{"v", "w"}, nil,
			[][]float64{{1, 1}, {nan, 2}, {nan, 3}, {nan, 4}, {nan, 5}, {nan, 6}, {nan, 7}, {nan, 8}, {nan, 9}, {nan, 1}, {nan, 2}, {nan, 3}, {nan, 4}, {nan, 5}, {nan, 6}, {nan, 7}}, ""},
		{"own marks", "v,w\nclosed,1\n-999,2\n-999.0,3\n3,4\n7,9\n", []Option{Missing("Closed", "-999")}, []string{""}, []string{"v", "w"}, nil, [][]float64{{nan, 1}, {nan, 2}, {nan, 3}, {3, 4}, {7, 9}}, ""},

		// What is around the table.
		{"title, blank line and source", "Report\n\ndate,y\n2020-01-01,1\n2020-01-02,2\nSource: us\n", nil, []string{""}, []string{"y"}, []string{"2020-01-01", "2020-01-02"}, [][]float64{{1}, {2}},
			`line 6 below the table is skipped: "Source: us"`},
		{"title and note of a spreadsheet", "Report,,\n,,\ndate,y,z\n2020-01-01,1,5\n2020-01-02,2,6\n,,\nNote,,\n", nil, []string{""}, []string{"y", "z"}, []string{"2020-01-01", "2020-01-02"}, [][]float64{{1, 5}, {2, 6}},
			`2 lines above the table are skipped, the first of them "Report" on line 1`},
		{"units below the names", "date,y,z\n,°C,m/s\n2020-01-01,1,5\n2020-01-02,2,6\n", nil, []string{""}, []string{"y", "z"}, []string{"2020-01-01", "2020-01-02"}, [][]float64{{1, 5}, {2, 6}},
			`line 2 beside the names of the columns is skipped: "°C m/s"`},
		{"units above the names", ",°C\ndate,y\n2020-01-01,1\n2020-01-02,2\n", nil, []string{""}, []string{"y"}, []string{"2020-01-01", "2020-01-02"}, [][]float64{{1}, {2}}, ""},
		{"names three deep", "Price,Close,High\nTicker,A,A\nDate,,\n2020-01-01,1,5\n2020-01-02,2,6\n", nil, []string{""}, []string{"Close", "High"}, []string{"2020-01-01", "2020-01-02"}, [][]float64{{1, 5}, {2, 6}}, ""},
		{"names in a comment", "# made by us\n# date, y\n2020-01-01, 1\n2020-01-02, 2\n", nil, []string{""}, []string{"y"}, []string{"2020-01-01", "2020-01-02"}, [][]float64{{1}, {2}}, `the names of the columns are those of the comment "# date, y"`},
		{"comments between rows", "date,y\n// first\n2020-01-01,1\n# second\n2020-01-02,2\n", nil, []string{""}, []string{"y"}, []string{"2020-01-01", "2020-01-02"}, [][]float64{{1}, {2}}, "2 lines of comments skipped"},
		{"errors of a spreadsheet are no comments", "y,z\n#N/A,1\n#DIV/0!,5\n3,2\n4,7\n", nil, []string{""}, []string{"y", "z"}, nil, [][]float64{{nan, 1}, {nan, 5}, {3, 2}, {4, 7}}, ""},
		{"a separator behind each row", "date,y\n2020-01-01,1,\n2020-01-02,2,\n", nil, []string{""}, []string{"y"}, []string{"2020-01-01", "2020-01-02"}, [][]float64{{1}, {2}}, ""},
		{"runs of blanks", "year  month  y\n1990   1   5.5\n1990  12   6\n1991   1   7\n", nil, []string{""}, []string{"y"}, []string{"1990-01"}, nil, ""},
		{"as R writes", "\"x\" \"y\"\n\"1\" 3.5 4\n\"2\" 5.5 9\n", nil, []string{""}, []string{"x", "y"}, []string{"1", "2"}, [][]float64{{3.5, 4}, {5.5, 9}}, ""},

		// Times.
		{"date and hour", "date,hour,y\n2020-01-01,23,1\n2020-01-01,24,2\n2020-01-02,1,3\n", nil, []string{""}, []string{"y"}, []string{"2020-01-01 23:00", "2020-01-01 24:00", "2020-01-02 01:00"}, [][]float64{{1}, {2}, {3}},
			"date, hour from 2020-01-01 23:00 to 2020-01-02 01:00, hourly"},
		{"date and clock", "2020-01-01 22:30 1\n2020-01-01 23:00 2\n2020-01-01 23:30 3\n", nil, []string{""}, []string{"column 3"}, []string{"2020-01-01 22:30", "2020-01-01 23:00", "2020-01-01 23:30"}, [][]float64{{1}, {2}, {3}}, ""},
		{"year, month, day and hour", "year,month,day,hour,y\n2020,2,28,23,5\n2020,2,29,0,6\n2020,2,29,1,7\n", nil, []string{""}, []string{"y"}, []string{"2020-02-28 23:00", "2020-02-29 00:00", "2020-02-29 01:00"}, [][]float64{{5}, {6}, {7}}, ""},
		{"year and quarter", "Year,Quarter,y\n1999,4,5\n2000,1,6\n", nil, []string{""}, []string{"y"}, []string{"1999Q4", "2000Q1"}, [][]float64{{5}, {6}}, ""},
		{"year and month by name", "Year,Month,y\n1999,Dec,5\n2000,Jan,6\n", nil, []string{""}, []string{"y"}, []string{"Dec 1999", "Jan 2000"}, [][]float64{{5}, {6}}, ""},
		{"serial numbers", "Date,y\n43831,5\n43832,6\n43834,7\n43833,8\n", nil, nil, nil, nil, nil, `"43833" comes after "43834"`},
		{"serial numbers in order", "Date,y\n43831,5\n43832,6\n43833,7\n", nil, []string{""}, []string{"y"}, []string{"43831", "43832", "43833"}, [][]float64{{5}, {6}, {7}}, "Date from 43831 to 43833, daily"},
		{"times of Unix", "timestamp,y\n1577836800,5\n1577840400,6\n1577844000,7\n", nil, []string{""}, []string{"y"}, []string{"1577836800", "1577840400", "1577844000"}, [][]float64{{5}, {6}, {7}}, "timestamp from 1577836800 to 1577844000, hourly"},
		{"newest first, the month first", "Date,y\n1/14/2020,1\n1/13/2020,2\n1/12/2020,3\n", nil, []string{""}, []string{"y"}, []string{"1/12/2020", "1/13/2020", "1/14/2020"}, [][]float64{{3}, {2}, {1}}, "the newest rows come first in the file: they are turned round, oldest first"},
		{"missing times", "date,y\n2020-01-30,1\n2020-01-31,2\n2020-02-02,3\n2020-02-03,4\n2020-02-04,5\n", nil, []string{""}, []string{"y"}, []string{"2020-01-30", "2020-01-31", "2020-02-01", "2020-02-02", "2020-02-03", "2020-02-04"}, [][]float64{{1}, {2}, {nan}, {3}, {4}, {5}},
			`one time is missing (daily), the first of them "2020-02-01": their values are missing`},
		{"missing times filled", "date,y\n2020-01-30,1\n2020-01-31,2\n2020-02-02,3\n2020-02-03,4\n2020-02-04,5\n", []Option{Fill("linear")}, []string{""}, []string{"y"}, nil, [][]float64{{1}, {2}, {2.5}, {3}, {4}, {5}}, "filled: 1 of 6 values (fill: linear)"},
		{"business days", "date,y\n2020-01-02,1\n2020-01-03,2\n2020-01-06,3\n2020-01-07,4\n", nil, []string{""}, []string{"y"}, []string{"2020-01-02", "2020-01-03", "2020-01-06", "2020-01-07"}, [][]float64{{1}, {2}, {3}, {4}}, "date from 2020-01-02 to 2020-01-07, business days"},
		{"uneven times", "date,y\n2020-01-02,1\n2020-01-03,2\n2020-01-05,3\n2020-01-05 13:27:11,4\n", nil, []string{""}, []string{"y"}, nil, [][]float64{{1}, {2}, {3}, {4}},
			"date from 2020-01-02 to 2020-01-05 13:27:11, each row a step: times are not at even distances: 2020-01-03 comes after 2020-01-02, which is like no other"},
		{"years without a header", "1999,5\n2000,6\n2001,9\n", nil, []string{""}, []string{"column 2"}, []string{"1999", "2000", "2001"}, [][]float64{{5}, {6}, {9}}, ""},
		{"dates of digits under another name", "<TICKER>,<DTYYYYMMDD>,<CLOSE>\nA,20200130,5\nA,20200131,6\nA,20200201,9\n", nil, []string{""}, []string{"<CLOSE>"}, []string{"20200130", "20200131", "20200201"}, [][]float64{{5}, {6}, {9}}, ""},
		{"a second time", "date,time,y\n20200130,0,5\n20200131,0,6\n20200201,0,9\n", nil, []string{""}, []string{"y"}, []string{"20200130"}, nil, "forecasts y; times date; ignores time"},
		{"a clock of digits", "<DATE>,<TIME>,<CLOSE>\n20200130,093000,5\n20200130,100000,6\n20200130,103000,9\n20200131,093000,2\n20200131,100000,3\n", nil, []string{""}, []string{"<CLOSE>"}, []string{"20200130 09:30:00", "20200130 10:00:00", "20200130 10:30:00"}, nil, ""},
		{"times of Unix with a fraction", "ts,y\n1577836800.0,5\n1577840400.0,6\n1577844000.0,7\n", nil, []string{""}, []string{"y"}, []string{"1577836800.0"}, [][]float64{{5}, {6}, {7}}, ""},
		{"named times", "when,start,y\n2020-02-01,2020-01-01,1\n2020-02-01,2020-01-02,2\n", []Option{Time("start"), Ignore("when")}, []string{""}, []string{"y"}, []string{"2020-01-01", "2020-01-02"}, [][]float64{{1}, {2}}, ""},

		// Series.
		{"in turns", two("a", "b"), nil, []string{"a", "b"}, []string{"y"}, []string{"2020-01-01", "2020-01-02", "2020-01-03"}, [][]float64{{1}, {3}, {5}}, "2 series by shop, of 3 steps (id chooses others)"},
		{"numbers in turns", two("7", "12"), nil, []string{"7", "12"}, []string{"y"}, nil, [][]float64{{1}, {3}, {5}}, ""},
		{"zeros in front", two("007", "7"), []Option{ID("shop")}, []string{"007", "7"}, []string{"y"}, nil, [][]float64{{1}, {3}, {5}}, "2 series by shop, of 3 steps"},
		{"two columns", "date,shop,item,y\n" + dated(4, func(d string, i int) string {
			return fmt.Sprintf("%s,a,1,%d\n%[1]s,a,2,%d\n%[1]s,b,1,%d\n%[1]s,b,2,%d", d, 4*i, 3*i+7, 9-i, i*i)
		}), nil, []string{"a / 1", "a / 2", "b / 1", "b / 2"}, []string{"y"}, nil, [][]float64{{0}, {4}, {8}, {12}}, "4 series by shop, item, of 4 steps (id chooses others)"},
		{"newest first, one behind the other", "shop,date,y\na,2020-01-03,1\na,2020-01-02,2\na,2020-01-01,3\nb,2020-01-02,4\nb,2020-01-01,5\n", nil, []string{"a", "b"}, []string{"y"}, nil, [][]float64{{3}, {2}, {1}}, "the newest rows come first in the file: they are turned round, oldest first"},
		{"years of countries", "Country,Year,GDP\nA,1990,1\nA,1991,2\nA,1992,3\nB,1990,4\nB,1991,5\nB,1992,6\n", nil, []string{"A", "B"}, []string{"GDP"}, []string{"1990", "1991", "1992"}, [][]float64{{1}, {2}, {3}}, ""},
		{"a gap in one", "date,shop,y\n" + dated(6, func(d string, i int) string {
			if i == 2 {
				return d + ",b,5"
			}
			return d + ",a," + fmt.Sprint(i*i) + "\n" + d + ",b,7.5"
		}), nil, []string{"a", "b"}, []string{"y"}, nil, [][]float64{{0}, {1}, {nan}, {9}, {16}, {25}}, `one time is missing (daily), the first of them "2020-01-03" of "a", in 1 of 2 series: their values are missing`},
		{"without times", "unique_id,y\na,1\na,5\na,2\nb,3\nb,9\n", nil, []string{"a", "b"}, []string{"y"}, nil, [][]float64{{1}, {5}, {2}}, ""},
		{"rows of years", "Country,Code,1990,1991,1992\nA,x,1,2,3\nB,y,4,,6\n", nil, []string{"A", "B"}, []string{"value"}, []string{"1990", "1991", "1992"}, [][]float64{{1}, {2}, {3}}, "times from 1990 to 1992, yearly"},
		{"rows of dates, newest first", "id,2020-01-03,2020-01-02,2020-01-01\nA,1,2,3\n", nil, []string{"A"}, []string{"value"}, []string{"2020-01-01", "2020-01-02", "2020-01-03"}, [][]float64{{3}, {2}, {1}}, ""},
		{"rows of numbered steps", "id,d_1,d_2,d_3\nA,1,2,3\nB,4,5,6\n", nil, []string{"A", "B"}, []string{"value"}, nil, [][]float64{{1}, {2}, {3}}, ""},
		{"rows with coordinates", "Province/State,Country/Region,Lat,Long,1/22/20,1/23/20,1/24/20\n,Chile,33.9,67.7,1,2,3\nAnhui,China,31.8,117.2,4,5,6\nHebei,China,38,116.1,7,8,9\n", nil,
			[]string{"Chile", "China / Anhui", "China / Hebei"}, []string{"value"}, []string{"1/22/20", "1/23/20", "1/24/20"}, [][]float64{{1}, {2}, {3}}, "forecasts value; ids Country/Region, Province/State; ignores Lat, Long"},
		{"rows that are shorter", "V1,V2,V3,V4\nA,1,2\nB,4,5,6\n", nil, []string{"A", "B"}, []string{"value"}, nil, [][]float64{{1}, {2}}, "2 series, one in each row, named by V1, of 2 to 3 steps"},

		// Roles.
		{"row numbers", "Unnamed: 0,date,y\n0,2020-01-01,5\n1,2020-01-02,3\n2,2020-01-03,4\n", nil, []string{""}, []string{"y"}, nil, [][]float64{{5}, {3}, {4}}, "forecasts y; times date; ignores Unnamed: 0"},
		{"what the date says", "date,year,dow,y\n2020-01-01,2020,2,5\n2020-01-02,2020,3,3\n2020-01-03,2020,4,4\n", nil, []string{""}, []string{"y"}, nil, [][]float64{{5}, {3}, {4}}, "forecasts y; times date; ignores year, dow"},
		{"numbers that count up", "n,y\n7,5\n8,3\n9,4\n", nil, []string{""}, []string{"y"}, nil, [][]float64{{5}, {3}, {4}}, "forecasts y; ignores n"},
		{"nothing but numbers that count up", "n\n7\n8\n9\n", nil, []string{""}, []string{"n"}, nil, [][]float64{{7}, {8}, {9}}, ""},
		{"static", "date,shop,kind,size,y\n" + dated(3, func(d string, i int) string { return fmt.Sprintf("%s,a,x,10,%d\n%[1]s,b,z,20,%d", d, i*i, 5-i) }), nil, []string{"a", "b"}, []string{"y"}, nil, [][]float64{{0}, {1}, {4}}, "forecasts y; times date; ids shop; static kind, size"},
		{"series that never change", "date,shop,y\n2020-01-01,a,5\n2020-01-02,a,5\n2020-01-03,a,5\n2020-01-01,b,7\n2020-01-02,b,7\n2020-01-03,b,7\n", nil, []string{"a", "b"}, []string{"y"}, nil, [][]float64{{5}, {5}, {5}}, ""},
		{"target and what is known", "date,y,price,promo,note\n2020-01-01,5,1,True,a\n2020-01-02,3,2,False,b\n2020-01-03,,3,True,c\n", []Option{Target("y"), Known("price", "promo")}, []string{""}, []string{"y", "price", "promo"}, nil,
			[][]float64{{5, 1, 1}, {3, 2, 0}, {nan, 3, 1}}, "forecasts y; times date; knows ahead price, promo; ignores note"},
		{"the future is not filled", "date,y,price\n2020-01-01,5,1\n2020-01-02,,\n2020-01-03,3,3\n2020-01-04,,4\n", []Option{Known("price"), Fill("previous")}, []string{""}, []string{"y", "price"}, nil, [][]float64{{5, 1}, {5, 1}, {3, 3}, {nan, 4}}, ""},
		{"the rest is known up to now", "date,a,b,c\n2020-01-01,5,1,9\n2020-01-02,3,2,8\n", []Option{Target("b"), Columns("a", "b")}, []string{""}, []string{"b", "a"}, nil, [][]float64{{1, 5}, {2, 3}}, "forecasts b; times date; knows up to now a; ignores c"},
		{"kinds of which some are numbers", "date,kind,y\n" + dated(40, func(d string, i int) string {
			return d + "," + []string{"0", "0", "0", "a", "b"}[i%5] + "," + fmt.Sprint(i*i%7)
		}), nil, []string{""}, []string{"y"}, nil, nil, "forecasts y; times date; ignores kind"},
		{"series without a value", "date,shop,y\n2020-01-01,a,1\n2020-01-02,a,2\n2020-01-03,a,1\n2020-01-01,b,\n2020-01-02,b,\n2020-01-01,c,1e300\n", nil, []string{"a", "c"}, []string{"y"}, nil, nil, "left out, since they have no value of y: b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := ReadCSVPanel("f.csv", strings.NewReader(c.text), c.opts...)
			if c.ids == nil {
				if err == nil || !strings.Contains(err.Error(), c.notice) {
					t.Fatalf("error %v, want %s", err, c.notice)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, s := range p.Series {
				ids = append(ids, s.ID)
			}
			s := p.Series[0]
			notices := strings.Join(p.Meta.Notices, "\n")
			if !slices.Equal(ids, c.ids) || !slices.Equal(p.Variables(), c.variables) {
				t.Errorf("series %q of %q, want %q of %q\n%s", ids, p.Variables(), c.ids, c.variables, notices)
			}
			if c.times != nil && !slices.Equal(s.Times[:len(c.times)], c.times) {
				t.Errorf("times %q, want %q\n%s", s.Times, c.times, notices)
			}
			if c.values != nil && !sameValues(s.Values, c.values) {
				t.Errorf("values %v, want %v\n%s", s.Values, c.values, notices)
			}
			if c.notice != "" && !slices.Contains(p.Meta.Notices, c.notice) {
				t.Errorf("no notice %s among\n%s", c.notice, notices)
			}
		})
	}
}

func TestReadCSVPanelErrors(t *testing.T) {
	for _, c := range []struct {
		name, text string
		opts       []Option
		want       string
	}{
		{"a time twice", "date,shop,y\n" + dated(10, func(d string, i int) string { return d + ",a,1.5\n" + d + ",b,2" }) + "2020-01-03,a,4\n", nil,
			`f.csv: line 22, column "date", series "a": "2020-01-03" is on line 6, too; keep one of them, or name more columns that tell series apart (id: NAME,NAME), or leave the times out (ignore: date)`},
		{"a time that goes back", "shop,date,y\na,2020-01-01,1\na,2020-01-02,2\nb,2020-01-01,3\nb,2020-01-03,4\nb,2020-01-02,5\n", []Option{ID("shop")},
			`f.csv: line 6, column "date", series "b": "2020-01-02" comes after "2020-01-03"; sort the rows, oldest first`},
		{"no name of a series", "shop,date,y\na,2020-01-01,1\n,2020-01-02,2\n", []Option{ID("shop")}, `f.csv: line 3, column "shop": missing name of a series; give every row one`},
		{"an unknown column", "shop,date,y\na,2020-01-01,1\n", []Option{ID("shops")}, `f.csv: column "shops" not found; did you mean "shop"?`},
		{"known ahead and text", "date,y,holiday\n2020-01-01,1,Xmas\n2020-01-02,2,\n", []Option{Known("holiday")},
			`f.csv: line 2, column "holiday": "Xmas" is not a finite number; write numbers as 1234.5, or leave the column out`},
		{"no value", "date,y\n2020-01-01,\n2020-01-02,NA\n", nil, `f.csv: no column of numbers; add one with a number for each step`},
		{"no value of what is chosen", "date,y,z\n2020-01-01,,1\n2020-01-02,NA,2\n", []Option{Target("y")}, `f.csv: no row has a value of y; is it the right column?`},
		{"no value in any series", "shop,date,y,z\na,2020-01-01,,1\nb,2020-01-01,,3\na,2020-01-02,NA,2\nb,2020-01-02,,2\n", []Option{Target("y")}, `f.csv: no row has a value of y; is it the right column?`},
		{"both marks", "v\n\"1,5\"\n1.5\n", nil, `f.csv: line 2, column "v": "1,5" is not a finite number; write numbers as 1234.5, or leave the column out`},
		{"a row of a series twice", "id,d_1,d_2,d_3\n" + dated(56, func(d string, _ int) string { return "on " + d + ",1,2,3" }) + "on 2020-01-01,1,2,3\n", nil,
			`f.csv: line 58: series "on 2020-01-01" is on line 2, too; name more columns that tell series apart (id: NAME,NAME)`},
		{"nothing before a gap", "shop,date,y\na,2020-01-01,\na,2020-01-02,2\nb,2020-01-01,3\nb,2020-01-02,4\n", []Option{ID("shop"), Fill("previous")},
			`f.csv: line 2, column "y", series "a": missing value with none before it for the method previous; choose another (fill: linear or zero)`},
		{"far too many missing times", "date,y\n0001-01-01 00:00:00,1\n0001-01-01 00:00:01,2\n0001-01-01 00:00:02,2\n9999-01-01 00:00:00,3\n", nil,
			`f.csv: line 5, column "date": between "9999-01-01 00:00:00" and the time before it, "0001-01-01 00:00:02", 315506361597 times are missing, many more than there are rows; is it right? Leave the times out (ignore: date) if each row is a step`},
		{"two roles", "y\n1\n", []Option{Known("a"), Past("a")}, `past "a": it is one of known, too; name it for one of them`},
		{"a decimal mark", "y\n1\n", []Option{Decimal(";")}, `decimal ";": choose "." or ","`},
		{"one mark for both", "y\n1\n", []Option{Decimal("."), Thousands(".")}, `thousands ".": it is the decimal mark; choose another`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := ReadCSVPanel("f.csv", strings.NewReader(c.text), c.opts...)
			if err == nil || p != nil {
				t.Fatalf("got %+v, %v; want an error", p, err)
			}
			if !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("\n got %s\nwant %s", err, c.want)
			}
			var usage *option.UsageError
			if strings.HasPrefix(c.want, "f.csv") == errors.As(err, &usage) {
				t.Errorf("%T", err)
			}
		})
	}
}

// Named datasets heed the roles, too.
func TestRolesOfNamed(t *testing.T) {
	s := &Series{Meta: Info{Name: "two"}, Variables: []string{"a", "b", "c"}, Values: [][]float64{{1, 10, 100}, {2, 20, 200}}}
	gathered := func(opts ...Option) options {
		o, err := gather(opts)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	copied := func() *Series { c := *s; return &c }
	d, err := copied().heed(gathered(Target("c"), Known("a")))
	if err != nil {
		t.Fatal(err)
	}
	p, ok := d.(*Panel)
	if !ok || !slices.Equal(p.Targets, []string{"c"}) || !slices.Equal(p.Known, []string{"a"}) || !sameValues(p.Series[0].Values, [][]float64{{100, 1}, {200, 2}}) {
		t.Errorf("%T %+v", d, d)
	}
	d, err = copied().heed(gathered(Target("c")))
	if one, ok := d.(*Series); err != nil || !ok || !sameValues(one.Values, [][]float64{{100}, {200}}) {
		t.Errorf("%T %+v, %v", d, d, err)
	}
	d, err = copied().heed(gathered(Ignore("b")))
	if one, ok := d.(*Series); err != nil || !ok || !slices.Equal(one.Variables, []string{"a", "c"}) {
		t.Errorf("%T %+v, %v", d, d, err)
	}
	for _, opts := range [][]Option{{Target("d")}, {ID("a")}, {Ignore("a", "b", "c")}} {
		if _, err := copied().heed(gathered(opts...)); err == nil {
			t.Errorf("%v: no error", opts)
		}
	}
}
