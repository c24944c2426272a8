package show

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Number is a number that is written already, such as 14.63 or 98.20 %: tables set it to the right.
type Number string

// String returns the table as text, in columns with two spaces between them.
func (t Table) String() string {
	var lines [][]string
	if t.Header != nil {
		lines = append(lines, t.Header)
	}
	right := t.numeric()
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i], _ = entry(v)
		}
		lines = append(lines, cells)
	}
	var widths []int
	for _, line := range lines {
		for i, cell := range line {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	if t.Title != "" {
		b.WriteString(t.Title + "\n\n")
	}
	for _, line := range lines {
		var out strings.Builder
		for i, cell := range line {
			if i > 0 {
				out.WriteString("  ")
			}
			pad := strings.Repeat(" ", widths[i]-len([]rune(cell)))
			if right[i] {
				out.WriteString(pad + cell)
			} else {
				out.WriteString(cell + pad)
			}
		}
		b.WriteString(strings.TrimRight(out.String(), " ") + "\n")
	}
	if t.Note != "" {
		b.WriteString(t.Note + "\n")
	}
	return b.String()
}

// Decimals returns how many decimals show so many digits of the largest of the values.
func Decimals(digits int, values ...float64) int {
	largest := 0.0
	for _, v := range values {
		if v = math.Abs(v); v > largest && !math.IsInf(v, 0) {
			largest = v
		}
	}
	if largest == 0 {
		return 0
	}
	return max(0, min(digits, mostDecimals)-1-int(math.Floor(math.Log10(largest))))
}

// mostDecimals is how many decimals are written at most: no float64 has a digit beyond them.
const mostDecimals = 1074

// Fixed writes a number with so many decimals, 0 to 1074.
func Fixed(v float64, decimals int) Number {
	return Number(strconv.FormatFloat(v, 'f', min(max(decimals, 0), mostDecimals), 64))
}

// Percent writes a part of 1 in percent, with two decimals.
func Percent(v float64) Number { return Fixed(100*v, 2) + " %" }

// Count writes a whole number with its thousands apart.
func Count(n int) Number {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return Number(s)
}

// JSONFloat is a number that may be infinite or none, which JSON writes as null.
type JSONFloat float64

// MarshalJSON implements json.Marshaler.
func (f JSONFloat) MarshalJSON() ([]byte, error) {
	if v := float64(f); math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(f))
}
