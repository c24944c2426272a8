package datasets

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Buckets returns batches of up to size places of the sequences with the given lengths, so that those of a batch are
// about as long as one another and little is padded. With a generator, each length counts as up to 5 % and 1 more, so
// that the batches differ from epoch to epoch, and the batches are in random order: the same generator gives the same
// batches. Without one, nil, they are in the order of the lengths.
//
// Each place is in one batch; the last one by length may be smaller. A size below 1 counts as 1.
func Buckets(lengths []int, size int, rng *rand.Rand) [][]int {
	size = max(size, 1)
	order := make([]int, len(lengths))
	keys := make([]float64, len(lengths))
	for i, n := range lengths {
		order[i], keys[i] = i, float64(n)
		if rng != nil {
			keys[i] += 0.05*float64(n)*rng.Float64() + rng.Float64()
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(keys[a], keys[b]) })
	batches := slices.Collect(slices.Chunk(order, size))
	if rng != nil {
		rng.Shuffle(len(batches), func(i, j int) { batches[i], batches[j] = batches[j], batches[i] })
	}
	return batches
}

// Padded lays sequences of numbers out as one block [T, B], time-major, in which step t of sequence b stands at
// t·B + b. T is the longest length, at least steps and at least 1; the places behind the end of a sequence hold pad. The
// lengths are those of the sequences. More than 2²⁰ steps are not filled up.
func Padded(sequences [][]int, steps, pad int) (ids []int, lengths []int, T int) {
	const most = 1 << 20
	T = min(max(steps, 1), most)
	lengths = make([]int, len(sequences))
	for b, s := range sequences {
		lengths[b] = len(s)
		T = max(T, len(s))
	}
	ids = make([]int, T*len(sequences))
	for i := range ids {
		ids[i] = pad
	}
	for b, s := range sequences {
		for t, id := range s {
			ids[t*len(sequences)+b] = id
		}
	}
	return ids, lengths, T
}
