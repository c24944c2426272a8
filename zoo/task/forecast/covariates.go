package forecast

import (
	"math"
	"os"
	"strconv"
	"time"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/calendar"
)

// Covariates are what a network is told of each row besides the variables that it forecasts: those that are known ahead, with
// what the calendar says of a row; those that are known up to now; and what stays the same in a series. Their scales are those
// of the training parts of all series together.
type Covariates struct {
	Known    []string `json:"known,omitempty"`
	Past     []string `json:"past,omitempty"`
	Static   []string `json:"static,omitempty"` // each number's name, or "name=value" of a text
	Scale    Scale    `json:"scale"`            // of Known, Past and Static, in this order; a text is 0 or 1
	Calendar []string `json:"calendar,omitempty"`
	// Holidays are the days of the option's file, which nobody need have any more.
	Holidays  *calendar.Holidays `json:"holidays,omitempty"`
	Frequency string             `json:"frequency,omitempty"` // of the rows, for a person
}

// ahead returns how many numbers are known of a row before it comes.
func (c *Covariates) ahead() int { return len(c.Known) + len(c.Calendar) }

// width returns how many numbers there are of a row that has come.
func (c *Covariates) width() int { return c.ahead() + len(c.Past) + len(c.Static) }

// covariates are those of a strand.
type covariates struct {
	known  [][]float64 // [N+F][K] of all rows, and of F that are known ahead, scaled; 0 where one is missing
	past   [][]float64 // [N][P]
	static []float64   // [S]
	when   func(row int) time.Time
	every  calendar.Frequency
	days   *calendar.Holidays
}

// learnCovariates returns what there is to tell of the rows of a panel.
func learnCovariates(p *datasets.Panel, o Options) (*Covariates, error) {
	c := &Covariates{Known: p.Known, Past: p.Past}
	numeric := make([]bool, len(p.Static))
	for i, name := range p.Static {
		numeric[i] = true
		var values []string
		seen := make(map[string]bool)
		for _, s := range p.Series {
			if i >= len(s.Static) {
				return nil, errors.Errorf("forecast %s: there is no %q", called(p, s), name)
			}
			text := s.Static[i]
			if _, err := strconv.ParseFloat(text, 64); err != nil {
				numeric[i] = false
			}
			if !seen[text] {
				seen[text], values = true, append(values, text)
			}
		}
		if numeric[i] {
			c.Static = append(c.Static, name)
			continue
		}
		if len(values) > mostClasses {
			return nil, errors.Errorf("forecast %s: %q has more than %d values; learn the series by their ids (embedding: 16), or leave it out", p.Meta.Name, name, mostClasses)
		}
		for _, v := range values {
			c.Static = append(c.Static, name+"="+v)
		}
	}
	if every, times := clock(p.Series[0]); o.Calendar && times != nil {
		if _, c.Calendar = calendar.Features(times[0], every); o.Holidays != "" {
			c.Calendar = append(c.Calendar, "holiday")
			var err error
			if c.Holidays, err = holidays(o.Holidays); err != nil {
				return nil, err
			}
		}
		c.Frequency = every.String()
	}
	return c, nil
}

// mostClasses is how many values a text that stays the same in a series may have.
const mostClasses = 1000

// clock returns the frequency and the times of a series; none where its labels are no times.
func clock(s *datasets.Series) (calendar.Frequency, []time.Time) {
	_, times, every, err := s.Clock()
	if err != nil {
		return calendar.Frequency{}, nil
	}
	return every, times
}

// holidays reads those of a file.
func holidays(file string) (*calendar.Holidays, error) {
	r, err := os.Open(file)
	if err != nil {
		return nil, errors.Wrap(err, "holidays")
	}
	defer r.Close()
	days, err := calendar.ReadHolidays(r)
	return days, errors.WithMessagef(err, "holidays %s", file)
}

// of returns the covariates of a series, not yet scaled.
func (c *Covariates) of(p *datasets.Panel, s *datasets.Series, rows int) (*covariates, error) {
	if c.width() == 0 {
		return nil, nil
	}
	pick := func(names []string) ([][]float64, error) {
		places := places(s.Variables, names)
		for i, place := range places {
			if place < 0 {
				return nil, errors.Errorf("forecast %s: there is no %q, which the network has learnt from", called(p, s), names[i])
			}
		}
		all := make([][]float64, s.Len())
		for t := range all {
			all[t] = make([]float64, len(names))
			for i, place := range places {
				all[t][i] = s.Values[t][place]
			}
		}
		return all, nil
	}
	known, err := pick(c.Known)
	if err != nil {
		return nil, err
	}
	past, err := pick(c.Past)
	if err != nil {
		return nil, err
	}
	all := &covariates{known: known, past: past[:rows], static: make([]float64, len(c.Static)), days: c.Holidays}
	place := make(map[string]int, len(c.Static))
	for i, name := range c.Static {
		place[name] = i
	}
	for i, name := range p.Static {
		if i >= len(s.Static) {
			break
		}
		if at, ok := place[name]; ok {
			if all.static[at], err = strconv.ParseFloat(s.Static[i], 64); err != nil {
				return nil, errors.Errorf("forecast %s: %q is %q; the network has learnt from a number", called(p, s), name, s.Static[i])
			}
		} else if at, ok := place[name+"="+s.Static[i]]; ok { // else it is a value that the network does not know
			all.static[at] = 1
		}
	}
	if len(c.Calendar) > 0 {
		every, times := clock(s)
		if times == nil {
			return nil, errors.Errorf("forecast %s: the rows have no times that can be read; the network has learnt from the calendar", called(p, s))
		}
		all.every = every
		all.when = func(row int) time.Time {
			if row < len(times) {
				return times[row]
			}
			return every.Next(times[len(times)-1], row-len(times)+1)
		}
	}
	return all, nil
}

// tell gives strands of a panel their covariates; the variables of a series share them.
func (f *Forecaster) tell(p *datasets.Panel, strands []*strand) error {
	if f.told().width() == 0 {
		return nil
	}
	for i, s := range strands {
		if i > 0 && strands[i-1].series == s.series {
			s.told = strands[i-1].told
			continue
		}
		var err error
		if s.told, err = f.told().of(p, s.series, len(s.values)); err != nil {
			return err
		}
	}
	return nil
}

// scaleTold scales the covariates of strands, those of a series once.
func (f *Forecaster) scaleTold(strands []*strand) {
	for i, s := range strands {
		if s.told != nil && (i == 0 || strands[i-1].told != s.told) {
			f.told().scale(s.told)
		}
	}
}

// fit learns the scales of the training parts of all series.
func (c *Covariates) fit(strands []*strand) {
	n := len(c.Known) + len(c.Past) + len(c.Static)
	c.Scale.Mean, c.Scale.Deviation = make([]float64, n), make([]float64, n)
	for i := range n {
		var count, mean, squares float64
		take := func(x float64) {
			if !math.IsNaN(x) {
				count++
				d := x - mean
				mean += d / count
				squares += d * (x - mean)
			}
		}
		for _, s := range strands {
			if s.first > 0 || s.told == nil { // another variable of the same series
				continue
			}
			switch k := len(c.Known); {
			case i < k:
				for _, row := range s.told.known[:s.split.Train.To] {
					take(row[i])
				}
			case i < k+len(c.Past):
				for _, row := range s.told.past[:s.split.Train.To] {
					take(row[i-k])
				}
			default:
				take(s.told.static[i-k-len(c.Past)])
			}
		}
		c.Scale.Mean[i], c.Scale.Deviation[i] = mean, 1
		if d := math.Sqrt(squares / max(1, count)); d > 0 && d > 1e-14*math.Abs(mean) {
			c.Scale.Deviation[i] = d
		}
	}
}

// scale scales the covariates of a strand; what is missing is the mean.
func (c *Covariates) scale(s *covariates) {
	each := func(row []float64, first int) {
		for i, x := range row {
			if row[i] = (x - c.Scale.Mean[first+i]) / c.Scale.Deviation[first+i]; !(math.Abs(row[i]) <= farthest) {
				row[i] = 0
			}
		}
	}
	for _, row := range s.known {
		each(row, 0)
	}
	for _, row := range s.past {
		each(row, len(c.Known))
	}
	each(s.static, len(c.Known)+len(c.Past))
}

// ahead writes what is known of a row, also of one that has not come.
func (s *covariates) ahead(into []float64, row int) error {
	n := 0
	if len(s.known) > 0 {
		if row >= len(s.known) && len(s.known[0]) > 0 {
			return errors.Errorf("forecast: %d rows are forecast, and what is known ahead of them ends after %d; give its rows with the variables that are forecast left empty",
				row+1-len(s.past), len(s.known)-len(s.past))
		}
		if row < len(s.known) {
			n = copy(into, s.known[row])
		}
	}
	if s.when != nil {
		t := s.when(row)
		values, _ := calendar.Features(t, s.every)
		n += copy(into[n:], values)
		if n < len(into) {
			into[n] = s.days.Feature(t, s.every)
		}
	}
	return nil
}

// all writes what is known of a row that has come; of one that is forecast itself, what is known up to now is what was last.
func (s *covariates) all(into []float64, row, ahead int) error {
	if err := s.ahead(into[:ahead], row); err != nil {
		return err
	}
	n := ahead
	if len(s.past) > 0 {
		n += copy(into[n:], s.past[min(row, len(s.past)-1)])
	}
	copy(into[n:], s.static)
	return nil
}
