package text

// trie finds the tokens that a text begins with. It does not change once it is filled.
type trie struct {
	next   map[uint64]int32 // by node and byte
	values []int32          // of nodes; -1 is none
}

// mostTrie is how many nodes there may be. The largest vocabularies in use, of a quarter of a million tokens, have
// about one million.
const mostTrie = 1 << 22

func newTrie() *trie { return &trie{next: map[uint64]int32{}, values: []int32{-1}} }

// add adds a token with its value, or changes that. It reports whether there is room for it.
func (t *trie) add(token string, value int32) bool {
	node := int32(0)
	for i := range len(token) {
		key := uint64(node)<<8 | uint64(token[i])
		next, ok := t.next[key]
		if !ok {
			if len(t.values) >= mostTrie {
				return false
			}
			next = int32(len(t.values))
			t.next[key] = next
			t.values = append(t.values, -1)
		}
		node = next
	}
	t.values[node] = value
	return true
}

// step goes from a node on by a byte; below 0 there is none.
func (t *trie) step(node int32, c byte) int32 {
	if next, ok := t.next[uint64(node)<<8|uint64(c)]; ok {
		return next
	}
	return -1
}

// longest returns the length and value of the longest token that s begins with, or 0.
func (t *trie) longest(s string) (length int, value int32) {
	node := int32(0)
	for i := range len(s) {
		if node = t.step(node, s[i]); node < 0 {
			break
		}
		if v := t.values[node]; v >= 0 {
			length, value = i+1, v
		}
	}
	return length, value
}
