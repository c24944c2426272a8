package train

import (
	"cmp"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// Settings are what the options of Run set: a recipe, and what cannot be written down.
type Settings struct {
	Recipe
	Optimizer       Optimizer // nil means the recipe's
	Callbacks       []Callbacks
	CheckpointEvery int // steps, which are updates; 0 means never
}

// Written returns the recipe, and if there is an Optimizer, as it is before the run, with that in place of the recipe's:
// its spec, learning rate and weight decay. Training with it gives the same weights, bit for bit, unless the optimizer is
// of a kind that NewOptimizer does not know.
func (s Settings) Written() Recipe {
	if args.Nil(s.Optimizer) {
		return s.Recipe
	}
	return s.Recipe.written(s.Optimizer)
}

// complete makes the optimizer if there is none, checks every setting, and returns the recipe that says them all.
func (s *Settings) complete() (r Recipe, err error) {
	if args.Nil(s.Optimizer) {
		if s.Optimizer, err = newOptimizer(s.spec(), s.LR, s.WeightDecay); err != nil {
			return r, errors.WithMessagef(err, "optimizer %.80q", s.spec())
		}
	}
	r = s.Written()
	r.Accumulate = cmp.Or(r.Accumulate, 1)
	var of, others option.Set
	s.Optimizer.Declare(&of)
	if err := of.Check(); err != nil {
		return r, errors.WithMessagef(err, "optimizer %s", s.Optimizer.Name())
	}
	rest := r
	rest.Optimizer, rest.WeightDecay = "", 0 // which have been checked; NewOptimizer need not know the kind
	rest.Declare(&others)
	if err := others.Check(); err != nil {
		return r, err
	}
	if err := r.checkEMA(); err != nil {
		return r, option.Wrong(ema, r.EMA, "%v", err)
	}
	if s.CheckpointEvery < 0 {
		return r, errors.Errorf("checkpoints every %d steps; want at least 1, or 0 for none", s.CheckpointEvery)
	}
	return r, nil
}

// An Option of New, Resume and Run. A nil one sets nothing.
type Option func(*Settings)

// Use sets the whole recipe at once; it stands in place of an optimizer that was set before.
func Use(r Recipe) Option { return func(s *Settings) { s.Recipe, s.Optimizer = r, nil } }

// Epochs sets the number of passes over the training examples; the default is 10.
func Epochs(n int) Option { return func(s *Settings) { s.Epochs = n } }

// Batch sets the number of examples a batch; 0 means all of them. The default is 32.
func Batch(n int) Option { return func(s *Settings) { s.Batch = n } }

// Accumulate has so many batches make one update, by the mean of their gradients, each with its Step.Weight: the update
// of one batch of all their examples, in the memory of a smaller one. What is left at the end of an epoch makes an
// update, too. Schedules and steps count updates. The default, and 0, is 1.
func Accumulate(batches int) Option { return func(s *Settings) { s.Accumulate = batches } }

// EMA has an exponential moving average of the weights validated and kept in their place, while training goes on with
// the weights themselves. It is the weights after the first update, and then decay·average + (1−decay)·weights after
// each. The default, 0, is no average.
//
// Polyak, Juditsky: Acceleration of stochastic approximation by averaging, 1992.
func EMA(decay float64) Option { return func(s *Settings) { s.EMA = decay } }

// Patience stops the run after so many epochs without a better one; 0, the default, never does.
func Patience(epochs int) Option { return func(s *Settings) { s.Patience = epochs } }

// Maximize has the highest validation metric of a name, such as "accuracy", decide which epoch is the best, in place of one
// that was to be minimized. The default, "", is the lowest validation loss.
func Maximize(metric string) Option {
	return func(s *Settings) { s.Maximize, s.Minimize = metric, "" }
}

// Minimize has the lowest validation metric of a name, such as "mae", decide which epoch is the best, in place of one that
// was to be maximized. The default, "" or "loss", is the validation loss.
func Minimize(metric string) Option {
	return func(s *Settings) { s.Maximize, s.Minimize = "", metric }
}

// Optimize sets the optimizer; the default, and nil, is Adam with its own learning rate.
func Optimize(o Optimizer) Option { return func(s *Settings) { s.Optimizer = o } }

// Scheduled sets the schedule of the learning rate, in the words of NewSchedule; the default is constant.
func Scheduled(spec string) Option { return func(s *Settings) { s.Schedule = spec } }

// Clip limits the global norm of the gradient; 0 means no limit. The default is 1.
func Clip(norm float64) Option { return func(s *Settings) { s.Clip = norm } }

// ClipEach limits each element of the gradient to ±limit; 0, the default, means no limit.
func ClipEach(limit float64) Option { return func(s *Settings) { s.ClipEach = limit } }

// Seed sets the seed of everything random in the loop; the default is 1.
func Seed(seed uint64) Option { return func(s *Settings) { s.Seed = seed } }

// Watch adds callbacks.
func Watch(c Callbacks) Option {
	return func(s *Settings) { s.Callbacks = append(s.Callbacks, c) }
}

// CheckpointEvery has the callbacks named Checkpoint called after every so many steps of the run, which are updates; 0,
// the default, never.
func CheckpointEvery(steps int) Option { return func(s *Settings) { s.CheckpointEvery = steps } }
