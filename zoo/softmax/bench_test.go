package softmax

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
)

// zipfian returns n words of a vocabulary, each of rank r as often as 1/(r+1).
func zipfian(n, vocabulary int, seed uint64) []int {
	rng := rand.New(rand.NewPCG(seed, 0))
	total := 0.0
	cumulated := make([]float64, vocabulary)
	for w := range cumulated {
		total += 1 / float64(w+1)
		cumulated[w] = total
	}
	words := make([]int, n)
	for i := range words {
		at := rng.Float64() * total
		for lo, hi := 0, vocabulary-1; ; {
			if lo == hi {
				words[i] = lo
				break
			}
			if mid := (lo + hi) / 2; cumulated[mid] > at {
				hi = mid
			} else {
				lo = mid + 1
			}
		}
	}
	return words
}

func milliseconds(since time.Time) float64 { return time.Since(since).Seconds() * 1e3 }

// lowerQuartile is what a step takes on a machine that others use as well.
func lowerQuartile(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/4]
}

// BenchmarkStep measures the training step of a layer: the package's documentation has its times. run-ms is forward and
// backward, step-ms these and Adam.
func BenchmarkStep(b *testing.B) {
	const rows, width, batches = 700, 256, 8
	for _, v := range []struct {
		vocabulary int
		specs      []string
	}{
		{50_000, []string{"full", "adaptive:4000,20000", "sampled:2048", "sampled:8192"}},
		{250_000, []string{"full", "adaptive:4000,20000,80000", "sampled:2048", "sampled:8192"}},
	} {
		for _, spec := range v.specs {
			b.Run(fmt.Sprintf("V%d/%s", v.vocabulary, spec), func(b *testing.B) {
				s, err := New(spec, v.vocabulary, width)
				if err != nil {
					b.Fatal(err)
				}
				params := graph.NewParams(tensor.Float32)
				g := graph.NewBuilder(params, graph.Training())
				h := g.Param("h", graph.Uniform(1), rows, width)
				targets := zipfian(rows*batches, v.vocabulary, 1)
				var c Capacity
				for i := range batches {
					n, err := s.Capacity(targets[i*rows : (i+1)*rows])
					if err != nil {
						b.Fatal(err)
					}
					for j := range c {
						c[j] = max(c[j], n[j])
					}
				}
				loss := s.Loss(g, h, nil, c)
				prog, err := graph.Compile(g, graph.Loss(loss))
				if err != nil {
					b.Fatal(err)
				}
				optimizer := &train.Adam{}
				number := 0
				var computed, stepped []float64 // ms of each step
				step := func() {
					i := number % batches
					start := time.Now()
					if err := s.Set(prog, targets[i*rows:(i+1)*rows], 1, number); err != nil {
						b.Fatal(err)
					}
					if err := prog.Run(); err != nil {
						b.Fatal(err)
					}
					computed = append(computed, milliseconds(start))
					if err := optimizer.Step(prog.Grads()); err != nil {
						b.Fatal(err)
					}
					stepped = append(stepped, milliseconds(start))
					number++
				}
				step()
				computed, stepped = nil, nil
				for b.Loop() {
					step()
				}
				b.ReportMetric(lowerQuartile(computed), "run-ms")
				b.ReportMetric(lowerQuartile(stepped), "step-ms")
				if l := prog.Loss(); math.IsNaN(l) {
					b.Fatal("the loss is no number")
				}
			})
		}
	}
}
