package calendar

import (
	"encoding/json"
	"math"
	"math/rand"
	"strings"
	"testing"
	"time"
)

func TestFrequencyInWords(t *testing.T) {
	for _, c := range []struct {
		f      Frequency
		words  string
		season int
	}{
		{Frequency{}, "steps of 1", 1},
		{Frequency{Unit: Step, Count: 10}, "steps of 10", 1},
		{Frequency{Unit: Nanosecond, Count: 250_000_000}, "every 250ms", 1},
		{Frequency{Unit: Second}, "every second", 3600},
		{Frequency{Unit: Second, Count: 30}, "every 30 seconds", 120},
		{Frequency{Unit: Minute, Count: 1}, "every minute", 1440},
		{Frequency{Unit: Minute, Count: 15}, "every 15 minutes", 96},
		{Frequency{Unit: Hour, Count: 1}, "hourly", 24},
		{Frequency{Unit: Hour, Count: 6}, "every 6 hours", 4},
		{Frequency{Unit: Hour, Count: 5}, "every 5 hours", 1},
		{Frequency{Unit: Day, Count: 1}, "daily", 7},
		{Frequency{Unit: Day, Count: 2}, "every 2 days", 1},
		{Frequency{Unit: BusinessDay, Count: 1}, "business days", 5},
		{Frequency{Unit: Week, Count: 1}, "weekly (Sundays)", 52},
		{Frequency{Unit: Week, Count: 1, Day: 5}, "weekly (Fridays)", 52},
		{Frequency{Unit: Week, Count: 2, Day: 1}, "every 2 weeks (Mondays)", 26},
		{Frequency{Unit: Month, Count: 1}, "monthly", 12},
		{Frequency{Unit: Month, Count: 2}, "every 2 months", 6},
		{Frequency{Unit: MonthEnd, Count: 1}, "month ends", 12},
		{Frequency{Unit: MonthEnd, Count: 2}, "every 2 month ends", 6},
		{Frequency{Unit: MonthEnd, Count: 3}, "quarter ends", 4},
		{Frequency{Unit: MonthEnd, Count: 12}, "year ends", 1},
		{Frequency{Unit: Quarter, Count: 1}, "quarterly", 4},
		{Frequency{Unit: Quarter, Count: 2}, "every 2 quarters", 2},
		{Frequency{Unit: Year, Count: 1}, "yearly", 1},
		{Frequency{Unit: Year, Count: 10}, "every 10 years", 1},
	} {
		if got := c.f.String(); got != c.words {
			t.Errorf("%#v is %q; want %q", c.f, got, c.words)
		}
		if got := c.f.Season(); got != c.season {
			t.Errorf("the season of %v is %d; want %d", c.f, got, c.season)
		}
		text, err := json.Marshal(c.f)
		var again Frequency
		if err != nil || json.Unmarshal(text, &again) != nil || again != c.f {
			t.Errorf("%v becomes %s, %v, %v", c.f, text, again, err)
		}
	}
	var u Unit
	if err := u.UnmarshalText([]byte("fortnight")); err == nil || !strings.Contains(err.Error(), `"business day"`) {
		t.Errorf("an unknown unit: %v", err)
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct{ labels, want string }{
		{"2024-01-01 2024-01-02", "daily"},
		{"2024-01-05 2024-01-08", "business days"},            // Friday, Monday
		{"2024-01-04 2024-01-05 2024-01-08", "business days"}, // before it Thursday
		{"2024-01-01 2024-01-02 2024-01-03 2024-01-04 2024-01-05", "daily"},
		{"2024-01-01 2024-01-02 2024-01-03 2024-01-04 2024-01-05 2024-01-08", "business days"},
		{"2024-01-01 2024-01-02 2024-01-03 2024-01-04 2024-01-05 2024-01-07", "daily"},
		{"2024-01-01 2024-01-02 2024-01-04 2024-01-05 2024-01-06", "daily"},
		{"2024-01-01 2024-01-08 2024-01-15 2024-02-05", "weekly (Mondays)"},
		{"2024-01-01 2024-01-15 2024-01-29 2024-02-12", "every 2 weeks (Mondays)"},
		{"2024-01-31 2024-02-29", "month ends"},
		{"2024-01-30 2024-02-29 2024-03-30", "monthly"},
		{"2024-02-29 2024-03-31 2024-06-30 2024-07-31", "month ends"},
		{"2024-02-01 2024-03-01 2024-06-01 2024-07-01", "monthly"},
		{"2023-12-31 2024-03-31 2024-06-30", "quarter ends"},
		{"2020-02-29 2021-02-28 2022-02-28", "year ends"},
		{"2020-02-29 2021-02-28 2022-02-28 2022-03-01", ""},
		{"2000-01-01 2010-01-01 2020-01-01", "every 10 years"},
		{"2024-01-01T00 2024-01-01T01 2024-01-01T02 2024-01-02T07", "hourly"},
		{"2024-01-01T00:00 2024-01-01T00:30 2024-01-01T01:00 2024-01-01T01:15 2024-01-01T01:30", "every 15 minutes"},
		{"2024-01-01T00:00 2024-01-01T00:00 2024-01-01T01:00", "hourly"}, // equal times count as one
		{"2024-01-01 2024-01-01", ""},
		{"2024-01-01", ""},
		{"2024-01-01 2024-01-05 2024-01-06", ""},
		{"2024-01-01 2024-01-03 2024-01-02", ""},
		{"2024-01-01T00:00:00 2024-01-01T00:10:03 2024-01-01T00:20:01 2024-01-01T00:30:02", ""},
	} {
		_, times, err := Read(strings.Fields(c.labels))
		if err != nil {
			t.Errorf("%s: %v", c.labels, err)
			continue
		}
		got, err := Find(times)
		if c.want == "" && err == nil || c.want != "" && (err != nil || got.String() != c.want) {
			t.Errorf("%s come %v, %v; want %q", c.labels, got, err, c.want)
		}
	}
	for _, c := range []struct{ labels, err string }{
		{"2024-01-01 2024-01-03 2024-01-02", "time 3, 2024-01-02, comes after 2024-01-03; sort the times, oldest first"},
		{"2024-01-01 2024-01-01", "2 times have no frequency; give two that differ"},
		{"2024-01-01T00:00 2024-01-01T00:10 2024-01-01T00:20 2024-01-01T00:37", "times are not at even distances: 2024-01-01 00:37:00 comes after 2024-01-01 00:20:00, which is like no other; bring them onto one grid"},
		{"1 2 4", "times are not at even distances: from 1 to 4 none is usual; bring them onto one grid"},
	} {
		_, times, err := Read(strings.Fields(c.labels))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Find(times); err == nil || err.Error() != c.err {
			t.Errorf("%s: %v; want %s", c.labels, err, c.err)
		}
	}
	// Events at random seconds lie on the grid of seconds, and have no frequency.
	rng := rand.New(rand.NewSource(1))
	at := day("2024-01-01")
	var events []time.Time
	for range 2000 {
		at = at.Add(time.Duration(1+rng.ExpFloat64()*60) * time.Second)
		events = append(events, at)
	}
	if f, err := Find(events); err == nil {
		t.Errorf("random seconds come %v", f)
	}
}

// Steps that are taken are counted, and what lies between two is less than one more.
func TestBetweenCountsNext(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	for range 20_000 {
		f := Frequency{Unit: Unit(rng.Intn(int(Year) + 1)), Count: 1 + rng.Intn(5)}
		start := time.Date(2000+rng.Intn(30), time.Month(1+rng.Intn(12)), 1+rng.Intn(31), rng.Intn(24), rng.Intn(60), rng.Intn(60), rng.Intn(2)*rng.Intn(1e9), time.UTC)
		switch f.Unit {
		case BusinessDay:
			for start.Weekday()%6 == 0 {
				start = start.AddDate(0, 0, 1)
			}
		case MonthEnd:
			start = start.AddDate(0, 1, -start.AddDate(0, 1, 0).Day())
		case Month, Quarter, Year:
			if start.Day() > 28 {
				f.Day = start.Day()
			}
		}
		n := rng.Intn(101) - 50
		end := f.Next(start, n)
		if got := f.Between(start, end); got != n {
			t.Fatalf("%v: %d steps from %v lead to %v; between are %d", f, n, start, end, got)
		}
		if back := f.Next(end, -n); !back.Equal(start) {
			t.Fatalf("%v: %d steps from %v and back lead to %v", f, n, start, back)
		}
		if after := f.Next(end, 1); !after.After(end) || f.Between(start, after.Add(-time.Nanosecond)) != n && f.Unit != Nanosecond {
			t.Fatalf("%v: before %v, which comes after %v, are %d steps from %v", f, after, end, f.Between(start, after.Add(-time.Nanosecond)), start)
		}
	}
}

// Days that are not on the grid begin at the last one that is.
func TestNextFromBetweenSteps(t *testing.T) {
	for _, c := range []struct {
		f     Frequency
		start string
		n     int
		want  string
	}{
		{Frequency{Unit: BusinessDay}, "2024-01-06", 1, "2024-01-08"}, // Saturday, Monday
		{Frequency{Unit: BusinessDay}, "2024-01-07", 5, "2024-01-12"},
		{Frequency{Unit: BusinessDay}, "2024-01-07", -1, "2024-01-05"},
		{Frequency{Unit: BusinessDay}, "2024-01-07", -2, "2024-01-04"},
		{Frequency{Unit: MonthEnd}, "2024-02-10", 1, "2024-02-29"},
		{Frequency{Unit: MonthEnd}, "2024-02-10", -1, "2024-01-31"},
		{Frequency{Unit: Month, Day: 31}, "2024-02-29", 1, "2024-03-31"},
		{Frequency{Unit: Month, Day: 30}, "2024-02-29", 1, "2024-03-30"},
		{Frequency{Unit: Month}, "2024-02-29", 1, "2024-03-29"},
		{Frequency{Unit: Year, Day: 29}, "2023-02-28", 1, "2024-02-29"},
		{Frequency{Unit: Unit(99)}, "2023-02-28", 1, "2023-02-28"},
	} {
		if got := c.f.Next(day(c.start), c.n); !got.Equal(day(c.want)) {
			t.Errorf("%v: %d from %s is %v; want %s", c.f, c.n, c.start, got, c.want)
		}
	}
}

// By the clock days have 23 to 25 hours.
func TestDaysAreOfTheClock(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("there is no table of time zones:", err)
	}
	for _, start := range []time.Time{time.Date(2020, 3, 28, 12, 0, 0, 0, berlin), time.Date(2020, 10, 24, 12, 0, 0, 0, berlin)} {
		var days, hours []time.Time
		for i := range 5 {
			days = append(days, start.AddDate(0, 0, i))
			hours = append(hours, start.Add(time.Duration(6*i)*time.Hour))
		}
		if f, err := Find(days); err != nil || f.Unit != Day || f.Between(days[0], days[4]) != 4 || !f.Next(days[0], 4).Equal(days[4]) {
			t.Errorf("%v come %v, %v", days, f, err)
		}
		if f, err := Find(hours); err != nil || f != (Frequency{Unit: Hour, Count: 6}) || f.Between(hours[0], hours[4]) != 4 || !f.Next(hours[0], 4).Equal(hours[4]) {
			t.Errorf("%v come %v, %v", hours, f, err)
		}
	}
}

// Two digits of a year begin again, and years have four digits: what would be read as another time is no label.
func TestNextStopsWhereFormsEnd(t *testing.T) {
	for _, labels := range [][]string{{"Dec-67", "Dec-68"}, {"9998-01-01", "9999-01-01"}} {
		if got := Next(labels, 2); got != nil {
			t.Errorf("after %q comes %q", labels, got)
		}
	}
	if got := Next([]string{"2024-01-01", "2024-01-02"}, math.MaxInt); got != nil {
		t.Errorf("%d labels", len(got))
	}
}
