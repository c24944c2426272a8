package forecast

import "math"

// metrics compares forecasts [len(starts)][Horizon][V] with the true rows, all rows and variables together:
//
//	rmse   root of the mean squared error, in the series' units
//	mae    mean absolute error, in the series' units
//	smape  mean of 200·|y − ŷ|/(|y| + |ŷ|), in percent
//	mase   mae over that of the seasonal naive forecast (or of persistence, without a season) on the training part
//	       (Hyndman and Koehler 2006)
func (f *Forecast) metrics(origins []origin, forecasts [][][]float64) map[string]float64 {
	var squared, absolute, relative, scaled float64
	n := 0
	scales := make([][]float64, len(f.strands))
	for i, at := range origins {
		s := f.strands[at.strand]
		if scales[at.strand] == nil {
			scales[at.strand] = f.naiveScale(s)
		}
		scale := scales[at.strand]
		for h, row := range forecasts[i] {
			for v, x := range row {
				y := s.values[int(at.row)+h][v]
				if math.IsNaN(y) {
					continue
				}
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

// naiveScale returns the mean absolute error of the naive forecast on the training part, for each variable. Where a dataset's
// protocol has forecasts of its last rows, all rows before them are the training part.
func (f *Forecast) naiveScale(s *strand) []float64 {
	to := s.split.Train.To
	if f.panel.Horizon > 0 {
		to = s.split.Test.From
	}
	rows := s.values[:to]
	lag := max(1, f.panel.Period)
	if lag >= len(rows) {
		lag = 1
	}
	scale := make([]float64, s.width())
	for v := range scale {
		n := 0.0
		for t := lag; t < len(rows); t++ {
			if d := math.Abs(rows[t][v] - rows[t-lag][v]); !math.IsNaN(d) {
				scale[v] += d
				n++
			}
		}
		scale[v] /= n
	}
	return scale
}
