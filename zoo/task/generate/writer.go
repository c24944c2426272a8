// Package generate is the task of writing text: tokens → embedding → network → the next token.
//
//	run, err := zoo.Train(ctx, lstm.New(graph.Hidden(512)), corpus)
//	w, err := generate.Of(run)
//	text, err := w.Write(ctx, "To be", generate.DefaultWriting())
//
// A Generation serves one goroutine, a Writer any number of them.
package generate

import (
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/softmax"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Writer is a network that says which token is likely to come next. It serves any number of goroutines at once
// (task.Predictor says how).
type Writer struct {
	opts     Options
	network  *graph.Network
	params   *graph.Params
	encoder  *text.Encoder
	output   *softmax.Softmax
	states   []carriedState // that a stretch begins with
	ends     bool           // whether texts have an end
	classes  []string       // of the texts; nil if they have none
	lineEnds bool           // whether the end of a line is the token text.End, since the tokenizer knows none
	example  string         // a text of the data that it was trained for
	data     datasets.Settings
	pool     program.Pool[shape]
}

var _ task.Predictor = (*Writer)(nil)

// NewWriter returns the writer of an encoder, of texts that have an end or of running text, and the names of the classes of
// texts, if they have some. The network's parameters are declared in params if they are not there; others in params are an
// error, since they are the weights of another network.
func NewWriter(network *graph.Network, params *graph.Params, encoder *text.Encoder, ends bool, classes []string, opts Options) (*Writer, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	w := &Writer{opts: opts, network: network, params: params, encoder: encoder, ends: ends, classes: classes}
	return w, w.declare()
}

// declare checks the parts and declares the parameters, so that weights can be loaded and counted before the first step.
func (w *Writer) declare() error {
	if err := w.network.Check(); err != nil {
		return err
	}
	if err := checkDirections(w.network, w.opts.FillIn); err != nil {
		return err
	}
	if err := program.CheckEncoder(w.encoder); err != nil {
		return errors.WithMessage(err, "generate")
	}
	if n := len(slices.Compact(slices.Sorted(slices.Values(w.classes)))); n < len(w.classes) {
		return errors.Errorf("generate: two of the classes %q have one name", w.classes)
	}
	w.states = carriedBy(w.network)
	w.lineEnds = !w.ends && !keepsLines(w.encoder.Tokenizer)
	width := w.network.Width()
	if w.opts.Tied {
		width = w.opts.Embedding
	}
	var err error
	if w.output, err = softmax.New(w.opts.Softmax, w.size(), width); err != nil {
		return errors.WithMessage(err, "generate")
	}
	if w.opts.Locked {
		w.network = w.network.With(graph.LockedDropout())
	}
	return errors.WithMessage(program.Declared(w.params, w.network.Name(), w.declareAll), "generate")
}

// keepsLines reports whether the ends of lines are tokens.
func keepsLines(t text.Tokenizer) bool {
	const lines = "a\nb\n"
	return t.Detokenize(t.Tokenize(lines)) == lines
}

// firstToken is what the first token of a text is told from: Begin, and of running text the end of a line, which stands
// before many of its parts.
func (w *Writer) firstToken() int32 {
	switch id := w.encoder.Vocabulary.ID("\n"); {
	case w.ends:
		return text.Begin
	case w.lineEnds:
		return text.End
	case id != text.Unknown:
		return int32(id)
	}
	return text.Begin
}

// Save implements task.Predictor.
func (w *Writer) Save(to task.Files) error {
	if err := program.CheckFiles(to); err != nil {
		return err
	}
	if err := to.Write(vocabularyFile, w.encoder); err != nil {
		return err
	}
	return to.Write(task.StateFile, saved{w.ends, w.classes, w.example})
}

const vocabularyFile = "vocabulary.json"

// saved is what a writer keeps beside the vocabulary.
type saved struct {
	Ends    bool     `json:"ends"`
	Classes []string `json:"classes,omitempty"`
	Example string   `json:"example,omitempty"`
}

// Open returns the writer that Save has kept with the options. The parameters must hold the kept weights.
func Open(network *graph.Network, params *graph.Params, opts Options, kept task.Files) (*Writer, error) {
	if err := program.CheckFiles(kept); err != nil {
		return nil, err
	}
	var s saved
	if err := kept.Read(task.StateFile, &s); err != nil {
		return nil, errors.WithMessagef(err, "%s is damaged", task.StateFile)
	}
	encoder := new(text.Encoder)
	if err := kept.Read(vocabularyFile, encoder); err != nil {
		return nil, errors.WithMessagef(err, "%s is damaged", vocabularyFile)
	}
	w, err := NewWriter(network, params, encoder, s.Ends, s.Classes, opts)
	if err != nil {
		return nil, err
	}
	w.example = s.Example
	return w, nil
}

// Params implements task.Predictor.
func (w *Writer) Params() *graph.Params { return w.params }

// Options returns the options with their defaults filled in.
func (w *Writer) Options() Options { return w.opts }

// Classes returns the names of the classes of texts, nil if they have none.
func (w *Writer) Classes() []string { return slices.Clone(w.classes) }

// Encoder returns what makes tokens of texts.
func (w *Writer) Encoder() *text.Encoder { return w.encoder }

// Decoding implements task.Predictor.
func (w *Writer) Decoding() task.Options {
	d := w.opts.Decoding
	return &d
}

// On implements task.Predictor: vocabulary and classes are the writer's.
func (w *Writer) On(d datasets.Dataset, decoding task.Options) (task.Task, error) {
	s, err := sourceOf(d)
	if err != nil {
		return nil, err
	}
	if s.ends != w.ends {
		return nil, errors.Errorf("generate %s: of this data %s, of that of the training %s (the setting is lines)", s.name, endsOf(s.ends), endsOf(w.ends))
	}
	if !slices.Equal(s.classes, w.classes) {
		return nil, errors.Errorf("generate %s: the dataset has the classes %q; the model knows %q", s.name, s.classes, w.classes)
	}
	g := newGeneration(w, s)
	if given, ok := decoding.(*Decoding); ok && given != nil {
		if err := given.check(); err != nil {
			return nil, err
		}
		g.decoding = *given
	}
	return g, nil
}

func endsOf(ends bool) string {
	if ends {
		return "texts have an end"
	}
	return "text runs on"
}

// class returns the number of a class; -1 if there are none.
func (w *Writer) class(name string) (int, error) {
	switch i := slices.Index(w.classes, name); {
	case i >= 0:
		return i, nil
	case name == "" && len(w.classes) == 0:
		return -1, nil
	case len(w.classes) == 0:
		return 0, errNoClasses(name)
	case name == "":
		return 0, errWhichClass(w.classes)
	default:
		return 0, errOtherClass(name, w.classes)
	}
}

// clearRow sets a row of a tensor to zeros.
func clearRow(t *tensor.Dense, row, width int) {
	switch d := t.Data().(type) {
	case []float32:
		clear(d[row*width : (row+1)*width])
	case []float64:
		clear(d[row*width : (row+1)*width])
	}
}

// floats32 returns the elements of a tensor of floats, which nobody else may write to meanwhile.
func floats32(t *tensor.Dense) []float32 {
	switch d := t.Data().(type) {
	case []float32:
		return d
	case []float64:
		out := make([]float32, len(d))
		for i, v := range d {
			out[i] = float32(v)
		}
		return out
	}
	return nil
}

// checkDirections returns an error if a network reads in the wrong number of directions.
func checkDirections(n *graph.Network, fillIn bool) error {
	switch {
	case n.IsBidirectional() && !fillIn:
		return errors.Errorf("generate: %s cannot write: it would read the words after the one that it is to say; choose rnn, lstm or gru, or have it name hidden words from both sides (fill-in: true)", n.Name())
	case !n.IsBidirectional() && fillIn:
		return errors.Errorf("generate: %s reads up to the hidden word alone; naming it from both sides takes birnn, bilstm or bigru (fill-in: false has %s write)", n.Name(), n.Name())
	}
	return nil
}
