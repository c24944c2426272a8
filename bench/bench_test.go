package bench

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/rnnzoo/rnnzoo/graph"
)

func BenchmarkW1(b *testing.B)  { benchmark(b, "W1") }
func BenchmarkW2(b *testing.B)  { benchmark(b, "W2") }
func BenchmarkW3(b *testing.B)  { benchmark(b, "W3") }
func BenchmarkW4(b *testing.B)  { benchmark(b, "W4") }
func BenchmarkW5(b *testing.B)  { benchmark(b, "W5") }
func BenchmarkW6(b *testing.B)  { benchmark(b, "W6") }
func BenchmarkW7(b *testing.B)  { benchmark(b, "W7") }
func BenchmarkW8(b *testing.B)  { benchmark(b, "W8") }
func BenchmarkW9(b *testing.B)  { benchmark(b, "W9") }
func BenchmarkW10(b *testing.B) { benchmark(b, "W10") }
func BenchmarkW11(b *testing.B) { benchmark(b, "W11") }
func BenchmarkW12(b *testing.B) { benchmark(b, "W12") }
func BenchmarkW13(b *testing.B) { benchmark(b, "W13") }
func BenchmarkW14(b *testing.B) { benchmark(b, "W14") }
func BenchmarkW15(b *testing.B) { benchmark(b, "W15") }
func BenchmarkW16(b *testing.B) { benchmark(b, "W16") }

// benchmark runs a workload on one thread and on all.
func benchmark(b *testing.B, name string) {
	counts := []int{1}
	if all := runtime.GOMAXPROCS(0); all > 1 {
		counts = append(counts, all)
	}
	for _, w := range Workloads() {
		if w.Name != name {
			continue
		}
		for _, threads := range counts {
			b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
				p, err := w.Build(graph.Threads(threads))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := p.warmUp(0); err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					if err := p.Run(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(w.FLOPs()*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
				b.ReportMetric(p.CompileMilliseconds, "compile-ms")
			})
		}
	}
}
