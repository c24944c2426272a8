package table

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// roles say what each column is for.
type roles struct {
	targets, known, past []*column
	static, ignored      []*column
}

// variables returns the columns of numbers.
func (r *roles) variables() []*column { return slices.Concat(r.targets, r.known, r.past) }

// findRoles gives each column a role: those that a person names for one have it, and any other column of numbers is
// forecast, unless it is none of the file's matter, such as a row number, or stays the same in each series.
func (f *file) findRoles(t *clock, g *groups, rows [][]int32) (*roles, error) {
	c := f.choice
	r := &roles{known: f.chosen(c.Known), past: f.chosen(c.Past), static: f.chosen(c.Static), targets: f.chosen(c.Target), ignored: f.chosen(c.Ignore)}
	for _, v := range f.chosen(c.Columns) {
		switch {
		case slices.Contains(r.variables(), v):
		case len(c.Target) > 0:
			r.past = append(r.past, v)
		default:
			r.targets = append(r.targets, v)
		}
	}
	open := len(c.Columns) == 0 && len(c.Target) == 0
	var doubtful []*column
	for _, v := range f.free() {
		if t != nil && slices.Contains(t.columns, v) || slices.Contains(g.columns, v) {
			continue
		}
		switch {
		case v.kind == emptyColumn:
		case f.isStatic(v, g, rows):
			r.static = append(r.static, v)
			if v.kind == numberColumn {
				doubtful = append(doubtful, v)
			}
		case !open || v.kind != numberColumn:
			r.ignored = append(r.ignored, v)
		case f.isNoVariable(v, t, rows):
			r.ignored = append(r.ignored, v)
			doubtful = append(doubtful, v)
		default:
			r.targets = append(r.targets, v)
		}
	}
	if len(r.targets) == 0 && open {
		// What looks like none is the variable if there is no other: the last of those that do not count rows, or else all.
		kept := slices.DeleteFunc(slices.Clone(doubtful), func(v *column) bool { return isIndexName(v.name, v.named) })
		if len(kept) == 0 {
			kept = doubtful
		}
		gone := func(v *column) bool { return slices.Contains(kept, v) }
		r.targets, r.static, r.ignored = kept, slices.DeleteFunc(r.static, gone), slices.DeleteFunc(r.ignored, gone)
	}
	if len(r.targets) == 0 {
		return nil, f.noNumbers()
	}
	return r, f.faults(r)
}

// noNumbers says that there is nothing to forecast.
func (f *file) noNumbers() error {
	for _, c := range f.columns {
		if c.kind == textColumn && c.words != nil && !slices.ContainsFunc(c.words.all[:min(20, len(c.words.all))], isDate) {
			if err := c.fault(); err != nil {
				return errors.WithMessagef(err, "%s: no column of numbers", f.name)
			}
		}
	}
	return errors.Errorf("%s: no column of numbers; add one with a number for each step", f.name)
}

// faults returns an error for the first value in the file that keeps the variables from being all numbers.
func (f *file) faults(r *roles) error {
	var err error
	line := math.MaxInt
	for _, c := range r.variables() {
		if wrong := c.fault(); wrong != nil && c.bad.line < line {
			line, err = c.bad.line, errors.WithMessage(wrong, f.name)
		}
	}
	return err
}

// isStatic reports whether a column has one value in each of several series, and not the same in all.
func (f *file) isStatic(c *column, g *groups, rows [][]int32) bool {
	if g.of == nil || len(g.ids) < 2 || c.values == nil && c.words == nil || c.kind == textColumn && c.words.codes == nil {
		return false
	}
	differ, several := false, false
	var first float64
	for s, some := range rows {
		of := math.NaN() // the value of the series, of words its code
		n := 0
		for _, row := range some {
			v := 0.0
			if c.kind == numberColumn {
				v = c.values[row]
			} else {
				v = float64(c.words.codes[row])
			}
			if math.IsNaN(v) {
				continue
			}
			if n++; n > 1 && v != of {
				return false
			}
			of = v
		}
		several = several || n > 1
		if s == 0 {
			first = of
		}
		differ = differ || !math.IsNaN(of) && of != first
	}
	return several && differ
}

// isNoVariable reports whether a column of numbers says nothing of what is observed: whole numbers under the name of an
// index, those that count up by one, and what the date says, too.
func (f *file) isNoVariable(c *column, t *clock, rows [][]int32) bool {
	if c.missing > 0 && !isIndexName(c.name, c.named) || f.lone(c) || !f.header && !f.counts(c, rows) {
		return false
	}
	if c.named && isIndexName(c.name, true) || f.header && !c.named && f.columns[0] == c {
		for _, v := range c.values {
			if v != math.Trunc(v) && !math.IsNaN(v) {
				return false
			}
		}
		return true
	}
	if t != nil && t.form != nil && !areSteps(t.times) && c.named && isTimeName(c.name) && c.whole() {
		return true // of two times one is that of the rows
	}
	return f.counts(c, rows) || f.isOfDate(c, t)
}

// counts reports whether a column counts up by one, through the file or in each series.
func (f *file) counts(c *column, rows [][]int32) bool {
	const least = 3 // rows that show it
	if c.missing > 0 || f.n < least {
		return false
	}
	through := true
	for i := 1; i < len(c.values) && through; i++ {
		through = c.values[i] == c.values[i-1]+1
	}
	if through {
		return c.values[0] == math.Trunc(c.values[0])
	}
	longest := 0
	for _, some := range rows {
		longest = max(longest, len(some))
		for i := 1; i < len(some); i++ {
			if c.values[some[i]] != c.values[some[i-1]]+1 {
				return false
			}
		}
	}
	return longest >= least
}

// isOfDate reports whether a column says what the time of each row says, its year, month, day, hour and the like, and is
// named after it.
func (f *file) isOfDate(c *column, t *clock) bool {
	if t == nil || t.form == nil || areSteps(t.times) || !c.named || c.missing > 0 {
		return false
	}
	for _, of := range []struct {
		names []string
		value func(time.Time) int
		bases []float64 // what may be added
	}{
		{[]string{"year", "yr", "jahr", "año", "ano", "annee", "année", "anno", "yyyy"}, time.Time.Year, []float64{0}},
		{[]string{"month", "mon", "monat", "mes", "mois", "mese", "mnth", "month of year"}, func(t time.Time) int { return int(t.Month()) }, []float64{0, -1}},
		{[]string{"day", "day of month", "tag", "dom", "dia", "día"}, time.Time.Day, []float64{0}},
		{[]string{"hour", "hr", "hour of day", "stunde", "hora", "heure"}, time.Time.Hour, []float64{0, 1}},
		{[]string{"quarter", "qtr", "quartal"}, func(t time.Time) int { return (int(t.Month()) + 2) / 3 }, []float64{0}},
		{[]string{"week", "week of year", "iso week", "weekofyear", "kw"}, func(t time.Time) int { _, w := t.ISOWeek(); return w }, []float64{0}},
		{[]string{"weekday", "day of week", "dayofweek", "dow", "wday", "wochentag"}, func(t time.Time) int { return int(t.Weekday()) }, []float64{0, 1}},
		{[]string{"weekday", "day of week", "dayofweek", "dow", "wday", "wochentag"}, func(t time.Time) int { return (int(t.Weekday()) + 6) % 7 }, []float64{0, 1}},
		{[]string{"day of year", "dayofyear", "doy", "yday"}, time.Time.YearDay, []float64{0, -1}},
	} {
		if !slices.Contains(of.names, plainName(c.name)) {
			continue
		}
		values := make([]float64, len(t.times))
		for i, at := range t.times {
			values[i] = float64(of.value(at))
		}
		for _, base := range of.bases {
			same := true
			for row, v := range c.values {
				if same = v == values[t.labels.code(row)]+base; !same {
					break
				}
			}
			if same {
				return true
			}
		}
	}
	return false
}

// say returns what the columns are for, in one line, or "" if it goes without saying.
func (r *roles) say(t *clock, g *groups) string {
	if len(g.columns)+len(r.known)+len(r.past)+len(r.static)+len(r.ignored) == 0 && len(r.targets) < 2 {
		return ""
	}
	parts := []string{"forecasts " + namesOf(r.targets)}
	for _, p := range []struct {
		what    string
		columns []*column
	}{
		{"ids ", g.columns},
		{"knows ahead ", r.known},
		{"knows up to now ", r.past},
		{"static ", r.static},
		{"ignores ", r.ignored},
	} {
		if len(p.columns) > 0 {
			parts = append(parts, p.what+namesOf(p.columns))
		}
	}
	if t != nil {
		parts = slices.Insert(parts, 1, "times "+t.name())
	}
	return strings.Join(parts, "; ")
}

// sayNumbers says how numbers are read that are not written as Go writes them, or "".
func (f *file) sayNumbers(columns []*column) string {
	type reading struct {
		text    string
		columns []*column
	}
	var all []*reading
	for _, c := range columns {
		if c.kind != numberColumn || c.shown == 0 || c.guessed {
			continue
		}
		example := ""
		for i := range c.example {
			if c.shown&(1<<i) != 0 {
				example = c.example[i]
				break
			}
		}
		n, ok := f.written.parse(example, c.mark)
		if !ok {
			continue
		}
		text := fault.Quote(example) + " is read as " + show(n.value)
		// Columns that show the same are named together.
		i := slices.IndexFunc(all, func(r *reading) bool {
			return r.columns[0].shown == c.shown && r.columns[0].mark == c.mark
		})
		if i < 0 {
			all = append(all, &reading{text: text})
			i = len(all) - 1
		}
		all[i].columns = append(all[i].columns, c)
	}
	var parts []string
	for _, r := range all {
		parts = append(parts, r.text+" ("+namesOf(r.columns)+")")
	}
	return strings.Join(parts, ", ")
}
