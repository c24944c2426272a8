package scoring

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/pkg/errors"
)

// MaxResiduals is how many scores a Conformal keeps of a step and an interval: a sample of all, drawn with its seed.
const MaxResiduals = 10_000

// Conformal learns from forecasts of a validation part by how much intervals are to be widened, at each step ahead, so that
// they cover the share of values that they are to cover: conformalised quantile regression. The score of an interval is
// how far the value is outside of it, below 0 if it is inside, over a scale of its series; the offset is the score that
// ⌈(n+1)·share⌉ of n are not above. It serves one goroutine at a time.
//
// Where values are exchangeable the intervals cover share of them, at most 1/(n+1) more. Those of a time series are only as
// exchangeable as its validation part is like what comes.
//
// Romano, Patterson, Candès: Conformalized quantile regression, 2019, https://arxiv.org/abs/1905.03222.
type Conformal struct {
	shares []float64
	scores [][][]float64 // [interval][step]
	seen   [][]int
	rng    *rand.Rand
}

// NewConformal returns one for forecasts of so many steps with intervals that are to cover some shares.
func NewConformal(steps int, shares []float64, seed uint64) (*Conformal, error) {
	if steps < 1 || steps > 1_000_000 {
		return nil, errors.Errorf("intervals of %d steps; want 1 to 1000000", steps)
	}
	c := &Conformal{shares: slices.Clone(shares), rng: rand.New(rand.NewPCG(seed, 0xc0f0a1))}
	for _, s := range shares {
		if !(s > 0 && s < 1) {
			return nil, errors.Errorf("an interval is to cover %g of the values; want a share between 0 and 1", s)
		}
		c.scores, c.seen = append(c.scores, make([][]float64, steps)), append(c.seen, make([]int, steps))
	}
	return c, nil
}

// Add takes the value y that came at a step, counted from 0, and the bounds of its intervals. The scale is what offsets are
// multiplied by for this series: 1, or a measure of its spread where there are many. A y that is NaN is left out.
func (c *Conformal) Add(step int, y float64, lower, upper []float64, scale float64) error {
	if c == nil || len(lower) != len(c.shares) || len(upper) != len(c.shares) {
		return errors.Errorf("%d and %d bounds; want one of each interval", len(lower), len(upper))
	}
	if len(c.shares) > 0 && (step < 0 || step >= len(c.seen[0])) {
		return errors.Errorf("there is no step %d; there are %d, counted from 0", step, len(c.seen[0]))
	}
	if !(scale > 0) || !finite(scale) {
		return errors.Errorf("the scale of an interval is %g; want a number above 0", scale)
	}
	if math.IsNaN(y) {
		return nil
	}
	for i := range lower {
		score := max(lower[i]-y, y-upper[i]) / scale
		if !finite(score) {
			return errors.Errorf("a value of %g and an interval from %g to %g have no finite distance", y, lower[i], upper[i])
		}
		c.seen[i][step]++
		list := &c.scores[i][step]
		if len(*list) < MaxResiduals {
			*list = append(*list, score)
		} else if k := c.rng.IntN(c.seen[i][step]); k < MaxResiduals {
			(*list)[k] = score
		}
	}
	return nil
}

// Calibration returns the offsets. A step with too few scores for the share, fewer than share/(1 − share), has that of all
// steps together; if these are too few as well, the largest of them. Without any score the offset is 0.
func (c *Conformal) Calibration() *Calibration {
	if c == nil {
		return &Calibration{}
	}
	k := &Calibration{Shares: slices.Clone(c.shares)}
	for i, share := range c.shares {
		var all []float64
		for _, scores := range c.scores[i] {
			all = append(all, scores...)
		}
		slices.Sort(all)
		offsets := make([]float64, len(c.scores[i]))
		for s, scores := range c.scores[i] {
			sorted := slices.Clone(scores)
			slices.Sort(sorted)
			offset, ok := conformalQuantile(sorted, share)
			if !ok {
				offset, _ = conformalQuantile(all, share)
			}
			offsets[s] = offset
		}
		k.Offsets = append(k.Offsets, offsets)
	}
	return k
}

// conformalQuantile returns the ⌈(n+1)·share⌉-th of n sorted scores, or the last and false if there are too few.
func conformalQuantile(sorted []float64, share float64) (float64, bool) {
	n := len(sorted)
	if n == 0 {
		return 0, false
	}
	// A product that is a whole number but for rounding is that number: 0.9·(9+1) is 9.
	rank := int(math.Ceil(float64(n+1)*share - 1e-9))
	if rank > n {
		return sorted[n-1], false
	}
	return sorted[max(rank, 1)-1], true
}

// Calibration is by how much intervals are widened, as JSON keeps it. The zero value leaves them as they are. It serves any
// number of goroutines.
type Calibration struct {
	Shares  []float64   `json:"shares"`  // of the intervals
	Offsets [][]float64 `json:"offsets"` // by interval and step, in units of the scale
}

// Apply returns an interval's bounds at a step, of a series of some scale. Bounds that would cross become their middle;
// steps beyond the last are taken as the last.
func (k *Calibration) Apply(interval, step int, lower, upper, scale float64) (float64, float64) {
	if k == nil || interval < 0 || interval >= len(k.Offsets) || len(k.Offsets[interval]) == 0 {
		return lower, upper
	}
	offset := k.Offsets[interval][min(max(step, 0), len(k.Offsets[interval])-1)] * scale
	lower, upper = lower-offset, upper+offset
	if lower > upper {
		middle := lower/2 + upper/2
		return middle, middle
	}
	return lower, upper
}
