package bench

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
)

// small returns a workload of the same kind that takes no time.
func small(w Workload) Workload {
	w.T, w.B = min(w.T, 3), min(w.B, 5)
	w.I, w.H = min(w.I, 6), min(w.H, 7)
	w.Vocabulary = min(w.Vocabulary, 11)
	if w.Layers > 1 {
		w.I = w.H
	}
	return w
}

func build(t *testing.T, w Workload, opts ...graph.CompileOption) *Prepared {
	t.Helper()
	p, err := w.Build(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func run(t *testing.T, p *Prepared) {
	t.Helper()
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
}

// TestRun runs every workload in a small size and looks at what comes out.
func TestRun(t *testing.T) {
	results := map[Mode][]string{
		Train:   {"loss", "gradient by x", "gradient by weight_ih_l0", "gradient by weight_hh_l0"},
		Forward: {"y"},
		Stream:  {"y"},
	}
	for _, w := range Workloads() {
		t.Run(w.Name, func(t *testing.T) {
			want := results[w.Mode]
			if w.Vocabulary > 0 {
				want = []string{"gradient by embedding.weight", "gradient by weight_decoder", "gradient by bias_decoder", "gradient by weight_hh_l1"}
			}
			p := build(t, small(w))
			run(t, p)
			run(t, p)
			got := p.results()
			for _, name := range want {
				if got[name] == nil {
					t.Errorf("there is no %s", name)
				}
			}
			for name, r := range got {
				if m := magnitude(r.Float32s()); !(m > 0) || math.IsInf(m, 0) {
					t.Errorf("%s: the largest magnitude is %v", name, m)
				}
			}
			if p.CompileMilliseconds <= 0 {
				t.Errorf("compiled in %v ms", p.CompileMilliseconds)
			}
		})
	}
}

// magnitude returns the largest magnitude, or NaN if there is one.
func magnitude(x []float32) float64 {
	m := 0.0
	for _, v := range x {
		m = max(m, math.Abs(float64(v)))
	}
	return m
}

// TestThreadsAgree runs networks of the workloads' widths on one thread and on two.
func TestThreadsAgree(t *testing.T) {
	for _, w := range Workloads() {
		switch w.Name {
		case "W1", "W4", "W5", "W7":
		default:
			continue
		}
		w.T = 6
		for _, mode := range []Mode{Train, Forward} {
			w.Mode = mode
			t.Run(fmt.Sprint(w.Name, " ", mode), func(t *testing.T) {
				one, two := build(t, w, graph.Threads(1)), build(t, w, graph.Threads(2))
				run(t, one)
				run(t, two)
				a, b := one.results(), two.results()
				for name := range a {
					agree(t, name, b[name], a[name])
				}
			})
		}
	}
}

// agree fails the test unless the elements differ by at most 1e-5 of the largest magnitude.
func agree(t *testing.T, name string, got, want *tensor.Dense) {
	t.Helper()
	if got == nil || want == nil || !got.Shape().Eq(want.Shape()) {
		t.Errorf("%s is %v; want %v", name, got, want)
		return
	}
	x, y := got.Float32s(), want.Float32s()
	m := magnitude(y)
	for i := range x {
		if d := math.Abs(float64(x[i]) - float64(y[i])); !(d <= 1e-5*m) {
			t.Errorf("%s: element %d is %v; want %v, where the largest magnitude is %v", name, i, x[i], y[i], m)
			return
		}
	}
}

// TestStreamKeepsState compares steps one by one with the whole sequence at once.
func TestStreamKeepsState(t *testing.T) {
	whole := Workload{Name: "whole", Cell: "lstm", T: 4, B: 1, I: 3, H: 5, Layers: 2, Mode: Forward}
	step := whole
	step.T, step.Mode = 1, Stream
	stepper := build(t, step)
	// The input of a step is always the same, so the sequence is the first step repeated.
	sequence := build(t, whole)
	x := uniform(3)
	for i := range 4 {
		copy(sequence.input.Float32s()[3*i:], x)
		run(t, stepper)
	}
	run(t, sequence)
	y := sequence.results()["y"].Float32s()
	last := tensor.New(tensor.WithShape(1, 5), tensor.WithBacking(y[len(y)-5:]))
	agree(t, "the last output", stepper.results()["y"], last)
}

// TestNoAllocations holds for every workload, the step of Adam and that of a stream included.
func TestNoAllocations(t *testing.T) {
	for _, w := range Workloads() {
		for _, threads := range []int{1, 2} {
			p := build(t, small(w), graph.Threads(threads))
			run(t, p) // the first run may
			if allocs, err := p.allocations(); err != nil || allocs != 0 {
				t.Errorf("%s with %d threads: %d allocations, %v; want none", w.Name, threads, allocs, err)
			}
		}
	}
}

// TestCustomCell compares the cell with that of the zoo with the same options, whose parameters have other names.
func TestCustomCell(t *testing.T) {
	const steps, batch, width, hidden = 4, 3, 5, 6
	outputs := func(params *graph.Params, network *graph.Network) (run func() *tensor.Dense) {
		b := graph.NewBuilder(params)
		y, _ := network.Unroll(b, b.Input("x", steps, batch, width))
		p, err := graph.Compile(b, graph.Output(y))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Set("x", uniform(steps*batch*width)); err != nil {
			t.Fatal(err)
		}
		return func() *tensor.Dense {
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			return p.Value(y)
		}
	}
	ours, theirs := graph.NewParams(tensor.Float32), graph.NewParams(tensor.Float32)
	custom := outputs(ours, newCustom(graph.Hidden(hidden)))
	zoo := outputs(theirs, lstm.NewPeephole(graph.Hidden(hidden), graph.LayerNorm()))
	rename := strings.NewReplacer("weight_ci", "peephole_i", "weight_cf", "peephole_f", "weight_co", "peephole_o", "bias_ih", "ln_ih.bias", "bias_hh", "ln_hh.bias")
	if len(ours.List()) != len(theirs.List()) {
		t.Fatalf("%d parameters; want %d", len(ours.List()), len(theirs.List()))
	}
	values := uniform(theirs.Count())
	for _, q := range theirs.List() {
		p := ours.Get(rename.Replace(q.Name()))
		if p == nil {
			t.Fatalf("there is no parameter for %s", q.Name())
		}
		copy(p.Value().Float32s(), values)
		values = values[copy(q.Value().Float32s(), values):]
	}
	agree(t, "the output", custom(), zoo())
}
