package classical

import "github.com/pkg/errors"

// Growth forecasts the last value times the growth at the same place one season earlier, ŷ[t] = y[t−1]·y[t−s]/y[t−s−1],
// where a value that is to come is its own forecast. It needs values above 0, and one more than a season of them.
func Growth() Method {
	return Method{"growth", func(y []float64, season int) (state, error) {
		if season == 0 || len(y) < season+1 {
			return nil, errors.Wrapf(ErrUnsuited, "%d values and a season of %d steps; want a season, and one value more", len(y), season)
		}
		for i, v := range y {
			if v <= 0 {
				return nil, errors.Wrapf(ErrUnsuited, "value %d of the history is not above 0", i+1)
			}
		}
		return &growth{newRing(y, season+1)}, nil
	}}
}

type growth struct{ ring }

func (g *growth) update(y float64) { g.push(y) }

func (g *growth) forecast(out []float64) error {
	season := len(g.values) - 1
	for _, v := range g.values {
		if v <= 0 {
			return errors.Wrap(ErrUnsuited, "a value of the last season is not above 0")
		}
	}
	at := func(i int) float64 { // value i from the oldest one, forecasts behind the last
		if i <= season {
			return g.at(i)
		}
		return out[i-season-1]
	}
	for i := range out {
		out[i] = at(i+season) * (at(i+1) / at(i))
	}
	return nil
}
