package show

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Table is a table of text and numbers. Numbers are set with four significant digits, to the right, and so is what stands
// above them in the header.
type Table struct {
	Title  string
	Header []string
	Rows   [][]any
	Note   string // lines below it, such as what is left out
}

// HTML returns the table for a page.
func (t Table) HTML() string {
	numeric := t.numeric()
	var b strings.Builder
	b.WriteString("<table>")
	if t.Title != "" {
		fmt.Fprintf(&b, "<caption>%s</caption>", html.EscapeString(t.Title))
	}
	if t.Header != nil {
		b.WriteString("<thead><tr>")
		for i, h := range t.Header {
			fmt.Fprintf(&b, `<th style="text-align:%s">%s</th>`, align(numeric[i]), html.EscapeString(h))
		}
		b.WriteString("</tr></thead>")
	}
	b.WriteString("<tbody>")
	for _, row := range t.Rows {
		b.WriteString("<tr>")
		for _, v := range row {
			text, number := entry(v)
			fmt.Fprintf(&b, `<td style="text-align:%s">%s</td>`, align(number), html.EscapeString(text))
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody>")
	if t.Note != "" {
		note := strings.ReplaceAll(html.EscapeString(t.Note), "\n", "<br/>")
		fmt.Fprintf(&b, `<tfoot><tr><td colspan="%d" style="text-align:left">%s</td></tr></tfoot>`, max(1, len(t.Header)), note)
	}
	b.WriteString("</table>")
	return b.String()
}

func align(number bool) string {
	if number {
		return "right"
	}
	return "left"
}

// numeric returns the columns that hold a number.
func (t Table) numeric() map[int]bool {
	columns := make(map[int]bool)
	for _, row := range t.Rows {
		for i, v := range row {
			if _, number := entry(v); number {
				columns[i] = true
			}
		}
	}
	return columns
}

// entry returns how a value is written, and whether it is a number.
func entry(v any) (text string, number bool) {
	switch v := v.(type) {
	case Number:
		return string(v), true
	case float32:
		return decimal(float64(v)), true
	case float64:
		return decimal(v), true
	case int, int32, int64, uint64:
		return fmt.Sprint(v), true
	}
	return fmt.Sprint(v), false
}

// decimal writes a number without an exponent as long as that is readable.
func decimal(v float64) string {
	if size := math.Abs(v); size >= 1e4 && size < 1e9 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.4g", v)
}
