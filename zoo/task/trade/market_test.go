package trade

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
)

func TestColumns(t *testing.T) {
	for _, c := range []struct {
		columns string
		want    []quote
		unused  []string
	}{
		{"Open,High,Low,Close,Volume,Adj Close", []quote{{"X", 3, 5, 1, 2, 4}}, nil},
		{"volume,adj_close,low,HIGH", []quote{{"X", -1, 1, 3, 2, 0}}, nil},
		{"open,high,low,close,adjclose,volume", []quote{{"X", 3, 4, 1, 2, 5}}, nil},
		{"AAPL.Open,AAPL.High,AAPL.Low,AAPL.Close,AAPL.Volume,AAPL.Adjusted,dn,mavg", []quote{{"AAPL", 3, 5, 1, 2, 4}}, []string{"dn", "mavg"}},
		{"Close AAPL,Close MSFT,Volume MSFT,Adj Close MSFT", []quote{{"AAPL", 0, -1, -1, -1, -1}, {"MSFT", 1, 3, -1, -1, 2}}, nil},
		{"MSFT,IBM,SBUX", []quote{{"MSFT", 0, -1, -1, -1, -1}, {"IBM", 1, -1, -1, -1, -1}, {"SBUX", 2, -1, -1, -1, -1}}, nil},
		{"price", []quote{{"X", 0, -1, -1, -1, -1}}, nil},
		{"Close/Last,Volume,signal", []quote{{"X", 0, -1, -1, -1, 1}}, []string{"signal"}},
		{"close,close", []quote{{"X", 0, -1, -1, -1, -1}}, []string{"close"}},
		{"close,MSFT", []quote{{"X", 0, -1, -1, -1, -1}}, []string{"MSFT"}},
	} {
		got, unused := quotes("X", strings.Split(c.columns, ","))
		if !reflect.DeepEqual(got, c.want) || !reflect.DeepEqual(unused, c.unused) {
			t.Errorf("%s: %+v, unused %q; want %+v, %q", c.columns, got, unused, c.want, c.unused)
		}
	}
}

func TestDays(t *testing.T) {
	for _, c := range []struct {
		labels  string
		perYear float64
	}{
		{strings.Join(weekdays(900), ";"), 252},
		{"2020-01-01;2020-01-02;2020-01-03", 365},
		{"Jan 1 2000;Feb 1 2000;Mar 1 2000;Apr 1 2000;May 1 2000;Jun 1 2000;Jul 1 2000", 12},
		{"2020-01-03;2020-01-10;2020-01-17;2020-01-24", 52},
		{"1990;1991;1992", 1},
		{"a;b;c", 252},
		{"1;2;3", 252},
		{"2020-01-02", 252},
	} {
		if got := perYear(parseDays(strings.Split(c.labels, ";"))); got != c.perYear && !(c.perYear == 252 && math.Abs(got-261) < 2) {
			t.Errorf("%.30s: %v days a year; want %v", c.labels, got, c.perYear)
		}
	}
	c, places, ok := join([][]string{{"2020-01-02", "2020-01-04"}, {"2020-01-03", "2020-01-04", "2020-01-05"}})
	if !ok || !reflect.DeepEqual(c.labels, []string{"2020-01-02", "2020-01-03", "2020-01-04", "2020-01-05"}) || !reflect.DeepEqual(places, [][]int{{0, 2}, {1, 2, 3}}) {
		t.Errorf("%v, %v, %v", c.labels, places, ok)
	}
	if _, _, ok := join([][]string{{"a", "b"}, {"b", "c"}}); ok {
		t.Error("days that are no dates, and differ, have an order")
	}
	if _, places, ok := join([][]string{{"1", "3"}, {"2", "3", "10"}}); !ok || !reflect.DeepEqual(places, [][]int{{0, 2}, {1, 2, 3}}) {
		t.Errorf("numbers: %v, %v", places, ok)
	}
}

// TestMarketReadsPrices takes adjusted closes, scales the day's range with them, and leaves days without a close out.
func TestMarketReadsPrices(t *testing.T) {
	none := math.NaN()
	m, err := newMarket(&datasets.Panel{Meta: datasets.Info{Name: "p"}, Series: []*datasets.Series{
		{ID: "X", Variables: []string{"High", "Low", "Close", "Adj Close", "Volume", "note"}, Times: weekdays(4), Values: [][]float64{
			{12, 8, 10, 5, 7, 0}, {12, 8, none, none, 7, 0}, {none, 8, 11, 5.5, none, 0}, {12, 8, 12, 12, 0, 0}}}}})
	if err != nil {
		t.Fatal(err)
	}
	s := m.shares[0]
	if !m.adjusted || !reflect.DeepEqual(s.close, []float64{5, 5.5, 12}) || !reflect.DeepEqual(s.days, []int{0, 1, 2}) || !reflect.DeepEqual(m.bar, [][]int32{{0, 1, 2}}) || m.length() != 3 {
		t.Errorf("%+v of %+v", s, m)
	}
	if s.high[0] != 6 || s.low[0] != 4 || !math.IsNaN(s.high[1]) || s.low[1] != 4 || s.high[2] != 12 || s.volume[0] != 7 || !math.IsNaN(s.volume[1]) {
		t.Errorf("high %v, low %v, volume %v", s.high, s.low, s.volume)
	}
	if !reflect.DeepEqual(m.unused, []string{"note"}) {
		t.Errorf("unused %q", m.unused)
	}
}

// TestHolidays reads days on which nobody has a price, as a calendar without holidays has them: they are none.
func TestHolidays(t *testing.T) {
	p, holidays := walks(200, 2, 0.2, 1), walks(200, 2, 0.2, 1)
	for s := range 2 {
		var kept [][]float64
		var days []string
		for i, row := range p.Series[s].Values {
			if i%9 == 4 {
				holidays.Series[s].Values[i] = []float64{math.NaN()}
				continue
			}
			kept, days = append(kept, row), append(days, p.Series[s].Times[i])
		}
		p.Series[s].Values, p.Series[s].Times = kept, days
	}
	p.Series[0].Values[10][0], holidays.Series[0].Values[11][0] = math.NaN(), math.NaN() // one share is not traded
	want, err := newMarket(p)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := newMarket(holidays); err != nil || !reflect.DeepEqual(got, want) || got.length() != 178 {
		t.Errorf("%d days, %v; want %d", got.length(), err, want.length())
	}
}

// TestSeriesOfOneColumn takes the names of series for those of shares, whatever their column is called.
func TestSeriesOfOneColumn(t *testing.T) {
	p := walks(50, 2, 0, 1)
	for _, s := range p.Series {
		s.Variables = []string{"value"}
	}
	if m, err := newMarket(p); err != nil || m.shares[0].name != "A" || m.shares[1].name != "B" {
		t.Errorf("%+v, %v", m, err)
	}
}

// TestRefused gives prices of which nothing can be made, each with one line that says why.
func TestRefused(t *testing.T) {
	series := func(values ...float64) *datasets.Series {
		s := &datasets.Series{ID: "X", Variables: []string{"close"}, Times: weekdays(len(values))}
		for _, v := range values {
			s.Values = append(s.Values, []float64{v})
		}
		return s
	}
	with := func(at int, v float64) *datasets.Series {
		s := walks(200, 1, 0, 1).Series[0]
		s.ID, s.Values[at] = "X", []float64{v}
		return s
	}
	constant := make([]float64, 100)
	for i := range constant {
		constant[i] = 7
	}
	none := math.NaN()
	other := walks(200, 1, 0, 2).Series[0]
	other.Times = nil
	text := &datasets.Series{ID: "Y", Variables: []string{"close"}, Times: []string{"x", "y"}, Values: [][]float64{{1}, {2}}}
	for _, c := range []struct {
		series []*datasets.Series
		want   string
	}{
		{nil, "trade p: there is no column of prices; want one that is named close, or one for each share"},
		{[]*datasets.Series{nil}, "trade p: one of its series is nil"},
		{[]*datasets.Series{series(constant...)}, "trade p: the price of X is 7 on all its 100 days; leave it out"},
		{[]*datasets.Series{with(50, 0)}, "trade p: the close of X on 2001-03-12 is 0; want a price between 1e-09 and 1e+12: mend it, or leave the row out"},
		{[]*datasets.Series{with(50, -3)}, "trade p: the close of X on 2001-03-12 is -3; want a price between 1e-09 and 1e+12: mend it, or leave the row out"},
		{[]*datasets.Series{with(50, 1e300)}, "trade p: the close of X on 2001-03-12 is 1e+300; want a price between 1e-09 and 1e+12: mend it, or leave the row out"},
		{[]*datasets.Series{with(50, math.Inf(1))}, "trade p: the close of X on 2001-03-12 is +Inf; want a price"},
		{[]*datasets.Series{series(1, 2, 1000, 3)}, "trade p: the close of X goes from 2 to 1000 on 2001-01-03; want it adjusted for splits, or the row mended"},
		{[]*datasets.Series{series(none, none)}, "trade p: X has no price at all; leave it out"},
		{[]*datasets.Series{series(none, 3)}, "trade p: X has one price; want many, or leave it out"},
		{[]*datasets.Series{series(1, 2, 3, 4)}, "trade p: its 4 days are too few: a window of 5 needs 24 before the first that can be predicted; choose a smaller one (window: 5)"},
		{walks(28, 1, 0, 1).Series, "trade p: 28 days leave"},
		{[]*datasets.Series{with(50, 99), with(50, 99)}, `trade p: two shares have the name "X"`},
		{[]*datasets.Series{with(50, 99), text}, "trade p: the shares have different days, and it cannot be told which comes first; write them as 2006-01-02, oldest first"},
		{[]*datasets.Series{{ID: "X", Variables: []string{"close"}, Values: [][]float64{{1}, {}}}}, "trade p: row 2 of X has 0 values; want 1, one for each column"},
		{[]*datasets.Series{{ID: "X", Variables: []string{"close"}, Times: weekdays(3), Values: [][]float64{{1}}}}, "trade p: X has 1 rows and 3 days; want as many, or none"},
		{[]*datasets.Series{{ID: "X", Variables: []string{"close", "volume"}, Values: [][]float64{{1, -2}}}}, "trade p: the volume of X on 1 is -2; want 0 or more"},
	} {
		_, err := New(gru.New(graph.Hidden(2)), &datasets.Panel{Meta: datasets.Info{Name: "p"}, Series: c.series}, graph.NewParams(tensor.Float32), Options{Window: 5, Embargo: 1})
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v; want %q", err, c.want)
		}
	}
	if _, err := New(gru.New(graph.Hidden(2)), nil, graph.NewParams(tensor.Float32), Options{}); err == nil {
		t.Error("a nil panel is traded")
	}
	if _, err := New(gru.New(graph.Hidden(2)), walks(200, 1, 0, 1), graph.NewParams(tensor.Float32), Options{Test: 1.5}); err == nil || err.Error() != "test 1.5: want a part of the days, above 0 and below 1" {
		t.Errorf("error %v", err)
	}
}

// TestOddPrices trades what is odd and makes sense: shares that begin late and end early, gaps, a price that rests for
// months, days without numbers.
func TestOddPrices(t *testing.T) {
	p := walks(260, 4, 0, 9)
	for i := range 260 {
		if i < 90 || i%7 == 0 {
			p.Series[0].Values[i] = []float64{math.NaN()}
		}
		if i > 200 {
			p.Series[1].Values[i] = []float64{math.NaN()}
		}
		if i > 60 && i < 180 {
			p.Series[2].Values[i] = p.Series[2].Values[60]
		}
	}
	for _, o := range []Options{{Window: 5, Folds: 3, Embargo: 2, Costs: 5}, {Window: 5, Folds: 3, Short: true, Learn: learnDirection, Top: 9}} {
		scores, rivals := evaluated(t, p, o)
		for name, v := range scores.Metrics {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s is %v", name, v)
			}
		}
		if len(rivals) != 4 || scores.Verdict == "" {
			t.Errorf("rivals %v, verdict %q", rivals, scores.Verdict)
		}
	}
	for i := range p.Series {
		p.Series[i].Times = nil
	}
	if trade := made(t, p, Options{Window: 5, Folds: 2}, quick()); trade.data.labels[3] != "4" || trade.data.perYear != 252 {
		t.Errorf("days %q, %v a year", trade.data.labels[:4], trade.data.perYear)
	}
}
