package graph_test

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	gt "github.com/rnnzoo/rnnzoo/internal/graphtest"
)

// randomGraph declares a graph of the operations that the passes rewrite, in an order that no cell of the zoo has: steps
// that look back at stacks of earlier ones, products that share weights, slices, concatenations, sums of everything.
// The same seed gives the same graph. It returns a loss and some outputs.
func randomGraph(b builder, seed int64) (loss node, outputs []node) {
	rng := rand.New(rand.NewSource(seed))
	const T, H = 4, 4
	B := 1 + rng.Intn(3)
	xs := b.Input("x", T, B, H)
	values := []node{b.Const(0, B, H)}
	for t := range T {
		values = append(values, b.At(xs, 0, t))
	}
	weights := []node{b.Param("u", graph.Glorot(), H, H), b.Param("v", graph.Orthogonal(1), H, H)}
	bias := b.Param("bias", graph.Normal(0.1, graph.NoPadding), H)
	pick := func() node { return values[rng.Intn(len(values))] }
	latest := func() node { return values[len(values)-1-rng.Intn(min(3, len(values)))] }
	weight := func() node { return weights[rng.Intn(len(weights))] }
	// some returns neighbours in order of time, or any values.
	some := func() []node {
		n := 2 + rng.Intn(4)
		if from := len(values) - n - rng.Intn(3); from > 0 && rng.Intn(3) > 0 {
			return append([]node{}, values[from:from+n]...)
		}
		list := make([]node, n)
		for i := range list {
			list[i] = pick()
		}
		return list
	}
	var stacks []node
	for range 8 + rng.Intn(25) {
		var y node
		switch rng.Intn(14) {
		case 0, 1:
			y = b.MatMulNT(latest(), weight())
		case 2:
			y = b.MatMul(pick(), weight())
		case 3:
			y = b.Tanh(b.Add(b.MatMulNT(latest(), weight()), b.MatMulNT(pick(), weight()), bias))
		case 4:
			y = b.Scale(b.Add(some()...), 0.5)
		case 5:
			y = b.Mul(b.Sigmoid(latest()), pick())
		case 6:
			y = b.Lerp(latest(), pick(), b.Sigmoid(pick()))
		case 7: // columns change places
			parts := b.Split(latest(), 1, 2)
			y = b.Concat(1, parts[1], b.Tanh(parts[0]))
		case 8, 9: // a look back
			s := b.Stack(0, some()...)
			stacks = append(stacks, s)
			y = b.Tanh(b.Add(b.Mean(s, 0), pick()))
		case 10: // one product for several steps
			s := b.MatMulNT(b.Stack(0, some()...), weight())
			stacks = append(stacks, s)
			y = b.Sub(b.At(s, 0, 0), b.At(s, 0, s.Shape()[0]-1))
		case 11:
			s := b.Concat(0, some()...)
			stacks = append(stacks, s)
			y = b.MatMul(b.Slice(s, 0, 1, 1+B), b.MatMulTN(pick(), b.Scale(pick(), 0.3)))
		case 12:
			y = b.Where(b.Relu(pick()), latest(), b.Const(0))
		case 13:
			y = b.Normalize(b.Add(latest(), b.Sum(pick(), 0)))
		}
		values = append(values, y)
	}
	loss = b.Add(b.Mean(b.Pow(b.Tanh(values[len(values)-1]), 2)), b.Mean(b.Tanh(b.Stack(0, some()...))))
	for _, s := range stacks {
		if rng.Intn(2) == 0 {
			loss = b.Add(loss, b.Mean(b.Tanh(s)))
		}
		if rng.Intn(2) == 0 {
			outputs = append(outputs, s)
		}
	}
	return loss, append(outputs, latest(), b.Stack(0, values[len(values)-4:]...))
}

// TestLookBack has a cell that looks back at all its states, h_t = tanh(W·x_t + Σ_{s<t} h_s): the stack that its last
// step sees is that of its outputs but for a shift by one, and must be there before the last of them.
func TestLookBack(t *testing.T) {
	results := make([][]float64, 2)
	for i, without := range [][]string{nil, graph.Passes()} {
		params := graph.NewParams(tensor.Float64)
		b := graph.NewBuilder(params)
		x := b.Input("x", 4, 2, 3)
		states := []node{b.Tanh(b.At(x, 0, 0))}
		for step := range 4 {
			states = append(states, b.Tanh(b.Add(b.Linear("", 3, b.At(x, 0, step)), b.Sum(b.Stack(0, states...), 0))))
		}
		y := b.Stack(0, states[1:]...)
		prog := mustCompile(t, b, graph.Loss(b.Mean(b.Pow(y, 2))), graph.Output(y), graph.Without(without...))
		mustSet(t, prog, "x", gt.Random("x", 24))
		mustRun(t, prog)
		results[i] = append(allGrads(t, params, prog), gt.Floats(prog.Value(y).Data())...)
	}
	gt.Compare(t, "all passes", results[0], results[1], 1e-12)
}

// TestPassesKeepTheResult compiles random graphs with and without each pass, for one thread and for several.
func TestPassesKeepTheResult(t *testing.T) {
	graphs := 120
	if testing.Short() {
		graphs = 30
	}
	ways := map[string][]graph.CompileOption{
		"all passes":    {graph.Threads(1)},
		"two threads":   {graph.Threads(2)},
		"three threads": {graph.Threads(3)},
	}
	for _, p := range graph.Passes() {
		ways["without "+p] = []graph.CompileOption{graph.Without(p), graph.Threads(1)}
	}
	for seed := range int64(graphs) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			run := func(dtype tensor.Dtype, opts ...graph.CompileOption) map[string][]float64 {
				params := graph.NewParams(dtype)
				b := graph.NewBuilder(params)
				loss, outputs := randomGraph(b, seed)
				prog := mustCompile(t, b, append(opts, graph.Loss(loss), graph.Output(outputs...))...)
				mustSet(t, prog, "x", gt.Random("x", prog.Input("x").Size()))
				mustRun(t, prog)
				mustRun(t, prog)
				results := map[string][]float64{"loss": {prog.Loss()}}
				for i, o := range outputs {
					results[fmt.Sprint("output ", i)] = append([]float64(nil), gt.Floats(prog.Value(o).Data())...)
				}
				for _, p := range params.List() {
					results["gradient of "+p.Name()] = append([]float64(nil), gt.Floats(prog.Grad(p.Name()).Data())...)
				}
				return results
			}
			want := run(tensor.Float64, graph.Without(graph.Passes()...), graph.Threads(1))
			for name, opts := range ways {
				for what, got := range run(tensor.Float64, opts...) {
					gt.Compare(t, name+": "+what, got, want[what], 1e-10)
				}
			}
			for what, got := range run(tensor.Float32) {
				if !strings.HasPrefix(what, "gradient") { // terms that cancel out leave nothing but rounding
					gt.Compare(t, "float32: "+what, got, want[what], 1e-3)
				}
			}
		})
	}
}

// TestPassesKeepWhatIsCarried runs random graphs whose input is what the run before has computed.
func TestPassesKeepWhatIsCarried(t *testing.T) {
	graphs := 40
	if testing.Short() {
		graphs = 10
	}
	for seed := range int64(graphs) {
		run := func(opts ...graph.CompileOption) []float64 {
			b := graph.NewBuilder(graph.NewParams(tensor.Float64))
			loss, outputs := randomGraph(b, seed)
			next := b.Clamp(outputs[len(outputs)-1], -3, 3) // else some of these grow without bound
			steps := b.Split(b.Graph().ByName("x")[0], 0, 4)
			opts = append(opts, graph.Loss(loss), graph.Output(outputs...), graph.OutputAs("x", b.Concat(0, steps...)), graph.Carry("x", next))
			prog := mustCompile(t, b, opts...)
			mustSet(t, prog, "x", gt.Random("x", prog.Input("x").Size()))
			var all []float64
			for range 3 {
				before := slices.Clone(gt.Floats(prog.Input("x").Data()))
				mustRun(t, prog)
				gt.Compare(t, fmt.Sprintf("graph %d: the input as an output", seed), gt.Floats(prog.Output("x").Data()), before, 0)
				gt.Compare(t, fmt.Sprintf("graph %d: the next input", seed), gt.Floats(prog.Input("x").Data()), gt.Floats(prog.Value(next).Data()), 0)
				all = append(append(all, prog.Loss()), gt.Floats(prog.Value(next).Data())...)
				for _, o := range outputs {
					all = append(all, gt.Floats(prog.Value(o).Data())...)
				}
			}
			return all
		}
		want := run(graph.Without(graph.Passes()...), graph.Threads(1))
		for name, way := range carryWays() {
			gt.Compare(t, fmt.Sprintf("graph %d, %s", seed, name), run(way...), want, 1e-9)
		}
	}
}

// TestSwitchedOffStaysOff counts what a pass that is switched off would have removed: nor do the passes that clean
// after themselves remove it.
func TestSwitchedOffStaysOff(t *testing.T) {
	b := graph.NewBuilder(nil)
	x, w := b.Input("x", 4, 3, 5), b.Param("w", graph.Glorot(), 5, 5)
	var terms []node
	for step := range 4 {
		terms = append(terms, b.MatMul(b.At(x, 0, step), w)) // becomes one product
	}
	first := b.At(x, 0, 0)
	twice := b.Add(b.Exp(first), b.Mul(b.Exp(first), first))
	member := b.At(b.Stack(0, b.Tanh(first), b.Sigmoid(first)), 0, 0) // needs no sigmoid
	y := b.Add(append(terms, twice, member)...)
	for _, c := range []struct {
		without       string
		exps, sigmoid int
	}{{"", 1, 0}, {"cse", 2, 0}, {"views", 1, 1}} {
		opts := []graph.CompileOption{graph.Output(y), graph.Loss(b.Sum(y)), graph.Without("fusion")} // which leaves out what it does not need
		if c.without != "" {
			opts = append(opts, graph.Without(c.without))
		}
		listing := mustCompile(t, b, opts...).String()
		if got := strings.Count(listing, "= exp("); got != c.exps {
			t.Errorf("without %q: exp is computed %d times; want %d\n%s", c.without, got, c.exps, listing)
		}
		if got := strings.Count(listing, "= sigmoid("); got != c.sigmoid {
			t.Errorf("without %q: sigmoid is computed %d times; want %d\n%s", c.without, got, c.sigmoid, listing)
		}
	}
}
