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

// warmed is up to which length Warm has programs compiled: at a millisecond each, most of which nobody may need.
const warmed = 1 << 10

// Capacities returns the capacities that Warm has compiled, of those for sequences up to a length.
func Capacities(most int) []int {
	var all []int
	for n := 1; n <= min(most, warmed); n = all[len(all)-1] + 1 {
		all = append(all, min(Capacity(n), most))
	}
	return all
}

// Batch returns the number of sequences of a program that answers for so many: at most a quarter more.
func Batch(n int) int {
	unit := max(1, 1<<bits.Len(uint(max(1, n)-1))>>3)
	return (n + unit - 1) / unit * unit
}

// Capacities from which on sequences are loops. Shorter ones are as soon compiled if they are none. A step of a loop takes
// 0.1 µs more than one that is compiled for itself, which of a step of 1 µs can be felt: short sequences of a small network
// wait 2 to 6 ms for their program instead, once.
const (
	rolledFrom      = 5
	smallRolledFrom = 33
	smallStep       = 128 // units of a layer, of all sequences
	smallDepth      = 2   // layers and directions
)

// Serving returns how a program that answers declares so many sequences of a capacity, for a network that takes most of its
// time.
func Serving(n *graph.Network, capacity, batch int) graph.Option {
	depth, from := n.Config().Layers, rolledFrom
	if n.IsBidirectional() {
		depth *= 2
	}
	if batch*n.Config().Hidden <= smallStep && depth <= smallDepth {
		from = smallRolledFrom
	}
	if capacity < from {
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
