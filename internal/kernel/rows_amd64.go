package kernel

import "math"

//go:generate go run ./gen rows512 -out rows_avx512_amd64.s -stubs rows_avx512_stubs_amd64.go -pkg kernel
//go:generate go run ./gen rows2 -out rows_avx2_amd64.s -stubs rows_avx2_stubs_amd64.go -pkg kernel

// simd holds the reductions, row operations and optimizer steps of an instruction set in assembly; their declarations say
// what each does. The methods are what the sets have in common.
type simd struct {
	machine                 **vm
	sum                     func(n int, x *float32) float64
	largest                 func(n int, x *float32) float32
	sumSquares              func(n int, x *float32) float64
	addRows                 func(m, n int, d, x *float32, stride int)
	addScaled               func(n int, y, x *float32, c float32)
	scaleShift              func(n int, y *float32, c, d float32)
	shift                   func(n int, y, x *float32, a, b float32)
	softmaxRows             func(m, n int, y *float32, yStride int, x *float32, xStride int)
	softmaxGradRows         func(m, n int, dx *float32, dxStride int, y *float32, yStride int, dy *float32, dyStride int)
	logSoftmaxGradRows      func(m, n int, dx *float32, dxStride int, y *float32, yStride int, dy *float32, dyStride int)
	sumExp                  func(n int, x *float32) (largest float32, sum float64)
	expSum                  func(n int, y, x *float32) (largest float32, sum float64)
	normalizeRows           func(m, n int, perN, eps float32, y *float32, yStride int, x *float32, xStride int) int
	normalizeGradRows       func(m, n int, perN, eps float32, dx *float32, dxStride int, x *float32, xStride int, dy *float32, dyStride int) int
	dropoutRows             func(m, n int, y *float32, yStride int, x *float32, xStride int, k0, k1, threshold uint32, scale float32)
	sgdStep                 func(n int, w, g *float32, c [2]float32)
	momentumStep            func(n int, w, g, v *float32, c [3]float32)
	nesterovStep            func(n int, w, g, v *float32, c [3]float32)
	adamStep                func(n int, w, g, m, v *float32, c [8]float32)
	rmspropStep             func(n int, w, g, v *float32, c [6]float32)
	rmspropVelocityStep     func(n int, w, g, v, velocity *float32, c [6]float32)
	rmspropMeanStep         func(n int, w, g, v, mean *float32, c [6]float32)
	rmspropMeanVelocityStep func(n int, w, g, v, mean, velocity *float32, c [6]float32)
	adagradStep             func(n int, w, g, sum *float32, c [3]float32)
	adadeltaStep            func(n int, w, g, v, u *float32, c [5]float32)
	averageStep             func(n int, mean, w *float32, c [1]float32)
}

var simdAVX512 = &simd{
	machine:                 &vmAVX512,
	sum:                     sumAVX512,
	largest:                 largestAVX512,
	sumSquares:              sumSquaresAVX512,
	addRows:                 addRowsAVX512,
	addScaled:               addScaledAVX512,
	scaleShift:              scaleShiftAVX512,
	shift:                   shiftAVX512,
	softmaxRows:             softmaxRowsAVX512,
	softmaxGradRows:         softmaxGradRowsAVX512,
	logSoftmaxGradRows:      logSoftmaxGradRowsAVX512,
	sumExp:                  sumExpAVX512,
	expSum:                  expSumAVX512,
	normalizeRows:           normalizeRowsAVX512,
	normalizeGradRows:       normalizeGradRowsAVX512,
	dropoutRows:             dropoutRowsAVX512,
	sgdStep:                 sgdStepAVX512,
	momentumStep:            momentumStepAVX512,
	nesterovStep:            nesterovStepAVX512,
	adamStep:                adamStepAVX512,
	rmspropStep:             rmspropStepAVX512,
	rmspropVelocityStep:     rmspropVelocityStepAVX512,
	rmspropMeanStep:         rmspropMeanStepAVX512,
	rmspropMeanVelocityStep: rmspropMeanVelocityStepAVX512,
	adagradStep:             adagradStepAVX512,
	adadeltaStep:            adadeltaStepAVX512,
	averageStep:             averageStepAVX512,
}

var simdAVX2 = &simd{
	machine:                 &vmAVX2,
	sum:                     sumAVX2,
	largest:                 largestAVX2,
	sumSquares:              sumSquaresAVX2,
	addRows:                 addRowsAVX2,
	addScaled:               addScaledAVX2,
	scaleShift:              scaleShiftAVX2,
	shift:                   shiftAVX2,
	softmaxRows:             softmaxRowsAVX2,
	softmaxGradRows:         softmaxGradRowsAVX2,
	logSoftmaxGradRows:      logSoftmaxGradRowsAVX2,
	sumExp:                  sumExpAVX2,
	expSum:                  expSumAVX2,
	normalizeRows:           normalizeRowsAVX2,
	normalizeGradRows:       normalizeGradRowsAVX2,
	dropoutRows:             dropoutRowsAVX2,
	sgdStep:                 sgdStepAVX2,
	momentumStep:            momentumStepAVX2,
	nesterovStep:            nesterovStepAVX2,
	adamStep:                adamStepAVX2,
	rmspropStep:             rmspropStepAVX2,
	rmspropVelocityStep:     rmspropVelocityStepAVX2,
	rmspropMeanStep:         rmspropMeanStepAVX2,
	rmspropMeanVelocityStep: rmspropMeanVelocityStepAVX2,
	adagradStep:             adagradStepAVX2,
	adadeltaStep:            adadeltaStepAVX2,
	averageStep:             averageStepAVX2,
}

// start returns the first element of m rows of n, at least one of each, after a check that the last is there.
func (r Rows[F]) start(m, n int) *F {
	_ = r.Data[(m-1)*r.Stride+n-1]
	return &r.Data[0]
}

// from returns the rows from row i on, which must exist.
func (r Rows[F]) from(i int) Rows[F] { return Rows[F]{Data: r.Data[i*r.Stride:], Stride: r.Stride} }

func (s *simd) Sum(n int, x Vector[float32]) float32 {
	if x.Stride != 1 || n <= 0 {
		return Portable[float32]{}.Sum(n, x)
	}
	return float32(s.sum(n, &x.Data[:n][0]))
}

func (s *simd) Max(n int, x Vector[float32]) float32 {
	if x.Stride != 1 || n <= 0 {
		return Portable[float32]{}.Max(n, x)
	}
	return s.largest(n, &x.Data[:n][0])
}

func (s *simd) AddRows(m, n int, dst []float32, x Rows[float32]) {
	if m > 0 && n > 0 {
		s.addRows(m, n, &dst[:n][0], x.start(m, n), x.Stride)
	}
}

func (s *simd) Softmax(m, n int, y, x Rows[float32]) {
	if m > 0 && n > 0 {
		s.softmaxRows(m, n, y.start(m, n), y.Stride, x.start(m, n), x.Stride)
	}
}

func (s *simd) SoftmaxGrad(m, n int, dx, y, dy Rows[float32]) {
	if m > 0 && n > 0 {
		s.softmaxGradRows(m, n, dx.start(m, n), dx.Stride, y.start(m, n), y.Stride, dy.start(m, n), dy.Stride)
	}
}

func (s *simd) LogSoftmax(m, n int, y, x Rows[float32]) {
	if n <= 0 {
		return
	}
	for i := range m {
		xr := &x.row(i, n)[0]
		largest, sum := s.sumExp(n, xr)
		s.shift(n, &y.row(i, n)[0], xr, largest, float32(math.Log(sum)))
	}
}

func (s *simd) LogSoftmaxGrad(m, n int, dx, y, dy Rows[float32]) {
	if m > 0 && n > 0 {
		s.logSoftmaxGradRows(m, n, dx.start(m, n), dx.Stride, y.start(m, n), y.Stride, dy.start(m, n), dy.Stride)
	}
}

// Normalize leaves rows whose variance overflows float32 to Portable, which computes in float64.
func (s *simd) Normalize(m, n int, eps float32, y, x Rows[float32]) {
	for n > 0 && m > 0 {
		left := s.normalizeRows(m, n, 1/float32(n), eps, y.start(m, n), y.Stride, x.start(m, n), x.Stride)
		if left == 0 {
			return
		}
		y, x = y.from(m-left), x.from(m-left)
		Portable[float32]{}.Normalize(1, n, eps, y, x)
		if m = left - 1; m > 0 {
			y, x = y.from(1), x.from(1)
		}
	}
}

// NormalizeGrad leaves such rows to Portable, too.
func (s *simd) NormalizeGrad(m, n int, eps float32, dx, x, dy Rows[float32]) {
	for n > 0 && m > 0 {
		left := s.normalizeGradRows(m, n, 1/float32(n), eps, dx.start(m, n), dx.Stride, x.start(m, n), x.Stride, dy.start(m, n), dy.Stride)
		if left == 0 {
			return
		}
		dx, x, dy = dx.from(m-left), x.from(m-left), dy.from(m-left)
		Portable[float32]{}.NormalizeGrad(1, n, eps, dx, x, dy)
		if m = left - 1; m > 0 {
			dx, x, dy = dx.from(1), x.from(1), dy.from(1)
		}
	}
}

func (s *simd) ScatterAdd(m, n, rows, padding int, dtable, dy Rows[float32], index []int) {
	if n <= 0 {
		return
	}
	for i, r := range index[:m] {
		if r >= 0 && r < rows && r != padding {
			s.addScaled(n, &dtable.row(r, n)[0], &dy.row(i, n)[0], 1)
		}
	}
}

func (s *simd) Dropout(m, n int, rate float64, mask Mask, y, x Rows[float32]) {
	threshold := uint64(rate * (1 << 32))
	if threshold > math.MaxUint32 {
		Portable[float32]{}.Dropout(m, n, rate, mask, y, x)
		return
	}
	if m > 0 && n > 0 {
		s.dropoutRows(m, n, y.start(m, n), y.Stride, x.start(m, n), x.Stride, mask.k0, mask.k1, uint32(threshold), float32(1/(1-rate)))
	}
}

// CrossEntropy is that of Portable with the sums over the classes in assembly. Smoothing with weights is portable.
func (s *simd) CrossEntropy(m, n int, o CrossEntropyOptions[float32], loss Vector[float32], logits Rows[float32], target []int) {
	if o.Smoothing > 0 && o.Weights != nil {
		Portable[float32]{}.CrossEntropy(m, n, o, loss, logits, target)
		return
	}
	for i, y := range target[:m] {
		if o.ignored(y, n) {
			loss.Data[i*loss.Stride] = 0
			continue
		}
		row := logits.row(i, n)
		largest, sum := s.sumExp(n, &row[0])
		log := math.Log(sum)
		l := -(1 - o.Smoothing) * o.weight(y) * (float64(row[y]) - float64(largest) - log)
		if o.Smoothing > 0 {
			l -= o.Smoothing / float64(n) * (s.sum(n, &row[0]) - float64(n)*(float64(largest)+log))
		}
		loss.Data[i*loss.Stride] = float32(l)
	}
}

// CrossEntropyGrad is that of Portable with the work on the classes in assembly.
func (s *simd) CrossEntropyGrad(m, n int, o CrossEntropyOptions[float32], dlogits, logits Rows[float32], target []int, dloss Vector[float32]) {
	smooth := 0.0
	weights := 0.0 // of all classes, if they count
	if o.Smoothing > 0 && n > 0 {
		smooth = o.Smoothing / float64(n)
		weights = float64(n)
		if o.Weights != nil {
			weights = s.sum(n, &o.Weights[:n][0])
		}
	}
	for i, y := range target[:m] {
		d, row := dlogits.row(i, n), logits.row(i, n)
		if o.ignored(y, n) {
			clear(d)
			continue
		}
		g := float64(dloss.Data[i*dloss.Stride])
		own := (1 - o.Smoothing) * o.weight(y)
		total := own + smooth*weights
		logit := float64(row[y]) // d may be row
		largest, sum := s.expSum(n, &d[0], &row[0])
		c := float32(g * total / sum)
		if o.Weights == nil {
			s.scaleShift(n, &d[0], c, float32(-g*smooth))
		} else {
			s.scaleShift(n, &d[0], c, 0)
			if smooth > 0 {
				s.addScaled(n, &d[0], &o.Weights[0], float32(-g*smooth))
			}
		}
		p := math.Exp(logit-float64(largest)) / sum
		d[y] = float32(g * (p*total - own - smooth*o.weight(y)))
	}
}

func (s *simd) SumSquares(x []float32) float64 {
	if len(x) == 0 {
		return 0
	}
	return s.sumSquares(len(x), &x[0])
}

func (s *simd) Scale(x []float32, c float32) {
	v := Matrix[float32]{Data: x, Col: 1}
	(*s.machine).apply(Scale, Consts[float32]{c}, 1, len(x), &v, &v, &Matrix[float32]{}, &Matrix[float32]{})
}

func (s *simd) Clamp(x []float32, lo, hi float32) {
	v := Matrix[float32]{Data: x, Col: 1}
	(*s.machine).apply(Clamp, Consts[float32]{lo, hi}, 1, len(x), &v, &v, &Matrix[float32]{}, &Matrix[float32]{})
}

func (s *simd) AddScaled(y, x []float32, c float32) {
	if n := len(y); n > 0 {
		s.addScaled(n, &y[0], &x[:n][0], c)
	}
}

func (s *simd) Average(mean, w []float32, c float32) {
	if n := len(mean); n > 0 {
		s.averageStep(n, &mean[0], &w[:n][0], [1]float32{c})
	}
}

func (s *simd) SGD(w, g, velocity []float32, lr, momentum, weightDecay float32, nesterov, first bool) {
	n := len(w)
	if n == 0 {
		return
	}
	pw, pg := &w[0], &g[:n][0]
	if momentum == 0 {
		s.sgdStep(n, pw, pg, [2]float32{lr, weightDecay})
		return
	}
	velocity = velocity[:n]
	if first {
		clear(velocity)
	}
	step := s.momentumStep
	if nesterov {
		step = s.nesterovStep
	}
	step(n, pw, pg, &velocity[0], [3]float32{lr, weightDecay, momentum})
}

func (s *simd) Adam(w, g, m, v []float32, step int, lr, beta1, beta2, eps, weightDecay float64, decoupled bool) {
	n := len(w)
	if n == 0 {
		return
	}
	keep, l2 := 1.0, weightDecay
	if decoupled {
		keep, l2 = 1-lr*weightDecay, 0
	}
	size := lr / (1 - math.Pow(beta1, float64(step)))
	root := math.Sqrt(1 - math.Pow(beta2, float64(step)))
	s.adamStep(n, &w[0], &g[:n][0], &m[:n][0], &v[:n][0], [8]float32{float32(keep), float32(l2), float32(1 - beta1), float32(beta2),
		float32(1 - beta2), float32(size), float32(1 / root), float32(eps)})
}

func (s *simd) RMSProp(w, g, v, mean, velocity []float32, lr, alpha, eps, weightDecay, momentum float64) {
	n := len(w)
	if n == 0 {
		return
	}
	pw, pg, pv := &w[0], &g[:n][0], &v[:n][0]
	c := [6]float32{float32(lr), float32(weightDecay), float32(alpha), float32(1 - alpha), float32(eps), float32(momentum)}
	switch {
	case mean == nil && velocity == nil:
		s.rmspropStep(n, pw, pg, pv, c)
	case mean == nil:
		s.rmspropVelocityStep(n, pw, pg, pv, &velocity[:n][0], c)
	case velocity == nil:
		s.rmspropMeanStep(n, pw, pg, pv, &mean[:n][0], c)
	default:
		s.rmspropMeanVelocityStep(n, pw, pg, pv, &mean[:n][0], &velocity[:n][0], c)
	}
}

func (s *simd) Adagrad(w, g, sum []float32, lr, eps, weightDecay float64) {
	if n := len(w); n > 0 {
		s.adagradStep(n, &w[0], &g[:n][0], &sum[:n][0], [3]float32{float32(lr), float32(weightDecay), float32(eps)})
	}
}

func (s *simd) Adadelta(w, g, v, u []float32, lr, rho, eps, weightDecay float64) {
	if n := len(w); n > 0 {
		s.adadeltaStep(n, &w[0], &g[:n][0], &v[:n][0], &u[:n][0], [5]float32{float32(lr), float32(weightDecay), float32(rho), float32(1 - rho), float32(eps)})
	}
}
