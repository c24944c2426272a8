package classical

// Theta is the M4 competition's benchmark of that name: of the seasonally adjusted series (as for Naive2), the mean of the
// line through it by least squares, theta = 0, and of the series with its distance from the line doubled, theta = 2, which
// is forecast by simple exponential smoothing. Of a series that is never below 0 no forecast is.
//
// Values that come after the fit are smoothed with the line and the parameter that were fitted.
//
// Assimakopoulos, Nikolopoulos: The theta model: a decomposition approach to forecasting, International Journal of
// Forecasting 16, 2000.
func Theta() Method {
	return Method{"theta", func(y []float64, season int) (state, error) {
		y, err := windowOf(y, season)
		if err != nil {
			return nil, err
		}
		m := &theta{adjustment: adjust(y, season), t: len(y) - 1, floor: true}
		adjusted := make([]float64, len(y))
		for t, v := range y {
			adjusted[t] = m.out(v, t)
			m.floor = m.floor && v >= 0
		}
		m.intercept, m.slope = line(adjusted)
		second := adjusted
		for t, v := range adjusted {
			second[t] = m.second(v, t)
		}
		m.alpha, m.level = smooth(second)
		return m, nil
	}}
}

type theta struct {
	adjustment
	intercept, slope float64
	alpha, level     float64 // of the smoothed line of theta 2
	t                int     // the time of the last value
	floor            bool
}

// line0 is the line of theta 0 at a time, second what the line of theta 2 is where the adjusted series is v.
func (m *theta) line0(t int) float64             { return m.intercept + m.slope*float64(t) }
func (m *theta) second(v float64, t int) float64 { return 2*v - m.line0(t) }

func (m *theta) update(y float64) {
	m.t++
	m.level += m.alpha * (m.second(m.out(y, m.t), m.t) - m.level)
}

func (m *theta) forecast(out []float64) error {
	for i := range out {
		t := m.t + 1 + i
		out[i] = m.in(0.5*m.level+0.5*m.line0(t), t)
		if m.floor {
			out[i] = max(out[i], 0)
		}
	}
	return nil
}

// line returns the line through a series by least squares, over the times 0, 1, …
func line(y []float64) (intercept, slope float64) {
	mean, middle := 0.0, float64(len(y)-1)/2
	for _, v := range y {
		mean += v / float64(len(y))
	}
	var xy, xx float64
	for t, v := range y {
		x := float64(t) - middle
		xy += x * (v - mean)
		xx += x * x
	}
	if xx > 0 {
		slope = xy / xx
	}
	return mean - slope*middle, slope
}
