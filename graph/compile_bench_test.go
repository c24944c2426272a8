package graph_test

import (
	"fmt"
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
