// Package program keeps the compiled programs of a task: a Lane those of one goroutine, a Pool lanes for many.
package program

import (
	"github.com/rnnzoo/rnnzoo/graph"
)

// Memory is how many bytes the programs of a lane, or of a pool's lanes together, may hold: those of the longest texts that
// are read whole, in all their lengths, on a machine with little memory. A program that is dropped costs a second to
// compile again.
const Memory = 1 << 30

// Shape tells the programs of a task on sequences apart.
type Shape struct {
	Steps, Batch int
	Training     bool
	Serving      bool // it answers, for all lengths up to a capacity
}

// Lane keeps the compiled programs of one goroutine by what tells their shapes apart. Where they would hold more than its
// memory, it drops the one that was not asked for the longest. They compute in one workspace, since one runs at a time.
type Lane[K comparable] struct {
	byShape   map[K]*kept
	options   []graph.CompileOption
	workspace *graph.Workspace
	memory    int
	bytes     int // of the programs
	outgrown  int // of a workspace that has grown since: programs that were made before keep what they have
	clock     int
}

type kept struct {
	*graph.Program
	used int // when it was last asked for
}

// NewLane returns a lane whose programs are compiled with the options.
func NewLane[K comparable](opts ...graph.CompileOption) *Lane[K] {
	w := graph.NewWorkspace()
	return &Lane[K]{byShape: make(map[K]*kept), workspace: w, options: append(opts, graph.InWorkspace(w)), memory: Memory}
}

// Get returns the program of a shape. If it is not there it has declare declare its graph and compiles that, with the
// options that it returns.
func (l *Lane[K]) Get(shape K, declare func() (*graph.Builder, []graph.CompileOption)) (*graph.Program, error) {
	l.clock++
	if p := l.byShape[shape]; p != nil {
		p.used = l.clock
		return p.Program, nil
	}
	b, opts := declare()
	before := l.workspace.Bytes()
	program, err := graph.Compile(b, append(opts, l.options...)...)
	if err != nil {
		return nil, err
	}
	l.bytes += program.Bytes()
	if len(l.byShape) > 0 && l.workspace.Bytes() > before {
		l.outgrown += before
	}
	for l.bytes+l.outgrown > l.memory && len(l.byShape) > 0 {
		l.drop()
	}
	l.byShape[shape] = &kept{program, l.clock}
	return program, nil
}

// drop drops the program that was not asked for the longest.
func (l *Lane[K]) drop() {
	var oldest K
	least := l.clock
	for s, p := range l.byShape {
		if p.used < least {
			oldest, least = s, p.used
		}
	}
	l.bytes -= l.byShape[oldest].Bytes()
	delete(l.byShape, oldest)
	if len(l.byShape) == 0 {
		l.outgrown = 0
	}
}
