package task

import (
	"context"
	"io"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
)

// Predictor is a trained network with all that is needed to use it, without the dataset that it was trained on. It serves any
// number of goroutines at once, as long as nobody changes its parameters: at most as many answers as there are processors
// are computed at a time, each by one of them, and the others wait in the order in which they came. The programs that it
// keeps for that hold at most program memory of 1 GiB together, besides what one answer takes.
type Predictor interface {
	// Params returns the parameters. Who writes to them must see to it that nobody predicts meanwhile.
	Params() *graph.Params
	// Save keeps what must be kept besides the weights and the configuration.
	Save(to Files) error
	// On returns the task on a dataset, to evaluate the predictor there, with settings as Decoding returns them; nil means
	// as in training. Nothing is learnt from the dataset.
	On(d datasets.Dataset, decoding Options) (Task, error)
	// Decoding returns a copy of the settings of how answers are looked for; nil if there is nothing to choose.
	Decoding() Options
	// Query returns a question with its settings at their defaults. Each serves one goroutine.
	Query() Query
	// Warm compiles what answers to such inputs need, so that the first ones do not wait for it.
	Warm(ctx context.Context, inputs ...string) error
}

// Query is a question to a predictor with its settings: the flags of zoo predict, the fields of a request.
type Query interface {
	Options
	// Example is what may follow zoo predict RUN.
	Example() string
	// Run answers. Inputs are texts or names of files; body is what "-" among them stands for: standard input, or the body of
	// a request. Each prediction is given to emit as soon as it is there; an error of emit ends the answer.
	Run(ctx context.Context, inputs []string, body io.Reader, emit func(Prediction) error) error
}

// Prediction says itself.
type Prediction interface {
	// Text is for a terminal, with its last line's end.
	Text() string
	// Event is for a program: a value whose JSON is an object.
	Event() any
}

// Pictured is a Prediction that was asked to be drawn into a file. The question itself writes none: a command does.
type Pictured interface {
	Prediction
	// Picture returns the name of the file, which ends in .svg or .png, and the picture; "" if none was asked for.
	Picture() (file string, picture Exhibit)
}

// Holder has a predictor: *zoo.Run.
type Holder interface{ Predictor() Predictor }
