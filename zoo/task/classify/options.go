package classify

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/pooling"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/texts"
)

// Options say how texts are classified. The zero value of a field means what its comment says.
type Options struct {
	Tokenizer  string `json:"tokenizer"`  // words, treebank, fields, characters, bpe:MERGES, bytes:MERGES or a file; "" means words
	Cased      bool   `json:"cased"`      // keep capital letters; without it words are folded to lower case
	Vocabulary int    `json:"vocabulary"` // most different tokens, the special ones included; 0 means no limit
	MinCount   int    `json:"min_count"`  // leave out tokens that are rarer; 0 means 1
	MaxTokens  int    `json:"max_tokens"` // read the last so many tokens of a text; 0 means all, up to 8,192

	Embedding        int     `json:"embedding"`         // width; 0 means that of the vectors, or 100
	Vectors          string  `json:"vectors"`           // file of word vectors that embeddings start as; "" means none
	EmbeddingDropout float64 `json:"embedding_dropout"` // rate, on the embeddings
	WordDropout      float64 `json:"word_dropout"`      // rate of words that are replaced by the unknown one
	Pooling          string  `json:"pooling"`           // see pooling.Names; "" means max
	OutputDropout    float64 `json:"output_dropout"`    // rate, before the last layer
	ClassWeights     string  `json:"class_weights"`     // balanced, or a number for each class with commas between; "" means 1
}

// Declare implements task.Options.
func (o *Options) Declare(s *option.Set) {
	texts.Declare(s, &o.Tokenizer)
	s.Bool(&o.Cased, "cased", "keep capital letters")
	s.Int(&o.MaxTokens, "max-tokens", "read the last so many tokens of a text; 0 is all").AtLeast(0).AtMost(mostTokens)
	s.Int(&o.Embedding, "embedding", "width of the embedding; 0 is that of the vectors").AtLeast(0).AtMost(1 << 13)
	s.Int(&o.Vocabulary, "vocabulary", "most different tokens; 0 is no limit").AtLeast(0)
	s.Int(&o.MinCount, "min-count", "leave out tokens that the training texts have less often").AtLeast(0)
	s.Text(&o.Vectors, "vectors", "file of word vectors to start from, in the text format of GloVe or word2vec")
	s.Float(&o.EmbeddingDropout, "embedding-dropout", "rate of dropout on the embeddings; 0 is none").AtLeast(0).Below(1)
	s.Float(&o.WordDropout, "word-dropout", "rate of words that are replaced by the unknown one in training; 0 is none").AtLeast(0).Below(1)
	s.Float(&o.OutputDropout, "output-dropout", "rate of dropout before the last layer; 0 is none").AtLeast(0).Below(1)
	s.Text(&o.Pooling, "pooling", "what is made of the outputs of all steps").OneOf(pooling.Names()...)
	s.Text(&o.ClassWeights, "class-weights", "balanced, or a number for each class with commas between; none is 1").Checked(func() error {
		_, err := readWeights(o.ClassWeights)
		return err
	})
}

// withDefaults returns the options with zero values replaced, or what is wrong with them.
func (o Options) withDefaults() (Options, error) {
	o.Tokenizer = cmp.Or(o.Tokenizer, "words")
	o.MinCount = cmp.Or(o.MinCount, 1)
	o.Pooling = cmp.Or(o.Pooling, "max")
	var s option.Set
	o.Declare(&s)
	return o, errors.WithMessage(s.Check(), "classify")
}

// balanced is the class weights with which each class weighs as much as every other.
const balanced = "balanced"

// readWeights reads class weights; nil if they are not numbers.
func readWeights(spec string) ([]float64, error) {
	if spec == "" || spec == balanced {
		return nil, nil
	}
	var weights []float64
	for field := range strings.SplitSeq(spec, ",") {
		w, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
		if err != nil || !(w > 0) || math.IsInf(w, 0) {
			return nil, errors.New("want balanced, or a number above 0 for each class, with commas between")
		}
		weights = append(weights, w)
	}
	return weights, nil
}

// Adjust implements task.Adjuster: word vectors have a width of their own.
func (o *Options) Adjust(_ *task.Recipe, _ task.Subject, given func(string) (string, bool)) {
	if given == nil {
		return
	}
	if _, ok := given("vectors"); ok {
		o.Embedding = 0
	}
}

// Kind is the task of naming the class of a text.
type Kind struct{}

var _ task.Kind = Kind{}

// Name returns "classify".
func (Kind) Name() string { return "classify" }

// Title implements task.Kind.
func (Kind) Title() string { return "the class of a text, such as what it thinks of a film" }

// Accepts implements task.Kind.
func (Kind) Accepts() []string { return []string{datasets.KindTexts} }

// Metrics implements task.Kind.
func (Kind) Metrics() []task.Metric {
	return []task.Metric{
		{Name: accuracyName, Title: "part of the texts whose class is right", HigherIsBetter: true, Percent: true},
		{Name: "f1", Title: "macro F1: the mean over the classes of 2·TP/(2·TP + FP + FN)", HigherIsBetter: true, Percent: true},
		{Name: "loss", Title: "mean cross entropy, in nats a text; every class has the weight 1"},
	}
}

const accuracyName = "accuracy"

// Options implements task.Kind.
func (Kind) Options() task.Options { return new(Options) }

// Defaults implements task.Kind. A person's own texts get what was good for reviews: a rate that falls along a cosine,
// PyTorch's initial weights and much dropout. With them the last epoch is seldom much worse than the best.
func (Kind) Defaults(r *task.Recipe, s task.Subject) task.Options {
	if r == nil {
		r = new(task.Recipe)
	}
	r.Hidden, r.Epochs, r.LR, r.Clip, r.Patience, r.Schedule, r.TorchInit = 64, 10, 1e-3, 5, 3, "cosine", true
	r.Maximize = accuracyName
	o := &Options{Tokenizer: "words", Vocabulary: 30000, MinCount: 1, MaxTokens: 400, Embedding: 100,
		EmbeddingDropout: 0.5, WordDropout: 0.1, Pooling: "max", OutputDropout: 0.5}
	switch s.Dataset() {
	case "imdb":
		r.Epochs, r.Patience = 4, 0
	case "names": // one word each, whose letters tell
		r.Hidden, r.Batch, r.Epochs, r.LR, r.Clip, r.Patience, r.Schedule = 128, 64, 20, 6e-3, 1, 0, "warmup:50,cosine"
		o.Tokenizer, o.Embedding, o.EmbeddingDropout, o.WordDropout, o.OutputDropout = "characters", 32, 0.1, 0, 0.4
	case "uci-sentiment": // few sentences, so more passes over them
		r.Epochs, r.Patience = 20, 0
	case "sst2", "sst5": // many short phrases, whose words occur again and again
		r.Hidden, r.Batch, r.Epochs, r.Patience, r.Schedule, r.TorchInit = 128, 128, 4, 2, "constant", false
		o.Tokenizer = "treebank" // as its words are cut
		o.Embedding, o.EmbeddingDropout, o.WordDropout = 128, 0.4, 0
	case "phrases": // few words and no noise
		r.Patience, r.Schedule, r.TorchInit = 2, "constant", false
		o.Embedding, o.EmbeddingDropout, o.WordDropout, o.OutputDropout = 32, 0.1, 0, 0.1
	}
	return o
}

// Decoding implements task.Kind: there is nothing to choose.
func (Kind) Decoding() task.Options { return nil }

// Query implements task.Kind.
func (Kind) Query() task.Query { return newQuery(nil) }

// New implements task.Kind.
func (Kind) New(s task.Setting, d datasets.Dataset) (task.Task, error) {
	labelled, err := program.DatasetOf[*datasets.Labelled](d, "classify", "has no labelled texts")
	if err != nil {
		return nil, err
	}
	o := optionsOf(s)
	c, err := New(s.Network, labelled, s.Params, *o)
	if err != nil {
		return nil, err
	}
	if err := program.CheckMemory(s.Network, "max-tokens", slices.Max(append(c.lengths, 1)), program.BatchOf(s.Recipe.Batch, len(c.lengths))); err != nil {
		return nil, err
	}
	*o = c.opts
	return c, nil
}

// Open implements task.Kind.
func (Kind) Open(s task.Setting, kept task.Files) (task.Predictor, error) {
	c, err := Open(s.Network, s.Params, *optionsOf(s), kept)
	if err != nil {
		return nil, err
	}
	c.data = s.Data
	return c, nil
}

func optionsOf(s task.Setting) *Options {
	return program.OptionsOf(s, new(Options))
}
