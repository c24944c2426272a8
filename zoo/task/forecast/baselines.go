package forecast

import (
	"context"
	"slices"

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
	part, err := in(p)
	if err != nil {
		return nil, err
	}
	origins := f.origins(part)
	season := f.panel.Period
	type naive struct {
		name string
		next func(rows [][]float64, v int) float64
	}
	all := []naive{{"persistence", func(rows [][]float64, v int) float64 { return rows[len(rows)-1][v] }}}
	reaches := !slices.ContainsFunc(origins, func(at origin) bool { return int(at.row) <= season })
	if season > 0 && len(origins) > 0 && reaches {
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
		forecasts := make([][][]float64, len(origins))
		for i, at := range origins {
			s, t := f.strands[at.strand], int(at.row)
			rows := append([][]float64(nil), s.filled[max(0, t-season-1):t]...)
			for range f.opts.Horizon {
				row := make([]float64, s.width())
				for v := range row {
					row[v] = rival.next(rows, v)
				}
				rows = append(rows, row)
				forecasts[i] = append(forecasts[i], row)
			}
		}
		rivals = append(rivals, task.Rival{Name: rival.name, Metrics: f.metrics(origins, forecasts)})
	}
	return rivals, nil
}

func (f *Forecast) positive() bool {
	for _, s := range f.strands {
		for _, row := range s.filled {
			for _, y := range row {
				if !(y > 0) {
					return false
				}
			}
		}
	}
	return true
}
