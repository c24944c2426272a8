package texts

import (
	"cmp"
	"iter"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rnnzoo/rnnzoo/internal/shell"
)

const (
	mostSearched = 1000 // texts that are looked at for an example: among so many one is short
	mostShown    = 60   // characters of an example, so that the command before it and it are about a line
	fewestWords  = 3    // of which a text says something, or of a language without spaces
	fewestShown  = 12   // characters
)

// Example returns the shortest of the first thousand texts that says something, on one line and without what a terminal does
// not show. Longer ones are cut between words where all are long. It is "" if no text will do.
func Example(all iter.Seq[string]) string {
	best, rank := "", 0
	seen := 0
	for s := range all {
		if seen++; seen > mostSearched {
			break
		}
		s = oneLine(s)
		length, mine := utf8.RuneCountInString(s), 0
		if s = cut(s); s == "" || named.MatchString(s) {
			continue
		}
		switch short := len(strings.Fields(s)) < fewestWords && length < fewestShown; {
		case short: // better than nothing, and the longest of these says most
			mine = 1<<30 - length
		case length > mostShown:
			mine = 1<<20 + min(length, 1<<20)
		default:
			mine = length
		}
		if best == "" || cmp.Less(mine, rank) {
			best, rank = s, mine
		}
	}
	return best
}

// Quoted returns an example as what may follow zoo predict RUN; without one it is a text for all purposes.
func Quoted(example string) string {
	if example = cut(oneLine(example)); example == "" || named.MatchString(example) {
		example = "a text"
	}
	if q := shell.Quote(example); q != example {
		return q
	}
	return `"` + example + `"` // a word is a text, too
}

// named is what zoo predict could take for the name of a file or of a dataset.
var named = regexp.MustCompile(`^[A-Za-z]+:\S|^\S*[./\\]\S*$`)

// oneLine returns a text on one line, without dashes in front, which would make it a flag, and without characters that
// nobody sees; "" if there is nothing to read in it.
func oneLine(s string) string {
	const nonJoiner, joiner = '\u200c', '\u200d' // within words of Persian, and emoji
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == nonJoiner, r == joiner, unicode.IsPrint(r) && r != utf8.RuneError:
			return r
		}
		return -1
	}, s)
	s = strings.TrimLeft(strings.Join(strings.Fields(s), " "), "- ")
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
		return ""
	}
	return s
}

// cut cuts a text between words to what is shown, or within a word that is longer, but not before what belongs to the
// character there.
func cut(s string) string {
	runes := []rune(s)
	if len(runes) <= mostShown {
		return s
	}
	end := mostShown
	for i := mostShown; i > 0; i-- {
		if runes[i] == ' ' {
			return strings.TrimRight(string(runes[:i]), " ,;:(–—-")
		}
	}
	for end > 1 && (unicode.In(runes[end], unicode.M, unicode.Join_Control) || unicode.Is(unicode.Join_Control, runes[end-1])) {
		end--
	}
	return string(runes[:end])
}
