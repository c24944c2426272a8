package train

import (
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
	"github.com/rnnzoo/rnnzoo/zoo/option"
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
	// Declare declares the settings other than the learning rate. Those that are zero and have a default become it, so
	// that it can be seen.
	Declare(*option.Set)
	// Snapshot returns a copy of the state: moments, counters and the learning rate.
	Snapshot() *safetensors.File
	// Restore sets the state to that of a snapshot of an optimizer with the same settings. On an error it stays as it was.
	Restore(*safetensors.File) error
}

// OptimizerNames returns the names that NewOptimizer knows.
func OptimizerNames() []string {
	return []string{"sgd", "momentum", "nesterov", averagedSGD, "adam", "adamw", "rmsprop", "adagrad", "adadelta"}
}

// NewOptimizer returns the optimizer of a spec with a learning rate, or with the optimizer's own if lr is 0. A spec is a
// name and the settings that its Declare declares, where they are not the defaults:
//
//	adam
//	adamw:beta2=0.98,weight-decay=0.1
//	sgd:momentum=0.9,nesterov=true
//
// "momentum" and "nesterov" are SGD with a momentum of 0.9; everything else is as in the zero value of each.
func NewOptimizer(spec string, lr float64) (Optimizer, error) {
	o, err := newOptimizer(spec, lr, 0)
	return o, errors.WithMessagef(err, "optimizer %.80q", spec)
}

// newOptimizer returns the optimizer of a spec. Where the spec says nothing of a weight decay, and decay is not 0, it
// has that. Errors do not name the spec.
func newOptimizer(spec string, lr, decay float64) (Optimizer, error) {
	name, settings, given := strings.Cut(spec, ":")
	o := zeroOptimizer(name, lr)
	if o == nil {
		hint := "choose one of " + strings.Join(OptimizerNames(), ", ")
		if near := suggest.Nearest(name, OptimizerNames()); near != "" {
			hint = "did you mean " + near + "? " + strings.ToUpper(hint[:1]) + hint[1:]
		}
		return nil, errors.Errorf("not found; %s", hint)
	}
	if !(lr >= 0 && lr < unbounded) {
		return nil, errors.Errorf("learning rate %v is out of range; give a finite number of at least 0", lr)
	}
	var s option.Set
	o.Declare(&s)
	if decay != 0 {
		if err := s.Set(weightDecay, formatFloat(decay)); err != nil {
			return nil, err
		}
	}
	if given {
		seen := make(map[string]bool)
		for setting := range strings.SplitSeq(settings, ",") {
			name, value, ok := strings.Cut(setting, "=")
			switch {
			case !ok:
				return nil, errors.Errorf("%.40q is no setting; write NAME=VALUE with one of %s", setting, strings.Join(s.Names(), ", "))
			case seen[name]:
				return nil, errors.Errorf("has %s twice; give it once", name)
			}
			seen[name] = true
			if err := s.Set(name, value); err != nil {
				return nil, err
			}
		}
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	return o, nil
}

// zeroOptimizer returns the optimizer of a name with everything else at its default, nil if there is none.
func zeroOptimizer(name string, lr float64) Optimizer {
	const usualMomentum = 0.9
	switch name {
	case "sgd":
		return &SGD{LR: lr}
	case "momentum":
		return &SGD{LR: lr, Momentum: usualMomentum}
	case "nesterov":
		return &SGD{LR: lr, Momentum: usualMomentum, Nesterov: true}
	case averagedSGD:
		return &ASGD{LR: lr}
	case "adam":
		return &Adam{LR: lr}
	case "adamw":
		return &AdamW{LR: lr}
	case "rmsprop":
		return &RMSProp{LR: lr}
	case "adagrad":
		return &Adagrad{LR: lr}
	case "adadelta":
		return &Adadelta{LR: lr}
	}
	return nil
}

// OptimizerSpec returns the spec by which NewOptimizer makes an optimizer with the same settings: the name, and those
// that differ from its defaults. The learning rate is not in it. Of a nil optimizer it is "".
func OptimizerSpec(o Optimizer) string { return optimizerSpec(o, "") }

// optimizerSpec is OptimizerSpec without one setting.
func optimizerSpec(o Optimizer, without string) string {
	if args.Nil(o) {
		return ""
	}
	var s, defaults option.Set
	o.Declare(&s)
	if zero := zeroOptimizer(o.Name(), 0); zero != nil {
		zero.Declare(&defaults)
	}
	var settings []string
	for _, f := range s.Fields() {
		if d := defaults.Lookup(f.Name); f.Name != without && (d == nil || d.String() != f.String()) {
			settings = append(settings, f.Name+"="+f.String())
		}
	}
	if settings == nil {
		return o.Name()
	}
	return o.Name() + ":" + strings.Join(settings, ",")
}

// weightDecay is the setting that a recipe has beside the optimizer's spec.
const weightDecay = "weight-decay"

func formatFloat(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// declareFloat declares a setting of which zero means a default.
func declareFloat(s *option.Set, p *float64, byDefault float64, name, help string) *option.Field {
	*p = orDefault(*p, byDefault)
	return s.Float(p, name, help)
}
