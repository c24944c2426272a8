package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// gemmLayouts are the ways in which an operand of a product may stand in memory.
var gemmLayouts = []struct {
	name    string
	strides func(rows, cols int) (row, col int)
}{
	{"rows", func(rows, cols int) (int, int) { return cols, 1 }},
	{"padded rows", func(rows, cols int) (int, int) { return cols + 5, 1 }},
	{"columns", func(rows, cols int) (int, int) { return 1, rows }},
	{"padded columns", func(rows, cols int) (int, int) { return 1, rows + 3 }},
	{"neither adjacent", func(rows, cols int) (int, int) { return 2*cols + 7, 2 }},
	{"one number", func(rows, cols int) (int, int) { return 0, 0 }},
}

// gemmOperand fills a matrix of small integers, whose products add up exactly in any order, and returns it and its
// numbers in plain rows. All around them is NaN, which a kernel that reads too far would show.
func gemmOperand[F Float](r *rand.Rand, rows, cols, layout int) (x Matrix[F], plain []F) {
	row, col := gemmLayouts[layout].strides(rows, cols)
	data := make([]F, rows*row+cols*col+1)
	for i := range data {
		data[i] = nan[F]()
	}
	for i := range rows {
		for j := range cols {
			data[i*row+j*col] = F(r.IntN(9) - 4)
		}
	}
	plain = make([]F, 0, rows*cols)
	for i := range rows {
		for j := range cols {
			plain = append(plain, data[i*row+j*col])
		}
	}
	return Matrix[F]{Data: data, Row: row, Col: col}, plain
}

// A gemmCase is one product to test.
type gemmCase struct {
	m, n, k int
	layoutA int
	layoutB int
	beta    int
	bias    bool // only of packed products
	offset  int  // of the first number of C, bias, packed and scratch from an aligned address
	packed  bool
}

func (c gemmCase) String() string {
	what := "Gemm"
	if c.packed {
		what = "GemmPacked"
	}
	return fmt.Sprintf("%s m=%d n=%d k=%d, A in %s, B in %s, beta %d, bias %v, offset %d", what, c.m, c.n, c.k,
		gemmLayouts[c.layoutA].name, gemmLayouts[c.layoutB].name, c.beta, c.bias, c.offset)
}

// TestGemm compares with three plain loops: all sizes to 20, in layouts drawn at random; sizes about the edges of tiles
// and blocks; and random ones.
func TestGemm(t *testing.T) {
	eachSet(t, testGemm[float32])
	eachSet(t, testGemm[float64])
}

func testGemm[F Float](t *testing.T, k Kernels[F]) {
	limit, edges := 20, []int{0, 1, 2, 3, 4, 5, 7, 8, 13, 14, 15, 16, 17, 28, 29, 31, 32, 33, 47, 48, 49, 63, 64, 65, 96, 100}
	if testing.Short() {
		limit, edges = 9, []int{14, 15, 29, 33, 49}
	}
	r := newRand()
	layouts := len(gemmLayouts)
	random := func(m, n, inner int) {
		c := gemmCase{m: m, n: n, k: inner, layoutA: r.IntN(layouts), layoutB: r.IntN(layouts), beta: r.IntN(2), bias: r.IntN(2) == 0, offset: r.IntN(16)}
		checkGemm(t, k, r, c)
		c.packed = true
		checkGemm(t, k, r, c)
	}
	for m := range limit + 1 {
		for n := range limit + 1 {
			for inner := range limit + 1 {
				random(m, n, inner)
			}
		}
	}
	for _, m := range edges {
		for _, n := range edges {
			random(m, n, r.IntN(101))
			random(m, r.IntN(101), n)
			random(r.IntN(101), m, n)
		}
	}
	for _, n := range []int{127, 128, 129, 160, 191, 192, 300} { // more panels at once
		for m := 1; m <= 8; m++ {
			random(m, n, 1+r.IntN(40))
		}
	}
	for a := range gemmLayouts {
		for b := range gemmLayouts {
			for beta := range 2 {
				for _, bias := range []bool{false, true} {
					for _, size := range [][3]int{{1, 1, 1}, {1, 20, 9}, {20, 1, 7}, {4, 4, 4}, {5, 17, 3}, {13, 33, 1}, {12, 64, 40}, {25, 48, 65}, {30, 70, 20}} {
						c := gemmCase{m: size[0], n: size[1], k: size[2], layoutA: a, layoutB: b, beta: beta, bias: bias}
						checkGemm(t, k, r, c)
						c.packed = true
						checkGemm(t, k, r, c)
					}
				}
			}
		}
	}
	if testing.Short() {
		return
	}
	for range 4 { // several blocks along k, n and m
		random(1+r.IntN(90), 1+r.IntN(90), 300+r.IntN(1000))
		random(1+r.IntN(90), 450+r.IntN(200), 350+r.IntN(100))
		random(200+r.IntN(300), 1+r.IntN(90), 1+r.IntN(90))
	}
}

// gemmBuffer makes n elements at an offset, filled with a value, and a function that tells whether what is around them
// has been left alone.
func gemmBuffer[F Float](n, offset int, fill F) (x []F, intact func() bool) {
	const margin = 40
	all := make([]F, offset+n+2*margin)
	for i := range all {
		all[i] = guard
	}
	x = all[offset+margin:][:n:n]
	for i := range x {
		x[i] = fill
	}
	return x, func() bool {
		for i, v := range all {
			if inside := i >= offset+margin && i < offset+margin+n; !inside && v != guard {
				return false
			}
		}
		return true
	}
}

func checkGemm[F Float](t *testing.T, k Kernels[F], r *rand.Rand, c gemmCase) {
	t.Helper()
	a, plainA := gemmOperand[F](r, c.m, c.k, c.layoutA)
	b, plainB := gemmOperand[F](r, c.k, c.n, c.layoutB)
	var bias []F
	biasIntact := func() bool { return true }
	if c.bias && c.packed {
		bias, biasIntact = gemmBuffer[F](c.n, c.offset, 0)
		for j := range bias {
			bias[j] = F(r.IntN(9) - 4)
		}
	}
	initial := nan[F]() // which a beta of 0 must not multiply
	if c.beta != 0 {
		initial = 6
	}
	all, z := guarded(c.m, c.n, initial)
	if c.packed {
		packed, intact := gemmBuffer(k.PackedSize(c.k, c.n), c.offset, nan[F]())
		k.Pack(c.k, c.n, b, packed)
		if !intact() {
			t.Fatalf("%v: Pack wrote beyond PackedSize", c)
		}
		k.GemmPacked(c.m, c.n, c.k, a, packed, F(c.beta), bias, z)
	} else {
		scratch, intact := gemmBuffer(k.GemmScratch(c.m, c.n, c.k), c.offset, nan[F]())
		k.Gemm(c.m, c.n, c.k, a, b, F(c.beta), z, scratch)
		if !intact() {
			t.Fatalf("%v: wrote beyond GemmScratch", c)
		}
	}
	if !biasIntact() {
		t.Fatalf("%v: wrote to the bias", c)
	}
	want := make([]F, c.n)
	for i := range c.m {
		clear(want)
		if bias != nil {
			copy(want, bias)
		}
		for p, x := range plainA[i*c.k : (i+1)*c.k] {
			for j, y := range plainB[p*c.n : (p+1)*c.n] {
				want[j] += x * y
			}
		}
		for j, v := range want {
			if c.beta != 0 {
				v += initial
			}
			if got := z.Data[i*z.Stride+j]; got != v {
				t.Fatalf("%v: element (%d, %d) is %v; want %v", c, i, j, got, v)
			}
		}
	}
	checkGuards(t, c.String(), all, c.m, c.n)
}

// TestGemmNaN checks that a NaN or an infinity in an operand reaches all the sums that it belongs to, and no other.
func TestGemmNaN(t *testing.T) { eachSet(t, testGemmNaN[float32]) }

func testGemmNaN[F Float](t *testing.T, k Kernels[F]) {
	r := newRand()
	for m := 1; m <= 16; m++ {
		for _, n := range []int{1, 15, 16, 31, 33, 64, 129} {
			const inner = 9
			odd := []F{nan[F](), inf[F](1), inf[F](-1)}[r.IntN(3)]
			i, j, p := r.IntN(m), r.IntN(n), r.IntN(inner)
			a, b := make([]F, m*inner), make([]F, inner*n)
			for i := range a {
				a[i] = 1
			}
			for i := range b {
				b[i] = 1
			}
			a[i*inner+p] = odd
			b[p*n+j] = odd
			c := make([]F, m*n)
			packed := make([]F, k.PackedSize(inner, n))
			k.Pack(inner, n, Matrix[F]{Data: b, Row: n, Col: 1}, packed)
			k.GemmPacked(m, n, inner, Matrix[F]{Data: a, Row: inner, Col: 1}, packed, 0, nil, Rows[F]{Data: c, Stride: n})
			for at, v := range c {
				want := F(inner)
				switch {
				case at/n == i && at%n == j:
					want = odd * odd
				case at/n == i || at%n == j:
					want = odd
				}
				if !same(v, want) {
					t.Fatalf("m=%d n=%d: element (%d, %d) is %v with %v in row %d and column %d; want %v", m, n, at/n, at%n, v, odd, i, j, want)
				}
			}
		}
	}
}

// TestPackedParts packs columns that a multiple of Panel parts from the others on their own: they stand as in the whole.
func TestPackedParts(t *testing.T) { eachSet(t, testPackedParts[float32]) }

func testPackedParts[F Float](t *testing.T, k Kernels[F]) {
	panel := k.Panel()
	if panel == 0 {
		t.Skip("its packed matrices cannot be divided")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{panel, panel + 1, 3*panel - 1, 3 * panel, 3*panel + panel/2 + 1} {
		for layout := range gemmLayouts {
			const inner = 7
			b, _ := gemmOperand[F](r, inner, n, layout)
			whole := make([]F, k.PackedSize(inner, n))
			k.Pack(inner, n, b, whole)
			for j := panel; j < n; j += panel {
				parts := make([]F, len(whole))
				k.Pack(inner, j, b, parts)
				k.Pack(inner, n-j, Matrix[F]{Data: b.Data[j*b.Col:], Row: b.Row, Col: b.Col}, parts[j*inner:])
				for i, v := range whole {
					if !same(parts[i], v) {
						t.Fatalf("n=%d, %s, in two parts from column %d on: element %d is %v; want %v", n, gemmLayouts[layout].name, j, i, parts[i], v)
					}
				}
			}
		}
	}
}

// TestGemmAllocs checks that products do not allocate.
func TestGemmAllocs(t *testing.T) { eachSet(t, testGemmAllocs[float32]) }

func testGemmAllocs[F Float](t *testing.T, k Kernels[F]) {
	const m, n, inner = 40, 50, 60
	x := Matrix[F]{Data: make([]F, m*n*inner), Row: 1, Col: 64}
	c := Rows[F]{Data: make([]F, m*n), Stride: n}
	packed, scratch := make([]F, k.PackedSize(inner, n)), make([]F, k.GemmScratch(m, n, inner))
	if count := testing.AllocsPerRun(10, func() {
		k.Pack(inner, n, x, packed)
		k.GemmPacked(m, n, inner, x, packed, 1, nil, c)
		k.Gemm(m, n, inner, x, x, 1, c, scratch)
	}); count != 0 {
		t.Errorf("%v allocations", count)
	}
}
