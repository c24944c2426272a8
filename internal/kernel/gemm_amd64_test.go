package kernel

import (
	"math"
	"slices"
	"testing"
)

// TestGemmBlocked compares a product in blocks of a packed B with the same product as a whole, of small integers, which
// add up exactly in any order.
func TestGemmBlocked(t *testing.T) {
	for _, tiles := range []tiles{tilesAVX512, tilesAVX2} {
		var set Kernels[float32] = AVX2{}
		if tiles.avx512 {
			set = AVX512{}
		}
		if !runs(set) {
			t.Logf("the processor cannot run %s", set.Name())
			continue
		}
		r := newRand()
		for range 200 {
			m, n, k := 1+r.IntN(30), 1+r.IntN(150), 1+r.IntN(60)
			width, depth := 1+r.IntN(100), 1+r.IntN(k)
			a, _ := gemmOperand[float32](r, m, k, r.IntN(len(gemmLayouts)))
			b, _ := gemmOperand[float32](r, k, n, r.IntN(len(gemmLayouts)))
			packed := make([]float32, tiles.packedSize(k, n))
			tiles.pack(k, n, b, packed)
			var bias []float32
			if r.IntN(2) == 0 {
				bias = make([]float32, n)
				for i := range bias {
					bias[i] = float32(r.IntN(9) - 4)
				}
			}
			beta := float32(r.IntN(2))
			want, got := make([]float32, m*n), make([]float32, m*n)
			for i := range want {
				want[i] = float32(r.IntN(9) - 4)
			}
			copy(got, want)
			tiles.product(m, n, k, a, tiles.packedPanels(k, packed), beta, bias, Rows[float32]{Data: want, Stride: n})
			tiles.blocked(m, n, k, width, depth, a, packed, beta, bias, Rows[float32]{Data: got, Stride: n})
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("%s m=%d n=%d k=%d, blocks of %d×%d, beta %g, bias %v: C[%d, %d] is %v; want %v", set.Name(), m, n, k, depth, width,
						beta, bias != nil, i/n, i%n, got[i], want[i])
				}
			}
		}
	}
}

// TestGemmPacksA compares products of a transposed A that is packed first with those of one that is not, of small integers,
// whatever the processor takes to be faster.
func TestGemmPacksA(t *testing.T) {
	for _, packed := range []tiles{tilesAVX512, tilesAVX2} {
		var set Kernels[float32] = AVX2{}
		if packed.avx512 {
			set = AVX512{}
		}
		if !runs(set) {
			t.Logf("the processor cannot run %s", set.Name())
			continue
		}
		direct := packed
		packed.packA, packed.packFar, packed.packB = 0, 0, 0
		direct.packA, direct.packFar, direct.packB = math.MaxInt, math.MaxInt, 0
		r := newRand()
		for i := range 60 {
			m, n, k := 1+r.IntN(100), 1+r.IntN(1200), 1+r.IntN(500)
			far := m
			if i%2 == 0 {
				far += page / size
			}
			fill := func(n int) []float32 {
				x := make([]float32, n)
				for i := range x {
					x[i] = float32(r.IntN(9) - 4)
				}
				return x
			}
			a, b := Matrix[float32]{Data: fill(k * far), Row: 1, Col: far}, Matrix[float32]{Data: fill(k * n), Row: n, Col: 1}
			want, beta := fill(m*n), float32(r.IntN(2))
			got := slices.Clone(want)
			direct.gemm(m, n, k, a, b, beta, Rows[float32]{Data: want, Stride: n}, make([]float32, direct.gemmScratch(m, n, k)))
			packed.gemm(m, n, k, a, b, beta, Rows[float32]{Data: got, Stride: n}, make([]float32, packed.gemmScratch(m, n, k)))
			if !slices.Equal(got, want) {
				t.Fatalf("%s m=%d n=%d k=%d, rows %d apart, beta %g: the results differ", set.Name(), m, n, k, far, beta)
			}
		}
	}
}
