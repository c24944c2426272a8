package forecast

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/distribution"
)

// head is what the numbers that a network says of a value mean: the value, quantiles of it, or a distribution's parameters.
type head interface {
	// params returns how many numbers there are of a value.
	params() int
	// loss declares the mean loss of numbers [..., params] against targets [...] of one shape; unit is what a target is to be
	// multiplied by to be a count.
	loss(b *graph.Builder, out, target, unit *gorgonia.Node, opts ...graph.LossOption) *gorgonia.Node
	// read returns the point forecast, and the bounds of intervals that cover shares of the values into what is there for them.
	read(numbers []float64, unit float64, shares, lower, upper []float64) float64
}

// The names of losses that are no distances.
const (
	lossQuantile = "quantile"
	lossGaussian = "gaussian"
	lossStudent  = "student"
	lossCounts   = "counts"
)

// headOf returns the head of a loss whose intervals cover shares of the values.
func headOf(loss string, shares []float64) head {
	switch loss {
	case lossQuantile:
		return quantileHead{levelsOf(shares)}
	case lossGaussian:
		return gaussianHead{}
	case lossStudent:
		return studentHead{}
	case lossCounts:
		return countsHead{}
	}
	return pointHead{loss}
}

// pointHead says the value itself.
type pointHead struct{ name string }

func (h pointHead) params() int { return 1 }

func (h pointHead) loss(b *graph.Builder, out, target, _ *gorgonia.Node, opts ...graph.LossOption) *gorgonia.Node {
	out = b.Reshape(out, target.Shape()...)
	switch h.name {
	case "mae":
		return b.MAE(out, target, opts...)
	case "huber":
		return b.Huber(out, target, 1, opts...)
	case "smape":
		return b.SMAPE(out, target, opts...)
	}
	return b.MSE(out, target, opts...)
}

func (h pointHead) read(numbers []float64, _ float64, _, lower, upper []float64) float64 {
	for i := range lower { // as far as the network knows
		lower[i], upper[i] = numbers[0], numbers[0]
	}
	return numbers[0]
}

// quantileHead says the quantiles that are the bounds of intervals, and the median, which is the point forecast.
type quantileHead struct{ levels []float64 }

func (h quantileHead) params() int { return len(h.levels) }

func (h quantileHead) loss(b *graph.Builder, out, target, _ *gorgonia.Node, opts ...graph.LossOption) *gorgonia.Node {
	return b.Pinball(b.Reshape(out, append(slices.Clone([]int(target.Shape())), len(h.levels))...), target, h.levels, opts...)
}

func (h quantileHead) read(numbers []float64, _ float64, _, lower, upper []float64) float64 {
	sorted := slices.Clone(numbers)
	distribution.Rearrange(sorted)
	middle := len(sorted) / 2
	for i := range lower {
		lower[i], upper[i] = sorted[middle-1-i], sorted[middle+1+i]
	}
	return sorted[middle]
}

// numbersOf cuts outputs [..., n·params] into the parameters of a distribution, each of a shape.
func numbersOf(b *graph.Builder, out *gorgonia.Node, shape []int, params int) []*gorgonia.Node {
	wide := b.Reshape(out, append(slices.Clone(shape), params)...)
	all := make([]*gorgonia.Node, params)
	for i := range all {
		all[i] = b.At(wide, len(shape), i)
	}
	return all
}

// spreadOf reads bounds from a distribution.
func spreadOf(d distribution.Distribution, shares, lower, upper []float64) {
	for i, share := range shares {
		lower[i], upper[i] = d.Quantile((1-share)/2), d.Quantile((1+share)/2)
	}
}

// mostLog bounds the logarithms of scales, so that none is 0 or endless.
const mostLog = 15

// gaussianHead says the mean and the logarithm of the standard deviation of a normal distribution.
type gaussianHead struct{}

func (gaussianHead) params() int { return 2 }

func (gaussianHead) loss(b *graph.Builder, out, target, _ *gorgonia.Node, opts ...graph.LossOption) *gorgonia.Node {
	n := numbersOf(b, out, target.Shape(), 2)
	return b.GaussianNLL(n[0], b.Clamp(n[1], -mostLog, mostLog), target, opts...)
}

func (gaussianHead) read(n []float64, _ float64, shares, lower, upper []float64) float64 {
	spreadOf(distribution.GaussianOf(n[0], clamp(n[1])), shares, lower, upper)
	return n[0]
}

// studentHead says the location, the logarithm of the scale and the degrees of freedom, above 2, of Student's t distribution.
type studentHead struct{}

func (studentHead) params() int { return 3 }

func (studentHead) loss(b *graph.Builder, out, target, _ *gorgonia.Node, opts ...graph.LossOption) *gorgonia.Node {
	n := numbersOf(b, out, target.Shape(), 3)
	return b.StudentTNLL(n[0], b.Clamp(n[1], -mostLog, mostLog), b.Shift(b.Softplus(n[2]), 2), target, opts...)
}

func (studentHead) read(n []float64, _ float64, shares, lower, upper []float64) float64 {
	spreadOf(distribution.StudentTOf(n[0], clamp(n[1]), softplus(n[2])+2), shares, lower, upper)
	return n[0]
}

// countsHead says the logarithms of the mean and of the dispersion of a negative binomial distribution of counts: the mean in
// units of the series and the window (Salinas et al. 2020).
type countsHead struct{}

func (countsHead) params() int { return 2 }

func (countsHead) loss(b *graph.Builder, out, target, unit *gorgonia.Node, opts ...graph.LossOption) *gorgonia.Node {
	n := numbersOf(b, out, target.Shape(), 2)
	return b.NegativeBinomialNLL(b.Add(b.Clamp(n[0], -mostLog, mostLog), b.Log(unit)), b.Clamp(n[1], -mostLog, mostLog), b.Mul(target, unit), opts...)
}

func (countsHead) read(n []float64, unit float64, shares, lower, upper []float64) float64 {
	d := distribution.NegativeBinomialOf(clamp(n[0])+math.Log(unit), clamp(n[1]))
	spreadOf(d, shares, lower, upper)
	for i := range lower {
		lower[i], upper[i] = lower[i]/unit, upper[i]/unit
	}
	return d.Mean() / unit
}

func clamp(x float64) float64 { return min(max(x, -mostLog), mostLog) }

func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// parseIntervals reads the shares of values that intervals cover, in percent with commas between them, increasing.
func parseIntervals(text string) ([]float64, error) {
	if text == "none" || text == "" {
		return nil, nil
	}
	var shares []float64
	for _, field := range strings.Split(text, ",") {
		p, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
		if err != nil || !(p > 0 && p < 100) {
			return nil, option.Wrong("intervals", text, "want percentages between 0 and 100 with commas between them, such as 80,95, or none")
		}
		if n := len(shares); n > 0 && p/100 <= shares[n-1] {
			return nil, option.Wrong("intervals", text, "want each percentage above the one before it")
		}
		shares = append(shares, p/100)
	}
	if len(shares) > mostIntervals {
		return nil, option.Wrong("intervals", text, "want at most %d", mostIntervals)
	}
	return shares, nil
}

const mostIntervals = 16

// levelsOf returns the levels of the quantiles that are the bounds of intervals, increasing, with the median among them.
func levelsOf(shares []float64) []float64 {
	n := len(shares)
	levels := make([]float64, 2*n+1)
	levels[n] = 0.5
	for i, share := range shares {
		levels[n-1-i], levels[n+1+i] = (1-share)/2, (1+share)/2
	}
	return levels
}
