package table

import (
	"math"
	"slices"
	"sort"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// groups say to which series each row belongs.
type groups struct {
	columns []*column // that say it; none if there is one series
	of      []int32   // of the rows; nil if there is one series
	ids     []string  // of the series, in the order in which they begin
}

// lone reports whether a column is the only one of numbers: what the file is about, whatever its name.
func (f *file) lone(c *column) bool {
	return !slices.ContainsFunc(f.columns, func(o *column) bool { return o != c && (o.kind == numberColumn || o.flags) })
}

// goesOn reports whether the times of all rows, or of those of each series, rise or fall.
func (f *file) goesOn(t *clock) bool {
	g, err := f.group(t)
	if err != nil {
		return false
	}
	_, broken := g.broken(t, f.n)
	return !broken
}

// broken returns the first row whose time does not continue that of the row before it in its series, in the direction in
// which the series goes.
func (g *groups) broken(t *clock, n int) (row int, broken bool) {
	type state struct {
		last float64
		way  int8 // 0 before the second row
		any  bool
	}
	states := make([]state, max(1, len(g.ids)))
	for row := range n {
		s := &states[0]
		if g.of != nil {
			s = &states[g.of[row]]
		}
		now := t.key(row)
		if s.any {
			way := int8(0)
			switch {
			case now > s.last:
				way = 1
			case now < s.last:
				way = -1
			}
			if way == 0 || s.way != 0 && way != s.way {
				return row, true
			}
			s.way = way
		}
		s.last, s.any = now, true
	}
	return 0, false
}

// group finds the series of the rows: by the columns that a person names, or else, where times repeat or go back, by the
// first of the columns, or else of pairs or triples of them, that divides the rows into series in which they do not.
func (f *file) group(t *clock) (*groups, error) {
	if len(f.choice.ID) > 0 {
		return f.groupBy(f.chosen(f.choice.ID))
	}
	if t == nil || t.order == nil {
		return f.groupByName(t)
	}
	if _, broken := (&groups{}).broken(t, f.n); !broken {
		return &groups{}, nil
	}
	candidates := f.idColumns(t)
	for _, size := range []int{1, 2, 3} {
		if found, err := f.divide(t, candidates, nil, size); found != nil || err != nil {
			return found, err
		}
	}
	return f.nearly(t, candidates)
}

// nearly returns the groups in which hardly a time is there twice, so that one that is, or goes back, is a fault; or else
// one group.
func (f *file) nearly(t *clock, candidates []*column) (*groups, error) {
	best := &groups{}
	fewest := min(f.repeats(t, best)/4, max(2, f.n/20))
	for _, c := range candidates {
		g, err := f.groupBy([]*column{c})
		if err != nil {
			return nil, err
		}
		if n := f.repeats(t, g); n < fewest && 3*len(g.ids) <= 2*f.n {
			best, fewest = g, n
		}
	}
	return best, nil
}

// repeats returns how many rows have a time that another row of their series has.
func (f *file) repeats(t *clock, g *groups) (n int) {
	keys := make([]uint64, f.n)
	for row := range keys {
		keys[row] = uint64(g.series(row))<<32 | uint64(t.labels.code(row))
	}
	slices.Sort(keys)
	return f.n - len(slices.Compact(keys))
}

// divide returns the groups of the first choice of so many more of the columns, beside those given, in which times go on.
func (f *file) divide(t *clock, columns, given []*column, more int) (*groups, error) {
	if more == 0 {
		g, err := f.groupBy(given)
		if err != nil {
			return nil, err
		}
		if _, broken := g.broken(t, f.n); broken || 3*len(g.ids) > 2*f.n {
			return nil, nil
		}
		return g, nil
	}
	for i, c := range columns {
		g, err := f.divide(t, columns[i+1:], append(slices.Clone(given), c), more-1)
		if g != nil || err != nil {
			return g, err
		}
	}
	return nil, nil
}

// idColumns returns the columns that may say of which series a row is, the likely ones first: texts, and whole numbers of
// which there are not many more than rows of one time.
func (f *file) idColumns(t *clock) []*column {
	const most = 8
	counts := make([]int, len(t.labels.all))
	same := 1
	for row := range f.n {
		code := t.labels.code(row)
		counts[code]++
		same = max(same, counts[code])
	}
	var found []*column
	for _, c := range f.free() {
		if slices.Contains(t.columns, c) || c.missing > 0 || isTimeName(c.name) || partNamed(c.name) != noPart {
			continue
		}
		switch {
		case c.kind == textColumn && c.words != nil && c.words.codes != nil && len(c.words.all) > 1:
			found = append(found, c)
		case c.kind == numberColumn && c.bad.line == 0 && c.digits:
			different := map[float64]bool{}
			limit := 4*same + 4
			if isIDName(c.name) {
				limit = f.n
			}
			for _, v := range c.values {
				if different[v] = true; len(different) > limit {
					break
				}
			}
			if len(different) > 1 && len(different) <= limit {
				found = append(found, c)
			}
		}
	}
	rank := func(c *column) int {
		switch {
		case isIDName(c.name):
			return 0
		case c.kind == textColumn:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(found, func(a, b *column) int { return rank(a) - rank(b) })
	return found[:min(len(found), most)]
}

// groupBy returns the groups of rows that have the same in some columns.
func (f *file) groupBy(columns []*column) (*groups, error) {
	g := &groups{columns: columns, of: make([]int32, f.n)}
	if len(columns) == 0 {
		return &groups{}, nil
	}
	var all []*words
	for _, c := range columns {
		if c.missing > 0 {
			return nil, errors.Errorf("%s: line %d, column %s: missing name of a series; give every row one", f.name, c.firstMissing, fault.Quote(c.name))
		}
		w, err := f.wordsOf(c)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	if len(all) == 1 && all[0].codes != nil {
		return &groups{columns: columns, of: all[0].codes, ids: all[0].all}, nil
	}
	type key [2]int
	index := map[key]int32{}
	// The first two columns make one number, this and the third another one, and so on.
	for i, w := range all {
		clear(index)
		for row := range f.n {
			k := key{int(g.of[row]), w.code(row)}
			code, ok := index[k]
			if !ok {
				code = int32(len(index))
				index[k] = code
			}
			if g.of[row] = code; !ok && i == len(all)-1 {
				id := ""
				for j, w := range all {
					if j > 0 {
						id += " / "
					}
					id += w.at(row)
				}
				g.ids = append(g.ids, id)
			}
		}
	}
	return g, nil
}

// groupByName returns the groups of rows without times that follow each other, where a column has the name of one of series.
func (f *file) groupByName(t *clock) (*groups, error) {
	for _, c := range f.free() {
		switch plainName(c.name) {
		case "unique id", "series id", "series", "ts id", "item id":
		default:
			continue
		}
		if c.kind != textColumn || c.words == nil || c.words.codes == nil || c.missing > 0 || t != nil && slices.Contains(t.columns, c) {
			continue
		}
		runs := 1
		for row := 1; row < f.n; row++ {
			if c.words.codes[row] != c.words.codes[row-1] {
				runs++
			}
		}
		if runs == len(c.words.all) && runs > 1 && runs < f.n {
			return f.groupBy([]*column{c})
		}
	}
	return &groups{}, nil
}

// rowsOf returns the rows of each series, oldest first where the file says when they are, and how many series it has
// newest first. Times that are there twice or in no order are an error.
func (f *file) rowsOf(t *clock, g *groups) (all [][]int32, turned int, err error) {
	count := max(1, len(g.ids))
	ends := make([]int, count+1)
	for row := range f.n {
		ends[g.series(row)+1]++
	}
	for i := range count {
		ends[i+1] += ends[i]
	}
	order := make([]int32, f.n)
	next := slices.Clone(ends)
	for row := range f.n {
		s := g.series(row)
		order[next[s]] = int32(row)
		next[s]++
	}
	for s := range count {
		rows := order[ends[s]:ends[s+1]:ends[s+1]]
		all = append(all, rows)
		if t == nil || t.order == nil || len(rows) < 2 {
			continue
		}
		if t.key(int(rows[len(rows)-1])) < t.key(int(rows[0])) && f.falls(t, rows) {
			slices.Reverse(rows)
			turned++
		}
		for i := 1; i < len(rows); i++ {
			if before, now := t.key(int(rows[i-1])), t.key(int(rows[i])); !(now > before) {
				return nil, 0, f.disorder(t, g, rows)
			}
		}
	}
	return all, turned, nil
}

// falls reports whether the times of rows fall from one to the next.
func (f *file) falls(t *clock, rows []int32) bool {
	for i := 1; i < len(rows); i++ {
		if !(t.key(int(rows[i])) < t.key(int(rows[i-1]))) {
			return false
		}
	}
	return true
}

// series returns the series of a row.
func (g *groups) series(row int) int {
	if g.of == nil {
		return 0
	}
	return int(g.of[row])
}

// disorder says which time of the rows of a series is there twice, or else comes after a later one.
func (f *file) disorder(t *clock, g *groups, rows []int32) error {
	of := ""
	if g.of != nil {
		of = ", series " + fault.Quote(g.ids[g.series(int(rows[0]))])
	}
	sorted := slices.Clone(rows)
	sort.SliceStable(sorted, func(i, j int) bool { return t.key(int(sorted[i])) < t.key(int(sorted[j])) })
	second, first := int32(math.MaxInt32), int32(0)
	for i := 1; i < len(sorted); i++ {
		if t.key(int(sorted[i])) == t.key(int(sorted[i-1])) && sorted[i] < second {
			second, first = sorted[i], sorted[i-1]
		}
	}
	if second < math.MaxInt32 {
		way := "keep one of them, or name more columns that tell series apart (id: NAME,NAME)"
		if g.of == nil {
			way = "if the file holds several series, name the column that tells them apart (id: NAME)"
		}
		return errors.Errorf("%s%s: %s is on line %d, too; %s, or leave the times out (ignore: %s)",
			f.at(int(second), t.name()), of, fault.Quote(t.labels.at(int(second))), f.lineOf(int(first)), way, t.columns[0].name)
	}
	for i := 1; i < len(rows); i++ {
		if t.key(int(rows[i])) < t.key(int(rows[i-1])) {
			return errors.Errorf("%s%s: %s comes after %s; sort the rows, oldest first",
				f.at(int(rows[i]), t.name()), of, fault.Quote(t.labels.at(int(rows[i]))), fault.Quote(t.labels.at(int(rows[i-1]))))
		}
	}
	return errors.Errorf("%s: the times are in no order; sort the rows, oldest first", f.name)
}
