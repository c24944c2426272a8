package calendar

// mostLabels is the most labels that Next returns.
const mostLabels = 1 << 20

// Next continues the labels of steps, oldest first, by so many: months, days, hours, numbers, in the form in which they
// are written. It returns nil if it cannot tell how they go on, or if n is not between 1 and 2²⁰.
func Next(labels []string, n int) []string {
	if n < 1 || n > mostLabels || len(labels) < 2 {
		return nil
	}
	form, times, err := Read(labels)
	if err != nil {
		if form, times, err = ReadDecimalYears(labels); err != nil {
			return nil
		}
	}
	if Order(times) != OldestFirst {
		return nil
	}
	every, err := Find(times)
	if err != nil {
		// How the last dozen follow each other decides: what was long ago does not matter.
		const recent = 12
		if every, err = Find(times[max(0, len(times)-recent-1):]); err != nil {
			return nil
		}
	}
	next := make([]string, n)
	for i := range next {
		t := every.Next(times[len(times)-1], i+1)
		next[i] = form.Write(t)
		// 2069 is written like 1969, and a year has four digits.
		if back, err := form.Parse(next[i]); err != nil || !back.Equal(t) {
			return nil
		}
	}
	return next
}
