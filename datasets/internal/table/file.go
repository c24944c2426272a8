package table

import (
	"io"
	"math"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// file is a file of separated values, read into columns.
type file struct {
	name    string // of the file, for errors
	columns []*column
	lines   []int    // the line on which each row begins
	label   *column  // the column whose text labels the rows, or nil
	labels  []string // its text, row by row
	notices []string
}

// column is one column of a file. Values that are not numbers are NaN.
type column struct {
	name    string
	index   bool // whether numbers in it may label the rows instead of being values
	values  []float64
	number  bool // whether it holds a number
	missing int  // line of its first missing value; 0 if there is none
	badLine int  // line of its first value that is neither missing nor a finite number; 0 if there is none
	bad     string
}

// mostCells is 512 MiB of numbers, which are there twice for a while.
const mostCells = 1 << 26

// readFile reads the rows of r. If names are chosen, those columns alone are values, and none of them labels the rows.
func readFile(name string, r io.Reader, chosen []string, o Options) (*file, error) {
	rows, err := NewRows(name, r, o)
	if err != nil {
		return nil, err
	}
	f := &file{name: name}
	first, line, err := rows.Next()
	if err == io.EOF {
		return nil, errors.Errorf("%s: the file is empty; give it a row of names and a row of numbers for each step", name)
	}
	if err != nil {
		return nil, err
	}
	header := isHeader(first)
	if err := f.open(first, line, header, chosen); err != nil {
		return nil, err
	}
	width := len(first)
	if !header {
		f.findLabel(first, false, chosen)
		f.add(first, line)
	}
	for {
		fields, at, err := rows.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(fields) != width {
			return nil, errors.Errorf("%s: line %d: %s where line %d has %d; give every line the same number", name, at, fault.Count(len(fields), "field"), line, width)
		}
		if (len(f.lines)+1)*width > mostCells {
			return nil, errors.Errorf("%s: line %d: more than %d cells, the most that are read; leave columns out or cut it into smaller files", name, at, mostCells)
		}
		if len(f.lines) == 0 {
			f.findLabel(fields, true, chosen)
		}
		f.add(fields, at)
	}
	f.notices = rows.Notices()
	if len(f.lines) == 0 {
		return nil, errors.Errorf("%s: line %d: a header and no rows below it; add a row of numbers for each step", name, line)
	}
	return f, nil
}

// open makes the columns, named by the header or else by their place.
func (f *file) open(first []string, line int, header bool, chosen []string) error {
	place := make(map[string]int, len(first))
	names := make([]string, len(first))
	for i := range first {
		names[i] = ColumnName(i)
		if header && first[i] != "" {
			names[i] = strings.Clone(first[i])
		}
		if j, ok := place[names[i]]; ok {
			return errors.Errorf("%s: line %d: columns %d and %d are both named %s; rename one", f.name, line, j+1, i+1, fault.Quote(names[i]))
		}
		place[names[i]] = i
		f.columns = append(f.columns, &column{name: names[i]})
	}
	if header && !slices.Contains(chosen, names[0]) {
		f.columns[0].index = isTimeName(first[0]) || isIndexName(first[0])
	}
	// Now and not after the last row, which may be far away.
	_, err := Locate(f.name, names, chosen)
	return err
}

// findLabel looks in the first row of values for the column that labels the rows: the leftmost date, or else the
// leftmost text under the name of a time.
func (f *file) findLabel(fields []string, header bool, chosen []string) {
	for i, c := range f.columns {
		if slices.Contains(chosen, c.name) {
			continue
		}
		if isDate(fields[i]) {
			f.label = c
			return
		}
		_, kind := parseCell(fields[i])
		if header && f.label == nil && isTimeName(c.name) && (kind == textCell || kind == missingCell) {
			f.label = c
		}
	}
}

// add appends a row to the columns.
func (f *file) add(fields []string, line int) {
	f.lines = append(f.lines, line)
	for i, c := range f.columns {
		if c == f.label {
			// A field shares its memory with the whole row.
			f.labels = append(f.labels, strings.Clone(fields[i]))
			continue
		}
		value, kind := parseCell(fields[i])
		switch kind {
		case numberCell:
			c.number = true
		case missingCell:
			if c.missing == 0 {
				c.missing = line
			}
		default:
			// An infinite number is a number: its column is not one of text.
			c.number = c.number || kind == infiniteCell
			if c.badLine == 0 {
				c.badLine, c.bad = line, strings.Clone(fields[i])
			}
		}
		if kind != numberCell {
			value = math.NaN()
		}
		c.values = append(c.values, value)
	}
}

// variables returns the chosen columns, or all columns with a number in them.
func (f *file) variables(chosen []string) ([]*column, error) {
	var columns []*column
	for _, name := range chosen {
		i := slices.IndexFunc(f.columns, func(c *column) bool { return c.name == name })
		columns = append(columns, f.columns[i])
	}
	if len(chosen) > 0 {
		return columns, nil
	}
	for _, c := range f.columns {
		if c.number {
			columns = append(columns, c)
		}
	}
	if len(columns) > 0 {
		return columns, nil
	}
	for _, c := range f.columns {
		if c.badLine != 0 {
			return nil, errors.WithMessagef(f.badValue(c), "%s: no column of numbers", f.name)
		}
	}
	return nil, errors.Errorf("%s: no column of numbers; add one with a number for each step", f.name)
}

// check returns an error for the first value in the file that keeps the columns from being all numbers. Missing values
// count if refuseMissing.
func (f *file) check(columns []*column, refuseMissing bool) error {
	var err error
	line := math.MaxInt
	for _, c := range columns {
		if c.badLine != 0 && c.badLine < line {
			line, err = c.badLine, errors.WithMessage(f.badValue(c), f.name)
		}
		if refuseMissing && c.missing != 0 && c.missing < line {
			line, err = c.missing, errors.Errorf("%s: line %d, column %s: missing value; choose a fill method (fill: previous, linear, mean or zero)", f.name, c.missing, fault.Quote(c.name))
		}
	}
	return err
}

// badValue says what is wrong with the first bad value of c, without the file.
func (f *file) badValue(c *column) error {
	way := "write numbers as 1234.5, or leave the column out"
	if _, kind := parseCell(c.bad); kind == infiniteCell {
		way = "write a finite number, or leave it empty for a missing value"
	}
	return errors.Errorf("line %d, column %s: %s is not a finite number; %s", c.badLine, fault.Quote(c.name), fault.Quote(c.bad), way)
}
