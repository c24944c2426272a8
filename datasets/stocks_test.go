package datasets

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// TestStocks opens each dataset of prices and looks at its first and last day, as the files have them.
func TestStocks(t *testing.T) {
	corpus(t, stocks()[0].source)
	for name, want := range map[string]struct {
		shares, days int
		first, last  string
		row          []float64 // the last of the first share
		notices      int
	}{
		"stocks":         {5, 2306, "2007-01-03", "2016-03-01", []float64{52.580002}, 1},
		"stocks-apple":   {1, 506, "2015-02-17", "2017-02-16", []float64{135.669998, 135.899994, 134.839996, 135.350006, 135.350006, 22118000}, 0},
		"stocks-monthly": {5, 123, "2000-01-01", "2010-03-01", []float64{28.8}, 0},
		"stocks-sp500":   {1, 5105, "2000-01-03", "2020-04-17", nil, 1},
		"stocks-tesla":   {1, 756, "2015-10-15", "2018-10-15", []float64{259.06, 263.28, 254.5367, 259.59, 6189026}, 2},
	} {
		d, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		p, ok := d.(*Panel)
		if !ok || len(p.Series) != want.shares || len(p.Meta.Notices) != want.notices {
			t.Errorf("%s: %d shares, notices %q; want %d and %d", name, len(p.Series), p.Meta.Notices, want.shares, want.notices)
			continue
		}
		s := p.Series[0]
		n := s.Len()
		if n != want.days || s.Times[0] != want.first || s.Times[n-1] != want.last {
			t.Errorf("%s: %d days from %s to %s; want %d from %s to %s", name, n, s.Times[0], s.Times[n-1], want.days, want.first, want.last)
		}
		if want.row != nil && !reflect.DeepEqual(s.Values[n-1], want.row) {
			t.Errorf("%s: the last row is %v; want %v", name, s.Values[n-1], want.row)
		}
		if !strings.Contains(strings.ReplaceAll(p.Meta.Size, ",", ""), strconv.Itoa(want.days)) {
			t.Errorf("%s: the size is %s", name, p.Meta.Size)
		}
	}
	d, err := Open("stocks", Columns("AAPL", "IBM"))
	if err != nil {
		t.Fatal(err)
	}
	if p := d.(*Panel); len(p.Series) != 2 || p.Series[0].ID != "AAPL" || p.Meta.Size != "2 shares of 5 shares" {
		t.Errorf("%+v", p.Meta)
	}
	if _, err := Open("stocks", Columns("APPL")); err == nil || err.Error() != `stocks: column "APPL" not found; did you mean "AAPL"?` {
		t.Errorf("error %v", err)
	}
}

// TestPricesRefuse reads files that are not what they should be.
func TestPricesRefuse(t *testing.T) {
	of := prices{date: "day", layout: isoDate, share: "X", columns: []priceColumn{{"price", "close"}}}
	for text, want := range map[string]string{
		"":                            "f: it has no line of names; delete it and fetch it again",
		"day,cost\n":                  `f: it has no column "price"; delete it and fetch it again`,
		"day,price\n":                 "f: it has no prices; delete it and fetch it again",
		"day,price\n2000-01-02,x\n":   `f: line 2: "x" is no price and no volume`,
		"day,price\n2000-13-02,1\n":   `f: line 2: "2000-13-02" is no day`,
		"day,price\n2000-01-02\n":     "f: row 1 below the names is none of prices; delete the file and fetch it again",
		"day,price\n2000-01-02,Inf\n": `f: line 2: "Inf" is no price and no volume`,
		"day,price\n2000-01-02,1\n" + "2000-01-02,1\n":          "f: of X the day 2000-01-02 follows 2000-01-02; delete the file and fetch it again",
		"day,price\n2000-01-02,1\n2000-01-03,1\n2000-01-01,1\n": "f: of X the day 2000-01-01 follows 2000-01-03; delete the file and fetch it again",
	} {
		if s, _, err := of.read("f", strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%q: %v, %v; want %q", text, s, err, want)
		}
	}
	s, notices, err := of.read("f", strings.NewReader("day,price\n11:34,7\n2000-01-03,\"1,003\"\n2000-01-02,1\n"))
	if err != nil || !reflect.DeepEqual(s[0].Times, []string{"2000-01-02", "2000-01-03"}) || !reflect.DeepEqual(s[0].Values, [][]float64{{1}, {1003}}) {
		t.Errorf("%+v, %v", s, err)
	}
	if want := []string{"line 2: the day is 11:34, a time of day; its row, of a day that had not ended, is left out", "the rows stand newest first; they are read from the last to the first"}; !reflect.DeepEqual(notices, want) {
		t.Errorf("notices %q; want %q", notices, want)
	}
}
