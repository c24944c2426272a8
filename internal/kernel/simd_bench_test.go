package kernel

import (
	"fmt"
	"testing"
)

// BenchmarkRows runs the row kernels on 32 rows of 128, a layer of an attention or a normalisation, and on 20 rows of
// 10,000, a step of a language model.
func BenchmarkRows(b *testing.B) {
	benchSets(b, func(b *testing.B, k Kernels[float32]) {
		target := make([]int, 32)
		for i := range target {
			target[i] = 7 * i
		}
		for _, size := range [][2]int{{32, 128}, {20, 10000}} {
			m, n := size[0], size[1]
			rows := func() Rows[float32] {
				x := Rows[float32]{Data: make([]float32, m*n), Stride: n}
				r := newRand()
				for i := range x.Data {
					x.Data[i] = float32(r.NormFloat64())
				}
				return x
			}
			x, y, z := rows(), rows(), rows()
			d, loss := make([]float32, n), make([]float32, m)
			o := CrossEntropyOptions[float32]{Ignore: -100}
			for _, c := range []struct {
				name string
				run  func()
			}{
				{"Sum", func() { k.Sum(m*n, Vector[float32]{Data: x.Data, Stride: 1}) }},
				{"Max", func() { k.Max(m*n, Vector[float32]{Data: x.Data, Stride: 1}) }},
				{"SumSquares", func() { k.SumSquares(x.Data) }},
				{"AddRows", func() { k.AddRows(m, n, d, x) }},
				{"Softmax", func() { k.Softmax(m, n, y, x) }},
				{"SoftmaxGrad", func() { k.SoftmaxGrad(m, n, y, x, z) }},
				{"LogSoftmax", func() { k.LogSoftmax(m, n, y, x) }},
				{"LogSoftmaxGrad", func() { k.LogSoftmaxGrad(m, n, y, x, z) }},
				{"Normalize", func() { k.Normalize(m, n, 1e-5, y, x) }},
				{"NormalizeGrad", func() { k.NormalizeGrad(m, n, 1e-5, y, x, z) }},
				{"CrossEntropy", func() { k.CrossEntropy(m, n, o, Vector[float32]{Data: loss, Stride: 1}, x, target) }},
				{"CrossEntropyGrad", func() { k.CrossEntropyGrad(m, n, o, y, x, target, Vector[float32]{Data: loss, Stride: 1}) }},
				{"Dropout", func() { k.Dropout(m, n, 0.5, Mask{1, 2}, y, x) }},
				{"ScatterAdd", func() { k.ScatterAdd(m, n, m, -1, y, x, target[:m]) }},
			} {
				b.Run(fmt.Sprintf("%s/%dx%d", c.name, m, n), func(b *testing.B) {
					for range b.N {
						c.run()
					}
					b.ReportMetric(float64(m*n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "elements/ns")
				})
			}
		}
	})
}

// BenchmarkOptimizers updates parameters that stand in the second-level cache and such as do not.
func BenchmarkOptimizers(b *testing.B) {
	benchSets(b, func(b *testing.B, k Kernels[float32]) {
		for _, n := range []int{32 << 10, 4 << 20} {
			var x [5][]float32
			for i := range x {
				x[i] = make([]float32, n)
				for j := range x[i] {
					x[i][j] = 0.5
				}
			}
			w, g, a, c := x[0], x[1], x[2], x[3]
			for _, o := range []struct {
				name string
				run  func(i int)
			}{
				{"SGD", func(int) { k.SGD(w, g, nil, 1e-3, 0, 0, false, false) }},
				{"Momentum", func(int) { k.SGD(w, g, a, 1e-3, 0.9, 0, false, false) }},
				{"Adam", func(i int) { k.Adam(w, g, a, c, i+1, 1e-3, 0.9, 0.999, 1e-8, 0, false) }},
				{"RMSProp", func(int) { k.RMSProp(w, g, a, nil, nil, 1e-3, 0.9, 1e-8, 0, 0) }},
				{"Adagrad", func(int) { k.Adagrad(w, g, a, 1e-3, 1e-10, 0) }},
				{"Adadelta", func(int) { k.Adadelta(w, g, a, c, 1, 0.9, 1e-6, 0) }},
				{"Average", func(int) { k.Average(w, g, 1e-3) }},
				{"Scale", func(int) { k.Scale(w, 1) }},
			} {
				b.Run(fmt.Sprintf("%s/%d", o.name, n), func(b *testing.B) {
					for i := range b.N {
						o.run(i)
					}
					b.ReportMetric(float64(n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "elements/ns")
				})
			}
		}
	})
}
