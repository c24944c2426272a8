package calendar

import (
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// longest is the length of the longest label that is read, in bytes: more than "Wednesday, September 30, 2020
// 11:59:59.999999999 p.m. +00:00" takes.
const longest = 64

// mostParts is more parts than a form has that reads a label.
const mostParts = 32

// Form is a way to write times, such as 31-Jan-2024 15:04. [Read] finds the one of some labels. The zero Form is that
// of RFC 3339, 2024-01-31T15:04:05Z. Forms can be compared, and kept as text.
type Form struct {
	// As of strftime where that has a letter. Read learns what a letter does not say: padding, letters, styles.
	pattern string
}

// rfc3339 is the pattern of the zero Form.
const rfc3339 = "%Y-%m-%dT%H:%M:%S%f.*9%z:Z"

// part is a piece of a form: literal text, or a field.
type part struct {
	// code says which field it is; 0 stands for text, and the others for
	//
	//	Y y    year, of four and of two digits
	//	m d    month and day
	//	b a    month and day of the week by name
	//	o      day as 1st, 2nd, 3rd
	//	j      day of the year, of three digits
	//	q h    quarter and half of a year
	//	G V u  ISO 8601: year, week and day of the week
	//	H K I  hour from 0 to 23, the same with midnight as 24:00 of the day before, and from 1 to 12
	//	M S f  minute, second and its fraction with the point before it
	//	p z    AM or PM, and the offset from UTC
	//	x      nothing; what follows is left out at midnight
	//	i      whole number
	//	D N U  decimal year, serial number of spreadsheets, time of Unix
	code    byte
	text    string
	pad     byte   // of m d H K I V: '0' two digits, '_' a blank before a lone digit, '-' a lone digit, unknown
	letters byte   // of b a: title, upper, lower, unknown
	styles  uint32 // of b a: a bit for each style that is possible; one once a form is made
	style   byte   // of p z f, of D N U how digits behind the point are written, or unknown
	zero    byte   // of z: 'Z' or '+' for how UTC is written, unknown; of f the point
	digits  int    // of f D N: digits behind the point; of U a power of ten; of i the width
	fewer   bool   // of f: while it is learnt, whether there are labels without or with fewer digits
	point   bool   // of f: while it is learnt, whether one ends in 0
}

// unknown is what is to be learnt of a part.
const unknown = '?'

// String returns the form as text, in letters as those of strftime, for [ParseForm].
func (f Form) String() string {
	if f.pattern == "" {
		return rfc3339
	}
	return f.pattern
}

// MarshalText returns [Form.String].
func (f Form) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText is [ParseForm].
func (f *Form) UnmarshalText(text []byte) error {
	if f == nil {
		return errors.New("a form of times is to be read into nil; give a form")
	}
	form, err := ParseForm(string(text))
	if err != nil {
		return err
	}
	*f = form
	return nil
}

// ParseForm returns the form of which [Form.String] made the text.
func ParseForm(text string) (Form, error) {
	if text == rfc3339 {
		return Form{}, nil
	}
	var parts []part
	for rest := text; rest != ""; {
		p, after, ok := cutPart(rest)
		// Any label has fewer bytes than the text of its form has, times eight.
		if !ok || len(parts) == mostParts || len(text) > 8*longest {
			return Form{}, errors.Errorf("form of times %s: part %d is not known; take what String made of a form", fault.Quote(text), len(parts)+1)
		}
		parts = append(parts, p)
		rest = after
	}
	if len(parts) == 0 {
		return Form{}, errors.Errorf("form of times %q: no parts; take what String made of a form", text)
	}
	return formOf(parts), nil
}

// formOf returns the form of parts of which nothing is unknown.
func formOf(parts []part) Form {
	var b strings.Builder
	for _, p := range parts {
		p.appendTo(&b)
	}
	if b.String() == rfc3339 {
		return Form{}
	}
	return Form{b.String()}
}

func (p part) appendTo(b *strings.Builder) {
	if p.code == 0 {
		b.WriteString(strings.ReplaceAll(p.text, "%", "%%"))
		return
	}
	b.WriteByte('%')
	if p.padded() && p.pad != '0' {
		b.WriteByte(p.pad)
	}
	b.WriteByte(p.code)
	switch p.code {
	case 'b', 'a':
		style := 0
		for p.styles>>style&1 == 0 {
			style++
		}
		b.WriteByte('a' + byte(style))
		b.WriteByte(p.letters)
	case 'p':
		b.WriteByte(p.style)
	case 'z':
		b.WriteByte(p.style)
		b.WriteByte(p.zero)
	case 'f':
		b.WriteByte(p.zero)
		b.WriteByte(p.style)
		b.WriteByte('0' + byte(p.digits))
	case 'D', 'N':
		b.WriteByte(p.style)
		b.WriteByte('a' + byte(p.digits))
	case 'U', 'i':
		b.WriteByte('0' + byte(p.digits))
	}
}

// padded reports whether p is a number of one or two digits.
func (p part) padded() bool { return strings.IndexByte("mdHKIV", p.code) >= 0 }

// cutPart returns the part that the text of a form begins with, and the rest.
func cutPart(text string) (p part, rest string, ok bool) {
	if text[0] != '%' || strings.HasPrefix(text, "%%") {
		p.text = text[:1]
		if end := strings.IndexByte(text[1:], '%'); end > 0 {
			p.text = text[:1+end]
		} else if end < 0 && text[0] != '%' {
			p.text = text
		}
		if text[0] == '%' {
			return p, text[2:], true
		}
		return p, text[len(p.text):], true
	}
	rest = text[1:]
	p.pad = '0'
	if rest != "" && (rest[0] == '-' || rest[0] == '_') {
		p.pad, rest = rest[0], rest[1:]
	}
	if rest == "" {
		return p, "", false
	}
	p.code, rest = rest[0], rest[1:]
	if strings.IndexByte("YymdbaojqhGVuHKIMSfpzxiDNU", p.code) < 0 || p.pad != '0' && !p.padded() {
		return p, "", false
	}
	need := map[byte]int{'b': 2, 'a': 2, 'p': 1, 'z': 2, 'f': 3, 'D': 2, 'N': 2, 'U': 1, 'i': 1}[p.code]
	if len(rest) < need {
		return p, "", false
	}
	mods := rest[:need]
	rest = rest[need:]
	switch p.code {
	case 'b', 'a':
		most := len(monthStyles)
		if p.code == 'a' {
			most = len(weekdayStyles)
		}
		style := int(mods[0]) - 'a'
		p.letters = mods[1]
		ok = style >= 0 && style < most && strings.IndexByte("TUL", p.letters) >= 0
		p.styles = 1 << max(0, style)
	case 'p':
		p.style = mods[0]
		ok = strings.IndexByte(halfStyles, p.style) >= 0
	case 'z':
		p.style, p.zero = mods[0], mods[1]
		ok = strings.IndexByte(":0h", p.style) >= 0 && strings.IndexByte("Z+", p.zero) >= 0
	case 'f':
		p.zero, p.style, p.digits = mods[0], mods[1], int(mods[2])-'0'
		ok = strings.IndexByte(".,", p.zero) >= 0 && strings.IndexByte("=*?", p.style) >= 0 && p.digits > 0 && p.digits < 10
	case 'D', 'N':
		p.style, p.digits = mods[0], int(mods[1])-'a'
		ok = strings.IndexByte("=*+rR", p.style) >= 0 && p.digits >= 0 && p.digits <= mostDecimals
	case 'U', 'i':
		p.digits = int(mods[0]) - '0'
		ok = p.digits >= 0 && p.digits <= 9
	default:
		ok = true
	}
	return p, rest, ok
}

// partsOf returns the parts of a form in a space of the caller's.
func (f Form) partsOf(space []part) []part {
	for rest := f.String(); rest != ""; {
		p, after, ok := cutPart(rest)
		if !ok {
			return nil
		}
		space = append(space, p)
		rest = after
	}
	return space
}

// Parse reads a label that the form would write just so. A label without an offset is read as UTC, one that names a
// month, a quarter, a week or a year only as its first day.
func (f Form) Parse(label string) (time.Time, error) {
	var space [mostParts]part
	var s scanner
	parts := f.partsOf(space[:0])
	t, ok := s.scan(parts, label, false)
	if !ok || string(appendTime(nil, parts, t)) != label {
		return time.Time{}, errors.Errorf("%s is not a time like %s", fault.Quote(label), f.Write(example()))
	}
	return t, nil
}

// Write returns a time as the form writes it, by the clock of the time's own location. What the form does not write,
// such as the hours of a date, is lost.
func (f Form) Write(t time.Time) string {
	var space [mostParts]part
	var text [longest]byte
	return string(appendTime(text[:0], f.partsOf(space[:0]), t))
}

// example is a time of which every field shows which it is.
func example() time.Time { return time.Date(2024, time.January, 31, 15, 4, 5, 0, time.UTC) }
