// Package task holds what a network can learn: the head, the loss, the metrics and the decoding of each task.
package task

import (
	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
)

// Task is a network with a dataset to learn it from: what an experiment trains and evaluates.
type Task interface {
	train.Task
	// Examples returns the numbers of examples of the three parts.
	Examples() (train, valid, test int)
	// Limit keeps the first n training examples, where there are classes with each in its share; 0 means all of them.
	Limit(n int)
	// Evaluate evaluates the parameters as they are on a part.
	Evaluate(Part) (Scores, error)
	// Baselines returns the metrics of simple rivals on the same examples of a part, by their names.
	Baselines(Part) (map[string]map[string]float64, error)
	// Probe returns the norms of ∂loss/∂h_t in each layer and direction, with the parameters as they are and without
	// dropout, over a batch of training examples that is always the same: how much of the gradient reaches each time step.
	Probe() ([]graph.GradientNorms, error)
	// Predictor returns what is kept when the training is over.
	Predictor() Predictor
}

// Predictor is a trained network with all that is needed to use it, without the dataset that it was trained on.
type Predictor interface {
	Params() *graph.Params
	// Save gives write what must be kept besides the weights and the configuration, by the name of a JSON file in the
	// run's folder. The fields for StateFile, an object, stand in it beside those of the configuration.
	Save(write func(file string, value any) error) error
	// On returns the task on a dataset, to evaluate the predictor there. Nothing is learnt from the dataset.
	On(datasets.Dataset) (Task, error)
}

// StateFile is the file that a Predictor shares with the configuration.
const StateFile = "config.json"

// Scores is how well a network does on a part of a dataset.
type Scores struct {
	Metrics   map[string]float64
	Confusion *Confusion // of tasks that choose among classes
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
