package table

import "testing"

func TestIsHeader(t *testing.T) {
	for _, c := range []struct {
		fields []string
		want   bool
	}{
		{[]string{"Date", "Sales"}, true},
		{[]string{"", "Sales"}, true},
		{[]string{"Sales"}, true},
		{[]string{"month", "2023", "2024"}, true},
		{[]string{"country", "2024-01", "2024-02"}, true},
		{[]string{"2024-01", "1"}, false},
		{[]string{"2024-01", "up"}, false},
		{[]string{"1", "2"}, false},
		{[]string{"MSFT", "2024-01", "1"}, false},
		{[]string{"x", "inf"}, false},
		{[]string{"NA"}, false},
		{[]string{"", ""}, false},
	} {
		if got := isHeader(c.fields); got != c.want {
			t.Errorf("isHeader(%q) = %v", c.fields, got)
		}
	}
}
