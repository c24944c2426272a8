package datasets

import (
	"hash/fnv"
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
	key := make(map[string]uint64)
	var sources []string
	for _, p := range pairs {
		if _, ok := key[p.Source]; !ok {
			h := fnv.New64a()
			h.Write([]byte(p.Source))
			key[p.Source] = h.Sum64()
			sources = append(sources, p.Source)
		}
	}
	slices.SortFunc(sources, func(a, b string) int {
		switch {
		case key[a] < key[b]:
			return -1
		case key[a] > key[b]:
			return 1
		}
		return 0
	})
	n := min(1000, len(sources)/10)
	if len(sources) >= 3 {
		n = max(n, 1)
	}
	part := make(map[string]int)
	for i, s := range sources[:2*n] {
		part[s] = 1 + i/n
	}
	split := &Pairs{Meta: meta}
	parts := []*[]Pair{&split.Train, &split.Valid, &split.Test}
	for _, p := range pairs {
		to := parts[part[p.Source]]
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
