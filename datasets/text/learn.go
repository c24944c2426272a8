package text

import (
	"container/heap"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/args"
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

// Base sets how words are cut before they are taken apart. The default of [LearnBPE] is Words{Hyphens: true, Marked: true},
// so that text can be written back; that of [ReadMerges] is not Marked, as its merges were learnt. It has no meaning with
// bytes.
func Base(w Words) BPEOption { return func(o *bpeOptions) { o.words = w } }

// LeastPair sets how often a pair must occur to be merged. The default is 2.
func LeastPair(n int) BPEOption { return func(o *bpeOptions) { o.least = n } }

// LearnBPE learns up to so many merges from the texts, the most frequent pair of neighbours first; of equally frequent
// ones that whose symbols were there first. The same texts in any order give the same merges. For a vocabulary that two
// languages share, give the texts of both.
//
// A word of more than 512 bytes, such as a line of DNA, is learnt from in pieces of so many, and what it has beyond one
// MB is not looked at, so that a text without spaces takes no longer than others.
//
// It is an error if the texts hold no words or merges is below 0.
func LearnBPE(texts []string, merges int, opts ...BPEOption) (*BPE, error) {
	o := bpeOptions{words: Words{Hyphens: true, Marked: true}, least: 2}
	args.Apply(&o, opts)
	if merges < 0 {
		return nil, errors.Errorf("byte-pair encoding: %d merges; choose 0 or more", merges)
	}
	var around pipeline = wordPipeline{words: o.words}
	if o.bytes {
		around = bytePipeline{}
	}
	counts := map[string]int{}
	for _, s := range texts {
		for _, w := range around.split(s) {
			w = w[:min(len(w), mostOfWord)]
			for len(w) > longestPiece {
				at := longestPiece
				for at > longestPiece-utf8.UTFMax && !utf8.RuneStart(w[at]) {
					at--
				}
				counts[w[:at]]++
				w = w[at:]
			}
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
		alphabet = o.words.alphabet(counts)
	}
	b, err := newBPE(around, alphabet, nil)
	if err != nil {
		return nil, err
	}
	if !o.bytes {
		b.aroundWords(o.words)
	}
	l := newLearner(b, counts)
	for len(b.merges) < merges && l.merge(max(o.least, 1)) {
	}
	return b, nil
}

// A merge looks through each piece that holds its pair: short pieces keep that near the pair, and 8000 merges of a word
// of random letters take seconds with one MB of it.
const (
	longestPiece = 512
	mostOfWord   = 1 << 20
)

// alphabet returns the characters of the words in order, each within a word and at its end, so that all words of them
// can be spelled, with whatever marks.
func (w Words) alphabet(counts map[string]int) []string {
	set := map[string]bool{}
	if w.Marked {
		set[string(joinMark)], set[string(spaceMark)] = true, true
	}
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
		symbols = append(symbols, c, c+endOfWord)
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
		// Pairs change only where one of their sides is merged.
		kept := w.ids[:0]
		var before int32 // the last symbol before the place, as it was
		joined := false  // whether that is part of a merge
		for i := 0; i < len(w.ids); i++ {
			first, last, now := w.ids[i], w.ids[i], w.ids[i]
			joins := i+1 < len(w.ids) && first == p[0] && w.ids[i+1] == p[1]
			if joins {
				i++
				last, now = p[1], result
			}
			if len(kept) > 0 && (joins || joined) {
				l.count(pair{before, first}, -w.count)
				q := pair{kept[len(kept)-1], now}
				l.count(q, w.count)
				l.found(q, at)
				changed[q] = true
			}
			kept = append(kept, now)
			before, joined = last, joins
		}
		w.ids = kept
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
