package trade

import (
	"math"

	"github.com/pkg/errors"
)

// scale is the mean and the standard deviation of each feature where they were learnt, of which inputs are multiples.
type scale struct {
	Mean      []float64 `json:"mean"`
	Deviation []float64 `json:"deviation"`
}

// farthest is how many standard deviations an input is from the mean at most: crashes are nowhere near what a network has
// seen.
const farthest = 8

// learnScale returns the scale of the days of some examples. What an example sees before its day is in other examples.
func learnScale(f *features, examples []example) scale {
	width := len(f.names)
	s := scale{make([]float64, width), make([]float64, width)}
	n := float64(len(examples))
	for _, e := range examples {
		for k, v := range f.at(e.share, e.bar) {
			s.Mean[k] += v / n
		}
	}
	for _, e := range examples {
		for k, v := range f.at(e.share, e.bar) {
			d := v - s.Mean[k]
			s.Deviation[k] += d * d / n
		}
	}
	for k, v := range s.Deviation {
		if s.Deviation[k] = math.Sqrt(v); !(s.Deviation[k] > 1e-9) { // one that never changes
			s.Deviation[k] = 1
		}
	}
	return s
}

// apply returns a feature as an input.
func (s scale) apply(k int, v float64) float64 {
	return max(-farthest, min(farthest, (v-s.Mean[k])/s.Deviation[k]))
}

// check returns an error for a scale that makes no sense.
func (s scale) check(features int) error {
	if len(s.Mean) != features || len(s.Deviation) != features {
		return errors.Errorf("it scales by %d means and %d deviations; want %d of each", len(s.Mean), len(s.Deviation), features)
	}
	for k, d := range s.Deviation {
		if !(d > 0) || math.IsInf(d, 0) || math.IsNaN(s.Mean[k]) || math.IsInf(s.Mean[k], 0) {
			return errors.Errorf("it scales by a mean of %v and a deviation of %v", s.Mean[k], d)
		}
	}
	return nil
}
