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
	m := F(math.Inf(-1))
	for i := range n {
		m = max(m, x.Data[i*x.Stride])
	}
	return m
}

// AddRows implements Kernels. It adds in float64, a block of columns at a time.
func (Portable[F]) AddRows(m, n int, dst []F, x Rows[F]) {
	var sums [64]float64
	for j := 0; j < n; j += len(sums) {
		d := dst[j:min(j+len(sums), n)]
		s := sums[:len(d)]
		for c, v := range d {
			s[c] = float64(v)
		}
		for i := range m {
			row := x.Data[i*x.Stride+j:][:len(d)]
			for c, v := range row {
				s[c] += float64(v)
			}
		}
		for c, v := range s {
			d[c] = F(v)
		}
	}
}
