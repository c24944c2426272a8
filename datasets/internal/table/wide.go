package table

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/calendar"
	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// stepColumns returns the first of the columns that are the steps of series that have a row each: those whose names are
// dates, years, or a text with numbers that count up, as V2, V3 and so on, behind columns that name the series; ok is
// false if there are none.
func (l *layout) stepColumns(data [][]string) (first int, ok bool) {
	const least = 3
	if !l.header || len(data) == 0 {
		return 0, false
	}
	end := l.width
	for end > 0 && !l.named[end-1] {
		end--
	}
	dates := false
	for first = 1; first+least <= end; first++ {
		if _, dates = datesOf(l.names[first:end]); dates || count(l.names[first:end]) {
			break
		}
	}
	if first+least > end || isTimeName(l.names[0]) {
		return 0, false
	}
	seen := map[string]bool{}
	for _, row := range data {
		if len(row) < 2 {
			return 0, false
		}
		ids := row[:min(first, len(row))]
		text := slices.ContainsFunc(ids, func(id string) bool { return id != "" && !isDate(id) && !isANumber(id) })
		// Steps that are called by dates show it; others could be variables.
		if !text && !isIDName(l.names[0]) || !dates && (ids[0] == "" || isANumber(ids[0]) && !isIDName(l.names[0])) || slices.ContainsFunc(ids, isDate) {
			return 0, false
		}
		if seen[strings.Join(ids, "\x00")] {
			return 0, false
		}
		seen[strings.Join(ids, "\x00")] = true
		for _, field := range row[min(first, len(row)):] {
			if _, ok := anyNumber(field); !ok && !isMissing(field) {
				return 0, false
			}
		}
	}
	return first, true
}

// isANumber reports whether a text is a number.
func isANumber(text string) bool {
	_, ok := anyNumber(text)
	return ok
}

// datesOf returns the times that names are, if they are dates or years that rise or fall.
func datesOf(names []string) (times *clock, ok bool) {
	form, at, err := calendar.Read(names)
	if err != nil || areSteps(at) || calendar.Order(at) == calendar.Unordered {
		return nil, false
	}
	return &clock{labels: &words{all: names}, form: &form, times: at, order: ordersOf(at)}, true
}

// count reports whether names are the same text with whole numbers behind it that count up by one.
func count(names []string) bool {
	before := ""
	number := -1
	for i, name := range names {
		cut := len(strings.TrimRight(name, "0123456789"))
		n, err := strconv.Atoi(name[cut:])
		if err != nil || i > 0 && (name[:cut] != before || n != number+1) {
			return false
		}
		before, number = name[:cut], n
	}
	return true
}

// isWide reports whether a file has a row for each series.
func (f *file) isWide() bool {
	if len(f.choice.variables())+len(f.choice.Time) > 0 {
		return false
	}
	f.rows.Rewind()
	var data [][]string
	for i := 0; len(data) < sample; i++ {
		fields, _, err := f.rows.Next()
		if err != nil {
			break
		}
		if i >= f.top() {
			data = append(data, slices.Clone(fields))
		}
	}
	first, ok := f.stepColumns(data)
	f.steps = first
	return ok
}

// readWide reads a series of each row. Fields that are empty at the end of a row are no steps.
func (f *file) readWide() (*Panel, error) {
	end := f.width
	for end > 0 && !f.named[end-1] {
		end--
	}
	before := f.columns[:f.steps]
	for _, id := range f.choice.ID {
		if !slices.Contains(f.names[:f.steps], id) {
			return nil, errors.Errorf("%s: column %s holds a step of the series, which have a row each; name one of %s (id: NAME)", f.name, fault.Quote(id), namesOf(before))
		}
	}
	steps := f.columns[f.steps:end]
	var wrong *column
	for _, c := range steps {
		if c.kind == textColumn || c.bad.line != 0 {
			if wrong == nil || c.bad.line < wrong.bad.line {
				wrong = c
			}
		}
	}
	if wrong != nil {
		return nil, errors.WithMessage(wrong.fault(), f.name)
	}
	t, dated := datesOf(f.names[f.steps:end])
	p := &Panel{Targets: []string{"value"}, Notices: f.notices}
	var labels []string
	backwards := false
	if dated {
		p.Form = t.form
		labels = slices.Clone(f.names[f.steps:end])
		if backwards = calendar.Order(t.times) == calendar.NewestFirst; backwards {
			slices.Reverse(labels)
			p.note("the newest steps come first in the file: they are turned round, oldest first")
		}
		if every, err := calendar.Find(t.times); err == nil {
			p.Every = &every
		}
	}
	names := make([][]string, f.n)
	var read []Series
	err := f.each(func(row int, fields []string) {
		for _, field := range fields[:f.steps] {
			names[row] = append(names[row], strings.Clone(field))
		}
		values := make([]float64, 0, len(steps))
		for i, c := range steps {
			v, _ := f.parse(c, fields[f.steps+i])
			values = append(values, v)
		}
		if backwards {
			slices.Reverse(values)
		}
		n := len(values)
		for n > 0 && math.IsNaN(values[n-1]) {
			n--
		}
		if !dated {
			for len(values) > 0 && n > 0 && math.IsNaN(values[0]) {
				values, n = values[1:], n-1
			}
		}
		one := Series{Values: make([][]float64, n)}
		block := slices.Clone(values[:n])
		for i := range one.Values {
			one.Values[i] = block[i : i+1 : i+1]
		}
		if labels != nil {
			one.Times = labels[:n:n]
		}
		read = append(read, one)
	})
	if err != nil {
		return nil, err
	}
	ids := f.wideIDs(names)
	p.IDs = namesOf(pick(before, ids))
	static := f.wideStatic(names, ids)
	for _, i := range static {
		p.Static = append(p.Static, before[i].name)
	}
	return p, f.finishWide(p, steps, read, names, ids, static)
}

// wideIDs returns the places of the columns that name the series: those that a person chooses, or else the first, and
// further ones as long as names are there twice.
func (f *file) wideIDs(names [][]string) (places []int) {
	for _, id := range f.choice.ID {
		places = append(places, slices.Index(f.names, id))
	}
	if len(places) > 0 {
		return places
	}
	// Names that are there for each series, then others, and numbers last.
	order := make([]int, f.steps)
	for i := range order {
		order[i] = i
	}
	rank := func(i int) int {
		switch c := f.columns[i]; {
		case c.kind == numberColumn && !isIDName(c.name):
			return 2
		case c.missing > 0:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(order, func(a, b int) int { return rank(a) - rank(b) })
	for _, i := range order {
		if places = append(places, i); len(distinct(names, places)) == len(names) {
			return places
		}
	}
	return places[:1]
}

// distinct returns the different names of series.
func distinct(names [][]string, places []int) map[string]int {
	seen := map[string]int{}
	for row, all := range names {
		id := joined(pick(all, places))
		if _, ok := seen[id]; !ok {
			seen[id] = row
		}
	}
	return seen
}

// joined returns the name of a series that several columns give, some of which may hold nothing.
func joined(parts []string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " / ")
}

// pick returns what stands at some places.
func pick[T any](all []T, places []int) (some []T) {
	for _, i := range places {
		some = append(some, all[i])
	}
	return some
}

// wideStatic returns the places of the columns before the steps that say something else of a series: those that a person
// chooses, or else all that differ.
func (f *file) wideStatic(names [][]string, ids []int) (places []int) {
	for i := range f.steps {
		chosen := slices.Contains(f.choice.Static, f.names[i])
		if slices.Contains(ids, i) || slices.Contains(f.choice.Ignore, f.names[i]) || len(f.choice.Static) > 0 && !chosen {
			continue
		}
		if n := len(distinct(names, []int{i})); chosen || n > 1 && n < len(names) {
			places = append(places, i)
		}
	}
	return places
}

// finishWide gives the series of rows their names and fills what is missing in them.
func (f *file) finishWide(p *Panel, steps []*column, read []Series, names [][]string, ids, static []int) error {
	seen := map[string]int{}
	var empty []string
	missing, of := 0, 0
	for row, one := range read {
		one.ID = joined(pick(names[row], ids))
		if first, ok := seen[one.ID]; ok {
			return errors.Errorf("%s: line %d: series %s is on line %d, too; name more columns that tell series apart (id: NAME,NAME)", f.name, f.lineOf(row), fault.Quote(one.ID), f.lineOf(first))
		}
		seen[one.ID] = row
		one.Static = pick(names[row], static)
		if !one.holds(1) {
			empty = append(empty, one.ID)
			continue
		}
		of += len(one.Values)
		column := make([]float64, len(one.Values))
		gaps, first := 0, 0
		for i, v := range one.Values {
			if column[i] = v[0]; math.IsNaN(v[0]) {
				if gaps++; gaps == 1 {
					first = i
				}
			}
		}
		missing += gaps
		switch {
		case gaps == 0:
		case f.choice.Fill == "":
			if p.Missing == nil {
				p.Missing = errors.Errorf("%s: line %d, series %s: value %d is missing; choose a fill method (fill: previous, linear, mean or zero)", f.name, f.lineOf(row), fault.Quote(one.ID), first+1)
			}
		default:
			if at := fillMethod(f.choice.Fill)(column); at >= 0 {
				return errors.Errorf("%s: line %d, series %s: value %d is missing with none before it for the method %s; choose another (fill: linear or zero)", f.name, f.lineOf(row), fault.Quote(one.ID), at+1, f.choice.Fill)
			}
			for i, v := range column {
				one.Values[i][0] = v
			}
		}
		p.Series = append(p.Series, one)
	}
	if len(p.Series) == 0 {
		return errors.Errorf("%s: no series has a value", f.name)
	}
	if text := f.sayNumbers(steps); text != "" {
		p.note("%s", text)
	}
	if p.Every != nil {
		p.note("times from %s to %s, %s", steps[0].name, steps[len(steps)-1].name, p.Every)
	}
	p.note("%d series, one in each row, named by %s, of %s", len(p.Series), p.IDs, lengths(p.Series))
	text := "forecasts value; ids " + p.IDs
	if len(p.Static) > 0 {
		text += "; static " + List(p.Static)
	}
	var ignored []string
	for i, name := range f.names[:f.steps] {
		if !slices.Contains(ids, i) && !slices.Contains(static, i) {
			ignored = append(ignored, name)
		}
	}
	if len(ignored) > 0 {
		text += "; ignores " + List(ignored)
	}
	p.note("%s", text)
	if len(empty) > 0 {
		p.note("left out, since they have no value: %s", List(empty))
	}
	switch {
	case missing > 0 && f.choice.Fill == "":
		p.note("%s", missingText(missing, of))
	case missing > 0:
		p.note("%s", filledText(missing, of, f.choice.Fill))
	}
	return nil
}
