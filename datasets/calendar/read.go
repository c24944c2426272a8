package calendar

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// LabelError says which of some labels is no time, and why.
type LabelError struct {
	Index int    // of the label, from 0
	Label string // the label
	Why   string // such as: is not a time like "2024-01-31"; write all times in one way
}

// Error returns one line; it counts labels from 1.
func (e *LabelError) Error() string {
	if e == nil {
		return "no label is at fault"
	}
	return fmt.Sprintf("time %d: %s %s", e.Index+1, fault.Quote(e.Label), e.Why)
}

// Read returns the form in which all labels are written and the times that they say. A form reads a label only if it
// would write it just so.
//
// Where labels read in several ways, the month comes before the day, unless the day first makes more sense: it alone
// reads all labels, or puts them into an order, or at even distances. Between dots the day comes first. Two digits of a
// year stand for 1969 to 2068, as in POSIX. What a file does not show is guessed: whether numbers have leading zeros
// from other numbers, May is short.
//
// Whole numbers alone are dates of eight digits (20240131) or more with hours, minutes and seconds behind them, months
// of six (202401), years of four, in this order and between 1600 and 2199, if all are; any others are counted steps,
// whose times are so many seconds of 1970 in a location that tells them from others ([Find]). Serial numbers of
// spreadsheets, Unix times and decimal years are read only by [ReadSerials], [ReadUnix] and [ReadDecimalYears].
//
// The error is a *[LabelError] with the first label at fault, unless there are none.
func Read(labels []string) (Form, []time.Time, error) {
	if len(labels) == 0 {
		return Form{}, nil, errors.New("no times to read; give labels")
	}
	for i, label := range labels {
		if strings.TrimSpace(label) == "" {
			return Form{}, nil, &LabelError{i, label, "is missing; give every step a time"}
		}
	}
	candidates := skeletons(labels[0])
	read, failed := readAll(candidates, labels)
	if len(read) == 0 {
		// Some programs leave out the time of day at midnight.
		longer := slices.MaxFunc(labels, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
		var at int
		read, at = readAll(barely(skeletons(longer)), labels)
		failed = max(failed, at)
	}
	if len(read) > 0 {
		best := sensible(read)
		return best.form, best.times, nil
	}
	if wholeNumber(labels[0]) && !mostlyDates(candidates, labels) {
		return readNumbers(labels)
	}
	if failed < 1 {
		return Form{}, nil, &LabelError{0, labels[0], "is not a time in a form that is known; write times such as 2024-01-31 15:04"}
	}
	return Form{}, nil, &LabelError{failed, labels[failed], fmt.Sprintf("is not a time like %s; write all times in one way", fault.Quote(labels[0]))}
}

// readAll reads labels by each of some skeletons and returns the readings that read all labels. If there are none,
// failed is how many labels the best has read.
func readAll(candidates []skeleton, labels []string) (read []reading, failed int) {
	for _, c := range candidates {
		r, at := c.read(labels)
		if at == len(labels) {
			read = append(read, r)
		}
		failed = max(failed, at)
	}
	return read, failed
}

// barely returns those of some skeletons that end with a time of day, which may be left out.
func barely(all []skeleton) []skeleton {
	var optional []skeleton
	for _, c := range all {
		clock := slices.IndexFunc(c.parts, func(p part) bool { return p.code == 'H' || p.code == 'I' })
		if clock < 1 || slices.ContainsFunc(c.parts[clock:], func(p part) bool { return p.code != 0 && strings.IndexByte("Yymdboaju", p.code) >= 0 }) {
			continue
		}
		if c.parts[clock-1].code == 0 {
			clock--
		}
		optional = append(optional, skeleton{slices.Insert(slices.Clone(c.parts), clock, part{code: 'x'}), c.rank})
	}
	return optional
}

// IsTime reports whether a label is a time by itself. Numbers alone could be anything, those of years and 20240131
// among them, so that they are none; [Read] says whether many are.
func IsTime(label string) bool {
	// A number, or a word, needs no walk.
	if strings.Trim(label, "0123456789.,+-eE") == "" && strings.Count(label, "-") < 2 && !dashed(label) && strings.Count(label, ".") < 2 {
		return false
	}
	for _, c := range skeletons(label) {
		if _, at := c.read([]string{label}); at == 1 {
			return true
		}
	}
	return false
}

// dashed reports whether a label may be a month such as 2024-01 or 1-2024.
func dashed(label string) bool {
	a, b, ok := strings.Cut(label, "-")
	return ok && a != "" && (len(a) == 4 || len(b) == 4)
}

// reading is how labels read in one form.
type reading struct {
	form  Form
	times []time.Time
}

// read reads labels by a skeleton. It returns how many it has read.
func (c skeleton) read(labels []string) (reading, int) {
	parts := slices.Clone(c.parts)
	times := make([]time.Time, 0, min(len(labels), 64))
	var s scanner
	for i, label := range labels {
		t, ok := s.scan(parts, label, true)
		if !ok {
			return reading{}, i
		}
		times = append(times, t)
	}
	parts = settle(parts)
	// What was learnt late, such as 24:00, holds for the labels before, too.
	var text [2 * longest]byte
	for i, label := range labels {
		if string(appendTime(text[:0], parts, times[i])) != label {
			return reading{}, i
		}
	}
	return reading{formOf(parts), times}, len(labels)
}

// settle returns parts in which what no label has said is guessed.
func settle(parts []part) []part {
	parts = slices.DeleteFunc(parts, func(p part) bool { return p.code == 'f' && p.digits == 0 })
	var date, clock byte
	named := false
	for _, p := range parts {
		named = named || p.code == 'b'
		switch {
		case !p.padded() || p.pad == unknown:
		case strings.IndexByte("HKI", p.code) >= 0:
			clock = p.pad
		default:
			date = p.pad
		}
	}
	for i := range parts {
		p := &parts[i]
		if p.padded() && p.pad == unknown {
			p.pad = '0'
			inDate := strings.IndexByte("HKI", p.code) < 0
			switch {
			case inDate && date == '_' && i == 0: // blanks before a label are cut off
				p.pad = '-'
			case inDate && date != 0:
				p.pad = date
			case date == '-' || date == 0 && clock == '-' && !named:
				p.pad = '-'
			}
		}
		switch p.code {
		case 'b', 'a':
			p.styles &= -p.styles
		case 'H', 'K':
			p.style = 0
		case 'z':
			if p.style == unknown {
				p.style = ':'
			}
			if p.zero == unknown {
				p.zero = '+'
			}
		case 'f':
			switch {
			case !p.fewer:
				p.style = '='
			case p.point:
				p.style = '?'
			default:
				p.style, p.digits = '*', 9
			}
		}
	}
	return parts
}

// sensible returns the reading that makes most sense: of times in order and at even distances, rather with the oldest
// first; the first of several.
func sensible(all []reading) reading {
	best, most := all[0], -1
	if len(all) == 1 {
		return best
	}
	for _, r := range all {
		sense := 0
		switch Order(r.times) {
		case OldestFirst:
			sense = 3
		case NewestFirst:
			sense = 2
		}
		sorted := slices.Clone(r.times)
		slices.SortFunc(sorted, time.Time.Compare)
		sorted = slices.CompactFunc(sorted, time.Time.Equal)
		if f, err := Find(sorted); err == nil && len(sorted) > 2 && f.Between(sorted[0], sorted[len(sorted)-1]) == len(sorted)-1 {
			sense += 2
		}
		if sense > most {
			best, most = r, sense
		}
	}
	return best
}

// mostlyDates reports whether most labels, which are whole numbers, read as dates by one of the skeletons. That the
// others do not is then a fault of theirs.
func mostlyDates(candidates []skeleton, labels []string) bool {
	for _, c := range candidates {
		if _, at := c.read(labels[:1]); at != 1 {
			continue
		}
		count := 0
		var s scanner
		for _, label := range labels {
			if _, ok := s.scan(c.parts, label, false); ok {
				count++
			}
		}
		if 2*count > len(labels) {
			return true
		}
	}
	return false
}
