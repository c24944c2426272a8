package train

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// Adagrad divides each weight's step by the root of the sum of all its squared gradients, as torch.optim.Adagrad
// computes it at step t:
//
//	g ← g + WeightDecay·w
//	s ← s + g²
//	w ← w − LR/(1 + (t−1)·LRDecay) · g / (√s + Eps)
//
// Duchi, Hazan, Singer: Adaptive Subgradient Methods for Online Learning and Stochastic Optimization, 2011.
type Adagrad struct {
	// LR is the learning rate until SetLearningRate; zero means 0.01.
	LR float64
	// LRDecay lowers the rate from step to step; zero means not at all.
	LRDecay float64
	// Eps keeps the division finite; zero means 1e-10.
	Eps float64
	// WeightDecay is the factor of the L2 penalty; zero means none.
	WeightDecay float64
	// InitialAccumulator is s before the first step.
	InitialAccumulator float64

	state optimizerState
}

var _ Optimizer = (*Adagrad)(nil)

// Name returns "adagrad".
func (o *Adagrad) Name() string { return "adagrad" }

// LearningRate implements Optimizer. LRDecay is not in it.
func (o *Adagrad) LearningRate() float64 { return o.state.learningRate(o.LR, 0.01) }

// SetLearningRate implements Optimizer.
func (o *Adagrad) SetLearningRate(lr float64) { o.state.setLearningRate(lr) }

// Declare implements Optimizer.
func (o *Adagrad) Declare(s *option.Set) {
	s.Float(&o.LRDecay, "lr-decay", "lowers the rate from step to step").AtLeast(0)
	declareFloat(s, &o.Eps, 1e-10, "eps", "keeps the division finite").Above(0)
	s.Float(&o.InitialAccumulator, "initial-accumulator", "sum of squares before the first step").AtLeast(0)
	s.Float(&o.WeightDecay, "weight-decay", "factor of the L2 penalty").AtLeast(0)
}

// Snapshot implements Optimizer.
func (o *Adagrad) Snapshot() *safetensors.File { return o.state.snapshot(o) }

// Restore implements Optimizer.
func (o *Adagrad) Restore(f *safetensors.File) error { return o.state.restore(o, o.buffers(), f) }

// Step implements gorgonia.Solver.
func (o *Adagrad) Step(grads []gorgonia.ValueGrad) error {
	err := checkRange(o.Name(),
		number{"learning rate", o.LearningRate(), 0, unbounded},
		number{"LRDecay", o.LRDecay, 0, unbounded},
		number{"Eps", o.Eps, 0, unbounded},
		number{"WeightDecay", o.WeightDecay, 0, unbounded},
		number{"InitialAccumulator", o.InitialAccumulator, 0, unbounded})
	if err != nil {
		return err
	}
	return o.state.each(o.Name(), grads, o)
}

func (o *Adagrad) buffers() bufferSet         { return bufferSet{true} }
func (o *Adagrad) update32(p *param[float32]) { adagradStep(o, p) }
func (o *Adagrad) update64(p *param[float64]) { adagradStep(o, p) }

func adagradStep[F kernel.Float](o *Adagrad, p *param[F]) {
	sum, isNew := p.buffer(0)
	if isNew {
		for i := range sum {
			sum[i] = F(o.InitialAccumulator)
		}
	}
	lr := o.LearningRate() / (1 + float64(p.step-1)*o.LRDecay)
	p.Adagrad(p.w, p.g, sum, lr, orDefault(o.Eps, 1e-10), o.WeightDecay)
}
