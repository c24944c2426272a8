package kernel

// What the sets of instructions have in common is in rows_amd64.go.

// Sum implements Kernels.
func (AVX2) Sum(n int, x Vector[float32]) float32 {
	return simdAVX2.Sum(n, x)
}

// Max implements Kernels.
func (AVX2) Max(n int, x Vector[float32]) float32 {
	return simdAVX2.Max(n, x)
}

// AddRows implements Kernels.
func (AVX2) AddRows(m, n int, dst []float32, x Rows[float32]) {
	simdAVX2.AddRows(m, n, dst, x)
}

// Softmax implements RowKernels.
func (AVX2) Softmax(m, n int, y, x Rows[float32]) {
	simdAVX2.Softmax(m, n, y, x)
}

// SoftmaxGrad implements RowKernels.
func (AVX2) SoftmaxGrad(m, n int, dx, y, dy Rows[float32]) {
	simdAVX2.SoftmaxGrad(m, n, dx, y, dy)
}

// LogSoftmax implements RowKernels.
func (AVX2) LogSoftmax(m, n int, y, x Rows[float32]) {
	simdAVX2.LogSoftmax(m, n, y, x)
}

// LogSoftmaxGrad implements RowKernels.
func (AVX2) LogSoftmaxGrad(m, n int, dx, y, dy Rows[float32]) {
	simdAVX2.LogSoftmaxGrad(m, n, dx, y, dy)
}

// Normalize implements RowKernels.
func (AVX2) Normalize(m, n int, eps float32, y, x Rows[float32]) {
	simdAVX2.Normalize(m, n, eps, y, x)
}

// NormalizeGrad implements RowKernels.
func (AVX2) NormalizeGrad(m, n int, eps float32, dx, x, dy Rows[float32]) {
	simdAVX2.NormalizeGrad(m, n, eps, dx, x, dy)
}

// ScatterAdd implements RowKernels.
func (AVX2) ScatterAdd(m, n, rows, padding int, dtable, dy Rows[float32], index []int) {
	simdAVX2.ScatterAdd(m, n, rows, padding, dtable, dy, index)
}

// Dropout implements RowKernels.
func (AVX2) Dropout(m, n int, rate float64, mask Mask, y, x Rows[float32]) {
	simdAVX2.Dropout(m, n, rate, mask, y, x)
}

// CrossEntropy implements RowKernels.
func (AVX2) CrossEntropy(m, n int, o CrossEntropyOptions[float32], loss Vector[float32], logits Rows[float32], target []int) {
	simdAVX2.CrossEntropy(m, n, o, loss, logits, target)
}

// CrossEntropyGrad implements RowKernels.
func (AVX2) CrossEntropyGrad(m, n int, o CrossEntropyOptions[float32], dlogits, logits Rows[float32], target []int, dloss Vector[float32]) {
	simdAVX2.CrossEntropyGrad(m, n, o, dlogits, logits, target, dloss)
}

// SumSquares implements Optimizers.
func (AVX2) SumSquares(x []float32) float64 {
	return simdAVX2.SumSquares(x)
}

// Scale implements Optimizers.
func (AVX2) Scale(x []float32, c float32) {
	simdAVX2.Scale(x, c)
}

// AddScaled implements Optimizers.
func (AVX2) AddScaled(y, x []float32, c float32) {
	simdAVX2.AddScaled(y, x, c)
}

// Clamp implements Optimizers.
func (AVX2) Clamp(x []float32, lo, hi float32) {
	simdAVX2.Clamp(x, lo, hi)
}

// SGD implements Optimizers.
func (AVX2) SGD(w, g, velocity []float32, lr, momentum, weightDecay float32, nesterov, first bool) {
	simdAVX2.SGD(w, g, velocity, lr, momentum, weightDecay, nesterov, first)
}

// Adam implements Optimizers.
func (AVX2) Adam(w, g, m, v []float32, step int, lr, beta1, beta2, eps, weightDecay float64, decoupled bool) {
	simdAVX2.Adam(w, g, m, v, step, lr, beta1, beta2, eps, weightDecay, decoupled)
}

// RMSProp implements Optimizers.
func (AVX2) RMSProp(w, g, v, mean, velocity []float32, lr, alpha, eps, weightDecay, momentum float64) {
	simdAVX2.RMSProp(w, g, v, mean, velocity, lr, alpha, eps, weightDecay, momentum)
}

// Adagrad implements Optimizers.
func (AVX2) Adagrad(w, g, sum []float32, lr, eps, weightDecay float64) {
	simdAVX2.Adagrad(w, g, sum, lr, eps, weightDecay)
}

// Adadelta implements Optimizers.
func (AVX2) Adadelta(w, g, v, u []float32, lr, rho, eps, weightDecay float64) {
	simdAVX2.Adadelta(w, g, v, u, lr, rho, eps, weightDecay)
}

// Average implements Optimizers.
func (AVX2) Average(mean, w []float32, c float32) {
	simdAVX2.Average(mean, w, c)
}
