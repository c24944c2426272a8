package calendar

import (
	"strings"
	"time"
)

// scanner reads labels by the parts of a form. It keeps locations from label to label.
type scanner struct {
	offset   int
	location *time.Location
	steps    *time.Location
}

// fields are what a label says.
type fields struct {
	year, month, day         int
	yday, week, weekday      int
	hour, minute, second, ns int
	byName                   int // day of the week by its name from 0, -1 if none is named
	pm, twelve               bool
}

// scan reads a label. If it is to learn, what is unknown of the parts becomes what the label says of it; where the
// label is not read, the parts have learnt nonsense.
func (s *scanner) scan(parts []part, label string, learn bool) (time.Time, bool) {
	var none time.Time
	if len(label) > longest || label == "" {
		return none, false
	}
	v := fields{month: 1, day: 1, byName: -1}
	location := time.UTC
	rest := label
	var clock *part
	for i := range parts {
		p := &parts[i]
		if p.code == 'x' && rest == "" {
			return v.time(location, nil, learn)
		}
		var n, size int
		ok := true
		switch p.code {
		case 0:
			ok = strings.HasPrefix(rest, p.text)
			size = len(p.text)
		case 'Y', 'G':
			v.year, ok = digits(rest, 4)
			size = 4
		case 'y':
			n, ok = digits(rest, 2)
			v.year = 1900 + n
			if n < 69 { // as POSIX has it
				v.year += 100
			}
			size = 2
		case 'm':
			v.month, size, ok = p.two(rest, learn)
		case 'd':
			v.day, size, ok = p.two(rest, learn)
		case 'V':
			v.week, size, ok = p.two(rest, learn)
			ok = ok && v.week > 0
		case 'H', 'K', 'I':
			v.hour, size, ok = p.two(rest, learn)
			v.twelve = p.code == 'I'
			clock = p
		case 'o':
			lone := part{pad: '-'}
			v.day, size, ok = lone.two(rest, false)
			ok = ok && strings.HasPrefix(rest[size:], ordinal(v.day))
			size += 2
		case 'j':
			v.yday, ok = digits(rest, 3)
			ok = ok && v.yday > 0
			size = 3
		case 'q':
			n, ok = digits(rest, 1)
			ok = ok && n >= 1 && n <= 4
			v.month, size = 3*n-2, 1
		case 'h':
			n, ok = digits(rest, 1)
			ok = ok && n >= 1 && n <= 2
			v.month, size = 6*n-5, 1
		case 'u':
			v.weekday, ok = digits(rest, 1)
			ok = ok && v.weekday >= 1 && v.weekday <= 7
			size = 1
		case 'b':
			n, size, ok = p.name(monthNames(), rest, i+1 < len(parts) && strings.HasPrefix(parts[i+1].text, "."), learn)
			v.month = n + 1
		case 'a':
			v.byName, size, ok = p.name(weekdayNames(), rest, i+1 < len(parts) && strings.HasPrefix(parts[i+1].text, "."), learn)
		case 'M':
			v.minute, ok = digits(rest, 2)
			size = 2
		case 'S':
			v.second, ok = digits(rest, 2)
			size = 2
		case 'f':
			v.ns, size, ok = p.fraction(rest, learn)
		case 'x':
		case 'p':
			v.pm, size, ok = p.half(rest, learn)
		case 'z':
			var offset int
			offset, size, ok = p.zone(rest, learn)
			if ok {
				location = s.at(offset)
			}
		default:
			// Numbers stand alone, or before the .0 that programs leave behind whole ones.
			number := rest
			if i+1 < len(parts) {
				number, ok = strings.CutSuffix(rest, parts[i+1].text)
			}
			if !ok || i != 0 {
				return none, false
			}
			return s.number(*p, number)
		}
		if !ok || size > len(rest) {
			return none, false
		}
		rest = rest[size:]
	}
	if rest != "" || len(parts) == 0 {
		return none, false
	}
	return v.time(location, clock, learn)
}

// at returns the location of an offset from UTC in seconds.
func (s *scanner) at(offset int) *time.Location {
	if offset == 0 {
		return time.UTC
	}
	if s.location == nil || s.offset != offset {
		s.offset, s.location = offset, time.FixedZone("", offset)
	}
	return s.location
}

// time returns the time that the fields say, if there is such a one.
func (v *fields) time(location *time.Location, clock *part, learn bool) (time.Time, bool) {
	var none time.Time
	if v.twelve {
		if v.hour < 1 || v.hour > 12 {
			return none, false
		}
		v.hour %= 12
		if v.pm {
			v.hour += 12
		}
	}
	onTheHour := v.minute == 0 && v.second == 0 && v.ns == 0
	if clock != nil && !v.twelve && onTheHour && v.hour%24 == 0 {
		code := byte('H')
		if v.hour == 24 {
			code = 'K'
		}
		if clock.style == unknown && learn {
			clock.code, clock.style = code, 0
		}
		if clock.code != code {
			return none, false
		}
	}
	if v.month < 1 || v.month > 12 || v.day < 1 || v.day > daysIn(v.year, v.month) || v.hour > 24 || v.hour == 24 && !onTheHour || v.minute > 59 || v.second > 59 {
		return none, false
	}
	day := v.day
	switch {
	case v.week > 0:
		// The first week is that of January 4; it begins on Monday.
		fourth := time.Date(v.year, time.January, 4, 0, 0, 0, 0, time.UTC)
		day = 4 - (int(fourth.Weekday())+6)%7 + 7*(v.week-1)
		if v.weekday > 0 {
			day += v.weekday - 1
		}
	case v.yday > 0:
		day = v.yday
		if v.yday > 337+daysIn(v.year, 2) {
			return none, false
		}
	}
	if v.byName >= 0 && int(time.Date(v.year, time.Month(v.month), day, 0, 0, 0, 0, time.UTC).Weekday()) != v.byName {
		return none, false
	}
	return time.Date(v.year, time.Month(v.month), day, v.hour, v.minute, v.second, v.ns, location), true
}

// daysIn returns the number of days of a month.
func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// digits reads exactly so many digits.
func digits(text string, count int) (n int, ok bool) {
	if len(text) < count {
		return 0, false
	}
	for i := range count {
		if !isDigit(text[i]) {
			return 0, false
		}
		n = 10*n + int(text[i]-'0')
	}
	return n, true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// two reads a number of one or two digits.
func (p *part) two(text string, learn bool) (n, size int, ok bool) {
	// What the number says of how numbers are padded; nothing if it has two digits of itself.
	var pad byte
	switch {
	case len(text) > 1 && text[0] == ' ' && isDigit(text[1]) && (p.pad == '_' || p.pad == unknown):
		n, size, pad = int(text[1]-'0'), 2, '_'
	case text == "" || !isDigit(text[0]):
		return 0, 0, false
	case len(text) == 1 || !isDigit(text[1]):
		n, size, pad = int(text[0]-'0'), 1, '-'
	default:
		n, _ = digits(text, 2)
		size = 2
		if n < 10 {
			pad = '0'
		}
	}
	if pad != 0 && p.pad == unknown && learn {
		p.pad = pad
	}
	return n, size, pad == 0 || p.pad == pad
}

// name reads the name of a month or of a day of the week.
func (p *part) name(table *nameTable, text string, dotFollows, learn bool) (n, size int, ok bool) {
	found, letters, size := table.find(text, p.styles, dotFollows)
	styles := p.styles & found.styles
	if learn {
		p.styles = styles
		if p.letters == unknown {
			p.letters = letters
		}
	}
	return found.number, size, styles != 0 && p.letters == letters
}

// fraction reads the fraction of a second, which may be absent where p may leave it out.
func (p *part) fraction(text string, learn bool) (ns, size int, ok bool) {
	if text == "" || text[0] != '.' && text[0] != ',' || p.zero != unknown && text[0] != p.zero {
		p.fewer = p.fewer || learn
		return 0, 0, learn || p.style != '='
	}
	size = 1
	for size < len(text) && isDigit(text[size]) {
		size++
	}
	count := size - 1
	if count < 1 || count > 9 {
		return 0, 0, false
	}
	ns, _ = digits(text[1:], count)
	for range 9 - count {
		ns *= 10
	}
	if learn {
		p.zero = text[0]
		p.fewer = p.fewer || p.digits > 0 && count != p.digits
		p.digits = max(p.digits, count)
		p.point = p.point || text[size-1] == '0'
	}
	return ns, size, true
}

// half reads AM or PM.
func (p *part) half(text string, learn bool) (pm bool, size int, ok bool) {
	for i := range len(halfStyles) {
		style := halfStyles[i]
		if p.style != style && (p.style != unknown || !learn) {
			continue
		}
		for _, pm := range []bool{false, true} {
			if word := half(style, pm); strings.HasPrefix(text, word) {
				p.style = style
				return pm, len(word), true
			}
		}
	}
	return false, 0, false
}

// zone reads an offset from UTC, in seconds.
func (p *part) zone(text string, learn bool) (offset, size int, ok bool) {
	if strings.HasPrefix(text, "Z") {
		if p.zero == unknown && learn {
			p.zero = 'Z'
		}
		return 0, 1, p.zero == 'Z'
	}
	if len(text) < 3 || text[0] != '+' && text[0] != '-' {
		return 0, 0, false
	}
	hours, ok := digits(text[1:], 2)
	minutes, size := 0, 3
	style := byte('h')
	if m, found := digits(text[3:], 2); found {
		minutes, size, style = m, 5, '0'
	} else if strings.HasPrefix(text[3:], ":") {
		minutes, found = digits(text[4:], 2)
		ok = ok && found
		size, style = 6, ':'
	}
	if p.style == unknown && learn {
		p.style = style
	}
	if !ok || p.style != style || hours > 23 || minutes > 59 {
		return 0, 0, false
	}
	offset = 3600*hours + 60*minutes
	if text[0] == '-' {
		offset = -offset
	}
	if offset == 0 {
		if p.zero == unknown && learn {
			p.zero = '+'
		}
		ok = p.zero == '+'
	}
	return offset, size, ok
}
