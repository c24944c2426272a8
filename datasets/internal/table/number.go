package table

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// written is how the numbers of a file or a column are written, as far as a person says it. The zero value says nothing.
type written struct {
	decimal   byte   // '.' or ','; 0 is found
	thousands string // what stands between thousands; "" is found, "none" is nothing
}

// looks is what the way a number is written shows.
type looks uint8

const (
	grouped  looks = 1 << iota // its thousands are apart
	currency                   // a sign or code of a currency stands beside it
	percent                    // a percent sign stands behind it
	scaled                     // K, M, B or T stands behind it
	brackets                   // it stands in brackets, which make it negative, or its sign stands behind it
	comma                      // the comma is its decimal mark
)

// number is what a text stands for as a number.
type number struct {
	value    float64
	looks    looks
	infinite bool // too large for a float64, or the name of infinity
}

// plainNumber reads what Go writes: digits with a decimal point, a sign and an exponent.
func plainNumber(text string) (n number, ok bool) {
	i := 0
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		i++
	}
	digits, point := 0, false
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			digits++
			continue
		case c == '.' && !point:
			point = true
			continue
		case (c == 'e' || c == 'E') && digits > 0 && isExponent(text[i+1:]):
		default:
			return number{}, false
		}
		break
	}
	if digits == 0 {
		return number{}, false
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(value, 0) {
		return number{}, false
	}
	return number{value: value, infinite: math.IsInf(value, 0)}, true
}

// isExponent reports whether a text is a whole number with or without a sign.
func isExponent(text string) bool {
	if text != "" && (text[0] == '-' || text[0] == '+') {
		text = text[1:]
	}
	return text != "" && allDigits(text)
}

// allDigits reports whether there is nothing but digits in a text.
func allDigits(text string) bool {
	for i := 0; i < len(text); i++ {
		if !isDigit(text[i]) {
			return false
		}
	}
	return true
}

// parse reads the text of a cell, with what a person says of how numbers are written, and where that leaves the decimal
// mark open, with the one given.
func (w written) parse(text string, mark byte) (n number, ok bool) {
	if w.decimal != 0 {
		mark = w.decimal
	}
	if mark == '.' || strings.IndexByte(text, '.') < 0 {
		if n, ok := plainNumber(text); ok {
			return n, true
		}
	}
	core, negative, scale, n, ok := undress(text)
	if !ok {
		return number{}, false
	}
	digits, groups, ok := w.digits(core, mark)
	if !ok {
		return number{}, false
	}
	if groups {
		n.looks |= grouped
	}
	if mark == ',' && strings.IndexByte(core, ',') >= 0 {
		n.looks |= comma
	}
	value, err := strconv.ParseFloat(digits, 64)
	if err != nil && !math.IsInf(value, 0) {
		return number{}, false
	}
	if value *= scale; negative {
		value = -value
	}
	n.value, n.infinite = value, math.IsInf(value, 0)
	return n, true
}

// isInfinity reports whether a text is a name of infinity.
func isInfinity(text string) bool {
	if text == "" || strings.IndexByte("fFyY\x9e", text[len(text)-1]) < 0 { // the last byte of each
		return false
	}
	text = strings.TrimLeft(strings.ToLower(text), "+-−")
	return text == "inf" || text == "infinity" || text == "∞"
}

// undress takes off what stands around the digits of a number: signs, brackets, currencies, a percent sign, and the
// letter of a power of a thousand, which the scale is.
func undress(text string) (core string, negative bool, scale float64, n number, ok bool) {
	scale = 1
	if !maybeNumber(text) {
		return "", false, 0, n, false
	}
	s := trim(text)
	if inner, found := strings.CutPrefix(s, "("); found {
		if inner, found = strings.CutSuffix(inner, ")"); !found {
			return "", false, 0, n, false
		}
		s, negative = trim(inner), true
		n.looks |= brackets
	}
	signs, currencies := 0, 0
	for {
		if rest, minus, found := sign(s); found {
			if signs++; signs > 1 || n.looks&brackets != 0 {
				return "", false, 0, n, false
			}
			s, negative = trim(rest), minus
			continue
		}
		rest, found := cutCurrency(s)
		if !found {
			break
		}
		s = trim(rest)
		currencies++
	}
	if rest, found := strings.CutSuffix(s, "-"); found && signs == 0 && n.looks&brackets == 0 { // as SAP writes it
		s, negative = trim(rest), true
		n.looks |= brackets
	}
	if rest, found := strings.CutSuffix(s, "%"); found {
		s = trim(rest)
		n.looks |= percent
	}
	if rest, found := cutCurrencyBehind(s); found {
		s = trim(rest)
		currencies++
	}
	if currencies > 1 || currencies > 0 && n.looks&percent != 0 {
		return "", false, 0, n, false
	}
	if currencies > 0 {
		n.looks |= currency
	}
	if n.looks&percent == 0 {
		for _, p := range [...]struct {
			letter string
			power  float64
		}{{"bn", 1e9}, {"Bn", 1e9}, {"K", 1e3}, {"k", 1e3}, {"M", 1e6}, {"B", 1e9}, {"T", 1e12}} {
			if rest, found := strings.CutSuffix(s, p.letter); found {
				s, scale = trim(rest), p.power
				n.looks |= scaled
				break
			}
		}
	}
	if s == "" || !isDigit(s[len(s)-1]) && s[len(s)-1] != '.' && s[len(s)-1] != ',' {
		return "", false, 0, n, false
	}
	return s, negative, scale, n, true
}

// maybeNumber tells most texts from numbers without a look at what is around their digits.
func maybeNumber(text string) bool {
	const longest = 64 // of a number with all that is around it
	if len(text) > longest || text == "" {
		return false
	}
	digits := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case isDigit(c):
			digits++
		case c == ':' || c == '/' || c == '_' || c == '-' && i > 0 && i+1 < len(text) && isDigit(text[i-1]):
			return false
		}
	}
	if digits == 0 {
		return false
	}
	if c := text[0]; c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
		_, ok := cutCurrency(text)
		return ok
	}
	return true
}

// trim takes the space around a text off, of any kind.
func trim(s string) string { return strings.TrimFunc(s, unicode.IsSpace) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// sign cuts a sign off the beginning of a text.
func sign(s string) (rest string, minus, ok bool) {
	for _, mark := range [...]string{"-", "−", "–", "﹣", "－"} {
		if rest, ok = strings.CutPrefix(s, mark); ok {
			return rest, true, true
		}
	}
	rest, ok = strings.CutPrefix(s, "+")
	return rest, false, ok
}

// codes are those of currencies, and what people write for them.
var codes = [...]string{
	"USD", "EUR", "GBP", "JPY", "CHF", "CNY", "RMB", "INR", "BRL", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF",
	"RUB", "TRY", "ZAR", "MXN", "KRW", "SGD", "HKD", "US$", "CA$", "C$", "AU$", "A$", "NZ$", "HK$", "S$", "R$", "MX$",
	"SFr.", "SFr", "Fr.", "Rs.", "Rs", "kr.", "kr", "zł", "Kč", "Ft", "руб.", "руб", "元", "円", "원",
}

// cutCurrency cuts the sign or code of a currency off the beginning of a text.
func cutCurrency(s string) (rest string, ok bool) {
	if s == "" || isDigit(s[0]) {
		return s, false
	}
	if r, size := utf8.DecodeRuneInString(s); unicode.Is(unicode.Sc, r) {
		return s[size:], true
	}
	for _, code := range codes {
		if code[0] != s[0] {
			continue
		}
		if rest, ok = strings.CutPrefix(s, code); ok {
			return rest, true
		}
	}
	return s, false
}

// cutCurrencyBehind cuts the sign or code of a currency off the end of a text.
func cutCurrencyBehind(s string) (rest string, ok bool) {
	if s == "" || isDigit(s[len(s)-1]) {
		return s, false
	}
	if r, size := utf8.DecodeLastRuneInString(s); unicode.Is(unicode.Sc, r) {
		return s[:len(s)-size], true
	}
	for _, code := range codes {
		if code[len(code)-1] != s[len(s)-1] {
			continue
		}
		if rest, ok = strings.CutSuffix(s, code); ok {
			return rest, true
		}
	}
	return s, false
}

// digits returns a number with a decimal point and nothing between its thousands, and whether there was something between
// them: the other of point and comma, a space or an apostrophe, the same throughout, behind one to three digits and then
// each three, or as in India each two and at last three.
func (w written) digits(core string, mark byte) (plain string, groups, ok bool) {
	whole, part, hasMark := strings.Cut(core, string(mark))
	if hasMark {
		end := len(part)
		if e := strings.IndexAny(part, "eE"); e >= 0 {
			if !isExponent(part[e+1:]) {
				return "", false, false
			}
			end = e
		}
		if !allDigits(part[:end]) {
			return "", false, false
		}
		part = "." + part
	} else if e := strings.IndexAny(whole, "eE"); e >= 0 {
		if !isExponent(whole[e+1:]) {
			return "", false, false
		}
		whole, part = whole[:e], whole[e:]
	}
	if allDigits(whole) {
		return whole + part, false, whole+strings.Trim(part, ".") != ""
	}
	if !isDigit(whole[0]) || strings.ContainsAny(part, "eE") {
		return "", false, false
	}
	at := strings.IndexFunc(whole, func(r rune) bool { return r < '0' || r > '9' })
	between, size := utf8.DecodeRuneInString(whole[at:])
	if !w.between(between, mark) || at > 3 || whole[0] == '0' {
		return "", false, false
	}
	all := strings.Split(whole, whole[at:at+size])
	last := len(all) - 1
	indian := last > 1 && len(all[1]) == 2 && between == ','
	for i, group := range all {
		want := 3
		switch {
		case i == 0:
			want = len(group)
			if indian && want > 2 {
				return "", false, false
			}
		case indian && i < last:
			want = 2
		}
		if len(group) != want || !allDigits(group) {
			return "", false, false
		}
	}
	return strings.Join(all, "") + part, true, true
}

// between reports whether a character may stand between thousands.
func (w written) between(r rune, mark byte) bool {
	if w.thousands != "" {
		return w.thousands != "none" && kindOf(r) == kindOf([]rune(w.thousands)[0])
	}
	switch kindOf(r) {
	case '.', ',':
		return r != rune(mark)
	case ' ', '\'':
		return true
	}
	return false
}

// kindOf makes one of the characters that mean the same between thousands.
func kindOf(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case r == '\'' || r == '’' || r == '‘' || r == '´' || r == '`':
		return '\''
	}
	return r
}
