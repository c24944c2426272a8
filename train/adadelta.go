package train

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// Adadelta gives each step the units of the weights by the running root mean squares of steps and gradients, as
// torch.optim.Adadelta computes it:
//
//	g ← g + WeightDecay·w
//	v ← Rho·v + (1−Rho)·g²
//	d ← √(u + Eps)/√(v + Eps) · g
//	u ← Rho·u + (1−Rho)·d²
//	w ← w − LR·d
//
// Zeiler: ADADELTA: An Adaptive Learning Rate Method, https://arxiv.org/abs/1212.5701.
type Adadelta struct {
	// LR is the learning rate until SetLearningRate; zero means 1, as in the paper.
	LR float64
	// Rho is the decay of the running means, in [0, 1); zero means 0.9.
	Rho float64
	// Eps starts the first steps and keeps the division finite; zero means 1e-6.
	Eps float64
	// WeightDecay is the factor of the L2 penalty; zero means none.
	WeightDecay float64

	state optimizerState
}

var _ Optimizer = (*Adadelta)(nil)

// Name returns "adadelta".
func (o *Adadelta) Name() string { return "adadelta" }

// LearningRate implements Optimizer.
func (o *Adadelta) LearningRate() float64 { return o.state.learningRate(o.LR, 1) }

// SetLearningRate implements Optimizer.
func (o *Adadelta) SetLearningRate(lr float64) { o.state.setLearningRate(lr) }

// Declare implements Optimizer.
func (o *Adadelta) Declare(s *option.Set) {
	declareFloat(s, &o.Rho, 0.9, "rho", "decay of the running means").Above(0).Below(1)
	declareFloat(s, &o.Eps, 1e-6, "eps", "keeps the division finite").Above(0)
	s.Float(&o.WeightDecay, "weight-decay", "factor of the L2 penalty").AtLeast(0)
}

// Snapshot implements Optimizer.
func (o *Adadelta) Snapshot() *safetensors.File { return o.state.snapshot(o) }

// Restore implements Optimizer.
func (o *Adadelta) Restore(f *safetensors.File) error { return o.state.restore(o, o.buffers(), f) }

// Step implements gorgonia.Solver.
func (o *Adadelta) Step(grads []gorgonia.ValueGrad) error {
	err := checkRange(o.Name(),
		number{"learning rate", o.LearningRate(), 0, unbounded},
		number{"Rho", o.Rho, 0, 1},
		number{"Eps", o.Eps, 0, unbounded},
		number{"WeightDecay", o.WeightDecay, 0, unbounded})
	if err != nil {
		return err
	}
	return o.state.each(o.Name(), grads, o)
}

func (o *Adadelta) buffers() bufferSet         { return bufferSet{true, true} }
func (o *Adadelta) update32(p *param[float32]) { adadeltaStep(o, p) }
func (o *Adadelta) update64(p *param[float64]) { adadeltaStep(o, p) }

func adadeltaStep[F kernel.Float](o *Adadelta, p *param[F]) {
	v, _ := p.buffer(0)
	u, _ := p.buffer(1)
	p.Adadelta(p.w, p.g, v, u, o.LearningRate(), orDefault(o.Rho, 0.9), orDefault(o.Eps, 1e-6), o.WeightDecay)
}
