package text

import (
	"container/heap"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// BPEOption changes how [LearnBPE] learns.
type BPEOption func(*bpeOptions)

type bpeOptions struct {
	bytes bool
	words Words
	least int
}

// ByteLevel learns from the bytes of the text, spaces included, as GPT-2 does: nothing is unknown, and joining the
// tokens gives the very text back.
func ByteLevel() BPEOption { return func(o *bpeOptions) { o.bytes = true } }

// Base sets how words are cut before they are taken apart. The default is Words{Hyphens: true}. It has no meaning with
// [ByteLevel].
func Base(w Words) BPEOption { return func(o *bpeOptions) { o.words = w } }

// LeastPair sets how often a pair must occur to be merged. The default is 2.
func LeastPair(n int) BPEOption { return func(o *bpeOptions) { o.least = n } }

// LearnBPE learns up to so many merges from the texts, the most frequent pair of neighbours first; of equally frequent
// ones that whose symbols were there first. The same texts in any order give the same merges. For a vocabulary that two
// languages share, give the texts of both.
//
// It is an error if the texts hold no words or merges is below 0.
func LearnBPE(texts []string, merges int, opts ...BPEOption) (*BPE, error) {
	o := bpeOptions{words: Words{Hyphens: true}, least: 2}
	for _, opt := range opts {
		opt(&o)
	}
	if merges < 0 {
		return nil, errors.Errorf("byte-pair encoding: %d merges; choose 0 or more", merges)
	}
	var around pipeline = wordPipeline{o.words}
	suffix := endOfWord
	if o.bytes {
		around, suffix = bytePipeline{}, ""
	}
	counts := map[string]int{}
	for _, s := range texts {
		for _, w := range around.split(s) {
			counts[w]++
		}
	}
	if len(counts) == 0 {
		return nil, errors.Errorf("byte-pair encoding: %d texts hold no words; give the training texts", len(texts))
	}
	var alphabet []string
	if o.bytes {
		alphabet = byteAlphabet()
	} else {
		alphabet = charactersOf(counts, suffix)
	}
	b, err := newBPE(around, alphabet, nil)
	if err != nil {
		return nil, err
	}
	b.suffix = suffix
	l := newLearner(b, counts)
	for len(b.merges) < merges && l.merge(max(o.least, 1)) {
	}
	return b, nil
}

// charactersOf returns the characters of the words in order, each within a word and at its end, so that all words of
// them can be spelled.
func charactersOf(counts map[string]int, suffix string) []string {
	set := map[string]bool{}
	for w := range counts {
		for len(w) > 0 {
			_, n := utf8.DecodeRuneInString(w)
			if utf8.ValidString(w[:n]) {
				set[strings.Clone(w[:n])] = true
			}
			w = w[n:]
		}
	}
	var symbols []string
	for _, c := range slices.Sorted(maps.Keys(set)) {
		symbols = append(symbols, c, c+suffix)
	}
	return symbols
}

// learner finds the most frequent pair again and again. Counts change only where a pair is merged, and the queue
// corrects its entries when they come up.
type learner struct {
	b      *BPE
	words  []countedWord
	counts map[pair]int
	where  map[pair][]int32 // words in which a pair is or was
	queue  pairQueue
}

type countedWord struct {
	ids   []int32
	count int
}

func newLearner(b *BPE, counts map[string]int) *learner {
	l := &learner{b: b, counts: map[pair]int{}, where: map[pair][]int32{}}
	for _, w := range slices.Sorted(maps.Keys(counts)) {
		ids, _ := b.spell(w)
		at := int32(len(l.words))
		l.words = append(l.words, countedWord{ids, counts[w]})
		for i := 1; i < len(ids); i++ {
			p := pair{ids[i-1], ids[i]}
			l.count(p, counts[w])
			l.found(p, at)
		}
	}
	for p, n := range l.counts {
		l.queue = append(l.queue, countedPair{n, p})
	}
	heap.Init(&l.queue)
	return l
}

// count counts a pair n times more. Characters that are no symbols are in none.
func (l *learner) count(p pair, n int) {
	if p[0] < 0 || p[1] < 0 {
		return
	}
	l.counts[p] += n
}

// found notes that a word holds a pair.
func (l *learner) found(p pair, word int32) {
	if at := l.where[p]; len(at) == 0 || at[len(at)-1] != word {
		l.where[p] = append(at, word)
	}
}

// merge learns the next merge, of a pair that occurs at least so often, and reports whether there was one.
func (l *learner) merge(least int) bool {
	for len(l.queue) > 0 {
		top := l.queue[0]
		if now := l.counts[top.pair]; now != top.count {
			// Fewer since it was queued; more are queued when they are counted.
			heap.Pop(&l.queue)
			if 0 < now && now < top.count {
				heap.Push(&l.queue, countedPair{now, top.pair})
			}
			continue
		}
		if top.count < least {
			return false
		}
		heap.Pop(&l.queue)
		if slices.Contains(specialNames[:], l.b.symbols[top.pair[0]]+l.b.symbols[top.pair[1]]) {
			continue // a text that speaks of <pad> must not be taken for one that ends there
		}
		l.join(top.pair)
		return true
	}
	return false
}

// join merges a pair in all words.
func (l *learner) join(p pair) {
	b := l.b
	left, right := b.symbols[p[0]], b.symbols[p[1]]
	result := b.symbol(left + right)
	// A symbol that came about in two ways can make an old pair anew.
	if _, ok := b.rules[p]; !ok {
		b.rules[p] = rule{int32(len(b.merges)), result}
		b.merges = append(b.merges, [2]string{left, right})
	}
	changed := map[pair]bool{}
	for _, at := range l.where[p] {
		w := &l.words[at]
		if !holds(w.ids, p) {
			continue
		}
		for i := 1; i < len(w.ids); i++ {
			l.count(pair{w.ids[i-1], w.ids[i]}, -w.count)
		}
		kept := w.ids[:0]
		for i := 0; i < len(w.ids); i++ {
			if i+1 < len(w.ids) && w.ids[i] == p[0] && w.ids[i+1] == p[1] {
				kept = append(kept, result)
				i++
			} else {
				kept = append(kept, w.ids[i])
			}
		}
		w.ids = kept
		for i := 1; i < len(kept); i++ {
			q := pair{kept[i-1], kept[i]}
			l.count(q, w.count)
			if q[0] == result || q[1] == result {
				l.found(q, at)
				changed[q] = true
			}
		}
	}
	delete(l.counts, p)
	delete(l.where, p)
	for q := range changed {
		if n := l.counts[q]; n > 0 {
			heap.Push(&l.queue, countedPair{n, q})
		}
	}
}

func holds(ids []int32, p pair) bool {
	for i := 1; i < len(ids); i++ {
		if ids[i-1] == p[0] && ids[i] == p[1] {
			return true
		}
	}
	return false
}

type countedPair struct {
	count int
	pair  pair
}

// pairQueue is a heap with the most frequent pair on top.
type pairQueue []countedPair

func (q pairQueue) Len() int { return len(q) }
func (q pairQueue) Less(i, j int) bool {
	a, b := q[i], q[j]
	if a.count != b.count {
		return a.count > b.count
	}
	return slices.Compare(a.pair[:], b.pair[:]) < 0
}
func (q pairQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *pairQueue) Push(x any)   { *q = append(*q, x.(countedPair)) }
func (q *pairQueue) Pop() any {
	last := len(*q) - 1
	p := (*q)[last]
	*q = (*q)[:last]
	return p
}
