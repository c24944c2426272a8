// Package classify is the task of naming the class of a text: tokens → embedding → network → pooling → softmax.
//
//	run, err := zoo.Train(ctx, lstm.New(graph.Hidden(32)), datasets.Phrases())
//	c, err := classify.Of(run)
//	classes, err := c.Classify("the film is not bad.")
//
// A Classification serves one goroutine, a Classifier any number of them.
package classify

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/pooling"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Classifier is a network that names the class of a text. It serves any number of goroutines at once (task.Predictor says
// how).
type Classifier struct {
	opts    Options
	network *graph.Network
	params  *graph.Params
	encoder *text.Encoder
	classes []string
	embed   graph.Init        // what embeddings start as
	weights []float64         // of the classes in the loss; nil means all 1
	data    datasets.Settings // how the texts of the training were read
	example string            // a text of the data that it was trained for
	rolls   bool              // whether the network can be declared as a loop
	pool    program.Pool[program.Shape]
}

type lane = program.Lane[program.Shape]

var _ task.Predictor = (*Classifier)(nil)

// Class is what a text was taken for.
type Class struct {
	Label         string
	Probability   float64   // of Label
	Probabilities []float64 // in the order of Classes
}

// NewClassifier returns the classifier of an encoder and the names of the classes. The network's parameters are declared
// in params if they are not there; others in params are an error, since they are the weights of another network.
func NewClassifier(network *graph.Network, params *graph.Params, encoder *text.Encoder, classes []string, opts Options) (*Classifier, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	opts.Embedding = cmp.Or(opts.Embedding, usualWidth)
	c := &Classifier{opts: opts, network: network, params: params, encoder: encoder, classes: classes,
		embed: graph.Normal(embeddingDeviation, text.Pad)}
	return c, c.declare()
}

// usualWidth is the width of the embedding if nothing says it.
const usualWidth = 100

// embeddingDeviation is the standard deviation of the embeddings at the start. With 1 the network learns the training
// texts by heart before it has found what they have in common: 4 points of accuracy on SST-2.
const embeddingDeviation = 0.1

// declare checks the parts and declares the parameters, so that weights can be loaded and counted before the first step.
func (c *Classifier) declare() error {
	if names := slices.Compact(slices.Sorted(slices.Values(c.classes))); len(names) < len(c.classes) {
		return errors.Errorf("classify: two of the classes %q have one name", c.classes)
	}
	if len(c.classes) < 2 {
		return errors.Errorf("classify: there are %d classes; want at least 2", len(c.classes))
	}
	if err := program.CheckEncoder(c.encoder); err != nil {
		return errors.WithMessage(err, "classify")
	}
	err := program.Declared(c.params, c.network.Name(), func(b *graph.Builder) { c.declareOn(b, 1, 1) })
	if err != nil {
		return errors.WithMessage(err, "classify")
	}
	c.rolls = program.Rolls(c.params, func(b *graph.Builder) { c.declareOn(b, 1, 1) })
	return nil
}

// Save implements task.Predictor.
func (c *Classifier) Save(to task.Files) error {
	if err := program.CheckFiles(to); err != nil {
		return err
	}
	if err := to.Write(vocabularyFile, c.encoder); err != nil {
		return err
	}
	return to.Write(task.StateFile, saved{c.classes, c.example})
}

const vocabularyFile = "vocabulary.json"

// saved is what a classifier keeps beside the vocabulary.
type saved struct {
	Classes []string `json:"classes"`
	Example string   `json:"example,omitempty"`
}

// Open returns the classifier that Save has kept with the options. The parameters must hold the kept weights.
func Open(network *graph.Network, params *graph.Params, opts Options, kept task.Files) (*Classifier, error) {
	if err := program.CheckFiles(kept); err != nil {
		return nil, err
	}
	var s saved
	if err := kept.Read(task.StateFile, &s); err != nil {
		return nil, errors.WithMessagef(err, "%s is damaged", task.StateFile)
	}
	if len(s.Classes) < 2 {
		return nil, errors.Errorf("%s is damaged: it names %d classes; want at least 2", task.StateFile, len(s.Classes))
	}
	encoder := new(text.Encoder)
	if err := kept.Read(vocabularyFile, encoder); err != nil {
		return nil, errors.WithMessagef(err, "%s is damaged", vocabularyFile)
	}
	c, err := NewClassifier(network, params, encoder, s.Classes, opts)
	if err != nil {
		return nil, err
	}
	c.example = s.Example
	return c, nil
}

// Params implements train.Task and task.Predictor.
func (c *Classifier) Params() *graph.Params { return c.params }

// Options returns the options with their defaults filled in.
func (c *Classifier) Options() Options { return c.opts }

// Classes returns the names of the classes.
func (c *Classifier) Classes() []string { return slices.Clone(c.classes) }

// Encoder returns what makes tokens of texts.
func (c *Classifier) Encoder() *text.Encoder { return c.encoder }

// declareOn declares the logits [B, classes] of tokens [T, B].
func (c *Classifier) declareOn(b *graph.Builder, steps, batch int) *gorgonia.Node {
	tokens, lengths := b.IndexInput("tokens", steps, batch), b.IndexInput("lengths", batch)
	table := b.Param("embedding.weight", c.embed, c.encoder.Vocabulary.Size(), c.opts.Embedding)
	x := b.Dropout(b.Gather(table, tokens, text.Pad), c.opts.EmbeddingDropout)
	y, final := c.network.Unroll(b, x, graph.Lengths(lengths))
	h := pooling.Pool(b, c.opts.Pooling, c.network, y, final, b.LengthMask(lengths, steps))
	return b.Prefix("head.").Linear("", len(c.classes), b.Dropout(h, c.opts.OutputDropout))
}

// program returns the program of a shape: in training with the loss, else with the logits.
func (c *Classifier) program(l *lane, s program.Shape) (*graph.Program, error) {
	return l.Get(s, func() (*graph.Builder, []graph.CompileOption) {
		if !s.Training {
			var opts []graph.Option
			if s.Serving {
				opts = append(opts, program.Serving(c.network, s.Steps, s.Batch))
			}
			b := graph.NewBuilder(c.params, opts...)
			return b, []graph.CompileOption{graph.OutputAs(outputName, c.declareOn(b, s.Steps, s.Batch))}
		}
		b := graph.NewBuilder(c.params, graph.Training())
		logits := c.declareOn(b, s.Steps, s.Batch)
		var opts []graph.CrossEntropyOption
		if c.weights != nil {
			opts = append(opts, graph.ClassWeights(c.weights...))
		}
		return b, []graph.CompileOption{graph.Loss(b.CrossEntropy(logits, b.IndexInput("target", s.Batch), opts...))}
	})
}

const outputName = "logits"

// encode returns the tokens of a text, at least one: a text of nothing is one unknown word.
func (c *Classifier) encode(s string) []int32 {
	all := c.encoder.Encode(s)
	if len(all) == 0 {
		return []int32{text.Unknown}
	}
	ids := make([]int32, len(all))
	for i, id := range all {
		ids[i] = int32(id)
	}
	return ids
}

// mostTokens is how many tokens are read at most: more of a text says nothing new of its class.
const mostTokens = 1 << 13

// most returns how many tokens of a text are read at most.
func (c *Classifier) most() int { return cmp.Or(c.opts.MaxTokens, mostTokens) }

// last returns the tokens that are read.
func (c *Classifier) last(ids []int32) []int32 { return ids[max(0, len(ids)-c.most()):] }

// evaluationBatch is how many texts are classified at once: enough for the kernels.
const evaluationBatch = 128

// byLength returns the places of texts in batches of a size, in order of their lengths: in a batch they are about equally
// long.
func (c *Classifier) byLength(all [][]int32, size int) [][]int {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return len(c.last(all[i])) - len(c.last(all[j])) })
	return slices.Collect(slices.Chunk(order, size))
}

// logits returns the logits [n][classes] of encoded texts.
func (c *Classifier) logits(ctx context.Context, l *lane, all [][]int32, bounds []int) ([][]float64, error) {
	out := make([][]float64, len(all))
	for _, batch := range c.byLength(all, evaluationBatch) {
		if err := args.Context(ctx); err != nil {
			return nil, err
		}
		s := program.Shape{Steps: program.StepsFor(c.longest(all, batch), bounds), Batch: min(len(all), evaluationBatch)}
		if err := c.logitsOf(l, s, all, batch, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// longest returns the length of the longest of the texts at the places of a batch, as they are read.
func (c *Classifier) longest(all [][]int32, batch []int) int {
	n := 0
	for _, at := range batch {
		n = max(n, len(c.last(all[at])))
	}
	return n
}

// serving returns the shape of a program that answers for texts up to a length.
func (c *Classifier) serving(longest, texts int) program.Shape {
	s := program.Shape{Steps: program.StepsFor(longest, nil), Batch: program.Batch(texts)}
	if c.rolls {
		s.Steps, s.Serving = min(program.Capacity(longest), c.most()), true
	}
	return s
}

// answer sets the logits of the texts at the places of a batch, with a program that answers.
func (c *Classifier) answer(l *lane, all [][]int32, batch []int, out [][]float64) error {
	return c.logitsOf(l, c.serving(c.longest(all, batch), len(batch)), all, batch, out)
}

// logitsOf sets the logits of the texts at the places of a batch, with the program of a shape.
func (c *Classifier) logitsOf(l *lane, s program.Shape, all [][]int32, batch []int, out [][]float64) error {
	sequences := make([][]int32, len(batch))
	for i, at := range batch {
		sequences[i] = c.last(all[at])
	}
	p, err := c.program(l, s)
	if err != nil {
		return err
	}
	program.SetTokens(p, s, sequences)
	if err := p.Run(); err != nil {
		return err
	}
	rows := program.Floats(p.Output(outputName))
	for i, at := range batch {
		out[at] = rows[i*len(c.classes) : (i+1)*len(c.classes)]
	}
	return nil
}

// Classify returns the class of each text.
func (c *Classifier) Classify(all ...string) ([]Class, error) {
	return c.ClassifyContext(context.Background(), all...)
}

// smallestBatch is how many texts are worth a processor of their own.
const smallestBatch = 32

// ClassifyContext is Classify with a context that may end before all texts are classified. Many texts are shared among the
// processors.
func (c *Classifier) ClassifyContext(ctx context.Context, all ...string) ([]Class, error) {
	if len(all) == 0 {
		return nil, nil
	}
	encoded := make([][]int32, len(all))
	for i, s := range all {
		switch {
		case strings.TrimSpace(s) == "":
			return nil, errors.Errorf("classify: text %d is empty; give at least one word", i+1)
		case !utf8.ValidString(s):
			return nil, errors.Errorf("classify: text %d is not UTF-8", i+1)
		}
		encoded[i] = c.encode(s)
	}
	share := (len(all) + c.pool.Lanes() - 1) / c.pool.Lanes()
	size := min(len(all), max(smallestBatch, min(share, evaluationBatch)))
	batches := c.byLength(encoded, size)
	logits := make([][]float64, len(all))
	err := c.pool.Each(ctx, len(batches), func(l *lane, i int) error {
		return c.answer(l, encoded, batches[i], logits)
	})
	if err != nil {
		return nil, err
	}
	out := make([]Class, len(all))
	for i, row := range logits {
		p := program.Softmax(row)
		best := program.Largest(p)
		if math.IsNaN(p[best]) {
			return nil, errors.New("classify: a probability is not a number; the weights are damaged")
		}
		out[i] = Class{c.classes[best], p[best], p}
	}
	return out, nil
}

// Warm implements task.Predictor for texts one at a time: those of the lengths of some, and unless the network is of cells
// that cannot be loops, all of up to 1,024 tokens.
func (c *Classifier) Warm(ctx context.Context, like ...string) error {
	return c.pool.Warm(ctx, func(l *lane) error {
		for _, n := range program.Capacities(c.most()) {
			if err := ctx.Err(); err != nil {
				return errors.WithStack(err)
			}
			if !c.rolls {
				break
			}
			if _, err := c.program(l, c.serving(n, 1)); err != nil {
				return err
			}
		}
		for _, s := range append(like, "") {
			if err := ctx.Err(); err != nil {
				return errors.WithStack(err)
			}
			if err := c.answer(l, [][]int32{c.encode(s)}, []int{0}, make([][]float64, 1)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Decoding implements task.Predictor: there is nothing to choose.
func (c *Classifier) Decoding() task.Options { return nil }

// On implements task.Predictor: vocabulary and classes are the classifier's.
func (c *Classifier) On(d datasets.Dataset, _ task.Options) (task.Task, error) {
	labelled, err := program.DatasetOf[*datasets.Labelled](d, "classify", "has no labelled texts")
	if err != nil {
		return nil, err
	}
	if !slices.Equal(labelled.Classes, c.classes) {
		return nil, errors.Errorf("classify %s: the dataset has the classes %q; the model knows %q", labelled.Meta.Name, labelled.Classes, c.classes)
	}
	if err := checkLabels(labelled); err != nil {
		return nil, err
	}
	return newClassification(c, labelled), nil
}
