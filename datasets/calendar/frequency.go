package calendar

import (
	"fmt"
	"time"

	"github.com/pkg/errors"
)

// Unit is what the distance of steps is counted in.
type Unit int

// The units. Steps are those of plain whole numbers.
const (
	Step Unit = iota
	Nanosecond
	Second
	Minute
	Hour
	Day
	BusinessDay // Monday to Friday
	Week
	Month
	MonthEnd // the last day of a month
	Quarter
	Year
)

var unitNames = [...]string{
	"step", "nanosecond", "second", "minute", "hour", "day", "business day", "week", "month", "month end", "quarter", "year",
}

// String returns the unit's name in the singular.
func (u Unit) String() string {
	if u < 0 || int(u) >= len(unitNames) {
		return fmt.Sprintf("unit %d", int(u))
	}
	return unitNames[u]
}

// MarshalText returns [Unit.String].
func (u Unit) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText reads what [Unit.String] returns.
func (u *Unit) UnmarshalText(text []byte) error {
	for i, name := range unitNames {
		if name == string(text) && u != nil {
			*u = Unit(i)
			return nil
		}
	}
	return errors.Errorf("unit of time %.40q is not known; it is one of %q", text, unitNames)
}

// Frequency is how far the steps of a series are apart: a count of units, at least 1. The zero Frequency is that of
// whole numbers that count up by one. Days and what is longer are counted by the clock of the times' own location,
// hours and what is shorter as time passes.
type Frequency struct {
	Unit  Unit
	Count int
	// Day is of weeks the day of the week from Sunday, 0; of months, quarters and years the day of the month if not
	// every month has it, 29 to 31, and otherwise 0.
	Day int
}

// count returns f.Count, at least 1, and at most what products do not overflow with.
func (f Frequency) count() int { return min(max(f.Count, 1), farthest) }

// months returns the months of a step, 0 unless it is some.
func (f Frequency) months() int {
	switch f.Unit {
	case Month, MonthEnd:
		return f.count()
	case Quarter:
		return 3 * f.count()
	case Year:
		return 12 * f.count()
	}
	return 0
}

// length returns the seconds and nanoseconds of a step that has always as many, zeros for others.
func (f Frequency) length() (seconds, ns int64) {
	switch f.Unit {
	case Step, Second:
		return int64(f.count()), 0
	case Minute:
		return 60 * int64(f.count()), 0
	case Hour:
		return 3600 * int64(f.count()), 0
	case Nanosecond:
		return 0, int64(f.count())
	}
	return 0, 0
}

// days returns the days of a step, 0 unless it is some.
func (f Frequency) days() int {
	switch f.Unit {
	case Day:
		return f.count()
	case Week:
		return 7 * f.count()
	}
	return 0
}

// String says the frequency in words: hourly, every 15 minutes, daily, business days, weekly (Sundays), month ends,
// monthly, quarterly, yearly, steps of 1.
func (f Frequency) String() string {
	n := f.count()
	switch f.Unit {
	case Step:
		return fmt.Sprintf("steps of %d", n)
	case Nanosecond:
		return fmt.Sprintf("every %v", time.Duration(n))
	case Week:
		day := time.Weekday(((f.Day % 7) + 7) % 7)
		if n == 1 {
			return fmt.Sprintf("weekly (%vs)", day)
		}
		return fmt.Sprintf("every %d weeks (%vs)", n, day)
	case MonthEnd:
		ends := "month ends"
		switch {
		case n%12 == 0:
			n, ends = n/12, "year ends"
		case n%3 == 0:
			n, ends = n/3, "quarter ends"
		}
		if n == 1 {
			return ends
		}
		return fmt.Sprintf("every %d %s", n, ends)
	}
	if n != 1 {
		return fmt.Sprintf("every %d %vs", n, f.Unit)
	}
	switch f.Unit {
	case Hour, Month, Quarter, Year:
		return f.Unit.String() + "ly"
	case Day:
		return "daily"
	case BusinessDay:
		return "business days"
	}
	return "every " + f.Unit.String()
}

// Season returns the steps after which a pattern is likely to return: those of a day, if they are minutes or hours (24
// for hourly), of an hour, if they are seconds, of a week, if they are days (7 or, for business days, 5), and of a
// year, if they are longer (52, 12, 4). It is 1 if there are none.
func (f Frequency) Season() int {
	all := 1
	switch f.Unit {
	case Second:
		all = 3600
	case Minute:
		all = 1440
	case Hour:
		all = 24
	case Day:
		all = 7
	case BusinessDay:
		all = 5
	case Week:
		all = 52
	case Month, MonthEnd:
		all = 12
	case Quarter:
		all = 4
	}
	if n := f.count(); all%n == 0 {
		return all / n
	}
	return 1
}

// farthest bounds the count of a frequency and how many steps are taken at once, and reach how many units that makes,
// so that no product overflows.
const (
	farthest = 1 << 31
	reach    = 1 << 50
)

// Next returns the time so many steps after t, or before it if n is negative. From a day that is not on the grid of
// business days or month ends, the steps begin at the last one that is. Steps that lead beyond 2³¹ are cut there.
func (f Frequency) Next(t time.Time, n int) time.Time {
	most := min(farthest, reach/f.count())
	n = min(max(n, -most), most)
	if n == 0 {
		return t
	}
	if seconds, ns := f.length(); seconds != 0 || ns != 0 {
		total := seconds * int64(n)
		fraction := ns * int64(n)
		return time.Unix(t.Unix()+total, int64(t.Nanosecond())+fraction).In(t.Location())
	}
	if d := f.days(); d != 0 {
		return t.AddDate(0, 0, d*n)
	}
	if f.Unit == BusinessDay {
		day := dayOf(t)
		at := businessDay(day)
		if n < 0 && dayOfBusiness(at) != day {
			n++
		}
		return t.AddDate(0, 0, int(dayOfBusiness(at+int64(n)*int64(f.count()))-day))
	}
	m := f.months()
	if m == 0 { // a unit that there is not
		return t
	}
	first := t.AddDate(0, 0, 1-t.Day())
	if f.Unit == MonthEnd && n > 0 && t.Day() != daysIn(t.Year(), int(t.Month())) {
		first = first.AddDate(0, -1, 0)
	}
	first = first.AddDate(0, m*n, 0)
	last := daysIn(first.Year(), int(first.Month()))
	day := max(t.Day(), min(f.Day, 31))
	if f.Unit == MonthEnd {
		day = last
	}
	return first.AddDate(0, 0, min(day, last)-1)
}

// Between returns how many whole steps after a the time b is, negative if it is before. Both lie on one grid if
// f.Next(a, f.Between(a, b)) is b.
func (f Frequency) Between(a, b time.Time) int {
	if seconds, ns := f.length(); ns != 0 {
		return int(floor(int64(b.Sub(a)), ns))
	} else if seconds != 0 {
		passed := b.Unix() - a.Unix()
		if b.Nanosecond() < a.Nanosecond() {
			passed--
		}
		return int(floor(passed, seconds))
	}
	a, b = wall(a), wall(b)
	var n int64
	switch {
	case f.days() != 0:
		n = floor(dayOf(b)-dayOf(a), int64(f.days()))
	case f.Unit == BusinessDay:
		n = floor(businessDay(dayOf(b))-businessDay(dayOf(a)), int64(f.count()))
	case f.months() != 0:
		n = floor(monthOf(b)-monthOf(a), int64(f.months()))
	}
	// Whole days and months may be a few more than whole steps.
	for range 2 {
		if f.Next(a, int(n)).After(b) {
			n--
		}
	}
	for range 2 {
		if !f.Next(a, int(n)+1).After(b) {
			n++
		}
	}
	return int(n)
}

// floor returns a/b rounded down.
func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// wall returns the time at which a clock in UTC shows what one at t shows.
func wall(t time.Time) time.Time {
	y, m, d := t.Date()
	hour, minute, second := t.Clock()
	return time.Date(y, m, d, hour, minute, second, t.Nanosecond(), time.UTC)
}

// dayOf returns the number of t's day, from 1970.
func dayOf(t time.Time) int64 {
	y, m, d := t.Date()
	return floor(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix(), secondsOfDay)
}

// monthOf returns the number of t's month, from year 0.
func monthOf(t time.Time) int64 { return 12*int64(t.Year()) + int64(t.Month()) - 1 }

// businessDay returns the number of a day among the business days; that of a weekend is Friday's.
func businessDay(day int64) int64 {
	monday := day + 3 // 1970 begins on a Thursday
	week := floor(monday, 7)
	return 5*week + min(monday-7*week, 4)
}

// dayOfBusiness returns the number of the day that is business day n.
func dayOfBusiness(n int64) int64 {
	week := floor(n, 5)
	return 7*week + (n - 5*week) - 3
}
