package task

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
)

// shape tells the programs of a task on sequences apart.
type shape struct {
	steps, batch int
	training     bool
}

// compiled is a program with the node to read.
type compiled struct {
	*graph.Program
	output *gorgonia.Node
	used   int // when it was last asked for
}

// programMemory is how many bytes the programs of a task may hold together: those of the longest texts that are read
// whole, in all their lengths, on a machine with little memory. A program that is dropped costs a second to compile again.
const programMemory = 1 << 30

// programs keeps the compiled programs of a task. Where they would hold more than programMemory, it drops the one that
// was not asked for the longest. The zero value is ready.
type programs struct {
	byShape map[shape]*compiled
	bytes   int
	clock   int
}

// get returns the program of a shape, and compiles it if it is not there.
func (p *programs) get(s shape, compile func() (*graph.Program, *gorgonia.Node, error)) (*compiled, error) {
	p.clock++
	if c := p.byShape[s]; c != nil {
		c.used = p.clock
		return c, nil
	}
	program, output, err := compile()
	if err != nil {
		return nil, err
	}
	p.bytes += program.Bytes()
	for p.bytes > programMemory && len(p.byShape) > 0 {
		var oldest shape
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
		p.byShape = make(map[shape]*compiled)
	}
	c := &compiled{program, output, p.clock}
	p.byShape[s] = c
	return c, nil
}
