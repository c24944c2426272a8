package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// addedToken is a token that is found in a text as it is, before the model sees it.
type addedToken struct {
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"` // not within a word
	LStrip     bool   `json:"lstrip"`      // takes the white space before it
	RStrip     bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"` // is searched for in the normalized text, in its normalized form
}

// addedTokens finds added tokens: the earliest, of these the longest.
type addedTokens struct {
	tokens []addedToken
	trie   *trie
	starts [256]bool
}

// addTokens notes the added tokens of a file. Those of a text that is there twice count once, and empty ones not at
// all.
func (t *TokenizerJSON) addTokens(tokens []addedToken) error {
	t.literal, t.normal = &addedTokens{trie: newTrie()}, &addedTokens{trie: newTrie()}
	known, seen := map[string]bool{}, map[string]bool{}
	for _, s := range t.symbols {
		known[s] = true
	}
	for _, a := range tokens {
		if a.Content == "" || seen[a.Content] {
			continue
		}
		if len(a.Content) > longestToken {
			return errors.Errorf("token %.40q… has %d bytes; no more than %d are read", a.Content, len(a.Content), longestToken)
		}
		seen[a.Content] = true
		in := t.literal
		if a.Normalized {
			// The library shows such a token in this form, too.
			in, a.Content = t.normal, t.normalize(a.Content)
		}
		if a.Content == "" {
			continue
		}
		if !known[a.Content] {
			known[a.Content] = true
			t.symbols = append(t.symbols, a.Content)
		}
		if !in.trie.add(a.Content, int32(len(in.tokens))) {
			return errors.Errorf("more than %d different characters of tokens", mostTrie)
		}
		in.tokens = append(in.tokens, a)
		in.starts[a.Content[0]] = true
	}
	return nil
}

// split calls part with the parts of s in order, each either a token or, with "", what is between. Parts are not empty.
func (a *addedTokens) split(s string, part func(from, to int, token string)) {
	done := 0
	for at := 0; at < len(s) && len(a.tokens) > 0; {
		if !a.starts[s[at]] {
			at++
			continue
		}
		length, found := a.trie.longest(s[at:])
		if length == 0 {
			at++
			continue
		}
		token := &a.tokens[found]
		from, to := at, at+length
		at = to
		if token.SingleWord && (endsWithWord(s[:from]) || beginsWithWord(s[to:])) {
			continue
		}
		if token.LStrip {
			from = max(done, len(strings.TrimRightFunc(s[:from], unicode.IsSpace)))
		}
		if token.RStrip {
			to = len(s) - len(strings.TrimLeftFunc(s[to:], unicode.IsSpace))
		}
		if done < from {
			part(done, from, "")
		}
		part(from, to, token.Content)
		done = to
	}
	if done < len(s) {
		part(done, len(s), "")
	}
}

// isWordRune is \w where it is not Oniguruma's: with the joiners that have no width.
func isWordRune(r rune) bool { return rustWord.has(r) }

var rustWord = wordRunes().or(setOf('\u200c', '\u200d'))

func endsWithWord(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return s != "" && isWordRune(r)
}

func beginsWithWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && isWordRune(r)
}

func skipRune(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[n:]
}
