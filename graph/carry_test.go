package graph_test

import (
	"fmt"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	gt "github.com/rnnzoo/rnnzoo/internal/graphtest"
)

// carryRows and carryCols are the shape of what is carried: enough rows to be divided among two threads.
const carryRows, carryCols = 6, 40

// carryCase is a graph of the input x and some states, with the next states and what else is read after a run.
type carryCase struct {
	name   string
	states []string
	build  func(b builder, x node, s []node) (next, read []node)
	// step is what build declares, of an element of each.
	step func(x float64, s []float64) (next, read []float64)
}

var carryCases = []carryCase{
	{"state handed on unchanged", []string{"a"},
		func(b builder, x node, s []node) (next, read []node) { return s, []node{s[0], b.Add(x, s[0])} },
		func(x float64, s []float64) (next, read []float64) { return s, []float64{s[0], x + s[0]} }},
	{"states change places", []string{"a", "b"},
		func(b builder, x node, s []node) (next, read []node) {
			return []node{s[1], s[0]}, []node{b.Sub(s[0], s[1])}
		},
		func(x float64, s []float64) (next, read []float64) {
			return []float64{s[1], s[0]}, []float64{s[0] - s[1]}
		}},
	{"delay of 2", []string{"a", "b"},
		func(b builder, x node, s []node) (next, read []node) { return []node{b.Add(x, s[1]), s[0]}, s },
		func(x float64, s []float64) (next, read []float64) { return []float64{x + s[1], s[0]}, s }},
	{"delay of 3", []string{"a", "b", "c"},
		func(b builder, x node, s []node) (next, read []node) { return []node{b.Add(x, s[2]), s[0], s[1]}, nil },
		func(x float64, s []float64) (next, read []float64) {
			return []float64{x + s[2], s[0], s[1]}, nil
		}},
	{"three go round", []string{"a", "b", "c"},
		func(b builder, x node, s []node) (next, read []node) {
			return []node{s[1], s[2], s[0]}, []node{x, s[2], s[0]}
		},
		func(x float64, s []float64) (next, read []float64) {
			return []float64{s[1], s[2], s[0]}, []float64{x, s[2], s[0]}
		}},
	{"one value into two inputs", []string{"a", "b", "c"},
		func(b builder, x node, s []node) (next, read []node) {
			y := b.Add(b.Scale(s[0], 0.5), s[2], x)
			return []node{y, y, s[1]}, []node{y}
		},
		func(x float64, s []float64) (next, read []float64) {
			y := 0.5*s[0] + s[2] + x
			return []float64{y, y, s[1]}, []float64{y}
		}},
	{"an input into two inputs", []string{"a", "b"},
		func(b builder, x node, s []node) (next, read []node) { return []node{x, x}, []node{b.Add(s[0], s[1])} },
		func(x float64, s []float64) (next, read []float64) { return []float64{x, x}, []float64{s[0] + s[1]} }},
	{"reshaped", []string{"a", "b"},
		func(b builder, x node, s []node) (next, read []node) {
			flat := b.Reshape(s[0], carryRows*carryCols)
			return []node{b.Lerp(s[0], x, b.Const(0.25)), b.Reshape(flat, carryRows, carryCols)}, []node{b.Slice(s[1], 0, 0, carryRows), flat}
		},
		func(x float64, s []float64) (next, read []float64) {
			return []float64{s[0] + 0.25*(x-s[0]), s[0]}, []float64{s[1], s[0]}
		}},
}

// carryWays are all passes, each switched off and all, with one thread and with two.
func carryWays() map[string][]graph.CompileOption {
	without := map[string][]string{"all passes": nil, "without any pass": graph.Passes()}
	for _, p := range graph.Passes() {
		without["without "+p] = []string{p}
	}
	ways := make(map[string][]graph.CompileOption)
	for name, passes := range without {
		for threads := 1; threads <= 2; threads++ {
			ways[fmt.Sprintf("%s, threads: %d", name, threads)] = []graph.CompileOption{graph.Without(passes...), graph.Threads(threads)}
		}
	}
	return ways
}

// TestCarry runs graphs whose outputs become inputs of the next run: after each run the outputs, by node and by name,
// are those of that run, and the inputs hold what was carried.
func TestCarry(t *testing.T) {
	for _, c := range carryCases {
		for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
			for name, way := range carryWays() {
				t.Run(fmt.Sprint(c.name, "/", dtype, "/", name), func(t *testing.T) { c.check(t, dtype, way) })
			}
		}
	}
}

func (c carryCase) check(t *testing.T, dtype tensor.Dtype, opts []graph.CompileOption) {
	b := graph.NewBuilder(graph.NewParams(dtype))
	x := b.Input("x", carryRows, carryCols)
	var states []node
	for _, name := range c.states {
		states = append(states, b.Input(name, carryRows, carryCols))
	}
	next, read := c.build(b, x, states)
	opts = append(opts, graph.Output(read...))
	for i, n := range next {
		opts = append(opts, graph.Carry(c.states[i], n), graph.OutputAs("next "+c.states[i], n))
	}
	for i, n := range read {
		opts = append(opts, graph.OutputAs(fmt.Sprint("read ", i), n))
	}
	prog := mustCompile(t, b, opts...)
	values := make([][]float64, len(c.states)) // by state and element
	const elements = carryRows * carryCols
	for i := range values {
		values[i] = make([]float64, elements)
	}
	// Quarters of small whole numbers: sums of them are exact in float32.
	numbers := func(n int) []float64 {
		v := make([]float64, elements)
		for i := range v {
			v[i] = float64((7*i+31*n)%97) / 4
		}
		return v
	}
	for run := range 5 {
		if run == 3 { // what is set overrides what was carried
			values[0] = numbers(99)
			mustSet(t, prog, c.states[0], values[0])
		}
		in := numbers(run)
		mustSet(t, prog, "x", in)
		mustRun(t, prog)
		wantNext, wantRead := make([][]float64, len(next)), make([][]float64, len(read))
		for i := range elements {
			s := make([]float64, len(values))
			for k := range s {
				s[k] = values[k][i]
			}
			n, r := c.step(in[i], s)
			for k := range n {
				wantNext[k] = append(wantNext[k], n[k])
			}
			for k := range r {
				wantRead[k] = append(wantRead[k], r[k])
			}
		}
		for k, n := range next {
			what := fmt.Sprintf("run %d: %s", run, c.states[k])
			gt.Compare(t, what, gt.Floats(prog.Value(n).Data()), wantNext[k], 1e-6)
			gt.Compare(t, what+" by name", gt.Floats(prog.Output("next "+c.states[k]).Data()), wantNext[k], 1e-6)
			gt.Compare(t, what+" in the next run", gt.Floats(prog.Input(c.states[k]).Data()), wantNext[k], 1e-6)
		}
		for k, n := range read {
			what := fmt.Sprintf("run %d: output %d", run, k)
			gt.Compare(t, what, gt.Floats(prog.Value(n).Data()), wantRead[k], 1e-6)
			gt.Compare(t, what+" by name", gt.Floats(prog.Output(fmt.Sprint("read ", k)).Data()), wantRead[k], 1e-6)
		}
		values = wantNext
	}
	if n := testing.AllocsPerRun(5, func() { mustRun(t, prog) }); n != 0 {
		t.Errorf("%v allocations a run; want none", n)
	}
}

// TestCarryIntegers carries integers and a scalar, and parts of an input that is carried itself.
func TestCarryIntegers(t *testing.T) {
	for name, way := range carryWays() {
		b := graph.NewBuilder(nil)
		now, last, count := b.IndexInput("now", 2), b.IndexInput("last", 2), b.Input("count")
		both := b.Input("both", 2, 3)
		b.Input("head", 3) // nothing needs it, but that it is read after a run
		swapped := b.Stack(0, b.At(both, 0, 1), b.At(both, 0, 0))
		prog := mustCompile(t, b, append(way, graph.Output(last), graph.Carry("last", now), graph.Carry("count", b.Shift(count, 1)),
			graph.Carry("both", swapped), graph.Carry("head", b.At(both, 0, 0)))...)
		mustSet(t, prog, "both", []float64{1, 2, 3, 4, 5, 6})
		for run := range 4 {
			mustSet(t, prog, "now", []int{run + 1, 10 * (run + 1)})
			mustRun(t, prog)
			want := fmt.Sprint([]int{run, 10 * run}, []int{run + 1, 10 * (run + 1)}, run+1)
			if got := fmt.Sprint(prog.Value(last).Data(), prog.Input("last").Data(), prog.Input("count").Data().([]float32)[0]); got != want {
				t.Errorf("%s: run %d: last, the next last and the count are %s; want %s", name, run, got, want)
			}
			first, second := []float64{1, 2, 3}, []float64{4, 5, 6}
			if run%2 == 1 {
				first, second = second, first
			}
			gt.Compare(t, fmt.Sprint(name, ": head"), gt.Floats(prog.Input("head").Data()), first, 0)
			gt.Compare(t, fmt.Sprint(name, ": both"), gt.Floats(prog.Input("both").Data()), append(second[:3:3], first...), 0)
		}
	}
}

// TestCarryTruncated trains on consecutive pieces of a sequence: the loss and the gradients are those of a program
// whose initial state is set by hand.
func TestCarryTruncated(t *testing.T) {
	params := graph.NewParams(tensor.Float64)
	program := func(carry bool) *graph.Program {
		b := graph.NewBuilder(params)
		xs, h := b.Input("xs", 3, 2, 4), b.Input("h", 2, 5)
		var opts []graph.CompileOption
		loss, s := b.Const(0), h
		for step := range 3 {
			s = b.Tanh(b.Affine("", 5, b.At(xs, 0, step), s))
			loss = b.Add(loss, b.Mean(b.Pow(s, 2)))
		}
		if opts = append(opts, graph.Loss(loss), graph.OutputAs("h", s)); carry {
			opts = append(opts, graph.Carry("h", s))
		}
		return mustCompile(t, b, opts...)
	}
	carried, byHand := program(true), program(false)
	for piece := range 4 {
		for _, p := range []*graph.Program{carried, byHand} {
			mustSet(t, p, "xs", gt.Random(fmt.Sprint("piece ", piece), 24))
			mustRun(t, p)
		}
		gt.Compare(t, fmt.Sprint("gradients of piece ", piece), allGrads(t, params, carried), allGrads(t, params, byHand), 0)
		if carried.Loss() != byHand.Loss() {
			t.Errorf("piece %d: the loss is %v; set by hand it is %v", piece, carried.Loss(), byHand.Loss())
		}
		mustSet(t, byHand, "h", byHand.Output("h"))
	}
}

// TestOutputErrors names outputs and carries values in ways that cannot be.
func TestOutputErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		opts func(b builder, x, y, i node) []graph.CompileOption
		want []string
	}{
		{"empty name", func(b builder, x, y, i node) []graph.CompileOption {
			return []graph.CompileOption{graph.OutputAs("", x)}
		}, []string{"x(2, 3)", "empty name"}},
		{"one name twice", func(b builder, x, y, i node) []graph.CompileOption {
			return []graph.CompileOption{graph.OutputAs("result", x), graph.OutputAs("result", y)}
		}, []string{`"result"`, "x(2, 3)", "y(3)"}},
		{"one name twice for one node", func(b builder, x, y, i node) []graph.CompileOption {
			return []graph.CompileOption{graph.OutputAs("result", x), graph.OutputAs("result", x)}
		}, []string{`"result"`}},
		{"no node", func(b builder, x, y, i node) []graph.CompileOption {
			return []graph.CompileOption{graph.OutputAs("result", nil)}
		}, []string{`"result"`, "nil"}},
		{"node of another graph", func(b builder, x, y, i node) []graph.CompileOption {
			return []graph.CompileOption{graph.Carry("x", graph.NewBuilder(nil).Input("other", 2, 3))}
		}, []string{`"x"`, "other(2, 3)"}},
		{"unknown input", func(b builder, x, y, i node) []graph.CompileOption {
			return []graph.CompileOption{graph.Carry("z", b.Tanh(x))}
		}, []string{`"z"`, "tanh(2, 3)", "no input of this name"}},
		{"a parameter", func(b builder, x, y, i node) []graph.CompileOption {
			return []graph.CompileOption{graph.Carry("w", b.Add(b.Param("w", nil, 2), b.Const(1)))}
		}, []string{`"w"`, "sum(2)", "no input of this name"}},
		{"another shape", func(b builder, x, y, i node) []graph.CompileOption {
			return []graph.CompileOption{graph.Carry("y", x)}
		}, []string{`"y"`, "x(2, 3)", "[2 3]", "[3]"}},
		{"as many elements in another shape", func(b builder, x, y, i node) []graph.CompileOption {
			return []graph.CompileOption{graph.Carry("x", b.Transpose(x))}
		}, []string{`"x"`, "[3 2]", "[2 3]"}},
		{"numbers into integers", func(b builder, x, y, i node) []graph.CompileOption {
			return []graph.CompileOption{graph.Carry("i", y)}
		}, []string{`"i"`, "y(3)", "numbers [3]", "integers [3]"}},
		{"integers into numbers", func(b builder, x, y, i node) []graph.CompileOption {
			return []graph.CompileOption{graph.Carry("y", i)}
		}, []string{`"y"`, "i(3)", "integers [3]", "numbers [3]"}},
		{"two values into one input", func(b builder, x, y, i node) []graph.CompileOption {
			return []graph.CompileOption{graph.Carry("x", b.Tanh(x)), graph.Carry("x", b.Exp(x))}
		}, []string{`"x"`, "tanh(2, 3)", "exp(2, 3)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := graph.NewBuilder(nil)
			_, err := graph.Compile(b, c.opts(b, b.Input("x", 2, 3), b.Input("y", 3), b.IndexInput("i", 3))...)
			checkMessage(t, err, c.want)
		})
	}
}

// TestOutputByName reads outputs without their nodes.
func TestOutputByName(t *testing.T) {
	b := graph.NewBuilder(nil)
	x := b.Input("x", 2)
	y := b.Scale(x, 2)
	prog := mustCompile(t, b, graph.OutputAs("double", y), graph.OutputAs("again", y), graph.OutputAs("x", x), graph.Output(x))
	mustSet(t, prog, "x", []float64{3, 4})
	mustRun(t, prog)
	for name, want := range map[string][]float64{"double": {6, 8}, "again": {6, 8}, "x": {3, 4}} {
		gt.Compare(t, name, gt.Floats(prog.Output(name).Data()), want, 0)
	}
	if prog.Output("none") != nil || prog.Output("") != nil {
		t.Error("an output of a name that there is none of")
	}
}
