package train

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// SGD is gradient descent, with momentum or Nesterov's momentum if wanted, as torch.optim.SGD computes it:
//
//	g ← g + WeightDecay·w
//	u ← Momentum·u + g        (u ← g at the first step)
//	w ← w − LR·u              (Nesterov: w ← w − LR·(g + Momentum·u))
//
// Sutskever, Martens, Dahl, Hinton: On the importance of initialization and momentum in deep learning, 2013.
type SGD struct {
	// LR is the learning rate until SetLearningRate; zero means 1e-3.
	LR float64
	// Momentum is the share of the last update that is kept, in [0, 1); zero means none.
	Momentum float64
	// WeightDecay is the factor of the L2 penalty; zero means none.
	WeightDecay float64
	// Nesterov looks ahead by the momentum; it asks for a Momentum.
	Nesterov bool

	state optimizerState
}

var _ Optimizer = (*SGD)(nil)

// Name returns "sgd", with a momentum "momentum" and with Nesterov's "nesterov".
func (o *SGD) Name() string {
	switch {
	case o.Momentum == 0:
		return "sgd"
	case o.Nesterov:
		return "nesterov"
	}
	return "momentum"
}

// LearningRate implements Optimizer.
func (o *SGD) LearningRate() float64 { return o.state.learningRate(o.LR, 1e-3) }

// SetLearningRate implements Optimizer.
func (o *SGD) SetLearningRate(lr float64) { o.state.setLearningRate(lr) }

// Declare implements Optimizer.
func (o *SGD) Declare(s *option.Set) {
	s.Float(&o.Momentum, "momentum", "share of the last update that is kept").AtLeast(0).Below(1)
	s.Bool(&o.Nesterov, "nesterov", "look ahead by the momentum").Checked(o.checkNesterov)
	s.Float(&o.WeightDecay, "weight-decay", "factor of the L2 penalty").AtLeast(0)
}

// Snapshot implements Optimizer.
func (o *SGD) Snapshot() *safetensors.File { return o.state.snapshot(o) }

// Restore implements Optimizer.
func (o *SGD) Restore(f *safetensors.File) error { return o.state.restore(o, o.buffers(), f) }

// Step implements gorgonia.Solver.
func (o *SGD) Step(grads []gorgonia.ValueGrad) error {
	name := o.Name()
	err := checkRange(name,
		number{"learning rate", o.LearningRate(), 0, unbounded},
		number{"Momentum", o.Momentum, 0, 1},
		number{"WeightDecay", o.WeightDecay, 0, unbounded})
	if err != nil {
		return err
	}
	if err := o.checkNesterov(); err != nil {
		return errors.WithMessage(err, name)
	}
	return o.state.each(name, grads, o)
}

func (o *SGD) checkNesterov() error {
	if o.Nesterov && o.Momentum == 0 {
		return errors.New("Nesterov needs a Momentum; set one, such as 0.9")
	}
	return nil
}

func (o *SGD) buffers() bufferSet         { return bufferSet{o.Momentum != 0} }
func (o *SGD) update32(p *param[float32]) { sgdStep(o, p) }
func (o *SGD) update64(p *param[float64]) { sgdStep(o, p) }

func sgdStep[F kernel.Float](o *SGD, p *param[F]) {
	var velocity []F
	var first bool
	if o.Momentum != 0 {
		velocity, first = p.buffer(0)
	}
	p.SGD(p.w, p.g, velocity, F(o.LearningRate()), F(o.Momentum), F(o.WeightDecay), o.Nesterov, first)
}
