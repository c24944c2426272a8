package graph_test

import (
	"fmt"
	"testing"
	"time"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
)

// BenchmarkCompile declares, differentiates and compiles an LSTM with 128 units over sequences of growing length: the
// time must grow in proportion to it.
func BenchmarkCompile(b *testing.B) {
	const batch, width = 32, 128
	params := graph.NewParams(tensor.Float32)
	declare := func(steps int) (*graph.Builder, graph.CompileOption) {
		g := graph.NewBuilder(params)
		y, _ := lstm.New(graph.Hidden(width)).Unroll(g, g.Input("x", steps, batch, width))
		return g, graph.Loss(g.Sum(y))
	}
	for _, steps := range []int{50, 100, 200, 400, 800} {
		b.Run(fmt.Sprintf("T=%d", steps), func(b *testing.B) {
			b.ReportAllocs()
			var p *graph.Program
			for b.Loop() {
				g, loss := declare(steps)
				var err error
				if p, err = graph.Compile(g, loss); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*steps), "µs/step")
			b.ReportMetric(float64(p.Instructions()), "instructions")
		})
	}
}

// TestCompileIsLinear declares, differentiates and compiles over twice as many steps again and again: that takes at most
// 2.5 times as long. What else the machine does only adds to a time, so the shortest of several counts.
func TestCompileIsLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds, and the race detector's time is not the compiler's")
	}
	sequence := func(b builder, network *graph.Network, name string, steps int) node {
		y, _ := network.Unroll(b, b.Input(name, steps, 1, 2))
		return y
	}
	for name, loss := range map[string]func(b builder, steps int) node{
		"lstm": func(b builder, steps int) node {
			return b.Sum(sequence(b, lstm.New(graph.Hidden(2)), "x", steps))
		},
		"the same lstm on two sequences": func(b builder, steps int) node {
			network := lstm.New(graph.Hidden(2))
			return b.MSE(sequence(b, network, "x", steps), sequence(b, network, "z", steps))
		},
	} {
		t.Run(name, func(t *testing.T) {
			steps := []int{100, 200, 400, 800}
			shortest := make([]time.Duration, len(steps))
			const tries = 10
			for try := range tries {
				linear := true
				for i, n := range steps {
					start := time.Now()
					b := graph.NewBuilder(nil)
					mustCompile(t, b, graph.Loss(loss(b, n)))
					if d := time.Since(start); try == 0 || d < shortest[i] {
						shortest[i] = d
					}
					linear = linear && (i == 0 || float64(shortest[i]) <= 2.5*float64(shortest[i-1]))
				}
				if linear {
					return
				}
			}
			t.Errorf("%v steps take %v: doubling the steps takes more than 2.5 times as long", steps, shortest)
		})
	}
}
