package forecast

import (
	"strconv"
	"strings"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// head is what the numbers that a network says of a value mean: the value, quantiles of it, or a distribution's parameters.
type head interface {
	// params returns how many numbers there are of a value.
	params() int
	// loss declares the mean loss of numbers [..., params] against targets [...]; weight is 0 where a target is missing, 1
	// elsewhere, or nil if none is missing.
	loss(b *graph.Builder, out, target, weight *gorgonia.Node) *gorgonia.Node
	// read returns the point forecast, and the bounds of the intervals into what is there for them.
	read(numbers, lower, upper []float64) float64
}

// headOf returns the head of a loss.
func headOf(loss string, intervals []float64) head {
	if loss == "quantile" {
		return quantileHead{levelsOf(intervals)}
	}
	return pointHead{loss}
}

// pointHead says the value itself.
type pointHead struct{ name string }

func (h pointHead) params() int { return 1 }

func (h pointHead) loss(b *graph.Builder, out, target, weight *gorgonia.Node) *gorgonia.Node {
	out = b.Reshape(out, target.Shape()...)
	if weight != nil { // where a value is missing the target is 0, too
		out = b.Mul(out, weight)
	}
	switch h.name {
	case "mae":
		return b.MAE(out, target)
	case "huber":
		return b.Huber(out, target, 1)
	}
	return b.MSE(out, target)
}

func (h pointHead) read(numbers, lower, upper []float64) float64 {
	for i := range lower { // as far as the network knows
		lower[i], upper[i] = numbers[0], numbers[0]
	}
	return numbers[0]
}

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
func levelsOf(intervals []float64) []float64 {
	n := len(intervals)
	levels := make([]float64, 2*n+1)
	levels[n] = 0.5
	for i, share := range intervals {
		levels[n-1-i], levels[n+1+i] = (1-share)/2, (1+share)/2
	}
	return levels
}
