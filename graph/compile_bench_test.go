package graph_test

import (
	"fmt"
	"runtime"
	"testing"

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

// TestCompileIsLinear declares, differentiates and compiles over twice as many steps again and again: the instructions, and
// the memory that the compiler asks for on the way, must grow no faster. The time is the benchmark's to measure.
func TestCompileIsLinear(t *testing.T) {
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
			var last [3]float64
			for _, steps := range []int{100, 200, 400} {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				b := graph.NewBuilder(nil)
				p := mustCompile(t, b, graph.Loss(loss(b, steps)))
				runtime.ReadMemStats(&after)
				now := [3]float64{float64(p.Instructions()), float64(after.Mallocs - before.Mallocs), float64(after.TotalAlloc - before.TotalAlloc)}
				for i, what := range []string{"instructions", "allocations", "bytes allocated"} {
					if last[i] > 0 && now[i] > 2.5*last[i] {
						t.Errorf("%d steps: %.0f %s; %.0f with half as many steps", steps, now[i], what, last[i])
					}
				}
				last = now
			}
		})
	}
}

// TestCompileOfDeepNetworks compiles networks of twice as many layers again and again. What joins the products of a weight
// scans the graph once for each weight; anything that makes values or keys there must not.
func TestCompileOfDeepNetworks(t *testing.T) {
	var last float64
	for _, layers := range []int{8, 16, 32} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		b := graph.NewBuilder(nil)
		y, _ := lstm.New(graph.Hidden(2), graph.Layers(layers)).Unroll(b, b.Input("x", 12, 1, 2))
		mustCompile(t, b, graph.Loss(b.Sum(y)))
		runtime.ReadMemStats(&after)
		now := float64(after.Mallocs - before.Mallocs)
		if last > 0 && now > 2.2*last {
			t.Errorf("%d layers: %.0f allocations; %.0f with half as many", layers, now, last)
		}
		last = now
		t.Logf("%d layers: %.0f allocations", layers, now)
	}
}
