package task

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
)

// shape tells the programs of a task on sequences apart.
type shape struct {
	steps, batch int
	training     bool
}

// compiled is a program with the memory of its outputs.
type compiled struct {
	*graph.Program
	outputs []*tensor.Dense
}

// compile compiles a graph. Of the outputs it keeps the memory and not the nodes, which would keep all of the graph.
func compile(b *graph.Builder, outputs []*gorgonia.Node, opts ...graph.CompileOption) (*compiled, error) {
	p, err := graph.Compile(b, append(opts, graph.Output(outputs...))...)
	if err != nil {
		return nil, err
	}
	c := &compiled{Program: p}
	for _, n := range outputs {
		c.outputs = append(c.outputs, p.Value(n))
	}
	return c, nil
}

// programMemory is how many bytes the programs of a task may hold together: those of the longest texts that are read
// whole, in all their lengths, on a machine with little memory. A program that is dropped costs a second to compile again.
const programMemory = 1 << 30

// programs keeps the compiled programs of a task by what tells their shapes apart. Where they would hold more than
// programMemory, it drops the one that was not asked for the longest. They compute in one workspace, since one runs at a
// time. The zero value is ready.
type programs[K comparable] struct {
	byShape   map[K]*keptProgram
	workspace *graph.Workspace
	bytes     int
	clock     int
}

type keptProgram struct {
	*compiled
	used int // when it was last asked for
}

// get returns the program of a shape, and compiles it, with the option that it is given, if it is not there.
func (p *programs[K]) get(shape K, compile func(graph.CompileOption) (*compiled, error)) (*compiled, error) {
	p.clock++
	if c := p.byShape[shape]; c != nil {
		c.used = p.clock
		return c.compiled, nil
	}
	if p.workspace == nil {
		p.workspace = graph.NewWorkspace()
	}
	program, err := compile(graph.InWorkspace(p.workspace))
	if err != nil {
		return nil, err
	}
	p.bytes += program.Bytes()
	for p.bytes > programMemory && len(p.byShape) > 0 {
		var oldest K
		least := p.clock
		for s, c := range p.byShape {
			if c.used < least {
				oldest, least = s, c.used
			}
		}
		p.bytes -= p.byShape[oldest].Bytes()
		delete(p.byShape, oldest)
	}
	if p.byShape == nil {
		p.byShape = make(map[K]*keptProgram)
	}
	p.byShape[shape] = &keptProgram{program, p.clock}
	return program, nil
}
