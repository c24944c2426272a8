package text

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// pattern is a regular expression of a tokenizer.json. These are written for Oniguruma, where \s is Unicode's white
// space, and many end with \s+(?!\S): white space but for its last character, if more follows. Go's expressions have no
// look ahead, so this one is done by hand.
type pattern struct {
	re      *regexp.Regexp
	giveOne bool // white space leaves its last character to what follows it
	breaks  bool // but not if that is a line break, which an alternative has matched
}

// lookAhead is the one that is known.
const lookAhead = `\s+(?!\S)`

// compile translates an expression.
func compile(expr string) (*pattern, error) {
	p := &pattern{}
	source := expr
	if rest, ok := strings.CutSuffix(expr, `|`+lookAhead+`|\s+`); ok {
		p.giveOne, source = true, rest+`|\s+`
		p.breaks = strings.HasSuffix(rest, `|\s*[\r\n]+`) || strings.HasSuffix(rest, `|\s*[\r\n]`)
	}
	re, err := regexp.Compile(unicodeClasses(source))
	if err != nil {
		return nil, errors.Errorf("the expression %.200q cannot be read: look-around and possessive quantifiers are not known here, but for %s before a last \\s+", expr, lookAhead)
	}
	p.re = re
	return p, nil
}

// unicodeClasses makes \s, \S, \d and \w mean what they do in Unicode.
func unicodeClasses(expr string) string {
	const spaces = `\t-\r\x{85}\p{Z}`
	var b strings.Builder
	inClass := false
	for i := 0; i < len(expr); i++ {
		switch c := expr[i]; {
		case c == '\\' && i+1 < len(expr):
			i++
			inner, negated := "", false
			switch expr[i] {
			case 's':
				inner = spaces
			case 'S':
				inner, negated = spaces, true
			case 'd':
				inner = `\p{Nd}`
			case 'w':
				inner = `\p{L}\p{M}\p{Nd}\p{Pc}`
			}
			switch {
			case inner == "" || inClass && negated:
				b.WriteString(expr[i-1 : i+1])
			case inClass:
				b.WriteString(inner)
			case negated:
				b.WriteString("[^" + inner + "]")
			default:
				b.WriteString("[" + inner + "]")
			}
		case c == '[' && !inClass:
			inClass = true
			b.WriteByte(c)
		case c == ']':
			inClass = false
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// find implements matcher.
func (p *pattern) find(s string) (from, to int) {
	at := p.re.FindStringIndex(s)
	if at == nil {
		return -1, -1
	}
	from, to = at[0], at[1]
	if p.giveOne && to < len(s) && strings.TrimFunc(s[from:to], unicode.IsSpace) == "" {
		last, n := utf8.DecodeLastRuneInString(s[from:to])
		if to-n > from && !(p.breaks && (last == '\n' || last == '\r')) {
			to -= n
		}
	}
	return from, to
}

// replace replaces all matches by a text.
func (p *pattern) replace(s, by string) string {
	var b strings.Builder
	for s != "" {
		from, to := p.find(s)
		if from < 0 || to <= from {
			break
		}
		b.WriteString(s[:from] + by)
		s = s[to:]
	}
	return b.String() + s
}
