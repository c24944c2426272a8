package translate

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/attention"
	"github.com/rnnzoo/rnnzoo/zoo/metric"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/seq2seq"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/texts"
)

// Options say how texts are translated. The zero value of a field means what its comment says.
type Options struct {
	Tokenizer string `json:"tokenizer"`         // words, treebank, fields, characters, bpe:MERGES, bytes:MERGES or a file; "" means bpe:5000
	Shared    bool   `json:"shared"`            // one vocabulary for both sides
	Cased     bool   `json:"cased"`             // keep capital letters; without it words are folded to lower case, those of references too
	Spacing   bool   `json:"spacing"`           // tokens say what stood between words, so that text is written back as it was: 3.50, U.S.
	MaxTokens int    `json:"max_tokens"`        // training pairs with a side of more tokens are left out; 0 means 100
	Decoder   string `json:"decoder,omitempty"` // model that decodes; "" means the cell of the encoder, in one direction

	Embedding int    `json:"embedding"` // width; 0 means 256
	Attention string `json:"attention"` // additive, dot, general or scaled; "" means scaled
	Feed      string `json:"feed"`      // what the decoder reads beside a token: context, output or none; "" means context
	Tied      bool   `json:"tied"`      // the embedding of the target is the output's weight too

	Smoothing float64 `json:"smoothing"` // of the labels (Szegedy et al. 2016)
	Teacher   string  `json:"teacher"`   // schedule of the part of true tokens in training, see train.NewSchedule; "" means all of them
	Epochs    int     `json:"-"`         // over which that schedule runs; 0 means 1

	Decoding
}

// Decoding says how translations are looked for.
type Decoding struct {
	Beam    int     `json:"beam"`    // hypotheses kept in the search; 0 means 5, 1 is greedy
	Penalty float64 `json:"penalty"` // hypotheses are compared by log p / length^Penalty; at 0 short ones win

	// BLEUTokenize is what BLEU takes for words, a metric.BLEUTokenizer; "" means auto: as the script of the references
	// wants it.
	BLEUTokenize string `json:"bleu_tokenize,omitempty"`
}

// autoBLEU has the references choose what BLEU takes for words.
const autoBLEU = "auto"

// Declare implements task.Options.
func (d *Decoding) Declare(s *option.Set) {
	d.declareSearch(s)
	names := []string{autoBLEU}
	for _, t := range metric.BLEUTokenizers() {
		names = append(names, string(t))
	}
	s.Text(&d.BLEUTokenize, "bleu-tokenize", "what BLEU takes for words, as sacreBLEU's tokenizer of the name; auto is 13a, and zh or char for scripts without spaces").OneOf(names...)
}

// declareSearch declares what translations, too, depend on.
func (d *Decoding) declareSearch(s *option.Set) {
	s.Int(&d.Beam, "beam", "hypotheses that the search keeps; 1 is greedy").AtLeast(1).AtMost(1 << 10)
	s.Float(&d.Penalty, "penalty", "hypotheses are compared by log p / length^PENALTY").AtLeast(0)
}

// Declare implements task.Options.
func (o *Options) Declare(s *option.Set) {
	texts.Declare(s, &o.Tokenizer)
	s.Bool(&o.Cased, "cased", "keep capital letters")
	s.Bool(&o.Spacing, "spacing", "have tokens say what stood between words, so that text is written back as it was: 3.50, U.S., a French space before ?")
	s.Int(&o.MaxTokens, "max-tokens", "train on pairs with no more tokens on either side").AtLeast(1).AtMost(1 << 13)
	s.Int(&o.Embedding, "embedding", "width of the embedding").AtLeast(1).AtMost(1 << 13)
	s.Text(&o.Decoder, "decoder", "model that decodes, in one direction; none is the cell of the model")
	s.Bool(&o.Shared, "shared", "one vocabulary for both languages")
	s.Text(&o.Attention, "attention", "how states are compared").OneOf(attention.Scores()...)
	s.Text(&o.Feed, "feed", "what the decoder reads beside the last token, its last view of the source or what it made of that").OneOf(seq2seq.Feeds()...)
	s.Bool(&o.Tied, "tied", "the embedding of the target is the weight of the output too")
	s.Float(&o.Smoothing, "smoothing", "smoothing of the labels; 0 is none").AtLeast(0).Below(1)
	s.Text(&o.Teacher, "teacher", "part of the tokens read in training that are true and not the model's own, over time: a schedule as that of the learning rate, from 1 on; none is all").
		Checked(func() error {
			_, err := train.NewSchedule(o.Teacher, 1, max(1, o.Epochs), 1)
			return errors.Unwrap(err) // which names the schedule
		})
	o.Decoding.Declare(s)
}

// withDefaults returns the options with zero values replaced, or what is wrong with them.
func (o Options) withDefaults() (Options, error) {
	o.Tokenizer = cmp.Or(o.Tokenizer, "bpe:5000")
	o.MaxTokens = cmp.Or(o.MaxTokens, 100)
	o.Embedding = cmp.Or(o.Embedding, 256)
	o.Attention = cmp.Or(o.Attention, string(attention.Scaled))
	o.Feed = cmp.Or(o.Feed, seq2seq.FeedContext)
	o.Epochs = cmp.Or(o.Epochs, 1)
	o.Beam = cmp.Or(o.Beam, 5)
	o.BLEUTokenize = cmp.Or(o.BLEUTokenize, autoBLEU)
	var s option.Set
	o.Declare(&s)
	return o, errors.WithMessage(s.Check(), "translate")
}

// network returns how the two networks are joined.
func (o Options) network() seq2seq.Options {
	return seq2seq.Options{Embedding: o.Embedding, Attention: attention.Score(o.Attention), Feed: o.Feed, Shared: o.Shared, Tied: o.Tied}
}

// Kind is the task of translating.
type Kind struct{}

var _ task.Kind = Kind{}

// Name returns "translate".
func (Kind) Name() string { return "translate" }

// Title implements task.Kind.
func (Kind) Title() string {
	return "a text in another language, or in another form, from pairs of both"
}

// Accepts implements task.Kind.
func (Kind) Accepts() []string { return []string{datasets.KindPairs} }

// Metrics implements task.Kind.
func (Kind) Metrics() []task.Metric {
	return []task.Metric{
		{Name: "bleu", Title: "BLEU as sacreBLEU has it, in percent", HigherIsBetter: true},
		{Name: chrfName, Title: "chrF2, in percent", HigherIsBetter: true},
		{Name: "exact", Title: "part of the translations that are the reference", HigherIsBetter: true, Percent: true},
		{Name: "perplexity", Title: "of the references, a word"},
		{Name: "loss", Title: "mean cross entropy of the references, in nats a token"},
	}
}

// chrfName is the metric that decides the best epoch: it tells words of one token apart, where BLEU, for lack of four in a
// row, is 0.
const chrfName = "chrf"

// Options implements task.Kind.
func (Kind) Options() task.Options { return new(Options) }

// Defaults implements task.Kind.
func (Kind) Defaults(r *task.Recipe, s task.Subject) task.Options {
	if r == nil {
		r = new(task.Recipe)
	}
	r.Hidden, r.Epochs, r.Batch, r.LR, r.Dropout, r.Schedule, r.Patience = 256, 9, 64, 1e-3, 0.4, "cosine", 0
	r.Maximize = chrfName
	o := &Options{
		Tokenizer: "bpe:5000", MaxTokens: 100, Embedding: 256, Attention: string(attention.Scaled), Feed: seq2seq.FeedContext, Tied: true,
		Smoothing: 0.1, Decoding: Decoding{Beam: 5, Penalty: 1, BLEUTokenize: autoBLEU},
	}
	switch name := s.Dataset(); {
	case name == "dates", strings.HasPrefix(name, "numbers-"):
		r.Hidden, r.Epochs, r.Dropout, r.LR = 128, 20, 0.1, 2e-3
		o.Tokenizer, o.Embedding, o.Smoothing, o.Beam = "characters", 64, 0, 1
		if name != "dates" {
			o.Tokenizer = "bytes:200"
		}
	case strings.HasPrefix(name, "multi30k-"):
		o.MaxTokens = 40 // but for some twenty pairs that would take programs of their own
	default:
		o.Cased, o.Spacing = true, true
	}
	return o
}

// Decoding implements task.Kind.
func (Kind) Decoding() task.Options { return new(Decoding) }

// Query implements task.Kind.
func (Kind) Query() task.Query { return newQuery(nil) }

// New implements task.Kind.
func (Kind) New(s task.Setting, d datasets.Dataset) (task.Task, error) {
	pairs, err := program.DatasetOf[*datasets.Pairs](d, "translate", "has no pairs of texts")
	if err != nil {
		return nil, err
	}
	o := optionsOf(s)
	decoder, err := decoderOf(s, o)
	if err != nil {
		return nil, err
	}
	if in, out := s.Network.Width(), decoder.Config().Hidden; o.Attention == string(attention.Dot) && in != out {
		return nil, option.Wrong("attention", o.Attention, "%s has states of width %d and its decoder of width %d; choose general", s.Network.Name(), in, out)
	}
	o.Epochs = s.Recipe.Epochs
	t, err := New(s.Network, decoder, pairs, s.Params, *o)
	if err != nil {
		return nil, err
	}
	batch := program.BatchOf(s.Recipe.Batch, len(t.train))
	if err := program.CheckMemory(s.Network, "max-tokens", t.lengths.Source, batch); err != nil {
		return nil, err
	}
	if err := program.CheckMemory(decoder, "max-tokens", t.lengths.Target, batch); err != nil {
		return nil, err
	}
	*o = t.opts
	return t, nil
}

// Check implements task.Checker: a decoder that cannot decode is refused before a corpus is fetched.
func (Kind) Check(s task.Setting) error {
	_, err := decoderOf(s, optionsOf(s))
	return err
}

// Open implements task.Kind.
func (Kind) Open(s task.Setting, kept task.Files) (task.Predictor, error) {
	o := optionsOf(s)
	decoder, err := decoderOf(s, o)
	if err != nil {
		return nil, err
	}
	t, err := Open(s.Network, decoder, s.Params, *o, kept)
	if err != nil {
		return nil, err
	}
	t.data = s.Data
	return t, nil
}

func optionsOf(s task.Setting) *Options {
	return program.OptionsOf(s, &Options{Decoding: Decoding{Penalty: 1}})
}

// decoderOf returns the network that decodes what the setting's network has encoded.
func decoderOf(s task.Setting, o *Options) (*graph.Network, error) {
	if err := s.Network.Check(); err != nil {
		return nil, err
	}
	if o.Decoder == "" {
		return s.Network.With(graph.OneDirection(), graph.Named(strings.TrimPrefix(s.Network.Name(), "bi"))), nil
	}
	if s.Other == nil {
		return nil, option.Wrong("decoder", o.Decoder, "there are no other models here")
	}
	decoder, err := s.Other(o.Decoder)
	if err != nil {
		return nil, option.Wrong("decoder", o.Decoder, "%v", err)
	}
	if decoder.IsBidirectional() {
		return nil, option.Wrong("decoder", o.Decoder, "it would read the words after the one that it is to say; choose rnn, lstm or gru (it may encode: give it as the model)")
	}
	return decoder, nil
}

// checkDecoder returns the reason why a network cannot decode.
func checkDecoder(decoder *graph.Network) error {
	if decoder.IsBidirectional() {
		return errors.Errorf("translate: %s cannot decode: it would read words that are not yet there, those after the one it is to say; choose rnn, lstm or gru (as an encoder it is welcome)", decoder.Name())
	}
	return nil
}

// checkSearch returns what is wrong with settings of a search.
func checkSearch(d Decoding) error {
	if d.Beam < 1 || d.Beam > 1<<10 {
		return option.Wrong("beam", d.Beam, "want between 1 and %d", 1<<10)
	}
	if !(d.Penalty >= 0) || math.IsInf(d.Penalty, 0) {
		return option.Wrong("penalty", d.Penalty, "want at least 0")
	}
	if t := d.BLEUTokenize; t != "" && t != autoBLEU && !slices.Contains(metric.BLEUTokenizers(), metric.BLEUTokenizer(t)) {
		return option.Wrong("bleu-tokenize", t, "want %s or one of %v", autoBLEU, metric.BLEUTokenizers())
	}
	return nil
}
