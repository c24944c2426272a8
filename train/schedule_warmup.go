package train

import (
	"github.com/rnnzoo/rnnzoo/internal/args"
)

// Warmup raises the rate in equal steps up to the first of another schedule, which then begins: step k of the
// warm-up, counted from 0, has (k+1)/(Steps+1) of that rate.
type Warmup struct {
	// Steps is the number of steps before After begins.
	Steps int
	// After is the schedule that follows; it sees the steps without those of the warm-up.
	After Schedule
}

var _ MetricSchedule = Warmup{}

// At implements Schedule. It is zero without an After.
func (s Warmup) At(step int) float64 {
	switch step = max(0, step); {
	case args.Nil(s.After):
		return 0
	case step < s.Steps:
		return s.After.At(0) * float64(step+1) / float64(s.Steps+1)
	}
	return s.After.At(step - max(0, s.Steps))
}

// Observe implements MetricSchedule: After sees the metric if it asks for one.
func (s Warmup) Observe(metric float64) {
	if after, ok := s.After.(MetricSchedule); ok && !args.Nil(after) {
		after.Observe(metric)
	}
}
