package kernel

import "math"

// moments returns the mean of x and 1/√(variance + eps), with the biased variance that layer normalisation uses.
func moments[F Float](x []F, eps F) (mean, rstd float64) {
	for _, v := range x {
		mean += float64(v)
	}
	mean /= float64(len(x))
	var variance float64
	for _, v := range x {
		d := float64(v) - mean
		variance += d * d
	}
	return mean, 1 / math.Sqrt(variance/float64(len(x))+float64(eps))
}

// Normalize implements RowKernels.
func (Portable[F]) Normalize(m, n int, eps F, y, x Rows[F]) {
	for i := range m {
		yr, xr := y.row(i, n), x.row(i, n)
		mean, rstd := moments(xr, eps)
		for j, v := range xr {
			yr[j] = F((float64(v) - mean) * rstd)
		}
	}
}

// NormalizeGrad implements RowKernels: dx = r·(dy − mean(dy) − y·mean(dy∘y)) with y = r·(x − mean(x)).
func (Portable[F]) NormalizeGrad(m, n int, eps F, dx, x, dy Rows[F]) {
	for i := range m {
		dxr, xr, dyr := dx.row(i, n), x.row(i, n), dy.row(i, n)
		mean, rstd := moments(xr, eps)
		var s, sy float64
		for j, v := range dyr {
			s += float64(v)
			sy += float64(v) * (float64(xr[j]) - mean) * rstd
		}
		s /= float64(n)
		sy /= float64(n)
		for j, v := range dyr {
			y := (float64(xr[j]) - mean) * rstd
			dxr[j] = F(rstd * (float64(v) - s - y*sy))
		}
	}
}
