package train

import (
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
)

// Optimizer updates parameters by their gradients. It is a gorgonia.Solver and works wherever one does.
//
// Step takes values and gradients that are dense tensors or gorgonia scalars of float32 or float64; the weights change
// in place. A parameter whose gradient is nil is passed over. Gradients are only read and not set to zero: a compiled
// program overwrites them at each run (ZeroGrad is for machines that do not). The state, such as momentum, belongs to
// the positions in the slice of the first Step: every later one must have the same parameters in the same order. On an
// error no weight has changed. After the first Step no memory is allocated, views that are not contiguous excepted.
//
// An optimizer serves one goroutine at a time.
type Optimizer interface {
	gorgonia.Solver

	// Name is the name by which NewOptimizer makes one of the kind.
	Name() string
	// LearningRate returns the rate of the next Step.
	LearningRate() float64
	// SetLearningRate sets the rate of the next Step and those after it. Zero is a rate of zero, not the default.
	SetLearningRate(lr float64)
}

// OptimizerNames returns the names that NewOptimizer knows.
func OptimizerNames() []string {
	return []string{"sgd", "momentum", "nesterov", "adam", "adamw", "rmsprop", "adagrad", "adadelta"}
}

// NewOptimizer returns the optimizer of that name with a learning rate, or with the optimizer's own if lr is 0.
// "momentum" and "nesterov" are SGD with a momentum of 0.9; everything else is as in the zero value of each.
func NewOptimizer(name string, lr float64) (Optimizer, error) {
	if err := checkRange(name, number{"learning rate", lr, 0, unbounded}); err != nil {
		return nil, err
	}
	const usualMomentum = 0.9
	switch name {
	case "sgd":
		return &SGD{LR: lr}, nil
	case "momentum":
		return &SGD{LR: lr, Momentum: usualMomentum}, nil
	case "nesterov":
		return &SGD{LR: lr, Momentum: usualMomentum, Nesterov: true}, nil
	case "adam":
		return &Adam{LR: lr}, nil
	case "adamw":
		return &AdamW{LR: lr}, nil
	case "rmsprop":
		return &RMSProp{LR: lr}, nil
	case "adagrad":
		return &Adagrad{LR: lr}, nil
	case "adadelta":
		return &Adadelta{LR: lr}, nil
	}
	return nil, errors.Errorf("optimizer %.40q not found; choose one of %s", name, strings.Join(OptimizerNames(), ", "))
}
