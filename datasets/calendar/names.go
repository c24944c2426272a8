package calendar

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// monthStyles are the ways to write the twelve months by name. Where the months of a file are written so in several,
// the first is taken.
var monthStyles = [...]string{
	"jan feb mar apr may jun jul aug sep oct nov dec",
	"january february march april may june july august september october november december",
	"jan feb mar apr may jun jul aug sept oct nov dec",
	"jan feb mar apr may june july aug sept oct nov dec",
	"jan feb march april may june july aug sept oct nov dec",
	"jan. feb. mar. apr. may jun. jul. aug. sep. oct. nov. dec.",
	"jan. feb. mar. apr. may. jun. jul. aug. sep. oct. nov. dec.",
	"jan. feb. mar. apr. may jun. jul. aug. sept. oct. nov. dec.",
	"jan. feb. mar. apr. may june july aug. sept. oct. nov. dec.",
	"jan. feb. march april may june july aug. sept. oct. nov. dec.",
	"janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
	"janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
	"janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
	"janv févr mars avr mai juin juil août sept oct nov déc",
	"januar februar märz april mai juni juli august september oktober november dezember",
	"jan feb mär apr mai jun jul aug sep okt nov dez",
	"jan feb mrz apr mai jun jul aug sep okt nov dez",
	"jan. feb. mär. apr. mai jun. jul. aug. sep. okt. nov. dez.",
	"jan. feb. märz apr. mai juni juli aug. sept. okt. nov. dez.",
}

// weekdayStyles are the ways to write the days of the week, Sunday first.
var weekdayStyles = [...]string{
	"sun mon tue wed thu fri sat",
	"sunday monday tuesday wednesday thursday friday saturday",
	"sun mon tues wed thurs fri sat",
	"sun mon tues wed thur fri sat",
	"sun. mon. tue. wed. thu. fri. sat.",
	"sun. mon. tues. wed. thurs. fri. sat.",
	"dimanche lundi mardi mercredi jeudi vendredi samedi",
	"dim. lun. mar. mer. jeu. ven. sam.",
	"dim lun mar mer jeu ven sam",
	"sonntag montag dienstag mittwoch donnerstag freitag samstag",
	"so mo di mi do fr sa",
	"so. mo. di. mi. do. fr. sa.",
}

// name is what a word says: which of the months or days it is, and in which styles it is written so.
type name struct {
	number int
	styles uint32
}

type nameTable struct {
	words [][]string // by style, by number
	names map[string]name
}

func newNameTable(styles []string) *nameTable {
	t := &nameTable{names: make(map[string]name)}
	for s, line := range styles {
		words := strings.Fields(line)
		t.words = append(t.words, words)
		for i, word := range words {
			n := t.names[word]
			t.names[word] = name{i, n.styles | 1<<s}
		}
	}
	return t
}

var (
	monthNames   = sync.OnceValue(func() *nameTable { return newNameTable(monthStyles[:]) })
	weekdayNames = sync.OnceValue(func() *nameTable { return newNameTable(weekdayStyles[:]) })
)

// The letters of names: Jan, JAN, jan.
const (
	title = 'T'
	upper = 'U'
	lower = 'L'
)

// in returns the word, which is in lower case, in such letters.
func in(letters byte, word string) string {
	switch letters {
	case upper:
		return strings.ToUpper(word)
	case title:
		r, size := utf8.DecodeRuneInString(word)
		return string(unicode.ToUpper(r)) + word[size:]
	}
	return word
}

// lettersOf returns a word in lower case and the letters in which it is written. What is mixed in another way comes out
// as a title, as which it would not be written.
func lettersOf(word string) (string, byte) {
	low := strings.ToLower(word)
	switch word {
	case low:
		return low, lower
	case strings.ToUpper(low):
		return low, upper
	}
	return low, title
}

// wordEnd returns how many bytes of letters text begins with.
func wordEnd(text string) int {
	for i, r := range text {
		if !unicode.IsLetter(r) || r == utf8.RuneError {
			return i
		}
	}
	return len(text)
}

// find returns the name that text begins with, a dot behind it included if that belongs to it and the label does not
// go on with a dot.
func (t *nameTable) find(text string, styles uint32, dotFollows bool) (n name, letters byte, size int) {
	size = wordEnd(text)
	low, letters := lettersOf(text[:size])
	if size < len(text) && text[size] == '.' && !dotFollows {
		if n := t.names[low+"."]; n.styles&styles != 0 {
			return n, letters, size + 1
		}
	}
	return t.names[low], letters, size
}
