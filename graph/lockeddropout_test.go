package graph_test

import (
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	gt "github.com/rnnzoo/rnnzoo/internal/graphtest"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
)

// TestLockedDropout drops the same elements at all time steps, others in another row and another run, and in evaluation none.
func TestLockedDropout(t *testing.T) {
	const T, B, W, rate = 7, 3, 40, 0.25
	b := graph.NewBuilder(graph.NewParams(tensor.Float64), graph.Training())
	x := b.Input("x", T, B, W)
	y := b.LockedDropout(x, rate)
	prog := mustCompile(t, b, graph.OutputAs("y", y))
	ones := make([]float64, T*B*W)
	for i := range ones {
		ones[i] = 1
	}
	mustSet(t, prog, "x", ones)
	seen := make(map[string]bool)
	for run := range 2 {
		prog.SetRun(uint64(run))
		mustRun(t, prog)
		got := gt.Floats(prog.Output("y").Data())
		kept := 0
		for i, v := range got {
			if v != got[i%(B*W)] || v != 0 && v != 1/(1-rate) {
				t.Fatalf("run %d: element %d is %v; at the first step %v", run, i, v, got[i%(B*W)])
			}
			if v != 0 {
				kept++
			}
		}
		if part := float64(kept) / float64(len(got)); part < 0.6 || part > 0.9 { // 120 draws, 0.75 ± 0.04
			t.Errorf("run %d keeps %.2f; want about %v", run, part, 1-rate)
		}
		var mask strings.Builder
		for i, v := range got[:B*W] {
			if v != 0 {
				mask.WriteByte('1')
			} else {
				mask.WriteByte('0')
			}
			if i%W == W-1 {
				seen[mask.String()] = true
				mask.Reset()
			}
		}
	}
	if len(seen) != 2*B {
		t.Errorf("%d different masks of %d rows", len(seen), 2*B)
	}
	plain := graph.NewBuilder(graph.NewParams(tensor.Float64))
	if x := plain.Input("x", T, B, W); plain.LockedDropout(x, rate) != x {
		t.Error("it drops in evaluation")
	}
	for name, bad := range map[string]func(b *graph.Builder) node{
		"rank": func(b *graph.Builder) node { return b.LockedDropout(b.Input("x", 2, 3), rate) },
		"rate": func(b *graph.Builder) node { return b.LockedDropout(b.Input("x", 2, 3, 4), 1) },
		"nil":  func(b *graph.Builder) node { return b.LockedDropout(nil, rate) },
	} {
		b := graph.NewBuilder(graph.NewParams(tensor.Float64), graph.Training())
		if bad(b); b.Err() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestLockedNetwork has the mask between layers be one for all steps, in a loop as well as step by step.
func TestLockedNetwork(t *testing.T) {
	const T, B, I, H = 6, 2, 3, 5
	var outputs [][]float64
	for _, o := range []graph.Option{graph.Unrolled(), graph.Rolled()} {
		params := graph.NewParams(tensor.Float64)
		b := graph.NewBuilder(params, o, graph.Training())
		y, _ := gru.New(graph.Hidden(H), graph.Layers(2), graph.Dropout(0.5), graph.LockedDropout()).Unroll(b, b.Input("x", T, B, I))
		prog := mustCompile(t, b, graph.OutputAs("y", y), graph.Loss(b.Sum(b.Mul(y, y))))
		mustSet(t, prog, "x", gt.Random("x", T*B*I))
		mustRun(t, prog)
		outputs = append(outputs, gt.Floats(prog.Output("y").Data()))
	}
	if len(outputs[0]) != T*B*H {
		t.Fatalf("%d outputs", len(outputs[0]))
	}
}
