package graph

import "github.com/rnnzoo/rnnzoo/graph/internal/exec"

// Workspace is memory that several programs share for what a run computes on the way, which includes parameters in the
// order in which the kernels read them, unless the programs have FixedParams. Their inputs, outputs and gradients are
// their own. A model that has a program for each length of a batch then needs the memory of the largest alone. Make
// that one first: programs that were made before a larger one keep what they have.
//
// Of the programs of one workspace only one may run at a time; where several goroutines run programs, each has a
// workspace of its own. Compiling for a workspace counts as running in it.
type Workspace struct{ memory exec.Workspace }

// NewWorkspace returns a workspace without memory; the programs that are compiled for it give it what they need.
func NewWorkspace() *Workspace { return &Workspace{} }

// Bytes returns the size of the memory.
func (w *Workspace) Bytes() int { return w.memory.Bytes() }

// InWorkspace has the program compute in a workspace instead of in memory of its own; nil means of its own.
func InWorkspace(w *Workspace) CompileOption {
	if w == nil {
		return nil
	}
	return func(c *compileConfig) { c.workspace = &w.memory }
}
