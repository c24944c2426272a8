package classical

// Naive2 is the M4 competition's second benchmark, by which its scores are scaled: where the series passes a test of
// seasonality at 90 %, its season is taken out by the classical multiplicative decomposition, the last adjusted value is
// the forecast, and the season is put back. A series with values that are not above 0, of which M4 has none, is decomposed
// into a sum.
//
// Makridakis, Spiliotis, Assimakopoulos: The M4 Competition, International Journal of Forecasting 36, 2020.
func Naive2() Method {
	return Method{"naive2", func(y []float64, season int) (state, error) {
		y, err := windowOf(y, season)
		if err != nil {
			return nil, err
		}
		n := &naive2{adjustment: adjust(y, season), t: len(y) - 1}
		n.last = n.out(y[n.t], n.t)
		return n, nil
	}}
}

type naive2 struct {
	adjustment
	last float64 // adjusted
	t    int     // its time
}

func (n *naive2) update(y float64) {
	n.t++
	n.last = n.out(y, n.t)
}

func (n *naive2) forecast(out []float64) error {
	for i := range out {
		out[i] = n.in(n.last, n.t+1+i)
	}
	return nil
}
