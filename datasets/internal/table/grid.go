package table

import (
	"slices"
	"time"

	"github.com/rnnzoo/rnnzoo/datasets/calendar"
)

// grid is where the rows of a series lie among its steps, some of which may be missing.
type grid struct {
	codes  []int32  // of the times of the rows; series of the same share a grid
	labels []string // of the steps
	at     []int32  // the step of each row; nil if no time is missing
	first  int      // the row before the first missing time
	far    int      // times missing behind the first row, if they are too many
	every  *calendar.Frequency
	why    error // why there is no frequency
}

// mostMissing returns how many steps a series of so many rows has at most: what is far more is a mistake in a time, or rows
// that time does not count.
func mostMissing(rows int) int { return min(100*rows+10_000, MostRows) }

// steps returns how many steps a grid of so many rows has.
func (g *grid) steps(rows int) int {
	if g == nil || g.at == nil {
		return rows
	}
	return int(g.at[len(g.at)-1]) + 1
}

// step returns the step of a row.
func (g *grid) step(row int) int {
	if g == nil || g.at == nil {
		return row
	}
	return int(g.at[row])
}

// same reports whether rows have the times of a grid.
func (g *grid) same(t *clock, rows []int32) bool {
	if len(g.codes) != len(rows) {
		return false
	}
	for i, row := range rows {
		if g.codes[i] != int32(t.labels.code(int(row))) {
			return false
		}
	}
	return true
}

// grids returns the grids of the series, and their frequency, that of most of them. Series that have another one are taken
// row by row.
func (t *clock) grids(all [][]int32) (grids []*grid, every *calendar.Frequency) {
	type length struct {
		unit  calendar.Unit
		count int
	}
	of := func(f *calendar.Frequency) length { return length{f.Unit, f.Count} }
	count := map[length]int{}
	var last *grid
	for _, rows := range all {
		if last == nil || !last.same(t, rows) {
			last = &grid{codes: make([]int32, len(rows))}
			for i, row := range rows {
				last.codes[i] = int32(t.labels.code(int(row)))
			}
			if t.form != nil {
				f, err := calendar.Find(t.timesOf(last))
				if last.why = err; err == nil {
					last.every = &f
				}
			}
		}
		if last.every != nil {
			count[of(last.every)] += len(rows)
		}
		grids = append(grids, last)
	}
	most := 0
	for _, g := range grids {
		if g.every != nil && count[of(g.every)] > most {
			most, every = count[of(g.every)], g.every
		}
	}
	for _, g := range slices.Compact(slices.Clone(grids)) {
		switch {
		case every == nil:
		case g.every != nil && of(g.every) == of(every):
		case t.isOn(g, *every):
			g.every = every
		default:
			g.every = nil
		}
		t.lay(g)
	}
	return grids, every
}

// timesOf returns the times of the rows of a grid.
func (t *clock) timesOf(g *grid) []time.Time {
	times := make([]time.Time, len(g.codes))
	for i, code := range g.codes {
		times[i] = t.times[code]
	}
	return times
}

// isOn reports whether times that have no frequency, or another one, lie on the grid of one.
func (t *clock) isOn(g *grid, every calendar.Frequency) bool {
	times := t.timesOf(g)
	for i := 1; i < len(times); i++ {
		if n := every.Between(times[i-1], times[i]); n < 1 || !every.Next(times[i-1], n).Equal(times[i]) {
			return false
		}
	}
	return true
}

// lay finds the missing times of a grid and its labels.
func (t *clock) lay(g *grid) {
	labels := make([]string, 0, len(g.codes))
	var at []int32
	for i, code := range g.codes {
		if g.every != nil && i > 0 {
			before, now := t.times[g.codes[i-1]], t.times[code]
			n := g.every.Between(before, now)
			if n > 1 && at == nil {
				g.first = i - 1
				at = make([]int32, 0, len(g.codes))
				for j := range i {
					at = append(at, int32(j))
				}
			}
			if len(labels)+n > mostMissing(len(g.codes)) {
				g.far, g.first, g.labels = n-1, i-1, labels
				return
			}
			for j := 1; j < n; j++ {
				labels = append(labels, t.form.Write(g.every.Next(before, j)))
			}
		}
		if at != nil {
			at = append(at, int32(len(labels)))
		}
		labels = append(labels, t.labels.all[code])
	}
	g.labels, g.at = labels, at
}
