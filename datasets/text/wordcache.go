package text

import (
	"strings"
	"sync"
)

// wordCache remembers the tokens of words.
type wordCache struct {
	mu     sync.RWMutex
	tokens map[string][]string
}

func newWordCache() *wordCache { return &wordCache{tokens: map[string][]string{}} }

// The cache holds words up to these limits. Natural text repeats a few thousand words; the rest is not worth the
// memory.
const (
	cachedWords = 1 << 16
	cachedBytes = 64
)

// get returns the tokens of a word, which cut cuts if they are not known. The caller must not change them.
func (c *wordCache) get(w string, cut func(string) []string) []string {
	if len(w) > cachedBytes {
		return cut(w)
	}
	c.mu.RLock()
	tokens, ok := c.tokens[w]
	c.mu.RUnlock()
	if ok {
		return tokens
	}
	tokens = cut(w)
	c.mu.Lock()
	if len(c.tokens) < cachedWords {
		c.tokens[strings.Clone(w)] = tokens
	}
	c.mu.Unlock()
	return tokens
}

// cached is a model that remembers the tokens of words.
type cached struct {
	model
	cache *wordCache
}

func (c cached) word(w string) []string { return c.cache.get(w, c.model.word) }
