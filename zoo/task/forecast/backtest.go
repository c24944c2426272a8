package forecast

import (
	"context"
	"strconv"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/classical"
)

var _ task.Rolling = (*Forecast)(nil)

// originsOf returns n rows of a strand at which forecasts begin, from those that have come before a row of it: the last with just
// the rows to score behind it, each as far behind the one before as is forecast at once, or less where that does not fit.
func (f *Forecast) originsOf(s *strand, n, from int) ([]int, error) {
	end := len(s.values)
	if s.series.Split != nil {
		end = min(end, s.series.Split.Test.To)
	}
	last := end - f.opts.Horizon
	stride := f.opts.Horizon
	if n > 1 {
		stride = min(stride, (last-from)/(n-1))
	}
	if last < from || stride < 1 {
		return nil, errors.Errorf("forecast %s: %d forecasts of %d rows do not begin within %d rows; choose fewer (origins: %d), or a larger test part",
			called(f.panel, s.series), n, f.opts.Horizon, max(0, end-from), max(1, last-from+1))
	}
	rows := make([]int, n)
	for i := range rows {
		rows[i] = last - (n-1-i)*stride
	}
	return rows, nil
}

// mostOrigins is beyond what a table shows.
const mostOrigins = 10_000

// Backtest implements task.Rolling: it forecasts from n rows of the test part of each series, with the weights as they are.
func (f *Forecast) Backtest(ctx context.Context, n int) ([]task.Origin, error) {
	if n < 1 || n > mostOrigins {
		return nil, option.Wrong("origins", n, "want between 1 and %d", mostOrigins)
	}
	var origins []origin // by strand
	for i, s := range f.strands {
		rows, err := f.originsOf(s, n, max(s.split.Test.From, f.Needs()))
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			origins = append(origins, origin{int32(i), int32(row)})
		}
	}
	scorers := make([]*scorer, n)
	fresh := func(intervals []float64) (err error) {
		for i := range scorers {
			if scorers[i], err = f.scorer(intervals); err != nil {
				return err
			}
		}
		return nil
	}
	var intervals []float64
	if f.knowsSpread() {
		intervals = f.intervals
	}
	if err := fresh(intervals); err != nil {
		return nil, err
	}
	err := f.forecast(f.lane, f.sites(origins), func(i int, o outcome) error {
		s := f.strands[origins[i].strand]
		return scorers[i%n].add(origins[i], f.outlook(s, s.filled[:origins[i].row], o, intervals != nil))
	})
	if err != nil {
		return nil, errors.WithMessagef(err, "forecast %s", f.panel.Meta.Name)
	}
	all := make([]task.Origin, n)
	for i := range all {
		all[i] = task.Origin{Label: f.label(int(origins[i].row)), Metrics: scorers[i].metrics()}
	}
	for _, method := range classical.Methods() {
		if err := fresh(nil); err != nil {
			return nil, err
		}
		err := f.follow(ctx, method, origins, scorers...)
		if errors.Is(err, classical.ErrUnsuited) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for i := range all {
			all[i].Rivals = append(all[i].Rivals, task.Rival{Name: method.Name, Metrics: scorers[i].metrics()})
		}
	}
	return all, nil
}

// label returns what a row of the first series is called.
func (f *Forecast) label(row int) string {
	if times := f.panel.Series[0].Times; row < len(times) {
		return times[row]
	}
	return "row " + strconv.Itoa(row+1)
}

// Until implements task.Rolling: the series as they were at the i-th of n origins, with the rows behind it as the test part and as
// many before it to validate as are forecast at once.
func (f *Forecast) Until(i, n int) (string, datasets.Dataset, error) {
	if n < 1 || n > mostOrigins || i < 0 || i >= n {
		return "", nil, option.Wrong("origins", n, "want between 1 and %d", mostOrigins)
	}
	p := *f.panel
	p.Series, p.Horizon = nil, 0
	label := ""
	var last *datasets.Series
	for _, s := range f.strands {
		if s.series == last { // another variable of it
			continue
		}
		last = s.series
		rows, err := f.originsOf(s, n, f.Needs()+2*f.opts.Horizon)
		if err != nil {
			return "", nil, err
		}
		row := rows[i]
		if label == "" {
			label = f.label(row)
		}
		end := row + f.opts.Horizon
		cut := *s.series
		cut.Values, cut.Anomalies = cut.Values[:end], nil
		if cut.Times != nil {
			cut.Times = cut.Times[:end]
		}
		cut.Split = &datasets.Split{Train: datasets.Range{From: 0, To: row - f.opts.Horizon}, Valid: datasets.Range{From: row - f.opts.Horizon, To: row}, Test: datasets.Range{From: row, To: end}}
		p.Series = append(p.Series, &cut)
	}
	return label, &p, nil
}
