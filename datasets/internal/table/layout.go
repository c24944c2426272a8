package table

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// layout is where in a file of numbers the table is.
type layout struct {
	above int // rows above it, which are titles
	// Whether there is a row of names, which of the rows below the titles it is, and how many others, such as units, stand
	// above the numbers.
	header bool
	place  int
	below  int
	width  int      // fields of a row
	names  []string // [width]
	named  []bool   // [width] whether the file has the name
	line   int      // of the names, or else of the first row
	lacks  bool     // whether the names lack one for the first column
	steps  int      // columns before those that are steps of series with a row each
}

// sample is how many rows show the layout.
const sample = 50

// findLayout looks at the first rows of a file.
func findLayout(rows *Rows, name string) (l layout, notices []string, err error) {
	rows.Rewind()
	var all [][]string
	var lines []int
	for len(all) < sample {
		fields, line, err := rows.Next()
		if err == io.EOF || err != nil && len(all) > 0 { // which comes again
			break
		}
		if err != nil {
			return l, nil, err
		}
		all, lines = append(all, slices.Clone(fields)), append(lines, line)
	}
	if len(all) == 0 {
		return l, nil, errors.Errorf("%s: the file is empty; give it a row of names and a row of numbers for each step", name)
	}
	widths := map[int]int{}
	for _, fields := range all {
		n := len(fields)
		if widths[n]++; widths[n] > widths[l.width] || widths[n] == widths[l.width] && n > l.width {
			l.width = n
		}
	}
	titles := 0
	for l.above+1 < len(all) && (filled(all[l.above]) == 0 && titles > 0 || l.isTitle(all[l.above:])) {
		titles += min(filled(all[l.above]), 1)
		l.above++
	}
	if l.above > 0 {
		notices = append(notices, skipped(all[:l.above], lines[:l.above], "above the table"))
	}
	all, lines = all[l.above:], lines[l.above:]
	first := all[0]
	l.line = lines[0]
	if len(first) == l.width-1 && len(all) > 1 && isHeader(first) && len(all[1]) == l.width {
		l.lacks = slices.ContainsFunc(all[1:], func(row []string) bool { return len(row) == l.width && row[l.width-1] != "" })
		// Names that begin with that of the times lack another one, nobody knows which.
		l.lacks = l.lacks && !(isDate(all[1][0]) && slices.ContainsFunc(first, isTimeName))
	}
	if len(first) != l.width && !l.lacks { // there may be a separator behind each row
		l.width = len(first)
	}
	l.header = isHeader(first) || isWideHeader(first)
	if l.header && !l.lacks {
		l.place, l.below = l.headerAmong(all)
		first, l.line = all[l.place], lines[l.place]
		others := slices.Delete(slices.Clone(all[:l.place+1+l.below]), l.place, l.place+1)
		at := slices.Delete(slices.Clone(lines[:l.place+1+l.below]), l.place, l.place+1)
		if len(others) > 0 {
			notices = append(notices, skipped(others, at, "beside the names of the columns"))
			// What names the column of times may stand alone, as under the names of pandas that are two deep.
			for _, row := range others {
				if !isTimeName(first[0]) && isTimeName(row[0]) {
					first = slices.Clone(first)
					first[0] = row[0]
				}
			}
		}
	}
	if !l.header && rows.above != "" {
		if fields, ok := rows.fieldsOf(rows.above); ok && len(fields) == l.width && l.width > 1 && isHeader(fields) {
			first, l.header, l.place, l.below = fields, true, -1, 0
			notices = append(notices, fmt.Sprintf("the names of the columns are those of the comment %s", fault.Quote(rows.above)))
		}
	}
	return l, notices, l.name(first, name)
}

// fieldsOf returns the fields of a comment.
func (r *Rows) fieldsOf(comment string) (fields []string, ok bool) {
	fields, _, ok = r.rules.row(strings.TrimLeft(comment, " \t#/%"), nil)
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	return fields, ok
}

// name names the columns by the header, or else by their place.
func (l *layout) name(first []string, source string) error {
	if l.lacks {
		first = append([]string{""}, first...)
	}
	place := make(map[string]int, l.width)
	for i := range l.width {
		name := ColumnName(i)
		given := l.header && i < len(first) && first[i] != ""
		if given {
			name = strings.Clone(first[i])
		}
		if j, ok := place[name]; ok {
			return errors.Errorf("%s: line %d: columns %d and %d are both named %s; rename one", source, l.line, j+1, i+1, fault.Quote(name))
		}
		place[name] = i
		l.names, l.named = append(l.names, name), append(l.named, given)
	}
	return nil
}

// isTitle reports whether the first of some rows is a title above a table: text in one field, or in another number of
// fields than the rows of the table have, which follow.
func (l *layout) isTitle(rows [][]string) bool {
	texts, others := 0, 0
	for _, field := range rows[0] {
		switch _, isNumber := anyNumber(field); {
		case field == "":
		case isNumber || isDate(field):
			others++
		default:
			texts++
		}
	}
	if texts == 0 {
		return false
	}
	if len(rows[0]) == l.width {
		next := slices.IndexFunc(rows[1:], func(row []string) bool { return filled(row) > 0 }) + 1
		return next > 0 && l.width > 1 && texts == 1 && others == 0 && rows[0][0] != "" && len(rows[next]) == l.width && isHeader(rows[next]) && filled(rows[next]) > 1
	}
	if len(rows[0]) == l.width-1 && isHeader(rows[0]) && filled(rows[0]) > 1 {
		return false // it may lack a name
	}
	return slices.ContainsFunc(rows[1:], func(row []string) bool { return len(row) == l.width })
}

// filled returns how many of some fields hold something.
func filled(fields []string) (n int) {
	for _, field := range fields {
		if field != "" {
			n++
		}
	}
	return n
}

// headerAmong returns which of the rows of text at the top holds the names of the columns, and how many others follow it
// above the first row of numbers.
func (l *layout) headerAmong(rows [][]string) (place, below int) {
	const most = 4
	data := 1
	for data < len(rows) && data <= most && !holdsNumber(rows[data]) {
		data++
	}
	if data == 1 || data >= len(rows) || data > most {
		return 0, 0
	}
	for _, row := range rows[1:data] {
		if !goesWithNames(row, rows[data]) {
			return 0, 0
		}
	}
	best := -1
	for i, row := range rows[:data] {
		different := map[string]bool{}
		for _, field := range row {
			if field != "" {
				different[field] = true
			}
		}
		score := 2 * len(different)
		if slices.ContainsFunc(row, isTimeName) {
			score++
		}
		if score > best {
			place, best = i, score
		}
	}
	return place, data - 1 - place
}

// holdsNumber reports whether one of some fields is a number or a date.
func holdsNumber(fields []string) bool {
	return slices.ContainsFunc(fields, func(field string) bool {
		_, ok := anyNumber(field)
		return ok || isDate(field)
	})
}

// goesWithNames reports whether a row is one of units or further names above the first one of numbers: text or nothing
// where that has numbers and dates, and nothing where that has text, unless it has two such columns at least.
func goesWithNames(row, data []string) bool {
	if len(row) != len(data) {
		return false
	}
	numbers, texts, beside := 0, 0, 0
	for i, field := range row {
		_, isNumber := anyNumber(data[i])
		switch {
		case isNumber || isDate(data[i]):
			numbers++
			if field != "" {
				texts++
			}
		case field != "":
			beside++
		}
	}
	return texts > 0 && (beside == 0 || texts == numbers && numbers > 1)
}

// skipped says which rows are none of the table.
func skipped(rows [][]string, lines []int, where string) string {
	var first []string
	for _, field := range rows[0] {
		if field != "" {
			first = append(first, field)
		}
	}
	text := fault.Quote(strings.Join(first, " "))
	if len(rows) == 1 {
		return fmt.Sprintf("line %d %s is skipped: %s", lines[0], where, text)
	}
	return fmt.Sprintf("%d lines %s are skipped, the first of them %s on line %d", len(rows), where, text, lines[0])
}

// anyNumber reads a number, however it is written.
func anyNumber(text string) (number, bool) {
	if n, ok := plainNumber(text); ok {
		return n, true
	}
	if n, ok := (written{}).parse(text, '.'); ok {
		return n, true
	}
	return written{}.parse(text, ',')
}

// isHeader reports whether the first row of a file holds names: text, and either no number at all or the name of a time
// first, as in "Date,2024,2025".
func isHeader(fields []string) bool {
	text := false
	for _, field := range fields {
		_, isNumber := anyNumber(field)
		switch {
		case isNumber || isInfinity(field):
			return isTimeName(fields[0])
		case field != "" && !isMissing(field):
			text = true
		}
	}
	return text && !isDate(fields[0])
}

// isWideHeader reports whether the first row of a file names the steps of series that have a row each: text, and behind it
// at least three years, dates, or whole numbers from 0 or 1, one after another.
func isWideHeader(fields []string) bool {
	start := leading(fields)
	if start == 0 || len(fields)-start < 3 || isTimeName(fields[0]) {
		return false
	}
	dates, step := true, true
	for i, field := range fields[start:] {
		if field == "" && i > 2 && strings.Join(fields[start+i:], "") == "" { // a separator at the end
			break
		}
		dates = dates && isDate(field)
		v, err := strconv.Atoi(field)
		from, err2 := strconv.Atoi(fields[start])
		step = step && err == nil && err2 == nil && v == from+i && (from >= 1000 && from < 3000 || from == 0 || from == 1)
	}
	return dates || step
}

// leading returns how many of the first of some fields are text, and no numbers and no dates.
func leading(fields []string) int {
	i := slices.IndexFunc(fields, func(field string) bool {
		_, ok := anyNumber(field)
		return ok || isDate(field)
	})
	if i < 0 {
		return len(fields)
	}
	return i
}
