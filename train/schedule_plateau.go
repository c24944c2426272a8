package train

import "math"

// ReduceOnPlateau multiplies the rate by Factor when the metric has not fallen for more than Patience observations, as
// torch.optim.lr_scheduler.ReduceLROnPlateau. It does not depend on the step.
type ReduceOnPlateau struct {
	// Base is the rate at the start.
	Base float64
	// Factor multiplies the rate; zero means 0.1.
	Factor float64
	// Patience is the number of observations without progress that are let pass; zero means 10, less means none.
	Patience int
	// Threshold is the share of the best metric by which a better one must be below it; zero means 1e-4.
	Threshold float64
	// Cooldown is the number of observations after a reduction that do not count.
	Cooldown int
	// Min is the lowest rate.
	Min float64

	rate          float64
	best          float64
	bad, cooldown int
	started       bool
}

var _ MetricSchedule = (*ReduceOnPlateau)(nil)

// At implements Schedule.
func (s *ReduceOnPlateau) At(int) float64 {
	if !s.started {
		return s.Base
	}
	return s.rate
}

// Observe implements MetricSchedule. NaN counts as no progress.
func (s *ReduceOnPlateau) Observe(metric float64) {
	if !s.started {
		s.started, s.rate, s.best = true, s.Base, math.Inf(1)
	}
	// The threshold counts from the magnitude, since a log-likelihood of a density may be below zero.
	if metric < s.best-orDefault(s.Threshold, 1e-4)*math.Abs(s.best) || math.IsInf(s.best, 1) && metric < s.best {
		s.best, s.bad = metric, 0
	} else {
		s.bad++
	}
	if s.cooldown > 0 {
		s.cooldown--
		s.bad = 0
	}
	patience := max(0, s.Patience)
	if s.Patience == 0 {
		patience = 10
	}
	if s.bad <= patience {
		return
	}
	s.bad, s.cooldown = 0, s.Cooldown
	const least = 1e-8 // PyTorch's eps: a smaller change is none
	if next := max(s.rate*orDefault(s.Factor, 0.1), s.Min); s.rate-next > least {
		s.rate = next
	}
}
