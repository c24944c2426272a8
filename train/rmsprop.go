package train

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// RMSProp divides each weight's step by a running root mean square of its gradient, as torch.optim.RMSprop computes it:
//
//	g ← g + WeightDecay·w
//	v ← Alpha·v + (1−Alpha)·g²
//	d ← g / (√v + Eps)
//	w ← w − LR·d
//
// Centered subtracts the square of the gradient's running mean from v under the root; with a Momentum,
// u ← Momentum·u + d takes the place of d in the last line. Both together are the form in which Graves trained LSTMs
// on handwriting, https://arxiv.org/abs/1308.0850.
//
// Tieleman, Hinton: Neural Networks for Machine Learning, lecture 6.5, 2012.
type RMSProp struct {
	// LR is the learning rate until SetLearningRate; zero means 0.01.
	LR float64
	// Alpha is the decay of the running means, in [0, 1); zero means 0.99.
	Alpha float64
	// Eps keeps the division finite; zero means 1e-8.
	Eps float64
	// WeightDecay is the factor of the L2 penalty; zero means none.
	WeightDecay float64
	// Momentum is the share of the last update that is kept, in [0, 1); zero means none.
	Momentum float64
	// Centered divides by the standard deviation of the gradient instead of its root mean square.
	Centered bool

	state optimizerState
}

var _ Optimizer = (*RMSProp)(nil)

// Name returns "rmsprop".
func (o *RMSProp) Name() string { return "rmsprop" }

// LearningRate implements Optimizer.
func (o *RMSProp) LearningRate() float64 { return o.state.learningRate(o.LR, 0.01) }

// SetLearningRate implements Optimizer.
func (o *RMSProp) SetLearningRate(lr float64) { o.state.setLearningRate(lr) }

// Declare implements Optimizer.
func (o *RMSProp) Declare(s *option.Set) {
	declareFloat(s, &o.Alpha, 0.99, "alpha", "decay of the running means").Above(0).Below(1)
	declareFloat(s, &o.Eps, 1e-8, "eps", "keeps the division finite").Above(0)
	s.Float(&o.Momentum, "momentum", "share of the last update that is kept").AtLeast(0).Below(1)
	s.Bool(&o.Centered, "centered", "divide by the standard deviation of the gradient")
	s.Float(&o.WeightDecay, "weight-decay", "factor of the L2 penalty").AtLeast(0)
}

// Snapshot implements Optimizer.
func (o *RMSProp) Snapshot() *safetensors.File { return o.state.snapshot(o) }

// Restore implements Optimizer.
func (o *RMSProp) Restore(f *safetensors.File) error { return o.state.restore(o, o.buffers(), f) }

// Step implements gorgonia.Solver.
func (o *RMSProp) Step(grads []gorgonia.ValueGrad) error {
	err := checkRange(o.Name(),
		number{"learning rate", o.LearningRate(), 0, unbounded},
		number{"Alpha", o.Alpha, 0, 1},
		number{"Eps", o.Eps, 0, unbounded},
		number{"WeightDecay", o.WeightDecay, 0, unbounded},
		number{"Momentum", o.Momentum, 0, 1})
	if err != nil {
		return err
	}
	return o.state.each(o.Name(), grads, o)
}

func (o *RMSProp) buffers() bufferSet         { return bufferSet{true, o.Centered, o.Momentum != 0} }
func (o *RMSProp) update32(p *param[float32]) { rmspropStep(o, p) }
func (o *RMSProp) update64(p *param[float64]) { rmspropStep(o, p) }

func rmspropStep[F kernel.Float](o *RMSProp, p *param[F]) {
	v, _ := p.buffer(0)
	var mean, velocity []F
	if o.Centered {
		mean, _ = p.buffer(1)
	}
	if o.Momentum != 0 {
		velocity, _ = p.buffer(2)
	}
	p.RMSProp(p.w, p.g, v, mean, velocity, o.LearningRate(), orDefault(o.Alpha, 0.99), orDefault(o.Eps, 1e-8), o.WeightDecay, o.Momentum)
}
