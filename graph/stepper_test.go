package graph_test

import (
	"fmt"
	"math"
	"math/rand"
	"slices"
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

// delayLine is a cell that adds what it gave some steps before, h_t = x_t + h_{t−n}. Its new state is its old one but
// for one tensor.
type delayLine struct{ width, steps int }

func (c delayLine) State() []int { return slices.Repeat([]int{c.width}, c.steps) }

func (c delayLine) Step(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
	return append(graph.State{b.Add(x, s[c.steps-1])}, s[:c.steps-1]...)
}

// A stepper gives what the unrolled network gives where a cell hands old states on.
func TestStepperOfDelayLine(t *testing.T) {
	const T, B, W = 8, 6, 20
	x := make([]float64, T*B*W)
	for i := range x {
		x[i] = math.Pow10(i / (B * W)) // 1, 10, 100, …: the digits of a sum say which steps it has
	}
	for n := 1; n <= 4; n++ {
		network := graph.NewNetwork("delay", func(c graph.CellConfig) graph.Cell { return delayLine{c.Hidden, n} }, graph.Hidden(W))
		for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
			b := graph.NewBuilder(graph.NewParams(dtype))
			y, _ := network.Unroll(b, b.Input("x", T, B, W))
			whole := mustCompile(t, b, graph.Output(y))
			mustSet(t, whole, "x", x)
			mustRun(t, whole)
			want := gt.Floats(whole.Value(y).Data())
			if n == 2 {
				for step, v := range []float64{1, 10, 101, 1010, 10101} {
					if want[step*B*W] != v {
						t.Fatalf("unrolled, step %d gives %g; want %g", step, want[step*B*W], v)
					}
				}
			}
			for name, way := range carryWays() {
				s, err := network.NewStepper(graph.NewParams(dtype), B, W, way...)
				if err != nil {
					t.Fatal(err)
				}
				for step := range T {
					in := x[step*B*W : (step+1)*B*W]
					var got []float64
					if dtype == tensor.Float64 {
						got, err = s.Step64(in)
					} else {
						narrow := make([]float32, len(in))
						for i, v := range in {
							narrow[i] = float32(v)
						}
						var y []float32
						y, err = s.Step(narrow)
						got = gt.Floats(y)
					}
					if err != nil {
						t.Fatal(err)
					}
					what := fmt.Sprintf("delay of %d, %v, %s: step %d", n, dtype, name, step)
					gt.Compare(t, what, got, want[step*B*W:(step+1)*B*W], 0)
					for k, state := range s.State() {
						if step < k {
							continue
						}
						gt.Compare(t, fmt.Sprint(what, ", state ", k), gt.Floats(state.Data()), want[(step-k)*B*W:(step-k+1)*B*W], 0)
					}
				}
			}
		}
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
