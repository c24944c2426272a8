package ir

import "github.com/rnnzoo/rnnzoo/internal/kernel"

// Sum adds any number of arguments, with broadcasting.
type Sum struct{ elementwise }

// String implements Op.
func (Sum) String() string { return "sum" }

// Overwrites implements Overwriter: the others are added after the first two were.
func (Sum) Overwrites(args int) (first, last int) { return 0, min(args, 2) }

// Fuse implements Fuser.
func (Sum) Fuse(args []int, emit func(m Map, args ...int) int) int {
	if len(args) == 1 {
		return emit(Map{Fn: kernel.Copy}, args[0])
	}
	total := args[0]
	for _, a := range args[1:] {
		total = emit(Map{Fn: kernel.Add}, total, a)
	}
	return total
}

// Batch implements Batcher.
func (o Sum) Batch([]int, []bool) (Op, bool) { return o, true }
