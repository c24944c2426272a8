package conformance

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	gt "github.com/rnnzoo/rnnzoo/internal/graphtest"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
)

// mgu is a cell as a user writes one, the minimal gated unit (Zhou et al. 2016):
//
//	f  = σ(x·W_f + h·U_f + b_f)
//	n  = tanh(x·W_n + (f∘h)·U_n + b_n)
//	h' = (1 − f)∘h + f∘n
type mgu struct{ hidden int }

func (c mgu) State() []int { return []int{c.hidden} }

func (c mgu) Step(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
	h := s[0]
	f := b.Sigmoid(b.Affine("f", c.hidden, x, h))
	n := b.Tanh(b.Affine("n", c.hidden, x, b.Mul(f, h)))
	return graph.State{b.Lerp(h, n, f)}
}

func newMGU(opts ...graph.NetworkOption) *graph.Network {
	return graph.NewNetwork("mgu", func(c graph.CellConfig) graph.Cell { return mgu{c.Hidden} }, opts...)
}

// cells are all kinds of cell. A new cell gets the whole suite by a line here.
var cells = []struct {
	name    string
	network func(...graph.NetworkOption) *graph.Network
	states  int  // tensors of the state
	options bool // whether the cell heeds the options of graph.CellConfig
}{
	{"rnn", rnn.New, 1, true},
	{"rnn relu", rnn.NewRelu, 1, true},
	{"lstm", lstm.New, 2, true},
	{"lstm peephole", lstm.NewPeephole, 2, true},
	{"gru", gru.New, 1, true},
	{"gru reset before", gru.NewResetBefore, 1, true},
	{"a user's own", newMGU, 1, false},
}

// variant is a network of one kind of cell with the sizes of a sequence.
type variant struct {
	name                   string
	T, B, I, H             int
	layers                 int
	options                []graph.NetworkOption
	bidirectional          bool
	merge                  graph.Merge
	lengths                []int // nil: all of them T
	training, cellOptional bool
	rolled                 bool // the steps as a loop
}

func (v variant) network(c func(...graph.NetworkOption) *graph.Network) *graph.Network {
	n := c(append([]graph.NetworkOption{graph.Hidden(v.H), graph.Layers(v.layers)}, v.options...)...)
	if v.bidirectional {
		n = birnn.New(n, v.merge)
	}
	return n
}

// stacks is the number of layers times directions.
func (v variant) stacks() int {
	if v.bidirectional {
		return 2 * v.layers
	}
	return v.layers
}

var merges = map[string]graph.Merge{"concat": graph.MergeConcat, "sum": graph.MergeSum, "mul": graph.MergeMul, "mean": graph.MergeMean}

// variants are what each cell is checked in.
func variants() []variant {
	list := []variant{
		{name: "plain", T: 3, B: 2, I: 2, H: 3, layers: 1},
		{name: "two layers", T: 3, B: 2, I: 2, H: 2, layers: 2},
		{name: "lengths", T: 3, B: 3, I: 2, H: 2, layers: 1, lengths: []int{1, 3, 0}},
		{name: "one sequence", T: 3, B: 1, I: 2, H: 3, layers: 1},
		{name: "one step", T: 1, B: 2, I: 2, H: 3, layers: 1},
		{name: "one feature", T: 3, B: 2, I: 1, H: 3, layers: 1},
		{name: "one hidden unit", T: 3, B: 2, I: 2, H: 1, layers: 1},
		{name: "one of everything", T: 1, B: 1, I: 1, H: 1, layers: 1},
		{name: "one of everything in both directions", T: 1, B: 1, I: 1, H: 1, layers: 1, bidirectional: true},
		{name: "two layers in both directions with lengths", T: 3, B: 2, I: 2, H: 2, layers: 2, bidirectional: true, lengths: []int{2, 3}},
		{name: "dropout between layers", T: 3, B: 2, I: 2, H: 4, layers: 2, training: true, options: []graph.NetworkOption{graph.Dropout(0.4)}},
		{name: "layer norm", T: 3, B: 2, I: 2, H: 3, layers: 1, cellOptional: true, options: []graph.NetworkOption{graph.LayerNorm()}},
		{name: "recurrent dropout", T: 3, B: 2, I: 2, H: 4, layers: 1, training: true, cellOptional: true, options: []graph.NetworkOption{graph.RecurrentDropout(0.4)}},
		{name: "recurrent dropout and layer norm in both directions", T: 2, B: 2, I: 2, H: 3, layers: 1, training: true, cellOptional: true, bidirectional: true,
			options: []graph.NetworkOption{graph.RecurrentDropout(0.4), graph.LayerNorm()}},
	}
	drop := []graph.NetworkOption{graph.WeightDrop(0.4)}
	list = append(list,
		variant{name: "weight drop", T: 3, B: 2, I: 2, H: 4, layers: 1, training: true, cellOptional: true, options: drop},
		variant{name: "weight drop and layer norm in both directions", T: 2, B: 2, I: 2, H: 3, layers: 1, training: true, cellOptional: true, bidirectional: true,
			options: []graph.NetworkOption{graph.WeightDrop(0.4), graph.LayerNorm()}},
		variant{name: "two layers with weight drop, in loops with lengths", T: 5, B: 2, I: 2, H: 3, layers: 2, training: true, cellOptional: true, lengths: []int{3, 5}, rolled: true, options: drop},
		variant{name: "a loop", T: 3, B: 2, I: 2, H: 3, layers: 1, rolled: true},
		variant{name: "a loop of one step", T: 1, B: 2, I: 2, H: 3, layers: 1, rolled: true},
		variant{name: "loops in both directions with lengths", T: 3, B: 3, I: 2, H: 2, layers: 2, bidirectional: true, lengths: []int{2, 0, 1}, rolled: true},
		variant{name: "a loop with layer norm and recurrent dropout", T: 2, B: 2, I: 2, H: 3, layers: 1, training: true, cellOptional: true, rolled: true,
			options: []graph.NetworkOption{graph.RecurrentDropout(0.4), graph.LayerNorm()}},
	)
	for _, name := range []string{"concat", "sum", "mul", "mean"} {
		list = append(list, variant{name: "both directions, " + name, T: 3, B: 2, I: 2, H: 2, layers: 1, bidirectional: true, merge: merges[name]})
	}
	return list
}

// eachCell runs a test for each cell and the variants that it has.
func eachCell(t *testing.T, list []variant, test func(t *testing.T, network *graph.Network, v variant, states int)) {
	for _, c := range cells {
		for _, v := range list {
			if v.cellOptional && !c.options {
				continue
			}
			t.Run(c.name+"/"+v.name, func(t *testing.T) {
				t.Parallel()
				test(t, v.network(c.network), v, c.states)
			})
		}
	}
}

// TestCells checks the gradients of each network's outputs and final states with respect to all parameters, the input
// and the initial states against finite differences, the values against Gorgonia's TapeMachine, and the passes.
func TestCells(t *testing.T) {
	eachCell(t, variants(), func(t *testing.T, network *graph.Network, v variant, states int) {
		c := gt.Case{Operands: []gt.Operand{gt.X(v.T, v.B, v.I)}}
		for range v.stacks() * states {
			c.Operands = append(c.Operands, gt.X(v.B, v.H))
		}
		if v.lengths != nil {
			c.Operands = append(c.Operands, gt.Index([]int{v.B}, v.lengths...))
		}
		if v.training {
			c.Options = []graph.Option{graph.Training(), graph.Seed(1)}
		}
		if v.rolled {
			c.Options = append(c.Options, graph.Rolled())
		}
		c.Build = func(b *graph.Builder, x []*gorgonia.Node) []*gorgonia.Node {
			initial := make([]graph.State, v.stacks())
			for i := range initial {
				initial[i] = x[1+i*states:][:states]
			}
			opts := []graph.UnrollOption{graph.InitialStates(initial...)}
			if v.lengths != nil {
				opts = append(opts, graph.Lengths(x[len(x)-1]))
			}
			y, final := network.Unroll(b, x[0], opts...)
			results := []*gorgonia.Node{y}
			for _, s := range final {
				results = append(results, s...)
			}
			return results
		}
		gt.Check(t, c)
	})
}

// sequences is a batch with the states before its first step and the weights of outputs and final states in the loss.
type sequences struct {
	T, B, I        int
	x              []float64   // [T, B, I]
	initial        [][]float64 // by layer, direction and tensor of the state: [B, H]
	lengths        []int       // nil: all of them T
	wy             []float64   // [T, B, Width]
	wFinal         [][]float64 // like initial
	network        *graph.Network
	options        []graph.Option // of the builder
	stacks, states int
	H              int
}

// outcome is what a network makes of sequences.
type outcome struct {
	y     []float64
	final [][]float64
	grads map[string][]float64 // of the parameters
	dx    []float64
}

func newSequences(network *graph.Network, v variant, states int) sequences {
	s := sequences{T: v.T, B: v.B, I: v.I, H: v.H, lengths: v.lengths, network: network, stacks: v.stacks(), states: states}
	s.x = gt.Random("x", v.T*v.B*v.I)
	s.wy = gt.Random("wy", v.T*v.B*network.Width())
	for i := range s.stacks * states {
		s.initial = append(s.initial, gt.Random(fmt.Sprint("initial", i), v.B*v.H))
		s.wFinal = append(s.wFinal, gt.Random(fmt.Sprint("final", i), v.B*v.H))
	}
	return s
}

// run runs the network in float64 on parameters of the store, which get random values where they are new.
func (s sequences) run(t *testing.T, params *graph.Params) outcome {
	t.Helper()
	known := len(params.List())
	b := graph.NewBuilder(params, s.options...)
	x := b.Input("x", s.T, s.B, s.I)
	values := map[string]any{"x": s.x, "wy": s.wy}
	input := func(name string, i int, value []float64) *gorgonia.Node {
		name = fmt.Sprintf("%s%d", name, i)
		values[name] = value
		return b.Input(name, s.B, s.H)
	}
	initial := make([]graph.State, s.stacks)
	for i := range initial {
		for k := range s.states {
			initial[i] = append(initial[i], input("initial", i*s.states+k, s.initial[i*s.states+k]))
		}
	}
	opts := []graph.UnrollOption{graph.InitialStates(initial...)}
	if s.lengths != nil {
		opts = append(opts, graph.Lengths(b.IndexInput("lengths", s.B)))
		values["lengths"] = s.lengths
	}
	y, final := s.network.Unroll(b, x, opts...)
	terms := []*gorgonia.Node{b.Sum(b.Mul(y, b.Input("wy", s.T, s.B, s.network.Width())))}
	var finals []*gorgonia.Node
	for i, state := range final {
		for k, n := range state {
			finals = append(finals, n)
			terms = append(terms, b.Sum(b.Mul(n, input("final", i*s.states+k, s.wFinal[i*s.states+k]))))
		}
	}
	loss := b.Add(terms...)
	dx := b.Grad(loss, x)[0]
	prog, err := graph.Compile(b, graph.Output(y, dx), graph.Output(finals...), graph.Loss(loss))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range params.List()[known:] {
		copy(p.Value().Data().([]float64), gt.Random(p.Name(), p.Value().Size()))
	}
	for name, v := range values {
		if err := prog.Set(name, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := prog.Run(); err != nil {
		t.Fatal(err)
	}
	o := outcome{y: gt.Floats(prog.Value(y).Data()), dx: gt.Floats(prog.Value(dx).Data()), grads: make(map[string][]float64)}
	for _, n := range finals {
		o.final = append(o.final, gt.Floats(prog.Value(n).Data()))
	}
	for _, p := range params.List() {
		o.grads[p.Name()] = gt.Floats(prog.Grad(p.Name()).Data())
	}
	return o
}

// exact is the tolerance of two ways of computing the same in float64, whose sums may run in another order.
const exact = 1e-12

// column returns sequence i of a batch [T, B, n], its first steps.
func column(batch []float64, B, n, i, steps int) []float64 {
	var out []float64
	for t := range steps {
		out = append(out, batch[(t*B+i)*n:][:n]...)
	}
	return out
}

// TestLengths runs a padded batch and each of its sequences on its own: outputs, final states and the sum of the
// parameters' gradients agree, whatever stands past a sequence's end, NaN and infinities included.
func TestLengths(t *testing.T) {
	list := []variant{
		{name: "plain", T: 4, B: 4, I: 2, H: 3, layers: 1},
		{name: "two layers", T: 4, B: 4, I: 2, H: 3, layers: 2},
		{name: "layer norm", T: 4, B: 4, I: 2, H: 3, layers: 1, cellOptional: true, options: []graph.NetworkOption{graph.LayerNorm()}},
		{name: "both directions", T: 4, B: 4, I: 2, H: 3, layers: 2, bidirectional: true},
		{name: "both directions, mul", T: 4, B: 4, I: 2, H: 3, layers: 1, bidirectional: true, merge: graph.MergeMul},
	}
	eachCell(t, list, func(t *testing.T, network *graph.Network, v variant, states int) {
		v.lengths = []int{4, 2, 1, 0}
		params := graph.NewParams(tensor.Float64)
		whole := newSequences(network, v, states)
		for step := range v.T {
			for i, l := range v.lengths {
				for k := range v.I {
					if step >= l {
						whole.x[(step*v.B+i)*v.I+k] = []float64{math.NaN(), math.Inf(1), 1e300}[step%3]
					}
				}
			}
		}
		got := whole.run(t, params)
		width := network.Width()
		sum := make(map[string][]float64)
		for i, l := range v.lengths {
			for step := l; step < v.T; step++ {
				gt.Compare(t, fmt.Sprintf("output of sequence %d at step %d, past its end", i, step), got.y[(step*v.B+i)*width:][:width], make([]float64, width), 0)
				gt.Compare(t, fmt.Sprintf("gradient of x of sequence %d at step %d, past its end", i, step), got.dx[(step*v.B+i)*v.I:][:v.I], make([]float64, v.I), 0)
			}
			if l == 0 {
				for k, f := range got.final {
					gt.Compare(t, "final state of an empty sequence", f[i*v.H:][:v.H], whole.initial[k][i*v.H:][:v.H], 0)
				}
				continue
			}
			alone := v
			alone.T, alone.B, alone.lengths = l, 1, nil
			s := newSequences(network, alone, states)
			s.x, s.wy = column(whole.x, v.B, v.I, i, l), column(whole.wy, v.B, width, i, l)
			for k := range s.initial {
				s.initial[k], s.wFinal[k] = whole.initial[k][i*v.H:][:v.H], whole.wFinal[k][i*v.H:][:v.H]
			}
			want := s.run(t, params)
			gt.Compare(t, fmt.Sprintf("outputs of sequence %d", i), column(got.y, v.B, width, i, l), want.y, exact)
			gt.Compare(t, fmt.Sprintf("gradient of x of sequence %d", i), column(got.dx, v.B, v.I, i, l), want.dx, exact)
			for k, f := range want.final {
				gt.Compare(t, fmt.Sprintf("final state %d of sequence %d", k, i), got.final[k][i*v.H:][:v.H], f, exact)
			}
			for name, g := range want.grads {
				if sum[name] == nil {
					sum[name] = make([]float64, len(g))
				}
				for j, d := range g {
					sum[name][j] += d
				}
			}
		}
		for name, g := range sum {
			gt.Compare(t, "gradient of "+name, got.grads[name], g, exact)
		}
	})
}

// TestContinue runs a sequence in two halves, the second from the final state of the first, and at once.
func TestContinue(t *testing.T) {
	list := []variant{
		{name: "plain", T: 6, B: 2, I: 2, H: 3, layers: 1},
		{name: "two layers", T: 6, B: 2, I: 2, H: 3, layers: 2},
		{name: "layer norm", T: 6, B: 2, I: 2, H: 3, layers: 2, cellOptional: true, options: []graph.NetworkOption{graph.LayerNorm()}},
	}
	eachCell(t, list, func(t *testing.T, network *graph.Network, v variant, states int) {
		params := graph.NewParams(tensor.Float64)
		whole := newSequences(network, v, states)
		want := whole.run(t, params)
		half := v
		half.T /= 2
		s := newSequences(network, half, states)
		s.x = whole.x[:half.T*v.B*v.I]
		first := s.run(t, params)
		s.x, s.initial = whole.x[half.T*v.B*v.I:], first.final
		second := s.run(t, params)
		gt.Compare(t, "outputs", append(first.y, second.y...), want.y, exact)
		for k, f := range second.final {
			gt.Compare(t, fmt.Sprintf("final state %d", k), f, want.final[k], exact)
		}
	})
}

// reversed returns a batch [T, B, n] with the steps of each sequence, up to its length, in reverse.
func reversed(x []float64, T, B, n int, lengths []int) []float64 {
	out := append([]float64(nil), x...)
	for i := range B {
		l := T
		if lengths != nil {
			l = lengths[i]
		}
		for t := range l {
			copy(out[(t*B+i)*n:][:n], x[((l-1-t)*B+i)*n:][:n])
		}
	}
	return out
}

// TestReverse gives a bidirectional network a reversed sequence and exchanges the parameters and initial states of its
// directions: the outputs are reversed, their halves and the final states exchanged.
func TestReverse(t *testing.T) {
	list := []variant{
		{name: "whole", T: 4, B: 3, I: 2, H: 3, layers: 1, bidirectional: true},
		{name: "lengths", T: 4, B: 3, I: 2, H: 3, layers: 1, bidirectional: true, lengths: []int{3, 4, 1}},
		{name: "layer norm", T: 4, B: 3, I: 2, H: 3, layers: 1, bidirectional: true, cellOptional: true, options: []graph.NetworkOption{graph.LayerNorm()}},
	}
	const reverse = "_reverse"
	eachCell(t, list, func(t *testing.T, network *graph.Network, v variant, states int) {
		params, exchanged := graph.NewParams(tensor.Float64), graph.NewParams(tensor.Float64)
		s := newSequences(network, v, states)
		got := s.run(t, params)
		s.run(t, exchanged) // declares the parameters
		exchange := 0
		for _, p := range params.List() {
			if other := params.Get(p.Name() + reverse); other != nil {
				copy(exchanged.Get(p.Name()).Value().Data().([]float64), other.Value().Data().([]float64))
				copy(exchanged.Get(p.Name()+reverse).Value().Data().([]float64), p.Value().Data().([]float64))
				exchange += 2
			}
		}
		if exchange != len(params.List()) {
			t.Fatalf("%d of %d parameters belong to a pair of directions", exchange, len(params.List()))
		}
		s.x = reversed(s.x, v.T, v.B, v.I, v.lengths)
		s.initial = append(append([][]float64(nil), s.initial[states:]...), s.initial[:states]...)
		other := s.run(t, exchanged)

		y := reversed(other.y, v.T, v.B, 2*v.H, v.lengths)
		for i := 0; i < len(y); i += 2 * v.H {
			for j := range v.H {
				y[i+j], y[i+v.H+j] = y[i+v.H+j], y[i+j]
			}
		}
		gt.Compare(t, "outputs", y, got.y, exact)
		for k := range states {
			gt.Compare(t, "final state forwards", other.final[states+k], got.final[k], exact)
			gt.Compare(t, "final state backwards", other.final[k], got.final[states+k], exact)
		}
	})
}

// TestMerge compares each merge with the two halves of the concatenation.
func TestMerge(t *testing.T) {
	join := map[string]func(f, b float64) float64{
		"sum":  func(f, b float64) float64 { return f + b },
		"mul":  func(f, b float64) float64 { return f * b },
		"mean": func(f, b float64) float64 { return (f + b) / 2 },
	}
	list := []variant{{name: "both directions", T: 4, B: 2, I: 2, H: 3, layers: 1, bidirectional: true}}
	eachCell(t, list, func(t *testing.T, network *graph.Network, v variant, states int) {
		params := graph.NewParams(tensor.Float64)
		parts := newSequences(network, v, states).run(t, params).y
		for name, f := range join {
			want := make([]float64, v.T*v.B*v.H)
			for i := range want {
				row, j := i/v.H, i%v.H
				want[i] = f(parts[row*2*v.H+j], parts[row*2*v.H+v.H+j])
			}
			got := newSequences(birnn.New(network, merges[name]), v, states).run(t, params)
			gt.Compare(t, name, got.y, want, exact)
		}
	})
}

// plainCells are the equations of the cells once more, with slices and loops for one sequence: a state and an input to
// the next state. PyTorch's goldens cover the cells that PyTorch has; these cover the variants too.
var plainCells = map[string]func(e equations, x []float64, s [][]float64) [][]float64{
	"rnn": func(e equations, x []float64, s [][]float64) [][]float64 {
		return [][]float64{each(math.Tanh, plus(e.gates("ih", x), e.gates("hh", s[0])))}
	},
	"rnn relu": func(e equations, x []float64, s [][]float64) [][]float64 {
		return [][]float64{each(func(v float64) float64 { return max(v, 0) }, plus(e.gates("ih", x), e.gates("hh", s[0])))}
	},
	"lstm":          func(e equations, x []float64, s [][]float64) [][]float64 { return e.lstm(x, s[0], s[1], false) },
	"lstm peephole": func(e equations, x []float64, s [][]float64) [][]float64 { return e.lstm(x, s[0], s[1], true) },
	"gru": func(e equations, x []float64, s [][]float64) [][]float64 {
		h, i, u := s[0], e.gates("ih", x), e.gates("hh", s[0])
		r := each(logistic, plus(e.gate(i, 0), e.gate(u, 0)))
		z := each(logistic, plus(e.gate(i, 1), e.gate(u, 1)))
		n := each(math.Tanh, plus(e.gate(i, 2), times(r, e.gate(u, 2))))
		return [][]float64{mix(n, h, z)}
	},
	"gru reset before": func(e equations, x []float64, s [][]float64) [][]float64 {
		h, i, u := s[0], e.gates("ih", x), e.gates("hh", s[0])
		r := each(logistic, plus(e.gate(i, 0), e.gate(u, 0)))
		z := each(logistic, plus(e.gate(i, 1), e.gate(u, 1)))
		n := each(math.Tanh, plus(e.gate(i, 2), e.gates("hn", times(r, h))))
		return [][]float64{mix(n, h, z)}
	},
	"a user's own": func(e equations, x []float64, s [][]float64) [][]float64 {
		h := s[0]
		f := each(logistic, plus(plus(e.product("weight_f_0_l0", x), e.product("weight_f_1_l0", h)), e.p["bias_f_l0"]))
		n := each(math.Tanh, plus(plus(e.product("weight_n_0_l0", x), e.product("weight_n_1_l0", times(f, h))), e.p["bias_n_l0"]))
		return [][]float64{mix(h, n, f)}
	},
}

// equations are the parameters of a cell.
type equations struct {
	p         map[string][]float64
	H         int
	layerNorm bool
}

func (e equations) lstm(x, h, c []float64, peepholes bool) [][]float64 {
	z := plus(e.gates("ih", x), e.gates("hh", h))
	i, f, g, o := e.gate(z, 0), e.gate(z, 1), e.gate(z, 2), e.gate(z, 3)
	if peepholes {
		i, f = plus(i, times(e.p["weight_ci_l0"], c)), plus(f, times(e.p["weight_cf_l0"], c))
	}
	c = plus(times(each(logistic, f), c), times(each(logistic, i), each(math.Tanh, g)))
	if peepholes {
		o = plus(o, times(e.p["weight_co_l0"], c))
	}
	shown := c
	if e.layerNorm {
		shown = plus(times(normalized(c), e.p["ln_c.weight_l0"]), e.p["ln_c.bias_l0"])
	}
	return [][]float64{times(each(logistic, o), each(math.Tanh, shown)), c}
}

// gates is W·x + b, or the normalised product, scaled, + b.
func (e equations) gates(name string, x []float64) []float64 {
	y := e.product("weight_"+name+"_l0", x)
	if e.layerNorm {
		y = times(normalized(y), e.p["ln_"+name+".weight_l0"])
	}
	return plus(y, e.p["bias_"+name+"_l0"])
}

func (e equations) gate(z []float64, i int) []float64 { return z[i*e.H:][:e.H] }

func (e equations) product(weight string, x []float64) []float64 {
	w := e.p[weight]
	y := make([]float64, len(w)/len(x))
	for i := range y {
		for j, v := range x {
			y[i] += w[i*len(x)+j] * v
		}
	}
	return y
}

func each(f func(float64) float64, x []float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = f(v)
	}
	return y
}

func plus(x, z []float64) []float64 {
	y := make([]float64, len(x))
	for i := range x {
		y[i] = x[i] + z[i]
	}
	return y
}

func times(x, z []float64) []float64 {
	y := make([]float64, len(x))
	for i := range x {
		y[i] = x[i] * z[i]
	}
	return y
}

// mix is (1 − w)∘x + w∘z.
func mix(x, z, w []float64) []float64 {
	return plus(times(each(func(v float64) float64 { return 1 - v }, w), x), times(w, z))
}

func logistic(v float64) float64 { return 1 / (1 + math.Exp(-v)) }

func normalized(x []float64) []float64 {
	var mean, variance float64
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x))
	}
	return each(func(v float64) float64 { return (v - mean) / math.Sqrt(variance+1e-5) }, x)
}

// TestEquations compares outputs and final states with the plain equations.
func TestEquations(t *testing.T) {
	for _, c := range cells {
		for _, layerNorm := range []bool{false, true} {
			if layerNorm && !c.options {
				continue
			}
			t.Run(fmt.Sprintf("%s/layer norm %v", c.name, layerNorm), func(t *testing.T) {
				v := variant{T: 4, B: 1, I: 2, H: 3, layers: 1}
				if layerNorm {
					v.options = append(v.options, graph.LayerNorm())
				}
				params := graph.NewParams(tensor.Float64)
				s := newSequences(v.network(c.network), v, c.states)
				got := s.run(t, params)
				e := equations{p: make(map[string][]float64), H: v.H, layerNorm: layerNorm}
				for _, p := range params.List() {
					e.p[p.Name()] = p.Value().Data().([]float64)
				}
				next := plainCells[c.name]
				if next == nil {
					t.Fatal("plainCells has no equations of this cell")
				}
				state := s.initial
				var y []float64
				for step := range v.T {
					state = next(e, s.x[step*v.I:][:v.I], state)
					y = append(y, state[0]...)
				}
				gt.Compare(t, "outputs", got.y, y, exact)
				for k, f := range state {
					gt.Compare(t, fmt.Sprintf("final state %d", k), got.final[k], f, exact)
				}
			})
		}
	}
}

// TestRecurrentDropout looks at the gradients of the recurrent weights of one sequence: a hidden unit that is dropped at
// all steps gives its column none. Layers and directions drop units of their own.
func TestRecurrentDropout(t *testing.T) {
	v := variant{name: "both directions", T: 6, B: 1, I: 2, H: 16, layers: 2, bidirectional: true, cellOptional: true,
		options: []graph.NetworkOption{graph.RecurrentDropout(0.5)}}
	eachCell(t, []variant{v}, func(t *testing.T, network *graph.Network, v variant, states int) {
		s := newSequences(network, v, states)
		s.options = []graph.Option{graph.Training(), graph.Seed(1)}
		params := graph.NewParams(tensor.Float64)
		grads := s.run(t, params).grads
		patterns := make(map[string]string)
		for _, suffix := range []string{"_l0", "_l0_reverse", "_l1", "_l1_reverse"} {
			dropped, pattern := 0, ""
			for unit := range v.H {
				zero := true
				for i, d := range grads["weight_hh"+suffix] {
					zero = zero && (i%v.H != unit || d == 0)
				}
				if zero {
					dropped++
				}
				pattern += map[bool]string{true: "0", false: "1"}[zero]
			}
			// Of 16 units at the rate 0.5, 3 to 13 are dropped with a probability of 0.996.
			if dropped < 3 || dropped > 13 {
				t.Errorf("weight_hh%s: %d of %d units are dropped at all steps; want about half", suffix, dropped, v.H)
			}
			if other, ok := patterns[pattern]; ok {
				t.Errorf("weight_hh%s and weight_hh%s drop the same units", suffix, other)
			}
			patterns[pattern] = suffix
		}

		// In evaluation it does nothing, and neither does dropout between layers.
		evaluation, plain := newSequences(network.With(graph.Dropout(0.5)), v, states), newSequences(network.With(graph.RecurrentDropout(0)), v, states)
		gt.Compare(t, "outputs in evaluation", evaluation.run(t, params).y, plain.run(t, params).y, 0)
	})
}

// TestWeightDrop looks at the gradients of the recurrent weights: that of a weight that is dropped is 0 at all steps and in all
// sequences, and of no other. Layers and directions drop weights of their own, and another run drops others.
func TestWeightDrop(t *testing.T) {
	v := variant{name: "both directions", T: 6, B: 3, I: 2, H: 16, layers: 2, bidirectional: true, cellOptional: true,
		options: []graph.NetworkOption{graph.WeightDrop(0.3)}}
	eachCell(t, []variant{v}, func(t *testing.T, network *graph.Network, v variant, states int) {
		s := newSequences(network, v, states)
		s.options = []graph.Option{graph.Training(), graph.Seed(1)}
		params := graph.NewParams(tensor.Float64)
		grads := s.run(t, params).grads
		relu := strings.HasSuffix(network.Name(), "relu") // whose units may be 0 themselves
		patterns := make(map[string]string)
		for name, d := range grads {
			pattern, dropped := "", 0
			for _, x := range d {
				if x == 0 {
					dropped++
				}
				pattern += map[bool]string{true: "0", false: "1"}[x == 0]
			}
			if !strings.HasPrefix(name, "weight_h") {
				if dropped > 0 && !relu {
					t.Errorf("%s: %d of %d weights have no gradient; it is no recurrent weight", name, dropped, len(d))
				}
				continue
			}
			// Of 256 weights and more at the rate 0.3, 21 % to 39 % are dropped with a probability of 0.998.
			if rate := float64(dropped) / float64(len(d)); !relu && (rate < 0.21 || rate > 0.39) {
				t.Errorf("%s: %.3f of the weights are dropped; want about 0.3", name, rate)
			}
			if other, ok := patterns[pattern]; ok {
				t.Errorf("%s and %s drop the same weights", name, other)
			}
			patterns[pattern] = name
		}
		if want := 4; len(patterns) < want {
			t.Errorf("%d recurrent weights; want %d", len(patterns), want)
		}

		// In evaluation it does nothing.
		evaluation, plain := newSequences(network, v, states), newSequences(network.With(graph.WeightDrop(0)), v, states)
		gt.Compare(t, "outputs in evaluation", evaluation.run(t, params).y, plain.run(t, params).y, 0)
	})
}
