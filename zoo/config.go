package zoo

import (
	"math"
	"slices"
	"strings"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// Config is everything that decides a run. Defaults returns one that gives a good result; its JSON form is kept with the
// run.
type Config struct {
	Model   string `json:"model"`
	Dataset string `json:"dataset"`

	Hidden           int     `json:"hidden"`
	Layers           int     `json:"layers"`
	Dropout          float64 `json:"dropout"`
	RecurrentDropout float64 `json:"recurrent_dropout"`
	LayerNorm        bool    `json:"layer_norm"`
	TorchInit        bool    `json:"torch_init"` // initial weights as PyTorch's

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

	Columns  []string             `json:"columns,omitempty"`
	Fill     string               `json:"fill,omitempty"`
	Period   int                  `json:"period,omitempty"`
	Forecast task.ForecastOptions `json:"forecast"`
}

// Defaults returns the configuration that gives a good result for a dataset. A person's own series gets first
// differences, which make a network at its worst about as good as the last value, and no logarithm or season: flags say
// what is known of it.
func Defaults(model, dataset string) Config {
	c := Config{
		Model: model, Dataset: dataset,
		Hidden: 32, Layers: 1, Epochs: 60, Batch: 32, LR: 0.003, Optimizer: "adam", Clip: 1, Schedule: "constant", Patience: 10, Seed: 1,
		Forecast: task.ForecastOptions{Window: 24, Horizon: 1, Difference: 1, Loss: "mse"},
	}
	switch dataset {
	case "airline": // a year of growth rates, season taken out: 71 examples, so little network and some decay
		c.Hidden, c.Batch, c.Patience, c.WeightDecay = 16, 16, 0, 1e-3
		c.Forecast.Log, c.Forecast.Lag, c.Forecast.Window = true, 12, 12
	case "temperatures", "sunspots": // noise around a level that comes back: differences would amplify it
		c.Forecast.Difference = 0
	}
	return c
}

// WithoutSeason returns the configuration with no seasonal difference, so that the network itself has to learn the
// season from its window. What was 12 steps ago must be kept in the state: LSTMs keep it from the start, thanks to the
// bias of their forget gates; the others take a larger network and a higher rate that falls, with decay against learning
// the few examples by heart.
func (c Config) WithoutSeason() Config {
	c.Forecast.Lag = 0
	c.Batch, c.Epochs = 0, 150
	switch c.Model {
	case "lstm", "bilstm":
		c.LR = 0.01
	default:
		c.Hidden, c.LR, c.Schedule, c.WeightDecay, c.TorchInit = 48, 0.02, "cosine", 1e-2, true
	}
	return c
}

// Check returns a UsageError for the first value that is out of range.
func (c Config) Check() error {
	if _, err := ModelByName(c.Model); err != nil {
		return err
	}
	for _, n := range []struct {
		flag  string
		value float64
		least float64
		below float64
	}{
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
		{"window", float64(c.Forecast.Window), 1, math.MaxInt32},
		{"horizon", float64(c.Forecast.Horizon), 1, math.MaxInt32},
		{"lag", float64(c.Forecast.Lag), 0, math.MaxInt32},
		{"difference", float64(c.Forecast.Difference), 0, 2},
	} {
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
	if _, err := c.optimizer(); err != nil {
		return usagef("--optimizer: %v", err)
	}
	if _, err := train.NewSchedule(c.Schedule, c.LR, c.Epochs, 1); err != nil {
		return usagef("--schedule: %v", err)
	}
	if losses := task.Losses(); c.Forecast.Loss != "" && !slices.Contains(losses, c.Forecast.Loss) {
		return usagef("--loss %q not found; choose one of %s", c.Forecast.Loss, strings.Join(losses, ", "))
	}
	return nil
}

// optimizer returns the optimizer, with the weight decay where it has one.
func (c Config) optimizer() (train.Optimizer, error) {
	o, err := train.NewOptimizer(c.Optimizer, c.LR)
	if err != nil || c.WeightDecay == 0 {
		return o, err
	}
	switch o := o.(type) {
	case *train.SGD:
		o.WeightDecay = c.WeightDecay
	case *train.Adam:
		o.WeightDecay = c.WeightDecay
	case *train.AdamW:
		o.WeightDecay = c.WeightDecay
	case *train.RMSProp:
		o.WeightDecay = c.WeightDecay
	case *train.Adagrad:
		o.WeightDecay = c.WeightDecay
	case *train.Adadelta:
		o.WeightDecay = c.WeightDecay
	}
	return o, nil
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
func (c Config) open() (datasets.Dataset, error) {
	return datasets.Open(c.Dataset, datasets.Fill(c.Fill), datasets.Columns(c.Columns...), datasets.Period(c.Period))
}
