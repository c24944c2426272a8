package kernel

import "math"

// Sum implements Kernels. It adds in float64, so that a long sum of float32 loses nothing.
func (Portable[F]) Sum(n int, x Vector[F]) F {
	var s float64
	for i := range n {
		s += float64(x.Data[i*x.Stride])
	}
	return F(s)
}

// Max implements Kernels; a NaN wins.
func (Portable[F]) Max(n int, x Vector[F]) F {
	m := math.Inf(-1)
	for i := range n {
		m = math.Max(m, float64(x.Data[i*x.Stride]))
	}
	return F(m)
}
