package text

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// BPE cuts text into sub-words by byte-pair encoding (Sennrich, Haddow and Birch 2016): each word begins as its
// characters, and the merges, in the order in which they were learnt, join neighbours. It is made by [LearnBPE] or
// [ReadMerges]. It does not change and may be used from several goroutines at once.
type BPE struct {
	around  pipeline
	symbols []string         // every token
	ids     map[string]int32 // the place of each in symbols
	rules   map[pair]rule
	merges  [][2]string
	unknown int32  // stands for characters that are no symbol; below 0 there is none
	drop    bool   // leaves out unknown characters without a symbol, which are tokens of their own otherwise
	fuse    bool   // whether neighbouring unknown characters are one token
	prefix  string // begins the characters of a word but the first
	suffix  string // ends the last character of a word
	bytes   bool   // spell unknown characters as bytes: <0xE2>
	whole   bool   // a word that is a symbol needs no merges
	cache   *wordCache
}

var _ Tokenizer = (*BPE)(nil)

// pair is two neighbouring symbols, rule what they become and how early.
type (
	pair [2]int32
	rule struct{ rank, result int32 }
)

// pipeline is what happens to text around the merges.
type pipeline interface {
	split(s string) []string     // text to words
	join(tokens []string) string // tokens to text
}

// endOfWord ends the last symbol of a word, as in subword-nmt.
const endOfWord = "</w>"

// wordPipeline cuts words, whose last symbols end with endOfWord.
type wordPipeline struct {
	words Words
	known func(space string) bool // as of Words.tokenize
}

func (p wordPipeline) split(s string) []string { return p.words.tokenize(s, p.known) }

func (p wordPipeline) join(tokens []string) string {
	var words []string
	var word strings.Builder
	for _, t := range tokens {
		part, ended := strings.CutSuffix(t, endOfWord)
		word.WriteString(part)
		if ended || t == specialNames[Unknown] {
			words = append(words, word.String())
			word.Reset()
		}
	}
	if word.Len() > 0 {
		words = append(words, word.String())
	}
	return p.words.Detokenize(words)
}

// bytePipeline cuts text as GPT-2 does and spells it in bytes, so that nothing is unknown and nothing is lost.
type bytePipeline struct{}

func (bytePipeline) split(s string) []string {
	words := splitGPT2(s)
	for i, w := range words {
		words[i] = bytesToSymbols(w)
	}
	return words
}

func (bytePipeline) join(tokens []string) string { return symbolsToBytes(strings.Join(tokens, "")) }

// aroundWords has the tokenizer cut words first, in which it knows the spaces that its symbols have.
func (b *BPE) aroundWords(w Words) {
	ids := b.ids
	b.around, b.suffix = wordPipeline{w, func(space string) bool { _, ok := ids[space]; return ok }}, endOfWord
}

// newBPE returns a tokenizer of the symbols, to which the results of the merges are added.
func newBPE(around pipeline, symbols []string, merges [][2]string) (*BPE, error) {
	b := &BPE{
		around:  around,
		ids:     make(map[string]int32, len(symbols)+len(merges)),
		rules:   make(map[pair]rule, len(merges)),
		merges:  merges,
		cache:   newWordCache(),
		unknown: -1,
	}
	for _, s := range symbols {
		b.symbol(s)
	}
	for i, m := range merges {
		if err := b.addMerge(i, m[0], m[1], m[0]+m[1]); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// addMerge adds a merge of a rank, counted from 0.
func (b *BPE) addMerge(rank int, left, right, result string) error {
	if left == "" || right == "" {
		return errors.Errorf("merge %d joins nothing: %.40q and %.40q", rank+1, left, right)
	}
	p := pair{b.symbol(left), b.symbol(right)}
	// Of a merge that is there twice, files of the library mean the last and others the first.
	if _, ok := b.rules[p]; !ok || b.drop {
		b.rules[p] = rule{int32(rank), b.symbol(result)}
	}
	return nil
}

// symbol returns the place of a symbol, which it adds if it is new.
func (b *BPE) symbol(s string) int32 {
	id, ok := b.ids[s]
	if !ok {
		id = int32(len(b.symbols))
		b.ids[s] = id
		b.symbols = append(b.symbols, s)
	}
	return id
}

// Vocabulary returns every token there can be, but for characters that never occurred.
func (b *BPE) Vocabulary() []string { return slices.Clone(b.symbols) }

// Merges returns the number of merges.
func (b *BPE) Merges() int { return len(b.rules) }

// Tokenize implements [Tokenizer].
func (b *BPE) Tokenize(s string) []string {
	words := b.around.split(s)
	tokens := make([]string, 0, len(words)+len(words)/2)
	for _, word := range words {
		tokens = append(tokens, b.word(word)...)
	}
	return tokens
}

// Detokenize implements [Tokenizer].
func (b *BPE) Detokenize(tokens []string) string { return b.around.join(tokens) }

// word returns the tokens of a word. The caller must not change them.
func (b *BPE) word(w string) []string { return b.cache.get(w, b.apply) }

// spell returns the symbols of a word before any merge. Below 0 are those of texts that are no symbol: -1 is the first
// of them, and so on.
func (b *BPE) spell(w string) (ids []int32, texts []string) {
	ids = make([]int32, 0, len(w))
	pending := false // an unknown symbol is written when the next known one comes
	flush := func() {
		if pending {
			ids, pending = append(ids, b.unknown), false
		}
	}
	for i := 0; i < len(w); {
		_, n := utf8.DecodeRuneInString(w[i:])
		s := w[i : i+n]
		if i > 0 && b.prefix != "" {
			s = b.prefix + s
		}
		if i+n == len(w) && b.suffix != "" {
			s += b.suffix
		}
		switch id, ok := b.ids[s]; {
		case ok:
			flush()
			ids = append(ids, id)
		case b.bytes && b.hasBytes(s):
			// Before the unknown one, as in the library.
			for _, c := range []byte(s) {
				ids = append(ids, b.ids[byteNames[c]])
			}
		case b.unknown >= 0:
			if !b.fuse {
				flush()
			}
			pending = true
		case !b.drop:
			// A copy: the word may be part of a large text.
			texts = append(texts, strings.Clone(s))
			ids = append(ids, int32(-len(texts)))
		}
		i += n
	}
	flush()
	return ids, texts
}

func (b *BPE) hasBytes(s string) bool {
	for _, c := range []byte(s) {
		if _, ok := b.ids[byteNames[c]]; !ok {
			return false
		}
	}
	return true
}

// apply merges the symbols of a word, the earliest learnt pair first and the leftmost first of equals.
func (b *BPE) apply(w string) []string {
	if b.whole {
		if id, ok := b.ids[w]; ok {
			return []string{b.symbols[id]}
		}
	}
	ids, texts := b.spell(w)
	if len(ids) <= shortWord {
		ids = b.mergeShort(ids)
	} else {
		ids = b.mergeLong(ids)
	}
	tokens := make([]string, len(ids))
	for i, id := range ids {
		if id < 0 {
			tokens[i] = texts[-id-1]
		} else {
			tokens[i] = b.symbols[id]
		}
	}
	return tokens
}

// shortWord is up to how many symbols it is faster to look through all pairs for each merge: 48 takes as long either
// way.
const shortWord = 32

// mergeShort takes the square of the length in time.
func (b *BPE) mergeShort(ids []int32) []int32 {
	none := rule{rank: math.MaxInt32}
	var rules [shortWord]rule
	find := func(i int) {
		rules[i] = none
		if i >= 0 && i+1 < len(ids) {
			if r, ok := b.rules[pair{ids[i], ids[i+1]}]; ok {
				rules[i] = r
			}
		}
	}
	for i := range ids {
		find(i)
	}
	for {
		best := none
		at := -1
		for i := range max(len(ids)-1, 0) {
			if rules[i].rank < best.rank {
				best, at = rules[i], i
			}
		}
		if at < 0 {
			return ids
		}
		ids[at] = best.result
		ids = append(ids[:at+1], ids[at+2:]...)
		copy(rules[at+1:], rules[at+2:])
		find(at)
		if at > 0 {
			find(at - 1)
		}
	}
}

// mergeLong takes time of the order n·log n in the length.
func (b *BPE) mergeLong(ids []int32) []int32 {
	n := len(ids)
	// A list of the symbols that are left; -1 ends it.
	next, prev := make([]int32, n), make([]int32, n)
	for i := range n {
		next[i], prev[i] = int32(i+1), int32(i-1)
	}
	next[n-1] = -1
	var q candidates
	consider := func(left int32) bool {
		if left < 0 || next[left] < 0 {
			return false
		}
		p := pair{ids[left], ids[next[left]]}
		r, ok := b.rules[p]
		if ok {
			q = append(q, candidate{r.rank, left, p})
		}
		return ok
	}
	for i := range n {
		consider(int32(i))
	}
	q.init()
	const gone = math.MinInt32
	for len(q) > 0 {
		c := q.pop()
		left := c.left
		// The symbols may have been merged with others since.
		if ids[left] != c.pair[0] || next[left] < 0 || ids[next[left]] != c.pair[1] {
			continue
		}
		right := next[left]
		ids[left] = b.rules[c.pair].result
		ids[right] = gone
		next[left] = next[right]
		if next[left] >= 0 {
			prev[next[left]] = left
		}
		for _, l := range [2]int32{prev[left], left} {
			if consider(l) {
				q.up(len(q) - 1)
			}
		}
	}
	kept := ids[:0]
	for i := int32(0); i >= 0; i = next[i] {
		kept = append(kept, ids[i])
	}
	return kept
}

// candidate is a pair of a word that may be merged.
type candidate struct {
	rank, left int32
	pair       pair
}

// candidates is a heap, the next merge first. It is written out since package container/heap allocates each entry.
type candidates []candidate

func (q candidates) less(i, j int) bool {
	if q[i].rank != q[j].rank {
		return q[i].rank < q[j].rank
	}
	return q[i].left < q[j].left
}

func (q candidates) init() {
	for i := len(q)/2 - 1; i >= 0; i-- {
		q.down(i)
	}
}

func (q candidates) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !q.less(i, parent) {
			return
		}
		q[i], q[parent] = q[parent], q[i]
		i = parent
	}
}

func (q candidates) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(q) {
			return
		}
		if child+1 < len(q) && q.less(child+1, child) {
			child++
		}
		if !q.less(child, i) {
			return
		}
		q[i], q[child] = q[child], q[i]
		i = child
	}
}

func (q *candidates) pop() candidate {
	top, last := (*q)[0], len(*q)-1
	(*q)[0] = (*q)[last]
	*q = (*q)[:last]
	q.down(0)
	return top
}

// bpeJSON is the form of a BPE in a file.
type bpeJSON struct {
	Words   *Words      `json:"words,omitempty"` // nil is byte-level
	Symbols []string    `json:"symbols,omitempty"`
	Merges  [][2]string `json:"merges,omitempty"`
}

// MarshalJSON writes the tokenizer.
func (b *BPE) MarshalJSON() ([]byte, error) {
	j := bpeJSON{Symbols: b.symbols, Merges: b.merges}
	if p, ok := b.around.(wordPipeline); ok {
		j.Words = &p.words
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (b *BPE) UnmarshalJSON(data []byte) error {
	var j bpeJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	read, err := func() (*BPE, error) {
		if j.Words == nil {
			return newBPE(bytePipeline{}, j.Symbols, j.Merges)
		}
		read, err := newBPE(nil, j.Symbols, j.Merges)
		if err == nil {
			read.aroundWords(*j.Words)
		}
		return read, err
	}()
	if err != nil {
		return err
	}
	*b = *read
	return nil
}
