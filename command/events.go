package command

import (
	"encoding/json"
	"runtime"

	"github.com/pkg/errors"

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
		Epochs      int                          `json:"epochs"`
		Seconds     float64                      `json:"seconds"`
		Run         string                       `json:"run"`
		Interrupted bool                         `json:"interrupted,omitempty"`
		Notes       []string                     `json:"notes,omitempty"`
	}
)

// withExhibits is an event with what its exhibits are for a program beside its own fields, by their names.
type withExhibits struct {
	event    any
	exhibits []task.Exhibit
}

// MarshalJSON implements json.Marshaler.
func (e withExhibits) MarshalJSON() ([]byte, error) {
	all, err := json.Marshal(e.event)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	for _, x := range e.exhibits {
		if x.Data == nil {
			continue
		}
		field, err := json.Marshal(map[string]any{x.Name: x.Data})
		if err != nil {
			return nil, errors.WithStack(err)
		}
		all = append(append(all[:len(all)-1], ','), field[1:]...)
	}
	return all, nil
}

func startOf(e *zoo.Experiment) startEvent {
	c := e.Config
	v := startEvent{Event: "start", Model: c.Model, Dataset: c.Dataset, Task: c.Task, Parameters: e.Parameters(),
		Seed: c.Seed, Threads: runtime.GOMAXPROCS(0)}
	v.Examples.Train, v.Examples.Valid, v.Examples.Test = e.Examples()
	return v
}

func epochOf(v train.EpochEvent) epochEvent {
	return epochEvent{Event: "epoch", Epoch: v.Epoch, TrainLoss: metric(v.TrainLoss), ValidLoss: metric(v.Valid.Loss), Metrics: metrics(v.Valid.Metrics),
		Seconds: v.Seconds, TokensPerSecond: metric(float64(v.Tokens) / v.Seconds)}
}

func resultOf(r *zoo.Result, dir string) withExhibits {
	return withExhibits{resultEvent{Event: "result", Metrics: metrics(r.Metrics), Baselines: baselines(r.Baselines),
		Epochs: r.Epochs, Seconds: r.Seconds, Run: dir, Interrupted: r.Interrupted, Notes: r.Notes}, r.Exhibits}
}
