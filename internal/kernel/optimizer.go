package kernel

import "math"

// Optimizers are the update steps of the optimizers and the passes of gradient clipping, over flat slices. w are the
// weights, g their gradients, and the further slices the optimizer's state of the same length, updated in place; g is
// only read. The formulas are those of torch.optim.
//
// Scalars are float64 where one minus them is needed: 1−0.999 formed in float32 is off by 5e-5 of itself.
type Optimizers[F Float] interface {
	// SGD is one step of gradient descent:
	//
	//	g ← g + weightDecay·w
	//	velocity ← momentum·velocity + g        (velocity ← g if first)
	//	w ← w − lr·velocity                     (nesterov: w ← w − lr·(g + momentum·velocity))
	//
	// With a momentum of 0 it is w ← w − lr·g, and velocity may be nil.
	SGD(w, g, velocity []F, lr, momentum, weightDecay F, nesterov, first bool)

	// Adam is step number step, counted from 1, of Adam, or of AdamW if decoupled:
	//
	//	g ← g + weightDecay·w                   (decoupled: w ← w − lr·weightDecay·w)
	//	m ← m + (1−beta1)·(g − m)
	//	v ← beta2·v + (1−beta2)·g²
	//	w ← w − lr/(1−beta1^step) · m / (√v/√(1−beta2^step) + eps)
	Adam(w, g, m, v []F, step int, lr, beta1, beta2, eps, weightDecay float64, decoupled bool)

	// RMSProp is one step of RMSProp; mean makes it centred and velocity gives it momentum, each left out if nil:
	//
	//	g ← g + weightDecay·w
	//	v ← alpha·v + (1−alpha)·g²
	//	mean ← mean + (1−alpha)·(g − mean)
	//	d ← g / (√(v − mean²) + eps)
	//	velocity ← momentum·velocity + d
	//	w ← w − lr·velocity                     (without velocity: w ← w − lr·d)
	RMSProp(w, g, v, mean, velocity []F, lr, alpha, eps, weightDecay, momentum float64)

	// Adagrad is one step of Adagrad:
	//
	//	g ← g + weightDecay·w
	//	sum ← sum + g²
	//	w ← w − lr·g / (√sum + eps)
	Adagrad(w, g, sum []F, lr, eps, weightDecay float64)

	// Adadelta is one step of Adadelta:
	//
	//	g ← g + weightDecay·w
	//	v ← rho·v + (1−rho)·g²
	//	d ← √(u + eps)/√(v + eps) · g
	//	u ← rho·u + (1−rho)·d²
	//	w ← w − lr·d
	Adadelta(w, g, v, u []F, lr, rho, eps, weightDecay float64)

	// Average moves a mean towards the weights by a part c of what is between them:
	//
	//	mean ← mean + c·(w − mean)
	Average(mean, w []F, c F)

	// SumSquares returns Σ x[i]².
	SumSquares(x []F) float64
	// Scale sets x[i] ← c·x[i].
	Scale(x []F, c F)
	// AddScaled sets y[i] ← y[i] + c·x[i].
	AddScaled(y, x []F, c F)
	// Clamp limits each x[i] to [lo, hi]; NaN stays NaN.
	Clamp(x []F, lo, hi F)
}

var (
	_ Optimizers[float32] = Portable[float32]{}
	_ Optimizers[float64] = Portable[float64]{}
)

// SGD implements Optimizers.
func (Portable[F]) SGD(w, g, velocity []F, lr, momentum, weightDecay F, nesterov, first bool) {
	g = g[:len(w)]
	if momentum == 0 {
		for i, x := range w {
			w[i] = x - lr*(g[i]+weightDecay*x)
		}
		return
	}
	velocity = velocity[:len(w)]
	for i, x := range w {
		d := g[i] + weightDecay*x
		u := d
		if !first {
			u = momentum*velocity[i] + d
		}
		velocity[i] = u
		if nesterov {
			u = d + momentum*u
		}
		w[i] = x - lr*u
	}
}

// Adam implements Optimizers.
func (Portable[F]) Adam(w, g, m, v []F, step int, lr, beta1, beta2, eps, weightDecay float64, decoupled bool) {
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	var (
		keep, l2 = F(1), F(weightDecay)
		b2       = F(beta2)
		c1, c2   = F(1 - beta1), F(1 - beta2)
		size     = F(lr / (1 - math.Pow(beta1, float64(step))))
		root     = F(math.Sqrt(1 - math.Pow(beta2, float64(step))))
		e        = F(eps)
	)
	if decoupled {
		keep, l2 = F(1-lr*weightDecay), 0
	}
	for i, x := range w {
		d := g[i] + l2*x
		mi := m[i] + c1*(d-m[i])
		vi := b2*v[i] + c2*d*d
		m[i], v[i] = mi, vi
		w[i] = keep*x - size*mi/(sqrt(vi)/root+e)
	}
}

// RMSProp implements Optimizers.
func (Portable[F]) RMSProp(w, g, v, mean, velocity []F, lr, alpha, eps, weightDecay, momentum float64) {
	g, v = g[:len(w)], v[:len(w)]
	a, c, e, l2, rate, mo := F(alpha), F(1-alpha), F(eps), F(weightDecay), F(lr), F(momentum)
	for i, x := range w {
		d := g[i] + l2*x
		vi := a*v[i] + c*d*d
		v[i] = vi
		if mean != nil {
			mi := mean[i] + c*(d-mean[i])
			mean[i] = mi
			vi -= mi * mi
			if vi < 0 { // a variance, and below zero only by rounding
				vi = 0
			}
		}
		d /= sqrt(vi) + e
		if velocity != nil {
			d += mo * velocity[i]
			velocity[i] = d
		}
		w[i] = x - rate*d
	}
}

// Adagrad implements Optimizers.
func (Portable[F]) Adagrad(w, g, sum []F, lr, eps, weightDecay float64) {
	g, sum = g[:len(w)], sum[:len(w)]
	rate, e, l2 := F(lr), F(eps), F(weightDecay)
	for i, x := range w {
		d := g[i] + l2*x
		s := sum[i] + d*d
		sum[i] = s
		w[i] = x - rate*d/(sqrt(s)+e)
	}
}

// Adadelta implements Optimizers.
func (Portable[F]) Adadelta(w, g, v, u []F, lr, rho, eps, weightDecay float64) {
	g, v, u = g[:len(w)], v[:len(w)], u[:len(w)]
	r, c, e, l2, rate := F(rho), F(1-rho), F(eps), F(weightDecay), F(lr)
	for i, x := range w {
		d := g[i] + l2*x
		vi := r*v[i] + c*d*d
		v[i] = vi
		d *= sqrt(u[i]+e) / sqrt(vi+e)
		u[i] = r*u[i] + c*d*d
		w[i] = x - rate*d
	}
}

// Average implements Optimizers.
func (Portable[F]) Average(mean, w []F, c F) {
	w = w[:len(mean)]
	for i, m := range mean {
		mean[i] = m + c*(w[i]-m)
	}
}

// SumSquares implements Optimizers. It adds in float64, in four sums that do not wait for each other.
func (Portable[F]) SumSquares(x []F) float64 {
	var s0, s1, s2, s3 float64
	for ; len(x) >= 4; x = x[4:] {
		a, b, c, d := float64(x[0]), float64(x[1]), float64(x[2]), float64(x[3])
		s0 += a * a
		s1 += b * b
		s2 += c * c
		s3 += d * d
	}
	for _, v := range x {
		s0 += float64(v) * float64(v)
	}
	return (s0 + s1) + (s2 + s3)
}

// Scale implements Optimizers.
func (Portable[F]) Scale(x []F, c F) {
	for i := range x {
		x[i] *= c
	}
}

// AddScaled implements Optimizers.
func (Portable[F]) AddScaled(y, x []F, c F) {
	x = x[:len(y)]
	for i, v := range x {
		y[i] += c * v
	}
}

// Clamp implements Optimizers.
func (Portable[F]) Clamp(x []F, lo, hi F) {
	for i, v := range x {
		if v < lo {
			x[i] = lo
		} else if v > hi {
			x[i] = hi
		}
	}
}

// sqrt rounds once: the square root of a float32 taken in float64 is exact when rounded back.
func sqrt[F Float](x F) F { return F(math.Sqrt(float64(x))) }
