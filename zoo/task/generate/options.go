package generate

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/softmax"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/texts"
)

// Options say how text is learnt. The zero value of a field means what its comment says.
type Options struct {
	Tokenizer  string `json:"tokenizer"`  // characters, words, treebank, fields, bpe:MERGES, bytes:MERGES or a file; "" means characters
	Cased      bool   `json:"cased"`      // keep capital letters; without it text is folded to lower case
	Vocabulary int    `json:"vocabulary"` // most different tokens, the special ones included; 0 means no limit
	MinCount   int    `json:"min_count"`  // leave out tokens that are rarer; 0 means 1

	Window        int  `json:"window"`         // tokens that gradients flow back over; 0 means 64
	RandomWindows bool `json:"random_windows"` // windows begin and end elsewhere in each epoch (Merity, Keskar and Socher 2018)
	FillIn        bool `json:"fill_in"`        // name hidden tokens from both sides, with a network of both directions

	Embedding        int     `json:"embedding"`          // width; 0 means 128
	Tied             bool    `json:"tied"`               // the embedding is the output's weight too (Press and Wolf 2017)
	Softmax          string  `json:"softmax"`            // full, adaptive:CUTOFF,CUTOFF or sampled:WORDS, see package softmax; "" means full
	EmbeddingDropout float64 `json:"embedding_dropout"`  // rate, on the embeddings
	WordDropout      float64 `json:"word_dropout"`       // rate of words whose embeddings are zero in a batch (Gal and Ghahramani 2016)
	OutputDropout    float64 `json:"output_dropout"`     // rate, before the last layer
	Locked           bool    `json:"locked_dropout"`     // the masks of these and between layers are the same at all time steps
	Activation       float64 `json:"activation_penalty"` // α·mean(h²) in the loss, of the outputs with their dropout (Merity, McCann and Socher 2017)
	Temporal         float64 `json:"temporal_penalty"`   // β·mean((h_t − h_{t−1})²) in the loss

	Decoding
}

// Decoding says how text is told in an evaluation.
type Decoding struct {
	Cache       int     `json:"cache"`        // states that a neural cache keeps (Grave, Joulin and Usunier 2017); 0 is none
	CacheTheta  float64 `json:"cache_theta"`  // θ: how much alike states have to be
	CacheLambda float64 `json:"cache_lambda"` // λ: the weight of the cache beside the network
}

// Declare implements task.Options.
func (d *Decoding) Declare(s *option.Set) {
	s.Int(&d.Cache, "cache", "states that a neural cache remembers in an evaluation: words that were are likely to come again; 0 is none").AtLeast(0).AtMost(1 << 20)
	s.Float(&d.CacheTheta, "cache-theta", "how much alike the states of a neural cache have to be").AtLeast(0).AtMost(1e3)
	s.Float(&d.CacheLambda, "cache-lambda", "weight of a neural cache beside the network").AtLeast(0).Below(1)
}

// check returns what is wrong with the settings.
func (d *Decoding) check() error {
	var s option.Set
	d.Declare(&s)
	return errors.WithMessage(s.Check(), "generate")
}

// usualCache are the settings of a neural cache unless somebody says otherwise.
func usualCache() Decoding { return Decoding{CacheTheta: 0.3, CacheLambda: 0.1} }

// Declare implements task.Options.
func (o *Options) Declare(s *option.Set) {
	texts.Declare(s, &o.Tokenizer)
	s.Bool(&o.Cased, "cased", "keep capital letters")
	s.Int(&o.Vocabulary, "vocabulary", "most different tokens; 0 is no limit").AtLeast(0)
	s.Int(&o.MinCount, "min-count", "leave out tokens that the training text has less often").AtLeast(0)
	s.Int(&o.Window, "window", "tokens that gradients flow back over; the states go on beyond them").AtLeast(1).AtMost(1 << 16)
	s.Bool(&o.RandomWindows, "random-windows", "have windows begin and end elsewhere in each epoch")
	s.Bool(&o.FillIn, "fill-in", "name hidden words from both sides, with a model of both directions, in place of writing on")
	s.Int(&o.Embedding, "embedding", "width of the embedding").AtLeast(1).AtMost(1 << 13)
	s.Bool(&o.Tied, "tied", "the embedding is the weight of the output too, behind a projection if it is of another width")
	s.Text(&o.Softmax, "softmax", "output layer: full, or of more than some 50,000 words adaptive:4000,20000 (the first so many words, and tails of rare ones) or sampled:8192 (against so many words, drawn for each batch)").
		Checked(func() error { return checkSoftmax(o.Softmax) })
	s.Float(&o.EmbeddingDropout, "embedding-dropout", "rate of dropout on the embeddings; 0 is none").AtLeast(0).Below(1)
	s.Float(&o.WordDropout, "word-dropout", "rate of words whose embeddings are left out of a batch; 0 is none").AtLeast(0).Below(1)
	s.Float(&o.OutputDropout, "output-dropout", "rate of dropout before the last layer; 0 is none").AtLeast(0).Below(1)
	s.Bool(&o.Locked, "locked-dropout", "one mask of the dropout on embeddings, between layers and before the last one for all time steps")
	s.Float(&o.Activation, "activation-penalty", "weight of the mean square of the outputs in the loss; 0 is none").AtLeast(0).AtMost(1e3)
	s.Float(&o.Temporal, "temporal-penalty", "weight of the mean square of what outputs change by from step to step in the loss; 0 is none").AtLeast(0).AtMost(1e3)
	o.Decoding.Declare(s)
}

// withDefaults returns the options with zero values replaced, or what is wrong with them.
func (o Options) withDefaults() (Options, error) {
	o.Tokenizer = cmp.Or(o.Tokenizer, "characters")
	o.MinCount = cmp.Or(o.MinCount, 1)
	o.Window = cmp.Or(o.Window, 64)
	o.Embedding = cmp.Or(o.Embedding, 128)
	o.Softmax = cmp.Or(o.Softmax, "full")
	if o.CacheTheta == 0 && o.CacheLambda == 0 {
		cache := o.Cache
		o.Decoding = usualCache()
		o.Cache = cache
	}
	var s option.Set
	o.Declare(&s)
	return o, errors.WithMessage(s.Check(), "generate")
}

// checkSoftmax checks what can be checked of an output layer before the vocabulary is known.
func checkSoftmax(spec string) error {
	vocabulary := math.MaxInt32
	if _, drawn, sampled := strings.Cut(spec, "sampled:"); sampled {
		n, err := strconv.Atoi(drawn)
		if err != nil || n < 1 || n > 1<<20 {
			return errors.New("want a number of words between 1 and 1048576, as in sampled:8192")
		}
		vocabulary = max(n, 2)
	}
	_, err := softmax.New(cmp.Or(spec, "full"), vocabulary, 1)
	return err
}

// learns reports whether the tokenizer learns from texts.
func (o Options) learns() bool {
	kind, _, _ := strings.Cut(o.Tokenizer, ":")
	return kind == "bpe" || kind == "bytes"
}

// Kind is the task of writing text.
type Kind struct{}

var (
	_ task.Kind    = Kind{}
	_ task.Checker = Kind{}
)

// Name returns "generate".
func (Kind) Name() string { return "generate" }

// Title implements task.Kind.
func (Kind) Title() string {
	return "text that goes on as the text that it was learnt from, or what is missing in one"
}

// Accepts implements task.Kind.
func (Kind) Accepts() []string { return []string{datasets.KindCorpus, datasets.KindTexts} }

// Metrics implements task.Kind.
func (Kind) Metrics() []task.Metric {
	return []task.Metric{
		{Name: perplexityName, Title: "exp of the mean −log p of a token"},
		{Name: wordPerplexityName, Title: "exp of −Σ log p over the number of words, which stand between white space, and ends of lines or texts"},
		{Name: bitsName, Title: "−Σ log₂ p over the number of characters, with ends of lines or texts"},
		{Name: natsName, Title: "−Σ log p over the number of characters, with ends of lines or texts"},
		{Name: top5Name, Title: "part of the tokens that are among the five most likely", HigherIsBetter: true, Percent: true},
		{Name: lossName, Title: "mean cross entropy, in nats a token"},
	}
}

// Options implements task.Kind.
func (Kind) Options() task.Options { return new(Options) }

// Defaults implements task.Kind. Text of one's own is learnt character by character, as the plays of Shakespeare.
func (Kind) Defaults(r *task.Recipe, s task.Subject) task.Options {
	if r == nil {
		r = new(task.Recipe)
	}
	r.Hidden, r.Batch, r.Epochs, r.LR, r.Clip, r.Patience, r.Schedule = 512, 32, 8, 3e-3, 1, 0, "warmup:100,cosine"
	o := &Options{Tokenizer: "characters", Cased: true, MinCount: 1, Window: 64, Embedding: 128, Softmax: "full", OutputDropout: 0.25, Decoding: usualCache()}
	switch name := s.Dataset(); {
	case name == "ptb", name == "wikitext2":
		r.Hidden, r.Batch, r.Epochs, r.Schedule = 400, 20, 8, "warmup:200,cosine"
		o.Tokenizer, o.Window, o.Embedding, o.Tied = "fields", 35, 200, true
		o.EmbeddingDropout, o.OutputDropout, o.Locked = 0.3, 0.4, true
	case name == "ptb-chars":
		r.Epochs, o.Window, o.OutputDropout = 4, 100, 0.1
	case s.Data.Kind == datasets.KindTexts: // each by itself
		r.Hidden, r.Batch, r.Epochs, r.LR, r.Schedule = 128, 64, 10, 4e-3, "warmup:50,cosine"
		o.Embedding, o.EmbeddingDropout, o.OutputDropout = 32, 0.1, 0.4
	}
	return o
}

// Adjust implements task.Adjuster: hidden words are named one by one, and a network of both directions can do nothing else.
func (o *Options) Adjust(r *task.Recipe, s task.Subject, given func(string) (string, bool)) {
	if given == nil {
		return
	}
	if v, ok := given("fill-in"); ok && v != "false" {
		if o.Tokenizer == "characters" {
			o.Tokenizer = "words"
		}
		if r != nil {
			r.Hidden = min(r.Hidden, 256)
		}
	}
	if v, ok := given("tokenizer"); ok && v != "characters" {
		o.Tied = true
	}
}

// Decoding implements task.Kind.
func (Kind) Decoding() task.Options { return new(Decoding) }

// Query implements task.Kind.
func (Kind) Query() task.Query { return newQuery(nil) }

// Check implements task.Checker: a network of both directions is refused before a corpus is fetched.
func (Kind) Check(s task.Setting) error {
	if err := s.Network.Check(); err != nil {
		return err
	}
	return checkDirections(s.Network, optionsOf(s).FillIn)
}

// New implements task.Kind.
func (Kind) New(s task.Setting, d datasets.Dataset) (task.Task, error) {
	o := optionsOf(s)
	window, check := cmp.Or(o.Window, 64), program.CheckMemory
	if window >= longWindow {
		check = program.CheckKept
	}
	if err := check(s.Network, "window", window, max(1, s.Recipe.Batch)); err != nil {
		return nil, err
	}
	g, err := New(s.Network, d, s.Params, *o)
	if err != nil {
		return nil, err
	}
	*o = g.opts
	return g, nil
}

// Open implements task.Kind.
func (Kind) Open(s task.Setting, kept task.Files) (task.Predictor, error) {
	w, err := Open(s.Network, s.Params, *optionsOf(s), kept)
	if err != nil {
		return nil, err
	}
	w.data = s.Data
	return w, nil
}

func optionsOf(s task.Setting) *Options {
	return program.OptionsOf(s, &Options{Cased: true, Decoding: usualCache()})
}
