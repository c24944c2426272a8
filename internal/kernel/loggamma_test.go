package kernel

import (
	"math"
	"testing"
)

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
}

// TestLogGammaRise are differences, in float32 as exact as its numbers: that of two float32 would be 0.
func TestLogGammaRise(t *testing.T) {
	y := make([]float32, 3)
	x, n := []float32{1e6, 1e6, 3}, []float32{2, 0.5, 2}
	for order, want := range [][]float64{
		{27.631022115928047, 6.907755153982137, math.Log(12)},
		{1.999999000001e-06, 5.00000125e-07, 1.0/3 + 1.0/4},
		{-1.999998000003e-12, -5.0000025e-13, -1.0/9 - 1.0/16},
	} {
		LogGamma(order, 1, 3, Rows[float32]{y, 3}, Rows[float32]{x, 3}, Rows[float32]{n, 3})
		for i, w := range want {
			if !(math.Abs(float64(y[i])/w-1) < 1e-6) {
				t.Errorf("derivative %d rises from %v by %v by %v; want %v", order, x[i], n[i], y[i], w)
			}
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
