package datasets

import (
	"math"
	"time"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/calendar"
	"github.com/rnnzoo/rnnzoo/datasets/internal/table"
)

// Series is a time series of one or more variables, observed at the same N steps. Every value is finite, but in a [Panel],
// where NaN is a value that is missing.
type Series struct {
	Meta      Info
	ID        string      // its name among those of a panel
	Variables []string    // [V] their names
	Times     []string    // [N] labels of the steps, oldest first, or nil if it has none
	Values    [][]float64 // [N][V] one row a step, in time order
	Period    int         // the season in steps; 0 if it has none or it is unknown
	Static    []string    // in a panel, the values of what the panel names in Static
	Anomalies []Range     // the rows that are known to be anomalous, in time order; nil if that is unknown
	// Split is the parts that the protocol of the dataset has, by which published results are compared; rows outside of
	// them are not used. It is nil if there is none.
	Split *Split

	// What a reader knows of the times; nil if it is found out from the labels.
	form  *calendar.Form
	every *calendar.Frequency
}

var _ Dataset = (*Series)(nil)

// Info returns s.Meta, of the kind [KindSeries] unless it names one.
func (s *Series) Info() Info { return s.Meta.or(KindSeries) }

// Len returns N, the number of steps.
func (s *Series) Len() int { return len(s.Values) }

// Width returns V, the number of variables.
func (s *Series) Width() int { return len(s.Variables) }

// Column returns a copy of the [N] values of variable v, NaN where a row is too short, or nil if v is not between 0 and V-1.
func (s *Series) Column(v int) []float64 {
	if v < 0 || v >= s.Width() {
		return nil
	}
	column := make([]float64, s.Len())
	for i, row := range s.Values {
		if column[i] = math.NaN(); v < len(row) {
			column[i] = row[v]
		}
	}
	return column
}

// Clock returns how the times of the series are written, what they are, [N], and how far the steps are apart. It reads all
// labels. Series without times have none, and labels need not be times or lie at even distances: these are errors.
func (s *Series) Clock() (calendar.Form, []time.Time, calendar.Frequency, error) {
	if s == nil || len(s.Times) == 0 {
		return calendar.Form{}, nil, calendar.Frequency{}, errors.New("the series has no times; give its steps labels")
	}
	var form calendar.Form
	var times []time.Time
	if s.form != nil {
		form = *s.form
		for _, label := range s.Times {
			at, err := form.Parse(label)
			if err != nil {
				return calendar.Form{}, nil, calendar.Frequency{}, err
			}
			times = append(times, at)
		}
	} else {
		var err error
		if form, times, err = calendar.Read(s.Times); err != nil {
			return calendar.Form{}, nil, calendar.Frequency{}, err
		}
	}
	if s.every != nil {
		return form, times, *s.every, nil
	}
	every, err := calendar.Find(times)
	return form, times, every, err
}

// SetClock says how the times of the series are written and how far its steps are apart, where the labels alone do not: those of
// serial numbers, or of years with a decimal point.
func (s *Series) SetClock(form calendar.Form, every calendar.Frequency) {
	if s != nil {
		s.form, s.every = &form, &every
	}
}

// choose keeps the variables of the given names, in that order. No names keep all of them.
func (s *Series) choose(names []string) error {
	if len(names) == 0 {
		return nil
	}
	places, err := table.Locate(s.Meta.Name, s.Variables, names)
	if err != nil {
		return err
	}
	columns := make([][]float64, len(places))
	for i, p := range places {
		columns[i] = s.Column(p)
	}
	s.Variables = append([]string(nil), names...)
	s.Values = rows(columns)
	return nil
}

// heed returns the series as the options ask for it: a panel if some of its variables are not forecast.
func (s *Series) heed(o options) (Dataset, error) {
	p := s.Panel()
	d, err := p.heed(o)
	if err != nil || o.roles() || len(p.Past) > 0 {
		return d, err
	}
	return s, nil
}

// rows turns columns [V][N] into rows [N][V], which share one block of memory.
func rows(columns [][]float64) [][]float64 {
	v, n := len(columns), len(columns[0])
	block := make([]float64, n*v)
	values := make([][]float64, n)
	for i := range values {
		// The capacity ends with the row, so that appending to it cannot overwrite the next one.
		values[i] = block[i*v : (i+1)*v : (i+1)*v]
		for j, column := range columns {
			values[i][j] = column[i]
		}
	}
	return values
}
