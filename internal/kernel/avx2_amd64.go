package kernel

import "unsafe"

// Name implements Kernels.
func (AVX2) Name() string { return "avx2" }

// Cost implements Kernels: a product at half the peak, elements from the second-level cache.
func (AVX2) Cost() Cost { return Cost{MultiplyAdd: 0.02, Element: 0.2} }

// PackedSize implements Kernels.
func (AVX2) PackedSize(k, n int) int { return tilesAVX2.packedSize(k, n) }

// Panel implements Kernels.
func (AVX2) Panel() int { return 2 * lanesAVX2 }

// Pack implements Kernels.
func (AVX2) Pack(k, n int, b Matrix[float32], packed []float32) {
	tilesAVX2.pack(k, n, b, packed)
}

// GemmPacked implements Kernels.
func (AVX2) GemmPacked(m, n, k int, a Matrix[float32], packed []float32, beta float32, bias []float32, c Rows[float32]) {
	if a.Col == 1 && m > 0 && m <= tallestAVX2 { // the shortest way for small products
		const vector = lanesAVX2 * size
		gemmAVX2(unsafe.SliceData(a.Data), uintptr(a.Row*size), unsafe.SliceData(packed), 2*vector, uintptr(k*2*vector), vector, uintptr(k*vector),
			unsafe.SliceData(c.Data), uintptr(c.Stride*size), unsafe.SliceData(bias), m, 1, 0, n, k, betaFlag(beta))
		return
	}
	tilesAVX2.gemmPacked(m, n, k, a, packed, beta, bias, c)
}

// GemmScratch implements Kernels.
func (AVX2) GemmScratch(m, n, k int) int { return tilesAVX2.gemmScratch(m, n, k) }

// Gemm implements Kernels.
func (AVX2) Gemm(m, n, k int, a, b Matrix[float32], beta float32, c Rows[float32], scratch []float32) {
	tilesAVX2.gemm(m, n, k, a, b, beta, c, scratch)
}

var _ Kernels[float32] = AVX2{}
