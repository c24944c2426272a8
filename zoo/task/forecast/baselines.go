package task

// Baselines implements Task: the metrics of forecasts that learn nothing, on the same rows of a part as Evaluate:
//
//	persistence  the last value
//	seasonal     the value one season earlier
//	growth       the last value times the growth at the same place one season earlier, y[t−1]·y[t−s]/y[t−s−1]
//
// The last two need a season, and growth values above 0.
func (f *Forecast) Baselines(p Part) (map[string]map[string]float64, error) {
	part, err := f.part(p)
	if err != nil {
		return nil, err
	}
	starts := f.starts(part)
	season := f.series.Period
	naive := map[string]func(rows [][]float64, v int) float64{
		"persistence": func(rows [][]float64, v int) float64 { return rows[len(rows)-1][v] },
	}
	if season > 0 && len(starts) > 0 && starts[0] > season {
		naive["seasonal"] = func(rows [][]float64, v int) float64 { return rows[len(rows)-season][v] }
		if f.positive() {
			naive["growth"] = func(rows [][]float64, v int) float64 {
				n := len(rows)
				return rows[n-1][v] * rows[n-season][v] / rows[n-season-1][v]
			}
		}
	}
	results := make(map[string]map[string]float64, len(naive))
	for name, next := range naive {
		forecasts := make([][][]float64, len(starts))
		for i, t := range starts {
			rows := append([][]float64(nil), f.series.Values[max(0, t-season-1):t]...)
			for range f.opts.Horizon {
				row := make([]float64, f.series.Width())
				for v := range row {
					row[v] = next(rows, v)
				}
				rows = append(rows, row)
				forecasts[i] = append(forecasts[i], row)
			}
		}
		results[name] = f.metrics(starts, forecasts)
	}
	return results, nil
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
