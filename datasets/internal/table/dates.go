package table

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// dateLayouts returns the forms in which dates are recognised, as package time writes them. Single digits stand for two
// as well. Where a date could be read in two ways, the earlier layout is preferred.
func dateLayouts() []string {
	return []string{
		"2006-1-2",
		"2006-1",
		"2006-1-2 15:04:05",
		"2006-1-2 15:04",
		"2006-1-2T15:04:05",
		"2006-1-2T15:04",
		"2006-1-2T15:04:05Z07:00",
		"2006-1-2 15:04:05Z07:00",
		"2006/1/2",
		"2006/1/2 15:04:05",
		"2006/1/2 15:04",
		"1/2/2006",
		"1/2/2006 15:04:05",
		"1/2/2006 15:04",
		"2/1/2006",
		"2/1/2006 15:04:05",
		"2/1/2006 15:04",
		"2.1.2006",
		"2.1.2006 15:04:05",
		"2.1.2006 15:04",
		"Jan 2 2006",
		"Jan 2, 2006",
		"Jan 2006",
		"2 Jan 2006",
	}
}

// isDate reports whether text is a date in one of the layouts.
func isDate(text string) bool {
	// From 2006-1 to 2006-01-02T15:04:05.999999999+07:00; most other text needs no trial of every layout.
	if len(text) < 6 || len(text) > 35 || !strings.ContainsAny(text, "0123456789") {
		return false
	}
	return slices.ContainsFunc(dateLayouts(), func(layout string) bool {
		_, err := time.Parse(layout, text)
		return err == nil
	})
}

// checkDates returns an error if the labels are dates and one of them is missing, unlike the others, or earlier than
// the one before it. Equal dates pass: clocks put back in autumn and coarse ones write them, in the right order.
func (f *file) checkDates() error {
	first := ""
	for i, label := range f.labels {
		if _, kind := parseCell(label); kind == missingCell {
			return errors.Errorf("%s: line %d, column %s: missing time; give every row one", f.name, f.lines[i], fault.Quote(f.label.name))
		}
		if first == "" && isDate(label) {
			first = label
		}
	}
	if first == "" {
		return nil
	}
	var unlike, disorder error
	for _, layout := range dateLayouts() {
		if _, err := time.Parse(layout, first); err != nil {
			continue
		}
		row, ordered := f.firstFault(layout)
		if row < 0 {
			return nil
		}
		at := fmt.Sprintf("%s: line %d, column %s", f.name, f.lines[row], fault.Quote(f.label.name))
		switch {
		case ordered && unlike == nil:
			unlike = errors.Errorf("%s: %s is not a date like %s; write all dates in one way", at, fault.Quote(f.labels[row]), fault.Quote(first))
		case !ordered && disorder == nil:
			disorder = errors.Errorf("%s: %s comes after %s; sort the rows, oldest first", at, fault.Quote(f.labels[row]), fault.Quote(f.labels[row-1]))
		}
	}
	// A layout that reads the dates up to the fault says more than one that does not read them at all.
	if disorder != nil {
		return disorder
	}
	return unlike
}

// firstFault returns the first row whose label the layout does not read, with ordered true, or failing that the first
// one that is earlier than the row before, with ordered false; or -1.
func (f *file) firstFault(layout string) (row int, ordered bool) {
	late := -1
	var before time.Time
	for i, label := range f.labels {
		now, err := time.Parse(layout, label)
		if err != nil {
			return i, true
		}
		if late < 0 && i > 0 && now.Before(before) {
			late = i
		}
		before = now
	}
	return late, false
}
