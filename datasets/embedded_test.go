package datasets

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// embeddedSeries are the series that are compiled in, with what is known of them from elsewhere: the originals, and the
// errors of two forecasts that need no model.
var embeddedSeries = []struct {
	name        string
	series      func() *Series
	original    string // below $ZOO_DATA
	field       int    // of the value in the original
	n           int
	first, last string
	sum         float64 // of all values, by another program
	persistence float64 // RMSE of the value before, on the last third
	seasonal    float64 // RMSE of the value one period before, on the last third
}{
	{"airline", Airline, "small-series/airline-passengers.csv", 1, 144, "1949-01", "1960-12", 40363, 48.04121, 41.85366},
	{"co2", CO2, "co2/data/co2-mm-mlo.csv", 2, 820, "1958-03", "2026-06", 296181.59, 1.31580, 2.41282},
	{"sunspots", Sunspots, "small-series/monthly-sunspots.csv", 1, 2820, "1749-01", "1983-12", 144570, 18.47281, 0},
	{"temperatures", Temperatures, "small-series/daily-min-temperatures.csv", 1, 3650, "1981-01-01", "1990-12-31", 40798.8, 2.61623, 3.85020},
}

func TestEmbeddedSeries(t *testing.T) {
	for _, c := range embeddedSeries {
		s := c.series()
		if s.Meta.Name != c.name || s.Len() != c.n || s.Width() != 1 || len(s.Times) != c.n {
			t.Errorf("%s: %d values of %d variables with %d times, want %d of 1", s.Meta.Name, s.Len(), s.Width(), len(s.Times), c.n)
			continue
		}
		if s.Times[0] != c.first || s.Times[c.n-1] != c.last {
			t.Errorf("%s: from %s to %s, want %s to %s", c.name, s.Times[0], s.Times[c.n-1], c.first, c.last)
		}
		sum := 0.0
		for _, v := range s.Column(0) {
			sum += v
		}
		if !(math.Abs(sum-c.sum) < 1e-6) {
			t.Errorf("%s: sum %v, want %v", c.name, sum, c.sum)
		}
		// At lag 0, of a series without a period, the error is 0 like c.seasonal.
		for lag, want := range map[int]float64{1: c.persistence, s.Period: c.seasonal} {
			if got := lastThirdRMSE(s.Column(0), lag); !(math.Abs(got-want) < 1e-5) {
				t.Errorf("%s: RMSE at lag %d is %v, want %v", c.name, lag, got, want)
			}
		}
	}
}

// lastThirdRMSE is the root mean squared error of the value lag steps before.
func lastThirdRMSE(values []float64, lag int) float64 {
	n := len(values)
	test := int(math.Round(float64(n) / 3))
	sum := 0.0
	for i := n - test; i < n; i++ {
		sum += (values[i] - values[i-lag]) * (values[i] - values[i-lag])
	}
	return math.Sqrt(sum / float64(test))
}

func TestEmbeddedSeriesAreFresh(t *testing.T) {
	for _, c := range embeddedSeries {
		a := c.series()
		value := a.Values[0][0]
		a.Values[0][0], a.Times[0], a.Variables[0] = -1, "changed", "changed"
		if b := c.series(); b.Values[0][0] != value || b.Times[0] != c.first || b.Variables[0] == "changed" {
			t.Errorf("%s: a caller changed the series of the next", c.name)
		}
	}
}

// What the comment of Temperatures says of its years.
func TestTemperaturesYearsHave365Rows(t *testing.T) {
	days := map[string]int{}
	for _, label := range Temperatures().Times {
		days[label[:4]]++
		if label == "1984-12-31" || label == "1988-12-31" {
			t.Errorf("%s is there", label)
		}
	}
	for year, n := range days {
		if n != 365 {
			t.Errorf("%s has %d rows", year, n)
		}
	}
	if len(days) != 10 {
		t.Errorf("%d years", len(days))
	}
}

// A line that is no number has to show.
func TestEmbeddedMalformedLineIsNaN(t *testing.T) {
	s := embedded(Info{}, "x", 0, "a,1\r\nb\r\nc,3\r\n")
	if s.Len() != 3 || s.Values[0][0] != 1 || !math.IsNaN(s.Values[1][0]) || s.Values[2][0] != 3 {
		t.Errorf("got %v", s.Values)
	}
}

func TestEmbeddedSeriesEqualOriginals(t *testing.T) {
	for _, c := range embeddedSeries {
		t.Run(c.name, func(t *testing.T) {
			f, err := os.Open(original(t, c.original))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			r := csv.NewReader(f)
			r.FieldsPerRecord = -1 // co2 has seven fields under six names
			records, err := r.ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			records = records[1:]
			s := c.series()
			if len(records) != s.Len() {
				t.Fatalf("%d rows, the original has %d", s.Len(), len(records))
			}
			for i, record := range records {
				value, err := strconv.ParseFloat(record[c.field], 64)
				if err != nil {
					t.Fatal(err)
				}
				if s.Times[i] != record[0] || s.Values[i][0] != value {
					t.Errorf("row %d: %s %v, the original has %s %v", i, s.Times[i], s.Values[i][0], record[0], value)
				}
			}
		})
	}
}

// original returns the path of a file below $ZOO_DATA, or skips the test.
func original(t *testing.T, path string) string {
	t.Helper()
	root := os.Getenv("ZOO_DATA")
	if root == "" {
		t.Skipf("ZOO_DATA is not set: %s cannot be compared", path)
	}
	return filepath.Join(root, filepath.FromSlash(path))
}
