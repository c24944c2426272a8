package forecast

import (
	"context"

	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// Baselines implements task.Task: forecasts that learn nothing, on the same rows of a part as Evaluate:
//
//	persistence  the last value
//	seasonal     the value one season earlier
//	growth       the last value times the growth at the same place one season earlier, y[t−1]·y[t−s]/y[t−s−1]
//
// The last two need a season, and growth values above 0.
func (f *Forecast) Baselines(ctx context.Context, p task.Part) ([]task.Rival, error) {
	part, err := f.split.Part(string(p))
	if err != nil {
		return nil, err
	}
	starts := f.starts(part)
	season := f.series.Period
	type naive struct {
		name string
		next func(rows [][]float64, v int) float64
	}
	all := []naive{{"persistence", func(rows [][]float64, v int) float64 { return rows[len(rows)-1][v] }}}
	if season > 0 && len(starts) > 0 && starts[0] > season {
		all = append(all, naive{"seasonal", func(rows [][]float64, v int) float64 { return rows[len(rows)-season][v] }})
		if f.positive() {
			all = append(all, naive{"growth", func(rows [][]float64, v int) float64 {
				n := len(rows)
				return rows[n-1][v] * rows[n-season][v] / rows[n-season-1][v]
			}})
		}
	}
	var rivals []task.Rival
	for _, rival := range all {
		if err := args.Context(ctx); err != nil {
			return nil, err
		}
		forecasts := make([][][]float64, len(starts))
		for i, t := range starts {
			rows := append([][]float64(nil), f.series.Values[max(0, t-season-1):t]...)
			for range f.opts.Horizon {
				row := make([]float64, f.series.Width())
				for v := range row {
					row[v] = rival.next(rows, v)
				}
				rows = append(rows, row)
				forecasts[i] = append(forecasts[i], row)
			}
		}
		rivals = append(rivals, task.Rival{Name: rival.name, Metrics: f.metrics(starts, forecasts)})
	}
	return rivals, nil
}

func (f *Forecast) positive() bool {
	for _, row := range f.series.Values {
		for _, y := range row {
			if !(y > 0) {
				return false
			}
		}
	}
	return true
}
