package train

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// Adam scales each weight's step by running moments of its gradient, as torch.optim.Adam computes it at step t:
//
//	g ← g + WeightDecay·w
//	m ← Beta1·m + (1−Beta1)·g
//	v ← Beta2·v + (1−Beta2)·g²
//	w ← w − LR/(1−Beta1ᵗ) · m / (√(v/(1−Beta2ᵗ)) + Eps)
//
// Kingma, Ba: Adam: A Method for Stochastic Optimization, https://arxiv.org/abs/1412.6980.
type Adam struct {
	// LR is the learning rate until SetLearningRate; zero means 1e-3.
	LR float64
	// Beta1 is the decay of the gradient's mean, in [0, 1); zero means 0.9.
	Beta1 float64
	// Beta2 is the decay of the squared gradient's mean, in [0, 1); zero means 0.999.
	Beta2 float64
	// Eps keeps the division finite; zero means 1e-8.
	Eps float64
	// WeightDecay is the factor of the L2 penalty; zero means none.
	WeightDecay float64

	state optimizerState
	rule  adamRule
}

var _ Optimizer = (*Adam)(nil)

// Name returns "adam".
func (o *Adam) Name() string { return "adam" }

// LearningRate implements Optimizer.
func (o *Adam) LearningRate() float64 { return o.state.learningRate(o.LR, 1e-3) }

// SetLearningRate implements Optimizer.
func (o *Adam) SetLearningRate(lr float64) { o.state.setLearningRate(lr) }

// Declare implements Optimizer.
func (o *Adam) Declare(s *option.Set) {
	declareFloat(s, &o.Beta1, 0.9, "beta1", "decay of the gradient's mean").Above(0).Below(1)
	declareFloat(s, &o.Beta2, 0.999, "beta2", "decay of the squared gradient's mean").Above(0).Below(1)
	declareFloat(s, &o.Eps, 1e-8, "eps", "keeps the division finite").Above(0)
	s.Float(&o.WeightDecay, "weight-decay", "factor of the L2 penalty").AtLeast(0)
}

// Snapshot implements Optimizer.
func (o *Adam) Snapshot() *safetensors.File { return o.state.snapshot(o) }

// Restore implements Optimizer.
func (o *Adam) Restore(f *safetensors.File) error {
	return o.state.restore(o, (*adamRule)(nil).buffers(), f)
}

// Step implements gorgonia.Solver.
func (o *Adam) Step(grads []gorgonia.ValueGrad) error {
	o.rule = adamRule{
		name:  o.Name(),
		lr:    o.LearningRate(),
		beta1: orDefault(o.Beta1, 0.9),
		beta2: orDefault(o.Beta2, 0.999),
		eps:   orDefault(o.Eps, 1e-8),
		decay: o.WeightDecay,
	}
	return o.rule.step(&o.state, grads)
}

// adamRule is Adam, or AdamW if decoupled, with all defaults filled in.
type adamRule struct {
	name                         string
	lr, beta1, beta2, eps, decay float64
	decoupled                    bool
}

func (r *adamRule) step(s *optimizerState, grads []gorgonia.ValueGrad) error {
	err := checkRange(r.name,
		number{"learning rate", r.lr, 0, unbounded},
		number{"Beta1", r.beta1, 0, 1},
		number{"Beta2", r.beta2, 0, 1},
		number{"Eps", r.eps, 0, unbounded},
		number{"WeightDecay", r.decay, 0, unbounded})
	if err != nil {
		return err
	}
	return s.each(r.name, grads, r)
}

func (r *adamRule) buffers() bufferSet         { return bufferSet{true, true} }
func (r *adamRule) update32(p *param[float32]) { adamStep(r, p) }
func (r *adamRule) update64(p *param[float64]) { adamStep(r, p) }

func adamStep[F kernel.Float](r *adamRule, p *param[F]) {
	m, _ := p.buffer(0)
	v, _ := p.buffer(1)
	p.Adam(p.w, p.g, m, v, p.step, r.lr, r.beta1, r.beta2, r.eps, r.decay, r.decoupled)
}
