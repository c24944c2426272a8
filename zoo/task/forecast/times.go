package forecast

import (
	"strconv"
	"time"
)

// NextTimes continues the labels of a series' steps, oldest first, by so many: months, days, hours, numbers. It returns
// nil if it cannot tell how they go on.
func NextTimes(times []string, steps int) []string {
	// How the last dozen follow each other decides: a gap long ago, such as a missing leap day, does not matter.
	const recent = 12
	if len(times) < 2 {
		return nil
	}
	last := times[max(0, len(times)-recent-1):]
	if next := nextNumbers(last, steps); next != nil {
		return next
	}
	for _, layout := range timeLayouts {
		// A layout must fit all labels: 01/02 to 01/12 read both ways.
		if _, ok := parseTimes(layout, times); !ok {
			continue
		}
		recent, _ := parseTimes(layout, last)
		for _, step := range []func([]time.Time) func(time.Time, int) time.Time{monthly, regular} {
			next := step(recent)
			if next == nil {
				continue
			}
			labels := make([]string, steps)
			for i := range labels {
				labels[i] = next(recent[len(recent)-1], i+1).Format(layout)
			}
			return labels
		}
	}
	return nil
}

// timeLayouts are the ways to write times that can be continued in the same way. Where a date reads in two, the month
// comes first, as in package datasets.
var timeLayouts = []string{
	"2006-01", "2006-01-02", "2006-1-2", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339,
	"2006/01/02", "2006/1/2", "01/02/2006", "1/2/2006", "02/01/2006", "2/1/2006", "02.01.2006", "2.1.2006",
	"2006/01/02 15:04", "2006/01/02 15:04:05", "01/02/2006 15:04", "1/2/2006 15:04", "02/01/2006 15:04", "2/1/2006 15:04", "02.01.2006 15:04",
	"Jan 2 2006", "Jan 2, 2006", "Jan 2006", "2 Jan 2006",
}

// parseTimes reads labels that a layout would write just so.
func parseTimes(layout string, labels []string) ([]time.Time, bool) {
	times := make([]time.Time, len(labels))
	for i, label := range labels {
		t, err := time.Parse(layout, label)
		if err != nil || t.Format(layout) != label {
			return nil, false
		}
		times[i] = t
	}
	return times, true
}

// monthly returns how times go on that are a whole number of months apart, on the same day or each at its month's end,
// or nil.
func monthly(times []time.Time) func(time.Time, int) time.Time {
	month := func(t time.Time) int { return 12*t.Year() + int(t.Month()) }
	atEnd := true
	for _, t := range times {
		atEnd = atEnd && t.AddDate(0, 0, 1).Day() == 1
	}
	step := month(times[1]) - month(times[0])
	for i := 1; i < len(times); i++ {
		a, b := times[i-1], times[i]
		sameDay := a.Day() == b.Day() && a.Sub(a.Truncate(24*time.Hour)) == b.Sub(b.Truncate(24*time.Hour))
		if step < 1 || month(b)-month(a) != step || !sameDay && !atEnd {
			return nil
		}
	}
	return func(t time.Time, n int) time.Time {
		if !atEnd && t.Day() <= 28 { // days that every month has
			return t.AddDate(0, n*step, 0)
		}
		first := t.AddDate(0, 0, 1-t.Day()).AddDate(0, n*step, 0)
		last := first.AddDate(0, 1, -1)
		if atEnd {
			return last
		}
		return first.AddDate(0, 0, min(t.Day(), last.Day())-1)
	}
}

// regular returns how times go on that are equally far apart, or nil.
func regular(times []time.Time) func(time.Time, int) time.Time {
	step := times[1].Sub(times[0])
	for i := 1; i < len(times); i++ {
		if step <= 0 || times[i].Sub(times[i-1]) != step {
			return nil
		}
	}
	return func(t time.Time, n int) time.Time { return t.Add(time.Duration(n) * step) }
}

// nextNumbers continues whole numbers, such as years.
func nextNumbers(labels []string, steps int) []string {
	numbers := make([]int, len(labels))
	for i, label := range labels {
		n, err := strconv.Atoi(label)
		if err != nil || strconv.Itoa(n) != label || i > 1 && n-numbers[i-1] != numbers[1]-numbers[0] {
			return nil
		}
		numbers[i] = n
	}
	next := make([]string, steps)
	for i := range next {
		next[i] = strconv.Itoa(numbers[len(numbers)-1] + (i+1)*(numbers[1]-numbers[0]))
	}
	return next
}

// readTimes reads labels that are times; nil if they are not.
func readTimes(labels []string) []time.Time {
	for _, layout := range timeLayouts {
		if times, ok := parseTimes(layout, labels); ok {
			return times
		}
	}
	return nil
}
