package conformance

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/zoo/softmax"
)

// checkAdaptiveSoftmax checks losses, log-probabilities and all gradients against PyTorch's AdaptiveLogSoftmaxWithLoss, in
// programs with room for the targets that are there and with room for any.
func checkAdaptiveSoftmax(t *testing.T, _ string, f *safetensors.File, dtype tensor.Dtype) {
	targets, shape := ints(t, f, "target"), f.Tensors["x"].Shape
	vocabulary := f.Tensors["log_probabilities"].Shape[1]
	s, err := softmax.New("adaptive:"+f.Metadata["cutoffs"], vocabulary, shape[1])
	if err != nil {
		t.Fatal(err)
	}
	needed, err := s.Capacity(targets)
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range []struct {
		softmax.Capacity
		mean bool // whether the layer declares the mean of the losses, or all of them
	}{{needed, true}, {needed, false}, {softmax.Capacity{}, true}, {softmax.Capacity{}, false}} {
		l := newLayer(t, f, dtype, graph.Training())
		x := l.input("x")
		outputs := map[string]*gorgonia.Node{"log_probabilities": s.LogProbabilities(l.b, x, nil)}
		var loss *gorgonia.Node
		if way.mean {
			loss = s.Loss(l.b, x, nil, way.Capacity)
		} else {
			losses, weights := s.Losses(l.b, x, nil, way.Capacity)
			loss, outputs["losses"] = l.b.Div(l.b.Sum(losses), l.b.Sum(weights)), losses
		}
		outputs["loss"] = loss
		restoreGolden(t, l.b.Params(), f)
		for threads := 1; threads <= 2; threads++ {
			grad := l.b.Grad(loss, x)[0]
			opts := []graph.CompileOption{graph.Verify(), graph.Threads(threads), graph.Loss(loss), graph.Output(grad)}
			for _, n := range outputs {
				opts = append(opts, graph.Output(n))
			}
			prog, err := graph.Compile(l.b, opts...)
			if err != nil {
				t.Fatal(err)
			}
			if err := prog.Set("x", floats(t, f, "x")); err != nil {
				t.Fatal(err)
			}
			if err := s.Set(prog, targets, 0, 0); err != nil {
				t.Fatal(err)
			}
			if err := prog.Run(); err != nil {
				t.Fatal(err)
			}
			for name, n := range outputs {
				compare(t, name, prog.Value(n), floats(t, f, name), 0, dtype)
			}
			compare(t, "grad.x", prog.Value(grad), floats(t, f, "grad.x"), 0, dtype)
			names := 0
			for name := range f.Tensors {
				if of, ok := strings.CutPrefix(name, "grad.param."); ok {
					names++
					compare(t, name, prog.Grad(of), floats(t, f, name), 0, dtype)
				}
			}
			if got := len(l.b.Params().List()); got != names || names == 0 {
				t.Errorf("%d parameters; PyTorch has %d", got, names)
			}
		}
	}
	if slices.Max(needed[:]) >= len(targets) {
		t.Errorf("the capacities %v are no fewer than the targets", needed)
	}
}

// checkSampledSoftmax checks which words are drawn, and the losses and gradients against them.
func checkSampledSoftmax(t *testing.T, _ string, f *safetensors.File, dtype tensor.Dtype) {
	targets, shape := ints(t, f, "target"), f.Tensors["x"].Shape
	seed, err := strconv.ParseUint(f.Metadata["seed"], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	var opts []softmax.Option
	if power, err := strconv.ParseFloat(f.Metadata["power"], 64); err == nil {
		opts = append(opts, softmax.Unigram(ints(t, f, "counts"), power))
	}
	s, err := softmax.New("sampled:"+f.Metadata["S"], f.Tensors["param.bias"].Shape[0], shape[1], opts...)
	if err != nil {
		t.Fatal(err)
	}
	l := newLayer(t, f, dtype, graph.Training())
	x := l.input("x")
	losses, weights := s.Losses(l.b, x, nil, softmax.Capacity{})
	restoreGolden(t, l.b.Params(), f)
	loss := l.b.Div(l.b.Sum(losses), l.b.Sum(weights))
	grad := l.b.Grad(loss, x)[0]
	for threads := 1; threads <= 2; threads++ {
		prog, err := graph.Compile(l.b, graph.Verify(), graph.Threads(threads), graph.Loss(loss), graph.Output(losses, grad))
		if err != nil {
			t.Fatal(err)
		}
		if err := prog.Set("x", floats(t, f, "x")); err != nil {
			t.Fatal(err)
		}
		for _, number := range []int{0, 1, 70000} {
			if err := s.Set(prog, targets, seed, number); err != nil {
				t.Fatal(err)
			}
			if err := prog.Run(); err != nil {
				t.Fatal(err)
			}
			of := func(name string) string { return fmt.Sprintf("%s.%d", name, number) }
			if got, want := prog.Input("softmax.drawn").Ints(), ints(t, f, of("words")); !slices.Equal(got[:len(want)], want) {
				t.Errorf("batch %d: the words %v; want %v", number, got[:len(want)], want)
			}
			compare(t, of("losses"), prog.Value(losses), floats(t, f, of("losses")), 0, dtype)
			compare(t, of("grad.x"), prog.Value(grad), floats(t, f, of("grad.x")), 0, dtype)
			for _, name := range []string{"weight", "bias"} {
				compare(t, of(name), prog.Grad(name), floats(t, f, of("grad.param."+name)), 0, dtype)
			}
		}
	}
}
