package datasets

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// TestNAB compares what is read with what Python reads of the files.
func TestNAB(t *testing.T) {
	corpus(t, nabSource())
	d, err := Open("nab")
	if err != nil {
		t.Fatal(err)
	}
	p := d.(*Panel)
	rows, windows, anomalous, sum := 0, 0, 0, 0.0
	for _, s := range p.Series {
		rows += s.Len()
		windows += len(s.Anomalies)
		for _, r := range s.Anomalies {
			anomalous += r.Len()
		}
		for _, v := range s.Column(0) {
			sum += v / 1e12
		}
		if s.Anomalies == nil || len(s.Times) != s.Len() {
			t.Errorf("%s has the anomalies %v and %d times for %d rows", s.ID, s.Anomalies, len(s.Times), s.Len())
		}
	}
	if len(p.Series) != 58 || rows != 365_558 || windows != 116 || anomalous != 33_495 || math.Abs(sum/0.10977759773290857-1) > 1e-12 {
		t.Errorf("%d series of %d rows, %d windows of %d rows, a sum of %v", len(p.Series), rows, windows, anomalous, sum)
	}
	taxi := p.Series[slices.IndexFunc(p.Series, func(s *Series) bool { return s.ID == "realKnownCause/nyc_taxi" })]
	if want := []Range{{5839, 6046}, {7080, 7287}, {8423, 8630}, {8731, 8938}, {9977, 10184}}; !slices.Equal(taxi.Anomalies, want) {
		t.Errorf("the taxis have the windows %v; want %v", taxi.Anomalies, want)
	}
	if taxi.Times[0] != "2014-07-01 00:00:00" || taxi.Values[0][0] != 10844 {
		t.Errorf("they begin with %s, %v", taxi.Times[0], taxi.Values[0])
	}
}

// TestNABRefused reads what is no file of the benchmark.
func TestNABRefused(t *testing.T) {
	for text, want := range map[string]string{
		"a,b\n1,2\n":                      "f: line 1: it is not timestamp,value; delete it and fetch it again",
		"timestamp,value\n":               "f: there are no rows in it; delete it and fetch it again",
		"timestamp,value\n2014,x\n":       `f: line 2: "x" is no finite number; delete it and fetch it again`,
		"timestamp,value\n1,2\n1,2,3\n":   "f: line 3: it is no time and a number; delete it and fetch it again",
		"timestamp,value\n1,2\n1,1e999\n": `f: line 3: "1e999" is no finite number; delete it and fetch it again`,
	} {
		if _, err := readNAB("f", strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%q: error %v; want %s", text, err, want)
		}
	}
	times := []string{"1", "2", "2", "3"}
	for _, c := range []struct {
		windows [][2]string
		want    []Range
		err     string
	}{
		{nil, []Range{}, ""},
		{[][2]string{{"1.000000", "1.0"}, {"2.0", "3"}}, []Range{{0, 1}, {1, 4}}, ""},
		{[][2]string{{"1", "4.0"}}, nil, `no row has the time "4"; fetch the benchmark again`},
		{[][2]string{{"2", "3"}, {"1", "1"}}, nil, "the window that begins at 1 does not follow the one before; fetch the benchmark again"},
	} {
		got, err := nabRanges(times, c.windows)
		if !slices.Equal(got, c.want) || (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("%v: %v, %v; want %v, %s", c.windows, got, err, c.want, c.err)
		}
	}
}
