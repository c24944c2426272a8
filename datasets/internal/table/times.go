package table

import (
	"slices"
	"strconv"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// times returns the labels of the rows, nil if there are none, and the columns without the one that holds row numbers,
// if one does.
func (f *file) times(columns []*column) ([]string, []*column, error) {
	if f.label != nil {
		if err := f.checkDates(); err != nil {
			return nil, nil, err
		}
	}
	index := f.columns[0]
	// A lone column is what the file is about, whatever its name.
	lone := len(columns) == 1 && columns[0] == index
	if !index.index || !index.number || lone {
		return f.labels, columns, nil
	}
	increasing, err := f.checkNumbers(index)
	if err != nil {
		return nil, nil, err
	}
	if !increasing {
		return f.labels, columns, nil
	}
	labels := f.labels
	if labels == nil {
		labels = make([]string, len(index.values))
		for i, v := range index.values {
			labels[i] = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	rest := slices.DeleteFunc(columns, func(c *column) bool { return c == index })
	return labels, rest, nil
}

// checkNumbers reports whether each number of c is above the one before it. Where one is below, that is an error if c
// holds times that do not start over.
func (f *file) checkNumbers(c *column) (increasing bool, err error) {
	if c.missing != 0 || c.badLine != 0 {
		return false, nil
	}
	increasing = true
	for i := 1; i < len(c.values); i++ {
		before, now := c.values[i-1], c.values[i]
		if now < before && !isCyclic(c.name) {
			return false, errors.Errorf("%s: line %d, column %s: %v comes after %v; sort the rows, oldest first", f.name, f.lines[i], fault.Quote(c.name), now, before)
		}
		increasing = increasing && now > before
	}
	return increasing, nil
}
