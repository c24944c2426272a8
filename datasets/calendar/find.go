package calendar

import (
	"time"

	"github.com/pkg/errors"
)

// Find returns the frequency of times that are in order, oldest or newest first. Times may be missing, but all must lie
// on the grid of the frequency, the widest that fits, and some must follow each other on it: two, unless there are no
// others, and a tenth. Equal times count as one. Days of Monday to Friday with weekends between them are business days,
// last days of months are month ends, and equal days of the month are months. Times that [Read] has made of whole
// numbers have steps.
//
// Times at no even distances are an error, as are fewer than two.
func Find(times []time.Time) (Frequency, error) {
	direction := Order(times)
	if direction == Unordered {
		for i := 1; i < len(times); i++ {
			if times[i].Before(times[i-1]) {
				return Frequency{}, errors.Errorf("time %d, %s, comes after %s; sort the times, oldest first", i+1, show(times[i]), show(times[i-1]))
			}
		}
	}
	distinct := make([]time.Time, 0, len(times))
	for i := range times {
		t := times[i]
		if direction == NewestFirst {
			t = times[len(times)-1-i]
		}
		if len(distinct) == 0 || !t.Equal(distinct[len(distinct)-1]) {
			distinct = append(distinct, t)
		}
	}
	if len(distinct) < 2 {
		return Frequency{}, errors.Errorf("%d times have no frequency; give two that differ", len(times))
	}
	if f, ok := findDays(distinct); ok {
		return f, nil
	}
	seconds := make([]int64, len(distinct))
	for i, t := range distinct {
		seconds[i] = t.Unix()
	}
	whole := true
	for _, t := range distinct {
		whole = whole && t.Nanosecond() == distinct[0].Nanosecond()
	}
	if whole {
		if d := step(seconds); d != 0 && d <= farthest {
			return ofSeconds(d, isStep(distinct[0])), nil
		}
	} else if span := distinct[len(distinct)-1].Sub(distinct[0]); span < 1<<62 {
		for i, t := range distinct {
			seconds[i] = int64(t.Sub(distinct[0]))
		}
		if d := step(seconds); d != 0 && d <= farthest {
			return Frequency{Nanosecond, int(d), 0}, nil
		}
	}
	return Frequency{}, irregular(distinct)
}

// show returns a time for messages.
func show(t time.Time) string {
	if isStep(t) {
		return Form{"%i0"}.Write(t)
	}
	if h, m, s := t.Clock(); h+m+s == 0 && t.Nanosecond() == 0 {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02 15:04:05.999999999")
}

// irregular says between which times the distance is unlike the most frequent one.
func irregular(times []time.Time) error {
	distances := make([]int64, len(times))
	for i := 1; i < len(times); i++ {
		distances[i] = int64(times[i].Sub(times[i-1]))
	}
	usual, _ := mostFrequent(distances[1:])
	for i := 1; i < len(times); i++ {
		if d := distances[i]; usual == 0 || d%usual != 0 {
			return errors.Errorf("times are not at even distances: %s comes after %s, which is like no other; bring them onto one grid", show(times[i]), show(times[i-1]))
		}
	}
	return errors.Errorf("times are not at even distances: from %s to %s none is usual; bring them onto one grid", show(times[0]), show(times[len(times)-1]))
}

// ofSeconds returns the frequency of so many seconds.
func ofSeconds(d int64, steps bool) Frequency {
	switch {
	case steps:
		return Frequency{Step, int(d), 0}
	case d%86400 == 0:
		return Frequency{Day, int(d / 86400), 0}
	case d%3600 == 0:
		return Frequency{Hour, int(d / 3600), 0}
	case d%60 == 0:
		return Frequency{Minute, int(d / 60), 0}
	}
	return Frequency{Second, int(d), 0}
}

// findDays returns the frequency of times that are whole days apart by the clock.
func findDays(times []time.Time) (Frequency, bool) {
	if isStep(times[0]) {
		return Frequency{}, false
	}
	clock := func(t time.Time) [4]int { return [4]int{t.Hour(), t.Minute(), t.Second(), t.Nanosecond()} }
	days := make([]int64, len(times))
	months := make([]int64, len(times))
	atEnd, business, highest := true, true, 0
	for i, t := range times {
		if clock(t) != clock(times[0]) {
			return Frequency{}, false
		}
		days[i], months[i] = dayOf(t), monthOf(t)
		atEnd = atEnd && t.Day() == daysIn(t.Year(), int(t.Month()))
		business = business && t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
		highest = max(highest, t.Day())
	}
	sameDay := true
	for _, t := range times {
		sameDay = sameDay && t.Day() == min(highest, daysIn(t.Year(), int(t.Month())))
	}
	if atEnd || sameDay {
		if d := step(months); d != 0 {
			return ofMonths(d, atEnd, highest), true
		}
	}
	d := step(days)
	switch {
	case d != 0 && d%7 == 0:
		return Frequency{Week, int(d / 7), int(times[0].Weekday())}, true
	case business && overWeekends(days):
		return Frequency{BusinessDay, 1, 0}, true
	case d != 0:
		return Frequency{Day, int(d), 0}, true
	}
	return Frequency{}, false
}

// ofMonths returns the frequency of so many months.
func ofMonths(d int64, atEnd bool, day int) Frequency {
	if day <= 28 {
		day = 0
	}
	switch {
	case atEnd:
		return Frequency{MonthEnd, int(d), 0}
	case d%12 == 0:
		return Frequency{Year, int(d / 12), day}
	case d%3 == 0:
		return Frequency{Quarter, int(d / 3), day}
	}
	return Frequency{Month, int(d), day}
}

// overWeekends reports whether days, none of which is of a weekend, are mostly business days that follow each other,
// some of them over a weekend.
func overWeekends(days []int64) bool {
	numbers := make([]int64, len(days))
	weekend := false
	for i, d := range days {
		numbers[i] = businessDay(d)
		weekend = weekend || i > 0 && d-days[i-1] != numbers[i]-numbers[i-1]
	}
	return weekend && step(numbers) == 1
}

// rarest is the least share of the distances that is one step. Times at random seconds, which all lie on the grid of
// seconds, have no frequency.
const rarest = 0.1

// mostFrequent returns the most frequent of some distances, the smallest if there are several, and how often it occurs.
func mostFrequent(distances []int64) (usual int64, count int) {
	counts := make(map[int64]int)
	for _, d := range distances {
		counts[d]++
	}
	for d, n := range counts {
		if n > count || n == count && d < usual {
			usual, count = d, n
		}
	}
	return usual, count
}

// step returns the distance of the grid on which rising numbers lie: the largest that divides all distances; 0 if it is
// hardly one of these.
func step(numbers []int64) int64 {
	var common int64
	for i, n := range numbers[1:] {
		if n <= numbers[i] {
			return 0
		}
		common = divisor(common, n-numbers[i])
	}
	count := 0
	for i, n := range numbers[1:] {
		if n-numbers[i] == common {
			count++
		}
	}
	// That one of two or more distances is the smallest says nothing.
	if all := len(numbers) - 1; all > 1 && count < 2 || float64(count) < rarest*float64(all) {
		return 0
	}
	return common
}

// divisor returns the greatest common divisor.
func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
