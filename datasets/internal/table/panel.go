package table

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/calendar"
	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// Panel is the series of a file.
type Panel struct {
	Targets, Known, Past []string // names of the variables, whose values are in this order
	Static               []string // names of what stays the same in a series
	Series               []Series
	IDs                  string              // names of the columns that say of which series a row is; "" if there is one series
	Form                 *calendar.Form      // how times are written; nil if they are none that are known
	Every                *calendar.Frequency // how far the steps are apart; nil if that is not known
	Missing              error               // the first value or time that is missing; nil if none is
	Future               bool                // whether there are rows whose targets are to come
	Notices              []string            // what a person should know of how the file is read, each in a line
}

// Series is one of the series of a file.
type Series struct {
	ID     string
	Times  []string    // [N] labels of the steps, oldest first, or nil if there are none; series may share them
	Values [][]float64 // [N][V], NaN for a missing value
	Static []string
}

// ReadPanel reads the series of a file. The name stands for the file in errors, which are one line each, with the line and
// the column at fault where there is one. At most [MostColumns] columns, [MostRows] rows and 2²⁶ cells are read.
func ReadPanel(name string, r io.Reader, c Choice) (*Panel, error) {
	f, err := open(name, r, c)
	if err != nil {
		return nil, err
	}
	if f.wide {
		return f.readWide()
	}
	if err := f.load(); err != nil {
		return nil, err
	}
	t, err := f.findClock()
	if err != nil {
		return nil, err
	}
	g, err := f.group(t)
	if err != nil {
		return nil, err
	}
	rows, turned, err := f.rowsOf(t, g)
	if err != nil {
		return nil, err
	}
	roles, err := f.findRoles(t, g, rows)
	if err != nil {
		return nil, err
	}
	f.release(t, g, roles)
	p := &Panel{
		Targets: names(roles.targets), Known: names(roles.known), Past: names(roles.past), Static: names(roles.static),
		Notices: f.notices,
	}
	if text := f.sayNumbers(roles.variables()); text != "" {
		p.note("%s", text)
	}
	if turned > 0 {
		text := "the newest rows come first in the file: they are turned round, oldest first"
		if turned < len(rows) {
			text = fmt.Sprintf("the newest rows of %d of %d series come first in the file: they are turned round, oldest first", turned, len(rows))
		}
		p.note("%s", text)
	}
	if g.of != nil {
		p.IDs = namesOf(g.columns)
	}
	if err := f.assemble(p, t, g, rows, roles); err != nil {
		return nil, err
	}
	return p, nil
}

// note adds a notice.
func (p *Panel) note(format string, args ...any) {
	p.Notices = append(p.Notices, fmt.Sprintf(format, args...))
}

// names returns the names of columns.
func names(columns []*column) []string {
	var names []string
	for _, c := range columns {
		names = append(names, c.name)
	}
	return names
}

// release lets go of the text of the file and of what is not used.
func (f *file) release(t *clock, g *groups, r *roles) {
	used := slices.Concat(r.variables(), r.static)
	for _, c := range f.columns {
		if !slices.Contains(used, c) {
			c.values, c.words = nil, nil
		} else if c.words != nil {
			c.words.own()
		}
	}
	if t != nil {
		t.labels.own()
	}
	for i, id := range g.ids {
		g.ids[i] = strings.Clone(id)
	}
	f.rows.text, f.rows.rest, f.rows.fields = "", "", nil
}

// assemble makes the series of the rows.
func (f *file) assemble(p *Panel, t *clock, g *groups, all [][]int32, r *roles) error {
	grids := make([]*grid, len(all))
	if t != nil {
		p.Form = t.form
		grids, p.Every = t.grids(all)
	}
	variables := r.variables()
	width, total := len(variables), 0
	for s, rows := range all {
		if g := grids[s]; g != nil && g.far > 0 {
			return errors.Errorf("%s: between %s and the time before it, %s, %s, many more than there are rows; is it right? Leave the times out (ignore: %s) if each row is a step",
				f.at(int(rows[g.first+1]), t.name()), fault.Quote(t.labels.at(int(rows[g.first+1]))), fault.Quote(t.labels.at(int(rows[g.first]))), missingTimes(g.far), t.columns[0].name)
		}
		if total += grids[s].steps(len(rows)); total*width > mostCells || total > MostRows {
			return errors.Errorf("%s: line %d: with the times that are missing there are more than %d cells or %d rows, the most that are read; cut it into smaller files, or leave the times out (ignore: %s)",
				f.name, f.lineOf(int(rows[0])), mostCells, MostRows, t.columns[0].name)
		}
	}
	var report report
	var empty []string
	for s, rows := range all {
		n := grids[s].steps(len(rows))
		one := Series{Values: make([][]float64, n)}
		if g.of != nil {
			one.ID = g.ids[s]
		}
		if t != nil {
			one.Times = grids[s].labels
		}
		block := make([]float64, n*width)
		if n > len(rows) {
			for i := range block {
				block[i] = math.NaN()
			}
		}
		for i := range one.Values {
			one.Values[i] = block[i*width : (i+1)*width : (i+1)*width]
		}
		for i, row := range rows {
			for j, c := range variables {
				block[grids[s].step(i)*width+j] = c.values[row]
			}
		}
		for _, c := range r.static {
			one.Static = append(one.Static, f.staticOf(c, rows))
		}
		if !one.holds(len(r.targets)) && (len(all) > 1 || f.choice.Fill == "") {
			empty = append(empty, one.ID)
			continue
		}
		past := n
		if len(r.known) > 0 {
			past = one.past(len(r.targets), len(r.known))
		}
		p.Future = p.Future || past < n
		if err := f.complete(&one, &report, variables, len(r.targets), len(r.known), past, grids[s], rows, t); err != nil {
			return err
		}
		p.Series = append(p.Series, one)
	}
	if len(p.Series) == 0 {
		return errors.Errorf("%s: no row has a value of %s; is it the right column?", f.name, namesOf(r.targets))
	}
	f.describe(p, t, g, grids, all, r, &report, empty)
	return nil
}

// holds reports whether one of the first variables has a value.
func (s *Series) holds(targets int) bool {
	return slices.ContainsFunc(s.Values, func(row []float64) bool { return !allMissing(row[:targets]) })
}

// allMissing reports whether all of some values are missing.
func allMissing(values []float64) bool {
	for _, v := range values {
		if !math.IsNaN(v) {
			return false
		}
	}
	return true
}

// past returns how many steps are not of the future: behind them no target has a value, and what is known ahead has.
func (s *Series) past(targets, known int) int {
	n := len(s.Values)
	for n > 0 && allMissing(s.Values[n-1][:targets]) {
		n--
	}
	for _, row := range s.Values[n:] {
		if !allMissing(row[targets : targets+known]) {
			return n
		}
	}
	return len(s.Values)
}

// staticOf returns the value of a column that a series has, as the file writes it.
func (f *file) staticOf(c *column, rows []int32) string {
	for _, row := range rows {
		switch {
		case c.words != nil && !f.isMissing(c.words.at(int(row))):
			return c.words.at(int(row))
		case c.words == nil && c.values != nil && !math.IsNaN(c.values[row]):
			return show(c.values[row])
		}
	}
	return ""
}

// report counts what is missing.
type report struct {
	values, of int
	times      int    // that are missing
	series     int    // in which they are
	first      string // the first of them
	firstOf    string // and its series
	missing    error  // the first that is missing, value or time
	filled     int
}

// complete fills the missing values of a series, if a method is chosen, and counts them. What is to come is not filled.
func (f *file) complete(s *Series, r *report, variables []*column, targets, known, past int, g *grid, rows []int32, t *clock) error {
	n := len(s.Values)
	if inserted := n - len(rows); inserted > 0 {
		r.times += inserted
		if r.series++; r.series == 1 {
			r.first, r.firstOf = s.Times[g.step(g.first)+1], s.ID
		}
		if r.missing == nil {
			r.missing = errors.Errorf("%s: line %d, column %s: between %s and %s %s; choose a fill method (fill: previous, linear, mean or zero)", f.name, f.lineOf(int(rows[g.first+1])), fault.Quote(t.name()),
				fault.Quote(t.labels.at(int(rows[g.first]))), fault.Quote(t.labels.at(int(rows[g.first+1]))), missingTimes(g.step(g.first+1)-g.step(g.first)-1))
		}
	}
	var values []float64
	for j, c := range variables {
		end := past
		if j >= targets && j < targets+known {
			end = n
		}
		r.of += end
		missing, first := 0, -1
		for i := range end {
			if math.IsNaN(s.Values[i][j]) {
				if missing++; first < 0 {
					first = i
				}
			}
		}
		if missing == 0 {
			continue
		}
		r.values += missing
		if f.choice.Fill == "" {
			continue
		}
		values = values[:0]
		for i := range end {
			values = append(values, s.Values[i][j])
		}
		if row := fillMethod(f.choice.Fill)(values); row >= 0 {
			return f.unfilled(s, c, row, missing == end, g, rows)
		}
		for i, v := range values {
			s.Values[i][j] = v
		}
		r.filled += missing
	}
	return nil
}

// missingTimes says how many times are missing.
func missingTimes(n int) string {
	if n == 1 {
		return "one time is missing"
	}
	return fault.Count(n, "time") + " are missing"
}

// unfilled says that a method has no number for a missing value.
func (f *file) unfilled(s *Series, c *column, step int, all bool, g *grid, rows []int32) error {
	row := 0
	for i := range rows {
		if g.step(i) == step {
			row = i
			break
		}
		if g.step(i) < step {
			row = i
		}
	}
	at := f.at(int(rows[row]), c.name)
	if s.ID != "" {
		at += ", series " + fault.Quote(s.ID)
	}
	if all {
		return errors.Errorf("%s: no value in the whole column; leave it out", at)
	}
	return errors.Errorf("%s: missing value with none before it for the method %s; choose another (fill: linear or zero)", at, f.choice.Fill)
}

// describe writes the notices of what the file holds.
func (f *file) describe(p *Panel, t *clock, g *groups, grids []*grid, all [][]int32, r *roles, missing *report, empty []string) {
	if t != nil && t.form != nil {
		f.describeTimes(p, t, grids)
	}
	if g.of != nil {
		text := fmt.Sprintf("%d series by %s, of %s", len(p.Series), p.IDs, lengths(p.Series))
		if len(f.choice.ID) == 0 {
			text += " (id chooses others)"
		}
		p.note("%s", text)
	}
	if len(empty) > 0 {
		p.note("left out, since they have no value of %s: %s", namesOf(r.targets), List(empty))
	}
	if text := r.say(t, g); text != "" {
		p.note("%s", text)
	}
	if missing.times > 0 {
		text := missingTimes(missing.times)
		if p.Every != nil {
			text += " (" + p.Every.String() + "), the first of them " + fault.Quote(missing.first)
		}
		if g.of != nil {
			text += fmt.Sprintf(" of %s, in %d of %d series", fault.Quote(missing.firstOf), missing.series, len(p.Series))
		}
		p.note("%s: their values are missing", text)
	}
	switch {
	case missing.values == 0:
	case f.choice.Fill != "":
		p.note("%s", filledText(missing.filled, missing.of, f.choice.Fill))
	default:
		p.note("%s", missingText(missing.values, missing.of))
		p.Missing = f.firstMissing(r.variables(), missing.missing)
	}
}

// filledText says how many values are filled.
func filledText(n, of int, method string) string {
	return fmt.Sprintf("filled: %d of %s (fill: %s)", n, fault.Count(of, "value"), method)
}

// missingText says how many values are missing.
func missingText(n, of int) string {
	return fmt.Sprintf("missing: %d of %s (fill: previous, linear, mean or zero puts others in their place)", n, fault.Count(of, "value"))
}

// firstMissing says which value of some columns is missing first, or else gives what is said of a time.
func (f *file) firstMissing(columns []*column, time error) error {
	line, first := math.MaxInt, time
	for _, c := range columns {
		if c.firstMissing != 0 && c.firstMissing < line {
			line = c.firstMissing
			first = errors.Errorf("%s: line %d, column %s: missing value; choose a fill method (fill: previous, linear, mean or zero)", f.name, c.firstMissing, fault.Quote(c.name))
		}
	}
	return first
}

// describeTimes says of what frequency the times are.
func (f *file) describeTimes(p *Panel, t *clock, grids []*grid) {
	first, last := 0, 0
	for code, at := range t.times {
		if at.Before(t.times[first]) {
			first = code
		}
		if at.After(t.times[last]) {
			last = code
		}
	}
	span := fmt.Sprintf("%s from %s to %s", t.name(), t.labels.all[first], t.labels.all[last])
	uneven, why := 0, error(nil)
	for _, g := range grids {
		if g.every == nil && len(g.codes) > 1 {
			if uneven++; why == nil {
				why = g.why
			}
		}
	}
	switch {
	case p.Every == nil && uneven == 0:
	case p.Every == nil:
		reason := "that is not known"
		if why != nil {
			reason, _, _ = strings.Cut(why.Error(), "; ")
		}
		p.note("%s, each row a step: %s", span, reason)
	case uneven > 0:
		p.note("%s, %s; the times of %d series do not lie so, and their rows are taken one by one", span, p.Every, uneven)
	default:
		p.note("%s, %s", span, p.Every)
	}
}

// lengths says how many steps series have.
func lengths(all []Series) string {
	least, most := math.MaxInt, 0
	for _, s := range all {
		least, most = min(least, len(s.Values)), max(most, len(s.Values))
	}
	if least == most {
		return fault.Count(most, "step")
	}
	return fmt.Sprintf("%d to %d steps", least, most)
}
