package kernel

// AVX512 is the set of kernels for processors with AVX-512 (F, BW, DQ and VL).
type AVX512 struct{ Portable[float32] }

// AVX2 is the set of kernels for processors with AVX2 and FMA.
type AVX2 struct{ Portable[float32] }
