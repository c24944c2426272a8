package train

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// Recipe is how a task is trained, as far as it can be written down.
type Recipe struct {
	Epochs      int     `json:"epochs"`
	Batch       int     `json:"batch"`        // examples a batch; 0 means all
	Accumulate  int     `json:"accumulate"`   // batches an update; 0 means 1
	LR          float64 `json:"lr"`           // 0 means the optimizer's own
	Optimizer   string  `json:"optimizer"`    // a spec of NewOptimizer: "adamw:beta2=0.98"; "" means adam
	WeightDecay float64 `json:"weight_decay"` // unless Optimizer says one; 0 means the optimizer's own
	Clip        float64 `json:"clip"`         // of the global norm of the gradient; 0 means none
	ClipEach    float64 `json:"clip_each,omitempty"`
	Schedule    string  `json:"schedule"`           // a spec of NewSchedule; "" means constant
	EMA         float64 `json:"ema,omitempty"`      // decay of the average of the weights that is validated and kept; 0 means none
	Patience    int     `json:"patience"`           // epochs; 0 means no end to it
	Maximize    string  `json:"maximize,omitempty"` // the validation metric whose highest value decides the best epoch
	Minimize    string  `json:"minimize,omitempty"` // the one whose lowest value does; "" means the loss, unless there is a Maximize
	Seed        uint64  `json:"seed"`
}

// Declare declares the settings, with their values as the defaults.
func (r *Recipe) Declare(s *option.Set) {
	s.Int(&r.Epochs, "epochs", "passes over the training examples").AtLeast(1).Below(math.MaxInt32)
	s.Int(&r.Batch, "batch", "examples a batch; 0 is all of them").AtLeast(0).Below(math.MaxInt32)
	s.Int(&r.Accumulate, "accumulate", "batches whose mean gradient makes an update, as one batch of all their examples would").AtLeast(1).Below(math.MaxInt32)
	s.Float(&r.LR, "lr", "learning rate").Above(0)
	s.Text(&r.Optimizer, "optimizer", "one of "+strings.Join(OptimizerNames(), ", ")+", with settings of its own behind it if need be: adamw:beta2=0.98").
		Checked(func() error { _, err := newOptimizer(r.spec(), r.LR, 0); return err })
	s.Float(&r.WeightDecay, weightDecay, "decay of the weights; 0 is what the optimizer has without").AtLeast(0)
	s.Float(&r.Clip, "clip", "largest norm of the gradient; 0 is no limit").AtLeast(0)
	s.Float(&r.ClipEach, "clip-each", "largest element of the gradient; 0 is no limit").AtLeast(0)
	s.Text(&r.Schedule, "schedule", "learning rate over time: one of "+strings.Join(ScheduleSpecs(), ", ")).
		Checked(func() error { _, err := newSchedule(r.Schedule, r.LR, r.Epochs, 1); return err })
	s.Float(&r.EMA, ema, "decay of an exponential moving average of the weights, such as 0.999, that is validated and kept in their place; 0 is none").
		AtLeast(0).Below(1).Checked(r.checkEMA)
	s.Int(&r.Patience, "patience", "stop after so many epochs that are not the best so far, by what maximize or minimize says; 0 is never").AtLeast(0).Below(math.MaxInt32)
	s.Text(&r.Maximize, "maximize", "validation metric whose highest value decides the best epoch")
	s.Text(&r.Minimize, "minimize", "validation metric whose lowest value decides the best epoch; the loss, if nothing is maximized").
		Checked(func() error {
			if r.Maximize != "" && r.Minimize != "" {
				return errors.Errorf("maximize is %s; leave one or the other out", r.Maximize)
			}
			return nil
		})
	s.Uint(&r.Seed, "seed", "seed of all that is random")
}

// ema is the setting of Recipe.EMA.
const ema = "ema"

// checkEMA returns an error for two averages at once.
func (r *Recipe) checkEMA() error {
	if name, _, _ := strings.Cut(r.spec(), ":"); r.EMA > 0 && name == averagedSGD {
		return errors.Errorf("the optimizer %s averages the weights itself; leave one or the other out", name)
	}
	return nil
}

// Loss is the name by which Minimize knows the validation loss, whatever metrics a task has.
const Loss = "loss"

// decisive returns the value of a validation that decides the best epoch.
func (r Recipe) decisive(v Evaluation) (float64, error) {
	name, made := r.Minimize, "minimize"
	switch {
	case r.Maximize != "":
		name, made = r.Maximize, "maximize"
	case name == "", name == Loss:
		return v.Loss, nil
	}
	value, ok := v.Metrics[name]
	if !ok {
		return 0, errors.Errorf("train: the validation has no metric %q to %s; it has %s", name, made, strings.Join(slices.Sorted(maps.Keys(v.Metrics)), ", "))
	}
	return value, nil
}

// spec returns the optimizer's spec.
func (r *Recipe) spec() string {
	if r.Optimizer == "" {
		return "adam"
	}
	return r.Optimizer
}

// written returns the recipe with an optimizer in it.
func (r Recipe) written(o Optimizer) Recipe {
	r.LR, r.Optimizer = o.LearningRate(), optimizerSpec(o, weightDecay)
	r.WeightDecay = 0
	var s option.Set
	o.Declare(&s)
	if f := s.Lookup(weightDecay); f != nil {
		r.WeightDecay, _ = strconv.ParseFloat(f.String(), 64) // which is a number, or an error in Step
	}
	return r
}
