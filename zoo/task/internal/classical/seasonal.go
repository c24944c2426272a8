package classical

import "github.com/pkg/errors"

// Seasonal, the seasonal naive forecast, is the value one season earlier; beyond a season ahead, the last season again.
func Seasonal() Method {
	return Method{"seasonal", func(y []float64, season int) (state, error) {
		if season == 0 || len(y) < season {
			return nil, errors.Wrapf(ErrUnsuited, "%d values and a season of %d steps; want a season, and as many values", len(y), season)
		}
		return &seasonal{newRing(y, season)}, nil
	}}
}

type seasonal struct{ ring }

func (s *seasonal) update(y float64) { s.push(y) }

func (s *seasonal) forecast(out []float64) error {
	for i := range out {
		out[i] = s.at(i)
	}
	return nil
}
