package calendar

import (
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// halfStyles are the ways to write AM and PM, by the letter that stands for each.
const halfStyles = "AaDdT"

var halves = [2][len(halfStyles)]string{{"AM", "am", "A.M.", "a.m.", "Am"}, {"PM", "pm", "P.M.", "p.m.", "Pm"}}

// half returns AM or PM in one of the styles.
func half(style byte, pm bool) string {
	i := max(0, strings.IndexByte(halfStyles, style))
	if pm {
		return halves[1][i]
	}
	return halves[0][i]
}

// appendTime appends a time in the form of the parts.
func appendTime(b []byte, parts []part, t time.Time) []byte {
	date := t
	midnight := t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0
	for _, p := range parts {
		if p.code == 'K' && midnight {
			date = t.AddDate(0, 0, -1)
		}
	}
	for _, p := range parts {
		switch p.code {
		case 0:
			b = append(b, p.text...)
		case 'x':
			if midnight {
				return b
			}
		case 'Y':
			b = appendPadded(b, date.Year(), 4)
		case 'G':
			year, _ := date.ISOWeek()
			b = appendPadded(b, year, 4)
		case 'y':
			b = appendPadded(b, (date.Year()%100+100)%100, 2)
		case 'm':
			b = appendTwo(b, p.pad, int(date.Month()))
		case 'd':
			b = appendTwo(b, p.pad, date.Day())
		case 'o':
			b = strconv.AppendInt(b, int64(date.Day()), 10)
			b = append(b, ordinal(date.Day())...)
		case 'j':
			b = appendPadded(b, date.YearDay(), 3)
		case 'b':
			b = append(b, in(p.letters, monthNames().words[bits.TrailingZeros32(p.styles)][date.Month()-1])...)
		case 'a':
			b = append(b, in(p.letters, weekdayNames().words[bits.TrailingZeros32(p.styles)][date.Weekday()])...)
		case 'q':
			b = append(b, '1'+byte((date.Month()-1)/3))
		case 'h':
			b = append(b, '1'+byte((date.Month()-1)/6))
		case 'V':
			_, week := date.ISOWeek()
			b = appendTwo(b, p.pad, week)
		case 'u':
			b = append(b, '1'+byte((date.Weekday()+6)%7))
		case 'H':
			b = appendTwo(b, p.pad, t.Hour())
		case 'K':
			hour := t.Hour()
			if !date.Equal(t) {
				hour = 24
			}
			b = appendTwo(b, p.pad, hour)
		case 'I':
			b = appendTwo(b, p.pad, (t.Hour()+11)%12+1)
		case 'M':
			b = appendPadded(b, t.Minute(), 2)
		case 'S':
			b = appendPadded(b, t.Second(), 2)
		case 'f':
			b = p.appendFraction(b, t.Nanosecond())
		case 'p':
			b = append(b, half(p.style, t.Hour() >= 12)...)
		case 'z':
			b = p.appendOffset(b, t)
		default:
			b = p.appendNumber(b, t)
		}
	}
	return b
}

// appendPadded appends n in so many digits at least.
func appendPadded(b []byte, n, width int) []byte {
	if n < 0 {
		b = append(b, '-')
		n = -n
	}
	for limit := 10; width > 1; width-- {
		if n < limit {
			for range width - 1 {
				b = append(b, '0')
			}
			break
		}
		limit *= 10
	}
	return strconv.AppendInt(b, int64(n), 10)
}

// appendTwo appends a number of one or two digits.
func appendTwo(b []byte, pad byte, n int) []byte {
	if n < 10 && pad != '-' {
		if pad == '_' {
			b = append(b, ' ')
		} else {
			b = append(b, '0')
		}
	}
	return strconv.AppendInt(b, int64(n), 10)
}

// ordinal returns what is written behind the number of a day: st, nd, rd or th.
func ordinal(n int) string {
	if n/10 != 1 {
		switch n % 10 {
		case 1:
			return "st"
		case 2:
			return "nd"
		case 3:
			return "rd"
		}
	}
	return "th"
}

// appendFraction appends the fraction of a second with the point before it.
func (p part) appendFraction(b []byte, ns int) []byte {
	digits := strconv.Itoa(1_000_000_000 + ns)[1:][:p.digits]
	switch p.style {
	case '*':
		for digits != "" && digits[len(digits)-1] == '0' {
			digits = digits[:len(digits)-1]
		}
	case '?':
		if ns == 0 {
			digits = ""
		}
	}
	if digits == "" {
		return b
	}
	return append(append(b, p.zero), digits...)
}

// appendOffset appends the offset from UTC. Seconds of an offset, which clocks had before 1900, are left out.
func (p part) appendOffset(b []byte, t time.Time) []byte {
	_, offset := t.Zone()
	if offset == 0 && p.zero == 'Z' {
		return append(b, 'Z')
	}
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	b = appendPadded(append(b, sign), offset/3600, 2)
	switch p.style {
	case ':':
		b = append(b, ':')
	case 'h':
		return b
	}
	return appendPadded(b, offset/60%60, 2)
}
