package kernel

import "math"

// Map implements Kernels.
func (Portable[F]) Map(fn Fn, k Consts[F], m, n int, dst, a, b, c Matrix[F]) {
	for i := range m {
		mapRow(fn, k, n, dst.vector(i), a.vector(i), b.vector(i), c.vector(i))
	}
}

// vector returns row i of an operand; of one that the function does not read, nothing.
func (x Matrix[F]) vector(i int) Vector[F] {
	if x.Data == nil {
		return Vector[F]{}
	}
	return Vector[F]{Data: x.Data[i*x.Row:], Stride: x.Col}
}

func mapRow[F Float](fn Fn, k Consts[F], n int, dst, a, b, c Vector[F]) {
	y, ys := dst.Data, dst.Stride
	x, xs := a.Data, a.Stride
	z, zs := b.Data, b.Stride
	switch fn {
	case Copy:
		if ys == 1 && xs == 1 {
			copy(y[:n], x[:n])
			return
		}
		for i := range n {
			y[i*ys] = x[i*xs]
		}
	case Neg:
		for i := range n {
			y[i*ys] = -x[i*xs]
		}
	case Scale:
		for i := range n {
			y[i*ys] = k[0] * x[i*xs]
		}
	case Shift:
		for i := range n {
			y[i*ys] = x[i*xs] + k[0]
		}
	case Pow:
		for i := range n {
			y[i*ys] = F(math.Pow(float64(x[i*xs]), float64(k[0])))
		}
	case Exp:
		for i := range n {
			y[i*ys] = F(math.Exp(float64(x[i*xs])))
		}
	case Log:
		for i := range n {
			y[i*ys] = F(math.Log(float64(x[i*xs])))
		}
	case Abs:
		for i := range n {
			y[i*ys] = F(math.Abs(float64(x[i*xs])))
		}
	case Sign:
		for i := range n {
			v := x[i*xs]
			switch {
			case v > 0:
				v = 1
			case v < 0:
				v = -1
			}
			y[i*ys] = v
		}
	case Sigmoid:
		for i := range n {
			y[i*ys] = F(1 / (1 + math.Exp(-float64(x[i*xs]))))
		}
	case Tanh:
		for i := range n {
			y[i*ys] = F(math.Tanh(float64(x[i*xs])))
		}
	case Relu:
		for i := range n {
			v := x[i*xs]
			if v <= 0 { // written so that NaN passes through
				v = 0
			}
			y[i*ys] = v
		}
	case Softplus:
		for i := range n {
			v := float64(x[i*xs])
			y[i*ys] = F(math.Max(v, 0) + math.Log1p(math.Exp(-math.Abs(v))))
		}
	case Huber:
		for i := range n {
			v := F(math.Abs(float64(x[i*xs])))
			if v <= k[0] {
				v = v * v / 2
			} else {
				v = k[0] * (v - k[0]/2)
			}
			y[i*ys] = v
		}
	case Clamp:
		for i := range n {
			v := x[i*xs]
			switch {
			case v < k[0]:
				v = k[0]
			case v > k[1]:
				v = k[1]
			}
			y[i*ys] = v
		}
	case Add:
		for i := range n {
			y[i*ys] = x[i*xs] + z[i*zs]
		}
	case Sub:
		for i := range n {
			y[i*ys] = x[i*xs] - z[i*zs]
		}
	case Mul:
		for i := range n {
			y[i*ys] = x[i*xs] * z[i*zs]
		}
	case Div:
		for i := range n {
			y[i*ys] = x[i*xs] / z[i*zs]
		}
	case Equal:
		for i := range n {
			var v F
			if x[i*xs] == z[i*zs] {
				v = 1
			}
			y[i*ys] = v
		}
	case SigmoidGrad:
		for i := range n {
			v := x[i*xs]
			y[i*ys] = z[i*zs] * v * (1 - v)
		}
	case TanhGrad:
		for i := range n {
			v := x[i*xs]
			y[i*ys] = z[i*zs] * (1 - v*v)
		}
	case ReluGrad:
		for i := range n {
			var v F
			if x[i*xs] > 0 {
				v = z[i*zs]
			}
			y[i*ys] = v
		}
	case PowGrad:
		for i := range n {
			y[i*ys] = z[i*zs] * k[0] * F(math.Pow(float64(x[i*xs]), float64(k[0])-1))
		}
	case Select:
		w, ws := c.Data, c.Stride
		for i := range n {
			v := w[i*ws]
			if x[i*xs] != 0 {
				v = z[i*zs]
			}
			y[i*ys] = v
		}
	}
}
