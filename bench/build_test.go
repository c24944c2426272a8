package bench

import (
	"fmt"
	"math"
	"slices"
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
	w.Vocabulary, w.Classes = min(w.Vocabulary, 11), min(w.Classes, 4)
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
			if w.Mode == Train && w.Vocabulary+w.Classes > 0 {
				want = []string{"gradient by weight_decoder", "gradient by bias_decoder", fmt.Sprint("gradient by weight_hh_l", w.Layers-1)}
				if w.Vocabulary > 0 {
					want = append(want, "gradient by embedding.weight")
				}
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

// TestCarriedStates compares windows, each of which goes on where the one before has ended, with all of their words at once.
func TestCarriedStates(t *testing.T) {
	window := Workload{Name: "window", Cell: "lstm", T: 3, B: 2, I: 4, H: 5, Layers: 2, Mode: Forward, Vocabulary: 7, Carried: true}
	whole := window
	whole.T, whole.Carried = 9, false
	windows, sequence := build(t, window), build(t, whole)
	for i := range 3 { // a window's words are always the same
		copy(sequence.input.Ints()[6*i:], windows.input.Ints())
	}
	run(t, sequence)
	want := sequence.results()["y"].Float32s()
	for i := range 3 {
		run(t, windows)
		y := windows.results()["y"]
		agree(t, fmt.Sprint("window ", i), y, tensor.New(tensor.WithShape(3, 2, 7), tensor.WithBacking(want[3*2*7*i:][:3*2*7])))
	}
}

// TestWritingReadsWhatItWrites compares the tokens of each step with the best scores of a network that reads all of them.
func TestWritingReadsWhatItWrites(t *testing.T) {
	const steps, batch, vocabulary = 12, 2, 7
	step := Workload{Name: "writing", Cell: "rnn", T: 1, B: batch, I: 30, H: 20, Layers: 2, Mode: Stream, Vocabulary: vocabulary}
	whole := step
	whole.T, whole.Mode = steps, Forward
	writer, reader := build(t, step), build(t, whole)
	read, written := make([]int, 0, steps*batch), make([]int, 0, steps*batch)
	for range steps {
		read = append(read, writer.input.Ints()...)
		run(t, writer)
		written = append(written, writer.input.Ints()...)
	}
	copy(reader.input.Ints(), read)
	run(t, reader)
	y := reader.results()["y"].Float32s()
	different := make(map[int]bool)
	for i, token := range written {
		different[token] = true
		if row := y[i*vocabulary:][:vocabulary]; row[token] != slices.Max(row) {
			t.Errorf("step %d, text %d: it writes %d, whose score is %v of %v", i/batch, i%batch, token, row[token], row)
		}
	}
	if len(different) < 2 {
		t.Errorf("it writes only %v", written)
	}
}

// TestDropout counts the outputs that the decoder does not see: the gradients by their weights are zero.
func TestDropout(t *testing.T) {
	const hidden, vocabulary = 400, 3
	w := Workload{Name: "dropout", Cell: "gru", T: 1, B: 1, I: 5, H: hidden, Layers: 1, Mode: Train, Vocabulary: vocabulary}
	for _, w.Dropout = range []float64{0, 0.25} {
		p := build(t, w)
		run(t, p)
		zeros := 0
		for _, g := range p.results()["gradient by weight_decoder"].Float32s()[:hidden] {
			if g == 0 {
				zeros++
			}
		}
		const deviation = 0.022 // √(0.25·0.75 / 400)
		if got := float64(zeros) / hidden; math.Abs(got-w.Dropout) > 5*w.Dropout*deviation/0.25 {
			t.Errorf("dropout %g: %d of %d outputs are dropped", w.Dropout, zeros, hidden)
		}
	}
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
