package graph_test

import (
	"math"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
)

// TestLongSums takes means of a million numbers 0.1 in every layout that a view can have: added one after the other in
// float32 they would be wrong in the third digit.
func TestLongSums(t *testing.T) {
	const n = 1 << 20
	b := graph.NewBuilder(graph.NewParams(tensor.Float32))
	x := b.Input("x", n, 3)
	y := b.Reshape(x, 3, n)
	z := b.Reshape(x, n/8, 2, 4, 3)
	slice := b.Slice(x, 1, 0, 2)
	outputs := map[string]node{
		"all":                               b.Mean(x),
		"rows":                              b.Mean(x, 0),
		"columns":                           b.Mean(y, 1),
		"a slice":                           b.Mean(slice),
		"rows of a slice":                   b.Mean(slice, 0),
		"a transpose":                       b.Mean(b.Transpose(x)),
		"columns of a transpose":            b.Mean(b.Transpose(x), 1),
		"rows of a transpose":               b.Mean(b.Transpose(y), 0),
		"a slice of a transpose":            b.Mean(b.Slice(b.Transpose(x), 0, 1, 3)),
		"columns of a slice of a transpose": b.Mean(b.Slice(b.Transpose(x), 0, 1, 3), 1),
		"first and last axis":               b.Mean(z, 0, 3),
		"first and last axis of a slice":    b.Mean(b.Slice(b.Slice(z, 3, 0, 2), 2, 1, 3), 0, 3),
		"outer axes":                        b.Mean(z, 0, 1),
		"outer axes of a slice":             b.Mean(b.Slice(z, 2, 0, 3), 0, 1),
		"first and third axis":              b.Mean(z, 0, 2),
		"all of a slice of the third axis":  b.Mean(b.Slice(z, 2, 1, 3)),
		"rows of permuted axes":             b.Mean(b.Transpose(z, 0, 3, 1, 2), 0),
	}
	column := b.Reshape(b.Mean(z, 0, 2), 2, 3)
	outputs["a result that stands in columns"] = b.Concat(0, b.Transpose(column), b.Const(0.1, 1, 2))
	var nodes []node
	for _, o := range outputs {
		nodes = append(nodes, o)
	}
	values := make([]float64, 3*n)
	for i := range values {
		values[i] = 0.1
	}
	for threads := 1; threads <= 3; threads++ {
		for _, without := range [][]string{nil, graph.Passes()} {
			prog := mustCompile(t, b, graph.Output(nodes...), graph.Threads(threads), graph.Without(without...))
			mustSet(t, prog, "x", values)
			mustRun(t, prog)
			for name, o := range outputs {
				for i, v := range prog.Value(o).Data().([]float32) {
					if math.Abs(float64(v)-0.1) > 1e-7 {
						t.Errorf("%d threads, without %v, %s: element %d is %v; want 0.1", threads, without, name, i, v)
						break
					}
				}
			}
		}
	}
}
