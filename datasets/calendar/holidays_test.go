package calendar

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestHolidays(t *testing.T) {
	for name, text := range map[string]string{
		"plain":  "# days\n2024-12-25 Christmas\n\n2024-01-01\tNew Year\n2024-07-04\n",
		"commas": "\ufeff2024-12-25,Christmas\r\n2024-01-01,\"New Year\"\r\n2024-07-04,\r\n",
		"words":  "December 25, 2024, Christmas\nJanuary 01, 2024 New Year\nJuly 04, 2024",
		"digits": "20241225;Christmas\n20240101;New Year\n20240704",
	} {
		h, err := ReadHolidays(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for date, want := range map[string]string{"2024-12-25": "Christmas", "2024-01-01": "New Year", "2024-07-04": ""} {
			if got, ok := h.Name(day(date).Add(15 * time.Hour)); !ok || got != want {
				t.Errorf("%s: %s is %q, %v; want %q", name, date, got, ok, want)
			}
		}
		if got, ok := h.Name(day("2024-12-24")); ok {
			t.Errorf("%s: 2024-12-24 is %q", name, got)
		}
		for _, c := range []struct {
			at   string
			f    Frequency
			want float64
		}{
			{"2024-12-25", Frequency{Unit: Day}, 1},
			{"2024-12-25", Frequency{Unit: Hour}, 1},
			{"2024-12-24", Frequency{Unit: Day}, 0},
			{"2024-12-24", Frequency{Unit: Day, Count: 2}, 1},
			{"2024-12-26", Frequency{Unit: BusinessDay}, 0},
			{"2024-12-25", Frequency{Unit: BusinessDay}, 1},
			{"2024-12-23", Frequency{Unit: Week}, 1},
			{"2024-12-18", Frequency{Unit: Week}, 0},
			{"2024-12-19", Frequency{Unit: Week}, 1},
			{"2024-12-01", Frequency{Unit: Month}, 1},
			{"2024-11-01", Frequency{Unit: Month}, 0},
			{"2024-12-31", Frequency{Unit: MonthEnd}, 1},
			{"2024-11-30", Frequency{Unit: MonthEnd}, 0},
			{"2024-07-01", Frequency{Unit: Quarter}, 1},
			{"2024-04-01", Frequency{Unit: Quarter}, 0},
			{"2024-12-25", Frequency{}, 0},
		} {
			if got := h.Feature(day(c.at), c.f); got != c.want {
				t.Errorf("%s: %s of %v is %v; want %v", name, c.at, c.f, got, c.want)
			}
		}
	}
	for text, want := range map[string]string{
		"":                         "holidays: no days; write one a line, such as 2024-12-25",
		"# nothing":                "holidays: no days; write one a line, such as 2024-12-25",
		"Christmas 2024-12-25":     `holidays: line 1: "Christmas 2024-12-25" does not begin with a day such as 2024-12-25; write one a line`,
		"2024-12-25\n\n25.12.2024": `holidays: line 3: "25.12.2024" is not a time like "2024-12-25"; write all times in one way`,
		"2024-12":                  `holidays: line 1: "2024-12" does not begin with a day such as 2024-12-25; write one a line`,
	} {
		if _, err := ReadHolidays(strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%q: %v; want %s", text, err, want)
		}
	}
	if _, err := ReadHolidays(nil); err == nil {
		t.Error("nil is read")
	}
	var none *Holidays
	if _, ok := none.Name(day("2024-12-25")); ok || none.Feature(day("2024-12-25"), Frequency{Unit: Day}) != 0 {
		t.Error("nil has holidays")
	}
}

func TestHolidaysAreKept(t *testing.T) {
	h, err := ReadHolidays(strings.NewReader("25.12.2024 Christmas\n1.5.2024\n31.12.1969 before all\n"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	if want := `[{"day":"1969-12-31","name":"before all"},{"day":"2024-05-01"},{"day":"2024-12-25","name":"Christmas"}]`; string(data) != want {
		t.Errorf("%s; want %s", data, want)
	}
	var back Holidays
	if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(&back, h) {
		t.Errorf("%+v, %v; want %+v", back, err, h)
	}
	for _, wrong := range []string{`[{"day":"yesterday"}]`, `[{"day":"2024-12-25"},{"day":"2024-12-24"}]`, `{}`, `[1]`} {
		if err := json.Unmarshal([]byte(wrong), &back); err == nil {
			t.Errorf("%s is read", wrong)
		}
	}
}
