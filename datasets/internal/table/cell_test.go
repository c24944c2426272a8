package table

import "testing"

func TestParseCell(t *testing.T) {
	for _, c := range []struct {
		text  string
		value float64
		kind  cellKind
	}{
		{"0", 0, numberCell},
		{"-1.5e-3", -0.0015, numberCell},
		{"+7", 7, numberCell},
		{".5", 0.5, numberCell},
		{"1e-999", 0, numberCell},
		{"", 0, missingCell},
		{"NA", 0, missingCell},
		{"n/a", 0, missingCell},
		{"NaN", 0, missingCell},
		{"null", 0, missingCell},
		{"None", 0, missingCell},
		{"?", 0, missingCell},
		{"-", 0, missingCell},
		{"inf", 0, infiniteCell},
		{"-Infinity", 0, infiniteCell},
		{"1e999", 0, infiniteCell},
		{"+nan", 0, textCell},
		{"1,234", 0, textCell},
		{"1.2.3", 0, textCell},
		{"1 2", 0, textCell},
		{"--", 0, textCell},
		{"x", 0, textCell},
	} {
		if value, kind := parseCell(c.text); value != c.value || kind != c.kind {
			t.Errorf("parseCell(%q) = %v, %v; want %v, %v", c.text, value, kind, c.value, c.kind)
		}
	}
}
