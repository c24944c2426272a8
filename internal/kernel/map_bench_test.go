package kernel

import (
	"fmt"
	"testing"
)

func benchSets(b *testing.B, f func(b *testing.B, k Kernels[float32])) {
	for _, k := range available() {
		b.Run(k.Name(), func(b *testing.B) { f(b, k) })
	}
}

// BenchmarkMap runs functions on one row: 16 elements, which are a step of a narrow layer, 4 K, whose operands stand in
// the first-level cache, and 64 K, in the second.
func BenchmarkMap(b *testing.B) {
	benchSets(b, func(b *testing.B, k Kernels[float32]) {
		for _, n := range []int{16, 4 << 10, 64 << 10} {
			var x [4]Matrix[float32]
			for i := range x {
				x[i] = Matrix[float32]{Data: make([]float32, n), Row: n, Col: 1}
				for j := range n {
					x[i].Data[j] = float32(j%17) - 8.2
				}
			}
			for _, fn := range []Fn{Copy, Scale, Add, Mul, Div, Select, SigmoidGrad, Exp, Log, Sigmoid, Tanh, Softplus, Pow} {
				b.Run(fmt.Sprintf("%v/%d", fn, n), func(b *testing.B) {
					for range b.N {
						k.Map(fn, Consts[float32]{1.5, 2}, 1, n, x[0], x[1], x[2], x[3])
					}
					b.ReportMetric(float64(n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "elements/ns")
				})
			}
		}
	})
}
