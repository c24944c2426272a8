package kernel

import "testing"

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
