package kernel

import (
	"fmt"
	"math"
	"testing"
)

// TestRowsAgainstPortable compares the row kernels of each set with the portable ones in float64, for all lengths around
// those of vectors and blocks, with guards, and with the result in the place of an operand.
func TestRowsAgainstPortable(t *testing.T) {
	eachSet(t, func(t *testing.T, k Kernels[float32]) {
		reference := rowKernels[float64](Portable[float64]{})
		for name, run := range rowKernels(k) {
			for n := 1; n <= 100; n++ {
				for _, m := range []int{1, 3} {
					if name == "LengthMask" && n > 8 {
						continue // there are 8 lengths
					}
					for _, inPlace := range []int{-1, 0, 1} {
						if inPlace >= 0 && (name == "Gather" || name == "ScatterAdd" || name == "LengthMask" || name == "CrossEntropyGrad" && inPlace == 1) {
							continue
						}
						checkRows(t, name, m, n, inPlace, run, reference[name])
					}
				}
			}
		}
	})
}

// checkRows compares one call; the result takes the place of the operand inPlace, if that is not negative.
func checkRows(t *testing.T, name string, m, n, inPlace int, run func(m, n int, y, x, z Rows[float32]), reference func(m, n int, y, x, z Rows[float64])) {
	t.Helper()
	r := newRand()
	var operand [2]Rows[float32]
	var exact [2]Rows[float64]
	var all [2][]float32
	for o := range operand {
		all[o], operand[o] = guarded(m, n, float32(0))
		_, exact[o] = guarded(m, n, 0.0)
		for i := range m {
			for j := range n {
				v := float32(r.NormFloat64())
				if name == "LogSoftmaxGrad" && o == 0 { // logarithms of probabilities
					v = min(v, -v)
				}
				operand[o].Data[i*operand[o].Stride+j], exact[o].Data[i*exact[o].Stride+j] = v, float64(v)
			}
		}
	}
	ally, y := guarded(m, n, nan[float32]())
	_, want := guarded(m, n, 0.0)
	if inPlace >= 0 {
		ally, y = all[inPlace], operand[inPlace]
	}
	run(m, n, y, operand[0], operand[1])
	reference(m, n, want, exact[0], exact[1])
	what := fmt.Sprintf("%s of %d rows of %d, in the place of operand %d", name, m, n, inPlace)
	for i := range m {
		for j := range n {
			got, want := float64(y.Data[i*y.Stride+j]), want.Data[i*want.Stride+j]
			// Sums over a row are as precise as its elements, of magnitude 1 to 4.
			if !(math.Abs(got-want) <= 3e-6*math.Max(1, math.Abs(want))) {
				t.Fatalf("%s: element (%d, %d) is %v; want %v", what, i, j, got, want)
			}
		}
	}
	checkGuards(t, what, ally, m, n)
}

// TestRowsEmpty: no rows, or rows of nothing, touch no memory.
func TestRowsEmpty(t *testing.T) {
	eachSet(t, func(t *testing.T, k Kernels[float32]) {
		for _, run := range rowKernels(k) {
			run(0, 5, Rows[float32]{}, Rows[float32]{}, Rows[float32]{})
		}
		k.AddRows(0, 5, make([]float32, 5), Rows[float32]{})
		k.AddRows(5, 0, nil, Rows[float32]{})
		if s := k.Sum(0, Vector[float32]{Stride: 1}); s != 0 {
			t.Errorf("the sum of nothing is %v", s)
		}
		if s := k.SumSquares(nil); s != 0 {
			t.Errorf("the sum of no squares is %v", s)
		}
		k.Scale(nil, 2)
		k.Clamp(nil, 0, 1)
		for name, w := range optimizerSteps(k, 0) {
			if len(w) != 0 {
				t.Error(name)
			}
		}
	})
}

// TestNormalizeLargeMean: a mean that is large beside the deviations costs no precision.
func TestNormalizeLargeMean(t *testing.T) {
	eachSet(t, func(t *testing.T, k Kernels[float32]) {
		const n = 100
		x, y, want := make([]float32, n), make([]float32, n), make([]float64, n)
		exact := make([]float64, n)
		r := newRand()
		for i := range x {
			x[i] = float32(1000 + r.NormFloat64())
			exact[i] = float64(x[i])
		}
		k.Normalize(1, n, 1e-5, Rows[float32]{Data: y, Stride: n}, Rows[float32]{Data: x, Stride: n})
		Portable[float64]{}.Normalize(1, n, 1e-5, Rows[float64]{Data: want, Stride: n}, Rows[float64]{Data: exact, Stride: n})
		for i := range y {
			if !(math.Abs(float64(y[i])-want[i]) <= 2e-6) {
				t.Errorf("element %d is %v; want %v", i, y[i], want[i])
			}
		}
	})
}

// TestDropoutExact: a mask is the same bits in every set.
func TestDropoutExact(t *testing.T) {
	eachSet(t, func(t *testing.T, k Kernels[float32]) {
		for _, rate := range []float64{0, 0.1, 0.5, 0.75, 1 - 1.0/(1<<20)} {
			for n := 1; n < 70; n++ {
				const m = 3
				_, x := guarded(m, n, float32(1.5))
				all, y := guarded(m, n, nan[float32]())
				_, want := guarded(m, n, nan[float32]())
				k.Dropout(m, n, rate, NewMask(1, 2, uint64(n)), y, x)
				Portable[float32]{}.Dropout(m, n, rate, NewMask(1, 2, uint64(n)), want, x)
				for i, v := range y.Data {
					if v != want.Data[i] {
						t.Fatalf("rate %v, %d rows of %d: word %d is %v; want %v", rate, m, n, i, v, want.Data[i])
					}
				}
				checkGuards(t, "dropout", all, m, n)
			}
		}
	})
}

// TestAddRows compares column sums with float64, and loses nothing among large numbers.
func TestAddRows(t *testing.T) {
	eachSet(t, testAddRows[float32])
	eachSet(t, testAddRows[float64])
}

func testAddRows[F Float](t *testing.T, k Kernels[F]) {
	for n := 1; n <= 140; n++ {
		m := 1 + n%7
		_, x := guarded(m, n, F(0))
		all, d := guarded(1, n, F(0))
		r := newRand()
		want := make([]float64, n)
		for j := range n {
			d.Data[j] = F(j)
			want[j] = float64(j)
			for i := range m {
				v := F(r.NormFloat64())
				x.Data[i*x.Stride+j] = v
				want[j] += float64(v)
			}
		}
		k.AddRows(m, n, d.Data, x)
		for j := range n {
			if got := d.Data[j]; got != F(want[j]) && math.Abs(float64(got)-want[j]) > 1e-14*math.Abs(want[j]) {
				t.Fatalf("%d rows of %d: column %d is %v; want %v", m, n, j, got, want[j])
			}
		}
		checkGuards(t, "AddRows", all, 1, n)
	}
	const m = 1001
	x := make([]F, m)
	for i := range x {
		x[i] = 1
	}
	x[0] = 1e8
	d := []F{0}
	k.AddRows(m, 1, d, Rows[F]{Data: x, Stride: 1})
	if d[0] != 1e8+1000 {
		t.Errorf("1e8 and a thousand ones in a column add up to %v", d[0])
	}
}

// TestSumLong compares sums and the largest of long vectors of any length with float64.
func TestSumLong(t *testing.T) {
	eachSet(t, func(t *testing.T, k Kernels[float32]) {
		r := newRand()
		for n := 1; n < 300; n++ {
			all := make([]float32, n+2*guardWords)
			for i := range all {
				all[i] = nan[float32]() // beyond the vector: must not be read into the result
			}
			x := all[guardWords : guardWords+n]
			var sum, squares float64
			largest := float32(math.Inf(-1))
			for i := range x {
				x[i] = float32(r.NormFloat64()) - 3
				sum += float64(x[i])
				squares += float64(x[i]) * float64(x[i])
				largest = max(largest, x[i])
			}
			v := Vector[float32]{Data: x, Stride: 1}
			if got := k.Sum(n, v); math.Abs(float64(got)-sum) > 1e-7*math.Abs(sum) {
				t.Errorf("sum of %d = %v; want %v", n, got, sum)
			}
			if got := k.SumSquares(x); math.Abs(got-squares) > 1e-14*squares {
				t.Errorf("sum of %d squares = %v; want %v", n, got, squares)
			}
			if got := k.Max(n, v); got != largest {
				t.Errorf("largest of %d = %v; want %v", n, got, largest)
			}
			x[r.IntN(n)] = nan[float32]()
			if got := k.Max(n, v); got == got {
				t.Errorf("largest of %d with a NaN = %v", n, got)
			}
		}
	})
}

// TestCrossEntropyVocabulary compares loss and gradient over 10,000 classes, with the options, with float64.
func TestCrossEntropyVocabulary(t *testing.T) {
	eachSet(t, func(t *testing.T, k Kernels[float32]) {
		const m, n = 4, 10000
		target := []int{5, 9999, -100, 0}
		r := newRand()
		logits, exact := make([]float32, m*n), make([]float64, m*n)
		weights, exactWeights := make([]float32, n), make([]float64, n)
		for i := range logits {
			logits[i] = float32(3 * r.NormFloat64())
			exact[i] = float64(logits[i])
		}
		logits[n+9999] = 30 // a target that is all but certain
		exact[n+9999] = 30
		for i := range weights {
			weights[i] = float32(r.Float64())
			exactWeights[i] = float64(weights[i])
		}
		for _, smoothing := range []float64{0, 0.1} {
			for _, weighted := range []bool{false, true} {
				o, q := CrossEntropyOptions[float32]{Ignore: -100, Smoothing: smoothing}, CrossEntropyOptions[float64]{Ignore: -100, Smoothing: smoothing}
				if weighted {
					o.Weights, q.Weights = weights, exactWeights
				}
				loss, want := make([]float32, m), make([]float64, m)
				k.CrossEntropy(m, n, o, Vector[float32]{Data: loss, Stride: 1}, Rows[float32]{Data: logits, Stride: n}, target)
				Portable[float64]{}.CrossEntropy(m, n, q, Vector[float64]{Data: want, Stride: 1}, Rows[float64]{Data: exact, Stride: n}, target)
				for i := range loss {
					if !near(float64(loss[i]), want[i], 1e-6) {
						t.Errorf("smoothing %v, weighted %v: loss %d is %v; want %v", smoothing, weighted, i, loss[i], want[i])
					}
				}
				d := make([]float32, m*n)
				dwant := make([]float64, m*n)
				k.CrossEntropyGrad(m, n, o, Rows[float32]{Data: d, Stride: n}, Rows[float32]{Data: logits, Stride: n}, target, Vector[float32]{Data: []float32{0.5}})
				Portable[float64]{}.CrossEntropyGrad(m, n, q, Rows[float64]{Data: dwant, Stride: n}, Rows[float64]{Data: exact, Stride: n}, target, Vector[float64]{Data: []float64{0.5}})
				for i := range d {
					if !near(float64(d[i]), dwant[i], 2e-6) && math.Abs(float64(d[i])-dwant[i]) > 1e-11 {
						t.Fatalf("smoothing %v, weighted %v: gradient %d is %v; want %v", smoothing, weighted, i, d[i], dwant[i])
					}
				}
			}
		}
	})
}

// TestOptimizersAgainstPortable compares the updates of each set, for all lengths around those of vectors.
func TestOptimizersAgainstPortable(t *testing.T) {
	eachSet(t, func(t *testing.T, k Kernels[float32]) {
		for n := 1; n <= 70; n++ {
			want := optimizerSteps(Portable[float64]{}, n)
			for name, w := range optimizerSteps(k, n) {
				for i, x := range w {
					if d := math.Abs(float64(x) - want[name][i]); !(d <= 2e-5*math.Max(1, math.Abs(want[name][i]))) {
						t.Errorf("%s of %d: element %d is %v; want %v", name, n, i, x, want[name][i])
					}
				}
			}
		}
	})
}

// TestOptimizersGuards: no update writes behind its slices, or to the gradients.
func TestOptimizersGuards(t *testing.T) {
	eachSet(t, func(t *testing.T, k Kernels[float32]) {
		for n := 1; n <= 40; n++ {
			var slices [5][]float32
			var all [5][]float32
			for i := range slices {
				all[i] = make([]float32, n+2*guardWords)
				for j := range all[i] {
					all[i][j] = guard
				}
				slices[i] = all[i][guardWords : guardWords+n]
				for j := range slices[i] {
					slices[i][j] = 0.5
				}
			}
			w, g, a, b, c := slices[0], slices[1], slices[2], slices[3], slices[4]
			for _, nesterov := range []bool{false, true} {
				k.SGD(w, g, a, 0.1, 0.9, 0.01, nesterov, true)
			}
			k.SGD(w, g, nil, 0.1, 0, 0, false, false)
			k.Adam(w, g, a, b, 1, 0.1, 0.9, 0.99, 1e-8, 0, true)
			for _, mean := range [][]float32{nil, b} {
				for _, velocity := range [][]float32{nil, c} {
					k.RMSProp(w, g, a, mean, velocity, 0.1, 0.9, 1e-8, 0, 0.5)
				}
			}
			k.Adagrad(w, g, a, 0.1, 1e-8, 0)
			k.Adadelta(w, g, a, b, 0.1, 0.9, 1e-8, 0)
			k.Average(w, g, 0.5)
			k.AddScaled(w, g, 0.5)
			k.Scale(w, 2)
			k.Clamp(w, -1, 1)
			for i, x := range all {
				for j, v := range x {
					if inside := j >= guardWords && j < guardWords+n; !inside && v != guard {
						t.Fatalf("length %d: word %d of slice %d became %v", n, j-guardWords, i, v)
					} else if i == 1 && inside && v != 0.5 {
						t.Fatalf("length %d: gradient %d became %v", n, j-guardWords, v)
					}
				}
			}
		}
	})
}
