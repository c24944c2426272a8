package table

import (
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// Choice is what a person says of a file of series. The zero value says nothing: all is found.
type Choice struct {
	// Names of columns: of the variables and their order; of those that are forecast, known ahead, known up to now, the same
	// throughout a series, and of no use; of those that say to which series a row belongs, and of the times.
	Columns, Target, Known, Past, Static, Ignore, ID, Time []string
	Decimal                                                string   // "." or ","; "" is found
	Thousands                                              string   // what stands between thousands: ".", ",", " ", "'" or "none"; "" is found
	Missing                                                []string // what stands for a missing value beside the usual marks
	Fill                                                   string   // of FillMethods: what stands in for missing values; "" is nothing
	Rows                                                   Options
}

// named returns all names of columns that are chosen for something.
func (c Choice) named() []string {
	return slices.Concat(c.Columns, c.Target, c.Known, c.Past, c.Static, c.Ignore, c.ID, c.Time)
}

// variables returns the names of those columns that are chosen as variables.
func (c Choice) variables() []string { return slices.Concat(c.Columns, c.Target, c.Known, c.Past) }

// file is a file of separated values, read into columns.
type file struct {
	name    string // of the file, for errors
	choice  Choice
	written written
	own     map[string]bool // marks of missing values, in lower case
	sentry  []float64       // and numbers that are some
	rows    *Rows
	layout
	columns []*column
	n       int   // rows of the table
	begins  []run // the lines on which rows begin
	wide    bool  // whether rows may have fewer fields than there are columns
	notices []string
}

// run is rows that follow each other line by line.
type run struct{ row, line int }

// mostCells is 512 MiB of numbers, which are there twice for a while.
const mostCells = 1 << 26

// open reads a file and finds what its columns hold.
func open(name string, r io.Reader, c Choice) (*file, error) {
	c.Rows.Numbers = true
	rows, err := NewRows(name, r, c.Rows)
	if err != nil {
		return nil, err
	}
	f := &file{name: name, choice: c, rows: rows, own: map[string]bool{}}
	f.written = written{thousands: c.Thousands}
	switch {
	case c.Decimal != "":
		f.written.decimal = c.Decimal[0]
	case c.Thousands == ".":
		f.written.decimal = ','
	case c.Thousands == ",":
		f.written.decimal = '.'
	}
	for _, mark := range c.Missing {
		f.own[strings.ToLower(mark)] = true
		if n, ok := plainNumber(mark); ok {
			f.sentry = append(f.sentry, n.value)
		}
	}
	if f.layout, f.notices, err = findLayout(rows, name); err != nil {
		return nil, err
	}
	// Now and not after the last row, which may be far away.
	if _, err := Locate(name, f.names, c.named()); err != nil {
		return nil, err
	}
	for i, name := range f.names {
		f.columns = append(f.columns, &column{name: name, named: f.named[i], few: map[string]int{}})
	}
	f.wide = f.isWide()
	if err := f.survey(); err != nil {
		return nil, err
	}
	f.settle()
	return f, nil
}

// top is how many rows stand above the first one of numbers.
func (f *file) top() int {
	if !f.header || f.place < 0 {
		return f.above
	}
	return f.above + f.place + 1 + f.below
}

// fit returns the fields of a row, as many as there are columns; ok is false if it has others. Where a file has a series a
// row, fewer fields are a shorter series.
func (f *file) fit(fields []string) (_ []string, ok bool) {
	for len(fields) > f.width && fields[len(fields)-1] == "" {
		fields = fields[:len(fields)-1]
	}
	for f.wide && len(fields) > 1 && len(fields) < f.width {
		fields = append(fields, "")
	}
	return fields, len(fields) == f.width
}

// survey goes through all rows: it counts them, and finds out how the numbers of each column are written. Rows at the end
// that are none of the table, such as notes of the source, are left out.
func (f *file) survey() error {
	f.rows.Rewind()
	var late error // of a row that has another number of fields, unless it is one of the notes at the end
	var notes [][]string
	var lines []int
	for i := 0; ; i++ {
		fields, line, err := f.rows.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if i < f.top() {
			continue
		}
		given := len(fields)
		fields, ok := f.fit(fields)
		if !ok && late == nil {
			late = errors.Errorf("%s: line %d: %s where line %d has %d; give every line the same number", f.name, line, fault.Count(given, "field"), f.line, f.width)
		}
		if isNote(fields, f.width) && len(notes) < sample {
			notes, lines = append(notes, slices.Clone(fields)), append(lines, line)
			continue
		}
		if late != nil {
			return late
		}
		for j, note := range notes {
			f.count(note, lines[j])
		}
		notes, lines = notes[:0], lines[:0]
		if (f.n+1)*f.width > mostCells {
			return errors.Errorf("%s: line %d: more than %d cells, the most that are read; leave columns out or cut it into smaller files", f.name, line, mostCells)
		}
		f.count(fields, line)
	}
	if f.n == 0 && late == nil {
		for j, note := range notes {
			f.count(note, lines[j])
		}
		notes = nil
	}
	if f.n == 0 {
		if late != nil {
			return late
		}
		return errors.Errorf("%s: line %d: a header and no rows below it; add a row of numbers for each step", f.name, f.line)
	}
	notes = slices.DeleteFunc(notes, func(note []string) bool { return filled(note) == 0 })
	if len(notes) > 0 {
		f.notices = append(f.notices, skipped(notes, lines[len(lines)-len(notes):], "below the table"))
	}
	if n := f.rows.skipped; n > 0 {
		f.notices = append([]string{fault.Count(n, "line") + " of comments skipped"}, f.notices...)
	}
	f.notices = append(f.rows.Notices(), f.notices...)
	return nil
}

// isNote reports whether a row may be one of notes below the table: text in its first field or nothing at all, and nothing
// in others.
func isNote(fields []string, width int) bool {
	if width < 2 || len(fields) == 0 || filled(fields[1:]) > 0 {
		return false
	}
	if fields[0] == "" {
		return len(fields) == width
	}
	_, ok := anyNumber(fields[0])
	return !ok && !isMissing(fields[0]) && !isDate(fields[0])
}

// count adds a row to what is known of the columns.
func (f *file) count(fields []string, line int) {
	if last := len(f.begins) - 1; last < 0 || f.begins[last].line+f.n-f.begins[last].row != line {
		f.begins = append(f.begins, run{f.n, line})
	}
	f.n++
	for i, c := range f.columns {
		c.add(f, fields[i], line)
	}
}

// lineOf returns the line on which a row begins.
func (f *file) lineOf(row int) int {
	i := sort.Search(len(f.begins), func(i int) bool { return f.begins[i].row > row }) - 1
	if i < 0 {
		return f.line
	}
	return f.begins[i].line + row - f.begins[i].row
}

// each goes through the rows of the table again.
func (f *file) each(call func(row int, fields []string)) error {
	f.rows.Rewind()
	top := f.top()
	for i := 0; i < top+f.n; i++ {
		fields, _, err := f.rows.Next()
		if err != nil {
			return errors.WithMessage(err, f.name) // which has not been before
		}
		if i < top {
			continue
		}
		fields, _ = f.fit(fields)
		call(i-top, fields)
	}
	return nil
}

// isMissing reports whether a text stands for a missing value.
func (f *file) isMissing(text string) bool {
	return isMissing(text) || len(f.own) > 0 && f.own[strings.ToLower(text)]
}

// parse reads a number of a column.
func (f *file) parse(c *column, text string) (value float64, ok bool) {
	if f.isMissing(text) {
		return math.NaN(), true
	}
	if c.flags {
		yes, ok := flag(text)
		return yes, ok
	}
	n, ok := f.written.parse(text, c.mark)
	if !ok || n.infinite || slices.Contains(f.sentry, n.value) {
		return math.NaN(), ok && !n.infinite
	}
	return n.value, true
}

// settle decides, when all rows are known, what each column holds and how its numbers are written.
func (f *file) settle() {
	comma := 0 // columns that have a decimal comma for certain, less those that have a point
	for _, c := range f.columns {
		switch {
		case c.onlyComma > c.onlyPoint:
			comma++
		case c.onlyPoint > 0:
			comma--
		}
	}
	semicolons := f.rows.rules.comma == ';'
	var open []string
	for _, c := range f.columns {
		c.mark = '.'
		switch {
		case f.written.decimal != 0:
			c.mark = f.written.decimal
		case c.onlyComma > c.onlyPoint:
			c.mark = ','
		case c.onlyPoint > 0 || c.either == "":
		case comma > 0, comma == 0 && semicolons && strings.IndexByte(c.either, ',') >= 0:
			c.mark = ','
		}
		c.decide()
		if c.kind == numberColumn && c.either != "" && c.onlyComma == 0 && c.onlyPoint == 0 && f.written.decimal == 0 &&
			(c.mark == ',' || strings.IndexByte(c.either, ',') >= 0) {
			n, _ := f.written.parse(c.either, c.mark)
			other := byte('.')
			if c.mark == '.' {
				other = ','
			}
			c.guessed = true
			open = append(open, fmt.Sprintf("column %s: %s is read as %s (decimal: %c reads it otherwise)", fault.Quote(c.name), fault.Quote(c.either), show(n.value), other))
		}
	}
	f.notices = append(f.notices, open...)
}
