package forecast

import (
	"fmt"
	"math"
	"math/rand"
	"reflect"
	"strings"
	"testing"
)

// rows makes n rows of so many positive variables that rise with noise, each on a scale of its own.
func rows(n, width int) [][]float64 {
	rng := rand.New(rand.NewSource(int64(width)))
	out := make([][]float64, n)
	for i := range out {
		for v := range width {
			out[i] = append(out[i], math.Pow(10, float64(v))*(5+0.1*float64(i)+rng.Float64()))
		}
	}
	return out
}

// transforms are all combinations of what a transform does before it scales.
func transforms() []transform {
	var all []transform
	for _, log := range []bool{false, true} {
		for _, lag := range []int{0, 1, 4} {
			for _, difference := range []int{0, 1} {
				all = append(all, transform{Log: log, Lag: lag, Difference: difference})
			}
		}
	}
	return all
}

func TestTransformInverts(t *testing.T) {
	const n = 30
	for _, tr := range transforms() {
		for _, width := range []int{1, 3} {
			t.Run(fmt.Sprintf("log %v lag %d difference %d width %d", tr.Log, tr.Lag, tr.Difference, width), func(t *testing.T) {
				series := rows(n, width)
				if err := tr.fit(series[:20], series[:20]); err != nil {
					t.Fatal(err)
				}
				z, err := tr.apply(series)
				if err != nil || len(z) != n {
					t.Fatalf("%d rows, %v; want %d", len(z), err, n)
				}
				for i := range tr.lost() {
					if !reflect.DeepEqual(z[i], make([]float64, width)) {
						t.Errorf("row %d has no difference, but %v", i, z[i])
					}
				}
				// From no more history than is lost, and from all; up to further ahead than the lag.
				for _, from := range []int{tr.lost(), 20} {
					for _, steps := range []int{1, 2, 10} {
						back := tr.invert(series[:from], z[from:from+steps])
						if len(back) != steps {
							t.Fatalf("%d rows; want %d", len(back), steps)
						}
						for i, row := range back {
							for v, x := range row {
								if want := series[from+i][v]; math.Abs(x-want) > 1e-12*want {
									t.Errorf("variable %d of step %d after %d rows is %v; want %v", v, i+1, from, x, want)
								}
							}
						}
					}
				}
			})
		}
	}
}

func TestTransformScales(t *testing.T) {
	for _, tr := range transforms() {
		const n = 20
		series := rows(n+10, 3)
		if err := tr.fit(series[:n], series[:n]); err != nil {
			t.Fatal(err)
		}
		z, err := tr.apply(series)
		if err != nil {
			t.Fatal(err)
		}
		for v := range 3 {
			var mean, variance float64
			for _, row := range z[tr.lost():n] {
				mean += row[v] / float64(n-tr.lost())
				variance += row[v] * row[v] / float64(n-tr.lost())
			}
			if math.Abs(mean) > 1e-9 || math.Abs(variance-1) > 1e-9 {
				t.Errorf("%+v: variable %d of the rows that were fitted has the mean %v and the variance %v; want 0 and 1", tr, v, mean, variance)
			}
		}
	}
}

func TestTransformByHand(t *testing.T) {
	e := math.E
	for _, c := range []struct {
		name      string
		transform transform
		rows      []float64
		mean, dev float64
		want      []float64
	}{
		{"scale", transform{}, []float64{1, 3, 5, 7}, 4, math.Sqrt(5), []float64{-3, -1, 1, 3}},
		{"difference", transform{Difference: 1}, []float64{1, 2, 4, 7, 11}, 2.5, math.Sqrt(1.25), []float64{0, -1.5, -0.5, 0.5, 1.5}},
		{"lag", transform{Lag: 2}, []float64{1, 2, 4, 7, 11, 10}, 4.5, math.Sqrt(2.75), []float64{0, 0, -1.5, 0.5, 2.5, -1.5}},
		{"lag and difference", transform{Lag: 2, Difference: 1}, []float64{1, 2, 4, 7, 11, 10}, 0, math.Sqrt(8), []float64{0, 0, 0, 2, 2, -4}},
		{"log", transform{Log: true, Difference: 1}, []float64{1, e, e * e * e, e * e}, 2.0 / 3, math.Sqrt(14.0 / 9), []float64{0, 1.0 / 3, 4.0 / 3, -5.0 / 3}},
		{"little beside the level", transform{}, []float64{1 << 20, 1<<20 + 0x1p-18}, 1<<20 + 0x1p-19, 0x1p-19, []float64{-0x1p-19, 0x1p-19}},
		{"a constant", transform{}, []float64{7, 7, 7}, 7, 1, []float64{0, 0, 0}},
		{"a constant with rounding", transform{}, []float64{0.1, 0.1, 0.1}, 0.1, 1, []float64{0, 0, 0}},
		{"a constant slope with rounding", transform{Difference: 1}, []float64{1000.1, 1000.2, 1000.3, 1000.4}, 0.1, 1, []float64{0, 0, 0, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var series [][]float64
			for _, x := range c.rows {
				series = append(series, []float64{x})
			}
			if err := c.transform.fit(series, series); err != nil {
				t.Fatal(err)
			}
			if m, d := c.transform.Mean[0], c.transform.Deviation[0]; math.Abs(m-c.mean) > 1e-12 || math.Abs(d-c.dev) > 1e-12 {
				t.Errorf("mean %v and deviation %v; want %v and %v", m, d, c.mean, c.dev)
			}
			z, err := c.transform.apply(series)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range c.want {
				if got := z[i][0] * c.transform.Deviation[0]; math.Abs(got-want) > 1e-12 {
					t.Errorf("row %d is %v deviations; want %v", i, got, want)
				}
			}
		})
	}
}

// TestTransformUnits measures the same series in other units, by powers of two, so that not a bit may differ.
func TestTransformUnits(t *testing.T) {
	for _, unit := range []float64{0x1p-60, 0x1p-20, 0x1p60} {
		for _, tr := range []transform{{}, {Lag: 4}, {Difference: 1}, {Lag: 4, Difference: 1}} {
			series := rows(20, 2)
			other := make([][]float64, len(series))
			for i, row := range series {
				for _, x := range row {
					other[i] = append(other[i], x*unit)
				}
			}
			scaled := func(series [][]float64) [][]float64 {
				if err := tr.fit(series, series); err != nil {
					t.Fatal(err)
				}
				z, err := tr.apply(series)
				if err != nil {
					t.Fatal(err)
				}
				return z
			}
			if a, b := scaled(series), scaled(other); !reflect.DeepEqual(a, b) {
				t.Errorf("unit %v, %+v: the last row is %v; want %v", unit, tr, b[19], a[19])
			}
		}
	}
}

func TestTransformSeesNoFuture(t *testing.T) {
	const n, k = 30, 21
	for _, tr := range transforms() {
		a, b := rows(n, 2), rows(n, 2)
		for _, row := range b[k:] {
			row[0], row[1] = 3*row[0]+1, row[1]/7
		}
		if err := tr.fit(a, a); err != nil {
			t.Fatal(err)
		}
		za, err := tr.apply(a)
		if err != nil {
			t.Fatal(err)
		}
		zb, err := tr.apply(b)
		if err != nil {
			t.Fatal(err)
		}
		for i := range za {
			if same := reflect.DeepEqual(za[i], zb[i]); same != (i < k) {
				t.Errorf("%+v: rows change from %d on; row %d is the same: %v", tr, k, i, same)
			}
		}
	}
}

func TestTransformLogErrors(t *testing.T) {
	for _, bad := range []float64{0, -3, math.NaN(), math.Inf(-1)} {
		series := rows(10, 2)
		series[4][1] = bad
		tr := transform{Log: true}
		want := fmt.Sprintf("row 5 holds %v, which has no logarithm; forecast without log", bad)
		if err := tr.fit(series, series); err == nil || err.Error() != want {
			t.Errorf("fit: error %v; want %q", err, want)
		}
		if err := tr.fit(series[:4], series[:4]); err != nil {
			t.Fatal(err)
		}
		if _, err := tr.apply(series); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("apply: error %v; want %q", err, want)
		}
	}
}
