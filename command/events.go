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
		Notices    []string `json:"notices,omitempty"` // of how a file was read
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
	// Between the fields of a result and of its end stand those of its exhibits.
	resultEvent struct {
		Event     string                       `json:"event"`
		Metrics   map[string]metric            `json:"metrics"`
		Baselines map[string]map[string]metric `json:"baselines"`
	}
	endOfResult struct {
		Epochs      int      `json:"epochs"`
		Seconds     float64  `json:"seconds"`
		Run         string   `json:"run"`
		Interrupted bool     `json:"interrupted,omitempty"`
		Notes       []string `json:"notes,omitempty"`
		Verdict     string   `json:"verdict,omitempty"` // of a task that has one of its own
	}
)

// joined is one event with the fields of several, in their order.
type joined []any

// MarshalJSON implements json.Marshaler.
func (j joined) MarshalJSON() ([]byte, error) {
	all := []byte{'{'}
	for _, part := range j {
		fields, err := json.Marshal(part)
		if err != nil {
			return nil, errors.WithStack(err)
		}
		if fields = fields[1 : len(fields)-1]; len(fields) > 0 && len(all) > 1 {
			all = append(all, ',')
		}
		all = append(all, fields...)
	}
	return append(all, '}'), nil
}

// exhibitFields are the exhibits that are something for a program, by their names.
func exhibitFields(exhibits []task.Exhibit) map[string]any {
	fields := make(map[string]any)
	for _, e := range exhibits {
		if e.Data != nil {
			fields[e.Name] = e.Data
		}
	}
	return fields
}

func startOf(e *zoo.Experiment, notices []string) startEvent {
	c := e.Config
	v := startEvent{Event: "start", Model: c.Model, Dataset: c.Dataset, Task: c.Task, Parameters: e.Parameters(),
		Seed: c.Seed, Threads: runtime.GOMAXPROCS(0), Notices: notices}
	v.Examples.Train, v.Examples.Valid, v.Examples.Test = e.Examples()
	return v
}

// sizesOf is what else the start says: {"classes": 5}.
func sizesOf(e *zoo.Experiment) map[string]int {
	sizes := make(map[string]int)
	for _, s := range e.Sizes() {
		sizes[s.Name] = s.N
	}
	return sizes
}

func epochOf(v train.EpochEvent) epochEvent {
	return epochEvent{Event: "epoch", Epoch: v.Epoch, TrainLoss: metric(v.TrainLoss), ValidLoss: metric(v.Valid.Loss), Metrics: metrics(v.Valid.Metrics),
		Seconds: v.Seconds, TokensPerSecond: metric(float64(v.Tokens) / v.Seconds)}
}

func resultOf(r *zoo.Result, dir string) joined {
	return joined{
		resultEvent{"result", metrics(r.Metrics), baselines(r.Baselines)},
		exhibitFields(r.Exhibits),
		endOfResult{r.Epochs, r.Seconds, dir, r.Interrupted, r.Notes, r.Verdict},
	}
}
