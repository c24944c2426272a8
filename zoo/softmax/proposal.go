package softmax

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// proposal draws samples of words. The expected number of times that a word is in a sample of S is
//
//	π_w = min(1, c·q_w),   with the c by which Σ π = S,
//
// for weights q. Words of π = 1 are in every sample. Those of the others are laid end to end, each as long as its π,
// from the heaviest to the lightest, and one point is drawn uniformly from each unit of the whole length,
// independently: the word that it falls on is drawn. So a sample has words from all ranges of frequency, and a word is
// in it at most twice, if it lies over the end of a unit. The sum of f(w)/π_w over the sample has the expectation Σ
// f(w), as with replacement, with less variance.
type proposal struct {
	size        int
	certain     []int     // words that are in every sample
	others      []int     // the others, by weight
	ends        []float64 // where they end, in units
	logExpected []float64 // log π of each word
}

// zipf returns log((w+2)/(w+1)), what integrates 1/w: the log-uniform distribution over ranks.
func zipf(vocabulary int) []float64 {
	weights := make([]float64, vocabulary)
	for w := range weights {
		weights[w] = math.Log1p(1 / float64(w+1))
	}
	return weights
}

// powers returns counts to a power, those below 1 taken as 1.
func powers(counts []int, power float64) []float64 {
	weights := make([]float64, len(counts))
	for w, n := range counts {
		weights[w] = math.Pow(float64(max(1, n)), power)
	}
	return weights
}

// newProposal returns the proposal of positive weights for samples of a size, from 1 to the number of weights.
func newProposal(weights []float64, size int) *proposal {
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case weights[a] > weights[b]:
			return -1
		case weights[a] < weights[b]:
			return 1
		}
		return 0
	})
	rest := make([]float64, len(order)+1) // rest[i] is the weight of order[i:]
	for i, w := range slices.Backward(order) {
		rest[i] = rest[i+1] + weights[w]
	}
	// The heaviest word that is left is certain if its share of what is left to be drawn is 1.
	certain := 0
	for certain < size && float64(size-certain)*weights[order[certain]] >= rest[certain] {
		certain++
	}
	p := &proposal{size: size, certain: order[:certain], others: order[certain:], logExpected: make([]float64, len(weights))}
	if certain == size { // what is left is never drawn
		p.others = nil
	}
	units := float64(size - certain)
	for i, w := range p.others {
		p.logExpected[w] = math.Log(units * weights[w] / rest[certain])
		p.ends = append(p.ends, units*(1-rest[certain+i+1]/rest[certain]))
	}
	return p
}

// draw fills a sample, a function of seed and number.
func (p *proposal) draw(sample []int, seed uint64, number int) {
	copy(sample, p.certain)
	rng := rand.NewPCG(seed, uint64(number))
	for unit := range sample[len(p.certain):] {
		point := float64(unit) + float64(rng.Uint64()>>11)/(1<<53)
		at := sort.Search(len(p.ends), func(i int) bool { return p.ends[i] > point })
		sample[len(p.certain)+unit] = p.others[min(at, len(p.others)-1)]
	}
}
