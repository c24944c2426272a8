package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Words cuts text into words and splits punctuation off: a word is a run of letters, digits and their marks with
// apostrophes inside it (don't), after Unicode's form NFC. Every other visible character is a token of its own, where
// an emoji with its modifiers counts as one and so does a run of the same dots, dashes, backquotes or apostrophes
// ("...", "--"). A Chinese or Japanese character is a word, since nothing but a dictionary says where words end there.
//
// Tokens that are Marked say what stood between them, so that Detokenize gives the text back: "3.5 % (or so)" is cut into
// "3", ".￭", "5", "▁%", "(", "or", "so", ")". A mark is there only where the guess of Detokenize would be wrong, ￭ for
// nothing and ▁ for a space; a space of another kind, which does not break or is thin, is its own mark. Characters that
// control how others are joined, as in Persian, belong to the words that they are within. Of the text three things are
// lost: letters and their accents are composed (NFC); white space at its ends; and of other white space and control
// characters all but one space, which is the first of another kind than ASCII's, if there is one.
type Words struct {
	Lower   bool `json:"lower,omitempty"`   // fold to lower case
	Clitics bool `json:"clitics,omitempty"` // cut as the Penn Treebank does: it 's, do n't, we 'll
	Hyphens bool `json:"hyphens,omitempty"` // keep words with hyphens whole: well-made, ein- und
	Marked  bool `json:"marked,omitempty"`  // mark what stood between tokens, for text that is to be written back
}

var _ Tokenizer = Words{}

// Tokenize implements [Tokenizer].
func (w Words) Tokenize(s string) []string { return w.tokenize(s, nil) }

// tokenize cuts as Tokenize does. Spaces that are not those of ASCII are taken for them unless they are known; nil knows
// them all.
func (w Words) tokenize(s string, known func(space string) bool) []string {
	s = composed(s)
	if w.Lower {
		s = strings.ToLower(s)
	}
	tokens := make([]string, 0, len(s)/5+1)
	var gaps []string // what stands before each token, if they are marked
	gap := ""
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		end := i + n
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			if gap == "" || gap == " " {
				gap = " "
				if isOtherSpace(r) && (known == nil || known(s[i:end])) {
					gap = s[i:end]
				}
			}
			i = end
			continue
		case r == utf8.RuneError && n == 1:
		case isIdeograph(r):
		case isWord(r):
			end = w.wordEnd(s, i)
		case w.Clitics && isApostrophe(r) && cliticLen(s[i:]) > 0 && (i == 0 || isSpaceBefore(s, i)):
			end = i + cliticLen(s[i:])
		case repeats(r):
			for strings.HasPrefix(s[end:], s[i:i+n]) {
				end += n
			}
		case r >= utf8.RuneSelf:
			// Emoji of several code points; ASCII has none.
			cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(s[i:], -1)
			if at := strings.IndexFunc(cluster, unicode.IsSpace); w.Marked && at > 0 { // behind an Arabic number sign
				cluster = cluster[:at]
			}
			end = i + len(cluster)
		}
		if w.Clitics && isWord(r) && !isIdeograph(r) {
			tokens = appendClitics(tokens, s[i:end])
		} else {
			tokens = append(tokens, s[i:end])
		}
		i = end
		if w.Marked {
			for len(gaps) < len(tokens) {
				gaps = append(gaps, gap)
				gap = ""
			}
		}
	}
	if w.Marked {
		marks(tokens, gaps)
	}
	return tokens
}

// wordEnd returns where the word that begins at i ends.
func (w Words) wordEnd(s string, i int) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if isWord(r) && !isIdeograph(r) {
			i += n
			continue
		}
		if !isApostrophe(r) && !(w.Hyphens && isHyphen(r)) && !(w.Marked && unicode.Is(unicode.Cf, r)) {
			break
		}
		if w.Hyphens && isHyphen(r) && isCutShort(s[i+n:]) {
			return i + n
		}
		// Only between two letters, so that quotation marks are split off.
		if next, _ := utf8.DecodeRuneInString(s[i+n:]); !isWord(next) || isIdeograph(next) {
			break
		}
		i += n
	}
	return i
}

func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}

func isApostrophe(r rune) bool { return r == '\'' || r == '’' }

// isCutShort reports whether a word goes on behind the space that s begins with, as in German (Ein- und Ausgang).
func isCutShort(s string) bool {
	rest, ok := strings.CutPrefix(s, " ")
	r, _ := utf8.DecodeRuneInString(rest)
	return ok && unicode.IsLetter(r)
}

func isHyphen(r rune) bool { return r == '-' || r == '\u2010' || r == '\u2011' }

// repeats reports whether a run of r is one token.
func repeats(r rune) bool {
	switch r {
	case '.', '-', '`', '\'':
		return true
	}
	return false
}

func isIdeograph(r rune) bool {
	return r >= 0x2e80 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r == 'ー')
}

func isSpaceBefore(s string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return unicode.IsSpace(r)
}

// clitics are the English ones, without their apostrophe.
var clitics = [...]string{"s", "re", "ve", "ll", "d", "m"}

// cliticLen returns the length of the clitic that s begins with, such as that of "'s", or 0.
func cliticLen(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	end := n
	for end < len(s) {
		r, k := utf8.DecodeRuneInString(s[end:])
		if !isWord(r) {
			break
		}
		end += k
	}
	for _, c := range clitics {
		if strings.EqualFold(s[n:end], c) {
			return end
		}
	}
	return 0
}

// appendClitics appends a word, cut before its clitics.
func appendClitics(tokens []string, word string) []string {
	for i, r := range word {
		if !isApostrophe(r) || i == 0 {
			continue
		}
		if n := cliticLen(word[i:]); n > 0 && i+n == len(word) {
			return append(tokens, word[:i], word[i:])
		}
		// The n of don't belongs to the clitic.
		last := word[i-1]
		rest := word[i+utf8.RuneLen(r):]
		if (last == 'n' || last == 'N') && (rest == "t" || rest == "T") {
			if i == 1 { // "n't", cut already
				return append(tokens, word)
			}
			return append(tokens, word[:i-1], word[i-1:])
		}
	}
	return append(tokens, word)
}

// Detokenize implements [Tokenizer]. Where no mark says what stood there, it puts a space between tokens but for
// punctuation that belongs to one side, clitics, and quotation marks, of which the first of each pair opens.
func (w Words) Detokenize(tokens []string) string {
	if w.Marked {
		return joinMarked(tokens)
	}
	var b strings.Builder
	p := newSpacing(false)
	for _, t := range tokens {
		if t == "" {
			continue
		}
		gap := p.gap(t)
		b.WriteString(gap)
		b.WriteString(t)
		p.add(t, gap == "")
	}
	return b.String()
}
