package kernel

import "math"

// logSumExp returns the largest x and log Σ exp(x − largest).
func logSumExp[F Float](x []F) (largest, log float64) {
	largest = math.Inf(-1)
	for _, v := range x {
		largest = math.Max(largest, float64(v))
	}
	var s float64
	for _, v := range x {
		s += math.Exp(float64(v) - largest)
	}
	return largest, math.Log(s)
}

// Softmax implements RowKernels.
func (Portable[F]) Softmax(m, n int, y, x Rows[F]) {
	for i := range m {
		yr, xr := y.row(i, n), x.row(i, n)
		largest, log := logSumExp(xr)
		for j, v := range xr {
			yr[j] = F(math.Exp(float64(v) - largest - log))
		}
	}
}

// SoftmaxGrad implements RowKernels.
func (Portable[F]) SoftmaxGrad(m, n int, dx, y, dy Rows[F]) {
	for i := range m {
		dxr, yr, dyr := dx.row(i, n), y.row(i, n), dy.row(i, n)
		var s float64
		for j, v := range yr {
			s += float64(v) * float64(dyr[j])
		}
		for j, v := range yr {
			dxr[j] = v * (dyr[j] - F(s))
		}
	}
}

// LogSoftmax implements RowKernels.
func (Portable[F]) LogSoftmax(m, n int, y, x Rows[F]) {
	for i := range m {
		yr, xr := y.row(i, n), x.row(i, n)
		largest, log := logSumExp(xr)
		for j, v := range xr {
			yr[j] = F(float64(v) - largest - log)
		}
	}
}

// LogSoftmaxGrad implements RowKernels.
func (Portable[F]) LogSoftmaxGrad(m, n int, dx, y, dy Rows[F]) {
	for i := range m {
		dxr, yr, dyr := dx.row(i, n), y.row(i, n), dy.row(i, n)
		var s float64
		for _, v := range dyr {
			s += float64(v)
		}
		for j, v := range yr {
			dxr[j] = dyr[j] - F(math.Exp(float64(v))*s)
		}
	}
}
