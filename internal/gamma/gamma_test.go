package gamma

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"
)

// TestLog has the values of mpmath, to some roundings of the larger of what is added up.
func TestLog(t *testing.T) {
	var golden struct{ Points, Rises [][]string }
	data, err := os.ReadFile("testdata/goldens.json")
	if err == nil {
		err = json.Unmarshal(data, &golden)
	}
	if err != nil || len(golden.Points) < 20 || len(golden.Rises) < 50 {
		t.Fatal(err, len(golden.Points), len(golden.Rises))
	}
	numbers := func(list []string) []float64 {
		x := make([]float64, len(list))
		for i, s := range list {
			if x[i], err = strconv.ParseFloat(s, 64); err != nil {
				t.Fatal(err)
			}
		}
		return x
	}
	check := func(order int, x, n, got, want, tolerance float64) {
		t.Helper()
		if got != want && !(math.Abs(got-want) <= tolerance) {
			t.Errorf("derivative %d at %v by %v is %v; want %v, within %g", order, x, n, got, want, tolerance)
		}
	}
	for _, row := range golden.Points {
		p := numbers(row)
		for order := range 3 {
			want := p[1+order]
			// near its pole and its zero a function is as exact as its argument
			check(order, p[0], 0, Log(order, p[0]), want, 4e-15*math.Max(1, math.Abs(want)))
		}
	}
	for _, row := range golden.Rises {
		p := numbers(row)
		for order := range 3 {
			x, n, want := p[0], p[1], p[2+order]
			tolerance := 1e-18 + 4e-15*math.Max(math.Abs(want), n)
			if x < stirling { // a difference
				tolerance = 4e-15 * math.Max(1, math.Max(math.Abs(Log(order, x)), math.Abs(Log(order, x+n))))
			}
			if order > 0 && x >= stirling {
				tolerance = 4e-15 * math.Abs(want)
				if n < 1e-3 {
					tolerance += 1e-17
				}
			}
			check(order, x, n, LogRise(order, x, n), want, tolerance)
		}
	}
}

// TestNone are infinities and NaN.
func TestNone(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for order := range 3 {
		if got := LogRise(order, 5, nan); !math.IsNaN(got) {
			t.Errorf("derivative %d by NaN is %v", order, got)
		}
		if got := LogRise(order, inf, 1); !math.IsNaN(got) && got != 0 {
			t.Errorf("derivative %d at ∞ rises by %v", order, got)
		}
	}
}
