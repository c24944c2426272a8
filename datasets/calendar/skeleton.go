package calendar

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// orders are the fields that make a date, in the orders in which they are written; earlier ones are preferred where a
// label can be read in several. Upper case is a year of four digits, n a month by its name.
var orders = [...]string{
	"Ymd", "Ym", "Yj", "mdY", "dmY", "mY", "ndY", "dnY", "Ynd", "Ydn", "nY", "Yn", "mdy", "dmy", "ymd", "ndy", "dny", "ny",
	"Yq", "qY", "qy", "yq", "Yh", "hY", "hy", "yh", "YV", "VY", "YVu",
}

// mostSteps bounds how often the walk over a label branches, which no label that is a time comes near.
const mostSteps = 4096

// walker finds the ways to read a label.
type walker struct {
	label string
	found []skeleton
	steps int
}

// skeleton is a way to read a label, with what one label does not say unknown.
type skeleton struct {
	parts []part
	rank  int
}

// skeletons returns the ways in which a label reads as a time, the preferred one first.
func skeletons(label string) []skeleton {
	if len(label) > longest || len(label) < 4 || strings.IndexFunc(label, func(r rune) bool { return r >= '0' && r <= '9' }) < 0 {
		return nil
	}
	w := walker{label: label}
	w.walk(0, nil, "", false)
	slices.SortStableFunc(w.found, func(a, b skeleton) int { return cmp.Compare(a.rank, b.rank) })
	return w.found
}

func literal(text string) part { return part{text: text} }
func number(code byte) part    { return part{code: code, pad: unknown} }
func fixed(code byte) part     { return part{code: code, pad: '0'} }

func hour(code byte) part {
	p := number(code)
	p.style = unknown
	return p
}

// walk goes on at a place of the label, up to which the parts read it. The fields are those of the date so far, timed
// says whether the time of day is among the parts.
func (w *walker) walk(at int, parts []part, fields string, timed bool) {
	if w.steps++; w.steps > mostSteps || len(parts) > mostParts-8 {
		return
	}
	parts = slices.Clip(parts)
	rest := w.label[at:]
	if rest == "" {
		w.accept(parts, fields, timed)
		return
	}
	c := rest[0]
	switch {
	case isDigit(c):
		w.number(at, parts, fields, timed)
	case c >= utf8.RuneSelf || c|0x20 >= 'a' && c|0x20 <= 'z':
		w.word(at, parts, fields, timed)
	default:
		size := 0
		for size < len(rest) && strings.IndexByte(" -/._,:'()", rest[size]) >= 0 {
			size++
		}
		if size == 0 || size > 3 || at == 0 {
			return
		}
		text := rest[:size]
		// A blank may belong to a lone digit behind it, so that numbers stand below one another: Jan  2, 1/ 2/2024.
		if lone := rest[size:]; len(lone) > 0 && isDigit(lone[0]) && (len(lone) == 1 || !isDigit(lone[1])) {
			if before, ok := strings.CutSuffix(text, " "); ok && before != "" && strings.Trim(before, " /-") == "" {
				text = before
			}
		}
		w.walk(at+size, append(parts, literal(text)), fields, timed)
	}
}

// accept keeps the parts if their fields make a date.
func (w *walker) accept(parts []part, fields string, timed bool) {
	rank := slices.Index(orders[:], fields)
	if rank < 0 {
		return
	}
	day := strings.ContainsAny(fields, "dju")
	for i, p := range parts {
		if p.code == 'a' && !day {
			return
		}
		if p.code == 0 && (i == len(parts)-1 || i == 0) && strings.Trim(p.text, " -/._,:'(") == "" {
			return
		}
	}
	if timed && !day || !separated(parts, fields) {
		return
	}
	if slices.ContainsFunc(parts, func(p part) bool { return p.code == 'V' }) {
		for i := range parts {
			if parts[i].code == 'Y' {
				parts[i].code = 'G'
			}
		}
	}
	// Between dots the day comes first: 31.1.2024.
	rank *= 2
	if (fields == "mdY" || fields == "mdy") && strings.HasPrefix(dateSeparator(parts), ".") {
		rank += 3
	}
	w.found = append(w.found, skeleton{parts, rank})
}

// separated reports whether what stands between the fields of a date can stand there.
func separated(parts []part, fields string) bool {
	switch fields {
	case "ny":
		// Jan 20 is more likely a day than a year.
		return dateSeparator(parts) != " " && dateSeparator(parts) != ""
	case "Ym", "mY":
		// 2020.01 is a number.
		return dateSeparator(parts) != "."
	}
	if strings.ContainsAny(fields, "nqhVj") {
		return true
	}
	// Numbers stand between the same signs: 2020-01-31, not 2020-01/31.
	first := dateSeparator(parts)
	if strings.Trim(first, " ") == "," || strings.Contains(first, "'") {
		return false
	}
	before := -1
	for i, p := range parts {
		if strings.IndexByte("Yymd", p.code) < 0 || p.code == 0 {
			continue
		}
		if before >= 0 && !(i-before == 2 && parts[i-1].text == first || i-before == 1 && first == "") {
			return false
		}
		before = i
	}
	return true
}

// dateSeparator returns the text between the first two fields of a date.
func dateSeparator(parts []part) string {
	for i, p := range parts {
		if p.code != 0 && strings.IndexByte("Yymdbo", p.code) >= 0 {
			if i+1 < len(parts) && parts[i+1].code == 0 {
				return parts[i+1].text
			}
			return ""
		}
	}
	return ""
}

// number goes on with what a run of digits can be.
func (w *walker) number(at int, parts []part, fields string, timed bool) {
	rest := w.label[at:]
	size := 1
	for size < len(rest) && isDigit(rest[size]) {
		size++
	}
	after := rest[size:]
	has := func(set string) bool { return strings.ContainsAny(fields, set) }
	year := has("Yy")
	day := has("dju")
	value, _ := digits(rest, min(size, 4))
	if size == len(w.label) || size == 8 && fields == "" {
		w.compact(at, size, timed)
	}
	switch {
	case size == 4 && !year:
		w.walk(at+4, append(parts, fixed('Y')), fields+"Y", timed)
	case size == 3 && fields == "Y" && !timed:
		w.walk(at+3, append(parts, fixed('j')), fields+"j", timed)
	case (size == 4 || size == 6) && day && year && !timed:
		clock := fixed('H')
		clock.style = unknown
		parts := append(parts, clock, fixed('M'))
		if size == 6 {
			parts = append(parts, fixed('S'))
		}
		w.afterClock(at+size, parts, fields)
	}
	if size > 2 {
		return
	}
	if !timed {
		w.clock(at, size, parts, fields)
	}
	if !has("d") && value > 0 && strings.HasPrefix(after, ordinal(value)) {
		w.walk(at+size+2, append(parts, fixed('o')), fields+"d", timed)
		return
	}
	if size == 1 && after != "" && value > 0 && !has("qhmn") {
		// 1Q2020, 2H20
		switch c := after[0] | 0x20; {
		case c == 'q' && value <= 4:
			w.walk(at+2, append(parts, fixed('q'), literal(after[:1])), fields+"q", timed)
		case c == 'h' && value <= 2:
			w.walk(at+2, append(parts, fixed('h'), literal(after[:1])), fields+"h", timed)
		}
	}
	if fields == "YV" && size == 1 && value >= 1 && value <= 7 {
		w.walk(at+1, append(parts, fixed('u')), fields+"u", timed)
	}
	if has("Vqhj") && year {
		return
	}
	if !has("mn") && value >= 1 && value <= 12 {
		w.walk(at+size, append(parts, number('m')), fields+"m", timed)
	}
	if !has("d") && value >= 1 && value <= 31 {
		w.walk(at+size, append(parts, number('d')), fields+"d", timed)
	}
	if !year && size == 2 {
		w.walk(at+size, append(parts, fixed('y')), fields+"y", timed)
	}
}

// plausible reports whether a number of four digits alone is likely a year.
func plausible(year int) bool { return year >= 1600 && year < 2200 }

// compact goes on with a date that is digits and nothing else: 20240131, 202401 and, alone, 2024013115, 202401311504,
// 20240131150405.
func (w *walker) compact(at, size int, timed bool) {
	if year, _ := digits(w.label[at:], min(size, 4)); !plausible(year) || size < 6 || size%2 != 0 || size > 14 || timed {
		return
	}
	parts := []part{fixed('Y'), fixed('m')}
	fields := "Ym"
	for _, code := range []byte("dHMS")[:(size-6)/2] {
		p := fixed(code)
		switch code {
		case 'd':
			fields += "d"
		case 'H':
			p.style = unknown
		}
		parts = append(parts, p)
	}
	w.walk(at+size, parts, fields, size > 8)
}

// clock goes on with the time of day, which begins with an hour of so many digits.
func (w *walker) clock(at, size int, parts []part, fields string) {
	rest := w.label[at+size:]
	end := at + size
	code := byte('H')
	if _, ok := digits(strings.TrimPrefix(rest, ":"), 2); ok && strings.HasPrefix(rest, ":") {
		tail := []part{literal(":"), fixed('M')}
		end += 3
		if _, ok := digits(strings.TrimPrefix(w.label[end:], ":"), 2); ok && strings.HasPrefix(w.label[end:], ":") {
			// A fraction may come in a later label.
			tail = append(tail, literal(":"), fixed('S'), part{code: 'f', style: unknown, zero: unknown})
			end += 3
			if f := w.label[end:]; len(f) > 1 && (f[0] == '.' || f[0] == ',') && isDigit(f[1]) {
				for end++; end < len(w.label) && isDigit(w.label[end]); end++ {
				}
			}
		}
		if blank, size := halfDay(w.label[end:]); size > 0 {
			code = 'I'
			if blank != "" {
				tail = append(tail, literal(blank))
			}
			tail = append(tail, part{code: 'p', style: unknown})
			end += size
		}
		w.afterClock(end, append(append(parts, hour(code)), tail...), fields)
		return
	}
	blank, size := halfDay(rest)
	switch {
	case size > 0:
		parts = append(parts, hour('I'))
		if blank != "" {
			parts = append(parts, literal(blank))
		}
		w.afterClock(end+size, append(parts, part{code: 'p', style: unknown}), fields)
	case rest == "" && strings.ContainsAny(fields, "dju") && strings.ContainsAny(fields, "Yy"):
		w.walk(end, append(parts, hour('H')), fields, true)
	}
}

// halfDay returns the blank before AM or PM and the length of both, 0 if text does not begin with them.
func halfDay(text string) (blank string, size int) {
	if strings.HasPrefix(text, " ") {
		blank, text = " ", text[1:]
	}
	p := part{style: unknown}
	if _, n, ok := p.half(text, true); ok {
		return blank, len(blank) + n
	}
	return "", 0
}

// afterClock goes on behind the time of day with an offset from UTC, if there is one.
func (w *walker) afterClock(at int, parts []part, fields string) {
	rest := w.label[at:]
	for _, blank := range []string{"", " "} {
		zone, ok := strings.CutPrefix(rest, blank)
		if !ok {
			continue
		}
		separate := append(slices.Clip(parts), literal(blank))
		if blank == "" {
			separate = slices.Clip(parts)
		}
		p := part{code: 'z', style: unknown, zero: unknown}
		if _, size, ok := p.zone(zone, true); ok {
			w.walk(at+len(blank)+size, append(separate, part{code: 'z', style: unknown, zero: unknown}), fields, true)
		}
		for _, name := range []string{"UTC", "GMT"} {
			if strings.HasPrefix(zone, name) {
				w.walk(at+len(blank)+len(name), append(separate, literal(name)), fields, true)
			}
		}
	}
	w.walk(at, parts, fields, true)
}

// word goes on with what a run of letters can be.
func (w *walker) word(at int, parts []part, fields string, timed bool) {
	rest := w.label[at:]
	has := func(set string) bool { return strings.ContainsAny(fields, set) }
	every := ^uint32(0)
	end := wordEnd(rest)
	if end == 0 {
		return
	}
	// A dot before a digit separates, any other belongs to the word if it is written with one.
	dotFollows := end+1 < len(rest) && rest[end] == '.' && isDigit(rest[end+1])
	if n, _, size := monthNames().find(rest, every, dotFollows); n.styles != 0 && !has("mnqhVj") {
		w.walk(at+size, append(parts, part{code: 'b', styles: every, letters: unknown}), fields+"n", timed)
	}
	named := slices.ContainsFunc(parts, func(p part) bool { return p.code == 'a' })
	if n, _, size := weekdayNames().find(rest, every, dotFollows); n.styles != 0 && !named {
		w.walk(at+size, append(parts, part{code: 'a', styles: every, letters: unknown}), fields, timed)
	}
	word := strings.ToLower(rest[:end])
	behind := rest[end:]
	digit := func(text string) bool { return text != "" && isDigit(text[0]) }
	gap := 0
	if behind != "" && strings.IndexByte(" -", behind[0]) >= 0 {
		gap = 1
	}
	n := 0
	for end+gap+n < len(rest) && isDigit(rest[end+gap+n]) {
		n++
	}
	before := append(parts, literal(rest[:end+gap]))
	switch word {
	case "t", "of", "at":
		if has("dju") && word == "t" && has("Yy") && digit(behind) || word != "t" {
			w.walk(at+end, append(parts, literal(rest[:end])), fields, timed)
		}
	case "m":
		if fields == "Y" && gap == 0 && n > 0 && n <= 2 {
			w.walk(at+end, before, fields, timed)
		}
	}
	if has("mnqhVj") || timed {
		return
	}
	switch word {
	case "q", "qtr", "quarter", "quartal", "trimestre":
		w.unit('q', at+end+gap, n, 1, before, fields)
	case "t":
		if gap == 0 && fields == "Y" {
			w.unit('q', at+end+gap, n, 1, before, fields)
		}
	case "h", "s":
		if gap == 0 {
			w.unit('h', at+end+gap, n, 1, before, fields)
		}
	case "w", "wk", "week", "kw":
		w.unit('V', at+end+gap, n, 2, before, fields)
	}
}

// unit goes on with a quarter, half or week of at most so many digits.
func (w *walker) unit(code byte, at, digits, most int, parts []part, fields string) {
	if digits < 1 || digits > most {
		return
	}
	p := fixed(code)
	if code == 'V' {
		p = number(code)
	}
	w.walk(at+digits, append(parts, p), fields+string(rune(code)), false)
}
