package recognise

import (
	"math"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
)

// scale is a mean and a standard deviation, of which inputs and targets are multiples: z = (x − mean)/deviation.
type scale struct {
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"`
}

// unscaled leaves numbers as they are.
var unscaled = scale{0, 1}

// moments adds numbers up, less the first of them, near which the others are.
type moments struct{ first, n, sum, squares float64 }

func (m *moments) add(x float64) {
	if m.n == 0 {
		m.first = x
	}
	x -= m.first
	m.n++
	m.sum += x
	m.squares += x * x
}

// scale returns that of the numbers. Of numbers that are all the same, and of none, only the mean is taken off.
func (m *moments) scale() scale {
	if m.n == 0 {
		return unscaled
	}
	mean := m.sum / m.n
	s := scale{m.first + mean, math.Sqrt(max(0, m.squares/m.n-mean*mean))}
	if !(s.Deviation > 1e-12*math.Abs(s.Mean)) || math.IsInf(s.Deviation, 0) {
		s.Deviation = 1
	}
	return s
}

// check returns an error for a scale that makes no sense.
func (s scale) check() error {
	if !(s.Deviation > 0) || math.IsInf(s.Deviation, 0) || math.IsNaN(s.Mean) || math.IsInf(s.Mean, 0) {
		return errors.Errorf("it scales by a mean of %v and a deviation of %v", s.Mean, s.Deviation)
	}
	return nil
}

// learnt is what is learnt from the training part before the network learns.
type learnt struct {
	columns []scale // [W] of the numbers in a row
	target  scale   // of the number that is to be said
	labels  []int   // of the sequences, where each has one and keeps it
}

// mostLearnt is how many numbers of sequences that are made are read to learn what scales them.
const mostLearnt = 1 << 24

// learn reads the training part once, unless there is nothing to learn. Of sequences that are made some are enough.
func learn(data *datasets.Sequences, way string) (learnt, error) {
	columns, together := make([]moments, data.Width), new(moments)
	var target moments
	var l learnt
	n := data.Train.Len()
	if data.Train.Drawn() {
		if n = min(n, 1+mostLearnt/max(1, data.Train.Steps(0)*data.Width)); way == scaleNone && data.Classes != nil {
			n = 0
		}
	}
	for i := range n {
		q, err := data.Get(data.Train, i)
		if err != nil {
			return l, err
		}
		switch way {
		case scaleAll:
			for _, v := range q.Values {
				together.add(float64(v))
			}
		case scaleColumns:
			for at, v := range q.Values {
				columns[at%data.Width].add(float64(v))
			}
		}
		switch {
		case data.Classes == nil:
			target.add(q.Target)
		case !data.EachStep && !data.Train.Drawn():
			l.labels = append(l.labels, q.Label)
		}
	}
	l.target = target.scale()
	for i := range columns {
		s := columns[i].scale()
		if way == scaleAll {
			s = together.scale()
		}
		l.columns = append(l.columns, s)
	}
	return l, nil
}

// farthest is how many standard deviations a number may be from the mean of those in training.
const farthest = 1e6

// scaled writes the numbers of rows [T·W] as inputs, each row stride elements behind the one before.
func scaled[F float32 | float64](to []F, stride int, values []float32, columns []scale) error {
	w := len(columns)
	for t := range len(values) / w {
		row := to[t*stride : t*stride+w]
		for k, v := range values[t*w : (t+1)*w] {
			z := (float64(v) - columns[k].Mean) / columns[k].Deviation
			if !(math.Abs(z) <= farthest) {
				return errors.Errorf("number %d in row %d is %v, too far from what the model has learnt from (%.2g of its standard deviations): look at the data", k+1, t+1, v, z)
			}
			row[k] = F(z)
		}
	}
	return nil
}
