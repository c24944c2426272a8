// Package zoo joins models, tasks and datasets: an Experiment trains and evaluates, a Run is what it leaves.
//
//	config := zoo.Defaults("lstm", "airline")
//	e, err := zoo.New(config)
//	result, err := e.Run(ctx)
//
// Train does it all for a network and a dataset of one's own, and what a Run can do depends on the task of its dataset:
//
//	run, err := zoo.Train(ctx, lstm.New(graph.Hidden(32)), datasets.Phrases())
//	label, probabilities, err := run.Classify("the film is not bad.")
package zoo

import (
	"context"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// Experiment is a configuration with its data loaded and its parameters declared, ready to run.
type Experiment struct {
	Config  Config
	Dataset datasets.Info
	task    task.Task
}

// Result is how an experiment went, with the weights of the best epoch.
type Result struct {
	train.Result
	Evaluation // on the test part
}

// New prepares an experiment. The options say where the dataset is to be found. A request that makes no sense is a
// UsageError or a datasets.UnknownError.
func New(c Config, opts ...datasets.Option) (*Experiment, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	network, err := c.network()
	if err != nil {
		return nil, err
	}
	d, err := c.open(opts)
	if err != nil {
		return nil, err
	}
	return prepare(c, network, d)
}

// prepare joins a network with a dataset, by the task that the dataset is for.
func prepare(c Config, network *graph.Network, d datasets.Dataset) (*Experiment, error) {
	info := d.Info()
	entry, ok := taskByName(info.Task)
	if !ok {
		return nil, usagef("dataset %q: its task %q is not known", info.Name, info.Task)
	}
	if c.Task == "" {
		c.Task = entry.name
	}
	if c.Task != entry.name {
		return nil, usagef("dataset %q: its task is %q, not %q", info.Name, entry.name, c.Task)
	}
	t, err := entry.prepare(&c, network, d, graph.NewParams(tensor.Float32, graph.InitSeed(c.Seed)))
	if err != nil {
		return nil, err
	}
	t.Limit(c.Limit)
	return &Experiment{Config: c, Dataset: info, task: t}, nil
}

// Parameters returns the number of trainable numbers.
func (e *Experiment) Parameters() int { return e.task.Params().Count() }

// Examples returns the numbers of examples of the three parts.
func (e *Experiment) Examples() (train, valid, test int) { return e.task.Examples() }

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

// run trains with the configuration's recipe and the caller's options.
func (e *Experiment) run(ctx context.Context, opts []train.Option) (*Result, error) {
	r, err := train.Run(ctx, e.task, append([]train.Option{train.Use(e.Config.recipe())}, opts...)...)
	if err != nil {
		return nil, err
	}
	v, err := evaluate(e.task, task.TestPart)
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
	c := DefaultsFor(d.Info().Task, network.Name(), d.Info().Name)
	n := network.Config()
	c.Hidden, c.Layers, c.Dropout, c.RecurrentDropout, c.LayerNorm, c.TorchInit = n.Hidden, n.Layers, n.Dropout, n.RecurrentDropout, n.LayerNorm, n.TorchInit
	s := train.Settings{Recipe: c.recipe()}
	for _, o := range opts {
		o(&s)
	}
	r := s.Written()
	c.Epochs, c.Batch, c.LR, c.Optimizer, c.WeightDecay = r.Epochs, r.Batch, r.LR, r.Optimizer, r.WeightDecay
	c.Clip, c.Schedule, c.Patience, c.Seed = r.Clip, r.Schedule, r.Patience, r.Seed
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
