package kernel

import (
	"math"
	"testing"
)

// rowKernels run the kernels that write rows of numbers from one or two operands.
func rowKernels[F Float](k Kernels[F]) map[string]func(m, n int, y, x, z Rows[F]) {
	target := []int{0, 1, -100, 3, 2, 1, 0, 50}
	o := CrossEntropyOptions[F]{Ignore: -100, Smoothing: 0.1}
	return map[string]func(m, n int, y, x, z Rows[F]){
		"Softmax":        func(m, n int, y, x, z Rows[F]) { k.Softmax(m, n, y, x) },
		"SoftmaxGrad":    func(m, n int, y, x, z Rows[F]) { k.SoftmaxGrad(m, n, y, x, z) },
		"LogSoftmax":     func(m, n int, y, x, z Rows[F]) { k.LogSoftmax(m, n, y, x) },
		"LogSoftmaxGrad": func(m, n int, y, x, z Rows[F]) { k.LogSoftmaxGrad(m, n, y, x, z) },
		"Normalize":      func(m, n int, y, x, z Rows[F]) { k.Normalize(m, n, 1e-5, y, x) },
		"NormalizeGrad":  func(m, n int, y, x, z Rows[F]) { k.NormalizeGrad(m, n, 1e-5, y, x, z) },
		"Gather":         func(m, n int, y, x, z Rows[F]) { k.Gather(m, n, m, y, x, target) },
		"Dropout":        func(m, n int, y, x, z Rows[F]) { k.Dropout(m, n, 0.5, NewMask(1, 2, 3), y, x) },
		"LengthMask":     func(m, n int, y, x, z Rows[F]) { k.LengthMask(m, min(n, len(target)), y, target) },
		"CrossEntropyGrad": func(m, n int, y, x, z Rows[F]) {
			k.CrossEntropyGrad(m, n, o, y, x, target, Vector[F](z))
		},
		"ScatterAdd": func(m, n int, y, x, z Rows[F]) {
			for i := range m {
				clear(y.row(i, n))
			}
			k.ScatterAdd(m, n, m, 1, y, x, target)
		},
	}
}

// TestRowsStrided runs each kernel on rows that stand apart and on adjacent ones: the same result, nothing between the
// rows touched, no value that was there before used.
func TestRowsStrided(t *testing.T) {
	eachSet(t, testRowsStrided[float32])
	eachSet(t, testRowsStrided[float64])
}

func testRowsStrided[F Float](t *testing.T, k Kernels[F]) {
	for name, run := range rowKernels(k) {
		for m := 1; m <= 8; m++ {
			for _, n := range []int{1, 2, 5, 8, 17} {
				r := newRand()
				operand := func() (apart, adjacent Rows[F]) {
					_, apart = guarded(m, n, F(0))
					adjacent = Rows[F]{Data: make([]F, m*n), Stride: n}
					for i := range m {
						for j := range n {
							v := F(r.NormFloat64())
							apart.Data[i*apart.Stride+j], adjacent.Data[i*n+j] = v, v
						}
					}
					return apart, adjacent
				}
				x, xAdjacent := operand()
				z, zAdjacent := operand()
				fill := nan[F]()
				if name == "LengthMask" && n > 8 {
					continue // there are 8 lengths
				}
				all, y := guarded(m, n, fill)
				want := Rows[F]{Data: make([]F, m*n), Stride: n}
				run(m, n, y, x, z)
				run(m, n, want, xAdjacent, zAdjacent)
				for i := range m {
					for j := range n {
						if got := y.Data[i*y.Stride+j]; got != want.Data[i*n+j] {
							t.Errorf("%s of %d rows of %d: element (%d, %d) is %v; with adjacent rows it is %v", name, m, n, i, j, got, want.Data[i*n+j])
						}
					}
				}
				checkGuards(t, name, all, m, n)
			}
		}
	}
}

// TestSoftmaxLargeLogits has logits where exp overflows or all but vanishes. A logit of −∞ has no share; what an
// infinite logit means is not defined, so its row is NaN, as in PyTorch, and no other row is.
func TestSoftmaxLargeLogits(t *testing.T) {
	eachSet(t, testSoftmaxLargeLogits[float32])
	eachSet(t, testSoftmaxLargeLogits[float64])
}

func testSoftmaxLargeLogits[F Float](t *testing.T, k Kernels[F]) {
	e := math.E
	rounded := func(v float64) float64 { return float64(F(v)) }
	for _, c := range []struct {
		name      string
		x         []F
		want, log []float64
	}{
		{"large", []F{10000, 10001, 9000}, []float64{1 / (1 + e), e / (1 + e), 0}, []float64{-math.Log(1 + e), 1 - math.Log(1+e), -1000 - math.Log(1+e)}},
		{"small", []F{-10000, -10001, -10000}, []float64{e / (2*e + 1), 1 / (2*e + 1), e / (2*e + 1)},
			[]float64{1 - math.Log(2*e+1), -math.Log(2*e + 1), 1 - math.Log(2*e+1)}},
		{"far apart", []F{3e38, -3e38, 0}, []float64{1, 0, 0}, []float64{0, rounded(-6e38), rounded(-3e38)}},
		{"minus infinity", []F{inf[F](-1), 2, 2}, []float64{0, 0.5, 0.5}, []float64{math.Inf(-1), -math.Ln2, -math.Ln2}},
		{"all but one minus infinity", []F{inf[F](-1), 2, inf[F](-1)}, []float64{0, 1, 0}, []float64{math.Inf(-1), 0, math.Inf(-1)}},
		{"equal", []F{5, 5, 5}, []float64{1.0 / 3, 1.0 / 3, 1.0 / 3}, []float64{-math.Log(3), -math.Log(3), -math.Log(3)}},
		{"infinity", []F{inf[F](1), 2, 3}, nil, nil},
		{"all minus infinity", []F{inf[F](-1), inf[F](-1), inf[F](-1)}, nil, nil},
		{"NaN", []F{1, nan[F](), 3}, nil, nil},
	} {
		x := Rows[F]{Data: append(append([]F{1, 2, 3}, c.x...), 3, 2, 1), Stride: 3}
		for name, run := range map[string]func(y Rows[F]){
			"softmax":    func(y Rows[F]) { k.Softmax(3, 3, y, x) },
			"logSoftmax": func(y Rows[F]) { k.LogSoftmax(3, 3, y, x) },
		} {
			y := Rows[F]{Data: make([]F, 9), Stride: 3}
			run(y)
			want := c.want
			if name == "logSoftmax" {
				want = c.log
			}
			for j := range 3 {
				got := float64(y.Data[3+j])
				switch {
				case want == nil && got == got && !(name == "softmax" && got == 0) && !(name == "logSoftmax" && math.IsInf(got, -1)):
					t.Errorf("%s %s: element %d is %v; want NaN, or no share", c.name, name, j, got)
				case want != nil && !near(got, want[j], 2e-6) && math.Abs(got-want[j]) > 1e-7:
					t.Errorf("%s %s: element %d is %v; want %v", c.name, name, j, got, want[j])
				}
				if other := float64(y.Data[j]); other != float64(y.Data[8-j]) || other != other {
					t.Errorf("%s %s: a row beside it has %v and %v; want equal numbers", c.name, name, other, y.Data[8-j])
				}
			}
			if row := y.Data[3:6]; want == nil && row[0] == row[0] && row[1] == row[1] && row[2] == row[2] {
				t.Errorf("%s %s: %v; want a NaN to show that something is wrong", c.name, name, row)
			}
		}
	}
}

// TestCrossEntropyExtremes has large logits, a target that is ignored in a row of NaN, and class weights.
func TestCrossEntropyExtremes(t *testing.T) {
	eachSet(t, testCrossEntropyExtremes[float32])
	eachSet(t, testCrossEntropyExtremes[float64])
}

func testCrossEntropyExtremes[F Float](t *testing.T, k Kernels[F]) {
	logits := Rows[F]{Data: []F{
		10000, 0, 0,
		10000, 0, 0,
		nan[F](), 0, inf[F](1),
		nan[F](), 0, 0,
		2, 2, inf[F](-1),
	}, Stride: 3}
	target := []int{0, 1, -7, 3, 0}
	o := CrossEntropyOptions[F]{Ignore: -7, Weights: []F{2, 3, 5}}
	loss, weight, grad := make([]F, 5), make([]F, 5), Rows[F]{Data: make([]F, 15), Stride: 3}
	k.CrossEntropy(5, 3, o, Vector[F]{Data: loss, Stride: 1}, logits, target)
	k.TargetWeight(5, 3, o, Vector[F]{Data: weight, Stride: 1}, target)
	k.CrossEntropyGrad(5, 3, o, grad, logits, target, Vector[F]{Data: []F{1, 1, 1, 1, 10}, Stride: 1})
	check := func(what string, got []F, want ...float64) {
		for i, w := range want {
			if !near(float64(got[i]), w, 1e-6) {
				t.Errorf("%s[%d] = %v; want %v", what, i, got[i], w)
			}
		}
	}
	check("loss", loss, 0, 30000, 0, 0, 2*math.Ln2)
	check("weight", weight, 2, 3, 0, 0, 2)
	check("gradient", grad.Data, 0, 0, 0, 3, -3, 0, 0, 0, 0, 0, 0, 0, -10, 10, 0)
}

// TestScatterAdd adds in order and passes over the padding and what is outside.
func TestScatterAdd(t *testing.T) {
	eachSet(t, func(t *testing.T, k Kernels[float32]) {
		table := Rows[float32]{Data: []float32{100, 0, 0, 0, 0, 0}, Stride: 2}
		k.ScatterAdd(5, 2, 3, 1, table, Rows[float32]{Data: []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, Stride: 2}, []int{0, 1, 2, 0, 3})
		for i, want := range []float32{108, 10, 0, 0, 5, 6} {
			if table.Data[i] != want {
				t.Errorf("element %d is %v; want %v", i, table.Data[i], want)
			}
		}
	})
}

// TestNormalizeLargeNumbers has rows whose squares or whose sum overflow the element type, between others: they get mean
// 0 and variance 1 as well, and the gradient is that of smaller numbers, divided by as much as they are smaller.
func TestNormalizeLargeNumbers(t *testing.T) {
	eachSet(t, testNormalizeLargeNumbers[float32])
	eachSet(t, testNormalizeLargeNumbers[float64])
}

func testNormalizeLargeNumbers[F Float](t *testing.T, k Kernels[F]) {
	large, most := 1e19, 3e38
	if _, ok := any(F(0)).(float64); ok {
		large, most = 1e200, 1.5e308
	}
	huge, greatest := F(large), F(most)
	small := []F{1, 2, 3, 4}
	rows := [][]F{small, {huge, 2 * huge, 3 * huge, 4 * huge}, {greatest, greatest, greatest, greatest}, small, {-greatest, greatest, -greatest, greatest}, small,
		{nan[F](), 1, 2, 3}, {2 * huge, 1 * huge, 3 * huge, 4 * huge}}
	var x, dy, y, dx [8 * 4]F
	for i, row := range rows {
		copy(x[4*i:], row)
		copy(dy[4*i:], []F{0.5, 2, -1, 0.25})
	}
	at := func(d *[32]F) Rows[F] { return Rows[F]{Data: d[:], Stride: 4} }
	k.Normalize(len(rows), 4, 1e-5, at(&y), at(&x))
	k.NormalizeGrad(len(rows), 4, 1e-5, at(&dx), at(&x), at(&dy))
	a, b := 0.4472136, 1.3416408
	want := [][]float64{{-b, -a, a, b}, {-b, -a, a, b}, {0, 0, 0, 0}, {-b, -a, a, b}, {-1, 1, -1, 1}, {-b, -a, a, b}, nil, {-a, -b, a, b}}
	for i, row := range want {
		for j, w := range row {
			if got := float64(y[4*i+j]); math.Abs(got-w) > 1e-5 {
				t.Errorf("%v: element %d of row %d is %v; want %v", rows[i], j, i, got, w)
			}
			if i == 1 {
				if got := float64(dx[4*i+j] * huge); !near(got, float64(dx[j]), 1e-4) {
					t.Errorf("%v: element %d of the gradient is %v/%v; want that of %v, %v, divided by as much", rows[i], j, got, huge, rows[0], dx[j])
				}
			}
			if got := float64(dx[4*i+j]); math.IsNaN(got) || math.IsInf(got, 0) {
				t.Errorf("%v: element %d of the gradient is %v", rows[i], j, got)
			}
		}
	}
	if y[4*6] == y[4*6] || dx[4*6] == dx[4*6] {
		t.Error("a row with a NaN has numbers")
	}
}
