package kernel

import (
	"fmt"
	"math"
	"testing"
)

// fnReference says what each function is, in float64.
var fnReference = map[Fn]func(k [2]float64, a, b, c float64) float64{
	Copy:     func(_ [2]float64, a, _, _ float64) float64 { return a },
	Neg:      func(_ [2]float64, a, _, _ float64) float64 { return -a },
	Scale:    func(k [2]float64, a, _, _ float64) float64 { return k[0] * a },
	Shift:    func(k [2]float64, a, _, _ float64) float64 { return a + k[0] },
	Pow:      func(k [2]float64, a, _, _ float64) float64 { return math.Pow(a, k[0]) },
	Exp:      func(_ [2]float64, a, _, _ float64) float64 { return math.Exp(a) },
	Log:      func(_ [2]float64, a, _, _ float64) float64 { return math.Log(a) },
	Abs:      func(_ [2]float64, a, _, _ float64) float64 { return math.Abs(a) },
	Sign:     func(_ [2]float64, a, _, _ float64) float64 { return math.Copysign(1, a) },
	Sigmoid:  func(_ [2]float64, a, _, _ float64) float64 { return 1 / (1 + math.Exp(-a)) },
	Tanh:     func(_ [2]float64, a, _, _ float64) float64 { return math.Tanh(a) },
	Relu:     func(_ [2]float64, a, _, _ float64) float64 { return math.Max(a, 0) },
	Softplus: func(_ [2]float64, a, _, _ float64) float64 { return math.Log1p(math.Exp(a)) },
	Huber: func(k [2]float64, a, _, _ float64) float64 {
		if a = math.Abs(a); a > k[0] {
			return k[0] * (a - k[0]/2)
		}
		return a * a / 2
	},
	Clamp: func(k [2]float64, a, _, _ float64) float64 { return math.Min(math.Max(a, k[0]), k[1]) },
	Add:   func(_ [2]float64, a, b, _ float64) float64 { return a + b },
	Sub:   func(_ [2]float64, a, b, _ float64) float64 { return a - b },
	Mul:   func(_ [2]float64, a, b, _ float64) float64 { return a * b },
	Div:   func(_ [2]float64, a, b, _ float64) float64 { return a / b },
	Equal: func(_ [2]float64, a, b, _ float64) float64 {
		if a == b {
			return 1
		}
		return 0
	},
	SigmoidGrad: func(_ [2]float64, a, b, _ float64) float64 { return b * a * (1 - a) },
	TanhGrad:    func(_ [2]float64, a, b, _ float64) float64 { return b * (1 - a*a) },
	ReluGrad: func(_ [2]float64, a, b, _ float64) float64 {
		if a > 0 {
			return b
		}
		return 0
	},
	PowGrad: func(k [2]float64, a, b, _ float64) float64 { return b * k[0] * math.Pow(a, k[0]-1) },
	Select: func(_ [2]float64, a, b, c float64) float64 {
		if a != 0 {
			return b
		}
		return c
	},
}

// TestMap compares every function with its definition, over rows and columns with strides, repeated operands and a
// result in the place of an operand.
func TestMap(t *testing.T) {
	eachSet(t, func(t *testing.T, k Kernels[float32]) { testMap(t, k, 1e-6) }) // a few roundings of operands up to 2
	eachSet(t, func(t *testing.T, k Kernels[float64]) { testMap(t, k, 4e-15) })
}

func testMap[F Float](t *testing.T, k Kernels[F], tolerance float64) {
	consts := [2]float64{0.75, 1.25}
	type strides struct{ row, col int }
	for fn := range numFn {
		reference, ok := fnReference[fn]
		if !ok {
			t.Errorf("%v has no reference in this test", fn)
			continue
		}
		for _, size := range []struct{ m, n int }{{1, 1}, {3, 1}, {1, 7}, {2, 16}, {3, 33}} {
			for _, s := range []struct{ dst, a, b, c strides }{
				{strides{size.n, 1}, strides{size.n, 1}, strides{size.n, 1}, strides{size.n, 1}},
				{strides{size.n + 2, 1}, strides{0, 1}, strides{size.n + 1, 1}, strides{1, 0}},
				{strides{3*size.n + 1, 3}, strides{1, size.m}, strides{0, 0}, strides{2 * size.n, 2}},
			} {
				for _, inPlace := range []bool{false, true} {
					if inPlace {
						s.a = s.dst
					}
					checkMap(t, k, fn, consts, size.m, size.n, inPlace, [4]strides{s.dst, s.a, s.b, s.c}, reference, tolerance)
				}
			}
		}
	}
}

func checkMap[F Float, S ~struct{ row, col int }](t *testing.T, k Kernels[F], fn Fn, consts [2]float64, m, n int, inPlace bool, layouts [4]S,
	reference func(k [2]float64, a, b, c float64) float64, tolerance float64) {
	t.Helper()
	r := newRand()
	var x [4]Matrix[F]
	at := func(o, i, j int) int {
		s := struct{ row, col int }(layouts[o])
		return i*s.row + j*s.col
	}
	for o := range x {
		s := struct{ row, col int }(layouts[o])
		data := make([]F, at(o, m-1, n-1)+1+guardWords)
		for i := range data {
			data[i] = guard
		}
		for i := range m {
			for j := range n {
				v := 0.1 + 2*r.Float64()
				if fn != Log && fn != Pow && fn != PowGrad && r.IntN(2) == 0 {
					v = -v
				}
				if fn == Select && o == 1 && r.IntN(2) == 0 || fn == Equal && o > 0 {
					v = float64(r.IntN(2))
				}
				data[at(o, i, j)] = F(v)
			}
		}
		x[o] = Matrix[F]{Data: data, Row: s.row, Col: s.col}
	}
	if inPlace {
		x[0] = x[1]
	}
	want := make([]float64, 0, m*n)
	for i := range m {
		for j := range n {
			want = append(want, reference(consts, float64(x[1].Data[at(1, i, j)]), float64(x[2].Data[at(2, i, j)]), float64(x[3].Data[at(3, i, j)])))
		}
	}
	before := append([]F(nil), x[0].Data...)
	for o := fn.Arity() + 1; o < len(x); o++ {
		x[o] = Matrix[F]{} // which the function does not read
	}
	k.Map(fn, Consts[F]{F(consts[0]), F(consts[1])}, m, n, x[0], x[1], x[2], x[3])
	what := fmt.Sprintf("%v of %d rows of %d, strides %v, in place %v", fn, m, n, layouts, inPlace)
	for i := range m {
		for j := range n {
			if got := float64(x[0].Data[at(0, i, j)]); !(math.Abs(got-want[i*n+j]) <= tolerance*math.Max(1, math.Abs(want[i*n+j]))) {
				t.Fatalf("%s: element (%d, %d) is %v; want %v", what, i, j, got, want[i*n+j])
			}
			before[at(0, i, j)] = x[0].Data[at(0, i, j)]
		}
	}
	for i, v := range before {
		if x[0].Data[i] != v {
			t.Fatalf("%s: word %d, which is no element, became %v", what, i, x[0].Data[i])
		}
	}
}

// TestMapSpecialValues are infinities, NaN, zeros and magnitudes where a plain formula overflows.
func TestMapSpecialValues(t *testing.T) {
	eachSet(t, testMapSpecialValues[float32])
	eachSet(t, testMapSpecialValues[float64])
}

func testMapSpecialValues[F Float](t *testing.T, k Kernels[F]) {
	NaN, Inf := math.NaN(), math.Inf(1)
	negativeZero := math.Copysign(0, -1)
	for _, c := range []struct {
		fn      Fn
		k       Consts[F]
		a, b, c float64
		want    float64
	}{
		{fn: Copy, a: NaN, want: NaN},
		{fn: Copy, a: -Inf, want: -Inf},
		{fn: Neg, a: Inf, want: -Inf},
		{fn: Scale, k: Consts[F]{0}, a: Inf, want: NaN},
		{fn: Shift, k: Consts[F]{1}, a: -Inf, want: -Inf},
		{fn: Pow, k: Consts[F]{2}, a: -8, want: 64},
		{fn: Pow, k: Consts[F]{-1}, a: 0, want: Inf},
		{fn: Pow, k: Consts[F]{0.5}, a: -1, want: NaN},
		{fn: Pow, k: Consts[F]{2}, a: NaN, want: NaN},
		{fn: PowGrad, k: Consts[F]{2}, a: 0, b: 3, want: 0},
		{fn: PowGrad, k: Consts[F]{2}, a: -1.5, b: 2, want: -6},
		{fn: Exp, a: -Inf, want: 0},
		{fn: Exp, a: Inf, want: Inf},
		{fn: Exp, a: 1000, want: Inf},
		{fn: Exp, a: -1000, want: 0},
		{fn: Exp, a: 0, want: 1},
		{fn: Exp, a: NaN, want: NaN},
		{fn: Log, a: 0, want: -Inf},
		{fn: Log, a: 1, want: 0},
		{fn: Log, a: Inf, want: Inf},
		{fn: Log, a: -1, want: NaN},
		{fn: Log, a: NaN, want: NaN},
		{fn: Abs, a: -Inf, want: Inf},
		{fn: Abs, a: NaN, want: NaN},
		{fn: Sign, a: -Inf, want: -1},
		{fn: Sign, a: 0, want: 0},
		{fn: Sign, a: NaN, want: NaN},
		{fn: Sigmoid, a: -Inf, want: 0},
		{fn: Sigmoid, a: Inf, want: 1},
		{fn: Sigmoid, a: -1000, want: 0},
		{fn: Sigmoid, a: 1000, want: 1},
		{fn: Sigmoid, a: 0, want: 0.5},
		{fn: Sigmoid, a: NaN, want: NaN},
		{fn: Tanh, a: -Inf, want: -1},
		{fn: Tanh, a: Inf, want: 1},
		{fn: Tanh, a: -1000, want: -1},
		{fn: Tanh, a: 1000, want: 1},
		{fn: Tanh, a: 0, want: 0},
		{fn: Tanh, a: NaN, want: NaN},
		{fn: Relu, a: -Inf, want: 0},
		{fn: Relu, a: Inf, want: Inf},
		{fn: Relu, a: negativeZero, want: 0},
		{fn: Relu, a: NaN, want: NaN},
		{fn: Softplus, a: -Inf, want: 0},
		{fn: Softplus, a: Inf, want: Inf},
		{fn: Softplus, a: -1000, want: 0},
		{fn: Softplus, a: 1000, want: 1000},
		{fn: Softplus, a: NaN, want: NaN},
		{fn: Huber, k: Consts[F]{2}, a: -Inf, want: Inf},
		{fn: Huber, k: Consts[F]{2}, a: -2, want: 2},
		{fn: Huber, k: Consts[F]{2}, a: NaN, want: NaN},
		{fn: Clamp, k: Consts[F]{-1, 2}, a: -Inf, want: -1},
		{fn: Clamp, k: Consts[F]{-1, 2}, a: Inf, want: 2},
		{fn: Clamp, k: Consts[F]{-1, 2}, a: NaN, want: NaN},
		{fn: Add, a: Inf, b: -Inf, want: NaN},
		{fn: Sub, a: Inf, b: Inf, want: NaN},
		{fn: Mul, a: 0, b: Inf, want: NaN},
		{fn: Div, a: 1, b: 0, want: Inf},
		{fn: Div, a: 0, b: 0, want: NaN},
		{fn: Equal, a: NaN, b: NaN, want: 0},
		{fn: Equal, a: Inf, b: Inf, want: 1},
		{fn: Equal, a: 0, b: negativeZero, want: 1},
		{fn: SigmoidGrad, a: 1, b: 5, want: 0},
		{fn: SigmoidGrad, a: 0.5, b: NaN, want: NaN},
		{fn: TanhGrad, a: -1, b: 5, want: 0},
		{fn: TanhGrad, a: NaN, b: 1, want: NaN},
		{fn: ReluGrad, a: 0, b: NaN, want: 0},
		{fn: ReluGrad, a: 1, b: NaN, want: NaN},
		{fn: ReluGrad, a: NaN, b: 1, want: 0},
		{fn: Select, a: 0, b: NaN, c: 2, want: 2},
		{fn: Select, a: negativeZero, b: NaN, c: 2, want: 2},
		{fn: Select, a: 1, b: 3, c: NaN, want: 3},
		{fn: Select, a: -Inf, b: 3, c: NaN, want: 3},
		{fn: Select, a: NaN, b: 3, c: 2, want: 3},
	} {
		for n := range 20 { // the last element: in the vector part, or in what is left after it
			n++
			operand := func(v float64) Matrix[F] {
				data := make([]F, n)
				for i := range data {
					data[i] = 0.5
				}
				data[n-1] = F(v)
				return Matrix[F]{Data: data, Row: n, Col: 1}
			}
			dst := operand(guard)
			k.Map(c.fn, c.k, 1, n, dst, operand(c.a), operand(c.b), operand(c.c))
			if got := dst.Data[n-1]; !near(float64(got), c.want, 1e-6) {
				t.Errorf("%v %v of (%v, %v, %v) at the end of %d is %v; want %v", c.fn, c.k, c.a, c.b, c.c, n, got, c.want)
			}
		}
	}
}

// TestReduce adds without losing small numbers among large ones, and finds the largest; NaN wins.
func TestReduce(t *testing.T) {
	eachSet(t, testReduce[float32])
	eachSet(t, testReduce[float64])
}

func testReduce[F Float](t *testing.T, k Kernels[F]) {
	for _, stride := range []int{0, 1, 3} {
		for n := range 70 {
			data := make([]F, n*stride+1)
			for i := range data {
				data[i] = nan[F]()
			}
			var sum F
			largest := inf[F](-1)
			for i := range n {
				if v := F((i*37)%11 - 20); stride > 0 || i == 0 {
					data[i*stride] = v
				}
				sum += data[i*stride]
				largest = max(largest, data[i*stride])
			}
			x := Vector[F]{Data: data, Stride: stride}
			if got := k.Sum(n, x); got != sum {
				t.Errorf("sum of %d with stride %d = %v; want %v", n, stride, got, sum)
			}
			if got := k.Max(n, x); got != largest {
				t.Errorf("max of %d with stride %d = %v; want %v", n, stride, got, largest)
			}
			if n > 0 {
				data[n/2*stride] = nan[F]()
				if got := k.Max(n, x); got == got {
					t.Errorf("max of %d with a NaN = %v; want NaN", n, got)
				}
			}
		}
	}
	data := make([]F, 1001)
	for i := range data {
		data[i] = 1
	}
	data[0] = 1e8 // 1 is an eighth of a rounding of it in float32
	if got := k.Sum(len(data), Vector[F]{Data: data, Stride: 1}); got != 1e8+1000 {
		t.Errorf("1e8 and a thousand ones add up to %v", got)
	}
}
