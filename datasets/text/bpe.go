package text

import (
	"container/heap"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// BPE cuts text into sub-words by byte-pair encoding (Sennrich, Haddow and Birch 2016): each word begins as its
// characters, and the merges, in the order in which they were learnt, join neighbours. It is made by [LearnBPE],
// [ReadMerges] or [ReadTokenizerJSON].
type BPE struct {
	around  pipeline
	symbols []string         // every token
	ids     map[string]int32 // the place of each in symbols
	rules   map[pair]rule
	merges  [][2]string
	added   []addedToken // tokens that are found in the text as they are, longest first
	unknown string       // stands for characters that are no symbol; "" keeps them
	fuse    bool         // whether neighbouring unknown characters are one token
	prefix  string       // begins the characters of a word but the first
	suffix  string       // ends the last character of a word
	bytes   bool         // spell unknown characters as bytes: <0xE2>
	whole   bool         // a word that is a symbol needs no merges
	file    json.RawMessage
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
		around: around,
		ids:    make(map[string]int32, len(symbols)+len(merges)),
		rules:  make(map[pair]rule, len(merges)),
		merges: merges,
		cache:  &wordCache{tokens: map[string][]string{}},
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
	if _, ok := b.rules[p]; !ok {
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
	var tokens []string
	for s != "" {
		before, token, after := b.cutAdded(s)
		for _, word := range b.around.split(before) {
			tokens = append(tokens, b.word(word)...)
		}
		if token != "" {
			tokens = append(tokens, token)
		}
		s = after
	}
	return tokens
}

// cutAdded cuts s around the first added token in it, and takes the white space away that the token absorbs.
func (b *BPE) cutAdded(s string) (before, token, after string) {
	at := len(s)
	var found addedToken
	for _, a := range b.added {
		// The longest come first, so that only an earlier place counts.
		if i := strings.Index(s[:min(len(s), at+len(a.Content)-1)], a.Content); i >= 0 {
			at, found = i, a
		}
	}
	before, token, after = s[:at], found.Content, s[at+len(found.Content):]
	if found.LStrip {
		before = strings.TrimRightFunc(before, unicode.IsSpace)
	}
	if found.RStrip {
		after = strings.TrimLeftFunc(after, unicode.IsSpace)
	}
	return before, token, after
}

// Detokenize implements [Tokenizer].
func (b *BPE) Detokenize(tokens []string) string { return b.around.join(tokens) }

// wordCache remembers the tokens of words.
type wordCache struct {
	mu     sync.RWMutex
	tokens map[string][]string
}

// The cache holds words up to these limits. Natural text repeats a few thousand words; the rest is not worth the
// memory.
const (
	cachedWords = 1 << 16
	cachedBytes = 64
)

// word returns the tokens of a word. The caller must not change them.
func (b *BPE) word(w string) []string {
	c := b.cache
	c.mu.RLock()
	tokens, ok := c.tokens[w]
	c.mu.RUnlock()
	if ok {
		return tokens
	}
	tokens = b.apply(w)
	if len(w) <= cachedBytes {
		c.mu.Lock()
		if len(c.tokens) < cachedWords {
			c.tokens[strings.Clone(w)] = tokens
		}
		c.mu.Unlock()
	}
	return tokens
}

// spell returns the symbols of a word before any merge. An id below 0 is a text that is no symbol.
func (b *BPE) spell(w string) (texts []string, ids []int32) {
	for i := 0; i < len(w); {
		_, n := utf8.DecodeRuneInString(w[i:])
		s := w[i : i+n]
		if i > 0 {
			s = b.prefix + s
		}
		if i+n == len(w) {
			s += b.suffix
		}
		switch id, ok := b.ids[s]; {
		case ok:
			texts, ids = append(texts, b.symbols[id]), append(ids, id)
		case b.bytes && b.hasBytes(w[i:i+n]):
			for _, c := range []byte(w[i : i+n]) {
				name := byteName(c)
				texts, ids = append(texts, name), append(ids, b.ids[name])
			}
		case b.unknown == "":
			// A copy: the word may be part of a large text.
			texts, ids = append(texts, strings.Clone(s)), append(ids, -1)
		case b.fuse && len(texts) > 0 && texts[len(texts)-1] == b.unknown:
		default:
			texts, ids = append(texts, b.unknown), append(ids, -1)
		}
		i += n
	}
	return texts, ids
}

func (b *BPE) hasBytes(s string) bool {
	for _, c := range []byte(s) {
		if _, ok := b.ids[byteName(c)]; !ok {
			return false
		}
	}
	return true
}

// apply merges the symbols of a word, the earliest learnt pair first and the leftmost first of equals. The time is of
// the order n·log n in its length.
func (b *BPE) apply(w string) []string {
	if b.whole {
		if id, ok := b.ids[w]; ok {
			return []string{b.symbols[id]}
		}
	}
	texts, ids := b.spell(w)
	n := len(ids)
	// A list of the symbols that are left; -1 ends it.
	next, prev := make([]int32, n), make([]int32, n)
	for i := range n {
		next[i], prev[i] = int32(i+1), int32(i-1)
	}
	if n > 0 {
		next[n-1] = -1
	}
	var q candidates
	consider := func(left int32) {
		if left < 0 || next[left] < 0 {
			return
		}
		p := pair{ids[left], ids[next[left]]}
		if r, ok := b.rules[p]; ok {
			q = append(q, candidate{r.rank, left, p})
		}
	}
	for i := range n {
		consider(int32(i))
	}
	heap.Init(&q)
	for len(q) > 0 {
		c := heap.Pop(&q).(candidate)
		left := c.left
		// The symbols may have been merged with others since.
		if ids[left] != c.pair[0] || next[left] < 0 || ids[next[left]] != c.pair[1] {
			continue
		}
		right := next[left]
		ids[left] = b.rules[c.pair].result
		texts[left] = b.symbols[ids[left]]
		ids[right] = -1
		next[left] = next[right]
		if next[left] >= 0 {
			prev[next[left]] = left
		}
		for _, l := range [2]int32{prev[left], left} {
			before := len(q)
			consider(l)
			if len(q) > before {
				heap.Fix(&q, before)
			}
		}
	}
	tokens := texts[:0]
	for i := int32(0); i >= 0 && int(i) < n; i = next[i] {
		tokens = append(tokens, texts[i])
	}
	return tokens
}

// candidate is a pair of a word that may be merged.
type candidate struct {
	rank, left int32
	pair       pair
}

type candidates []candidate

func (q candidates) Len() int { return len(q) }
func (q candidates) Less(i, j int) bool {
	if q[i].rank != q[j].rank {
		return q[i].rank < q[j].rank
	}
	return q[i].left < q[j].left
}
func (q candidates) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *candidates) Push(x any)   { *q = append(*q, x.(candidate)) }
func (q *candidates) Pop() any {
	last := len(*q) - 1
	c := (*q)[last]
	*q = (*q)[:last]
	return c
}

// bpeJSON is the form of a BPE in a file: a tokenizer.json as it was read, or the rest.
type bpeJSON struct {
	File    json.RawMessage `json:"file,omitempty"`
	Words   *Words          `json:"words,omitempty"` // nil is byte-level
	Symbols []string        `json:"symbols,omitempty"`
	Merges  [][2]string     `json:"merges,omitempty"`
}

// MarshalJSON writes the tokenizer.
func (b *BPE) MarshalJSON() ([]byte, error) {
	if b.file != nil {
		return json.Marshal(bpeJSON{File: b.file})
	}
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
		if j.File != nil {
			return parseTokenizerJSON(j.File)
		}
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
