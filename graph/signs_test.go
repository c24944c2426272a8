package graph_test

import (
	"math"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
)

// TestSignsOfZeros checks that constants are told apart by their bits, and that leaving out what a constant makes
// superfluous keeps the sign of a zero, with all passes and without any. The exception is a product with 0, which is
// taken to be 0.
func TestSignsOfZeros(t *testing.T) {
	minus := math.Copysign(0, -1)
	for _, way := range [][]graph.CompileOption{nil, {graph.Without(graph.Passes()...)}} {
		b := graph.NewBuilder(graph.NewParams(tensor.Float64))
		x, z := b.Input("x"), b.Input("z") // 2 and −0
		outputs := map[node]float64{
			b.Div(x, b.Const(0)):                   math.Inf(1),
			b.Div(x, b.Const(minus)):               math.Inf(-1),
			b.Scale(x, 0):                          0,
			b.Scale(x, minus):                      minus,
			b.Clamp(b.Neg(x), 0, 1):                0,
			b.Clamp(b.Neg(x), minus, 1):            minus,
			b.Mul(x, b.Const(minus)):               minus,
			b.Mul(x, b.Const(0)):                   0,
			b.Add(z, b.Const(0)):                   0,
			b.Add(z, b.Const(minus)):               minus,
			b.Add(z, b.Const(minus), b.Const(0)):   0,
			b.Add(z, b.Const(1), b.Const(-1)):      0,
			b.Add(z, z, b.Const(0)):                0,
			b.Add(b.Const(minus), b.Const(minus)):  minus,
			b.Add(b.Neg(b.Exp(x)), b.Exp(x), z):    0,
			b.Sub(z, b.Const(0)):                   minus,
			b.Sub(z, b.Const(minus)):               0,
			b.Mul(z, b.Const(1)):                   minus,
			b.Div(z, b.Const(1)):                   minus,
			b.Sum(b.Const(minus, 3)):               0,
			b.Div(x, b.Sum(b.Const(minus, 3))):     math.Inf(1),
			b.Div(x, b.Add(z, b.Const(0))):         math.Inf(1),
			b.Div(x, b.Mul(b.Const(-1), b.Abs(z))): math.Inf(-1),
		}
		var nodes []node
		for n := range outputs {
			nodes = append(nodes, n)
		}
		prog := mustCompile(t, b, append(way, graph.Output(nodes...))...)
		mustSet(t, prog, "x", 2.0)
		mustSet(t, prog, "z", minus)
		mustRun(t, prog)
		for n, want := range outputs {
			if got := prog.Scalar(n); math.Float64bits(got) != math.Float64bits(want) {
				t.Errorf("%d options: %v is %g (sign %v); want %g (sign %v)", len(way), n, got, math.Signbit(got), want, math.Signbit(want))
			}
		}
	}
}

// TestEqualConstantsAreOne counts what is computed of equal constants that are no numbers.
func TestEqualConstantsAreOne(t *testing.T) {
	b := graph.NewBuilder(nil)
	x := b.Input("x", 3)
	listing := mustCompile(t, b, graph.Output(b.Div(x, b.Const(math.NaN())), b.Div(x, b.Const(math.NaN())))).String()
	if n := strings.Count(listing, "= div("); n != 1 {
		t.Errorf("x/NaN is computed %d times; want once\n%s", n, listing)
	}
}
