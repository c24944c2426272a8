// Package task says what a task is: what a network can learn from a dataset, how well it does, and how it is used. The
// folders below it hold the tasks, each with its head, loss, metrics, decoding and settings.
//
// A Task serves one goroutine. A Predictor serves any number of them at once.
package task

import (
	"context"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/show"
)

// Task is a network with a dataset to learn it from: what an experiment trains and evaluates. It serves one goroutine.
type Task interface {
	train.Task
	// Examples returns the numbers of examples of the three parts.
	Examples() (train, valid, test int)
	// Limit keeps the first n training examples, where there are classes with each in its share; 0 means all of them.
	Limit(n int)
	// Evaluate evaluates the parameters as they are on a part. It gives up when the context ends.
	Evaluate(ctx context.Context, p Part) (Scores, error)
	// Baselines returns simple rivals on the same examples of a part.
	Baselines(ctx context.Context, p Part) ([]Rival, error)
	// Probe returns the norms of ∂loss/∂h_t in each layer and direction, with the parameters as they are and without
	// dropout, over a batch of training examples that is always the same: how much of the gradient reaches each time step.
	Probe() ([]graph.GradientNorms, error)
	// Predictor returns what is kept when the training is over.
	Predictor() Predictor
}

// Sized is a Task with more to count than examples and parameters, such as the classes. It is said before training.
type Sized interface {
	Task
	Sizes() []Size
}

// Calibrated is a Task that measures on the validation part what its predictor has to know, such as how far values are from
// their forecasts.
type Calibrated interface {
	Task
	// Calibrate is called once, when the weights are those that are kept and before they are evaluated.
	Calibrate() error
}

// Refitter is a Task whose network can learn again from all data, the parts that validate and test included, before it is kept.
type Refitter interface {
	Task
	// Refit returns the task on all data, whose parameters are declared in params; nil if that is not asked for.
	Refit(params *graph.Params) (Task, error)
}

// Rolling is a Task on data in time that can be evaluated as of several moments, each an origin.
type Rolling interface {
	Task
	// Backtest evaluates the parameters as they are from n origins in the test part, the last as late as there is something to
	// compare with, and rivals from the same.
	Backtest(ctx context.Context, n int) ([]Origin, error)
	// Until returns what the i-th of n origins is called, and the dataset as it was there, with what came next as its test
	// part: for a network that learns from nothing else.
	Until(i, n int) (label string, d datasets.Dataset, err error)
}

// Origin is how well a network did as of a moment.
type Origin struct {
	Label   string // the moment
	Metrics map[string]float64
	Rivals  []Rival
}

// Size is how many there are of something.
type Size struct {
	Name string // in the plural, a word: "classes"
	N    int
}

// Scores is how well a network does on a part of a dataset.
type Scores struct {
	Metrics  map[string]float64
	Exhibits []Exhibit
	Notes    []string // what one has to know to read the metrics, each a line
	Verdict  string   // on the network beside its rivals, a line; "" leaves that to who compares the first metric
}

// Exhibit is something to look at beside the numbers: a confusion matrix, an alignment. It is one of a table, a chart and a
// map, and Data is the same for a program: what its JSON has under the exhibit's name.
type Exhibit struct {
	Name  string // "confusion"
	Table *show.Table
	Chart *show.Chart
	Map   *show.HeatMap
	Data  any
}

// Rival is a simple way to do the same.
type Rival struct {
	Name    string
	Learns  bool // from the training part
	Metrics map[string]float64
}

// Part is a part of a dataset.
type Part string

// The parts of a dataset. Those of a series follow one another in time.
const (
	TrainPart Part = "train"
	ValidPart Part = "valid"
	TestPart  Part = "test"
)

// Parts returns the parts.
func Parts() []Part { return []Part{TrainPart, ValidPart, TestPart} }
