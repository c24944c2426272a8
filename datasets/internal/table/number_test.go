package table

import (
	"math"
	"strings"
	"testing"
)

// What a text is as a number with a decimal point and with a decimal comma; NaN stands for none.
func TestParse(t *testing.T) {
	none := math.NaN()
	for _, c := range []struct {
		text         string
		point, comma float64
	}{
		{"0", 0, 0},
		{"-1.5e-3", -0.0015, none},
		{"-1,5e-3", none, -0.0015},
		{"+7", 7, 7},
		{".5", 0.5, none},
		{",5", none, 0.5},
		{"5.", 5, none},
		{"1e-999", 0, 0},
		{"1.5", 1.5, none},
		{"1,5", none, 1.5},
		{"1.234", 1.234, 1234},
		{"1,234", 1234, 1.234},
		{"0.234", 0.234, none},
		{"0,234", none, 0.234},
		{"1234,567", none, 1234.567},
		{"1,234,567", 1234567, none},
		{"1.234.567", none, 1234567},
		{"1,234,567.25", 1234567.25, none},
		{"1.234.567,25", none, 1234567.25},
		{"1,234.567.25", none, none},
		{"1 234,5", none, 1234.5},
		{"1 234.5", 1234.5, none},
		{"1\u00a0234", 1234, 1234},
		{"1\u202f234\u202f567", 1234567, 1234567},
		{"1'234.5", 1234.5, none},
		{"1’234,5", none, 1234.5},
		{"12,34,567", 1234567, none},
		{"1,23,45,678.5", 12345678.5, none},
		{"123,45,678", none, none},
		{"1 2", none, none},
		{"1 234'567", none, none},
		{"12,34", none, 12.34},
		{"1,2345", none, 1.2345},
		{"1.2.3", none, none},
		{"192.168.1.1", none, none},
		{"01.02.2020", none, none},
		{"2020-01-01", none, none},
		{"12:30", none, none},
		{"2000_01", none, none},
		{"0x10", none, none},
		{"1e", none, none},
		{"e5", none, none},
		{"$5", 5, 5},
		{"-$5.25", -5.25, none},
		{"$-5.25", -5.25, none},
		{"€ 1.100,50", none, 1100.5},
		{"1.100,50 €", none, 1100.5},
		{"12 EUR", 12, 12},
		{"USD 12", 12, 12},
		{"R$ 1.000,00", none, 1000},
		{"₹12,34,567", 1234567, none},
		{"$5 USD", none, none},
		{"5 kg", none, none},
		{"12%", 12, 12},
		{"-0.44 %", -0.44, none},
		{"12%$", none, none},
		{"12.3K", 12300, none},
		{"12,3K", none, 12300},
		{"1.2M", 1.2e6, none},
		{"3B", 3e9, 3e9},
		{"2bn", 2e9, 2e9},
		{"4T", 4e12, 4e12},
		{"$4.5M", 4.5e6, none},
		{"5m", none, none},
		{"K5", none, none},
		{"(3.5)", -3.5, none},
		{"($1,100)", -1100, -1.1},
		{"(-3)", none, none},
		{"(3", none, none},
		{"−3.5", -3.5, none},
		{"–3", -3, -3},
		{"--3", none, none},
		{"3-", -3, -3},
		{"-3-", none, none},
		{"", none, none},
		{"-", none, none},
		{"x", none, none},
		{"H1", none, none},
		{strings.Repeat("1", 65) + "€", none, none},
	} {
		for _, m := range []struct {
			mark byte
			want float64
		}{{'.', c.point}, {',', c.comma}} {
			n, ok := written{}.parse(c.text, m.mark)
			if ok != !math.IsNaN(m.want) || ok && math.Abs(n.value-m.want) > 1e-12*math.Abs(m.want) {
				t.Errorf("parse(%q, %q) = %v, %v; want %v", c.text, m.mark, n.value, ok, m.want)
			}
		}
	}
	if n, ok := (written{}).parse("1e999", '.'); !ok || !n.infinite {
		t.Errorf("1e999 is %+v, %v", n, ok)
	}
}

// What a person says of the marks counts.
func TestParseWritten(t *testing.T) {
	for _, c := range []struct {
		w    written
		text string
		want float64 // NaN for none
	}{
		{written{decimal: ','}, "1.234", 1234},
		{written{decimal: ','}, "1.5", math.NaN()},
		{written{decimal: '.'}, "1,234", 1234},
		{written{decimal: ',', thousands: "none"}, "1.234", math.NaN()},
		{written{decimal: ',', thousands: "."}, "1 234", math.NaN()},
		{written{decimal: ',', thousands: " "}, "1\u202f234,5", 1234.5},
		{written{decimal: '.', thousands: "'"}, "1’234.5", 1234.5},
	} {
		n, ok := c.w.parse(c.text, '.')
		if ok != !math.IsNaN(c.want) || ok && n.value != c.want {
			t.Errorf("%+v of %q: %v, %v; want %v", c.w, c.text, n.value, ok, c.want)
		}
	}
}

func TestIsInfinity(t *testing.T) {
	for text, want := range map[string]bool{"inf": true, "-Infinity": true, "+INF": true, "∞": true, "−∞": true, "": false, "infer": false, "y": false} {
		if isInfinity(text) != want {
			t.Errorf("isInfinity(%q) = %v", text, !want)
		}
	}
}

func TestIsMissing(t *testing.T) {
	for _, text := range []string{"", "NA", "n/a", "N/A", "NaN", "null", "None", "?", "-", "--", "—", "–", ".", "..", "*", "#N/A", "#n/a", "#DIV/0!", "#VALUE!", "<NA>", "NaT", `\N`, "(null)"} {
		if !isMissing(text) {
			t.Errorf("isMissing(%q) = false", text)
		}
	}
	for _, text := range []string{"0", "x", "nano", "1", "-1", "no", "Nantes", "#1", "closed", "été"} {
		if isMissing(text) {
			t.Errorf("isMissing(%q) = true", text)
		}
	}
}

func TestWords(t *testing.T) {
	const n = 1 << 17
	for _, different := range []int{3, n} {
		w := newWords(n)
		for i := range n {
			w.add(show(float64(i % different)))
		}
		if w.own(); (w.codes == nil) != (different == n) {
			t.Errorf("%d different texts: numbered %v", different, w.codes != nil)
		}
		for _, row := range []int{0, 5, 1<<16 + 7, n - 1} {
			if want := show(float64(row % different)); w.at(row) != want {
				t.Errorf("text %d is %q, want %q", row, w.at(row), want)
			}
		}
	}
}
