package text

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// byteSymbols gives each byte a visible character, as GPT-2 does: those of Latin-1 that can be seen stand for
// themselves, the others follow from U+0100 on. Tokens of bytes are then valid text, whatever the bytes.
var byteSymbols, symbolBytes = func() (to [256]rune, from map[rune]byte) {
	from = make(map[rune]byte, 256)
	shifted := rune(256)
	for b := range to {
		r := rune(b)
		if !('!' <= r && r <= '~' || '¡' <= r && r <= '¬' || '®' <= r && r <= 'ÿ') {
			r = shifted
			shifted++
		}
		to[b], from[r] = r, byte(b)
	}
	return to, from
}()

// byteAlphabet returns the symbols of all bytes, in the order of their characters.
func byteAlphabet() []string {
	symbols := make([]string, len(byteSymbols))
	for b, r := range byteSymbols {
		symbols[b] = string(r)
	}
	slices.Sort(symbols)
	return symbols
}

// byteTexts are the symbols as text.
var byteTexts = func() (texts [256]string) {
	for b, r := range byteSymbols {
		texts[b] = string(r)
	}
	return texts
}()

// bytesToSymbols spells s in the symbols of its bytes.
func bytesToSymbols(s string) string {
	var short [2 * cachedBytes]byte // enough for most words
	b := short[:0]
	for i := range len(s) {
		b = append(b, byteTexts[s[i]]...)
	}
	return string(b)
}

// symbolsToBytes undoes bytesToSymbols. A character that is no symbol of a byte, such as of a special token, stands for
// itself.
func symbolsToBytes(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if c, ok := symbolBytes[r]; ok {
			b = append(b, c)
		} else {
			b = utf8.AppendRune(b, r)
		}
	}
	return string(b)
}

// byteName is the token of a byte in vocabularies that fall back on bytes.
func byteName(b byte) string { return fmt.Sprintf("<0x%02X>", b) }

var byteNames = func() (names [256]string) {
	for b := range names {
		names[b] = byteName(byte(b))
	}
	return names
}()

// splitGPT2 cuts s as the regular expression of GPT-2 does, without losing anything: contractions; words, numbers and
// other runs, each with one space before it; and white space, whose last character belongs to what follows it.
//
//	's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
func splitGPT2(s string) []string {
	words := make([]string, 0, len(s)/5+1)
	for i := 0; i < len(s); {
		end := i + contraction(s[i:])
		if end == i {
			from := i
			if s[i] == ' ' {
				from++
			}
			end = from + sameClass(s[from:])
			if end == from { // white space, or a space at the end
				end = i + spaces(s[i:])
			}
		}
		words = append(words, s[i:end])
		i = end
	}
	return words
}

func contraction(s string) int {
	if s[0] == '\'' {
		for _, c := range []string{"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"} {
			if strings.HasPrefix(s, c) {
				return len(c)
			}
		}
	}
	return 0
}

type class int

const (
	space class = iota
	letter
	number
	other
)

func classOf(r rune) class {
	if r < utf8.RuneSelf {
		return asciiClasses[r]
	}
	return classOfRune(r)
}

var asciiClasses = func() (classes [utf8.RuneSelf]class) {
	for r := range classes {
		classes[r] = classOfRune(rune(r))
	}
	return classes
}()

func classOfRune(r rune) class {
	switch {
	case unicode.IsSpace(r):
		return space
	case unicode.IsLetter(r):
		return letter
	case unicode.IsNumber(r):
		return number
	}
	return other
}

// sameClass returns the length of the run of letters, of numbers or of other characters but white space that s begins
// with.
func sameClass(s string) int {
	first, end := other, 0
	for end < len(s) {
		r, n := utf8.DecodeRuneInString(s[end:])
		c := classOf(r)
		if end == 0 {
			first = c
		}
		if c == space || c != first {
			break
		}
		end += n
	}
	return end
}

// spaces returns how much of the white space that s begins with is one piece: all at the end of the text, and else all
// but its last character, if more is there.
func spaces(s string) int {
	end, last := 0, 0
	for end < len(s) {
		r, n := utf8.DecodeRuneInString(s[end:])
		if !unicode.IsSpace(r) {
			break
		}
		end, last = end+n, n
	}
	if end < len(s) && end > last {
		end -= last
	}
	return end
}
