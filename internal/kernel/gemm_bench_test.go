package kernel

import (
	"fmt"
	"testing"
	"time"
)

// gemmBench are products of recurrent networks.
var gemmBench = []struct {
	m, n, k int
	trans   bool // dW = dZᵀ·X, from operands that are not packed
}{
	{m: 16, n: 512, k: 128}, {m: 32, n: 512, k: 128}, {m: 8, n: 512, k: 128}, {m: 16, n: 384, k: 128}, {m: 16, n: 128, k: 512},
	{m: 32, n: 1024, k: 256}, {m: 10, n: 2600, k: 650}, {m: 20, n: 2600, k: 650}, {m: 10, n: 650, k: 2600},
	{m: 1600, n: 512, k: 128}, {m: 700, n: 2600, k: 650}, {m: 1, n: 512, k: 128}, {m: 2, n: 512, k: 128}, {m: 3, n: 512, k: 128}, {m: 4, n: 512, k: 128}, {m: 7, n: 512, k: 128},
	{m: 1, n: 128, k: 128}, {m: 1, n: 64, k: 16},
	{m: 512, n: 128, k: 1600, trans: true}, {m: 1024, n: 256, k: 6400, trans: true}, {m: 2600, n: 650, k: 700, trans: true},
	{m: 64, n: 16, k: 50, trans: true},
}

// BenchmarkGemm prints GFLOP/s and their share of the peak of a core. The product and the loop of the peak alternate
// in short slices, so that both see the same clock; each is the best of its slices.
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
	slice := 1 + 3e6/flops // about 50 µs, of which the clock's reading is nothing
	turns := 1
	for start := time.Now(); time.Since(start) < 50*time.Microsecond; start = time.Now() {
		turns *= 2
		if peak(turns); time.Since(start) >= 50*time.Microsecond {
			break
		}
	}
	var best, top float64
	b.ReportAllocs()
	for range b.N {
		start := time.Now()
		for range slice {
			product()
		}
		best = max(best, float64(flops*slice)/float64(time.Since(start).Nanoseconds()))
		start = time.Now()
		ops := peak(turns)
		top = max(top, float64(ops)/float64(time.Since(start).Nanoseconds()))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(best, "GFLOP/s")
	b.ReportMetric(100*best/top, "%peak")
	b.ReportMetric(float64(flops)/best, "ns/product")
}
