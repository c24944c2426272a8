package train

import (
	"strings"

	"github.com/pkg/errors"
)

// Schedule is a number that changes in the course of a run: a learning rate, or a part of true tokens.
type Schedule interface {
	// At returns the number for the step after so many: 0 for the first. What a step is, an update or an epoch, is up to
	// the caller. Steps beyond the end of a schedule are allowed.
	At(step int) float64
}

// MetricSchedule is a schedule that follows how well the run does.
type MetricSchedule interface {
	Schedule
	// Observe takes the validation loss, or another metric that should fall, after each evaluation.
	Observe(metric float64)
}

// ScheduleSpecs returns the forms of a spec that NewSchedule knows.
func ScheduleSpecs() []string {
	return []string{"constant", "step:EPOCHS[:FACTOR]", "exponential:FACTOR", "cosine[:MIN]", "onecycle",
		"plateau[:FACTOR[:PATIENCE]]", "warmup:STEPS[,SPEC]"}
}

// NewSchedule returns the schedule that spec describes for a run of so many epochs of so many steps each: At
// counts updates of the weights, and base is the rate that the optimizer would otherwise have.
//
//	constant                       base all along; so is ""
//	step:EPOCHS[:FACTOR]           base, times FACTOR (0.1) every so many epochs
//	exponential:FACTOR             base, times FACTOR after each epoch
//	cosine[:MIN]                   from base to MIN (0) along half a cosine over the run
//	onecycle                       up from base/25 to base and down to base/250000, over the run
//	plateau[:FACTOR[:PATIENCE]]    base, times FACTOR (0.1) after more than PATIENCE (10) evaluations without progress
//	warmup:STEPS[,SPEC]            up to base over so many steps, then SPEC (constant) over the rest of the run
func NewSchedule(spec string, base float64, epochs, stepsPerEpoch int) (Schedule, error) {
	s, err := newSchedule(spec, base, epochs, stepsPerEpoch)
	return s, errors.WithMessagef(err, "schedule %.80q", spec)
}

// newSchedule is NewSchedule with errors that do not name the spec.
func newSchedule(spec string, base float64, epochs, stepsPerEpoch int) (Schedule, error) {
	if !(base > 0 && base < unbounded) {
		return nil, errors.Errorf("a learning rate of %v is out of range; give a positive number", base)
	}
	p := specParser{base: base, epoch: max(1, stepsPerEpoch), steps: max(1, epochs) * max(1, stepsPerEpoch)}
	s, err := p.parse(spec)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// specParser holds what the forms of a spec refer to: the steps of one epoch and of the run.
type specParser struct {
	base         float64
	epoch, steps int
}

func (p specParser) parse(spec string) (Schedule, error) {
	if rest, ok := strings.CutPrefix(spec, "warmup:"); ok {
		return p.warmup(rest)
	}
	name, rest, given := strings.Cut(spec, ":")
	var args []string
	if given {
		args = strings.Split(rest, ":")
	}
	most := map[string]int{"": 0, "constant": 0, "step": 2, "exponential": 1, "cosine": 1, "onecycle": 0, "plateau": 2}
	n, known := most[name]
	if !known {
		return nil, errors.Errorf("not found; choose one of %s", strings.Join(ScheduleSpecs(), ", "))
	}
	if len(args) > n {
		return nil, errors.Errorf("takes at most %d values, not %d; write it as one of %s", n, len(args), strings.Join(ScheduleSpecs(), ", "))
	}
	switch name {
	case "step":
		every, err := epochCount.required(args, 0)
		if err != nil {
			return nil, err
		}
		factor, err := factorOf.optional(args, 1, 0.1)
		return StepDecay{Base: p.base, Every: every * p.epoch, Gamma: factor}, err
	case "exponential":
		factor, err := factorOf.required(args, 0)
		return StepDecay{Base: p.base, Every: p.epoch, Gamma: factor}, err
	case "cosine":
		least, err := p.minimum().optional(args, 0, 0)
		return CosineAnnealing{Base: p.base, Steps: p.steps, Min: least}, err
	case "onecycle":
		return OneCycle{Max: p.base, Steps: p.steps}, nil
	case "plateau":
		factor, err := factorOf.optional(args, 0, 0.1)
		if err != nil {
			return nil, err
		}
		patience, err := patienceOf.optional(args, 1, 10)
		if patience == 0 {
			patience = -1 // zero stands for the default there
		}
		return &ReduceOnPlateau{Base: p.base, Factor: factor, Patience: patience}, err
	}
	return Constant(p.base), nil
}

// warmup parses STEPS[,SPEC].
func (p specParser) warmup(rest string) (Schedule, error) {
	count, after, _ := strings.Cut(rest, ",")
	steps, err := stepCount.required([]string{count}, 0)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(after, "warmup") {
		return nil, errors.New("has two warm-ups; give one")
	}
	p.steps = max(1, p.steps-steps)
	s, err := p.parse(after)
	return Warmup{Steps: steps, After: s}, err
}
