package ir

import "github.com/rnnzoo/rnnzoo/internal/kernel"

// Copy moves elements from one layout to another. No graph has it: the plan makes it where a view or a concatenation needs
// one. Indices are copied, too.
type Copy struct{ elementwise }

// String implements Op.
func (Copy) String() string { return "copy" }

// Fuse implements Fuser.
func (Copy) Fuse(args []int, emit func(m Map, args ...int) int) int {
	return emit(Map{Fn: kernel.Copy}, args[0])
}
