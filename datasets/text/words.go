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
type Words struct {
	Lower   bool `json:"lower,omitempty"`   // fold to lower case
	Clitics bool `json:"clitics,omitempty"` // cut as the Penn Treebank does: it 's, do n't, we 'll
	Hyphens bool `json:"hyphens,omitempty"` // keep words with hyphens whole: well-made, ein- und
}

var _ Tokenizer = Words{}

// Tokenize implements [Tokenizer].
func (w Words) Tokenize(s string) []string {
	s = composed(s)
	if w.Lower {
		s = strings.ToLower(s)
	}
	tokens := make([]string, 0, len(s)/5+1)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		end := i + n
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			i = end
			continue
		case r == utf8.RuneError && n == 1:
		case isIdeograph(r):
		case isWord(r):
			end = w.wordEnd(s, i)
			if w.Clitics {
				tokens = appendClitics(tokens, s[i:end])
				i = end
				continue
			}
		case w.Clitics && isApostrophe(r) && cliticLen(s[i:]) > 0 && (i == 0 || isSpaceBefore(s, i)):
			end = i + cliticLen(s[i:])
		case repeats(r):
			for strings.HasPrefix(s[end:], s[i:i+n]) {
				end += n
			}
		case r >= utf8.RuneSelf:
			// Emoji of several code points; ASCII has none.
			cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(s[i:], -1)
			end = i + len(cluster)
		}
		tokens = append(tokens, s[i:end])
		i = end
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
		if !isApostrophe(r) && !(w.Hyphens && isHyphen(r)) {
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

// Detokenize implements [Tokenizer]. It puts a space between tokens but for punctuation that belongs to one side,
// clitics, and quotation marks, of which the first of each pair opens.
func (w Words) Detokenize(tokens []string) string {
	var b strings.Builder
	glue := true // no space before the next token
	open := map[string]bool{}
	var before rune
	for _, t := range tokens {
		if t == "" {
			continue
		}
		first, n := utf8.DecodeRuneInString(t)
		attached, glueNext := false, false
		switch {
		case n == len(t) && (first == '"' || isApostrophe(first)):
			attached, glueNext = open[t], !open[t]
			open[t] = !open[t]
		case t == "“" && open["„"]: // German quotation marks close with what opens English ones
			attached, open["„"] = true, false
		case n == len(t) && strings.ContainsRune(".,;:!?)]}%»”…。，、！？：；）」』", first), t == "...":
			attached = true
		case n == len(t) && strings.ContainsRune("([{«“„‘$€£¿¡#（「『", first):
			glueNext = true
			open[t] = true
		case isApostrophe(first) && cliticLen(t) == len(t), strings.EqualFold(t, "n't"), strings.EqualFold(t, "n’t"):
			attached = true
		case isIdeograph(first) && isIdeograph(before):
			attached = true
		}
		if !glue && !attached {
			b.WriteByte(' ')
		}
		b.WriteString(t)
		glue = glueNext
		before, _ = utf8.DecodeLastRuneInString(t)
	}
	return b.String()
}
