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

// gemmOperand fills a matrix of small integers, whose products add up exactly in any order. All around them is NaN,
// which a kernel that reads too far would show.
func gemmOperand[F Float](r *rand.Rand, rows, cols, layout int) (x Matrix[F], at func(i, j int) F) {
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
	return Matrix[F]{Data: data, Row: row, Col: col}, func(i, j int) F { return data[i*row+j*col] }
}

// TestGemm compares with three plain loops, for all sizes to 20 and all pairs of layouts.
func TestGemm(t *testing.T) {
	eachSet(t, testGemm[float32])
	eachSet(t, testGemm[float64])
}

func testGemm[F Float](t *testing.T, k Kernels[F]) {
	const limit = 20
	betas := []F{0, 1, -0.5}
	r := newRand()
	count := 0
	for m := range limit + 1 {
		for n := range limit + 1 {
			for inner := range limit + 1 {
				// All layouts for each size would take long; each pair meets each size modulo 6.
				la, lb := (m+inner)%len(gemmLayouts), (n+inner/len(gemmLayouts)+m)%len(gemmLayouts)
				beta := betas[count%len(betas)]
				count++
				checkGemm(t, k, r, m, n, inner, la, lb, beta)
			}
		}
	}
	for la := range gemmLayouts {
		for lb := range gemmLayouts {
			for _, beta := range betas {
				for _, size := range [][3]int{{1, 1, 1}, {1, 20, 9}, {20, 1, 7}, {4, 4, 4}, {5, 17, 3}, {13, 33, 1}, {12, 64, 40}, {25, 48, 65}} {
					checkGemm(t, k, r, size[0], size[1], size[2], la, lb, beta)
				}
			}
		}
	}
}

func checkGemm[F Float](t *testing.T, k Kernels[F], r *rand.Rand, m, n, inner, la, lb int, beta F) {
	t.Helper()
	a, atA := gemmOperand[F](r, m, inner, la)
	b, atB := gemmOperand[F](r, inner, n, lb)
	initial := nan[F]() // which a beta of 0 must not multiply
	if beta != 0 {
		initial = 6
	}
	all, c := guarded(m, n, initial)
	k.Gemm(m, n, inner, a, b, beta, c)
	what := fmt.Sprintf("m=%d n=%d k=%d, A in %s, B in %s, beta %v", m, n, inner, gemmLayouts[la].name, gemmLayouts[lb].name, beta)
	for i := range m {
		for j := range n {
			var want F
			if beta != 0 {
				want = beta * initial
			}
			for p := range inner {
				want += atA(i, p) * atB(p, j)
			}
			if got := c.Data[i*c.Stride+j]; got != want {
				t.Fatalf("%s: element (%d, %d) is %v; want %v", what, i, j, got, want)
			}
		}
	}
	checkGuards(t, what, all, m, n)
}
