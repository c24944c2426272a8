package classical

// Persistence forecasts the last value: the best forecast of a random walk.
func Persistence() Method {
	return Method{"persistence", func(y []float64, _ int) (state, error) { return &persistence{y[len(y)-1]}, nil }}
}

type persistence struct{ last float64 }

func (p *persistence) update(y float64) { p.last = y }

func (p *persistence) forecast(out []float64) error {
	for i := range out {
		out[i] = p.last
	}
	return nil
}
