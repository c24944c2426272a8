package graph_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	gt "github.com/rnnzoo/rnnzoo/internal/graphtest"
	"github.com/rnnzoo/rnnzoo/internal/turns"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
)

// TestWeightDropValues holds a network against one without weight drop whose weights are multiplied by the mask, in three
// runs, step by step and as a loop: the values, and the gradients by the weights, which are those of the product times the
// mask.
func TestWeightDropValues(t *testing.T) {
	const T, B, I, H, rate = 5, 3, 2, 6, 0.4
	for name, rolled := range map[string]graph.Option{"step by step": graph.Unrolled(), "loop": graph.Rolled()} {
		params := graph.NewParams(tensor.Float64)
		network := gru.New(graph.Hidden(H))
		declare := func(n *graph.Network, params *graph.Params) (*graph.Builder, node, *graph.Program) {
			b := graph.NewBuilder(params, rolled, graph.Training(), graph.Seed(3))
			y, _ := n.Unroll(b, b.Input("x", T, B, I))
			mask := b.Suffix("_l0").SharedDropout("weight_hh", b.Const(1, 3*H, H), rate)
			prog := mustCompile(t, b, graph.Loss(b.Sum(b.Mul(y, y))), graph.OutputAs("y", y), graph.OutputAs("mask", mask))
			mustSet(t, prog, "x", gt.Random("x", T*B*I))
			return b, y, prog
		}
		_, _, prog := declare(network.With(graph.WeightDrop(rate)), params)
		masked := graph.NewParams(tensor.Float64)
		_, _, plain := declare(network, masked)
		seen := make(map[string]bool)
		for run := range 3 {
			mustRun(t, prog)
			mask := gt.Floats(prog.Output("mask").Data())
			if seen[fmt.Sprint(mask)] {
				t.Errorf("%s: run %d has the mask of another", name, run)
			}
			seen[fmt.Sprint(mask)] = true
			for _, p := range params.List() {
				copy(masked.Get(p.Name()).Value().Data().([]float64), p.Value().Data().([]float64))
			}
			w := masked.Get("weight_hh_l0").Value().Data().([]float64)
			for i, m := range mask {
				w[i] *= m
			}
			mustRun(t, plain)
			what := fmt.Sprintf("%s, run %d: ", name, run)
			gt.Compare(t, what+"outputs", gt.Floats(prog.Output("y").Data()), gt.Floats(plain.Output("y").Data()), 1e-13)
			for _, p := range params.List() {
				want := slices.Clone(gt.Floats(plain.Grad(p.Name()).Data()))
				if p.Name() == "weight_hh_l0" {
					for i, m := range mask {
						want[i] *= m
					}
				}
				gt.Compare(t, what+"gradient of "+p.Name(), gt.Floats(prog.Grad(p.Name()).Data()), want, 1e-13)
			}
		}
	}
}

// TestWeightDropOnce counts what a run computes for weight drop: a mask for the weight and one for its gradient, before and
// behind all steps, in loops as step by step, also where the steps of a loop are parts; and the weight is packed as often as
// it is read in different ways.
func TestWeightDropOnce(t *testing.T) {
	const T, B, I, H = 24, 32, 8, 16
	for name, opts := range map[string][]graph.Option{"step by step": {graph.Unrolled()}, "loop": {graph.Rolled()}, "parts": {graph.Rolled(), graph.Keep(5)}} {
		for _, without := range append([]string{""}, graph.Passes()...) {
			b := graph.NewBuilder(graph.NewParams(tensor.Float32), append(opts, graph.Training())...)
			y, _ := lstm.New(graph.Hidden(H), graph.WeightDrop(0.5)).Unroll(b, b.Input("x", T, B, I))
			compile := []graph.CompileOption{graph.Loss(b.Sum(y)), graph.Threads(1)}
			if without != "" {
				compile = append(compile, graph.Without(without))
			}
			listing := mustCompile(t, b, compile...).String()
			for _, line := range strings.Split(listing, "\n") {
				if strings.HasPrefix(line, " ") && (strings.Contains(line, "dropout") || strings.Contains(line, "= pack")) {
					t.Errorf("%s without %q: at each step\n%s", name, without, line)
				}
			}
			if n := strings.Count(listing, "dropout 0.5("); n != 2 {
				t.Errorf("%s without %q: %d masks are computed; want 2\n%s", name, without, n, listing)
			}
			if n := strings.Count(listing, "= pack"); n != 2 && name != "parts" || n < 2 {
				t.Errorf("%s without %q: the weight is packed %d times; want 2\n%s", name, without, n, listing)
			}
		}
	}
}

// TestWeightDropThreads has widths that workers divide unevenly, wide enough that products are divided by columns: as with
// one thread, and as in float64, whose kernels pack nothing.
func TestWeightDropThreads(t *testing.T) {
	const T, I = 6, 3
	for _, size := range [][2]int{{5, 7}, {5, 33}, {1, 33}, {5, 300}} {
		B, H := size[0], size[1]
		for name, rolled := range map[string]graph.Option{"step by step": graph.Unrolled(), "loop": graph.Rolled()} {
			results := func(dtype tensor.Dtype, threads int) []float64 {
				params := graph.NewParams(dtype)
				b := graph.NewBuilder(params, rolled, graph.Training(), graph.Seed(3))
				y, _ := lstm.New(graph.Hidden(H), graph.WeightDrop(0.5)).Unroll(b, b.Input("x", T, B, I))
				prog := mustCompile(t, b, graph.Loss(b.Mean(b.Mul(y, y))), graph.Output(y), graph.Threads(threads))
				mustSet(t, prog, "x", gt.Random("x", T*B*I))
				for range 2 {
					prog.SetRun(4)
					mustRun(t, prog)
				}
				return append(allGrads(t, params, prog), gt.Floats(prog.Value(y).Data())...)
			}
			want := results(tensor.Float64, 1)
			for threads := 1; threads <= 4; threads++ {
				gt.Compare(t, fmt.Sprintf("B=%d H=%d, %s, %d threads", B, H, name, threads), results(tensor.Float32, threads), want, 1e-4)
			}
		}
	}
}

// TestWeightDropTurns has workers go far ahead of one another: what fills up the last columns of a packed weight is written, too,
// and must not stand where another worker has something else.
func TestWeightDropTurns(t *testing.T) {
	defer turns.Take(nil)
	for _, c := range []rolledCase{
		{"gru", gru.NewResetBefore(graph.Hidden(3), graph.WeightDrop(0.3), graph.Layers(2), graph.Bidirectional(graph.MergeSum)), true},
		{"lstm", lstm.New(graph.Hidden(9), graph.WeightDrop(0.3), graph.Bidirectional(graph.MergeSum)), false},
	} {
		for _, rolled := range []graph.Option{graph.Rolled(), graph.Unrolled()} {
			turns.Take(nil)
			names, want := c.results(t, tensor.Float32, 5, 4, []graph.Option{rolled}, graph.Threads(1))
			for k := range 3 {
				turns.Take(func(round, workers int) []int { // each worker is the first once
					order := make([]int, workers)
					for i := range order {
						order[i] = (i + k) % workers
					}
					return order
				})
				for threads := 2; threads <= 3; threads++ {
					for _, without := range []string{"eager", "aliases", "fusion", "strips"} {
						_, got := c.results(t, tensor.Float32, 5, 4, []graph.Option{rolled}, graph.Threads(threads), graph.Without(without))
						for i, name := range names {
							gt.Compare(t, fmt.Sprintf("%s, %d threads, worker %d first, without %q, %s", c.name, threads, k, without, name), got[i], want[i], 1e-4)
						}
					}
				}
			}
		}
	}
}

// TestWeightDropElsewhere has what is not training be as without: the same program, the same packed parameters, for serving
// too, and a stepper's.
func TestWeightDropElsewhere(t *testing.T) {
	listing := func(training bool, drop float64, opts ...graph.CompileOption) string {
		var o []graph.Option
		if training {
			o = append(o, graph.Training())
		}
		b := graph.NewBuilder(graph.NewParams(tensor.Float32), o...)
		y, _ := lstm.New(graph.Hidden(8), graph.WeightDrop(drop)).Unroll(b, b.Input("x", 6, 2, 3))
		return mustCompile(t, b, append(opts, graph.Output(y), graph.Threads(1))...).String()
	}
	for _, opts := range [][]graph.CompileOption{nil, {graph.FixedParams()}} {
		if got, want := listing(false, 0.5, opts...), listing(false, 0, opts...); got != want {
			t.Errorf("in evaluation the program is\n%s\nwant\n%s", got, want)
		}
		if got, want := listing(true, 0, opts...), listing(false, 0, opts...); got != want {
			t.Errorf("at the rate 0 the program is\n%s\nwant\n%s", got, want)
		}
		if listing(true, 0.5, opts...) == listing(false, 0, opts...) {
			t.Error("in training the program is as without")
		}
	}
	stepped := func(drop float64) (graph.ProgramStats, []float32) {
		params := graph.NewParams(tensor.Float32)
		s, err := lstm.New(graph.Hidden(8), graph.WeightDrop(drop)).NewStepper(params, 2, 3)
		if err != nil {
			t.Fatal(err)
		}
		y, err := s.Step([]float32{1, 2, 3, 4, 5, 6})
		if err != nil {
			t.Fatal(err)
		}
		return s.Stats(), slices.Clone(y)
	}
	stats, step := stepped(0.5)
	if plainStats, plain := stepped(0); stats != plainStats || !slices.Equal(step, plain) {
		t.Errorf("a stepper gives %v (%+v); without weight drop %v (%+v)", step, stats, plain, plainStats)
	}
	// A program for training whose parameters are fixed has another mask at each run all the same.
	b := graph.NewBuilder(graph.NewParams(tensor.Float32), graph.Training())
	y, _ := lstm.New(graph.Hidden(8), graph.WeightDrop(0.5)).Unroll(b, b.Input("x", 6, 2, 3))
	prog := mustCompile(t, b, graph.Output(y), graph.FixedParams())
	mustSet(t, prog, "x", gt.Random("x", 36))
	mustRun(t, prog)
	first := slices.Clone(gt.Floats(prog.Value(y).Data()))
	if mustRun(t, prog); slices.Equal(first, gt.Floats(prog.Value(y).Data())) {
		t.Error("two runs with fixed parameters have the same mask")
	}
}

// dropCell is a cell of a user's: its gates by CellConfig, a map of its own that has no weight drop, and dropout that has
// another mask at each step.
type dropCell struct{ graph.CellConfig }

func (c dropCell) State() []int { return []int{c.Hidden} }
func (c dropCell) Step(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
	z := b.Add(c.Gates(b, "ih", 1, x, graph.Zeros()), c.Gates(b, "hh", 1, s[0], graph.Zeros()), b.Linear("own", c.Hidden, s[0]))
	return graph.State{b.Tanh(b.Dropout(z, 0.2))}
}

// TestWeightDropOfUsersCell has the weights of Gates drop and no others, in both directions and layers, in a loop whose steps
// have dropout of their own.
func TestWeightDropOfUsersCell(t *testing.T) {
	network := graph.NewNetwork("mine", func(c graph.CellConfig) graph.Cell { return dropCell{c} }, graph.Hidden(12), graph.Layers(2),
		graph.Bidirectional(graph.MergeConcat), graph.WeightDrop(0.5))
	for _, rolled := range []graph.Option{graph.Unrolled(), graph.Rolled()} {
		params := graph.NewParams(tensor.Float64)
		b := graph.NewBuilder(params, rolled, graph.Training(), graph.Seed(1))
		y, _ := network.Unroll(b, b.Input("x", 7, 4, 3))
		prog := mustCompile(t, b, graph.Loss(b.Sum(b.Mul(y, y))))
		mustSet(t, prog, "x", gt.Random("x", 84))
		mustRun(t, prog)
		for _, p := range params.List() {
			zeros := 0
			for _, d := range gt.Floats(prog.Grad(p.Name()).Data()) {
				if d == 0 {
					zeros++
				}
			}
			rate := float64(zeros) / float64(p.Value().Size())
			if drops := strings.HasPrefix(p.Name(), "weight_hh"); drops && (rate < 0.3 || rate > 0.7) || !drops && zeros > 0 {
				t.Errorf("%s: %.2f of the gradient is 0", p.Name(), rate)
			}
		}
	}
}

// TestWeightDropRate counts over many runs how often each weight is dropped: with the rate, and independently of the others,
// so that the mean over all of them varies from run to run as that of so many independent ones.
func TestWeightDropRate(t *testing.T) {
	const H, rate, runs = 20, 0.3, 2000
	b := graph.NewBuilder(graph.NewParams(tensor.Float32), graph.Training(), graph.Seed(9))
	mask := b.Suffix("_l0").SharedDropout("weight_hh", b.Const(1, 4*H, H), rate)
	prog := mustCompile(t, b, graph.Output(mask))
	dropped := make([]float64, 4*H*H)
	var mean, square float64
	for range runs {
		mustRun(t, prog)
		n := 0.0
		for i, m := range gt.Floats(prog.Value(mask).Data()) {
			if m == 0 {
				dropped[i]++
				n++
			} else if math.Abs(m-1/(1-rate)) > 1e-6 {
				t.Fatalf("a weight that is kept is multiplied by %g; want %g", m, 1/(1-rate))
			}
		}
		n /= 4 * H * H
		mean += n / runs
		square += n * n / runs
	}
	deviation := math.Sqrt(rate * (1 - rate) / (4 * H * H))
	if math.Abs(mean-rate) > 5*deviation/math.Sqrt(runs) {
		t.Errorf("%.5f of the weights are dropped; want %g", mean, rate)
	}
	if got := math.Sqrt(square - mean*mean); got < 0.9*deviation || got > 1.1*deviation {
		t.Errorf("from run to run the rate varies by %.5f; want %.5f", got, deviation)
	}
	for i, n := range dropped {
		if d := math.Abs(n/runs-rate) / math.Sqrt(rate*(1-rate)/runs); d > 5 {
			t.Errorf("weight %d is dropped in %.3f of the runs; want %g", i, n/runs, rate)
		}
	}
}
