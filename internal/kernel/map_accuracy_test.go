package kernel

import (
	"flag"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
)

var exhaustive = flag.Bool("exhaustive", false, "test the elementwise functions on all float32, which takes minutes")

// accurate are the functions that assembly approximates, in float64, and the units in the last place it may be wrong.
var accurate = []struct {
	name string
	fn   Fn
	k    Consts[float32]
	f    func(x float64) float64
	ulp  float64
}{
	{"exp", Exp, Consts[float32]{}, math.Exp, 2},
	{"log", Log, Consts[float32]{}, math.Log, 2},
	{"sigmoid", Sigmoid, Consts[float32]{}, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, 3.5},
	{"tanh", Tanh, Consts[float32]{}, math.Tanh, 3.7},
	{"softplus", Softplus, Consts[float32]{}, func(x float64) float64 {
		return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
	}, 3},
	{"sqrt", Pow, Consts[float32]{0.5}, func(x float64) float64 { return math.Pow(x, 0.5) }, 0.6},
	{"rsqrt", Pow, Consts[float32]{-0.5}, func(x float64) float64 { return math.Pow(x, -0.5) }, 1.6},
	{"cube", Pow, Consts[float32]{3}, func(x float64) float64 { return x * x * x }, 1.6},
	{"pow4", Pow, Consts[float32]{4}, func(x float64) float64 { return math.Pow(x, 4) }, 0.6},
	{"pow-3", Pow, Consts[float32]{-3}, func(x float64) float64 { return math.Pow(x, -3) }, 0.6},
	{"pow0.7", Pow, Consts[float32]{0.7}, func(x float64) float64 { return math.Pow(x, float64(float32(0.7))) }, 0.6},
	{"pow-inf", Pow, Consts[float32]{float32(math.Inf(-1))}, func(x float64) float64 { return math.Pow(x, math.Inf(-1)) }, 0},
	{"pow0", Pow, Consts[float32]{0}, func(x float64) float64 { return 1 }, 0},
}

// ulps returns how far got is from want in units in the last place of want as a float32. A
// result that may be flushed is also right as 0 where it would be denormal.
func ulps(got float32, want float64, flushed bool) float64 {
	w := float32(want)
	switch {
	case same(got, w):
		if want != want || math.IsInf(want, 0) {
			return 0
		}
	case w != w || got != got:
		return math.Inf(1)
	case flushed && got == 0 && math.Abs(want) < 0x1p-126:
		return 0
	}
	g := float64(got)
	if math.IsInf(g, 0) { // the next number of an unlimited exponent
		g = math.Copysign(1<<64*(1<<64), g)
	}
	if math.IsInf(want, 0) || math.Abs(want) > 1<<64*(1<<64) {
		want = math.Copysign(1<<64*(1<<64), want)
	}
	_, e := math.Frexp(want)
	return math.Abs(g-want) / math.Ldexp(1, max(e-24, -149))
}

// TestMapAccuracy compares the functions with float64 over all exponents and signs.
func TestMapAccuracy(t *testing.T) {
	stride := uint64(1021)
	if testing.Short() {
		stride = 40009
	}
	if *exhaustive {
		stride = 1
	}
	eachSet(t, func(t *testing.T, k Kernels[float32]) {
		if k.Name() == "portable" {
			return
		}
		for _, a := range accurate {
			var mutex sync.Mutex
			var worst float64
			var at float32
			var group sync.WaitGroup
			const chunk = 1 << 12
			workers := uint64(runtime.GOMAXPROCS(0))
			for w := range workers {
				group.Go(func() {
					x, y := make([]float32, chunk), make([]float32, chunk)
					var own float64 // the worker's own worst and where it is
					var ownAt float32
					for from := w * chunk * stride; from < 1<<32; from += workers * chunk * stride {
						for i := range x {
							x[i] = math.Float32frombits(uint32(from + uint64(i)*stride))
						}
						mx, my := Matrix[float32]{Data: x, Col: 1}, Matrix[float32]{Data: y, Col: 1}
						k.Map(a.fn, a.k, 1, chunk, my, mx, Matrix[float32]{}, Matrix[float32]{})
						for i, v := range x {
							if e := ulps(y[i], a.f(float64(v)), a.fn == Sigmoid); own == own && !(e <= own) { // a NaN stays
								own, ownAt = e, v
							}
						}
					}
					mutex.Lock()
					defer mutex.Unlock()
					if worst == worst && !(own <= worst) {
						worst, at = own, ownAt
					}
				})
			}
			group.Wait()
			t.Logf("%s: %.3f units in the last place at %v (%#x)", a.name, worst, at, math.Float32bits(at))
			if !(worst <= a.ulp) {
				t.Errorf("%s is %.3f units in the last place wrong at %v; at most %v", a.name, worst, at, a.ulp)
			}
		}
	})
}

// TestMapAccuracyEachExponent takes random mantissas under each exponent and sign, denormals and NaN among them.
func TestMapAccuracyEachExponent(t *testing.T) {
	eachSet(t, func(t *testing.T, k Kernels[float32]) {
		if k.Name() == "portable" {
			return
		}
		r := rand.New(rand.NewPCG(3, 4))
		var x, y [256]float32
		for _, a := range accurate {
			for high := range uint32(512) {
				for i := range x {
					x[i] = math.Float32frombits(high<<23 | r.Uint32()>>9)
				}
				x[0] = math.Float32frombits(high << 23)
				k.Map(a.fn, a.k, 1, len(x), Matrix[float32]{Data: y[:], Col: 1}, Matrix[float32]{Data: x[:], Col: 1}, Matrix[float32]{}, Matrix[float32]{})
				for i, v := range x {
					if e := ulps(y[i], a.f(float64(v)), a.fn == Sigmoid); !(e <= a.ulp) {
						t.Fatalf("%s of %v is %v; want %v, %.3f units in the last place away, at most %v", a.name, v, y[i], a.f(float64(v)), e, a.ulp)
					}
				}
			}
		}
	})
}
