package train

import (
	"cmp"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// ASGD is averaged gradient descent with a trigger that follows the validation loss, NT-ASGD: the steps are those of
// SGD
//
//	w ← w − LR·(g + WeightDecay·w)
//
// and a Loop takes the mean of the weights of all steps after an epoch whose validation loss is no lower than the
// lowest before the last Patience epochs. From there on the mean is what is validated and kept, while training goes on
// with w. Alone, as a gorgonia.Solver, it is SGD.
//
// Polyak, Juditsky: Acceleration of stochastic approximation by averaging, 1992. The trigger is that of Merity, Keskar,
// Socher: Regularizing and Optimizing LSTM Language Models, https://arxiv.org/abs/1708.02182.
type ASGD struct {
	// LR is the learning rate until SetLearningRate; zero means 0.01.
	LR float64
	// WeightDecay is the factor of the L2 penalty; zero means none.
	WeightDecay float64
	// Patience is the number of last epochs that the trigger compares with those before, at least 1; zero means 5.
	Patience int

	state optimizerState
}

var _ Optimizer = (*ASGD)(nil)

// Name returns "asgd".
func (o *ASGD) Name() string { return averagedSGD }

const averagedSGD = "asgd"

// LearningRate implements Optimizer.
func (o *ASGD) LearningRate() float64 { return o.state.learningRate(o.LR, 0.01) }

// SetLearningRate implements Optimizer.
func (o *ASGD) SetLearningRate(lr float64) { o.state.setLearningRate(lr) }

// Declare implements Optimizer.
func (o *ASGD) Declare(s *option.Set) {
	o.Patience = o.patience()
	s.Int(&o.Patience, "patience", "average the weights once an epoch is no better than the best before the last so many").AtLeast(1)
	s.Float(&o.WeightDecay, "weight-decay", "factor of the L2 penalty").AtLeast(0)
}

func (o *ASGD) patience() int { return cmp.Or(o.Patience, 5) }

// Snapshot implements Optimizer.
func (o *ASGD) Snapshot() *safetensors.File { return o.state.snapshot(o) }

// Restore implements Optimizer.
func (o *ASGD) Restore(f *safetensors.File) error { return o.state.restore(o, o.buffers(), f) }

// Step implements gorgonia.Solver.
func (o *ASGD) Step(grads []gorgonia.ValueGrad) error {
	err := checkRange(o.Name(),
		number{"learning rate", o.LearningRate(), 0, unbounded},
		number{"WeightDecay", o.WeightDecay, 0, unbounded},
		number{"Patience", float64(o.patience()), 1, unbounded})
	if err != nil {
		return err
	}
	return o.state.each(o.Name(), grads, o)
}

func (o *ASGD) buffers() bufferSet         { return bufferSet{} }
func (o *ASGD) update32(p *param[float32]) { asgdStep(o, p) }
func (o *ASGD) update64(p *param[float64]) { asgdStep(o, p) }

func asgdStep[F kernel.Float](o *ASGD, p *param[F]) {
	p.SGD(p.w, p.g, nil, F(o.LearningRate()), 0, F(o.WeightDecay), false, false)
}

// nonMonotone is the trigger of ASGD.
type nonMonotone struct {
	patience int
	best     float64 // of the losses before the last patience
	met      bool
}

// observe takes the validation losses of all epochs, after each.
func (t *nonMonotone) observe(losses []float64) {
	last := len(losses) - 1
	old := last - t.patience - 1 // the newest of those before the last patience
	if old < 0 {
		return
	}
	if old == 0 || losses[old] < t.best {
		t.best = losses[old]
	}
	t.met = t.met || !(losses[last] < t.best)
}
