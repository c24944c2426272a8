package train

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
)

// Task is what a run learns: examples, and compiled programs that compute the loss over batches of them.
type Task interface {
	// Params returns the parameters that are learnt.
	Params() *graph.Params
	// Batches divides the training examples into the batches of an epoch, counted from 1: a function of its arguments
	// alone, so that a run can go on in the middle. It is called before the epoch's first step.
	Batches(epoch, size int, seed uint64) [][]int
	// Step returns a program whose inputs are set to the examples. number counts the steps of the run from 0: what is
	// random in a step comes from it and the seed of Batches, so that a step can be done again.
	Step(number int, examples []int) (Step, error)
	// Validate evaluates the parameters as they are on the validation part.
	Validate() (Evaluation, error)
}

// Step is what one update of the weights is made of.
type Step struct {
	Program *graph.Program // with a loss
	Tokens  int            // the steps of the sequences in it
	Weight  float64        // of this step in the mean loss of the epoch; 0 means the number of examples
}

// Evaluation is how well the parameters do on examples that they have not learnt from.
type Evaluation struct {
	Loss    float64
	Metrics map[string]float64
}

// StepEvent is what a callback is told after each update of the weights.
type StepEvent struct {
	Epoch        int     // from 1
	Step, Steps  int     // within the epoch, from 1
	Loss         float64 // of the batch
	GradNorm     float64 // global norm of the gradient before clipping
	LearningRate float64
}

// EpochEvent is what a callback is told after each epoch.
type EpochEvent struct {
	Epoch, Epochs int
	TrainLoss     float64 // mean over the examples, each with the weights of its step
	Valid         Evaluation
	Best          bool // the best so far, by validation loss or by the metric of Maximize
	Seconds       float64
	Tokens        int
}

// Callbacks watch a run. A nil one is not called. An error ends the run, which returns it as it is.
type Callbacks struct {
	Step  func(StepEvent) error
	Epoch func(EpochEvent) error
}

// Result is how a run went. The parameters hold the weights of the best epoch.
type Result struct {
	Epochs      int     // how many were finished
	BestEpoch   int     // 0 if none was finished
	ValidLoss   float64 // of the best epoch
	Seconds     float64
	Interrupted bool // the context was cancelled
}

// Settings are what the options of Run set.
type Settings struct {
	Epochs    int
	Batch     int    // examples a step; 0 means all
	Patience  int    // epochs; 0 means no end to it
	Maximize  string // the validation metric that decides the best epoch; "" means the loss, which is minimized
	Optimizer Optimizer
	Schedule  string
	Clip      float64 // of the global norm; 0 means none
	ClipEach  float64 // of each element; 0 means none
	Seed      uint64
	Callbacks []Callbacks
}

// An Option of Run.
type Option func(*Settings)

// Use sets all settings at once.
func Use(s Settings) Option { return func(c *Settings) { *c = s } }

// Epochs sets the number of passes over the training examples; the default is 10.
func Epochs(n int) Option { return func(c *Settings) { c.Epochs = n } }

// Batch sets the number of examples a step; 0 means all of them. The default is 32.
func Batch(n int) Option { return func(c *Settings) { c.Batch = n } }

// Patience stops the run after so many epochs without a better one; 0, the default, never does.
func Patience(epochs int) Option { return func(c *Settings) { c.Patience = epochs } }

// Maximize has the highest validation metric of a name, such as "accuracy", decide which epoch is the best. The default,
// "", is the lowest validation loss.
func Maximize(metric string) Option { return func(c *Settings) { c.Maximize = metric } }

// Optimize sets the optimizer; the default is Adam with its own learning rate.
func Optimize(o Optimizer) Option { return func(c *Settings) { c.Optimizer = o } }

// Scheduled sets the schedule of the learning rate, in the words of NewSchedule; the default is constant.
func Scheduled(spec string) Option { return func(c *Settings) { c.Schedule = spec } }

// Clip limits the global norm of the gradient; 0 means no limit. The default is 1.
func Clip(norm float64) Option { return func(c *Settings) { c.Clip = norm } }

// ClipEach limits each element of the gradient to ±limit; 0, the default, means no limit.
func ClipEach(limit float64) Option { return func(c *Settings) { c.ClipEach = limit } }

// Seed sets the seed of everything random in the loop; the default is 1.
func Seed(seed uint64) Option { return func(c *Settings) { c.Seed = seed } }

// Watch adds callbacks.
func Watch(c Callbacks) Option {
	return func(s *Settings) { s.Callbacks = append(s.Callbacks, c) }
}

// Run trains the parameters of a task and leaves those of the best epoch in them: that with the lowest validation loss,
// unless Maximize says otherwise. When the context is cancelled it finishes the step at hand, takes the best weights so
// far and returns a Result that says so.
// A loss or gradient that is not finite ends the run with an error that names the step and the parameter; such a step
// changes no weight.
func Run(ctx context.Context, task Task, opts ...Option) (Result, error) {
	c := Settings{Epochs: 10, Batch: 32, Clip: 1, Seed: 1}
	for _, o := range opts {
		o(&c)
	}
	if c.Optimizer == nil {
		c.Optimizer = &Adam{}
	}
	switch {
	case c.Epochs < 1:
		return Result{}, errors.Errorf("train: %d epochs; want at least 1", c.Epochs)
	case c.Batch < 0:
		return Result{}, errors.Errorf("train: a batch of %d examples; want at least 1, or 0 for all", c.Batch)
	case c.Patience < 0:
		return Result{}, errors.Errorf("train: a patience of %d epochs; want at least 1, or 0 for no end", c.Patience)
	case !(c.Clip >= 0) || !(c.ClipEach >= 0):
		return Result{}, errors.Errorf("train: gradients clipped to %g and %g; want a positive number, or 0 for no limit", c.Clip, c.ClipEach)
	}
	r := &run{Settings: c, task: task, stopping: EarlyStopping{Patience: c.Patience, Maximize: c.Maximize != ""}}
	start := time.Now()
	err := r.epochs(ctx)
	r.result.Seconds = time.Since(start).Seconds()
	if r.best != nil {
		if e := task.Params().Restore(r.best); err == nil {
			err = e
		}
	}
	return r.result, err
}

// run is the state of Run.
type run struct {
	Settings
	task     Task
	rate     Schedule
	stopping EarlyStopping
	best     *safetensors.File
	steps    int
	result   Result
}

func (r *run) epochs(ctx context.Context) error {
	for epoch := 1; epoch <= r.Settings.Epochs; epoch++ {
		start := time.Now()
		batches := r.task.Batches(epoch, r.Batch, r.Seed)
		if len(batches) == 0 {
			return errors.New("train: there are no training examples")
		}
		if r.rate == nil {
			s, err := NewSchedule(r.Schedule, r.Optimizer.LearningRate(), r.Settings.Epochs, len(batches))
			if err != nil {
				return err
			}
			r.rate = s
		}
		var sum, weights float64
		tokens := 0
		for i, batch := range batches {
			if ctx.Err() != nil {
				r.result.Interrupted = true
				return nil
			}
			loss, s, err := r.step(epoch, i, len(batches), batch)
			if err != nil {
				return err
			}
			weight := orDefault(s.Weight, float64(len(batch)))
			sum += loss * weight
			weights += weight
			tokens += s.Tokens
		}
		valid, err := r.task.Validate()
		if err != nil {
			return err
		}
		if !finite(valid.Loss) {
			return errors.Errorf("train: the validation loss is %v after epoch %d: %s; lower the learning rate (%g) or clip harder",
				valid.Loss, epoch, notFinite(r.task.Params()), r.Optimizer.LearningRate())
		}
		if m, ok := r.rate.(MetricSchedule); ok {
			m.Observe(valid.Loss)
		}
		criterion := valid.Loss
		if r.Maximize != "" {
			var ok bool
			if criterion, ok = valid.Metrics[r.Maximize]; !ok {
				return errors.Errorf("train: the validation has no metric %q to maximize; it has %s", r.Maximize, strings.Join(slices.Sorted(maps.Keys(valid.Metrics)), ", "))
			}
		}
		best, stop := r.stopping.Observe(epoch, criterion)
		if best {
			r.best = r.task.Params().Snapshot()
			r.result.BestEpoch, r.result.ValidLoss = epoch, valid.Loss
		}
		r.result.Epochs = epoch
		for _, c := range r.Callbacks {
			if c.Epoch != nil {
				err := c.Epoch(EpochEvent{Epoch: epoch, Epochs: r.Settings.Epochs, TrainLoss: sum / weights, Valid: valid, Best: best,
					Seconds: time.Since(start).Seconds(), Tokens: tokens})
				if err != nil {
					return err
				}
			}
		}
		if stop {
			return nil
		}
	}
	return nil
}

// step runs the program of a batch and updates the weights.
func (r *run) step(epoch, i, n int, batch []int) (loss float64, s Step, err error) {
	s, err = r.task.Step(r.steps, batch)
	if err != nil {
		return 0, s, err
	}
	program := s.Program
	// Masks differ from step to step, whichever program runs it, and from seed to seed: the odd factor, 2⁶⁴ over the
	// golden ratio, keeps the numbers of nearby seeds far apart.
	program.SetRun(r.Seed*0x9e3779b97f4a7c15 + uint64(r.steps))
	if err := program.Run(); err != nil {
		return 0, s, err
	}
	loss = program.Loss()
	limit := r.Clip
	if limit == 0 {
		limit = math.MaxFloat64
	}
	norm, err := ClipNorm(program.Grads(), limit)
	if err != nil {
		return 0, s, err
	}
	if !finite(loss) || !finite(norm) {
		return 0, s, errors.Errorf("train: the loss is %v and the gradient's norm %v at epoch %d, step %d of %d: %s; lower the learning rate (%g) or clip harder",
			loss, norm, epoch, i+1, n, firstNotFinite(program), r.Optimizer.LearningRate())
	}
	if r.ClipEach > 0 {
		if err := ClipValue(program.Grads(), r.ClipEach); err != nil {
			return 0, s, err
		}
	}
	r.Optimizer.SetLearningRate(r.rate.At(r.steps))
	if err := r.Optimizer.Step(program.Grads()); err != nil {
		return 0, s, err
	}
	r.steps++
	for _, c := range r.Callbacks {
		if c.Step != nil {
			err := c.Step(StepEvent{Epoch: epoch, Step: i + 1, Steps: n, Loss: loss, GradNorm: norm, LearningRate: r.Optimizer.LearningRate()})
			if err != nil {
				return 0, s, err
			}
		}
	}
	return loss, s, nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// firstNotFinite names the first parameter whose value or gradient is not finite: a bad value explains every gradient,
// so values come first. If all of them are finite still, it names the one with the largest gradient.
func firstNotFinite(program *graph.Program) string {
	var values, gradients extreme
	for _, g := range program.Grads() {
		gradient, _ := g.Grad()
		name := g.(*graph.ParamGrad).Param.Name()
		values.observe(name, g.Value())
		gradients.observe(name, gradient)
	}
	switch {
	case !finite(values.size):
		return "the value of parameter " + values.name + " went first"
	case !finite(gradients.size):
		return "the gradient of parameter " + gradients.name + " went first"
	}
	return fmt.Sprintf("the parameters are finite, the largest gradient is that of %s, up to %.3g", gradients.name, gradients.size)
}

// notFinite names the first parameter whose value is not finite, or the one with the largest.
func notFinite(params *graph.Params) string {
	var values extreme
	for _, p := range params.List() {
		values.observe(p.Name(), p.Value())
	}
	if !finite(values.size) {
		return "the value of parameter " + values.name + " went first"
	}
	return fmt.Sprintf("the parameters are finite, the largest is %s, up to %.3g", values.name, values.size)
}

// extreme is the first tensor that is not finite, or else the one with the largest magnitude.
type extreme struct {
	name string
	size float64
}

func (e *extreme) observe(name string, v gorgonia.Value) {
	if size := magnitude(v); e.name == "" || finite(e.size) && !(size <= e.size) {
		*e = extreme{name, size}
	}
}

// magnitude returns the largest magnitude of a value's elements; it is not finite if one of them is not.
func magnitude(v gorgonia.Value) (size float64) {
	switch d := v.Data().(type) {
	case []float32:
		for _, x := range d {
			size = max(size, math.Abs(float64(x)))
		}
	case []float64:
		for _, x := range d {
			size = max(size, math.Abs(x))
		}
	}
	return size
}
