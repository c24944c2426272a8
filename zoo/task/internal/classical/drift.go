package classical

// Drift forecasts that the series goes on along the line from its first value to its last, y[n−1] + h·(y[n−1] − y[0])/(n−1):
// the best forecast of a random walk with drift. Of one value it is persistence.
func Drift() Method {
	return Method{"drift", func(y []float64, _ int) (state, error) { return &drift{y[0], y[len(y)-1], len(y)}, nil }}
}

type drift struct {
	first, last float64
	n           int
}

func (d *drift) update(y float64) { d.last, d.n = y, d.n+1 }

func (d *drift) forecast(out []float64) error {
	slope := 0.0
	if d.n > 1 {
		slope = d.last/float64(d.n-1) - d.first/float64(d.n-1)
	}
	for i := range out {
		out[i] = d.last + slope*float64(i+1)
	}
	return nil
}
