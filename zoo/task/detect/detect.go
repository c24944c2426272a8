// Package detect is the task of finding anomalies, in two ways. Of sequences, a network reads one and writes it again from
// a few numbers; it has learnt that from normal ones, and what it cannot write is anomalous. Of series, a network forecasts what is to come;
// where the error is larger than nearly all before, something has happened.
//
//	run, err := zoo.Train(ctx, gru.New(graph.Hidden(24)), panel)
//	d, err := detect.Of(run)
//	stream, err := d.Stream()
//	point, err := stream.Next([]float64{71.5})
//
// A task and a Stream serve one goroutine, a Detector any number of them.
package detect

import (
	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// shape tells the programs of a detector apart.
type shape struct {
	batch    int
	training bool
}

type lane = program.Lane[shape]

// learner is a task of finding anomalies.
type learner interface {
	task.Task
	detector() *Detector
}

// New prepares a task: an autoencoder of a *datasets.Sequences, a forecaster of a *datasets.Series or a *datasets.Panel. The
// parameters are declared in params. other gives the network that an autoencoder writes with, by the name of its model.
func New(network *graph.Network, other func(model string) (*graph.Network, error), data datasets.Dataset, params *graph.Params, opts Options) (task.Task, error) {
	return newTask(parts{network: network, other: other, params: params}, data, opts, 0)
}

func newTask(p parts, data datasets.Dataset, opts Options, batch int) (learner, error) {
	if args.Nil(data) {
		return nil, errors.New("detect: the dataset is nil; datasets.Open opens one")
	}
	if err := p.network.Check(); err != nil {
		return nil, err
	}
	of := map[string]string{datasets.KindSeries: methodForecaster, datasets.KindSequences: methodAutoencoder}[kindOf(data)]
	if of == "" {
		return nil, errors.Errorf("detect %s: the dataset has neither sequences of numbers nor series", data.Info().Name)
	}
	if opts.Method == "" {
		opts.Method = of
	}
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	if opts.Method != of {
		return nil, option.Wrong("method", opts.Method, "%s is %s: choose %s", data.Info().Name, data.Info().Kind, of)
	}
	d := &Detector{parts: p, opts: opts}
	if of == methodForecaster {
		return newWatch(d, datasets.PanelOf(data), batch)
	}
	return newReconstruction(d, data.(*datasets.Sequences), batch)
}

// kindOf returns what a dataset is by its type.
func kindOf(d datasets.Dataset) string {
	switch d.(type) {
	case *datasets.Sequences:
		return datasets.KindSequences
	case *datasets.Series, *datasets.Panel:
		return datasets.KindSeries
	}
	return ""
}
