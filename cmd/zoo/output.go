package main

import (
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// output is standard output. It keeps its first error, such as of a full disk, for the end.
type output struct {
	io.Writer
	err error
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if err != nil && o.err == nil {
		o.err = errors.Wrap(err, "cannot write to standard output")
	}
	return n, err
}

// writeJSON writes an event as one line.
func writeJSON(w io.Writer, event any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return errors.WithStack(enc.Encode(event))
}

// metric is a number that may be infinite or none, which JSON writes as null.
type metric float64

// MarshalJSON implements json.Marshaler.
func (m metric) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(m)) || math.IsInf(float64(m), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(m))
}

func metrics(values map[string]float64) map[string]metric {
	m := make(map[string]metric, len(values))
	for name, v := range values {
		m[name] = metric(v)
	}
	return m
}

func baselines(values map[string]map[string]float64) map[string]map[string]metric {
	m := make(map[string]map[string]metric, len(values))
	for name, v := range values {
		m[name] = metrics(v)
	}
	return m
}

// table is text in aligned columns. Those of numbers are aligned to the right.
type table struct {
	rows  [][]string
	right func(column int) bool
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// String returns the table with two spaces between columns.
func (t *table) String() string {
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			pad := strings.Repeat(" ", widths[i]-len([]rune(cell)))
			if t.right != nil && t.right(i) {
				line.WriteString(pad + cell)
			} else {
				line.WriteString(cell + pad)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// decimals returns how many decimals show so many digits of the largest of the values.
func decimals(digits int, values ...float64) int {
	largest := 0.0
	for _, v := range values {
		if v = math.Abs(v); v > largest && !math.IsInf(v, 0) {
			largest = v
		}
	}
	if largest == 0 {
		return 0
	}
	return max(0, digits-1-int(math.Floor(math.Log10(largest))))
}

// fixed formats a number with so many decimals.
func fixed(v float64, decimals int) string { return strconv.FormatFloat(v, 'f', decimals, 64) }

// count formats a whole number with its thousands apart.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
