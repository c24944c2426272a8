package conformance

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
)

// checkWeightDrop checks outputs and gradients of networks with weight drop against PyTorch's of weights that are multiplied
// by the masks of two runs, which make_goldens.py has drawn from seed, run and name: step by step and as a loop, on one thread
// and on two.
func checkWeightDrop(t *testing.T, _ string, f *safetensors.File, dtype tensor.Dtype) {
	number := func(key string) float64 {
		v, err := strconv.ParseFloat(f.Metadata[key], 64)
		if err != nil {
			t.Fatalf("metadata %q: %v", key, err)
		}
		return v
	}
	T, B, I, H := int(number("T")), int(number("B")), int(number("I")), int(number("H"))
	network := goldenNetwork(t, f, graph.Hidden(H), graph.Layers(int(number("layers"))), graph.WeightDrop(number("rate")))
	for _, way := range [][]graph.Option{{graph.Unrolled()}, {graph.Rolled()}, {graph.Rolled(), graph.Keep(2)}} {
		params := graph.NewParams(dtype)
		b := graph.NewBuilder(params, append(way, graph.Training(), graph.Seed(uint64(number("seed"))))...)
		y, _ := network.Unroll(b, b.Input("x", T, B, I))
		loss := b.Sum(b.Mul(y, b.Input("grad_y", y.Shape()...)))
		restoreGolden(t, params, f)
		for threads := 1; threads <= 2; threads++ {
			opts := []graph.CompileOption{graph.Verify(), graph.Threads(threads), graph.Loss(loss), graph.Output(y)}
			for _, p := range params.List() {
				if strings.HasPrefix(p.Name(), "weight_hh") {
					opts = append(opts, graph.OutputAs(p.Name(), b.SharedDropout(p.Name(), b.Const(1, p.Shape()...), number("rate"))))
				}
			}
			prog, err := graph.Compile(b, opts...)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"x", "grad_y"} {
				if err := prog.Set(name, floats(t, f, name)); err != nil {
					t.Fatal(err)
				}
			}
			for run := range 2 {
				if err := prog.Run(); err != nil {
					t.Fatal(err)
				}
				compare(t, fmt.Sprintf("y of run %d", run), prog.Value(y), floats(t, f, fmt.Sprintf("y.%d", run)), 0, dtype)
				for _, p := range params.List() {
					of := fmt.Sprintf("%s.%d", p.Name(), run)
					compare(t, "grad.param."+of, prog.Grad(p.Name()), floats(t, f, "grad.param."+of), 0, dtype)
					if strings.HasPrefix(p.Name(), "weight_hh") {
						compare(t, "mask."+of, prog.Output(p.Name()), floats(t, f, "mask."+of), 0, dtype)
					}
				}
			}
			if t.Failed() {
				t.Fatalf("with %d threads, %v", threads, f.Metadata)
			}
		}
	}
}
