package graph_test

import (
	"fmt"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	gt "github.com/rnnzoo/rnnzoo/internal/graphtest"
)

// TestOracle checks the oracle itself, on operations of Gorgonia's alone and on ours, against numbers worked out by hand.
func TestOracle(t *testing.T) {
	t.Run("Gorgonia's operations", func(t *testing.T) {
		g := gorgonia.NewGraph()
		x := gorgonia.NewMatrix(g, gorgonia.Float64, gorgonia.WithShape(2, 2), gorgonia.WithName("x"))
		w := gorgonia.NewVector(g, gorgonia.Float64, gorgonia.WithShape(2), gorgonia.WithName("w"))
		y := gorgonia.Must(gorgonia.Mul(x, w))
		s := gorgonia.Must(gorgonia.Sum(y))
		checkOracle(t, g, map[node]any{x: []float64{1, 2, 3, 4}, w: []float64{10, 1}}, map[node][]float64{y: {12, 34}, s: {46}})
	})
	t.Run("ours", func(t *testing.T) {
		b := graph.NewBuilder(graph.NewParams(tensor.Float32))
		x, i, s := b.Input("x", 2, 2), b.IndexInput("i", 3), b.Input("s")
		gathered := b.Gather(x, i, graph.NoPadding)
		sum := b.Sum(b.Add(b.Mul(gathered, b.ConstTensor([]float64{2, 1}, 2)), s, b.Const(0.5)))
		dx := b.Grad(sum, x)[0]
		checkOracle(t, b.Graph(), map[node]any{x: []float32{1, 2, 3, 4}, i: []int{1, 0, 1}, s: []float32{10}},
			map[node][]float64{gathered: {3, 4, 1, 2, 3, 4}, sum: {87}, dx: {2, 1, 4, 2}})
	})
	t.Run("a leaf without a value", func(t *testing.T) {
		b := graph.NewBuilder(nil)
		y := b.Tanh(b.Input("x", 2))
		if _, err := gt.Oracle(b.Graph(), nil, y); err == nil {
			t.Error("no error")
		}
	})
}

func checkOracle(t *testing.T, g *gorgonia.ExprGraph, leaves map[node]any, want map[node][]float64) {
	t.Helper()
	var read []node
	for n := range want {
		read = append(read, n)
	}
	values, err := gt.Oracle(g, leaves, read...)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range read {
		gt.Compare(t, fmt.Sprint(n), gt.Floats(values[i]), want[n], 0)
	}
}

func mustCompile(t testing.TB, b builder, opts ...graph.CompileOption) *graph.Program {
	t.Helper()
	prog, err := graph.Compile(b, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return prog
}

func mustSet(t testing.TB, prog *graph.Program, name string, value any) {
	t.Helper()
	if err := prog.Set(name, value); err != nil {
		t.Fatal(err)
	}
}

func mustRun(t testing.TB, prog *graph.Program) {
	t.Helper()
	if err := prog.Run(); err != nil {
		t.Fatal(err)
	}
}
