package task

import (
	"slices"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// Kind is a kind of task: all that the zoo knows of it. A folder below this one holds each. A Kind has no state and serves
// any number of goroutines.
type Kind interface {
	// Name is what the task is called in --task and in the configuration of a run: a word, such as forecast.
	Name() string
	// Title says in one line what is learnt.
	Title() string
	// Accepts returns the kinds of data that the task can learn from, such as datasets.KindSeries.
	Accepts() []string
	// Metrics are what Evaluate returns, in the order in which they are shown; the first that
	// there is ranks models and rivals.
	Metrics() []Metric

	// Options returns the task's settings with zero values, for what a run has kept to be read into.
	Options() Options
	// Defaults changes a recipe to one that gives a good result, and returns the task's own settings that go with it.
	Defaults(r *Recipe, s Subject) Options
	// Decoding returns the settings of how answers are looked for, which evaluation and use have in common, with zero
	// values; nil if there is nothing to choose. Of a run its predictor has them.
	Decoding() Options
	// Query returns a question to nobody: its settings are documented and are flags before a run is open.
	Query() Query

	// New joins a network with a dataset. It may fill in what the options leave open.
	New(s Setting, d datasets.Dataset) (Task, error)
	// Open returns what a run has kept. The parameters hold the kept weights.
	Open(s Setting, kept Files) (Predictor, error)
}

// Checker is a Kind that knows more of what cannot work than the bounds of its options.
type Checker interface {
	Kind
	// Check returns a UsageError for a setting that cannot work with whatever data, before a corpus is fetched. The setting
	// has no parameters.
	Check(s Setting) error
}

// Options are settings, a pointer to a struct with JSON tags.
type Options interface {
	// Declare declares the settings with the values that they have as the defaults.
	Declare(s *option.Set)
}

// Adjuster is an Options whose other settings have good values that depend on what is given.
type Adjuster interface {
	Options
	// Adjust changes the settings and the recipe before what is given is laid over them. given returns the value of a
	// setting, as a text, if there is one.
	Adjust(r *Recipe, s Subject, given func(setting string) (value string, ok bool))
}

// Subject is what a recipe is for.
type Subject struct {
	Model string        // by its name
	Data  datasets.Info // of which a file of one's own has a Where of "file"
}

// Dataset returns the name of a dataset that the zoo knows, or "" for data of one's own, whatever it is called.
func (s Subject) Dataset() string {
	if s.Data.Where == "file" || s.Data.Where == "" {
		return ""
	}
	return s.Data.Name
}

// Recipe is what every task has: the network's size and how it is trained, as plain data.
type Recipe struct {
	Hidden           int     `json:"hidden"`
	Layers           int     `json:"layers"`
	Dropout          float64 `json:"dropout"`
	RecurrentDropout float64 `json:"recurrent_dropout"`
	WeightDrop       float64 `json:"weight_drop"`
	LayerNorm        bool    `json:"layer_norm"`
	TorchInit        bool    `json:"torch_init"` // initial weights as PyTorch's
	Chrono           int     `json:"chrono,omitempty"`
	train.Recipe
	Limit int `json:"limit"` // 0 means all training examples
}

// DefaultRecipe returns the recipe that a task's defaults begin with.
func DefaultRecipe() Recipe {
	return Recipe{Hidden: 32, Layers: 1, Recipe: train.Recipe{
		Epochs: 60, Batch: 32, Accumulate: 1, LR: 0.003, Optimizer: "adam", Clip: 1, Schedule: "constant", Patience: 10, Seed: 1,
	}}
}

// mostLayers is far beyond what recurrent networks learn with. Compiling grows a little faster than the layers: so many LSTMs
// take 0.7 s over twelve steps and 8 s over a hundred.
const mostLayers = 64

// Declare implements Options.
func (r *Recipe) Declare(s *option.Set) {
	s.Group("The network")
	s.Int(&r.Hidden, "hidden", "width of the hidden state").AtLeast(1).AtMost(1 << 13)
	s.Int(&r.Layers, "layers", "number of layers").AtLeast(1).AtMost(mostLayers)
	s.Float(&r.Dropout, "dropout", "rate of dropout between layers; 0 is none").AtLeast(0).Below(1)
	s.Float(&r.RecurrentDropout, "recurrent-dropout", "rate of dropout on the hidden state, one mask for all time steps; 0 is none").AtLeast(0).Below(1)
	s.Float(&r.WeightDrop, "weight-drop", "rate of dropout on the recurrent weights, one mask for all time steps; 0 is none").AtLeast(0).Below(1)
	s.Bool(&r.LayerNorm, "layer-norm", "normalise the products within the cell")
	s.Bool(&r.TorchInit, "torch-init", "initial weights as PyTorch's, uniform; else orthogonal and Glorot's")
	s.Int(&r.Chrono, "chrono", "steps over which the gates of an LSTM or a GRU remember at the start, at most; 0 is their usual biases").AtLeast(0).AtMost(1 << 20)
	s.Group("Training")
	r.Recipe.Declare(s)
	s.Int(&r.Limit, "limit", "train on the first so many examples; 0 is all of them").AtLeast(0)
}

// Network returns the options of a network that has the recipe's size.
func (r Recipe) Network() []graph.NetworkOption {
	opts := []graph.NetworkOption{graph.Hidden(r.Hidden), graph.Layers(r.Layers), graph.Dropout(r.Dropout), graph.RecurrentDropout(r.RecurrentDropout), graph.WeightDrop(r.WeightDrop), graph.Chrono(r.Chrono)}
	if r.LayerNorm {
		opts = append(opts, graph.LayerNorm())
	}
	if r.TorchInit {
		opts = append(opts, graph.TorchInit())
	}
	return opts
}

// Sized takes the sizes of the recipe from a network.
func (r *Recipe) Sized(n graph.NetworkConfig) {
	r.Hidden, r.Layers, r.Dropout, r.RecurrentDropout = n.Hidden, n.Layers, n.Dropout, n.RecurrentDropout
	r.WeightDrop, r.LayerNorm, r.TorchInit = n.WeightDrop, n.LayerNorm, n.TorchInit
	r.Chrono = n.Chrono
}

// Setting is what the zoo hands to a task.
type Setting struct {
	Network *graph.Network                             // of the model that was chosen
	Other   func(model string) (*graph.Network, error) // another model with the same recipe, such as a decoder; nil if there are no others
	Params  *graph.Params                              // where the network's parameters are declared
	Options Options                                    // of the task; nil means their defaults
	Recipe  Recipe
	Data    datasets.Settings // how the dataset was read
}

// Files are the files of a run's folder.
type Files = train.Files

// StateFile is the file in which a predictor keeps what it needs besides weights and configuration.
const StateFile = "state.json"

// Decisive returns the names of the metrics of which the highest, or the lowest, may decide the best epoch of a training:
// those of the task's that are better the higher, or the lower. The validation loss is one of the latter for every task.
func Decisive(k Kind) (highest, lowest []string) {
	if args.Nil(k) {
		return nil, []string{train.Loss}
	}
	for _, m := range k.Metrics() {
		if m.AtEnd {
			continue
		}
		if m.HigherIsBetter {
			highest = append(highest, m.Name)
		} else {
			lowest = append(lowest, m.Name)
		}
	}
	if !slices.Contains(lowest, train.Loss) {
		lowest = append(lowest, train.Loss)
	}
	return highest, lowest
}

// Metric is a measure of how well a network does.
type Metric struct {
	Name, Title    string // "mae", "mean absolute error, in the series' units"
	HigherIsBetter bool
	Percent        bool // a part of 1, shown in percent
	AtEnd          bool // it is measured when all is learnt, and cannot decide when that is
	Optional       bool // there is none for some data, such as one in units of its own for variables in several
}

// Ranks returns the metric by which models and rivals are ranked where a model has some values: the first of which it has one.
func Ranks(metrics []Metric, values map[string]float64) (m Metric, ok bool) {
	for _, m := range metrics {
		if _, ok := values[m.Name]; ok {
			return m, true
		}
	}
	return Metric{}, false
}
