package graph_test

import (
	"math"
	"math/rand"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
)

// A stepper gives what the unrolled network gives, step by step.
func TestStepperEqualsUnrolled(t *testing.T) {
	const T, B, I, H = 6, 3, 4, 5
	for _, network := range []*graph.Network{
		rnn.New(graph.Hidden(H)), lstm.New(graph.Hidden(H), graph.Layers(2)), gru.New(graph.Hidden(H), graph.Layers(2)), lstm.NewPeephole(graph.Hidden(H), graph.LayerNorm()),
	} {
		params := graph.NewParams(tensor.Float64)
		b := graph.NewBuilder(params)
		y, _ := network.Unroll(b, b.Input("x", T, B, I))
		whole, err := graph.Compile(b, graph.Output(y))
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewSource(1))
		x := make([]float64, T*B*I)
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		if err := whole.Set("x", x); err != nil {
			t.Fatal(err)
		}
		if err := whole.Run(); err != nil {
			t.Fatal(err)
		}
		want := whole.Value(y).Float64s()
		s, err := network.NewStepper(params, B, I)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time after a reset
			for step := range T {
				got, err := s.Step64(x[step*B*I : (step+1)*B*I])
				if err != nil {
					t.Fatal(err)
				}
				for i, v := range got {
					if w := want[step*B*H+i]; math.Abs(v-w) > 1e-13 {
						t.Fatalf("%s: step %d, element %d is %v; unrolled it is %v", network.Name(), step, i, v, w)
					}
				}
			}
			s.Reset()
		}
	}
}

// Parameters that change are read again after Refresh.
func TestStepperRefresh(t *testing.T) {
	params := graph.NewParams(tensor.Float32)
	s, err := rnn.New(graph.Hidden(40)).NewStepper(params, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	step := func() float32 {
		s.Reset()
		y, err := s.Step([]float32{1, 2, 3})
		if err != nil {
			t.Fatal(err)
		}
		return y[0]
	}
	before := step()
	params.Get("weight_ih_l0").Value().Zero()
	s.Refresh()
	if after := step(); after != 0 || before == 0 {
		t.Errorf("output %v, and %v with weights of 0; want 0", before, after)
	}
}

func TestStepperDoesNotAllocate(t *testing.T) {
	s, err := lstm.New(graph.Hidden(16)).NewStepper(nil, 1, 8)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 8)
	if n := testing.AllocsPerRun(100, func() { s.Step(x) }); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
}

func TestStepperRefuses(t *testing.T) {
	if _, err := birnn.New(lstm.New()).NewStepper(nil, 1, 8); err == nil || !strings.Contains(err.Error(), "both directions") {
		t.Errorf("a bidirectional network: error %v", err)
	}
	if _, err := lstm.New(graph.Hidden(0)).NewStepper(nil, 1, 8); err == nil || !strings.Contains(err.Error(), "hidden width is 0") {
		t.Errorf("no hidden units: error %v", err)
	}
	s, err := lstm.New().NewStepper(nil, 2, 8)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Step(make([]float32, 8)); err == nil || !strings.Contains(err.Error(), "16") {
		t.Errorf("half an input: error %v", err)
	}
	if _, err := s.Step64(make([]float64, 16)); err == nil || !strings.Contains(err.Error(), "float32") {
		t.Errorf("numbers of another type: error %v", err)
	}
}
