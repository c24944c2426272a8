package detect

import (
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// declareForecaster declares the parameters.
func (d *Detector) declareForecaster() error {
	if d.network.IsBidirectional() {
		return twoWays(d.network.Name())
	}
	err := program.Declared(d.params, d.network.Name(), func(b *graph.Builder) { d.forecast(b, 1, 1) })
	return errors.WithMessage(err, "detect")
}

// inputs is how many numbers of a variable the network reads: where it is, and how far it has moved.
const inputs = 2

// forecast declares what the network forecasts for inputs [T, B, 2V]: for each step the means and log deviations
// [T, B, V] of what comes Ahead rows later, in the scale of the step.
func (d *Detector) forecast(b *graph.Builder, steps, batch int) (mean, deviation *gorgonia.Node) {
	x := b.Input("x", steps, batch, inputs*d.about.Width)
	y, _ := d.network.Unroll(b, x)
	return d.head(b, x, y)
}

// flattest bounds log deviations.
const flattest = 4

// head declares the two of the network's outputs: the mean is the value as it is and what the network adds to it.
func (d *Detector) head(b *graph.Builder, x, y *gorgonia.Node) (mean, deviation *gorgonia.Node) {
	v := d.about.Width
	out := b.Prefix("head.").LinearInit("", 2*v, y, graph.Zeros(), graph.Zeros())
	mean = b.Add(b.Slice(x, 2, 0, v), b.Slice(out, 2, 0, v))
	deviation = b.Scale(b.Tanh(b.Scale(b.Slice(out, 2, v, 2*v), 1.0/flattest)), flattest)
	return mean, deviation
}

// negativeLog declares the mean of −log N(y; μ, σ) + log √2π: ½((y − μ)/σ)² + log σ.
func negativeLog(b *graph.Builder, mean, logDeviation, y *gorgonia.Node) *gorgonia.Node {
	z := b.Mul(b.Sub(y, mean), b.Exp(b.Neg(logDeviation)))
	return b.Mean(b.Add(b.Scale(b.Mul(z, z), 0.5), logDeviation))
}

// programOfWindows returns the program that trains on a batch of windows.
func (d *Detector) programOfWindows(l *lane, batch int) (*graph.Program, error) {
	return l.Get(shape{batch, true}, func() (*graph.Builder, []graph.CompileOption) {
		b := graph.NewBuilder(d.params, graph.Training())
		return b, []graph.CompileOption{graph.Loss(d.lossOfWindows(b, batch))}
	})
}

func (d *Detector) lossOfWindows(b *graph.Builder, batch int) *gorgonia.Node {
	mean, deviation := d.forecast(b, d.opts.Window, batch)
	return negativeLog(b, mean, deviation, b.Input("target", d.opts.Window, batch, d.about.Width))
}

// scaler scales a variable as it goes on: by its mean and variance, of all values at first and then with a weight that
// falls by 1/memory a row.
type scaler struct {
	memory         float64
	n              float64
	mean, variance float64
	last           float64
}

// The farthest that inputs and targets are, in deviations: what is further away is as far.
const farInputs = 4

// take takes the next value, and returns where it is and how far it has moved, in deviations.
func (s *scaler) take(x float64) (place, moved float64) {
	if s.n == 0 {
		s.mean, s.last = x, x
	}
	s.n++
	rate := max(1/s.n, 1/s.memory)
	off := x - s.mean
	s.mean += rate * off
	s.variance = (1 - rate) * (s.variance + rate*off*off)
	d := s.deviation()
	place, moved = bounded((x-s.mean)/d), bounded((x-s.last)/d)
	s.last = x
	return place, moved
}

// deviation is that of the values, or a little of their mean if they do not differ.
func (s *scaler) deviation() float64 {
	return math.Sqrt(s.variance) + 1e-3*math.Abs(s.mean) + 1e-9
}

func bounded(z float64) float64 { return max(-farInputs, min(farInputs, z)) }
