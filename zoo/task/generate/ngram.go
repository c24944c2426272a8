package generate

import (
	"slices"

	"github.com/pkg/errors"
)

// The bounds of ngrams: an id takes 21 bits of a key. Where hardly two triples of tokens are alike, making the tables takes
// some 45 bytes a token, 900 MB at most, and 15 s for so many; the words of Penn Treebank take 50 MB and a third of a second.
const (
	mostNgramTokens     = 5_000_000
	mostNgramVocabulary = 1<<ngramBits - 1 // one more is the beginning of a text
	ngramBits           = 21
)

// ngrams counts runs of one, two and three tokens and says how likely a token is by modified Kneser-Ney smoothing,
// interpolated (Chen and Goodman 1999). With c the count of a run, or, of a run that is shorter than the order, of the
// different tokens that came before it,
//
//	p(w | h) = (c(hw) − D(c(hw)))/Σ_w c(hw) + γ(h)·p(w | h without its first token)
//	γ(h)     = Σ_w D(c(hw)) / Σ_w c(hw), over the tokens w that came after h
//
// down to the uniform distribution, 1/V, so that every token of the vocabulary has some probability and all have 1 together.
// Nothing comes before what begins a text; so runs from there on keep their counts, as SRILM and KenLM have it.
//
// It serves one goroutine at a time, and any number of them from finish on until the next add.
type ngrams struct {
	vocabulary int
	tokens     []int32 // of all texts, each behind a begin
	full       bool    // tokens were left out
	finished   bool

	raw1, cont1 level // of tokens [V] without a context
	raw2, cont2 level // of pairs, by first token [V+1], the last of which is the beginning of a text
	raw3        level // of triples, by pair
	start2      []int32
	word2       []int32 // last tokens of pairs, those of a first token one after the other and in order
	start3      []int32
	word3       []int32 // last tokens of triples, those of a pair one after the other and in order
}

// level is the counts of one length of runs, and what smooths them.
type level struct {
	counts   []uint32
	discount [4]float64 // of counts of 0, 1, 2, and of more
	contexts []spread
}

// spread is what came after a context: the sum of the counts, and γ.
type spread struct {
	total, gamma float64
}

// begin stands for the beginning of a text among tokens.
const begin = -1

// newNgrams returns counts of nothing for the ids below vocabulary.
func newNgrams(vocabulary int) (*ngrams, error) {
	if vocabulary < 1 || vocabulary > mostNgramVocabulary {
		return nil, errors.Errorf("a vocabulary of %d tokens; runs of them are counted for 1 to %d", vocabulary, mostNgramVocabulary)
	}
	return &ngrams{vocabulary: vocabulary}, nil
}

// add counts a text. Contexts do not reach over its beginning, which is a context itself. It reports whether all of the text
// is counted: what comes after mostNgramTokens is not. An id outside of the vocabulary ends a text, and what follows it
// begins one.
func (n *ngrams) add(ids []int32) bool {
	if !n.full {
		n.tokens = append(n.tokens, begin)
	}
	return n.extend(ids)
}

// extend counts what goes on where the last text ended, as add does with both at once.
func (n *ngrams) extend(ids []int32) bool {
	n.finished = false
	if room := mostNgramTokens - len(n.tokens); len(ids) > room {
		ids, n.full = ids[:max(0, room)], true
	}
	if len(n.tokens) == 0 {
		n.tokens = append(n.tokens, begin)
	}
	for _, id := range ids {
		if id < 0 || int(id) >= n.vocabulary {
			id = begin
		}
		n.tokens = append(n.tokens, id)
	}
	return !n.full
}

// finish makes the tables of what was added.
func (n *ngrams) finish() {
	if n.finished {
		return
	}
	v, at := n.vocabulary, func(k, i int) uint64 { // the key of token i and the k before it
		key := uint64(0)
		for _, id := range n.tokens[i-k : i+1] {
			if id == begin {
				id = int32(n.vocabulary)
			}
			key = key<<ngramBits | uint64(id)
		}
		return key
	}

	pairs := make([]uint64, 0, len(n.tokens))
	n.raw1 = level{counts: make([]uint32, v)}
	for i, id := range n.tokens {
		if id != begin {
			n.raw1.counts[id]++
			pairs = append(pairs, at(1, i))
		}
	}
	slices.Sort(pairs)
	different := runs(pairs)
	n.start2, n.word2 = make([]int32, v+2), make([]int32, 0, different)
	n.raw2, n.cont1 = level{counts: make([]uint32, 0, different)}, level{counts: make([]uint32, v)}
	eachRun(pairs, func(key uint64, count uint32) {
		word := int32(key & mostNgramVocabulary)
		n.word2, n.raw2.counts = append(n.word2, word), append(n.raw2.counts, count)
		n.start2[key>>ngramBits+1] = int32(len(n.word2))
		n.cont1.counts[word]++
	})
	fillForward(n.start2)

	triples := pairs[:0]
	for i := 2; i < len(n.tokens); i++ {
		if n.tokens[i] != begin && n.tokens[i-1] != begin {
			triples = append(triples, at(2, i))
		}
	}
	slices.Sort(triples)
	different = runs(triples)
	n.start3, n.word3 = make([]int32, len(n.word2)+1), make([]int32, 0, different)
	n.raw3, n.cont2 = level{counts: make([]uint32, 0, different)}, level{counts: make([]uint32, len(n.word2))}
	context, pair := ^uint64(0), 0
	eachRun(triples, func(key uint64, count uint32) {
		middle, word := int(key>>ngramBits&mostNgramVocabulary), int32(key&mostNgramVocabulary)
		if key>>ngramBits != context {
			context = key >> ngramBits
			pair = n.pair(int(context>>ngramBits), int32(middle))
		}
		n.word3, n.raw3.counts = append(n.word3, word), append(n.raw3.counts, count)
		n.start3[pair+1] = int32(len(n.word3))
		n.cont2.counts[n.pair(middle, word)]++
	})
	fillForward(n.start3)
	for i := n.start2[v]; i < n.start2[v+1]; i++ {
		n.cont2.counts[i] = n.raw2.counts[i]
	}

	all := []int32{0, int32(v)}
	n.raw1.smooth(all)
	n.cont1.smooth(all)
	n.raw2.smooth(n.start2)
	n.cont2.smooth(n.start2)
	n.raw3.smooth(n.start3)
	n.finished = true
}

// runs returns how many different keys a sorted list has.
func runs(keys []uint64) (n int) {
	for i, key := range keys {
		if i == 0 || key != keys[i-1] {
			n++
		}
	}
	return n
}

// eachRun calls with every key of a sorted list once, and how often it is there.
func eachRun(keys []uint64, call func(key uint64, count uint32)) {
	for i := 0; i < len(keys); {
		j := i + 1
		for j < len(keys) && keys[j] == keys[i] {
			j++
		}
		call(keys[i], uint32(j-i))
		i = j
	}
}

// fillForward has contexts that nothing follows end where they begin, at the end of the one before.
func fillForward(starts []int32) {
	for i := 1; i < len(starts); i++ {
		starts[i] = max(starts[i], starts[i-1])
	}
}

// smooth estimates the discounts and spreads them over the contexts, of which each has the counts from its start to the next.
func (l *level) smooth(starts []int32) {
	l.discount = discounts(l.counts)
	l.contexts = make([]spread, len(starts)-1)
	for i := range l.contexts {
		var s spread
		for _, c := range l.counts[starts[i]:starts[i+1]] {
			s.total += float64(c)
			s.gamma += l.discount[min(c, 3)]
		}
		if s.total > 0 {
			s.gamma /= s.total
		}
		l.contexts[i] = s
	}
}

// discounts estimates what is taken from counts of 1, 2, and 3 and more by how many there are of 1 to 4:
//
//	Y = n₁/(n₁ + 2n₂)    D_c = c − (c+1)·Y·n_{c+1}/n_c
//
// Where one of them is missing, or a discount would be negative or more than the count, all are Y, as in plain Kneser-Ney
// smoothing; where n₁ or n₂ is missing, as of the letters of a long text, which all are frequent, they are ½.
func discounts(counts []uint32) (d [4]float64) {
	var n [5]float64
	for _, c := range counts {
		if c < 5 {
			n[c]++
		}
	}
	if n[1] == 0 || n[2] == 0 {
		return [4]float64{0, 0.5, 0.5, 0.5}
	}
	y := n[1] / (n[1] + 2*n[2])
	for c := 1; c <= 3; c++ {
		d[c] = float64(c) - float64(c+1)*y*n[c+1]/n[c]
		if n[c+1] == 0 || !(d[c] >= 0 && d[c] <= float64(c)) {
			return [4]float64{0, y, y, y}
		}
	}
	return d
}

// probability returns the probability of a token after a context by runs of at most order tokens, 1 to 3. Of the context the
// last order−1 count; one of fewer is the beginning of a text. It is proper for every context, whether it was there or not:
// the sum over the vocabulary is 1. Outside of the vocabulary it is 0.
func (n *ngrams) probability(order int, context []int32, id int32) float64 {
	if id < 0 || int(id) >= n.vocabulary {
		return 0
	}
	n.finish()
	if order <= 1 {
		return n.raw1.mix(0, int(id), 1/float64(n.vocabulary))
	}
	p := n.cont1.mix(0, int(id), 1/float64(n.vocabulary))
	last := n.first(context, 1)
	if last < 0 {
		return p
	}
	if order == 2 {
		return n.raw2.mix(last, n.pair(last, id), p)
	}
	p = n.cont2.mix(last, n.pair(last, id), p)
	if len(context) == 0 {
		return p
	}
	pair := -1
	if first := n.first(context, 2); first >= 0 {
		pair = n.pair(first, int32(last))
	}
	if pair < 0 {
		return p
	}
	at := -1
	if i, ok := slices.BinarySearch(n.word3[n.start3[pair]:n.start3[pair+1]], id); ok {
		at = int(n.start3[pair]) + i
	}
	return n.raw3.mix(pair, at, p)
}

// mix returns the probability of what has the count at a place, −1 for none, after a context: lower is that after the shorter
// one.
func (l *level) mix(context, at int, lower float64) float64 {
	s := l.contexts[context]
	if s.total == 0 {
		return lower
	}
	p := s.gamma * lower
	if at >= 0 {
		c := l.counts[at]
		p += (float64(c) - l.discount[min(c, 3)]) / s.total // no discount is more than its count
	}
	return p
}

// first returns the context's token so many from its end as the number of a first token of pairs, that of the beginning
// where the context is shorter, or −1 for an id outside of the vocabulary.
func (n *ngrams) first(context []int32, back int) int {
	if len(context) < back {
		return n.vocabulary
	}
	id := int(context[len(context)-back])
	if id < 0 || id >= n.vocabulary {
		return -1
	}
	return id
}

// pair returns the place of a pair, or −1.
func (n *ngrams) pair(first int, id int32) int {
	start := n.start2[first]
	if i, ok := slices.BinarySearch(n.word2[start:n.start2[first+1]], id); ok {
		return int(start) + i
	}
	return -1
}
