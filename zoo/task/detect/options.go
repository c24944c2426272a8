package detect

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Options say how anomalies are found. The zero value of a field means what its comment says.
type Options struct {
	Method    string `json:"method"`    // see Methods; "" is that of the data
	Threshold string `json:"threshold"` // quantile:PART, labels or a number; "" is quantile:0.98, of a series quantile:0.99

	// Of an autoencoder.
	Patch        int     `json:"patch"`        // rows that are read, and written, at once; 0 is the largest divisor of the length up to 5
	Code         int     `json:"code"`         // numbers that a sequence is squeezed into; 0 means 8
	Noise        float64 `json:"noise"`        // deviation of what is added to the inputs in training, in deviations of the data
	Error        string  `json:"error"`        // see Errors; "" means l1
	Decoder      string  `json:"decoder"`      // the model that writes; "" is the cell of the model, one way
	Normal       string  `json:"normal"`       // the class that is no anomaly; "" is normal, or the most frequent in training
	Contaminated bool    `json:"contaminated"` // learn from all, whatever their labels

	// Of a forecaster.
	Window        int     `json:"window"`         // rows that it learns from at once; 0 means 48
	Ahead         int     `json:"ahead"`          // rows that it looks ahead; 0 means 1
	Memory        int     `json:"memory"`         // rows over which a series is scaled; 0 means 1000
	Level         bool    `json:"level"`          // whether the distance from the mean of the past counts as well
	Likelihood    string  `json:"likelihood"`     // see Likelihoods; "" means rank
	Recent        int     `json:"recent"`         // errors whose mean counts besides each; 0 means 1
	Long          int     `json:"long"`           // errors of the past that a new one is held against; 0 means 6000
	Rank          float64 `json:"rank"`           // part of these that are below a score of 1; 0 means 0.999
	Rest          int     `json:"rest"`           // rows after a flag in which only a higher score is one
	Probation     float64 `json:"probation"`      // part of each series, from its start, that is learnt from and validates; 0 means 0.5
	ProbationRows int     `json:"probation_rows"` // how many rows that is at most; 0 is any number
	Anomalies     string  `json:"anomalies"`      // variable that is not 0 where a row is anomalous; "" is none
}

// The two ways to find anomalies.
const (
	methodAutoencoder = "autoencoder"
	methodForecaster  = "forecaster"
)

// Methods returns the names of the ways to find anomalies: what a network that has learnt to write normal sequences again
// from a few numbers cannot (autoencoder), and what comes otherwise than a network has forecast (forecaster).
func Methods() []string { return []string{methodAutoencoder, methodForecaster} }

// Errors returns the names of how far a sequence is from what is written again: the mean of the absolute differences, or of the squared.
func Errors() []string { return []string{"l1", "l2"} }

// Declare implements task.Options.
func (o *Options) Declare(s *option.Set) {
	s.Text(&o.Method, "method", "how anomalies are found: sequences by an autoencoder, series by a forecaster").OneOf(Methods()...)
	s.Text(&o.Threshold, "threshold", "from which score on there is an anomaly: quantile:PART of the scores in validation, labels for the best F1 there, or a number").Checked(func() error {
		_, err := parseThreshold(o.Threshold)
		return err
	})
	s.Int(&o.Patch, "patch", "autoencoder: rows that are a step of the network; 0 is as many up to 5 as divide the length").AtLeast(0).AtMost(1 << 16)
	s.Int(&o.Code, "code", "autoencoder: numbers that a sequence is written again from").AtLeast(1).AtMost(1 << 13)
	s.Float(&o.Noise, "noise", "autoencoder: deviation of the noise that is added to inputs in training, in those of the data").AtLeast(0).AtMost(100)
	s.Text(&o.Error, "error", "autoencoder: mean absolute difference (l1) or mean squared one (l2)").OneOf(Errors()...)
	s.Text(&o.Decoder, "decoder", "model that writes: rnn, lstm or gru; none is the cell of the model")
	s.Text(&o.Normal, "normal", "autoencoder: class that is no anomaly and is learnt from; none is normal, or else the most frequent in training")
	s.Bool(&o.Contaminated, "contaminated", "autoencoder: learn from all sequences, whatever their labels")
	s.Int(&o.Window, "window", "rows of a series that the model learns from at once").AtLeast(1).AtMost(1 << 16)
	s.Int(&o.Ahead, "ahead", "forecaster: rows that it looks ahead").AtLeast(1).AtMost(1 << 16)
	s.Int(&o.Memory, "memory", "forecaster: rows over which a series is scaled as it goes on").AtLeast(2).AtMost(1 << 20)
	s.Bool(&o.Level, "level", "forecaster: count the distance from the mean of the past, too")
	s.Text(&o.Likelihood, "likelihood", "forecaster: how errors are held against those of the past: by rank, or as a Gaussian").OneOf(Likelihoods()...)
	s.Int(&o.Recent, "recent", "forecaster: last errors whose mean is held against those of the past").AtLeast(1).AtMost(1 << 16)
	s.Int(&o.Long, "long", "forecaster: errors of the past").AtLeast(fewErrors).AtMost(1 << 20)
	s.Float(&o.Rank, "rank", "forecaster: part of the errors of the past that have a score below 1").Above(0).Below(1)
	s.Int(&o.Rest, "rest", "forecaster: rows after a flag in which only a higher score is flagged").AtLeast(0).AtMost(1 << 20)
	s.Float(&o.Probation, "probation", "forecaster: part of each series from its start that is learnt from, a fifth of it to validate; the rest is the test part").Above(0).Below(1)
	s.Int(&o.ProbationRows, "probation-rows", "forecaster: rows of that at most; 0 is any number").AtLeast(0)
	s.Text(&o.Anomalies, "anomalies", "forecaster: column of a file of your own that is not 0 where a row is anomalous; it is not forecast")
}

// withDefaults returns the options with zero values replaced, or what is wrong with them.
func (o Options) withDefaults() (Options, error) {
	o.Code, o.Error = cmp.Or(o.Code, 8), cmp.Or(o.Error, "l1")
	o.Window, o.Ahead, o.Memory = cmp.Or(o.Window, 48), cmp.Or(o.Ahead, 1), cmp.Or(o.Memory, 1000)
	o.Likelihood, o.Recent, o.Long, o.Rank = cmp.Or(o.Likelihood, likelihoodRank), cmp.Or(o.Recent, 1), cmp.Or(o.Long, 6000), cmp.Or(o.Rank, 0.999)
	o.Probation = cmp.Or(o.Probation, 0.5)
	if o.Threshold == "" {
		if o.Threshold = "quantile:0.98"; o.Method == methodForecaster {
			o.Threshold = "quantile:0.99"
		}
	}
	var s option.Set
	o.Declare(&s)
	return o, errors.WithMessage(s.Check(), "detect")
}

// threshold is how the score is found from which on there is an anomaly.
type threshold struct {
	labels   bool    // by the best F1 of what validates
	quantile float64 // of the scores of what validates; 0 if a number is given
	value    float64
}

// parseThreshold reads quantile:0.98, labels or a number; nothing is quantile:0.98.
func parseThreshold(text string) (threshold, error) {
	part, isQuantile := strings.CutPrefix(cmp.Or(text, "quantile:0.98"), "quantile:")
	x, err := strconv.ParseFloat(part, 64)
	switch {
	case text == "labels":
		return threshold{labels: true}, nil
	case err != nil || math.IsNaN(x) || math.IsInf(x, 0), isQuantile && !(x > 0 && x < 1):
		return threshold{}, errors.New("want quantile:PART with a part between 0 and 1, labels, or a number")
	case isQuantile:
		return threshold{quantile: x}, nil
	}
	return threshold{value: x}, nil
}

// Kind is the task of finding anomalies.
type Kind struct{}

var (
	_ task.Kind    = Kind{}
	_ task.Checker = Kind{}
)

// Name returns "detect".
func (Kind) Name() string { return "detect" }

// Title implements task.Kind.
func (Kind) Title() string {
	return "anomalies: sequences unlike normal ones, and rows of a series unlike what was to come"
}

// Accepts implements task.Kind.
func (Kind) Accepts() []string { return []string{datasets.KindSeries, datasets.KindSequences} }

// Metrics implements task.Kind.
func (Kind) Metrics() []task.Metric {
	return []task.Metric{
		{Name: f1Name, Title: "harmonic mean of precision and recall", HigherIsBetter: true, Percent: true},
		{Name: "precision", Title: "part of what is flagged that is anomalous", HigherIsBetter: true, Percent: true},
		{Name: "recall", Title: "part of the anomalies that are flagged: sequences, or windows of a series", HigherIsBetter: true, Percent: true},
		{Name: "auc", Title: "chance that an anomalous sequence, or row, has a higher score than a normal one", HigherIsBetter: true},
		{Name: "ap", Title: "average precision over all thresholds", HigherIsBetter: true},
		{Name: "loss", Title: "mean error of what is written again, in deviations of the data, or nats a forecast"},
	}
}

const f1Name = "f1"

// Options implements task.Kind.
func (Kind) Options() task.Options { return new(Options) }

// Defaults implements task.Kind.
func (Kind) Defaults(r *task.Recipe, s task.Subject) task.Options {
	if r == nil {
		r = new(task.Recipe)
	}
	o := &Options{Method: methodForecaster, Code: 8, Error: "l1", Window: 48, Ahead: 1, Memory: 1000, Level: true,
		Likelihood: likelihoodRank, Recent: 1, Long: 6000, Rank: 0.999, Rest: 50, Probation: 0.5}
	r.Clip, r.Patience, r.Optimizer = 1, 0, "adamw"
	if s.Data.Kind == datasets.KindSequences {
		o.Method, o.Noise, o.Rest = methodAutoencoder, 0.7, 0
		r.Hidden, r.Batch, r.Epochs, r.LR, r.WeightDecay, r.Schedule = 64, 16, 200, 3e-3, 1e-4, "warmup:30,cosine"
		if s.Dataset() == "ecg5000-pooled" {
			r.Epochs, o.Noise, o.Threshold = 40, 0.3, "quantile:0.985"
		}
		return o
	}
	r.Hidden, r.Batch, r.Epochs, r.LR, r.Schedule, r.Patience = 24, 32, 100, 3e-3, "cosine", 10
	if s.Dataset() == "nab" {
		r.Epochs, r.Patience = 12, 0
		o.Probation, o.ProbationRows = 0.15, 750
		o.Window, o.Ahead, o.Recent, o.Rest = 128, 200, 30, 100
	}
	return o
}

// Decoding implements task.Kind: there is nothing to choose.
func (Kind) Decoding() task.Options { return nil }

// Query implements task.Kind.
func (Kind) Query() task.Query { return newQuery(nil) }

// Check implements task.Checker: a window that takes too much memory is refused before a dataset is fetched.
func (Kind) Check(s task.Setting) error {
	o, ok := s.Options.(*Options)
	if !ok || o == nil || o.Method != methodForecaster {
		return nil
	}
	if s.Network != nil && s.Network.Check() == nil && s.Network.IsBidirectional() {
		return twoWays(s.Network.Name())
	}
	return program.CheckMemory(s.Network, "window", o.Window, 1)
}

// twoWays is the error for a network that sees the future.
func twoWays(model string) error {
	return option.Usagef("model %q cannot watch a series: it reads it from its end, too; choose rnn, lstm or gru", model)
}

// New implements task.Kind.
func (Kind) New(s task.Setting, d datasets.Dataset) (task.Task, error) {
	o := optionsOf(s)
	opts := *o
	if opts.Decoder == "" {
		opts.Decoder = strings.TrimPrefix(s.Network.Name(), "bi")
		if s.Other != nil && !slices.Contains([]string{"rnn", "lstm", "gru"}, opts.Decoder) {
			opts.Decoder = "gru"
		}
	}
	t, err := newTask(parts{s.Network, s.Other, s.Params, s.Data}, d, opts, s.Recipe.Batch)
	if err != nil {
		return nil, err
	}
	*o = t.detector().opts
	return t, nil
}

// Open implements task.Kind.
func (Kind) Open(s task.Setting, kept task.Files) (task.Predictor, error) {
	d, err := open(parts{s.Network, s.Other, s.Params, s.Data}, *optionsOf(s), kept)
	if err != nil {
		return nil, err
	}
	return d, nil
}

func optionsOf(s task.Setting) *Options {
	return program.OptionsOf(s, new(Options))
}
