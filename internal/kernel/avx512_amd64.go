package kernel

import "unsafe"

// Name implements Kernels.
func (AVX512) Name() string { return "avx512" }

// Cost implements Kernels: a product at half the peak of one 512-bit unit, elements from the second-level cache.
func (AVX512) Cost() Cost { return Cost{MultiplyAdd: 0.02, Element: 0.2} }

// PackedSize implements Kernels.
func (AVX512) PackedSize(k, n int) int { return tilesAVX512.packedSize(k, n) }

// Panel implements Kernels.
func (AVX512) Panel() int { return 2 * lanesAVX512 }

// Pack implements Kernels.
func (AVX512) Pack(k, n int, b Matrix[float32], packed []float32) {
	tilesAVX512.pack(k, n, b, packed)
}

// GemmPacked implements Kernels.
func (AVX512) GemmPacked(m, n, k int, a Matrix[float32], packed []float32, beta float32, bias []float32, c Rows[float32]) {
	if a.Col == 1 && m > 0 && m <= tallestAVX512 { // the shortest way for small products
		const vector = lanesAVX512 * size
		gemmAVX512(unsafe.SliceData(a.Data), uintptr(a.Row*size), unsafe.SliceData(packed), 2*vector, uintptr(k*2*vector), vector, uintptr(k*vector),
			unsafe.SliceData(c.Data), uintptr(c.Stride*size), unsafe.SliceData(bias), m, 1, 0, n, k, betaFlag(beta))
		return
	}
	tilesAVX512.gemmPacked(m, n, k, a, packed, beta, bias, c)
}

// GemmScratch implements Kernels.
func (AVX512) GemmScratch(m, n, k int) int { return tilesAVX512.gemmScratch(m, n, k) }

// Gemm implements Kernels.
func (AVX512) Gemm(m, n, k int, a, b Matrix[float32], beta float32, c Rows[float32], scratch []float32) {
	tilesAVX512.gemm(m, n, k, a, b, beta, c, scratch)
}

var _ Kernels[float32] = AVX512{}
