package forecast

import (
	"context"
	"math"
	"slices"
	"strconv"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/calendar"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// mostSteps is how many rows are forecast at most: a program that asks for more has made a mistake.
const mostSteps = 1 << 20

// Outlook is the forecast of a series.
type Outlook struct {
	ID     string
	Times  []string    // [steps] labels, if it is known how the history's go on; else nil
	Values [][]float64 // [steps][V] in the series' units
	// Lower and Upper are the bounds of the intervals that were asked for, [intervals][steps][V].
	Lower, Upper [][][]float64
}

// Predict continues a history, rows in the series' own units, by a number of rows: Horizon rows at a time, each forecast
// from the rows before it, its own forecasts included.
func (f *Forecaster) Predict(history [][]float64, steps int) ([][]float64, error) {
	return f.PredictContext(context.Background(), history, steps)
}

// PredictContext is Predict with a context that may end before a forecast is made.
func (f *Forecaster) PredictContext(ctx context.Context, history [][]float64, steps int) ([][]float64, error) {
	for i, row := range history {
		if len(row) != f.variables {
			return nil, errors.Errorf("forecast: row %d of the history has %d variables; want %d", i+1, len(row), f.variables)
		}
	}
	series := &datasets.Series{Meta: datasets.Info{Name: "of a history"}, Variables: make([]string, f.variables), Values: history}
	copy(series.Variables, f.Variables())
	for v, name := range series.Variables {
		if name == "" {
			series.Variables[v] = "column " + strconv.Itoa(v+1)
		}
	}
	if f.history != nil && len(f.history.Series) == 1 {
		series.ID = f.history.Series[0].ID
	}
	all, err := f.Continue(ctx, series.Panel(), steps)
	if err != nil {
		return nil, err
	}
	return all[0].Values, nil
}

// Continue continues each series of a panel by a number of rows. A series that the network has not learnt from is scaled by
// what is given of it, unless the network has learnt from one series alone. The shares, such as 0.8 and 0.95, are those of the
// values that intervals are to cover; the run has learnt how wide they are, up to the widest of its intervals.
func (f *Forecaster) Continue(ctx context.Context, p *datasets.Panel, steps int, shares ...float64) ([]Outlook, error) {
	if steps < 1 || steps > mostSteps {
		return nil, option.Wrong("steps", steps, "want between 1 and %d", mostSteps)
	}
	if err := f.takes(p); err != nil {
		return nil, err
	}
	if err := f.covers(shares); err != nil {
		return nil, err
	}
	strands, err := newStrands(p, f.opts.Separate)
	if err != nil {
		return nil, err
	}
	for _, s := range strands {
		if len(s.filled) < f.Needs() {
			return nil, errors.Errorf("forecast%s: a history of %d rows; the window of %d and the differences need at least %d", ofSeries(p, s.series), len(s.filled), f.opts.Window, f.Needs())
		}
		if err := f.transform.check(s.filled); err != nil {
			return nil, errors.WithMessagef(err, "forecast%s", ofSeries(p, s.series))
		}
		if err := f.rescale(s, len(p.Series)); err != nil {
			return nil, errors.WithMessagef(err, "forecast%s", ofSeries(p, s.series))
		}
	}
	if err := f.tell(p, strands); err != nil {
		return nil, err
	}
	f.scaleTold(strands)
	var next []outlook
	err = f.pool.Do(ctx, func(l *lane) (err error) {
		next, err = f.continued(ctx, l, strands, steps, shares)
		return err
	})
	if err != nil {
		return nil, err
	}
	outlooks := make([]Outlook, len(p.Series))
	for i, series := range p.Series {
		outlooks[i] = Outlook{ID: series.ID, Values: make([][]float64, steps)}
		for range shares {
			outlooks[i].Lower = append(outlooks[i].Lower, make([][]float64, steps))
			outlooks[i].Upper = append(outlooks[i].Upper, make([][]float64, steps))
		}
	}
	for i, s := range strands {
		o := &outlooks[s.place]
		if s.first == 0 {
			if s.series.Times != nil {
				o.Times = nextTimes(s.series, len(s.values), steps)
			}
		}
		for t, row := range next[i].point {
			o.Values[t] = append(o.Values[t], row...)
			for k := range shares {
				o.Lower[k][t] = append(o.Lower[k][t], next[i].lower[k][t]...)
				o.Upper[k][t] = append(o.Upper[k][t], next[i].upper[k][t]...)
			}
		}
	}
	return outlooks, nil
}

// nextTimes returns the labels of the steps behind the first rows of a series; nil if it is not known how they go on.
func nextTimes(s *datasets.Series, rows, steps int) []string {
	if next := calendar.Next(s.Times[:rows], steps); next != nil {
		return next
	}
	form, times, every, err := s.Clock()
	if err != nil || rows == 0 {
		return nil
	}
	next := make([]string, steps)
	for i := range next {
		next[i] = form.Write(every.Next(times[rows-1], i+1))
	}
	return next
}

// ofSeries says in an error which series of several is meant.
func ofSeries(p *datasets.Panel, s *datasets.Series) string {
	if len(p.Series) > 1 {
		return " of series " + s.ID
	}
	return ""
}

// takes returns an error if a panel is not what the forecaster continues.
func (f *Forecaster) takes(p *datasets.Panel) error {
	if p == nil {
		return errors.New("forecast: the series is nil; datasets.Open opens one")
	}
	if len(p.Targets) != f.variables {
		return errors.Errorf("forecast %s: the series has %d variables; the model forecasts %d", p.Meta.Name, len(p.Targets), f.variables)
	}
	if f.history != nil && !slices.Equal(p.Targets, f.history.Targets) {
		return errors.Errorf("forecast %s: the series has the variables %q; the model forecasts %q", p.Meta.Name, p.Targets, f.history.Targets)
	}
	return nil
}

// rescale gives a strand, one of some series, the scale that was learnt of its series: that of its id, or if only one was
// learnt from that one's. Of another it learns the scale from all rows.
func (f *Forecaster) rescale(s *strand, series int) error {
	s.transform = f.transform
	scales := f.state.scales()
	place := f.place(s.series.ID)
	if len(scales) == 1 && series == 1 {
		place = 0
	}
	if place < 0 || len(scales) == 1 && series > 1 {
		return s.transform.fit(s.filled, s.values)
	}
	scale := scales[place]
	s.transform.Mean, s.transform.Deviation = scale.Mean[s.first:s.first+f.width], scale.Deviation[s.first:s.first+f.width]
	if s.transform.Unrest = make([]float64, f.width); len(scale.Unrest) == len(scale.Mean) { // runs of long ago did not keep it
		copy(s.transform.Unrest, scale.Unrest[s.first:])
	}
	return nil
}

// covers returns an error if intervals are asked for that nothing is known of.
func (f *Forecaster) covers(shares []float64) error {
	if len(shares) == 0 {
		return nil
	}
	if !f.knowsSpread() {
		return errors.New("forecast: the run has learnt no intervals; train with them (intervals: 80,95)")
	}
	widest := f.shares[len(f.shares)-1]
	for _, share := range shares {
		if !(share > 0 && share <= widest) {
			return option.Wrong("intervals", 100*share, "the widest interval that the run knows covers %v %%", 100*widest)
		}
	}
	return nil
}

// continued continues strands by a number of rows, with the bounds of intervals if shares of the values are given.
func (f *Forecaster) continued(ctx context.Context, l *lane, strands []*strand, steps int, shares []float64) ([]outlook, error) {
	tails := make([]tail, len(strands))
	sites := make([]site, len(strands))
	all := make([]outlook, len(strands))
	first := make([]outlook, len(strands))
	for i, s := range strands {
		tails[i] = f.newTail(s)
		sites[i] = site{strand: s, scaled: tails[i].scaled, row: f.Needs()}
	}
	for made := 0; made < steps; made += f.opts.Horizon {
		if err := ctx.Err(); err != nil {
			return nil, errors.WithStack(err)
		}
		for i, s := range strands {
			t := tails[i]
			sites[i].when = len(s.values) + made
			if err := s.transform.applyTo(t.scaled, t.level, t.recent); err != nil {
				return nil, err
			}
			if row, v := s.transform.far(t.scaled); row >= 0 && made == 0 {
				return nil, errors.Errorf("forecast: variable %d in row %d of the history is %v, too far from what the model has learnt from (%.2g of its standard deviations): look at the data",
					s.first+v+1, len(s.filled)-len(t.recent)+row+1, t.recent[row][v], t.scaled[row][v])
			}
		}
		if err := f.forecast(l, sites, func(i int, o outcome) error {
			y := f.outlook(strands[i], tails[i].recent, o, made == 0 && len(shares) > 0)
			if made == 0 {
				first[i] = y
			}
			all[i].point = append(all[i].point, y.point...)
			tails[i].add(y.point)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	for i := range all {
		all[i].point = all[i].point[:steps]
		for _, row := range all[i].point {
			for _, v := range row {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					return nil, errors.Errorf("forecast: a value of the forecast is %v; the model does not fit this history", v)
				}
			}
		}
		if len(shares) > 0 {
			var err error
			if all[i].lower, all[i].upper, err = f.bounds(ctx, l, strands[i], first[i], steps, shares); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}
