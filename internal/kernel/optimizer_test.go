package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// optimizerSteps runs each update for some steps over the same random gradients; a set of kernels in assembly is run
// the same way and compared.
func optimizerSteps[F Float](k Optimizers[F], n int) map[string][]F {
	out := map[string][]F{}
	run := func(name string, step func(i int, w, g, a, b, c []F)) {
		r := rand.New(rand.NewPCG(1, 2))
		w, g, a, b, c := make([]F, n), make([]F, n), make([]F, n), make([]F, n), make([]F, n)
		for i := range w {
			w[i] = F(r.NormFloat64())
		}
		for i := range 5 {
			for j := range g {
				g[j] = F(r.NormFloat64())
			}
			step(i, w, g, a, b, c)
		}
		out[name] = w
	}
	run("sgd", func(i int, w, g, a, b, c []F) { k.SGD(w, g, nil, 0.1, 0, 0.01, false, i == 0) })
	run("momentum", func(i int, w, g, a, b, c []F) { k.SGD(w, g, a, 0.1, 0.9, 0.01, false, i == 0) })
	run("nesterov", func(i int, w, g, a, b, c []F) { k.SGD(w, g, a, 0.1, 0.9, 0.01, true, i == 0) })
	run("adam", func(i int, w, g, a, b, c []F) { k.Adam(w, g, a, b, i+1, 0.1, 0.9, 0.999, 1e-8, 0.01, false) })
	run("adamw", func(i int, w, g, a, b, c []F) { k.Adam(w, g, a, b, i+1, 0.1, 0.9, 0.999, 1e-8, 0.01, true) })
	run("rmsprop", func(i int, w, g, a, b, c []F) { k.RMSProp(w, g, a, nil, nil, 0.1, 0.9, 1e-8, 0.01, 0) })
	run("rmsprop centred with momentum", func(i int, w, g, a, b, c []F) { k.RMSProp(w, g, a, b, c, 0.01, 0.9, 1e-2, 0.01, 0.9) })
	run("adagrad", func(i int, w, g, a, b, c []F) { k.Adagrad(w, g, a, 0.1, 1e-10, 0.01) })
	run("average", func(i int, w, g, a, b, c []F) { k.Average(w, g, 0.3) })
	run("add scaled", func(i int, w, g, a, b, c []F) { k.AddScaled(w, g, 0.3) })
	run("adadelta", func(i int, w, g, a, b, c []F) { k.Adadelta(w, g, a, b, 1, 0.9, 1e-6, 0.01) })
	return out
}

// TestPortableOptimizers compares float32 with float64, which the goldens of PyTorch check.
func TestPortableOptimizers(t *testing.T) {
	for _, n := range []int{1, 7, 100} {
		want := optimizerSteps(Portable[float64]{}, n)
		for name, w := range optimizerSteps(Portable[float32]{}, n) {
			for i, x := range w {
				if d := math.Abs(float64(x) - want[name][i]); !(d <= 2e-5*math.Max(1, math.Abs(want[name][i]))) {
					t.Errorf("%s of %d: element %d is %v in float32 and %v in float64", name, n, i, x, want[name][i])
				}
			}
		}
	}
}

// TestRMSPropCentred follows the doc comment's formulas, since no golden has a mean or momentum.
func TestRMSPropCentred(t *testing.T) {
	const lr, alpha, eps, decay, momentum = 0.1, 0.9, 1e-8, 0.01, 0.8
	w, v, mean, velocity := []float64{2}, []float64{0}, []float64{0}, []float64{0}
	x, vx, mx, ux := 2.0, 0.0, 0.0, 0.0
	for i := range 4 {
		g := float64(i) - 1.5
		Portable[float64]{}.RMSProp(w, []float64{g}, v, mean, velocity, lr, alpha, eps, decay, momentum)
		g += decay * x
		vx = alpha*vx + (1-alpha)*g*g
		mx = alpha*mx + (1-alpha)*g
		ux = momentum*ux + g/(math.Sqrt(vx-mx*mx)+eps)
		x -= lr * ux
		if math.Abs(w[0]-x) > 1e-12 {
			t.Fatalf("step %d: w = %v; want %v", i+1, w[0], x)
		}
	}
}

// TestRMSPropVarianceNotNegative repeats one gradient until rounding would take v − mean² below zero.
func TestRMSPropVarianceNotNegative(t *testing.T) {
	w, v, mean := []float32{0}, []float32{0}, []float32{0}
	for range 2000 {
		Portable[float32]{}.RMSProp(w, []float32{0.3}, v, mean, nil, 1e-6, 0.9, 1e-8, 0, 0)
	}
	if w[0] != w[0] {
		t.Fatal("w is NaN")
	}
}

func TestSumSquares(t *testing.T) {
	for n := range 12 {
		x := make([]float32, n)
		want := 0.0
		for i := range x {
			x[i] = float32(i + 1)
			want += float64((i + 1) * (i + 1))
		}
		if got := (Portable[float32]{}).SumSquares(x); got != want {
			t.Errorf("of %d elements: %v; want %v", n, got, want)
		}
	}
	if got := (Portable[float32]{}).SumSquares([]float32{1e30, 1e30}); math.Abs(got-2e60) > 1e54 {
		t.Errorf("%v overflows float32 but not the sum; want 2e60", got)
	}
}

func TestScaleAndClamp(t *testing.T) {
	nan := math.NaN()
	x := []float64{-3, -1, 0, 2, math.Inf(1), nan}
	Portable[float64]{}.Scale(x, 2)
	Portable[float64]{}.Clamp(x, -2, 3)
	for i, want := range []float64{-2, -2, 0, 3, 3, nan} {
		if x[i] != want && !(x[i] != x[i] && want != want) {
			t.Errorf("element %d is %v; want %v", i, x[i], want)
		}
	}
}

func BenchmarkPortableAdam(b *testing.B) {
	const n = 1 << 20
	w, g, m, v := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
	b.SetBytes(7 * 4 * n) // four slices read, three written
	for i := range b.N {
		Portable[float32]{}.Adam(w, g, m, v, i+1, 1e-3, 0.9, 0.999, 1e-8, 0, false)
	}
}
