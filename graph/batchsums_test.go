package graph_test

import (
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	gt "github.com/rnnzoo/rnnzoo/internal/graphtest"
)

// TestBroadcastRowSums adds sums over rows that are broadcast to the other terms: to a matrix, and to products aᵀ·b,
// which are joined as sums over rows are.
func TestBroadcastRowSums(t *testing.T) {
	b := graph.NewBuilder(graph.NewParams(tensor.Float64))
	x, y, z := b.Input("x", 4, 2), b.Input("y", 3, 2), b.Input("z", 3, 2)
	left, right := b.Input("left", 3, 4), b.Input("right", 3, 2)
	product := func(c float64) node { return b.MatMulTN(b.Scale(left, c), right) }
	ySum, zSum := b.Sum(y, 0), b.Sum(z, 0)
	outputs := map[node][]float64{
		b.Add(x, ySum, zSum):                          {18, 24, 18, 24, 18, 24, 18, 24},
		b.Add(ySum, zSum):                             {18, 24},
		b.Add(product(1), product(2), ySum, zSum):     {27, 33, 27, 33, 27, 33, 27, 33},
		b.Add(product(1), product(2), ySum, x):        {18, 21, 18, 21, 18, 21, 18, 21},
		b.Add(x, b.Reshape(ySum, 1, 2), zSum):         {18, 24, 18, 24, 18, 24, 18, 24},
		b.Add(x, b.Sum(product(1), 0), b.Sum(y, 0)):   {21, 24, 21, 24, 21, 24, 21, 24},
		b.Add(b.Sum(product(1), 0), product(1), ySum): {24, 27, 24, 27, 24, 27, 24, 27},
	}
	var nodes []node
	for n := range outputs {
		nodes = append(nodes, n)
	}
	prog := mustCompile(t, b, graph.Output(nodes...))
	for _, name := range []string{"y", "z"} {
		mustSet(t, prog, name, []float64{1, 2, 3, 4, 5, 6})
	}
	mustSet(t, prog, "left", []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1})
	mustSet(t, prog, "right", []float64{1, 1, 1, 1, 1, 1})
	mustRun(t, prog)
	for n, want := range outputs {
		gt.Compare(t, n.String(), gt.Floats(prog.Value(n).Data()), want, 0)
	}
}

// TestRepeatedProducts has a weight's gradient that is a sum of products of which two are the same, over rows enough for
// them to be joined in several groups.
func TestRepeatedProducts(t *testing.T) {
	const rows = 150
	var want []float64
	for _, without := range [][]string{graph.Passes(), nil} {
		params := graph.NewParams(tensor.Float64)
		b := graph.NewBuilder(params)
		x, w := b.Input("x", rows, 2), b.Param("w", graph.Glorot(), 2, 2)
		var y node = b.Const(0, rows, 2)
		for range 3 {
			y = b.Mul(b.Sigmoid(b.MatMul(x, w)), y)
		}
		loss := b.BCE(b.MatMul(y, w), b.Input("target", rows, 2))
		for range 3 {
			loss = b.Add(loss, b.Mean(b.Tanh(b.MatMul(x, w))))
		}
		prog := mustCompile(t, b, graph.Loss(loss), graph.Without(without...), graph.Threads(1))
		mustSet(t, prog, "x", gt.Random("x", 2*rows))
		mustSet(t, prog, "target", gt.Random("target", 2*rows))
		mustRun(t, prog)
		got := gt.Floats(prog.Grad("w").Data())
		if want == nil {
			want = append(want, got...)
		}
		gt.Compare(t, "with passes", got, want, 1e-12)
	}
}
