package zoo

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// Config is everything that decides a run. Defaults returns one that gives a good result; its JSON form is kept with the
// run.
type Config struct {
	Model   string `json:"model"`
	Dataset string `json:"dataset"`
	Task    string `json:"task"` // what is learnt from the dataset; "" means what the dataset says

	Hidden           int     `json:"hidden"`
	Layers           int     `json:"layers"`
	Dropout          float64 `json:"dropout"`
	RecurrentDropout float64 `json:"recurrent_dropout"`
	LayerNorm        bool    `json:"layer_norm"`
	TorchInit        bool    `json:"torch_init"` // initial weights as PyTorch's

	Decoder string `json:"decoder,omitempty"` // model that decodes what Model encodes; "" means its cell in one direction

	Epochs      int     `json:"epochs"`
	Batch       int     `json:"batch"` // 0 means all examples
	LR          float64 `json:"lr"`
	Optimizer   string  `json:"optimizer"`
	WeightDecay float64 `json:"weight_decay"`
	Clip        float64 `json:"clip"` // 0 means none
	Schedule    string  `json:"schedule"`
	Patience    int     `json:"patience"` // 0 means none
	Seed        uint64  `json:"seed"`
	Limit       int     `json:"limit"` // 0 means all training examples

	// How the dataset is read.
	Columns       []string `json:"columns,omitempty"`
	Fill          string   `json:"fill,omitempty"`
	Period        int      `json:"period,omitempty"`
	Text          string   `json:"text,omitempty"`           // column of texts in a file
	Label         string   `json:"label,omitempty"`          // column of classes in a file
	Encoding      string   `json:"encoding,omitempty"`       // of a file of texts
	SentencesOnly bool     `json:"sentences_only,omitempty"` // leave a treebank's phrases out

	// A section for each task, of which only that of Task matters.
	Forecast  task.ForecastOptions  `json:"forecast,omitzero"`
	Classify  task.ClassifyOptions  `json:"classify,omitzero"`
	Translate task.TranslateOptions `json:"translate,omitzero"`
}

// Defaults returns the configuration that gives a good result for a model and a dataset that has a name. A file of one's
// own is taken for a series: DefaultsFor knows other tasks.
func Defaults(model, dataset string) Config { return DefaultsFor(taskOf(dataset), model, dataset) }

// DefaultsFor returns the configuration that gives a good result for a task, a model and a dataset.
func DefaultsFor(taskName, model, dataset string) Config {
	c := Config{
		Model: model, Dataset: dataset,
		Hidden: 32, Layers: 1, Epochs: 60, Batch: 32, LR: 0.003, Optimizer: "adam", Clip: 1, Schedule: "constant", Patience: 10, Seed: 1,
	}
	if t, ok := taskByName(taskName); ok {
		c.Task = t.name
		t.defaults(&c)
	}
	return c
}

// Check returns a UsageError for the first value that is out of range.
func (c Config) Check() error {
	if _, err := ModelByName(c.Model); err != nil {
		return err
	}
	err := checkRanges([]bounded{
		{"hidden", float64(c.Hidden), 1, 1 << 13},
		{"layers", float64(c.Layers), 1, 1 << 10},
		{"dropout", c.Dropout, 0, 1},
		{"recurrent-dropout", c.RecurrentDropout, 0, 1},
		{"epochs", float64(c.Epochs), 1, math.MaxInt32},
		{"batch", float64(c.Batch), 0, math.MaxInt32},
		{"lr", c.LR, math.SmallestNonzeroFloat64, math.MaxFloat64},
		{"weight-decay", c.WeightDecay, 0, math.MaxFloat64},
		{"clip", c.Clip, 0, math.MaxFloat64},
		{"patience", float64(c.Patience), 0, math.MaxInt32},
		{"limit", float64(c.Limit), 0, math.MaxInt32},
		{"period", float64(c.Period), 0, math.MaxInt32},
	})
	if err != nil {
		return err
	}
	if _, err := train.NewOptimizer(c.Optimizer, c.LR); err != nil {
		return usagef("--optimizer: %v", err)
	}
	if _, err := train.NewSchedule(c.Schedule, c.LR, c.Epochs, 1); err != nil {
		return usagef("--schedule: %v", err)
	}
	t, ok := taskByName(c.Task)
	if !ok {
		return usagef("task %q not found", c.Task)
	}
	return t.check(c)
}

// bounded is the value of a flag with its bounds.
type bounded struct {
	flag  string
	value float64
	least float64
	below float64
}

// checkRanges returns a UsageError for the first value that is out of bounds.
func checkRanges(values []bounded) error {
	for _, n := range values {
		if !(n.value >= n.least) {
			if n.flag == "lr" {
				return usagef("--lr %g: want a number above 0", n.value)
			}
			return usagef("--%s %g: want at least %g", n.flag, n.value, n.least)
		}
		if !(n.value < n.below) {
			return usagef("--%s %g: want less than %g", n.flag, n.value, n.below)
		}
	}
	return nil
}

// checkChoice returns a UsageError if a flag's value is not one of the choices; "" is the default.
func checkChoice(flag, value string, choices []string) error {
	if value == "" || slices.Contains(choices, value) {
		return nil
	}
	if near := suggest.Nearest(value, choices); near != "" {
		return usagef("--%s %q not found; did you mean %q?", flag, value, near)
	}
	return usagef("--%s %q not found; choose one of %s", flag, value, strings.Join(choices, ", "))
}

// checkTokenizer returns a UsageError unless a tokenizer has the name. Whether a file is one shows when it is read.
func checkTokenizer(name string) error {
	if strings.ContainsAny(name, `./\`) {
		return nil
	}
	kind, merges, learnt := strings.Cut(name, ":")
	if err := checkChoice("tokenizer", kind, task.Tokenizers()); err != nil {
		return err
	}
	if n, err := strconv.Atoi(merges); learnt && (err != nil || n < 0 || kind != "bpe" && kind != "bytes") {
		return usagef("--tokenizer %q: want a number of merges, as in bpe:8000", name)
	}
	return nil
}

// recipe returns how the configuration trains.
func (c Config) recipe() train.Recipe {
	t, _ := taskByName(c.Task)
	return train.Recipe{Epochs: c.Epochs, Batch: c.Batch, LR: c.LR, Optimizer: c.Optimizer, WeightDecay: c.WeightDecay, Clip: c.Clip,
		Schedule: c.Schedule, Patience: c.Patience, Maximize: t.maximize, Seed: c.Seed}
}

// network returns the network of the configuration.
func (c Config) network() (*graph.Network, error) {
	m, err := ModelByName(c.Model)
	if err != nil {
		return nil, err
	}
	opts := []graph.NetworkOption{graph.Hidden(c.Hidden), graph.Layers(c.Layers), graph.Dropout(c.Dropout), graph.RecurrentDropout(c.RecurrentDropout)}
	if c.LayerNorm {
		opts = append(opts, graph.LayerNorm())
	}
	if c.TorchInit {
		opts = append(opts, graph.TorchInit())
	}
	return m.New(opts...), nil
}

// open opens the dataset of the configuration.
func (c Config) open(opts []datasets.Option) (datasets.Dataset, error) {
	own := []datasets.Option{datasets.Fill(c.Fill), datasets.Columns(c.Columns...), datasets.Period(c.Period),
		datasets.Text(c.Text), datasets.Label(c.Label), datasets.Encoding(c.Encoding)}
	if c.SentencesOnly {
		own = append(own, datasets.SentencesOnly())
	}
	return datasets.Open(c.Dataset, append(own, opts...)...)
}
