package train

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/internal/args"
)

// Result is how a run went. The parameters hold the weights of the best epoch.
type Result struct {
	Epochs      int     // how many were finished
	BestEpoch   int     // 0 if none was finished
	ValidLoss   float64 // of the best epoch
	Seconds     float64
	Interrupted bool // the context was cancelled
}

// Loop is a run that can stop and go on. It serves one goroutine at a time.
type Loop struct {
	settings Settings
	task     Task
	rate     Schedule
	stopping EarlyStopping
	stop     bool // patience has run out
	state    State
	clock    stopwatch         // of the run
	epoch    stopwatch         // of the epoch
	sum      accumulation      // of the batches of a step
	mean     *average          // of the weights; nil as long as there is none
	trigger  *nonMonotone      // of ASGD; nil with any other optimizer
	best     *safetensors.File // weights of the best epoch, averaged if they are; nil if none was finished
	last     *safetensors.File // weights of the last step, if those that are kept are in the parameters
}

// Run trains the parameters of a task and leaves those of the best epoch in them: New and Loop.Run.
func Run(ctx context.Context, task Task, opts ...Option) (Result, error) {
	l, err := New(task, opts...)
	if err != nil {
		return Result{}, err
	}
	return l.Run(ctx)
}

// New returns a run that has not begun. A setting out of its bounds is an option.UsageError.
func New(task Task, opts ...Option) (*Loop, error) {
	l, err := newLoop(task, Recipe{Epochs: 10, Batch: 32, Accumulate: 1, Clip: 1, Seed: 1}, opts)
	return l, errors.WithMessage(err, "train")
}

func newLoop(task Task, r Recipe, opts []Option) (*Loop, error) {
	if args.Nil(task) {
		return nil, errors.New("the task is nil")
	}
	if task.Params() == nil {
		return nil, errors.Errorf("the task %T has no parameters: its Params returns nil", task)
	}
	s := Settings{Recipe: r}
	args.Apply(&s, opts)
	r, err := s.complete()
	if err != nil {
		return nil, err
	}
	s.Recipe = r
	batches := task.Batches(1, r.Batch, r.Seed)
	if len(batches) == 0 {
		return nil, errNoExamples
	}
	l := &Loop{settings: s, task: task, stopping: EarlyStopping{Patience: r.Patience, Maximize: r.Maximize != ""}}
	l.state = State{Recipe: r, Division: divisionOf(batches)}
	if l.rate, err = newSchedule(r.Schedule, r.LR, r.Epochs, updatesOf(len(batches), r.Accumulate)); err != nil {
		return nil, err
	}
	if o, ok := s.Optimizer.(*ASGD); ok {
		l.trigger = &nonMonotone{patience: o.patience()}
	}
	return l, nil
}

var errNoExamples = errors.New("there are no training examples")

// Run trains until the last epoch, or until patience runs out, and leaves the weights of the best epoch in the
// parameters: that with the lowest validation loss, unless Maximize or Minimize says otherwise. When the context is
// cancelled it finishes the batch at hand, takes the best weights so far and returns a Result that says so; Save and
// another Run go on from the weights of the last step all the same, and with the first batch of a step that was not
// finished.
//
// Weights that are averaged, as EMA and ASGD have it, are validated and left in the parameters in place of those that
// are trained. Between two steps, in callbacks, the parameters hold the latter.
//
// A loss or gradient that is not finite ends the run with an error that names the step and the parameter; such a step
// changes no weight.
func (l *Loop) Run(ctx context.Context) (Result, error) {
	if ctx == nil {
		return Result{}, args.Context(ctx)
	}
	if l.last != nil {
		if err := l.task.Params().Restore(l.last); err != nil {
			return Result{}, err
		}
		l.last = nil
	}
	l.clock.start()
	interrupted, err := l.epochs(ctx)
	l.epoch.stop()
	l.clock.stop()
	kept := l.best
	if kept == nil && l.mean != nil {
		kept = l.mean.means.Snapshot()
	}
	if kept != nil {
		l.last = l.task.Params().Snapshot()
		if e := l.task.Params().Restore(kept); err == nil {
			err = e
		}
	}
	result := Result{Epochs: l.state.Epoch, Seconds: l.clock.total().Seconds(), Interrupted: interrupted}
	if best := l.state.BestEpoch; best > 0 {
		result.BestEpoch, result.ValidLoss = best, l.state.Losses[best-1]
	}
	return result, err
}

// epochs takes the steps that are left.
func (l *Loop) epochs(ctx context.Context) (interrupted bool, err error) {
	for l.state.Epoch < l.state.Recipe.Epochs && !l.stop {
		l.epoch.start()
		r := l.state.Recipe
		batches := l.task.Batches(l.state.Epoch+1, r.Batch, r.Seed)
		if len(batches) == 0 {
			return false, errors.WithMessage(errNoExamples, "train")
		}
		for steps := updatesOf(len(batches), r.Accumulate); l.state.Step < steps; {
			rest := batches[l.state.Step*r.Accumulate:]
			if interrupted, err := l.step(ctx, rest[:min(r.Accumulate, len(rest))], steps); interrupted || err != nil {
				return interrupted, err
			}
		}
		if err := l.validate(); err != nil {
			return false, err
		}
	}
	return false, nil
}

// step updates the weights by some batches, in one of so many steps of the epoch.
func (l *Loop) step(ctx context.Context, batches [][]int, steps int) (interrupted bool, err error) {
	var p *graph.Program
	l.sum.begin()
	for i, batch := range batches {
		if ctx.Err() != nil {
			return true, nil
		}
		s, err := l.run(l.state.Batches+i, batch)
		if err != nil {
			return false, err
		}
		p = s.Program
		if err := l.sum.add(s, p.Loss(), orDefault(s.Weight, float64(len(batch))), len(batches) == 1); err != nil {
			return false, errors.WithMessagef(err, "train: step %d of the task %T", l.state.Number, l.task)
		}
	}
	l.sum.store(p)
	norm, err := l.clip(p, l.sum.loss, steps)
	if err != nil {
		return false, err
	}
	if err := l.update(p); err != nil {
		return false, err
	}
	l.state.Loss += l.sum.loss * l.sum.weight
	l.state.Weight += l.sum.weight
	l.state.Tokens += l.sum.tokens
	l.state.Step++
	l.state.Number++
	l.state.Batches += len(batches)
	return false, l.tell(StepEvent{Epoch: l.state.Epoch + 1, Step: l.state.Step, Steps: steps, Loss: l.sum.loss, GradNorm: norm,
		LearningRate: l.settings.Optimizer.LearningRate()})
}

// tell calls the callbacks after a step.
func (l *Loop) tell(e StepEvent) error {
	for _, c := range l.settings.Callbacks {
		if c.Step != nil {
			if err := c.Step(e); err != nil {
				return err
			}
		}
	}
	if every := l.settings.CheckpointEvery; every == 0 || l.state.Number%every != 0 {
		return nil
	}
	for _, c := range l.settings.Callbacks {
		if c.Checkpoint != nil {
			if err := c.Checkpoint(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// run computes the loss and the gradients of batch so many of the run.
func (l *Loop) run(number int, batch []int) (s Step, err error) {
	if s, err = l.task.Step(number, batch); err != nil {
		return s, err
	}
	if s.Program == nil {
		return s, errors.Errorf("train: step %d of the task %T has no program", number, l.task)
	}
	if !(s.Weight >= 0 && finite(s.Weight)) {
		return s, errors.Errorf("train: step %d of the task %T has the weight %v; want a number above 0, or 0 for that of the examples", number, l.task, s.Weight)
	}
	// Masks differ from batch to batch, whichever program runs it, and from seed to seed: the odd factor, 2⁶⁴ over the
	// golden ratio, keeps the numbers of nearby seeds far apart.
	s.Program.SetRun(l.state.Recipe.Seed*0x9e3779b97f4a7c15 + uint64(number))
	return s, s.Program.Run()
}

// clip limits the gradients and returns their norm from before. A step that is not finite is an error.
func (l *Loop) clip(p *graph.Program, loss float64, steps int) (norm float64, err error) {
	r := l.state.Recipe
	limit := r.Clip
	if limit == 0 {
		limit = math.MaxFloat64
	}
	if norm, err = ClipNorm(p.Grads(), limit); err != nil {
		return 0, err
	}
	if !finite(loss) || !finite(norm) {
		advice := fmt.Sprintf("lower the learning rate (%g) or clip harder", l.settings.Optimizer.LearningRate())
		if l.state.Number == 0 { // no weight has changed
			advice = "it is the first step, so the examples hold numbers that are too large or none: look at the data"
		}
		return 0, errors.Errorf("train: the loss is %v and the gradient's norm %v at epoch %d, step %d of %d: %s; %s",
			loss, norm, l.state.Epoch+1, l.state.Step+1, steps, firstNotFinite(p), advice)
	}
	if r.ClipEach > 0 {
		err = ClipValue(p.Grads(), r.ClipEach)
	}
	return norm, err
}

// update has the optimizer step at the schedule's rate, and the average of the weights follow.
func (l *Loop) update(p *graph.Program) error {
	l.settings.Optimizer.SetLearningRate(l.rate.At(l.state.Number))
	if err := l.settings.Optimizer.Step(p.Grads()); err != nil {
		return err
	}
	decay := l.state.Recipe.EMA
	if decay == 0 && (l.trigger == nil || !l.trigger.met) {
		return nil
	}
	if l.mean == nil {
		var err error
		if l.mean, err = newAverage(l.task.Params(), l.task.Params().Snapshot()); err != nil {
			return err
		}
	}
	l.state.Averaged++
	part := 1 / float64(l.state.Averaged)
	if decay > 0 && l.state.Averaged > 1 {
		part = 1 - decay
	}
	return l.mean.update(part)
}

// evaluate validates the weights that would be kept.
func (l *Loop) evaluate() (Evaluation, error) {
	if l.mean != nil {
		l.mean.swap()
		defer l.mean.swap()
	}
	return l.task.Validate()
}

// validate ends an epoch.
func (l *Loop) validate() error {
	r, epoch := l.state.Recipe, l.state.Epoch+1
	valid, err := l.evaluate()
	if err != nil {
		return err
	}
	if !finite(valid.Loss) {
		return errors.Errorf("train: the validation loss is %v after epoch %d: %s; lower the learning rate (%g) or clip harder",
			valid.Loss, epoch, notFinite(l.task.Params()), l.settings.Optimizer.LearningRate())
	}
	decisive, err := r.decisive(valid)
	if err != nil {
		return err
	}
	e := EpochEvent{Epoch: epoch, Epochs: r.Epochs, TrainLoss: l.state.Loss / l.state.Weight, Valid: valid,
		Seconds: l.epoch.total().Seconds(), Tokens: l.state.Tokens}
	e.Best = l.observe(valid.Loss, decisive)
	e.Last = l.stop || epoch >= r.Epochs
	switch {
	case e.Best && l.mean != nil:
		l.best = l.mean.means.Snapshot()
	case e.Best:
		l.best = l.task.Params().Snapshot()
	}
	l.epoch = stopwatch{}
	for _, c := range l.settings.Callbacks {
		if c.Epoch != nil {
			if err := c.Epoch(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// observe counts a finished epoch by its validation loss and the value that decides which is the best.
func (l *Loop) observe(loss, decisive float64) (best bool) {
	if m, ok := l.rate.(MetricSchedule); ok {
		m.Observe(loss)
	}
	s := &l.state
	s.Epoch++
	s.Step, s.Loss, s.Weight, s.Tokens = 0, 0, 0, 0
	s.Losses, s.Decisive = append(s.Losses, loss), append(s.Decisive, decisive)
	if l.trigger != nil {
		l.trigger.observe(s.Losses)
	}
	best, l.stop = l.stopping.Observe(s.Epoch, decisive)
	if best {
		s.BestEpoch = s.Epoch
	}
	return best
}

// stopwatch counts the time that passes while it runs.
type stopwatch struct {
	passed time.Duration
	since  time.Time // zero if it stands
}

func (w *stopwatch) start() { w.stop(); w.since = time.Now() }

func (w *stopwatch) stop() { *w = stopwatch{passed: w.total()} }

func (w *stopwatch) total() time.Duration {
	if w.since.IsZero() {
		return w.passed
	}
	return w.passed + time.Since(w.since)
}
