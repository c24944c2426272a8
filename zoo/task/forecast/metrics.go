package forecast

import "math"

// metrics compares forecasts [len(starts)][Horizon][V] with the true rows, all rows and variables together:
//
//	rmse   root of the mean squared error, in the series' units
//	mae    mean absolute error, in the series' units
//	smape  mean of 200·|y − ŷ|/(|y| + |ŷ|), in percent
//	mase   mae over that of the seasonal naive forecast (or of persistence, without a season) on the training part
//	       (Hyndman and Koehler 2006)
func (f *Forecast) metrics(starts []int, forecasts [][][]float64) map[string]float64 {
	var squared, absolute, relative, scaled float64
	n := 0
	scale := f.naiveScale()
	for i, t := range starts {
		for h, row := range forecasts[i] {
			for v, x := range row {
				y := f.series.Values[t+h][v]
				e := math.Abs(x - y)
				squared += e * e
				absolute += e
				if s := math.Abs(x) + math.Abs(y); s > 0 {
					relative += 200 * e / s
				}
				scaled += e / scale[v]
				n++
			}
		}
	}
	m := map[string]float64{
		"rmse":  math.Sqrt(squared / float64(n)),
		"mae":   absolute / float64(n),
		"smape": relative / float64(n),
	}
	if mase := scaled / float64(n); !math.IsInf(mase, 0) && !math.IsNaN(mase) { // a constant training part has no scale
		m["mase"] = mase
	}
	return m
}

// naiveScale returns the mean absolute error of the naive forecast on the training part, for each variable.
func (f *Forecast) naiveScale() []float64 {
	rows := f.series.Values[:f.split.Train.To]
	lag := max(1, f.series.Period)
	if lag >= len(rows) {
		lag = 1
	}
	scale := make([]float64, f.series.Width())
	for v := range scale {
		for t := lag; t < len(rows); t++ {
			scale[v] += math.Abs(rows[t][v]-rows[t-lag][v]) / float64(len(rows)-lag)
		}
	}
	return scale
}
