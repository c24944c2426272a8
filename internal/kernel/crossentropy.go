package kernel

import "math"

// CrossEntropyOptions are the options of the cross-entropy kernels.
type CrossEntropyOptions[F Float] struct {
	Ignore    int     // a target that counts for nothing, as does any target outside the classes
	Smoothing float64 // ε: the target distribution is (1−ε)·onehot + ε/n
	Weights   []F     // a weight for each class; nil means 1
}

func (o CrossEntropyOptions[F]) weight(class int) float64 {
	if o.Weights == nil {
		return 1
	}
	return float64(o.Weights[class])
}

func (o CrossEntropyOptions[F]) ignored(class, n int) bool {
	return class == o.Ignore || class < 0 || class >= n
}

// CrossEntropy implements RowKernels: loss = −(1−ε)·w_y·log p_y − ε/n·Σ_c w_c·log p_c.
func (Portable[F]) CrossEntropy(m, n int, o CrossEntropyOptions[F], loss Vector[F], logits Rows[F], target []int) {
	for i, y := range target[:m] {
		if o.ignored(y, n) {
			loss.Data[i*loss.Stride] = 0
			continue
		}
		row := logits.row(i, n)
		largest, log := logSumExp(row)
		l := -(1 - o.Smoothing) * o.weight(y) * (float64(row[y]) - largest - log)
		if o.Smoothing > 0 {
			var s float64
			for c, v := range row {
				s -= o.weight(c) * (float64(v) - largest - log)
			}
			l += o.Smoothing / float64(n) * s
		}
		loss.Data[i*loss.Stride] = F(l)
	}
}

// CrossEntropyGrad implements RowKernels: with p = softmax(logits) and the target weights q_c = (1−ε)·w_y·[c = y] +
// ε/n·w_c, the gradient of a row's loss is p·Σq − q.
func (Portable[F]) CrossEntropyGrad(m, n int, o CrossEntropyOptions[F], dlogits, logits Rows[F], target []int, dloss Vector[F]) {
	for i, y := range target[:m] {
		d, row := dlogits.row(i, n), logits.row(i, n)
		if o.ignored(y, n) {
			clear(d)
			continue
		}
		g := float64(dloss.Data[i*dloss.Stride])
		smooth := o.Smoothing / float64(n)
		total := (1 - o.Smoothing) * o.weight(y)
		for c := range row {
			total += smooth * o.weight(c)
		}
		largest, log := logSumExp(row)
		for c, v := range row {
			q := smooth * o.weight(c)
			if c == y {
				q += (1 - o.Smoothing) * o.weight(y)
			}
			d[c] = F(g * (math.Exp(float64(v)-largest-log)*total - q))
		}
	}
}

// TargetWeight implements RowKernels.
func (Portable[F]) TargetWeight(m, n int, o CrossEntropyOptions[F], w Vector[F], target []int) {
	for i, y := range target[:m] {
		var v float64
		if !o.ignored(y, n) {
			v = o.weight(y)
		}
		w.Data[i*w.Stride] = F(v)
	}
}
