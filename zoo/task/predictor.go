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
	// Warm compiles what answers to such inputs need, and to single ones of other lengths as far as that takes little, so
	// that the first ones do not wait for it.
	Warm(ctx context.Context, inputs ...string) error
}

// Query is a question to a predictor with its settings: the flags of zoo predict, the fields of a request.
type Query interface {
	Options
	// Example is what may follow zoo predict RUN.
	Example() string
	// Run answers. Inputs are what the task has learnt from: texts, or the name of a file of numbers; body is what "-"
	// among them stands for: standard input, or the body of a request. Each prediction is given to emit as soon as it is
	// there; an error of emit ends the answer.
	Run(ctx context.Context, inputs []string, body io.Reader, emit func(Prediction) error) error
}

// FileReader is a Query about texts that can read them from files, too. It opens none by itself, since the inputs of a
// server are other people's: an input is then a text, whatever it says.
type FileReader interface {
	Query
	// ReadFiles lets an input of Run that names a file, as FILE or csv:FILE, stand for the texts in it; one that looks
	// like a file's name and names none is an error. notice is told in a line each what was guessed of a file or of the
	// body, and what was empty in it; nil is told nothing.
	ReadFiles(notice func(string))
}

// Streamer is a Query whose answers can be read while they are made, as text is that is written word by word.
type Streamer interface {
	Query
	// Stream has each piece of an answer given to show as soon as it is there. The Text of the prediction that follows is then
	// what is left of it, such as the end of its last line. An error of show ends the answer.
	Stream(show func(piece string) error)
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

// Tabular is a Prediction that is a row of a table.
type Tabular interface {
	Prediction
	// Row returns the row, or why there is none.
	Row() (Row, error)
}

// Row is a row of a table of predictions: what was read, with all columns of its file, and what is predicted for it.
// All rows that were read from a file have the same names.
type Row struct {
	Columns, Fields  []string // names and values of what was read, as texts
	Names, Predicted []string // names and values of what is predicted, as texts; "" where there is no value
}

// Holder has a predictor: *zoo.Run.
type Holder interface{ Predictor() Predictor }
