package program

import (
	"math/bits"

	"github.com/rnnzoo/rnnzoo/graph"
)

// Programs that answer read sequences as loops, which end with the longest sequence of a batch: one of some capacity serves
// all lengths up to that. A loop is compiled in a millisecond, however many steps it has. But what stands outside of it, such
// as embeddings and pooling, is computed for all of the capacity: an LSTM of 64 units with an embedding of 100 takes 16 to
// 33 % longer for 65 or 20 steps if it has the capacity of the next power of two, and 5 % longer for 30 if that is 32. So
// there are eight capacities between two powers of two: 64 are enough for 1,024 steps.

// Capacity returns the number of steps of a program that answers for sequences up to a length: at most an eighth more.
func Capacity(length int) int { return StepsFor(length, nil) }

// Batch returns the number of sequences of a program that answers for so many: at most a quarter more.
func Batch(n int) int {
	unit := max(1, 1<<bits.Len(uint(max(1, n)-1))>>3)
	return (n + unit - 1) / unit * unit
}

// rolledFrom is the capacity from which on sequences are loops. Shorter ones are as soon compiled if they are none, and take
// a tenth less time. At 5 steps it is 5 % of a microsecond each, at 16 nothing, and from 64 on loops are faster.
const rolledFrom = 5

// Serving returns how a program that answers declares sequences of a capacity.
func Serving(capacity int) graph.Option {
	if capacity < rolledFrom {
		return graph.Unrolled()
	}
	return graph.Rolled()
}

// Rolls reports whether what declare declares can be declared as loops. A cell whose steps differ cannot.
func Rolls(params *graph.Params, declare func(*graph.Builder)) bool {
	b := graph.NewBuilder(params, graph.Rolled())
	declare(b)
	return b.Err() == nil
}
