package table

import (
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// load reads the numbers of the columns of numbers, and the texts of the others.
func (f *file) load() error {
	chosen := f.choice.variables()
	for _, c := range f.columns {
		c.flags = c.flags && slices.Contains(chosen, c.name)
		switch {
		case c.kind == numberColumn || c.flags || slices.Contains(chosen, c.name):
			c.values = make([]float64, 0, f.n)
		case c.kind == textColumn:
			c.words = newWords(f.n)
		}
	}
	return f.each(func(_ int, fields []string) {
		for i, c := range f.columns {
			switch {
			case c.values != nil:
				value, _ := f.parse(c, fields[i]) // what is no number is a fault of the column
				c.values = append(c.values, value)
			case c.words != nil:
				c.words.add(fields[i])
			}
		}
	})
}

// wordsOf returns the texts of a column, of numbers, too, as they are written.
func (f *file) wordsOf(c *column) (*words, error) {
	if c.words == nil {
		w := newWords(f.n)
		if err := f.compose([]*column{c}, func(fields []string) string { return fields[0] }, w); err != nil {
			return nil, err
		}
		c.words = w
	}
	return c.words, nil
}

// compose makes a text of the fields of some columns, of each row.
func (f *file) compose(columns []*column, text func(fields []string) string, into *words) error {
	places := make([]int, len(columns))
	for i, c := range columns {
		places[i] = slices.Index(f.columns, c)
	}
	some := make([]string, len(columns))
	return f.each(func(_ int, fields []string) {
		for i, p := range places {
			some[i] = fields[p]
		}
		into.add(text(some))
	})
}

// column returns the column of a name, which is there.
func (f *file) column(name string) *column {
	return f.columns[slices.Index(f.names, name)]
}

// chosen returns the columns of some names.
func (f *file) chosen(names []string) []*column {
	var columns []*column
	for _, name := range names {
		columns = append(columns, f.column(name))
	}
	return columns
}

// at says where in the file a row of a column is.
func (f *file) at(row int, name string) string {
	return errors.Errorf("%s: line %d, column %s", f.name, f.lineOf(row), fault.Quote(name)).Error()
}

// names returns the names of columns, cut if there are many.
func namesOf(columns []*column) string {
	var names []string
	for _, c := range columns {
		names = append(names, c.name)
	}
	return List(names)
}

// List writes names with commas between them, cut if there are many.
func List(names []string) string {
	const most = 8
	if len(names) > most+1 {
		return strings.Join(names[:most], ", ") + " and " + fault.Count(len(names)-most, "other")
	}
	return strings.Join(names, ", ")
}
