package zoo

import (
	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// taskEntry is how the zoo sets up a task. The name is what datasets call it.
type taskEntry struct {
	name string
	// defaults changes the common defaults to those that give a good result with the model and dataset of c.
	defaults func(c *Config)
	// check returns a UsageError for the first value of the task's section that is out of range.
	check func(c Config) error
	// maximize is the validation metric that decides the best epoch; "" means the loss.
	maximize string
	// prepare joins a network with a dataset. It may fill in the task's section of c.
	prepare func(c *Config, network *graph.Network, d datasets.Dataset, params *graph.Params) (task.Task, error)
	// open returns what a run has kept. The parameters hold the kept weights; read reads a JSON file of the run's folder.
	open func(c Config, network *graph.Network, params *graph.Params, read func(file string, value any) error) (task.Predictor, error)
}

// tasks returns what the zoo can learn. A task is an entry here, its section of Config, and its files in package task.
func tasks() []taskEntry {
	return []taskEntry{forecastTask(), classifyTask(), translateTask()}
}

// taskByName returns the task of a name. Runs that name none are of the time when there was only one.
func taskByName(name string) (taskEntry, bool) {
	if name == "" {
		name = "forecast"
	}
	for _, t := range tasks() {
		if t.name == name {
			return t, true
		}
	}
	return taskEntry{}, false
}

// taskOf returns the task that a dataset of a name, or a file by its form, is for by default, or "".
func taskOf(dataset string) string {
	info, err := datasets.Describe(dataset)
	if err != nil {
		return ""
	}
	return info.Task
}
