// Package zoo joins models, tasks and datasets: an Experiment trains and evaluates, a Run is what it leaves.
//
//	config := zoo.Defaults("lstm", "airline")
//	e, err := zoo.New(config)
//	result, err := e.Run(ctx)
//
// Train does it all for a network and a dataset of one's own. What a Run can do depends on its task, whose package has a
// function that returns it:
//
//	run, err := zoo.Train(ctx, lstm.New(graph.Hidden(32)), datasets.Phrases())
//	classifier, err := classify.Of(run)
//	classes, err := classifier.Classify("the film is not bad.")
//
// An Experiment serves one goroutine. A Run, and what it predicts with, serves any number of them at once; any number of
// experiments run in parallel.
package zoo

import (
	"cmp"
	"context"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// Experiment is a configuration with its data loaded and its parameters declared, ready to run.
type Experiment struct {
	Config  Config
	Dataset datasets.Info
	kind    task.Kind
	task    task.Task
}

// Result is how an experiment went, with the weights of the best epoch.
type Result struct {
	train.Result
	Evaluation // on the test part
}

// An Option of New, Train's cousin for a configuration, and of Run.Evaluate.
type Option func(*setup)

type setup struct {
	network  *graph.Network
	dataset  datasets.Dataset
	spec     string
	reading  []datasets.Option
	decoding task.Options
}

func gather(opts []Option) setup {
	var s setup
	args.Apply(&s, opts)
	return s
}

// WithNetwork has New train a network of one's own in place of the configuration's model. Its name and its sizes stand in
// the configuration.
func WithNetwork(n *graph.Network) Option { return func(s *setup) { s.network = n } }

// WithDataset has New, or Evaluate, take a dataset that is there already in place of the configuration's. Nil is none.
func WithDataset(d datasets.Dataset) Option {
	if args.Nil(d) { // also one of a type
		d = nil
	}
	return func(s *setup) { s.dataset = d }
}

// OnDataset has Evaluate open another dataset than the run's, with the run's settings of how it is read.
func OnDataset(spec string) Option { return func(s *setup) { s.spec = spec } }

// Reading adds to how the dataset is opened, such as where it is to be found.
func Reading(opts ...datasets.Option) Option {
	return func(s *setup) { s.reading = append(s.reading, opts...) }
}

// Decoding has Evaluate look for answers with other settings than in training, such as another beam: those of the
// predictor's Decoding, changed.
func Decoding(o task.Options) Option { return func(s *setup) { s.decoding = o } }

// New prepares an experiment. A request that makes no sense is an option.UsageError or a datasets.UnknownError.
func New(c Config, opts ...Option) (*Experiment, error) {
	s := gather(opts)
	network, err := s.network, error(nil)
	if network == nil {
		if err = c.Check(); err == nil {
			network, err = c.network(c.Model)
		}
	} else {
		c.Model = network.Name()
		c.Sized(network.Config())
		err = c.checkTraining(network)
	}
	if err != nil {
		return nil, err
	}
	d := s.dataset
	if d != nil {
		if err := checkParts(network, d); err != nil {
			return nil, err
		}
		c.Dataset, c.Data = identity(d.Info()), d.Info().Settings
	} else if d, err = c.open(s.reading); err != nil {
		return nil, err
	}
	return prepare(c, network, d)
}

// prepare joins a network with a dataset.
func prepare(c Config, network *graph.Network, d datasets.Dataset) (*Experiment, error) {
	if err := checkParts(network, d); err != nil {
		return nil, err
	}
	kind, err := taskFor(c.Task, d.Info())
	if err != nil {
		return nil, err
	}
	if err := checkDecisive(c.Recipe, kind); err != nil {
		return nil, err
	}
	c.Task = kind.Name()
	if c, err = c.own(); err != nil { // the task fills in what the options leave open
		return nil, err
	}
	if err := c.located(); err != nil {
		return nil, err
	}
	t, err := kind.New(c.setting(network, graph.NewParams(tensor.Float32, graph.InitSeed(c.Seed))), d)
	if err != nil {
		return nil, err
	}
	t.Limit(c.Limit)
	return &Experiment{Config: c, Dataset: d.Info(), kind: kind, task: t}, nil
}

// checkParts returns an error if there is no network or dataset to speak of.
func checkParts(network *graph.Network, d datasets.Dataset) error {
	if args.Nil(d) {
		return errors.New("the dataset is nil; datasets.Open opens one")
	}
	return network.Check()
}

// Task returns what the experiment learns.
func (e *Experiment) Task() task.Kind { return e.kind }

// Parameters returns the number of trainable numbers.
func (e *Experiment) Parameters() int { return e.task.Params().Count() }

// Examples returns the numbers of examples of the three parts.
func (e *Experiment) Examples() (train, valid, test int) { return e.task.Examples() }

// Sizes returns what else the task counts, such as the classes.
func (e *Experiment) Sizes() []task.Size {
	if s, ok := e.task.(task.Sized); ok {
		return s.Sizes()
	}
	return nil
}

// Run trains and evaluates. When the context is cancelled, the result is that of the best weights so far and says so.
func (e *Experiment) Run(ctx context.Context, callbacks ...train.Callbacks) (*Result, error) {
	var opts []train.Option
	for _, c := range callbacks {
		opts = append(opts, train.Watch(c))
	}
	return e.run(ctx, opts)
}

// Probe returns the norms of the gradient of the loss that reaches each hidden state, with the parameters as they are, over
// a fixed batch of training examples.
func (e *Experiment) Probe() ([]graph.GradientNorms, error) { return e.task.Probe() }

// run trains with the configuration's recipe and the caller's options, evaluates, and has the task learn from all data if it
// asks for that.
func (e *Experiment) run(ctx context.Context, opts []train.Option) (*Result, error) {
	r, err := e.fit(ctx, opts)
	if err != nil {
		return nil, err
	}
	return r, e.refit(ctx, r.Result, opts)
}

// fit trains and evaluates.
func (e *Experiment) fit(ctx context.Context, opts []train.Option) (*Result, error) {
	r, err := train.Run(ctx, e.task, append([]train.Option{train.Use(e.Config.Recipe.Recipe)}, opts...)...)
	if err != nil {
		return nil, err
	}
	if c, ok := e.task.(task.Calibrated); ok {
		if err := c.Calibrate(); err != nil {
			return nil, err
		}
	}
	// The weights are worth their evaluation, whenever the training was ended.
	v, err := evaluate(context.WithoutCancel(ctx), e.task, task.TestPart)
	if err != nil {
		return nil, err
	}
	return &Result{r, *v}, nil
}

// Train trains a network, of the zoo or of one's own, on a dataset with the dataset's default task, and returns the run.
// The options add to the defaults of the dataset; the seed decides the initial weights too.
//
//	run, err := zoo.Train(ctx, lstm.New(graph.Hidden(16)), datasets.Airline(), train.Epochs(100))
func Train(ctx context.Context, network *graph.Network, d datasets.Dataset, opts ...train.Option) (*Run, error) {
	if err := checkParts(network, d); err != nil {
		return nil, err
	}
	kind, err := taskFor("", d.Info())
	if err != nil {
		return nil, err
	}
	c := configure(kind, task.Subject{Model: network.Name(), Data: d.Info()})
	c.Sized(network.Config())
	s := train.Settings{Recipe: c.Recipe.Recipe}
	args.Apply(&s, opts)
	c.Recipe.Recipe = s.Written()
	c.Accumulate = cmp.Or(c.Accumulate, 1)
	e, err := prepare(c, network, d)
	if err != nil {
		return nil, err
	}
	result, err := e.run(ctx, opts)
	if err != nil {
		return nil, err
	}
	return e.Kept(result), nil
}
