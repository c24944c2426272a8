package main

import (
	"runtime"

	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// The events of zoo run --json, a contract with the programs that read them.
type (
	startEvent struct {
		Event      string   `json:"event"`
		Model      string   `json:"model"`
		Dataset    string   `json:"dataset"`
		Task       string   `json:"task"`
		Parameters int      `json:"parameters"`
		Examples   examples `json:"examples"`
		Seed       uint64   `json:"seed"`
		Threads    int      `json:"threads"`
	}
	examples struct {
		Train int `json:"train"`
		Valid int `json:"valid"`
		Test  int `json:"test"`
	}
	epochEvent struct {
		Event           string            `json:"event"`
		Epoch           int               `json:"epoch"`
		TrainLoss       metric            `json:"train_loss"`
		ValidLoss       metric            `json:"valid_loss"`
		Metrics         map[string]metric `json:"metrics"`
		Seconds         float64           `json:"seconds"`
		TokensPerSecond metric            `json:"tokens_per_second"`
	}
	resultEvent struct {
		Event       string                       `json:"event"`
		Metrics     map[string]metric            `json:"metrics"`
		Baselines   map[string]map[string]metric `json:"baselines"`
		Confusion   *confusion                   `json:"confusion,omitempty"`
		Epochs      int                          `json:"epochs"`
		Seconds     float64                      `json:"seconds"`
		Run         string                       `json:"run"`
		Interrupted bool                         `json:"interrupted,omitempty"`
	}
)

// confusion is how many of each true class were taken for which.
type confusion struct {
	Classes []string `json:"classes"`
	Counts  [][]int  `json:"counts"` // [true][predicted]
}

func confusionOf(c *task.Confusion) *confusion {
	if c == nil {
		return nil
	}
	return &confusion{c.Classes, c.Counts}
}

func startOf(e *zoo.Experiment) startEvent {
	c := e.Config
	v := startEvent{Event: "start", Model: c.Model, Dataset: c.Dataset, Task: e.Dataset.Task, Parameters: e.Parameters(),
		Seed: c.Seed, Threads: runtime.GOMAXPROCS(0)}
	v.Examples.Train, v.Examples.Valid, v.Examples.Test = e.Examples()
	return v
}

func epochOf(v train.EpochEvent) epochEvent {
	return epochEvent{Event: "epoch", Epoch: v.Epoch, TrainLoss: metric(v.TrainLoss), ValidLoss: metric(v.Valid.Loss), Metrics: metrics(v.Valid.Metrics),
		Seconds: v.Seconds, TokensPerSecond: metric(float64(v.Tokens) / v.Seconds)}
}

func resultOf(r *zoo.Result, dir string) resultEvent {
	return resultEvent{Event: "result", Metrics: metrics(r.Metrics), Baselines: baselines(r.Baselines), Confusion: confusionOf(r.Confusion),
		Epochs: r.Epochs, Seconds: r.Seconds, Run: dir, Interrupted: r.Interrupted}
}
