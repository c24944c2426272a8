package datasets

import (
	"cmp"
	"math/rand"
	"slices"
)

// Pair is a text and what it is translated to.
type Pair struct{ Source, Target string }

// Pairs is a parallel corpus: texts with their translations, in three parts. No source stands in more than one part.
type Pairs struct {
	Meta               Info
	Train, Valid, Test []Pair
}

var _ Dataset = (*Pairs)(nil)

// Info returns p.Meta, of the kind [KindPairs] unless it names one.
func (p *Pairs) Info() Info { return p.Meta.or(KindPairs) }

// splitPairs divides pairs that come without parts: a tenth of the distinct sources, at most 1,000 of them, validates,
// and as many test. Which they are depends on the sources alone, so that a newer edition of a corpus keeps its parts,
// and all translations of a source stand in one part.
func splitPairs(meta Info, pairs []Pair) *Pairs {
	// Sorted by their hash, pairs of one source stand together: far smaller than a map of the sources.
	type key struct {
		hash  uint64
		place int32
	}
	keys := make([]key, len(pairs))
	for i, p := range pairs {
		keys[i] = key{hashOf(p.Source), int32(i)}
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Compare(a.hash, b.hash) })
	distinct := 0
	for i, k := range keys {
		if i == 0 || k.hash != keys[i-1].hash {
			distinct++
		}
	}
	n := min(1000, distinct/10)
	if distinct >= 3 {
		n = max(n, 1)
	}
	part := make([]uint8, len(pairs))
	var sizes [3]int
	source := -1 // the number of the source in the order of the hashes
	for i, k := range keys {
		if i == 0 || k.hash != keys[i-1].hash {
			source++
		}
		if source < 2*n {
			part[k.place] = uint8(1 + source/n)
		}
		sizes[part[k.place]]++
	}
	split := &Pairs{Meta: meta}
	parts := []*[]Pair{&split.Train, &split.Valid, &split.Test}
	for i, size := range sizes {
		if size > 0 {
			*parts[i] = make([]Pair, 0, size)
		}
	}
	for i, p := range pairs {
		to := parts[part[i]]
		*to = append(*to, p)
	}
	return split
}

// cutPairs divides generated pairs, whose sources are distinct, in random order.
func cutPairs(meta Info, pairs []Pair, rng *rand.Rand, valid, test int) *Pairs {
	rng.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	n := len(pairs) - valid - test
	return &Pairs{Meta: meta, Train: pairs[:n:n], Valid: pairs[n : n+valid : n+valid], Test: pairs[n+valid:]}
}
