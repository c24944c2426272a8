package recognise

import (
	"cmp"
	"fmt"
	"math"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// usualTolerance is how far off a number may be and still count as right.
const usualTolerance = 0.04

// score adds up how well sequences of a dataset are recognised.
type score struct {
	data           *datasets.Sequences
	right, counted int
	loss           float64
	n              int // of what the loss is the sum
}

func newScore(data *datasets.Sequences) *score { return &score{data: data} }

// tolerance is how far off a number may be.
func (s *score) tolerance() float64 { return cmp.Or(s.data.Tolerance, usualTolerance) }

// add adds a sequence with what is said of it: at a step, or of the whole at step 0, the logarithms of the classes'
// probabilities, up to a constant, or the number.
func (s *score) add(q datasets.Sequence, said func(step int) []float64) {
	switch {
	case s.data.EachStep:
		first := 0
		if s.data.Answer > 0 {
			first = len(q.Labels) - s.data.Answer
		}
		for t, label := range q.Labels {
			if label >= 0 {
				s.class(said(t), label, t >= first)
			}
		}
	case s.data.Classes != nil:
		s.class(said(0), q.Label, true)
	default:
		d := said(0)[0] - q.Target
		s.loss += d * d
		s.n++
		s.count(math.Abs(d) < s.tolerance())
	}
}

func (s *score) class(logits []float64, label int, counts bool) {
	s.loss += program.CrossEntropy(logits, label)
	s.n++
	if counts {
		s.count(program.Largest(logits) == label)
	}
}

func (s *score) count(right bool) {
	if s.counted++; right {
		s.right++
	}
}

// metrics returns those of Kind.Metrics.
func (s *score) metrics() (map[string]float64, error) {
	if s.n == 0 || s.counted == 0 {
		return nil, errors.Errorf("recognise %s: there is nothing to be said of any sequence", s.data.Meta.Name)
	}
	return map[string]float64{accuracyName: float64(s.right) / float64(s.counted), "loss": s.loss / float64(s.n)}, nil
}

// notes says what the metrics are of.
func (s *score) notes() []string {
	switch {
	case s.data.Classes == nil:
		return []string{fmt.Sprintf("The loss is the mean squared error. A number is right if it is off by less than %v.", s.tolerance())}
	case s.data.EachStep && s.data.Answer > 0:
		return []string{fmt.Sprintf("The accuracy is that of the last %d steps, the loss the mean over all.", s.data.Answer)}
	}
	return nil
}
