package program

import (
	"math/bits"

	"github.com/rnnzoo/rnnzoo/graph"
)

// Programs that answer read sequences as loops, which end with the longest sequence of a batch: one of some capacity serves
// all lengths up to that. A loop is compiled in a millisecond, however many steps it has. But what stands outside of it, such
// as embeddings and pooling, is computed for all of the capacity. An LSTM of 64 units with an embedding of 100 takes 16 to 33 %
// longer for 65 or 20 steps if it has the capacity of the next power of two, so there are four capacities between two of
// these: no length takes longer than in a program of its own, but for some 3 %, and 36 programs are enough for 1,024.

// Capacity returns the number of steps, or of sequences, of a program that answers for so many: at most a quarter more.
func Capacity(n int) int {
	unit := max(1, 1<<bits.Len(uint(n-1))>>3)
	return (n + unit - 1) / unit * unit
}

// rolledFrom is the capacity from which on sequences are loops. Up to that they are as soon compiled if they are none, and
// take up to a tenth less time.
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
