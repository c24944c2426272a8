package task

import (
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
)

// Translator is an encoder–decoder network that translates texts.
type Translator struct {
	encoderDecoder
	params        *graph.Params
	sourceEncoder *text.Encoder
	targetEncoder *text.Encoder
	lengths       pairLengths
	programs      programs[translateShape]
}

var _ Predictor = (*Translator)(nil)

// pairLengths are the lengths of the longest texts of training in tokens, with their ends.
type pairLengths struct {
	Source int `json:"source"`
	Target int `json:"target"`
}

// NewTranslator returns the translator of a network that encodes, one that decodes, and what makes tokens of both sides'
// texts. The networks' parameters are declared in params if they are not there; others in params are an error, since they
// are the weights of another network.
func NewTranslator(encoder, decoder *graph.Network, params *graph.Params, source, target *text.Encoder, opts TranslateOptions) (*Translator, error) {
	return newTranslator(encoder, decoder, params, source, target, pairLengths{1, 1}, opts)
}

func newTranslator(encoder, decoder *graph.Network, params *graph.Params, source, target *text.Encoder, lengths pairLengths, opts TranslateOptions) (*Translator, error) {
	opts = opts.withDefaults()
	t := &Translator{
		encoderDecoder: encoderDecoder{opts, encoder, decoder, source.Vocabulary.Size(), target.Vocabulary.Size()},
		params:         params, sourceEncoder: source, targetEncoder: target, lengths: lengths,
	}
	if err := opts.check(); err != nil {
		return nil, err
	}
	if err := checkDecoder(decoder); err != nil {
		return nil, err
	}
	loaded := params.List()
	b := graph.NewBuilder(params)
	t.loss(b, translateShape{source: 1, target: 1, batch: 1})
	if b.Err() != nil || len(loaded) == 0 {
		return t, b.Err()
	}
	own := graph.NewBuilder(graph.NewParams(params.Dtype()))
	t.loss(own, translateShape{source: 1, target: 1, batch: 1})
	for _, p := range loaded {
		if own.Params().Get(p.Name()) == nil {
			return nil, errors.Errorf("translate: %s has no parameter %q; the weights are those of another network", encoder.Name(), p.Name())
		}
	}
	return t, nil
}

// Params implements Predictor and train.Task.
func (t *Translator) Params() *graph.Params { return t.params }

// SetSearch sets how Translate, and Evaluate of a task on the translator, look for translations. The penalty is that of
// TranslateOptions.
func (t *Translator) SetSearch(beam int, penalty float64) error {
	opts := t.opts
	opts.Beam, opts.Penalty = beam, penalty
	if err := opts.check(); err != nil {
		return err
	}
	t.opts = opts
	return nil
}

// Options returns the options with their defaults filled in.
func (t *Translator) Options() TranslateOptions { return t.opts }

// The files of a kept translator besides StateFile.
const (
	sourceVocabularyFile = "source.json"
	targetVocabularyFile = "target.json"
)

// savedTranslator is what Save adds to the configuration.
type savedTranslator struct {
	Longest pairLengths `json:"longest"`
}

// Save implements Predictor.
func (t *Translator) Save(write func(file string, value any) error) error {
	if err := write(sourceVocabularyFile, t.sourceEncoder); err != nil {
		return err
	}
	if err := write(targetVocabularyFile, t.targetEncoder); err != nil {
		return err
	}
	return write(StateFile, savedTranslator{t.lengths})
}

// OpenTranslator returns the translator that Save has kept with the options, which read gives back by the names of its
// files. The parameters must hold the kept weights.
func OpenTranslator(encoder, decoder *graph.Network, params *graph.Params, opts TranslateOptions, read func(file string, value any) error) (*Translator, error) {
	var s savedTranslator
	source, target := new(text.Encoder), new(text.Encoder)
	for _, f := range []struct {
		name  string
		value any
	}{{StateFile, &s}, {sourceVocabularyFile, source}, {targetVocabularyFile, target}} {
		if err := read(f.name, f.value); err != nil {
			return nil, errors.WithMessagef(err, "%s is damaged", f.name)
		}
	}
	if s.Longest.Source < 1 || s.Longest.Target < 1 {
		return nil, errors.Errorf("%s is damaged: the longest texts have %d and %d tokens; want at least 1", StateFile, s.Longest.Source, s.Longest.Target)
	}
	return newTranslator(encoder, decoder, params, source, target, s.Longest, opts)
}

// On implements Predictor: vocabularies are the translator's.
func (t *Translator) On(d datasets.Dataset) (Task, error) {
	pairs, ok := d.(*datasets.Pairs)
	if !ok {
		return nil, errors.Errorf("translate %s: the dataset has no pairs of texts", d.Info().Name)
	}
	return onPairs(t, pairs), nil
}

// translateShape tells the programs of a translator apart.
type translateShape struct {
	use            use
	source, target int // steps
	batch, beam    int
}

// use is what a program is for.
type use uint8

const (
	toTrain  use = iota // loss and gradients
	toScore             // loss without smoothing
	toForce             // the best token after each true one
	toEncode            // what toStep starts from
	toStep              // log probabilities of the next tokens
)

// loss declares the mean cross entropy of a batch of pairs, in nats a token, and the scores of the tokens [T, B, V].
func (t *Translator) loss(b *graph.Builder, s translateShape, opts ...graph.CrossEntropyOption) (loss, logits *gorgonia.Node) {
	source := b.IndexInput("source", s.source, s.batch)
	lengths := b.IndexInput("lengths", s.batch)
	logits = t.unroll(b, t.encode(b, source, lengths), b.IndexInput("previous", s.target, s.batch))
	opts = append(opts, graph.IgnoreIndex(text.Pad))
	return b.CrossEntropy(logits, b.IndexInput("target", s.target, s.batch), opts...), logits
}

// program returns the program of a shape.
func (t *Translator) program(s translateShape) (*compiled, error) {
	return t.programs.get(s, func(shared graph.CompileOption) (*compiled, error) {
		var outputs []*gorgonia.Node
		opts := []graph.CompileOption{shared}
		b := graph.NewBuilder(t.params)
		switch s.use {
		case toTrain:
			b = graph.NewBuilder(t.params, graph.Training())
			loss, _ := t.loss(b, s, graph.LabelSmoothing(t.opts.Smoothing))
			opts = append(opts, graph.Loss(loss))
		case toScore:
			loss, _ := t.loss(b, s)
			outputs = []*gorgonia.Node{loss}
		case toForce:
			_, logits := t.loss(b, s)
			outputs = []*gorgonia.Node{logits}
		case toEncode:
			e := t.encode(b, b.IndexInput("source", s.source, s.batch), b.IndexInput("lengths", s.batch))
			outputs = []*gorgonia.Node{e.memory.Keys, e.memory.Values, e.memory.Mask}
			for _, state := range e.initial {
				outputs = append(outputs, state...)
			}
		case toStep:
			outputs = t.declareStep(b, s)
			opts = append(opts, graph.FixedParams())
		}
		return compile(b, outputs, opts...)
	})
}

// fold returns a text without capital letters, unless they are to be kept.
func (t *Translator) fold(s string) string {
	if t.opts.Cased {
		return s
	}
	return strings.ToLower(s)
}

// encodeSource returns the tokens of a text to translate, with its end.
func (t *Translator) encodeSource(s string) []int {
	return append(t.sourceEncoder.Encode(t.fold(s)), text.End)
}

// encodeTarget returns the tokens of a translation, with its end.
func (t *Translator) encodeTarget(s string) []int {
	return append(t.targetEncoder.Encode(t.fold(s)), text.End)
}
