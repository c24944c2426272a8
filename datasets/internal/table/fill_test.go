package table

import (
	"math"
	"reflect"
	"testing"
)

func TestFillMethods(t *testing.T) {
	gap, huge := math.NaN(), math.MaxFloat64
	for _, c := range []struct {
		method  string
		values  []float64
		want    []float64 // up to the row without a number
		without int
	}{
		{"previous", []float64{1, gap, gap, 4, gap}, []float64{1, 1, 1, 4, 4}, -1},
		{"previous", []float64{gap, 1}, nil, 0},
		{"linear", []float64{1, gap, gap, 4, gap, 0}, []float64{1, 2, 3, 4, 2, 0}, -1},
		{"linear", []float64{gap, gap, 5, gap}, []float64{5, 5, 5, 5}, -1},
		{"linear", []float64{0.1, gap, gap, 0.1}, []float64{0.1, 0.1, 0.1, 0.1}, -1},
		{"linear", []float64{-huge, gap, huge, gap, huge}, []float64{-huge, 0, huge, huge, huge}, -1},
		{"linear", []float64{gap, gap}, nil, 0},
		{"mean", []float64{1, gap, 3, gap, 8, gap}, []float64{1, 1, 3, 2, 8, 4}, -1},
		{"mean", []float64{huge, huge, gap}, []float64{huge, huge, huge}, -1},
		{"mean", []float64{gap, 1}, nil, 0},
		{"zero", []float64{gap, 1, gap}, []float64{0, 1, 0}, -1},
	} {
		values := append([]float64(nil), c.values...)
		without := fillMethod(c.method)(values)
		if without != c.without || without < 0 && !reflect.DeepEqual(values, c.want) {
			t.Errorf("%s of %v: %v, row %d without a number; want %v, %d", c.method, c.values, values, without, c.want, c.without)
		}
	}
}

// Only linear may look at the future.
func TestFillIsCausal(t *testing.T) {
	for method, causal := range map[string]bool{"previous": true, "mean": true, "zero": true, "linear": false} {
		a := []float64{1, 3, math.NaN(), 5}
		b := []float64{1, 3, math.NaN(), 500}
		fillMethod(method)(a)
		fillMethod(method)(b)
		if (a[2] == b[2]) != causal {
			t.Errorf("%s: %v before 5 and %v before 500", method, a[2], b[2])
		}
	}
}

func TestFillMethodsHaveFillers(t *testing.T) {
	for _, name := range FillMethods() {
		if fillMethod(name) == nil {
			t.Errorf("%s fills nothing", name)
		}
	}
}
