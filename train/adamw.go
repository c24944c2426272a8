package train

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// AdamW is Adam with a weight decay that the moments do not see, as torch.optim.AdamW computes it at step t:
//
//	w ← w − LR·WeightDecay·w
//	m ← Beta1·m + (1−Beta1)·g
//	v ← Beta2·v + (1−Beta2)·g²
//	w ← w − LR/(1−Beta1ᵗ) · m / (√(v/(1−Beta2ᵗ)) + Eps)
//
// Loshchilov, Hutter: Decoupled Weight Decay Regularization, https://arxiv.org/abs/1711.05101.
type AdamW struct {
	// LR is the learning rate until SetLearningRate; zero means 1e-3.
	LR float64
	// Beta1 is the decay of the gradient's mean, in [0, 1); zero means 0.9.
	Beta1 float64
	// Beta2 is the decay of the squared gradient's mean, in [0, 1); zero means 0.999.
	Beta2 float64
	// Eps keeps the division finite; zero means 1e-8.
	Eps float64
	// WeightDecay is the share of LR by which each weight shrinks in a step; zero means 0.01. Without any, AdamW is Adam.
	WeightDecay float64

	state optimizerState
	rule  adamRule
}

var _ Optimizer = (*AdamW)(nil)

// Name returns "adamw".
func (o *AdamW) Name() string { return "adamw" }

// LearningRate implements Optimizer.
func (o *AdamW) LearningRate() float64 { return o.state.learningRate(o.LR, 1e-3) }

// SetLearningRate implements Optimizer.
func (o *AdamW) SetLearningRate(lr float64) { o.state.setLearningRate(lr) }

// Declare implements Optimizer.
func (o *AdamW) Declare(s *option.Set) {
	declareFloat(s, &o.Beta1, 0.9, "beta1", "decay of the gradient's mean").Above(0).Below(1)
	declareFloat(s, &o.Beta2, 0.999, "beta2", "decay of the squared gradient's mean").Above(0).Below(1)
	declareFloat(s, &o.Eps, 1e-8, "eps", "keeps the division finite").Above(0)
	declareFloat(s, &o.WeightDecay, 0.01, "weight-decay", "share of the learning rate by which each weight shrinks in a step").Above(0)
}

// Snapshot implements Optimizer.
func (o *AdamW) Snapshot() *safetensors.File { return o.state.snapshot(o) }

// Restore implements Optimizer.
func (o *AdamW) Restore(f *safetensors.File) error {
	return o.state.restore(o, (*adamRule)(nil).buffers(), f)
}

// Step implements gorgonia.Solver.
func (o *AdamW) Step(grads []gorgonia.ValueGrad) error {
	o.rule = adamRule{
		name:      o.Name(),
		lr:        o.LearningRate(),
		beta1:     orDefault(o.Beta1, 0.9),
		beta2:     orDefault(o.Beta2, 0.999),
		eps:       orDefault(o.Eps, 1e-8),
		decay:     orDefault(o.WeightDecay, 0.01),
		decoupled: true,
	}
	return o.rule.step(&o.state, grads)
}
