package graph

import (
	"fmt"
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"
)

// Stepper runs a network one time step at a time and keeps the state between steps: for live prediction, and for
// decoding token by token. It is a program of one step that carries its state (Carry) and fixes its parameters
// (FixedParams). It serves one goroutine; steppers of one store of parameters may run in parallel.
type Stepper struct {
	program *Program
	x, y    memory
	state   []*tensor.Dense // what the next step starts from
	shape   tensor.Shape    // of the input
}

// memory is the elements of a tensor, of one of the two types.
type memory struct {
	f32 []float32
	f64 []float64
}

func memoryOf(t *tensor.Dense) memory {
	switch d := t.Data().(type) {
	case []float32:
		return memory{f32: d}
	case []float64:
		return memory{f64: d}
	}
	return memory{}
}

// NewStepper compiles one step of the network for inputs [batch, inputs], with the parameters of a store, which are
// declared if they are not there. The state starts as zeros. A bidirectional network cannot be stepped.
func (r *Network) NewStepper(params *Params, batch, inputs int, opts ...CompileOption) (*Stepper, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	if r.bidirectional {
		return nil, errors.Errorf("%s: a network in both directions cannot be stepped, because it reads the sequence from its end too; choose one direction", r.name)
	}
	b := NewBuilder(params)
	x := b.Input("x", 1, batch, inputs)
	initial := make([]State, r.layers)
	var names []string
	for l := range initial {
		for k, width := range r.StateWidths() {
			name := fmt.Sprintf("state_l%d_%d", l, k)
			names = append(names, name)
			initial[l] = append(initial[l], b.Input(name, batch, width))
		}
	}
	y, final := r.Unroll(b, x, InitialStates(initial...))
	opts = append([]CompileOption{OutputAs("y", y), FixedParams()}, opts...)
	for i, n := range slices.Concat(final...) {
		opts = append(opts, Carry(names[i], n))
	}
	program, err := Compile(b, opts...)
	if err != nil {
		return nil, err
	}
	s := &Stepper{program: program, x: memoryOf(program.Input("x")), y: memoryOf(program.Output("y")), shape: tensor.Shape{batch, inputs}}
	for _, name := range names {
		s.state = append(s.state, program.Input(name))
	}
	return s, nil
}

// Step reads an input [batch, inputs] and returns the output [batch, Width] in the stepper's memory, which the next step
// overwrites. Of a float64 network use Step64.
func (s *Stepper) Step(x []float32) ([]float32, error) {
	if len(x) != len(s.x.f32) {
		return nil, s.mismatch(len(x), tensor.Float32)
	}
	copy(s.x.f32, x)
	return s.y.f32, s.program.Run()
}

// Step64 is Step for a network of float64.
func (s *Stepper) Step64(x []float64) ([]float64, error) {
	if len(x) != len(s.x.f64) {
		return nil, s.mismatch(len(x), tensor.Float64)
	}
	copy(s.x.f64, x)
	return s.y.f64, s.program.Run()
}

func (s *Stepper) mismatch(n int, dtype tensor.Dtype) error {
	want := tensor.Float32
	if s.x.f32 == nil {
		want = tensor.Float64
	}
	return errors.Errorf("step: %d numbers of %v; the network reads %v, %d of %v", n, dtype, s.shape, s.shape.TotalSize(), want)
}

// State returns the state that the next step starts from, the tensors [batch, width] of each layer in turn; writing to
// them sets it.
func (s *Stepper) State() []*tensor.Dense { return s.state }

// Reset sets the state to zeros.
func (s *Stepper) Reset() {
	for _, t := range s.state {
		t.Zero()
	}
}

// Stats returns what a step does.
func (s *Stepper) Stats() ProgramStats { return s.program.Stats() }
