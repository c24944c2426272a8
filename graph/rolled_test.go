package graph_test

import (
	"fmt"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	gt "github.com/rnnzoo/rnnzoo/internal/graphtest"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
)

// rolledCase is a network over a sequence, which must be the same as a loop and unrolled.
type rolledCase struct {
	name    string
	network *graph.Network
	masked  bool
}

func rolledCases() []rolledCase {
	h := graph.Hidden(3)
	return []rolledCase{
		{"rnn", rnn.New(h), false},
		{"lstm", lstm.New(h), false},
		{"gru", gru.New(h), false},
		{"two layers", lstm.New(h, graph.Layers(2)), false},
		{"both directions", lstm.New(h, graph.Bidirectional(graph.MergeConcat)), false},
		{"masked", lstm.New(h), true},
		{"masked in both directions", gru.New(h, graph.Layers(2), graph.Bidirectional(graph.MergeSum)), true},
		{"layer norm", lstm.New(h, graph.LayerNorm()), false},
		{"peepholes", lstm.NewPeephole(h), true},
		{"recurrent dropout", lstm.New(h, graph.RecurrentDropout(0.3)), false},
	}
}

// results runs a network with options of the builder and the compiler, and returns outputs, final states and gradients.
func (c rolledCase) results(t *testing.T, dtype tensor.Dtype, T, B int, opts []graph.Option, compile ...graph.CompileOption) (names []string, values [][]float64) {
	t.Helper()
	const I = 2
	params := graph.NewParams(dtype, graph.InitSeed(3))
	b := graph.NewBuilder(params, append([]graph.Option{graph.Training(), graph.Seed(7)}, opts...)...)
	x := b.Input("x", T, B, I)
	var unroll []graph.UnrollOption
	if c.masked {
		unroll = append(unroll, graph.Lengths(b.IndexInput("lengths", B)))
	}
	y, final := c.network.Unroll(b, x, unroll...)
	loss := b.Sum(b.Mul(y, y))
	nodes := []*gorgonia.Node{y}
	names = []string{"y"}
	for i, s := range final {
		for k, n := range s {
			names = append(names, fmt.Sprintf("state %d of %d", k, i))
			nodes = append(nodes, n)
			loss = b.Add(loss, b.Sum(b.Scale(n, 0.5+float64(i+k))))
		}
	}
	if b.Err() != nil {
		t.Fatal(b.Err())
	}
	nodes = append(nodes, b.Grad(loss, x)...)
	names = append(names, "gradient by x")
	p, err := graph.Compile(b, append([]graph.CompileOption{graph.Verify(), graph.Output(nodes...), graph.Loss(loss)}, compile...)...)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Set("x", gt.Random("x", T*B*I)); err != nil {
		t.Fatal(err)
	}
	if c.masked {
		lengths := make([]int, B)
		for i := range lengths {
			lengths[i] = 1 + (i*7+3)%T
		}
		if err := p.Set("lengths", lengths); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // memory of the run before must not matter
		p.SetRun(0)
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range nodes {
		values = append(values, append([]float64{}, gt.Floats(p.Value(n).Data())...))
	}
	for _, q := range params.List() {
		names = append(names, "gradient by "+q.Name())
		values = append(values, append([]float64{}, gt.Floats(p.Grad(q.Name()).Data())...))
	}
	return names, values
}

// TestRolled holds loops against the same networks declared step by step, with all passes and without each, on one thread
// and several: few steps, and so many that they are divided into strips.
func TestRolled(t *testing.T) {
	for _, c := range rolledCases() {
		for _, size := range [][2]int{{5, 4}, {1, 2}, {24, 32}} {
			T, B := size[0], size[1]
			t.Run(fmt.Sprintf("%s/T=%d B=%d", c.name, T, B), func(t *testing.T) {
				for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
					if dtype == tensor.Float32 && T > 5 {
						continue // layer norm of three numbers makes of its rounding something else after a few steps
					}
					tolerance := gt.Tolerance(dtype) * float64(T) // sums of so many steps, added in another order
					names, want := c.results(t, dtype, T, B, []graph.Option{graph.Unrolled()})
					for _, without := range append([]string{""}, graph.Passes()...) {
						for threads := 1; threads <= 3; threads++ {
							opts := []graph.CompileOption{graph.Threads(threads)}
							if without != "" {
								opts = append(opts, graph.Without(without))
							}
							_, got := c.results(t, dtype, T, B, []graph.Option{graph.Rolled()}, opts...)
							for i, name := range names {
								gt.Compare(t, fmt.Sprintf("%v, %d threads, without %q, %s", dtype, threads, without, name), got[i], want[i], tolerance)
							}
							if t.Failed() {
								return
							}
						}
					}
				}
			})
		}
	}
}
