package graph_test

import (
	"math/rand"
	"reflect"
	"runtime"
	"testing"
	"weak"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
)

// TestWorkspace runs programs of several lengths by turns, each in memory of its own and all in one workspace: the same
// losses and gradients, in less memory.
func TestWorkspace(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		params := graph.NewParams(dtype)
		network := lstm.New(graph.Hidden(5))
		program := func(steps int, opts ...graph.CompileOption) *graph.Program {
			b := graph.NewBuilder(params)
			y, _ := network.Unroll(b, b.Input("x", steps, 3, 4))
			return mustCompile(t, b, append(opts, graph.Loss(b.Sum(y)))...)
		}
		lengths := []int{9, 2, 12, 5}
		w := graph.NewWorkspace()
		var own, shared []*graph.Program
		for _, n := range lengths {
			own = append(own, program(n))
			shared = append(shared, program(n, graph.InWorkspace(w)))
		}
		total := w.Bytes()
		for i, p := range shared {
			if p.Bytes() >= own[i].Bytes() {
				t.Errorf("%d bytes beside the workspace; %d without one", p.Bytes(), own[i].Bytes())
			}
			total += p.Bytes()
		}
		alone := 0
		for _, p := range own {
			alone += p.Bytes()
		}
		if total >= alone {
			t.Errorf("%d bytes in all; %d without a workspace", total, alone)
		}
		rng := rand.New(rand.NewSource(1))
		for _, i := range []int{0, 1, 2, 3, 1, 0, 2} {
			x := make([]float64, lengths[i]*3*4)
			for j := range x {
				x[j] = rng.NormFloat64()
			}
			for _, p := range []*graph.Program{own[i], shared[i]} {
				if err := p.Set("x", x); err != nil {
					t.Fatal(err)
				}
			}
			mustRun(t, own[i])
			mustRun(t, shared[i])
			if own[i].Loss() != shared[i].Loss() {
				t.Errorf("%d steps: loss %v in a workspace; want %v", lengths[i], shared[i].Loss(), own[i].Loss())
			}
			for _, p := range params.List() {
				if !reflect.DeepEqual(own[i].Grad(p.Name()).Data(), shared[i].Grad(p.Name()).Data()) {
					t.Errorf("%d steps: the gradient of %s differs", lengths[i], p.Name())
				}
			}
		}
	}
}

// TestProgramKeepsNoGraph compiles a program, drops the graph and sees it collected.
func TestProgramKeepsNoGraph(t *testing.T) {
	build := func() (*graph.Program, weak.Pointer[gorgonia.Node]) {
		b := graph.NewBuilder(nil)
		y := b.Tanh(b.Input("x", 2))
		return mustCompile(t, b, graph.Output(y)), weak.Make(y)
	}
	p, node := build()
	for range 5 {
		runtime.GC()
	}
	if node.Value() != nil {
		t.Error("the program keeps its graph")
	}
	if err := p.Set("x", []float64{1, 2}); err != nil {
		t.Fatal(err)
	}
	mustRun(t, p)
}
