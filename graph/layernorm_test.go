package graph_test

import (
	"math"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	gt "github.com/rnnzoo/rnnzoo/internal/graphtest"
)

// TestNormalizeLargeNumbers normalizes rows whose squares, and whose sum, are more than float32 holds.
func TestNormalizeLargeNumbers(t *testing.T) {
	b := graph.NewBuilder(graph.NewParams(tensor.Float32))
	x := b.Input("x", 3, 4)
	y := b.Normalize(x)
	dx := b.Grad(b.Sum(b.Mul(y, b.ConstTensor([]float64{0.5, 2, -1, 0.25}, 4))), x)[0]
	prog := mustCompile(t, b, graph.Output(y, dx))
	mustSet(t, prog, "x", []float64{1e19, 2e19, 3e19, 4e19, 3e38, 3e38, 3e38, 3e38, 1, 2, 3, 4})
	mustRun(t, prog)
	gt.Compare(t, "rows", gt.Floats(prog.Value(y).Data()),
		[]float64{-1.341641, -0.447214, 0.447214, 1.341641, 0, 0, 0, 0, -1.341636, -0.447212, 0.447212, 1.341636}, 1e-5)
	grad := gt.Floats(prog.Value(dx).Data())
	for i, want := range grad[8:] {
		if got := grad[i] * 1e19; math.Abs(got-want) > 1e-4 {
			t.Errorf("element %d of the gradient is %v; want that of numbers a 1e19th as large, %v, divided by as much", i, grad[i], want)
		}
	}
}
