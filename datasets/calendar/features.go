package calendar

import (
	"math"
	"time"
)

// Features returns what the calendar says of a step at t, each between -1 and 1, and the names of these values: the
// sine and cosine of how far an hour is through its day, a day through its week and through its year, and a month or
// quarter through its year, as far as steps of the frequency differ in it. There are none of yearly and of counted
// steps.
func Features(t time.Time, f Frequency) (values []float64, names []string) {
	add := func(name string, part float64) {
		sin, cos := math.Sincos(2 * math.Pi * part)
		values = append(values, sin, cos)
		names = append(names, name+"_sin", name+"_cos")
	}
	h, m, s := t.Clock()
	days := float64(337 + daysIn(t.Year(), 2))
	yearDay := float64(t.YearDay()-1) / days
	switch f.Unit {
	case Nanosecond, Second, Minute, Hour:
		add("hour", float64(3600*h+60*m+s)/86400)
		add("weekday", float64((t.Weekday()+6)%7)/7)
		add("yearday", yearDay)
	case Day, BusinessDay:
		add("weekday", float64((t.Weekday()+6)%7)/7)
		add("yearday", yearDay)
	case Week:
		add("yearday", yearDay)
	case Month, MonthEnd, Quarter:
		// In steps of years all months are the same.
		if f.months()%12 != 0 {
			add("month", float64(t.Month()-1)/12)
		}
	}
	return values, names
}
