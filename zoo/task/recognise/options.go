package recognise

import (
	"cmp"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/pooling"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Options say how sequences are recognised. The zero value of a field means what its comment says.
type Options struct {
	Scale            string  `json:"scale"`             // see Scales; "" means columns
	Pooling          string  `json:"pooling"`           // see pooling.Names; "" means last
	OutputDropout    float64 `json:"output_dropout"`    // rate, before the last layer
	Curriculum       int     `json:"curriculum"`        // length of what the first epochs learn from; 0 means that of all
	CurriculumEpochs int     `json:"curriculum_epochs"` // how many epochs a length has before it doubles; 0 means 1
}

// The ways to scale the numbers of a sequence.
const (
	scaleNone    = "none"
	scaleAll     = "all"
	scaleColumns = "columns"
)

// Scales returns the names of how the numbers of a sequence become inputs: as they are (none), or less their mean and
// divided by their standard deviation in the training part, of all numbers together (all) or of each column of a row by
// itself (columns).
func Scales() []string { return []string{scaleNone, scaleAll, scaleColumns} }

// Declare implements task.Options.
func (o *Options) Declare(s *option.Set) {
	s.Text(&o.Scale, "scale", "what is made of the numbers of a sequence by their mean and deviation in training: nothing, or the same of all, or of each column").OneOf(Scales()...)
	s.Text(&o.Pooling, "pooling", "what is made of the outputs of all steps, where one thing is to be said of a sequence").OneOf(pooling.Names()...)
	s.Float(&o.OutputDropout, "output-dropout", "rate of dropout before the last layer; 0 is none").AtLeast(0).Below(1)
	s.Int(&o.Curriculum, "curriculum", "length of the sequences of the first epochs, which doubles until it is that of all, where sequences are made; 0 is all at once").AtLeast(0).AtMost(1 << 20)
	s.Int(&o.CurriculumEpochs, "curriculum-epochs", "epochs of each length of the curriculum").AtLeast(1).AtMost(1 << 20)
}

// withDefaults returns the options with zero values replaced, or what is wrong with them.
func (o Options) withDefaults() (Options, error) {
	o.Scale = cmp.Or(o.Scale, scaleColumns)
	o.Pooling = cmp.Or(o.Pooling, "last")
	o.CurriculumEpochs = cmp.Or(o.CurriculumEpochs, 1)
	var s option.Set
	o.Declare(&s)
	return o, errors.WithMessage(s.Check(), "recognise")
}

// Kind is the task of saying what a sequence of numbers is.
type Kind struct{}

var _ task.Kind = Kind{}

// Name returns "recognise".
func (Kind) Name() string { return "recognise" }

// Title implements task.Kind.
func (Kind) Title() string {
	return "what a sequence of numbers is: its class, a number, or a class at each step"
}

// Accepts implements task.Kind.
func (Kind) Accepts() []string { return []string{datasets.KindSequences} }

// Metrics implements task.Kind.
func (Kind) Metrics() []task.Metric {
	return []task.Metric{
		{Name: accuracyName, Title: "part of the classes that are right, or of the numbers that are off by little", HigherIsBetter: true, Percent: true},
		{Name: "loss", Title: "mean cross entropy of a class, in nats, or the mean squared error of a number"},
	}
}

const accuracyName = "accuracy"

// Options implements task.Kind.
func (Kind) Options() task.Options { return new(Options) }

// Defaults implements task.Kind.
func (Kind) Defaults(r *task.Recipe, s task.Subject) task.Options {
	if r == nil {
		r = new(task.Recipe)
	}
	r.Hidden, r.Batch, r.Epochs, r.LR, r.Clip, r.Patience, r.Schedule = 64, 32, 20, 2e-3, 1, 0, "warmup:50,cosine"
	o := &Options{Scale: scaleColumns, Pooling: "last", CurriculumEpochs: 1}
	switch s.Dataset() {
	case "adding":
		r.Epochs, r.LR = 16, 5e-3
		o.Scale, o.Curriculum, o.CurriculumEpochs = scaleNone, 37, 2
	case "copy":
		r.Hidden, r.Epochs, r.LR = 128, 24, 5e-3
		o.Scale, o.Curriculum, o.CurriculumEpochs = scaleNone, 15, 3
	case "ecg5000":
		r.Batch, r.Epochs, r.LR, r.Optimizer, r.WeightDecay, r.Schedule = 16, 40, 3e-3, "adamw", 1e-4, "warmup:30,cosine"
		o.Pooling, o.OutputDropout = "max", 0.2
	case "rows-mnist":
		r.Hidden, r.Batch, r.Epochs, r.LR, r.WeightDrop, r.Maximize = 128, 100, 16, 2e-3, 0.3, accuracyName
		o.Scale, o.OutputDropout = scaleAll, 0.3
	case "smnist", "psmnist":
		r.Hidden, r.Batch, r.Epochs, r.LR, r.Chrono, r.Maximize = 128, 64, 16, 2e-3, 784, accuracyName
		if s.Dataset() == "psmnist" {
			r.Epochs = 8
		}
		o.Scale = scaleAll
	}
	return o
}

// Decoding implements task.Kind: there is nothing to choose.
func (Kind) Decoding() task.Options { return nil }

// Query implements task.Kind.
func (Kind) Query() task.Query { return &query{} }

// New implements task.Kind.
func (Kind) New(s task.Setting, d datasets.Dataset) (task.Task, error) {
	data, err := program.DatasetOf[*datasets.Sequences](d, "recognise", "has no sequences of numbers")
	if err != nil {
		return nil, err
	}
	if err := program.CheckMemory(s.Network, "length", longest(data.Train), program.BatchOf(s.Recipe.Batch, data.Train.Len())); err != nil {
		return nil, err
	}
	o := optionsOf(s)
	r, err := New(s.Network, data, s.Params, *o)
	if err != nil {
		return nil, err
	}
	*o = r.opts
	r.settings = s.Data
	return r, nil
}

// Open implements task.Kind.
func (Kind) Open(s task.Setting, kept task.Files) (task.Predictor, error) {
	r, err := Open(s.Network, s.Params, *optionsOf(s), kept)
	if err != nil {
		return nil, err
	}
	r.settings = s.Data
	return r, nil
}

func optionsOf(s task.Setting) *Options {
	return program.OptionsOf(s, new(Options))
}
