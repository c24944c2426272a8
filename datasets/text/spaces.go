package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The marks of [Words] that are Marked. Any other white space but that of ASCII, such as the space that does not break
// before a French question mark, stands for itself.
const (
	joinMark  = '￭' // nothing stood here, the joiner of OpenNMT
	spaceMark = '▁' // a space stood here, as in SentencePiece
)

func isMark(r rune) bool { return r == joinMark || r == spaceMark || isOtherSpace(r) }

// isOtherSpace reports whether r is a space but not that of ASCII.
func isOtherSpace(r rune) bool { return r >= utf8.RuneSelf && unicode.Is(unicode.Zs, r) }

// markOf returns the mark of what stood between two words, gapOf the opposite.
func markOf(gap string) string {
	switch gap {
	case "":
		return string(joinMark)
	case " ":
		return string(spaceMark)
	}
	return gap
}

func gapOf(mark string) string {
	switch mark {
	case string(joinMark):
		return ""
	case string(spaceMark):
		return " "
	}
	return mark
}

// marks adds marks to tokens where what stood before each, gaps, is not what anybody would expect there: to a
// punctuation mark if one of the two is one, so that words stay as they are, and else to a character of Chinese or
// Japanese, of which there are fewer than words.
func marks(tokens, gaps []string) {
	p := newSpacing(true)
	edge := false // whether the token before is one that could be taken for its mark, and so has both of them
	core := ""
	for i, t := range tokens {
		before := core
		core = t
		edgeBefore := edge
		edge = hasMark(t)
		gap := ""
		if i > 0 {
			gap = gaps[i]
		}
		wrong := i > 0 && p.gap(t) != gap
		here, there := false, false
		if wrong {
			here = rank(t) >= rank(before)
			there = !here
		}
		if here || edge {
			tokens[i] = markOf(gap) + t
		}
		if i > 0 && (there || edgeBefore) {
			tokens[i-1] += markOf(gap)
		}
		p.add(t, gap == "")
	}
	if edge {
		tokens[len(tokens)-1] += string(joinMark)
	}
}

// rank says how well a token can be marked.
func rank(t string) int {
	r, _ := utf8.DecodeRuneInString(t)
	switch {
	case !isWord(r):
		return 2
	case isIdeograph(r):
		return 1
	}
	return 0
}

// hasMark reports whether a token without marks begins or ends like one with marks.
func hasMark(t string) bool {
	first, _ := utf8.DecodeRuneInString(t)
	last, _ := utf8.DecodeLastRuneInString(t)
	return isMark(first) || isMark(last)
}

// unmarked returns a token without its marks, and these. A mark alone is one before an empty token.
func unmarked(t string) (before, token, after string) {
	if r, n := utf8.DecodeRuneInString(t); isMark(r) {
		before, t = t[:n], t[n:]
	}
	if r, n := utf8.DecodeLastRuneInString(t); n < len(t) && isMark(r) {
		t, after = t[:len(t)-n], t[len(t)-n:]
	}
	return before, t, after
}

// joinMarked joins tokens with marks.
func joinMarked(tokens []string) string {
	var b strings.Builder
	p := newSpacing(true)
	after := ""
	for _, t := range tokens {
		before, core, next := unmarked(t)
		if core == "" {
			after = before
			continue
		}
		gap := p.gap(core)
		if after != "" {
			gap = gapOf(after)
		}
		if before != "" {
			gap = gapOf(before)
		}
		if b.Len() == 0 {
			gap = ""
		}
		b.WriteString(gap)
		b.WriteString(core)
		p.add(core, gap == "")
		after = next
	}
	return b.String()
}

// spacing guesses where spaces stand between the tokens of a text: everywhere but at punctuation that belongs to one
// side, clitics, and quotation marks, of which the first of each pair opens.
type spacing struct {
	marked bool            // guess for tokens with marks
	open   map[string]bool // what opened and has not been closed
	glue   bool            // no space before the next token
	last   rune            // of the token before
}

func newSpacing(marked bool) *spacing {
	return &spacing{marked: marked, open: map[string]bool{}, glue: true}
}

// The characters that belong to what is before them, and to what is behind.
const (
	closing = ".,;:!?)]}%»”…。，、！？：；）」』"
	opening = "([{«“„‘$€£¿¡#（「『"
)

func isQuote(r rune) bool { return r == '"' || isApostrophe(r) }

// gap returns what is likely to stand before the next token.
func (p *spacing) gap(t string) string {
	if p.joins(t) {
		return ""
	}
	return " "
}

func (p *spacing) joins(t string) bool {
	first, n := utf8.DecodeRuneInString(t)
	alone := n == len(t)
	switch {
	case p.glue, p.marked && p.joinsWide(first):
		return true
	case alone && isQuote(first):
		return p.open[t]
	case t == "“" && p.open["„"]: // German quotation marks close with what opens English ones
		return true
	case alone && strings.ContainsRune(closing, first), t == "...":
		return true
	case alone && strings.ContainsRune(opening, first):
		return false
	case isApostrophe(first) && cliticLen(t) == len(t), strings.EqualFold(t, "n't"), strings.EqualFold(t, "n’t"):
		return true
	}
	return isIdeograph(first) && isIdeograph(p.last)
}

// joinsWide reports whether one side of a place is written without spaces, and the other goes along.
func (p *spacing) joinsWide(first rune) bool {
	goesAlong := func(r rune) bool { return isWide(r) || isWord(r) || strings.ContainsRune("“”‘’…—·", r) }
	return isWide(first) && goesAlong(p.last) || isWide(p.last) && goesAlong(first)
}

// isWide reports whether a character is one of Chinese or Japanese or their punctuation, as wide as they are.
func isWide(r rune) bool {
	return isIdeograph(r) || '\u3001' <= r && r <= '\u303f' || '\uff01' <= r && r <= '\uff60'
}

// add goes on behind a token that is joined to the one before, or is not.
func (p *spacing) add(t string, joined bool) {
	first, n := utf8.DecodeRuneInString(t)
	alone := n == len(t)
	glued := p.glue
	p.glue = false
	switch {
	case alone && isQuote(first):
		opens := !joined
		if glued {
			opens = !p.open[t]
		}
		p.open[t], p.glue = opens, opens
	case t == "“" && p.open["„"] && joined:
		p.open["„"] = false
	case alone && strings.ContainsRune(opening, first):
		p.open[t], p.glue = true, true
	}
	p.last, _ = utf8.DecodeLastRuneInString(t)
}
