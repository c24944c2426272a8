package kernel

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// gemmBench are products of recurrent networks.
var gemmBench = []struct {
	m, n, k int
	trans   bool // dW = dZᵀ·X, from operands that are not packed
}{
	{m: 16, n: 512, k: 128}, {m: 32, n: 512, k: 128}, {m: 8, n: 512, k: 128}, {m: 16, n: 384, k: 128}, {m: 16, n: 128, k: 512},
	{m: 32, n: 1024, k: 256}, {m: 10, n: 2600, k: 650}, {m: 20, n: 2600, k: 650}, {m: 10, n: 650, k: 2600}, {m: 20, n: 1312, k: 650}, {m: 20, n: 320, k: 2600}, {m: 20, n: 512, k: 4096},
	{m: 1600, n: 512, k: 128}, {m: 700, n: 2600, k: 650}, {m: 700, n: 650, k: 10000}, {m: 700, n: 10000, k: 650}, {m: 1600, n: 128, k: 512}, {m: 6400, n: 256, k: 1024},
	{m: 256, n: 1024, k: 256}, {m: 64, n: 256, k: 1024}, {m: 260, n: 2600, k: 650}, {m: 1, n: 512, k: 128}, {m: 2, n: 512, k: 128}, {m: 3, n: 512, k: 128}, {m: 4, n: 512, k: 128}, {m: 7, n: 512, k: 128},
	{m: 1, n: 128, k: 128}, {m: 1, n: 64, k: 16}, {m: 1, n: 16, k: 1}, {m: 1, n: 16, k: 64},
	{m: 512, n: 128, k: 1600, trans: true}, {m: 1024, n: 256, k: 6400, trans: true}, {m: 2600, n: 650, k: 700, trans: true},
	{m: 64, n: 16, k: 50, trans: true},
}

// BenchmarkGemm prints GFLOP/s and their share of the peak of a core. The product and the loop of the peak alternate
// in short slices, so that both see the same clock.
func BenchmarkGemm(b *testing.B) {
	for _, k := range available() {
		for _, s := range gemmBench {
			name := fmt.Sprintf("%s/%dx%dx%d", k.Name(), s.m, s.k, s.n)
			if s.trans {
				name = fmt.Sprintf("%s/dW/%dx%dx%d", k.Name(), s.m, s.n, s.k)
			}
			b.Run(name, func(b *testing.B) { benchmarkGemm(b, k, s.m, s.n, s.k, s.trans) })
		}
	}
}

func benchmarkGemm(b *testing.B, kernels Kernels[float32], m, n, k int, trans bool) {
	fill := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(i%7) - 3
		}
		return x
	}
	c := Rows[float32]{Data: fill(m * n), Stride: n}
	x, w := Matrix[float32]{Data: fill(m * k), Row: k, Col: 1}, Matrix[float32]{Data: fill(k * n), Row: n, Col: 1}
	var product func()
	if trans {
		x.Row, x.Col = 1, m
		scratch := fill(kernels.GemmScratch(m, n, k))
		product = func() { kernels.Gemm(m, n, k, x, w, 0, c, scratch) }
	} else {
		packed := fill(kernels.PackedSize(k, n))
		kernels.Pack(k, n, w, packed)
		product = func() { kernels.GemmPacked(m, n, k, x, packed, 0, nil, c) }
	}
	flops := 2 * m * n * k
	const slice = 50e3 // ns of a slice, of which reading the clock is nothing
	const turns = 8000 // of the peak's loop, about as long
	products := 1
	for took := 0.0; took < slice/2; products *= 2 {
		took = nanoseconds(products, product)
	}
	var rates, peaks []float64
	b.ReportAllocs()
	for range b.N {
		took := nanoseconds(products, product)
		rates = append(rates, float64(flops*products)/took)
		var ops int
		took = nanoseconds(1, func() { ops = peak(turns) })
		peaks = append(peaks, float64(ops)/took)
	}
	// Upper deciles: other processes may have had the core for part of a slice.
	decile := func(x []float64) float64 { slices.Sort(x); return x[len(x)*9/10] }
	rate := decile(rates)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(rate, "GFLOP/s")
	b.ReportMetric(100*rate/decile(peaks), "%peak")
	b.ReportMetric(float64(flops)/rate, "ns/product")
}

// nanoseconds returns how long n calls take.
func nanoseconds(n int, f func()) float64 {
	start := time.Now()
	for range n {
		f()
	}
	return float64(time.Since(start).Nanoseconds())
}
