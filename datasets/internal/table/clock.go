package table

import (
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/calendar"
	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// clock is the times of the rows.
type clock struct {
	columns []*column // that say them
	labels  *words
	form    *calendar.Form // nil if they are no times that are known
	times   []time.Time    // of labels.all, if there is a form
	order   []float64      // of labels.all: what is later is larger; nil if there is none
	certain bool           // whether they are times whatever their order
}

// name returns the names of its columns.
func (t *clock) name() string { return namesOf(t.columns) }

// key returns what orders a row.
func (t *clock) key(row int) float64 { return t.order[t.labels.code(row)] }

// findClock finds the columns of times; it is nil if there are none.
func (f *file) findClock() (*clock, error) {
	if len(f.choice.Time) > 0 {
		return f.chosenClock(f.chosen(f.choice.Time))
	}
	free := f.free()
	if c := f.dateColumn(free); c != nil {
		t, err := f.readClock([]*column{c}, c.words)
		if err != nil {
			return nil, err
		}
		return f.withHours(t, free), nil
	}
	if t := f.partsClock(free); t != nil {
		return t, nil
	}
	for i, c := range f.columns {
		if !slices.Contains(free, c) || c.kind != numberColumn || !c.named || !isTimeName(c.name) || f.lone(c) {
			continue
		}
		t, err := f.numberClock(c)
		switch {
		case err != nil:
			return nil, err
		case t == nil:
		case t.certain:
			return f.withHours(t, free), nil
		case f.goesOn(t) || i == 0 && isDateName(c.name):
			return t, nil
		}
	}
	for i, c := range f.columns {
		if t := f.digitsClock(i, c); t != nil && slices.Contains(free, c) && f.goesOn(t) {
			return f.withHours(t, free), nil
		}
	}
	if c := f.columns[0]; slices.Contains(free, c) && c.kind == numberColumn && f.header && isIndexName(c.name, c.named) && c.missing == 0 && rises(c.values) && !f.lone(c) {
		w, err := f.wordsOf(c)
		return &clock{columns: []*column{c}, labels: w, order: f.orders(w, c)}, err
	}
	for _, c := range free {
		if c.kind == textColumn && c.named && isTimeName(c.name) && c.words != nil {
			if err := f.noneMissing(c); err != nil {
				return nil, err
			}
			return &clock{columns: []*column{c}, labels: c.words}, nil
		}
	}
	return nil, nil
}

// free returns the columns that are chosen for nothing.
func (f *file) free() []*column {
	named := f.choice.named()
	var free []*column
	for _, c := range f.columns {
		if !slices.Contains(named, c.name) {
			free = append(free, c)
		}
	}
	return free
}

// chosenClock reads times of the columns that a person names for them.
func (f *file) chosenClock(columns []*column) (*clock, error) {
	if len(columns) == 1 {
		c := columns[0]
		if c.kind == numberColumn {
			t, err := f.numberClock(c)
			if t == nil && err == nil {
				w, err2 := f.wordsOf(c)
				if err = err2; err == nil {
					t = &clock{columns: columns, labels: w, order: f.orders(w, c), certain: true}
				}
			}
			return t, err
		}
		w, err := f.wordsOf(c)
		if err != nil {
			return nil, err
		}
		return f.readClock(columns, w)
	}
	if t := f.partsClock(columns); t != nil && len(t.columns) == len(columns) {
		return t, nil
	}
	w := newWords(f.n)
	err := f.compose(columns, func(fields []string) string {
		parts := slices.Clone(fields)
		for i, c := range columns[1:] {
			if partNamed(c.name) == hourPart {
				parts[i+1] = hourText(parts[i+1])
			}
		}
		return strings.Join(parts, " ")
	}, w)
	if err != nil {
		return nil, err
	}
	return f.readClock(columns, w)
}

// dateColumn returns the column of dates, or nil: the leftmost with the name of a time, or else the leftmost.
func (f *file) dateColumn(columns []*column) *column {
	var best *column
	for _, c := range columns {
		if c.words == nil || c.kind != textColumn {
			continue
		}
		// A few that are none, or are missing, are faults of a column of dates, not the mark of another one.
		const look = 20
		dates, others := 0, 0
		for _, label := range c.words.all[:min(len(c.words.all), look)] {
			switch {
			case isDate(label):
				dates++
			case !f.isMissing(label):
				others++
			}
		}
		named := c.named && isTimeName(c.name)
		switch {
		case dates == 0, dates < others, others > 0 && !named && best != nil:
		case best == nil || named && !isTimeName(best.name):
			best = c
		}
	}
	return best
}

// noneMissing returns an error if a time is missing.
func (f *file) noneMissing(c *column) error {
	if c.missing == 0 {
		return nil
	}
	return errors.Errorf("%s: line %d, column %s: missing time; give every row one", f.name, c.firstMissing, fault.Quote(c.name))
}

// readClock reads the times of labels; those that are none are an error.
func (f *file) readClock(columns []*column, labels *words) (*clock, error) {
	for _, c := range columns {
		if err := f.noneMissing(c); err != nil {
			return nil, err
		}
	}
	form, times, err := calendar.Read(labels.all)
	if err != nil {
		var wrong *calendar.LabelError
		if !errors.As(err, &wrong) {
			return nil, errors.WithMessage(err, f.name)
		}
		first := slices.IndexFunc(labels.all, isDate)
		if wrong.Index == 0 && first > 0 { // it is the first that is unlike the others
			wrong = &calendar.LabelError{Index: 0, Label: wrong.Label, Why: "is not a time like " + fault.Quote(labels.all[first]) + "; write all times in one way"}
		}
		return nil, errors.Errorf("%s: %s %s", f.at(f.rowOf(labels, wrong.Index), namesOf(columns)), fault.Quote(wrong.Label), wrong.Why)
	}
	return &clock{columns: columns, labels: labels, form: &form, times: times, order: ordersOf(times), certain: true}, nil
}

// rowOf returns the first row with a text.
func (f *file) rowOf(labels *words, code int) int {
	if labels.codes == nil {
		return code
	}
	return max(0, slices.Index(labels.codes, int32(code)))
}

// ordersOf returns numbers that order times.
func ordersOf(times []time.Time) []float64 {
	order := make([]float64, len(times))
	exact := true
	for _, t := range times {
		year := t.Year()
		exact = exact && year > 1900 && year < 2100
	}
	for i, t := range times {
		order[i] = float64(t.UnixMicro()) // below 2⁵³
		if !exact {
			order[i] = float64(t.Unix()) + float64(t.Nanosecond())/1e9
		}
	}
	return order
}

// orders returns the numbers of a column, of its different texts.
func (f *file) orders(w *words, c *column) []float64 {
	order := make([]float64, len(w.all))
	for i, text := range w.all {
		order[i], _ = f.parse(c, text)
	}
	return order
}

// numberClock reads times from a column of numbers under the name of one: dates of digits alone, years, times of Unix, serial
// numbers of spreadsheets, years with months behind the point, or steps that are counted. It is nil if they are none, as
// hours that start over each day.
func (f *file) numberClock(c *column) (*clock, error) {
	if c.missing > 0 && isDateName(c.name) && c.missing < f.n/2+1 {
		return nil, f.noneMissing(c)
	}
	if c.bad.line != 0 || c.missing > 0 {
		return nil, nil
	}
	w, err := f.wordsOf(c)
	if err != nil {
		return nil, err
	}
	t := &clock{columns: []*column{c}, labels: w}
	reads := []func([]string) (calendar.Form, []time.Time, error){calendar.Read, calendar.ReadDecimalYears}
	if isDateName(c.name) {
		reads = append(reads, calendar.ReadUnix)
		if isDayName(c.name) {
			reads = append(reads, calendar.ReadSerials)
		}
	}
	for _, read := range reads {
		form, times, err := read(w.all)
		if err == nil && (t.form == nil || !t.certain) {
			t.form, t.times, t.order = &form, times, ordersOf(times)
			t.certain = !areSteps(times)
		}
	}
	if t.form == nil {
		t.order = f.orders(w, c)
	}
	t.certain = t.certain && isDateName(c.name)
	return t, nil
}

// digitsClock reads times of digits alone from a column that is not called by one: dates of eight digits, and in the first
// column months of six and years that count up. It is nil if they are none.
func (f *file) digitsClock(place int, c *column) *clock {
	if c.kind != numberColumn || !c.digits || c.zeros || c.missing > 0 || f.lone(c) {
		return nil
	}
	low, high := slices.Min(c.values), slices.Max(c.values)
	switch {
	case low >= 17000101 && high <= 21991231:
	case place == 0 && low >= 170001 && high <= 219912:
	case place == 0 && low >= 1700 && high <= 2199 && f.counts(c, nil):
	default:
		return nil
	}
	w, err := f.wordsOf(c)
	if err != nil {
		return nil
	}
	form, times, err := calendar.Read(w.all)
	if err != nil || areSteps(times) {
		return nil
	}
	return &clock{columns: []*column{c}, labels: w, form: &form, times: times, order: ordersOf(times), certain: true}
}

// areSteps reports whether times are whole numbers that count steps.
func areSteps(times []time.Time) bool {
	every, err := calendar.Find([]time.Time{times[0], times[0].Add(time.Second)})
	return err == nil && every.Unit == calendar.Step
}

// partsClock reads times of which a column says the year, another one the month, quarter or week, and further ones the day,
// the hour and the minute, as far as they are there. It is nil if they are not.
func (f *file) partsClock(columns []*column) *clock {
	var of [partCount]*column
	for _, c := range columns {
		if p := partNamed(c.name); of[p] == nil && c.named && c.missing == 0 && c.bad.line == 0 == (c.kind == numberColumn) {
			of[p] = c
		}
	}
	year := of[yearPart]
	if !year.within(1000, 2999) {
		return nil
	}
	used := []*column{year}
	month, quarter, week := of[monthPart], of[quarterPart], of[weekPart]
	var text func(fields []string) string
	switch {
	case month != nil && (month.within(1, 12) || month.kind == textColumn):
		used = append(used, month)
		for _, p := range []part{dayPart, hourPart, minutePart} {
			c := of[p]
			if p == dayPart && !c.within(1, 31) || p == hourPart && !c.within(0, 24) || p == minutePart && !c.within(0, 59) {
				break
			}
			used = append(used, c)
		}
		text = func(fields []string) string { return partsText(fields, month.kind == textColumn) }
	case quarter.within(1, 4):
		used = append(used, quarter)
		text = func(fields []string) string { return whole(fields[0]) + "Q" + whole(fields[1]) }
	case week.within(1, 53):
		used = append(used, week)
		text = func(fields []string) string { return whole(fields[0]) + "-W" + twoDigits(fields[1]) }
	default:
		return nil
	}
	w := newWords(f.n)
	if err := f.compose(used, text, w); err != nil {
		return nil
	}
	t, err := f.readClock(used, w)
	if err != nil {
		return nil
	}
	return t
}

// within reports whether there is a column whose numbers are all whole and within bounds.
func (c *column) within(low, high float64) bool {
	return c != nil && c.kind == numberColumn && c.missing == 0 && c.whole() && slices.Min(c.values) >= low && slices.Max(c.values) <= high
}

// partsText writes year, month, day, hour and minute, as far as there are so many fields.
func partsText(fields []string, byName bool) string {
	year, month := whole(fields[0]), twoDigits(fields[1])
	var date string
	switch {
	case byName && len(fields) > 2:
		date = whole(fields[2]) + " " + fields[1] + " " + year
	case byName:
		date = fields[1] + " " + year
	case len(fields) > 2:
		date = year + "-" + month + "-" + twoDigits(fields[2])
	default:
		date = year + "-" + month
	}
	switch len(fields) {
	case 4:
		return date + " " + twoDigits(fields[3]) + ":00"
	case 5:
		return date + " " + twoDigits(fields[3]) + ":" + twoDigits(fields[4])
	}
	return date
}

// whole writes a whole number without a fraction such as .0, if it is one.
func whole(text string) string {
	if n, ok := anyNumber(text); ok {
		return show(n.value)
	}
	return text
}

// twoDigits writes a whole number with two digits at least.
func twoDigits(text string) string {
	if text = whole(text); len(text) == 1 {
		return "0" + text
	}
	return text
}

// hourText writes an hour as a time of the day.
func hourText(text string) string {
	if _, ok := anyNumber(text); ok {
		return twoDigits(text) + ":00"
	}
	return text
}

// clockText writes a time of the day of so many digits with marks between hours, minutes and seconds.
func clockText(text string, digits int) string {
	text = whole(text)
	text = strings.Repeat("0", max(0, digits-len(text))) + text
	at := text[:2]
	for text = text[2:]; len(text) >= 2; text = text[2:] {
		at += ":" + text[:2]
	}
	return at
}

// isClockTime reports whether a text is a time of the day, such as 9:05 or 21:05:30.
func isClockTime(text string) bool {
	hour, rest, ok := strings.Cut(text, ":")
	return ok && len(hour) > 0 && len(hour) < 3 && allDigits(hour) && len(rest) > 1 && isDigit(rest[0]) && isDigit(rest[1])
}

// withHours returns the clock of days that repeat together with a column that says the hour, if there is one.
func (f *file) withHours(t *clock, free []*column) *clock {
	if t == nil || t.form == nil || t.labels.codes == nil || len(t.labels.all) == f.n {
		return t
	}
	for _, at := range t.times {
		if h, m, s := at.Clock(); h+m+s > 0 {
			return t
		}
	}
	for _, c := range free {
		p := partNamed(c.name)
		isClock := c.kind == textColumn && c.words != nil && !slices.ContainsFunc(c.words.all, func(text string) bool { return !isClockTime(text) })
		digits := 0 // of a clock without marks, such as 0930 or 093000
		if p == clockPart && c.within(0, 240000) && slices.Max(c.values) >= 100 {
			if digits = 4; slices.Max(c.values) > 2400 {
				digits = 6
			}
		}
		if !isClock && digits == 0 && !(p == hourPart && c.within(0, 24)) || c.missing > 0 || slices.Contains(t.columns, c) {
			continue
		}
		columns := append(slices.Clone(t.columns), c)
		w := newWords(f.n)
		last := len(columns) - 1
		err := f.compose(columns, func(fields []string) string {
			at := hourText(fields[last])
			if digits > 0 {
				at = clockText(fields[last], digits)
			}
			return strings.Join(fields[:last], " ") + " " + at
		}, w)
		if err != nil {
			continue
		}
		if joined, err := f.readClock(columns, w); err == nil {
			return joined
		}
	}
	return t
}

// rises reports whether each number is above the one before it.
func rises(values []float64) bool {
	for i := 1; i < len(values); i++ {
		if !(values[i] > values[i-1]) {
			return false
		}
	}
	return len(values) > 0
}
