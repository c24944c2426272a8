package table

import (
	"strings"
	"testing"
)

func TestIsDate(t *testing.T) {
	for _, text := range []string{
		"2024-01-31", "2024-1-31", "2024-01", "0001-01-01",
		"2024-01-31 23:59", "2024-01-31 23:59:59", "2024-01-31 23:59:59.123",
		"2024-01-31T23:59", "2024-01-31T23:59:59", "2024-01-31T23:59:59Z", "2024-01-31T23:59:59.999999999+07:00",
		"2024-01-31 23:59:59+00:00",
		"2024/01/31", "2024/1/31 23:59", "1/31/2024", "12/31/2024 23:59", "31/12/2024", "31.12.2024",
		"Jan 1 2000", "Jan 31, 2000", "Jan 2000", "31 Jan 2000",
	} {
		if !isDate(text) {
			t.Errorf("isDate(%q) = false", text)
		}
	}
	for _, text := range []string{
		"", "2024", "1-01", "112.5", "20240131", "2024-13", "2024-02-30", "32/1/2024", "23:59", "January", "Q1 2024",
		strings.Repeat("2024-01-31", 10),
	} {
		if isDate(text) {
			t.Errorf("isDate(%q) = true", text)
		}
	}
}

// Dates with slashes are read with the month first where that makes sense of every row, and else with the day first.
func TestDayOrMonthFirst(t *testing.T) {
	for _, c := range []struct {
		dates string
		err   string // its end; empty if there is none
	}{
		{"1/31/2024 2/1/2024 2/2/2024", ""},
		{"31/1/2024 1/2/2024 2/2/2024", ""},
		{"1/2/2024 2/2/2024 13/2/2024", ""},
		{"2/1/2024 1/2/2024", ""}, // in order with the day first alone
		{"1/1/2024 1/13/2024 1/12/2024", `line 3, column "column 1": "1/12/2024" comes after "1/13/2024"; sort the rows, oldest first`},
		{"1/13/2024 13/1/2024", `line 2, column "column 1": "13/1/2024" is not a date like "1/13/2024"; write all dates in one way`},
	} {
		text := strings.ReplaceAll(c.dates, " ", ",1\n") + ",1\n"
		s, err := Read("f.csv", strings.NewReader(text), nil, "", Options{})
		switch {
		case c.err == "" && err != nil:
			t.Errorf("%s: %v", c.dates, err)
		case c.err == "" && strings.Join(s.Times, " ") != c.dates:
			t.Errorf("%s: times %q", c.dates, s.Times)
		case c.err != "" && (err == nil || !strings.HasSuffix(err.Error(), c.err)):
			t.Errorf("%s: got %v, want …%s", c.dates, err, c.err)
		}
	}
}
