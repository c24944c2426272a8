// Package translate is the task of translating texts, with an encoder, a decoder and attention between them (package seq2seq).
//
//	run, err := zoo.Train(ctx, gru.New(graph.Hidden(128)), datasets.Dates())
//	t, err := translate.Of(run)
//	translations, err := t.Translate("the 3rd of May, 1984")
//
// A Translation serves one goroutine, a Translator any number of them.
package translate

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/seq2seq"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Translator is an encoder–decoder network that translates texts. It serves any number of goroutines at once (task.Predictor
// says how).
type Translator struct {
	network       *seq2seq.Network
	opts          Options
	params        *graph.Params
	sourceEncoder *text.Encoder
	targetEncoder *text.Encoder
	lengths       pairLengths
	data          datasets.Settings // how the texts of the training were read
	example       string            // a source of the data that it was trained for
	rolls         bool              // whether the encoder can be declared as a loop
	pool          program.Pool[shape]
}

type lane = program.Lane[shape]

var _ task.Predictor = (*Translator)(nil)

// pairLengths are the lengths of the longest texts of training in tokens, with their ends.
type pairLengths struct {
	Source int `json:"source"`
	Target int `json:"target"`
}

// NewTranslator returns the translator of a network that encodes, one that decodes, and what makes tokens of both sides'
// texts. The networks' parameters are declared in params if they are not there; others in params are an error, since they
// are the weights of another network.
func NewTranslator(encoder, decoder *graph.Network, params *graph.Params, source, target *text.Encoder, opts Options) (*Translator, error) {
	return newTranslator(encoder, decoder, params, source, target, pairLengths{1, 1}, opts)
}

func newTranslator(encoder, decoder *graph.Network, params *graph.Params, source, target *text.Encoder, lengths pairLengths, opts Options) (*Translator, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	for _, e := range []*text.Encoder{source, target} {
		if err := program.CheckEncoder(e); err != nil {
			return nil, errors.WithMessage(err, "translate")
		}
	}
	t := &Translator{
		network: &seq2seq.Network{Encoder: encoder, Decoder: decoder, Source: source.Vocabulary.Size(), Target: target.Vocabulary.Size(), Options: opts.network()},
		opts:    opts, params: params, sourceEncoder: source, targetEncoder: target, lengths: lengths,
	}
	for _, n := range []*graph.Network{encoder, decoder} {
		if err := n.Check(); err != nil {
			return nil, err
		}
	}
	if err := checkDecoder(decoder); err != nil {
		return nil, err
	}
	err = program.Declared(params, encoder.Name(), func(b *graph.Builder) { t.loss(b, shape{source: 1, target: 1, batch: 1}) })
	if err != nil {
		return nil, errors.WithMessage(err, "translate")
	}
	t.rolls = program.Rolls(params, func(b *graph.Builder) { t.network.Sources(b, 1, 1) })
	return t, nil
}

// Params implements task.Predictor and train.Task.
func (t *Translator) Params() *graph.Params { return t.params }

// Options returns the options with their defaults filled in.
func (t *Translator) Options() Options { return t.opts }

// The files of a kept translator besides task.StateFile.
const (
	sourceVocabularyFile = "source.json"
	targetVocabularyFile = "target.json"
)

// saved is what a translator keeps beside the vocabularies.
type saved struct {
	Longest pairLengths `json:"longest"`
	Example string      `json:"example,omitempty"`
}

// Save implements task.Predictor.
func (t *Translator) Save(to task.Files) error {
	if err := program.CheckFiles(to); err != nil {
		return err
	}
	if err := to.Write(sourceVocabularyFile, t.sourceEncoder); err != nil {
		return err
	}
	if err := to.Write(targetVocabularyFile, t.targetEncoder); err != nil {
		return err
	}
	return to.Write(task.StateFile, saved{t.lengths, t.example})
}

// Open returns the translator that Save has kept with the options. The parameters must hold the kept weights.
func Open(encoder, decoder *graph.Network, params *graph.Params, opts Options, kept task.Files) (*Translator, error) {
	if err := program.CheckFiles(kept); err != nil {
		return nil, err
	}
	var s saved
	source, target := new(text.Encoder), new(text.Encoder)
	for _, f := range []struct {
		name  string
		value any
	}{{task.StateFile, &s}, {sourceVocabularyFile, source}, {targetVocabularyFile, target}} {
		if err := kept.Read(f.name, f.value); err != nil {
			return nil, errors.WithMessagef(err, "%s is damaged", f.name)
		}
	}
	// They bound how long a translation may get.
	if o, err := opts.withDefaults(); err != nil {
		return nil, err
	} else if l := s.Longest; min(l.Source, l.Target) < 1 || max(l.Source, l.Target) > o.MaxTokens {
		return nil, errors.Errorf("%s is damaged: the longest texts have %d and %d tokens; want at least 1, and at most the %d of the options",
			task.StateFile, l.Source, l.Target, o.MaxTokens)
	}
	t, err := newTranslator(encoder, decoder, params, source, target, s.Longest, opts)
	if err != nil {
		return nil, err
	}
	t.example = s.Example
	return t, nil
}

// On implements task.Predictor: vocabularies are the translator's.
func (t *Translator) On(d datasets.Dataset, decoding task.Options) (task.Task, error) {
	pairs, err := program.DatasetOf[*datasets.Pairs](d, "translate", "has no pairs of texts")
	if err != nil {
		return nil, err
	}
	on := onPairs(t, pairs)
	if d, ok := decoding.(*Decoding); ok && d != nil {
		if err := checkSearch(*d); err != nil {
			return nil, err
		}
		on.decoding = *d
	}
	return on, nil
}

// Decoding implements task.Predictor.
func (t *Translator) Decoding() task.Options {
	d := t.opts.Decoding
	return &d
}

// shape tells the programs of a translator apart.
type shape struct {
	use            use
	source, target int // steps
	batch, beam    int
	serving        bool // it answers, for all sources up to a capacity
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
func (t *Translator) loss(b *graph.Builder, s shape, opts ...graph.CrossEntropyOption) (loss, logits *gorgonia.Node) {
	encoded := t.network.Sources(b, s.source, s.batch)
	logits = t.network.Unroll(b, encoded, b.IndexInput("previous", s.target, s.batch))
	opts = append(opts, graph.IgnoreIndex(text.Pad))
	return b.CrossEntropy(logits, b.IndexInput("target", s.target, s.batch), opts...), logits
}

// The outputs of programs.
const (
	lossName   = "loss"
	logitsName = "logits"
)

// program returns the program of a shape.
func (t *Translator) program(l *lane, s shape) (*graph.Program, error) {
	return l.Get(s, func() (*graph.Builder, []graph.CompileOption) {
		b := graph.NewBuilder(t.params)
		switch s.use {
		case toTrain:
			b = graph.NewBuilder(t.params, graph.Training())
			loss, _ := t.loss(b, s, graph.LabelSmoothing(t.opts.Smoothing))
			return b, []graph.CompileOption{graph.Loss(loss)}
		case toScore:
			loss, _ := t.loss(b, s)
			return b, []graph.CompileOption{graph.OutputAs(lossName, loss)}
		case toForce:
			_, logits := t.loss(b, s)
			return b, []graph.CompileOption{graph.OutputAs(logitsName, logits)}
		case toEncode:
			if s.serving {
				b = graph.NewBuilder(t.params, graph.Rolled()) // the decoder takes most of the time, how the encoder does it matters little
			}
			return b, t.network.DeclareEncode(b, s.source, s.batch)
		}
		return b, append(t.network.DeclareStep(b, s.source, s.batch, s.beam), graph.FixedParams())
	})
}

// Translated is a translation with what it was made of.
type Translated struct {
	Text    string
	Score   float64     // log p / length^Penalty
	Source  []string    // tokens, with the end
	Target  []string    // tokens, with the end unless the search was cut short
	Weights [][]float64 // of attention: for each token of the target one for each of the source
}

// searchRows is how many hypotheses are followed at once: enough for the kernels. searchPlaces bounds the tokens that they
// look at, so that long texts take no more memory.
const (
	searchRows   = 256
	searchPlaces = searchRows * 64
)

// smallestChunk is how many texts are worth a processor of their own.
const smallestChunk = 8

// Translate translates texts by beam search, as Options say. A text without words has an empty translation.
func (t *Translator) Translate(all ...string) ([]Translated, error) {
	return t.TranslateContext(context.Background(), t.opts.Decoding, all...)
}

// TranslateContext is Translate with a search of one's own and a context that may end before all texts are translated. Many
// texts are shared among the processors.
func (t *Translator) TranslateContext(ctx context.Context, d Decoding, all ...string) ([]Translated, error) {
	if err := checkSearch(d); err != nil {
		return nil, err
	}
	sources := make([][]int, len(all))
	for i, s := range all {
		var err error
		if sources[i], err = t.encodeInput(s); err != nil {
			return nil, errors.WithMessagef(err, "translate: text %d", i+1)
		}
	}
	share := (len(all) + t.pool.Lanes() - 1) / t.pool.Lanes()
	chunks := chunksOf(sources, d, max(smallestChunk, share))
	out := make([]Translated, len(all))
	err := t.pool.Each(ctx, len(chunks), func(l *lane, i int) error { return t.find(ctx, l, t.rolls, d, sources, chunks[i], out) })
	if err != nil {
		return nil, err
	}
	return out, nil
}

// mostTokens is how long a text may be at most: a search of one takes memory in proportion to it, some 100 MB at this length
// with the default beam, and no network that has learnt from sentences says anything of use about a page.
const mostTokens = 1 << 10

// encodeInput returns the tokens of a person's text, or what is wrong with it. The bytes come first: to cut a book into
// tokens takes a while, too.
func (t *Translator) encodeInput(s string) ([]int, error) {
	const bytesOfToken = 64 // more than tokens have
	switch {
	case !utf8.ValidString(s):
		return nil, errors.New("it is not UTF-8")
	case len(s) > bytesOfToken*mostTokens:
		return nil, errors.Errorf("it has %d bytes, far more than a sentence; give it sentence by sentence", len(s))
	}
	ids := t.encodeSource(s)
	if n := len(ids); n > mostTokens {
		return nil, errors.Errorf("it has %d tokens; at most %d are read at once: give it sentence by sentence", n, mostTokens)
	}
	return ids, nil
}

// chunksOf returns the places of the sources that have words in chunks of about equally long ones, each for a search of its
// own and of no more than so many.
func chunksOf(sources [][]int, d Decoding, most int) (chunks [][]int) {
	var order []int
	for i, ids := range sources {
		if len(ids) > 1 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return len(sources[i]) - len(sources[j]) })
	for len(order) > 0 {
		n := 1
		for n < min(len(order), most, searchRows/d.Beam) && (n+1)*d.Beam*len(sources[order[n]]) <= searchPlaces {
			n++
		}
		chunks = append(chunks, order[:n])
		order = order[n:]
	}
	return chunks
}

// find looks for the translations of the sources at the places of a chunk: for answers with programs that serve all lengths
// up to a capacity.
func (t *Translator) find(ctx context.Context, l *lane, serving bool, d Decoding, sources [][]int, chunk []int, out []Translated) error {
	batch := make([][]int, len(chunk))
	s := shape{use: toEncode, batch: 1, serving: serving}
	for i, at := range chunk {
		batch[i] = sources[at]
		s.source = max(s.source, len(batch[i]))
	}
	for s.batch < len(batch) { // so that not every number of sentences is a program of its own
		s.batch *= 2
	}
	s.batch = min(s.batch, max(1, searchRows/d.Beam))
	if serving {
		s.source = program.Capacity(s.source)
	} else {
		s.source = program.StepsFor(s.source, nil)
	}
	encoder, stepper, err := t.programs(l, s, d.Beam)
	if err != nil {
		return err
	}
	found, err := t.network.Find(ctx, seq2seq.Search{Beam: d.Beam, Penalty: d.Penalty, Limit: t.limit}, encoder, stepper, batch)
	if err != nil {
		return errors.WithMessage(err, "translate")
	}
	for i, at := range chunk {
		out[at] = t.translated(batch[i], found[i])
	}
	return nil
}

// programs returns the programs of a search: that of a shape, which encodes, and that of a step for a beam.
func (t *Translator) programs(l *lane, s shape, beam int) (encoder, stepper *graph.Program, err error) {
	if encoder, err = t.program(l, s); err != nil {
		return nil, nil, err
	}
	s.use, s.beam, s.serving = toStep, beam, false // it has no sequences
	stepper, err = t.program(l, s)
	return encoder, stepper, err
}

// translated returns what a hypothesis says.
func (t *Translator) translated(source []int, h seq2seq.Hypothesis) Translated {
	d := Translated{Text: t.targetEncoder.Decode(h.Tokens), Score: h.Score, Weights: h.Weights}
	for _, id := range source {
		d.Source = append(d.Source, t.sourceEncoder.Vocabulary.Token(id))
	}
	for _, id := range h.Tokens {
		d.Target = append(d.Target, t.targetEncoder.Vocabulary.Token(id))
	}
	return d
}

// limit returns how many steps the translation of a source of so many tokens may take: a few more than any in training
// took, or of a longer source as many more as it is longer.
func (t *Translator) limit(source int) int {
	const few = 10
	longest := t.lengths.Target + few
	return max(longest, longest*source/t.lengths.Source)
}

// Warm implements task.Predictor for texts one at a time, with the search of the options: those of the lengths of some, and
// unless the encoder is of cells that cannot be loops, all that it reads.
func (t *Translator) Warm(ctx context.Context, like ...string) error {
	return t.pool.Warm(ctx, func(l *lane) error {
		for _, n := range program.Capacities(mostTokens) {
			if err := ctx.Err(); err != nil {
				return errors.WithStack(err)
			}
			if !t.rolls {
				break
			}
			if _, _, err := t.programs(l, shape{use: toEncode, source: n, batch: 1, serving: true}, t.opts.Decoding.Beam); err != nil {
				return err
			}
		}
		for _, s := range like {
			sources := [][]int{t.encodeSource(s)}
			for _, chunk := range chunksOf(sources, t.opts.Decoding, 1) {
				if err := t.find(ctx, l, t.rolls, t.opts.Decoding, sources, chunk, make([]Translated, 1)); err != nil {
					return err
				}
			}
		}
		return nil
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
