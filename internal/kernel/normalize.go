package kernel

import "math"

// moments returns the mean and 1/√(variance + eps) of scale·x, with the biased variance that layer normalisation uses. scale
// is 1, but for numbers whose squares overflow, and then a power of 2, by which no number changes its digits; eps is that
// of x.
func moments[F Float](x []F, eps F) (scale, mean, rstd float64) {
	const down = 0x1p-600 // the square of the largest float64 times this is far from overflow
	scale = 1
	mean, variance := scaledMoments(x, scale)
	if !(variance <= math.MaxFloat64) {
		scale = down
		mean, variance = scaledMoments(x, scale)
	}
	// Of equal numbers, eps may be all that there is.
	return scale, mean, 1 / math.Sqrt(max(variance+float64(eps)*scale*scale, math.SmallestNonzeroFloat64))
}

// scaledMoments returns the mean and the variance of scale·x.
func scaledMoments[F Float](x []F, scale float64) (mean, variance float64) {
	for _, v := range x {
		mean += float64(v) * scale
	}
	mean /= float64(len(x))
	for _, v := range x {
		d := float64(v)*scale - mean
		variance += d * d
	}
	return mean, variance / float64(len(x))
}

// Normalize implements RowKernels.
func (Portable[F]) Normalize(m, n int, eps F, y, x Rows[F]) {
	for i := range m {
		yr, xr := y.row(i, n), x.row(i, n)
		scale, mean, rstd := moments(xr, eps)
		for j, v := range xr {
			yr[j] = F((float64(v)*scale - mean) * rstd)
		}
	}
}

// NormalizeGrad implements RowKernels: dx = r·(dy − mean(dy) − y·mean(dy∘y)) with y = r·(x − mean(x)).
func (Portable[F]) NormalizeGrad(m, n int, eps F, dx, x, dy Rows[F]) {
	for i := range m {
		dxr, xr, dyr := dx.row(i, n), x.row(i, n), dy.row(i, n)
		scale, mean, rstd := moments(xr, eps)
		var s, sy float64
		for j, v := range dyr {
			s += float64(v)
			sy += float64(v) * (float64(xr[j])*scale - mean) * rstd
		}
		s /= float64(n)
		sy /= float64(n)
		for j, v := range dyr {
			y := (float64(xr[j])*scale - mean) * rstd
			dxr[j] = F(rstd * scale * (float64(v) - s - y*sy))
		}
	}
}
