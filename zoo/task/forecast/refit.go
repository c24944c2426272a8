package forecast

import (
	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

var _ task.Refitter = (*Forecast)(nil)

// Refit implements task.Refitter: the same task on all rows. How far values are from their forecasts is what the validation part
// has shown.
func (f *Forecast) Refit(params *graph.Params) (task.Task, error) {
	if !f.opts.Refit {
		return nil, nil
	}
	again, err := newPanel(f.network, f.panel, params, f.opts, func(s *strand) (datasets.Split, error) {
		n := len(s.values)
		if s.series.Split != nil { // rows behind the parts of a protocol are not used
			n = min(n, s.series.Split.Test.To)
		}
		end := datasets.Range{From: n - f.opts.Horizon, To: n}
		return datasets.Split{Train: datasets.Range{From: 0, To: n}, Valid: end, Test: end}, nil
	})
	if err != nil {
		return nil, err
	}
	again.state.Refitted = true
	again.state.Calibration, again.reading = f.state.Calibration, f.reading
	return again, nil
}
