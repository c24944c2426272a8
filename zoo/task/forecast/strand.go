package forecast

import (
	"math"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
)

// strand is what the network reads as one series: all variables of a series, or with Separate one of them.
type strand struct {
	series    *datasets.Series
	place     int         // of the series in its panel
	first     int         // the strand's first variable among the panel's targets
	values    [][]float64 // [N][W] as observed; NaN where a value is missing
	filled    [][]float64 // [N][W] with the value before a missing one, or the first after it, in its place; values where none is
	scaled    [][]float64 // [N][W] of filled, transformed; the first transform.lost rows are zeros
	gaps      bool        // a value is missing
	told      *covariates // nil if there are none
	transform transform
	split     datasets.Split
}

// origin is a row of a strand at which a forecast begins.
type origin struct{ strand, row int32 }

// newStrands returns the strands of a panel, without their scales and parts.
func newStrands(p *datasets.Panel, separate bool) ([]*strand, error) {
	if err := checkPanel(p); err != nil {
		return nil, err
	}
	var all []*strand
	for i, series := range p.Series {
		places := places(series.Variables, p.Targets)
		if !separate {
			all = append(all, newStrand(series, i, 0, places))
			continue
		}
		for v := range places {
			all = append(all, newStrand(series, i, v, places[v:v+1]))
		}
	}
	return all, nil
}

// places returns where names stand among others.
func places(among, names []string) []int {
	at := make(map[string]int, len(among))
	for i, name := range among {
		at[name] = i
	}
	places := make([]int, len(names))
	for i, name := range names {
		place, ok := at[name]
		if !ok {
			place = -1
		}
		places[i] = place
	}
	return places
}

func newStrand(series *datasets.Series, place, first int, variables []int) *strand {
	s := &strand{series: series, place: place, first: first, values: series.Values}
	whole := len(variables) == series.Width()
	for i, v := range variables {
		whole = whole && i == v
	}
	if !whole {
		block := make([]float64, series.Len()*len(variables))
		s.values = make([][]float64, series.Len())
		for t, row := range series.Values {
			s.values[t], block = block[:len(variables):len(variables)], block[len(variables):]
			for i, v := range variables {
				s.values[t][i] = row[v]
			}
		}
	}
	// What is known ahead of the targets is no row of them.
	for len(s.values) > 0 && allMissing(s.values[len(s.values)-1]) {
		s.values = s.values[:len(s.values)-1]
	}
	s.fill()
	return s
}

func allMissing(row []float64) bool {
	for _, x := range row {
		if !math.IsNaN(x) {
			return false
		}
	}
	return true
}

// fill makes filled of values: what a network is shown where there is no value. Nothing is learnt from it.
func (s *strand) fill() {
	s.filled, s.gaps = s.values, false
	for _, row := range s.values {
		for _, x := range row {
			s.gaps = s.gaps || math.IsNaN(x)
		}
	}
	if !s.gaps {
		return
	}
	s.filled = like(s.values)
	for v := range s.values[0] {
		last := 0.0
		for _, row := range s.values { // the first value stands for those before it
			if !math.IsNaN(row[v]) {
				last = row[v]
				break
			}
		}
		for t, row := range s.values {
			if !math.IsNaN(row[v]) {
				last = row[v]
			}
			s.filled[t][v] = last
		}
	}
}

// width returns the number of variables.
func (s *strand) width() int {
	if len(s.values) == 0 {
		return 0
	}
	return len(s.values[0])
}

// largest is the largest value that errors can be measured of: the squares of 2²⁴ differences of such values have a sum.
const largest = 1e150

// checkPanel returns an error for what does not fit together in a panel.
func checkPanel(p *datasets.Panel) error {
	if p == nil {
		return errors.New("forecast: the series is nil; datasets.Open opens one")
	}
	name := p.Meta.Name
	if len(p.Series) == 0 {
		return errors.Errorf("forecast %s: there is no series", name)
	}
	if len(p.Targets) == 0 {
		return errors.Errorf("forecast %s: the series has no variables", name)
	}
	seen := make(map[string]bool, len(p.Series))
	for _, s := range p.Series {
		if s == nil {
			return errors.Errorf("forecast %s: a series is nil", name)
		}
		if len(p.Series) > 1 {
			if seen[s.ID] {
				return errors.Errorf("forecast %s: two series have the id %q; give each its own", name, s.ID)
			}
			seen[s.ID] = true
		}
		if err := checkSeries(called(p, s), s, places(s.Variables, p.Targets), len(p.Series) > 1); err != nil {
			return err
		}
	}
	return nil
}

// called returns what a series of a panel is called in errors.
func called(p *datasets.Panel, s *datasets.Series) string {
	if len(p.Series) > 1 && s.ID != "" {
		return p.Meta.Name + ", series " + s.ID
	}
	return p.Meta.Name
}

// checkSeries returns an error for what does not fit together in a series, whose variables that are forecast have places.
func checkSeries(name string, s *datasets.Series, targets []int, panel bool) error {
	if s.Times != nil && len(s.Times) != s.Len() {
		return errors.Errorf("forecast %s: the series has %d rows and %d times; want as many, or none", name, s.Len(), len(s.Times))
	}
	for i, row := range s.Values {
		if len(row) != s.Width() {
			return errors.Errorf("forecast %s: row %d has %d values; want %d, one for each variable", name, i+1, len(row), s.Width())
		}
	}
	for i, v := range targets {
		if v < 0 {
			return errors.Errorf("forecast %s: the series has no variable for target %d of its panel", name, i+1)
		}
		observed := 0
		for t, row := range s.Values {
			switch x := row[v]; {
			case math.IsInf(x, 0):
				return errors.Errorf("forecast %s: the value of %q in row %d is %v; want a finite number (datasets.Fill fills gaps of files)", name, s.Variables[v], t+1, x)
			case math.Abs(x) > largest:
				return errors.Errorf("forecast %s: the value of %q in row %d is %v, too large for a sum of squared errors; divide the variable by a power of ten, or take the row out",
					name, s.Variables[v], t+1, x)
			case !math.IsNaN(x):
				observed++
			}
		}
		if observed == 0 && s.Len() > 0 {
			return errors.Errorf("forecast %s: all values of %q are missing; leave it out", name, s.Variables[v])
		}
	}
	return nil
}
