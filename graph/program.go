package graph

import (
	"fmt"
	"strings"
	"weak"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/exec"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
)

// Program is a compiled graph with memory of its own. It serves one goroutine at a time. Any number of programs of one
// store of parameters may run at the same time in different goroutines, compiled with FixedParams or without, as long
// as nobody changes the parameters (Params says what does) and no two of them compute in one Workspace.
type Program struct {
	machine      exec.Machine
	inputs       map[string]*tensor.Dense
	outputs      map[weak.Pointer[gorgonia.Node]]*tensor.Dense // a program does not keep its graph
	named        map[string]*tensor.Dense
	loss         *tensor.Dense // nil if it has none
	grads        []gorgonia.ValueGrad
	gradByName   map[string]*tensor.Dense
	gradient     *tensor.Dense // all of them
	instructions []plan.Instruction
	carries      []plan.Carry
	runs         uint64
}

// ParamGrad is a parameter with its gradient in one program. Gorgonia's solvers and those of package train take it.
type ParamGrad struct {
	Param *Param
	grad  *tensor.Dense
	store *Params
}

var _ gorgonia.ValueGrad = (*ParamGrad)(nil)

// Value returns the parameter's values. A solver asks for them at each step and writes to them, so asking counts as a
// change of the store (Params.Changed); who only reads takes Param.Value.
func (p *ParamGrad) Value() gorgonia.Value {
	if p == nil {
		return nil
	}
	p.store.Changed()
	return p.Param.value
}

// Grad returns the gradient of the program's last run; the next run overwrites it.
func (p *ParamGrad) Grad() (gorgonia.Value, error) {
	if p == nil {
		return nil, errors.New("the parameter is nil")
	}
	return p.grad, nil
}

// Run computes the outputs, and with a loss the gradients, from the inputs and the parameters as they are now. Then it
// sets the inputs that Carry names. If it fails, these stay as they are. It does not allocate.
func (p *Program) Run() error {
	err := p.machine.Run(p.runs)
	p.runs++
	return err
}

// SetRun sets the number of the next run, which decides its dropout masks; runs count from 0.
func (p *Program) SetRun(number uint64) { p.runs = number }

// Input returns the memory of an input as a tensor to be written to, or nil if there is no input of this name.
func (p *Program) Input(name string) *tensor.Dense { return p.inputs[name] }

// Set copies a value to an input: a []float32, []float64 or []int, a *tensor.Dense of these, or for an input of one
// element a number. The number of elements must be that of the input, in row-major order.
func (p *Program) Set(name string, value any) error {
	t, ok := p.inputs[name]
	if !ok {
		return errors.Errorf("input %q: the program has none of this name", name)
	}
	if d, ok := value.(*tensor.Dense); ok && d == nil { // as Value returns of what is no output
		value = nil
	} else if ok {
		value = rowMajor(d) // of a slice or a transpose, Data has the elements of the whole in its own order
	}
	switch v := value.(type) {
	case float64:
		value = []float64{v}
	case float32:
		value = []float32{v}
	case int:
		if value = []int{v}; t.Dtype() != tensor.Int {
			value = []float64{float64(v)}
		}
	}
	n := -1
	switch dst := exec.Data(t).(type) {
	case []float32:
		switch v := value.(type) {
		case []float32:
			if n = len(v); n == len(dst) {
				copy(dst, v)
			}
		case []float64:
			if n = len(v); n == len(dst) {
				copyNumbers(dst, v)
			}
		}
	case []float64:
		switch v := value.(type) {
		case []float64:
			if n = len(v); n == len(dst) {
				copy(dst, v)
			}
		case []float32:
			if n = len(v); n == len(dst) {
				for i, x := range v {
					dst[i] = float64(x)
				}
			}
		}
	case []int:
		if v, ok := value.([]int); ok {
			if n = len(v); n == len(dst) {
				copy(dst, v)
			}
		}
	}
	switch size := t.Size(); {
	case n < 0:
		return errors.Errorf("input %q holds %v; a %T does not fit", name, t.Dtype(), value)
	case n != size:
		return errors.Errorf("input %q has the shape %v, %d elements; got %d", name, t.Shape(), size, n)
	}
	return nil
}

// Output returns the value of the output that OutputAs gave a name, as Value does; nil if there is none of this name.
func (p *Program) Output(name string) *tensor.Dense { return p.named[name] }

// Value returns the value of an output as a tensor in the program's memory, which the next run overwrites; nil if the
// node is not an output of the program. A scalar is a tensor of one element.
func (p *Program) Value(n *gorgonia.Node) *tensor.Dense { return p.outputs[weak.Make(n)] }

// Scalar returns the value of an output of one element; 0 if the node is not an output of the program.
func (p *Program) Scalar(n *gorgonia.Node) float64 { return scalar(p.Value(n)) }

// Loss returns the value of the loss in the last run; 0 if the program has none.
func (p *Program) Loss() float64 { return scalar(p.loss) }

func scalar(t *tensor.Dense) float64 {
	if t == nil {
		return 0
	}
	switch d := exec.Data(t).(type) {
	case []float32:
		return float64(d[0])
	case []float64:
		return d[0]
	}
	return 0
}

// Grads returns the parameters with their gradients, in the store's order; none if the program has no loss.
func (p *Program) Grads() []gorgonia.ValueGrad { return p.grads }

// Grad returns the gradient of the parameter of a name, or nil if the program computes none.
func (p *Program) Grad(name string) *tensor.Dense { return p.gradByName[name] }

// Gradient returns all gradients of the last run as one vector, which the next run overwrites; nil if the program
// computes none. It is the memory that Grads and Grad show: the gradients of the parameters that the graph uses, one
// after the other in the store's order, each in row-major order from the next multiple of 16 elements on, as in the
// store. What is between them is 0, so that norms, sums and comparisons of the vector are those of the gradients.
func (p *Program) Gradient() *tensor.Dense { return p.gradient }

// Instructions returns the number of instructions of a run.
func (p *Program) Instructions() int { return len(p.instructions) }

// ProgramStats says what a run does, in numbers that do not depend on the machine but for the number of threads.
type ProgramStats struct {
	Instructions int // of the program, before they are divided among threads
	Threads      int
	Calls        int // of kernels, by the first thread
	Fused        int // of these, those that compute several elementwise instructions at once
	Barriers     int // at which the threads meet
	ArenaBytes   int // memory for inputs, outputs and what is between them
}

// Stats returns what a run does: how well the passes of the compiler have done, seen from outside.
func (p *Program) Stats() ProgramStats {
	s := p.machine.Stats()
	return ProgramStats{len(p.instructions), s.Workers, s.Steps, s.Fused, s.Barriers, s.ArenaBytes}
}

// String lists the instructions of a run, one a line, with the memory that each reads and writes, and then what is
// carried to the next run.
func (p *Program) String() string {
	var b strings.Builder
	for _, in := range p.instructions {
		fmt.Fprintln(&b, in)
	}
	for _, c := range p.carries {
		fmt.Fprintln(&b, c)
	}
	return b.String()
}

// Bytes returns how much memory the program holds besides the parameters, what it shares of them (Params.PackedBytes),
// and a workspace.
func (p *Program) Bytes() int { return p.machine.Bytes() }
