package calendar

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"
)

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

// The month comes before the day where that makes sense of all labels, and else the day.
func TestDayOrMonthFirst(t *testing.T) {
	for _, c := range []struct{ labels, first, form string }{
		{"1/2/2024 1/3/2024", "2024-01-02", "%-m/%-d/%Y"},
		{"1/31/2024 2/1/2024 2/2/2024", "2024-01-31", "%-m/%-d/%Y"},
		{"31/1/2024 1/2/2024 2/2/2024", "2024-01-31", "%-d/%-m/%Y"},
		{"1/2/2024 2/2/2024 13/2/2024", "2024-02-01", "%-d/%-m/%Y"},
		{"2/1/2024 1/2/2024", "2024-01-02", "%-d/%-m/%Y"}, // in order with the day first alone
		{"01/01/2024 01/02/2024 01/03/2024 01/04/2024 01/05/2024 01/06/2024", "2024-01-01", "%m/%d/%Y"},
		// Months that follow each other, or the first days of many Januaries.
		{"01/11/2023 01/12/2023 01/01/2024 01/02/2024", "2023-11-01", "%d/%m/%Y"},
		{"01/02/2024 01/01/2024 01/12/2023 01/11/2023", "2024-02-01", "%d/%m/%Y"}, // newest first
		{"02-01-2024 03-01-2024", "2024-02-01", "%m-%d-%Y"},
		{"02.01.2024 03.01.2024", "2024-01-02", "%d.%m.%Y"},
		{"12.31.2024", "2024-12-31", "%m.%d.%Y"},
		{"1/2/24 1/3/24", "2024-01-02", "%-m/%-d/%y"},
		{"31/12/69", "1969-12-31", "%d/%m/%y"},
		{"31/12/68", "2068-12-31", "%d/%m/%y"},
		{"20-01-05 20-01-31 20-02-01", "2020-01-05", "%y-%m-%d"},
	} {
		form, times, err := Read(strings.Fields(c.labels))
		if err != nil || form.String() != c.form || !times[0].Equal(day(c.first)) {
			t.Errorf("%s: %v, %v, %v; want %s from %s", c.labels, form, times, err, c.form, c.first)
		}
	}
}

// What later labels show holds for all, wherever they stand.
func TestFormIsOfAllLabels(t *testing.T) {
	for _, c := range []struct {
		labels []string
		form   string
	}{
		{[]string{"12/10/2024", "1/2/2025"}, "%-m/%-d/%Y"},
		{[]string{"1/10/2024", "1/11/2024"}, "%-m/%-d/%Y"},
		{[]string{"10/11/2024 10:00", "10/11/2024 9:00"}, "%-m/%-d/%Y %-H:%M"},
		{[]string{"10-Nov-2024 10:00", "10-Nov-2024 9:00"}, "%d-%baT-%Y %-H:%M"},
		{[]string{"May 2020", "June 2020"}, "%bbT %Y"},
		{[]string{"May 2020", "Jun 2020"}, "%baT %Y"},
		{[]string{"May 2020", "Jun. 2020"}, "%bfT %Y"},
		{[]string{"May 2020", "Mai 2021"}, ""},
		{[]string{"mai 2020", "juin 2020"}, "%bkL %Y"},
		{[]string{"Mai 2020", "Juni 2020"}, "%boT %Y"},
		{[]string{"2024-01-01 00:00:00", "2024-01-01 00:00:00.5"}, "%Y-%m-%d %H:%M:%S%f.*9"},
		{[]string{"2024-01-01 00:00:00", "2024-01-01 00:00:00.500"}, "%Y-%m-%d %H:%M:%S%f.?3"},
		{[]string{"2024-01-01 00:00:00,25", "2024-01-01 00:00:00,50"}, "%Y-%m-%d %H:%M:%S%f,=2"},
		{[]string{"2024-01-01T00:00:00Z", "2024-06-01T00:00:00+01:00"}, "%Y-%m-%dT%H:%M:%S%z:Z"},
		{[]string{"2024-01-01T00:00:00+00:00", "2024-06-01T00:00:00+01:00"}, "%Y-%m-%dT%H:%M:%S%z:+"},
		{[]string{"2024-01-01 00:00+00", "2024-06-01 00:00+01"}, "%Y-%m-%d %H:%M%zh+"},
		{[]string{"2024-01-01", "2024-01-01 12:00"}, "%Y-%m-%d%x %H:%M"},
		{[]string{"2024-01-01 12:00", "2024-01-02"}, "%Y-%m-%d%x %H:%M"},
		{[]string{"2024-01-01 23:00", "2024-01-01 24:00", "2024-01-02 01:00"}, "%Y-%m-%d %K:%M"},
		{[]string{"2024-01-01 24:00", "2024-01-02 00:00"}, ""},
		{[]string{"2024-W52", "2025-W01"}, "%G-W%V"},
		{[]string{"2024-W9", "2024-W10"}, "%G-W%-V"},
		{[]string{"2020-W53"}, "%G-W%V"},
		{[]string{"2021-W53"}, ""}, // which has 52
		{[]string{"2024-12-31 (Tue)"}, "%Y-%m-%d (%aaT)"},
		{[]string{"Monday, December 31, 2024"}, ""}, // a Tuesday
		{[]string{"2023-02-29"}, ""},
		{[]string{"2024-01-01 24:30"}, ""},
		{[]string{"2024-01-01 13:00 PM"}, ""},
		{[]string{"2020-366"}, "%Y-%j"},
		{[]string{"2021-366"}, ""},
		{[]string{"31st of January 2024"}, "%o of %bbT %Y"},
		{[]string{"31th of January 2024"}, ""},
		{[]string{"jAn 2020"}, ""},
		{[]string{"Jan 20", "Feb 20"}, ""}, // the day or the year
		{[]string{"2024-01/31"}, ""},
		{[]string{"100%"}, ""},
	} {
		form, _, err := Read(c.labels)
		if c.form == "" && err == nil || c.form != "" && (err != nil || form.String() != c.form) {
			t.Errorf("%q: %v, %v; want %q", c.labels, form, err, c.form)
		}
	}
}

func TestWholeNumbers(t *testing.T) {
	for _, c := range []struct {
		labels, form, every, next string
	}{
		{"0 10 20", "%i0", "steps of 10", "30 40"},
		{"-2 -1 0", "%i0", "steps of 1", "1 2"},
		{"1.0 2.0 3.0", "%i0.0", "steps of 1", "4.0 5.0"},
		{"001 002 003", "%i3", "steps of 1", "004 005"},
		{"1 2 3 5 6", "%i0", "steps of 1", "7 8"},
		{"1990 1991 1992", "%Y", "yearly", "1993 1994"},
		{"1990.0 1991.0", "%Y.0", "yearly", "1992.0 1993.0"},
		{"9998 9999", "%i0", "steps of 1", "10000 10001"},
		{"199011 199012 199101", "%Y%m", "monthly", "199102 199103"},
		{"200012 200013 200014", "%i0", "steps of 1", "200015 200016"},
		{"20200730 20200731", "%Y%m%d", "daily", "20200801 20200802"},
		{"99999999 100000000", "%i0", "steps of 1", "100000001 100000002"},
		{"1 2 4", "%i0", "", ""},
		{"3 2 1", "%i0", "steps of 1", ""},
	} {
		labels := strings.Fields(c.labels)
		form, times, err := Read(labels)
		if err != nil || form.String() != c.form {
			t.Errorf("%s: %v, %v; want %s", c.labels, form, err, c.form)
			continue
		}
		every, err := Find(times)
		if (err == nil) != (c.every != "") || err == nil && every.String() != c.every {
			t.Errorf("%s: %v, %v; want %s", c.labels, every, err, c.every)
		}
		if next := strings.Join(Next(labels, 2), " "); next != c.next {
			t.Errorf("after %s comes %s; want %s", c.labels, next, c.next)
		}
	}
}

func TestLabelAtFault(t *testing.T) {
	for _, c := range []struct {
		labels []string
		err    string
	}{
		{[]string{"2024-01-01", "", "2024-01-03"}, `time 2: "" is missing; give every step a time`},
		{[]string{"1/13/2024", "13/1/2024"}, `time 2: "13/1/2024" is not a time like "1/13/2024"; write all times in one way`},
		{[]string{"2024-01-31", "2024-02-30"}, `time 2: "2024-02-30" is not a time like "2024-01-31"; write all times in one way`},
		{[]string{"2024-01-31", "31.1.2024"}, `time 2: "31.1.2024" is not a time like "2024-01-31"; write all times in one way`},
		{[]string{"2024-1-1", "2024-01-02"}, `time 2: "2024-01-02" is not a time like "2024-1-1"; write all times in one way`},
		{[]string{"20240129", "20240130", "20240131", "20240132"}, `time 4: "20240132" is not a time like "20240129"; write all times in one way`},
		{[]string{"spring", "summer"}, `time 1: "spring" is not a time in a form that is known; write times such as 2024-01-31 15:04`},
		{[]string{"1", "2", "x"}, `time 3: "x" is not a number like "1"; write all times in one way`},
		{[]string{strings.Repeat("2024-01-31 ", 9)}, `time 1: "2024-01-31 2024-01-31 2024-01-31 2024-01-31 2024-01-31 2024-…" is not a time in a form that is known; write times such as 2024-01-31 15:04`},
	} {
		_, times, err := Read(c.labels)
		if err == nil || err.Error() != c.err || times != nil {
			t.Errorf("%q: %v, %v; want %s", c.labels, times, err, c.err)
			continue
		}
		var at *LabelError
		if !errors.As(err, &at) || c.labels[at.Index] != at.Label {
			t.Errorf("%q: %#v is no LabelError of a label", c.labels, err)
		}
	}
	if _, _, err := Read(nil); err == nil {
		t.Error("no labels are read")
	}
}

func TestIsTime(t *testing.T) {
	for _, text := range []string{
		"2024-01-31", "2024-1-31", "2024-01", "0001-01-01",
		"2024-01-31 23:59", "2024-01-31 23:59:59", "2024-01-31 23:59:59.123",
		"2024-01-31T23:59", "2024-01-31T23:59:59", "2024-01-31T23:59:59Z", "2024-01-31T23:59:59.999999999+07:00",
		"2024-01-31 23:59:59+00:00",
		"2024/01/31", "2024/1/31 23:59", "1/31/2024", "12/31/2024 23:59", "31/12/2024", "31.12.2024",
		"Jan 1 2000", "Jan 31, 2000", "Jan 2000", "31 Jan 2000",
		"Q1 2024", "1990Q4", "2020_01", "2000M01", "1/2/2006 3:04 PM", "20-Mar-2020", "Jan-00", "2020-W05", "Sept. 2000",
	} {
		if !IsTime(text) {
			t.Errorf("IsTime(%q) = false", text)
		}
	}
	for _, text := range []string{
		"", "2024", "1-01", "112.5", "20240131", "202401", "2024-13", "2024-02-30", "32/1/2024", "23:59", "January", "Q1", "Q5 2024", "2020.01",
		"1990.5", "-5", "1e5", "1,234.50", "1,234", "10.0.0.1", "Mar 15", "1/2", "1/20", "hello 2024", "100.82K", "0.44%", "A1", "V1", "H1", "2024-01-31x",
		"12-34-56", "\xff\xfe 2024-01-31", "2024-01-31\x00", strings.Repeat("2024-01-31", 10),
	} {
		if IsTime(text) {
			t.Errorf("IsTime(%q) = true", text)
		}
	}
}

func TestNumbersOnRequest(t *testing.T) {
	at := func(text string) time.Time {
		v, err := time.Parse("2006-01-02 15:04:05.999", text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	type reader func([]string) (Form, []time.Time, error)
	for _, c := range []struct {
		read        reader
		labels      string
		first, last string // empty for an error
	}{
		// Python: datetime(1899, 12, 30) + timedelta(days=43831.5)
		{ReadSerials, "43831 43832", "2020-01-01 00:00:00", "2020-01-02 00:00:00"},
		{ReadSerials, "43831.0 43831.5", "2020-01-01 00:00:00", "2020-01-01 12:00:00"},
		{ReadSerials, "43831 43831.0416666667 43831.0833333333", "2020-01-01 00:00:00", "2020-01-01 02:00:00"},
		{ReadSerials, "43831.041666666664 43831.083333333336", "2020-01-01 01:00:00", "2020-01-01 02:00:00"},
		{ReadSerials, "43831.25 43831.75", "2020-01-01 06:00:00", "2020-01-01 18:00:00"},
		{ReadSerials, "43831.0104 43831.0208", "2020-01-01 00:15:00", "2020-01-01 00:30:00"},
		{ReadSerials, "43831 70000", "", ""},
		{ReadSerials, "2020-01-01", "", ""},
		{ReadUnix, "1577836800 1577840400", "2020-01-01 00:00:00", "2020-01-01 01:00:00"},
		{ReadUnix, "1577836800.0 1577840400.0", "2020-01-01 00:00:00", "2020-01-01 01:00:00"},
		{ReadUnix, "1577836800500 1577840400500", "2020-01-01 00:00:00.5", "2020-01-01 01:00:00.5"},
		{ReadUnix, "1577836800500000 1577840400500000", "2020-01-01 00:00:00.5", "2020-01-01 01:00:00.5"},
		{ReadUnix, "1577836800500000000", "2020-01-01 00:00:00.5", "2020-01-01 00:00:00.5"},
		{ReadUnix, "1 2 3", "", ""},
		{ReadUnix, "1577836800 x", "", ""},
		{ReadDecimalYears, "1990 1990.0833333 1990.1666667", "1990-01-01 00:00:00", "1990-03-01 00:00:00"},
		{ReadDecimalYears, "1990.0000 1990.0833 1990.1667", "1990-01-01 00:00:00", "1990-03-01 00:00:00"},
		{ReadDecimalYears, "1949.08333333333 1949.91666666667", "1949-02-01 00:00:00", "1949-12-01 00:00:00"},
		{ReadDecimalYears, "1990.0 1990.25 1990.5", "1990-01-01 00:00:00", "1990-07-01 00:00:00"},
		{ReadDecimalYears, "1990.00 1990.08 1990.17", "1990-01-01 00:00:00", "1990-03-01 00:00:00"},
		{ReadDecimalYears, "1990.1 1990.2", "", ""},
		{ReadDecimalYears, "112.5", "", ""},
	} {
		labels := strings.Fields(c.labels)
		form, times, err := c.read(labels)
		if c.first == "" {
			var at *LabelError
			if !errors.As(err, &at) {
				t.Errorf("%s: %v, %v; want an error", c.labels, times, err)
			}
			continue
		}
		if err != nil || !times[0].Equal(at(c.first)) || !times[len(times)-1].Equal(at(c.last)) {
			t.Errorf("%s: %v, %v by %v; want %s to %s", c.labels, times, err, form, c.first, c.last)
			continue
		}
		for i, label := range labels {
			if got := form.Write(times[i]); got != label {
				t.Errorf("%s is written %s by %v", label, got, form)
			}
		}
	}
	if next := Next([]string{"1999.8333333", "1999.9166667"}, 2); !slices.Equal(next, []string{"2000.0000000", "2000.0833333"}) {
		t.Errorf("decimal years go on as %q", next)
	}
}

func TestForms(t *testing.T) {
	var zero Form
	if got := zero.Write(time.Date(2024, 1, 31, 15, 4, 5, 500_000_000, time.FixedZone("", 3600))); got != "2024-01-31T15:04:05.5+01:00" {
		t.Errorf("the zero form writes %s", got)
	}
	if v, err := zero.Parse("2024-01-31T15:04:05Z"); err != nil || !v.Equal(time.Date(2024, 1, 31, 15, 4, 5, 0, time.UTC)) {
		t.Errorf("the zero form reads %v, %v", v, err)
	}
	form, err := ParseForm("%d-%baT-%Y")
	if err != nil {
		t.Fatal(err)
	}
	text, err := form.MarshalText()
	var again Form
	if err != nil || again.UnmarshalText(text) != nil || again != form {
		t.Errorf("%v becomes %v, %v", form, again, err)
	}
	if _, err := form.Parse("2024-01-31"); err == nil || err.Error() != `"2024-01-31" is not a time like 31-Jan-2024` {
		t.Errorf("an unlike label: %v", err)
	}
	for _, text := range []string{"", "%", "%?", "%b", "%bzT", "%baX", "%-Y", "%f.=0", "%z", "%zxx", "%pz", "%N=z", strings.Repeat("%Y", 40), strings.Repeat("x", 1000)} {
		if form, err := ParseForm(text); err == nil {
			t.Errorf("form %q is read as %v", text, form)
		}
	}
}

func TestOrder(t *testing.T) {
	a, b := day("2024-01-01"), day("2024-01-02")
	for _, c := range []struct {
		times []time.Time
		want  Direction
	}{
		{nil, OldestFirst}, {[]time.Time{a}, OldestFirst}, {[]time.Time{a, a}, OldestFirst}, {[]time.Time{a, a, b}, OldestFirst},
		{[]time.Time{b, a, a}, NewestFirst}, {[]time.Time{a, b, a}, Unordered},
	} {
		if got := Order(c.times); got != c.want {
			t.Errorf("%v are %v; want %v", c.times, got, c.want)
		}
	}
}
