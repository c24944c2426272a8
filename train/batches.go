package train

import "math/rand"

// Draws are what a task draws for each epoch, all from one generator of a seed. What it draws depends on the arguments alone:
// it remembers the generator behind the last epoch, so that epochs in their order cost nothing extra, and for any other
// draws those before it again, of which there are at most 65,535: then a new generator begins. The zero value is ready. It
// serves one goroutine.
type Draws struct {
	of  division
	rng *rand.Rand
}

// division is what the draws are of.
type division struct {
	n, size int
	seed    uint64
	epoch   int // that was drawn last
}

// Shuffled divides n examples into batches of a size in an order of the epoch, counted from 1, and the seed; the last may
// be smaller. A size below 1 means one batch of all. Of fewer than 1 or more than 2²⁸ examples there are none.
func (d *Draws) Shuffled(n, size, epoch int, seed uint64) [][]int {
	if n < 1 || n > 1<<28 {
		return nil
	}
	if size < 1 || size > n {
		size = n
	}
	var order []int
	d.Epoch(n, size, epoch, seed, func(rng *rand.Rand) { order = rng.Perm(n) })
	var batches [][]int
	for len(order) > 0 {
		k := min(size, len(order))
		batches = append(batches, order[:k:k])
		order = order[k:]
	}
	return batches
}

// Epoch calls draw with the generator of an epoch, counted from 1, of n examples in batches of a size, and before that for
// each epoch that has to be drawn again: draw keeps nothing but what it draws last.
func (d *Draws) Epoch(n, size, epoch int, seed uint64, draw func(*rand.Rand)) {
	const oneGenerator = 1 << 16 // epochs
	first := (max(epoch, 1) - 1) / oneGenerator * oneGenerator
	if last := d.of; d.rng == nil || last.n != n || last.size != size || last.seed != seed || last.epoch >= epoch || last.epoch <= first {
		*d = Draws{division{n: n, size: size, seed: seed, epoch: first}, rand.New(rand.NewSource(int64(seed ^ uint64(first)*0x9e3779b97f4a7c15)))}
	}
	if draw == nil {
		return
	}
	for ; d.of.epoch < epoch; d.of.epoch++ {
		draw(d.rng)
	}
}
