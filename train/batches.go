package train

import "math/rand"

// Shuffled divides n examples into batches of a size in an order of the epoch, counted from 1, and the seed; the last may
// be smaller. A size below 1 means one batch of all.
func Shuffled(n, size, epoch int, seed uint64) [][]int {
	if size < 1 || size > n {
		size = n
	}
	var order []int
	Draw(epoch, seed, func(rng *rand.Rand) { order = rng.Perm(n) })
	var batches [][]int
	for len(order) > 0 {
		k := min(size, len(order))
		batches = append(batches, order[:k:k])
		order = order[k:]
	}
	return batches
}

// Draw calls draw with the generator that an epoch, counted from 1, has for its batches. There is one generator of a seed:
// to reach an epoch, draw draws what the epochs before it have drawn, so it is called for each of them, and has to keep
// nothing but what it draws last.
func Draw(epoch int, seed uint64, draw func(*rand.Rand)) {
	rng := rand.New(rand.NewSource(int64(seed)))
	for range epoch {
		draw(rng)
	}
}
