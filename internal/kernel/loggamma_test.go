package kernel

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"
)

// TestLogGamma has the values of mpmath, to some roundings of the larger of what is added up.
func TestLogGamma(t *testing.T) {
	var golden struct{ Points, Rises [][]string }
	data, err := os.ReadFile("testdata/loggamma.json")
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
			check(order, p[0], 0, logGamma(order, p[0]), want, 4e-15*math.Max(1, math.Abs(want)))
			var y [1]float32
			LogGamma(order, 1, 1, Rows[float32]{y[:], 1}, Rows[float32]{[]float32{float32(p[0])}, 1}, Rows[float32]{})
			if float64(float32(p[0])) == p[0] && y[0] != float32(logGamma(order, p[0])) {
				t.Errorf("derivative %d of the float32 %v is %v", order, p[0], y[0])
			}
		}
	}
	for _, row := range golden.Rises {
		p := numbers(row)
		for order := range 3 {
			x, n, want := p[0], p[1], p[2+order]
			tolerance := 1e-18 + 4e-15*math.Max(math.Abs(want), n)
			if x < stirling { // a difference
				tolerance = 4e-15 * math.Max(1, math.Max(math.Abs(logGamma(order, x)), math.Abs(logGamma(order, x+n))))
			}
			if order > 0 && x >= stirling {
				tolerance = 4e-15 * math.Abs(want)
				if n < 1e-3 {
					tolerance += 1e-17
				}
			}
			check(order, x, n, logGammaRise(order, x, n), want, tolerance)
		}
	}
}

// TestLogGammaSpecialValues are poles, infinities and NaN, over rows with strides.
func TestLogGammaSpecialValues(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for order, want := range [][]float64{
		{inf, inf, inf, nan, 0},
		{nan, nan, inf, nan, -0.5772156649015329},
		{nan, nan, 0, nan, math.Pi * math.Pi / 6},
	} {
		x := []float64{0, -3, inf, nan, 1}
		y := make([]float64, 3*6)
		LogGamma(order, 3, 5, Rows[float64]{y, 6}, Rows[float64]{append(append(append([]float64(nil), x...), x...), x...), 5}, Rows[float64]{})
		for i := range 3 {
			for j, w := range want {
				if got := y[i*6+j]; got != w && !(math.IsNaN(got) && math.IsNaN(w)) && !(math.Abs(got-w) < 1e-14) {
					t.Errorf("derivative %d at %v is %v; want %v", order, x[j], got, w)
				}
			}
			if y[i*6+5] != 0 {
				t.Error("what is between rows has changed")
			}
		}
	}
	for order := range 3 {
		if got := logGammaRise(order, 5, nan); !math.IsNaN(got) {
			t.Errorf("derivative %d by NaN is %v", order, got)
		}
		if got := logGammaRise(order, inf, 1); !math.IsNaN(got) && got != 0 {
			t.Errorf("derivative %d at ∞ rises by %v", order, got)
		}
	}
}

func BenchmarkLogGamma(b *testing.B) {
	x, y := make([]float32, 1024), make([]float32, 1024)
	for i := range x {
		x[i] = 0.1 + 0.03*float32(i)
	}
	for order, name := range []string{"function", "digamma", "trigamma"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				LogGamma(order, 1, len(x), Rows[float32]{y, 1024}, Rows[float32]{x, 1024}, Rows[float32]{})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(x)), "ns/element")
		})
	}
}
