package trade

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// dayLayouts are the ways in which days are written. Where one reads in two ways, the month comes first, as in package
// datasets.
var dayLayouts = []string{
	time.DateOnly, "2006-1-2", "2006/01/02", "2006/1/2", "20060102", "2006-01", "2006", "01/02/2006", "1/2/2006", "02/01/2006", "2/1/2006", "02.01.2006", "2.1.2006",
	time.DateTime, "2006-01-02 15:04", "2006-01-02T15:04:05", time.RFC3339, "2006-01-02 15:04:05-07:00", "2006/01/02 15:04:05", "01/02/2006 15:04", "1/2/2006 15:04",
	"Jan 2 2006", "Jan 2, 2006", "January 2 2006", "January 2, 2006", "2 Jan 2006", "2-Jan-2006", "02-Jan-2006", "2-Jan-06", "Jan 2006", "January 2006",
}

// parseDays reads the labels of days, all of them in one way; nil if there is none in which they are times that go on.
func parseDays(labels []string) []time.Time {
	for _, layout := range dayLayouts {
		times := make([]time.Time, 0, len(labels))
		for i, label := range labels {
			t, err := time.Parse(layout, label)
			if err != nil || i > 0 && !t.After(times[i-1]) {
				break
			}
			times = append(times, t)
		}
		if len(times) == len(labels) {
			return times
		}
	}
	return nil
}

// Trading days in a year, by which daily figures become annual ones where the days do not say how many there are.
const tradingDays = 252

// perYear returns how many of such days a year has: 252 business days, 365 days, 52 weeks, 12 months, or what is in between.
func perYear(times []time.Time) float64 {
	if len(times) < 2 {
		return tradingDays
	}
	const year = 365.25 * 24
	rate := float64(len(times)-1) / (times[len(times)-1].Sub(times[0]).Hours() / year)
	for _, usual := range []float64{tradingDays, 365, 52, 12, 4, 1} {
		if math.Abs(rate/usual-1) < 0.05 { // holidays, and the ends of a short file
			return usual
		}
	}
	return rate
}

// parseNumbers reads the numbers of rows as if they were days; nil if they are none that increase.
func parseNumbers(labels []string) []time.Time {
	times := make([]time.Time, len(labels))
	for i, label := range labels {
		n, err := strconv.ParseInt(label, 10, 32)
		if err != nil || i > 0 && n <= times[i-1].Unix() {
			return nil
		}
		times[i] = time.Unix(n, 0)
	}
	return times
}

// calendar is the days on which any of some shares has a price.
type calendar struct {
	labels  []string
	perYear float64
}

// join returns the calendar of series whose days are labelled so, and the place of each of their days in it. ok is false
// if it cannot be told which day comes first.
func join(all [][]string) (c calendar, places [][]int, ok bool) {
	same := true
	for _, labels := range all[1:] {
		same = same && slices.Equal(labels, all[0])
	}
	if same {
		c.labels, c.perYear = all[0], perYear(parseDays(all[0]))
		one := make([]int, len(c.labels))
		for i := range one {
			one[i] = i
		}
		for range all {
			places = append(places, one)
		}
		return c, places, true
	}
	label := make(map[time.Time]string)
	times := make([][]time.Time, len(all))
	for i, labels := range all {
		if times[i] = parseDays(labels); times[i] == nil {
			times[i] = parseNumbers(labels)
		}
		if times[i] == nil && len(labels) > 0 {
			return c, nil, false
		}
		for k, t := range times[i] {
			label[t] = labels[k]
		}
	}
	days := make([]time.Time, 0, len(label))
	for t := range label {
		days = append(days, t)
	}
	slices.SortFunc(days, time.Time.Compare)
	at := make(map[time.Time]int, len(days))
	for i, t := range days {
		at[t] = i
		c.labels = append(c.labels, label[t])
	}
	for i := range all {
		own := make([]int, len(times[i]))
		for k, t := range times[i] {
			own[k] = at[t]
		}
		places = append(places, own)
	}
	c.perYear = perYear(parseDays(c.labels))
	return c, places, true
}

// ordered returns labels whose order can be told from them alone: these, or numbers in their place.
func ordered(labels []string) []string {
	if parseDays(labels) != nil || parseNumbers(labels) != nil {
		return labels
	}
	return numbered(len(labels))
}

// numbered returns the labels of so many days that have none: 1, 2, 3, …
func numbered(n int) []string {
	labels := make([]string, n)
	for i := range labels {
		labels[i] = strconv.Itoa(i + 1)
	}
	return labels
}
