package classify

import (
	"cmp"
	"context"
	"iter"
	"math/rand"
	randv2 "math/rand/v2"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/texts"
)

// Classification is the task of naming the class of a text. The vocabulary is that of the training part. It serves one
// goroutine.
type Classification struct {
	*Classifier
	data     *datasets.Labelled
	parts    map[task.Part]*encodedPart
	train    encodedPart // what is left of the training part by Limit
	lengths  []int       // of the training texts, as they are read
	bounds   []int       // steps of the programs that train
	batch    int         // size of the batches of this epoch
	dropSeed int64       // of the word dropout of this epoch
	rivals   map[task.Part][]task.Rival
	lane     *lane
	draws    train.Draws
}

// encodedPart is a part of the dataset as numbers.
type encodedPart struct {
	tokens [][]int32
	labels []int
	bounds []int // steps of the programs that evaluate it
}

var (
	_ task.Task  = (*Classification)(nil)
	_ task.Sized = (*Classification)(nil)
)

// New prepares a task. The network's parameters are declared in params.
func New(network *graph.Network, data *datasets.Labelled, params *graph.Params, opts Options) (*Classification, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := network.Check(); err != nil {
		return nil, err
	}
	if err := checkLabels(data); err != nil {
		return nil, err
	}
	encoder, err := texts.NewEncoder(opts.Tokenizer, text.Words{Lower: !opts.Cased}, datasets.Texts(data.Train), text.MinCount(opts.MinCount), text.MaxSize(opts.Vocabulary))
	if err != nil {
		return nil, errors.WithMessagef(err, "classify %s", data.Meta.Name)
	}
	c := &Classifier{opts: opts, network: network, params: params, encoder: encoder, classes: data.Classes,
		data: data.Meta.Settings, embed: graph.Normal(embeddingDeviation, text.Pad)}
	for _, part := range [][]datasets.Example{data.Train, data.Valid, data.Test} { // one that it does not learn, if there is any
		if s := texts.Example(examples(part)); s != "" {
			c.example = s
		}
	}
	if c.weights, err = classWeights(data, opts.ClassWeights); err != nil {
		return nil, err
	}
	if err := c.loadVectors(); err != nil {
		return nil, err
	}
	c.opts.Embedding = cmp.Or(c.opts.Embedding, usualWidth)
	if err := c.declare(); err != nil {
		return nil, err
	}
	t := newClassification(c, data)
	t.Limit(0)
	return t, nil
}

func newClassification(c *Classifier, data *datasets.Labelled) *Classification {
	return &Classification{Classifier: c, data: data, parts: make(map[task.Part]*encodedPart), rivals: make(map[task.Part][]task.Rival),
		lane: program.NewLane[program.Shape]()}
}

// checkLabels returns an error for the first label that is none of the classes.
func checkLabels(data *datasets.Labelled) error {
	if data == nil {
		return errors.New("classify: the texts are nil; datasets.Open opens some")
	}
	for _, part := range [][]datasets.Example{data.Train, data.Valid, data.Test} {
		for i, e := range part {
			if e.Label < 0 || e.Label >= len(data.Classes) {
				return errors.Errorf("classify %s: example %d has the label %d; want 0 to %d, one of the %d classes", data.Meta.Name, i+1, e.Label, len(data.Classes)-1, len(data.Classes))
			}
		}
	}
	return nil
}

// classWeights returns the weight of each class in the loss.
func classWeights(data *datasets.Labelled, spec string) ([]float64, error) {
	k := len(data.Classes)
	weights := make([]float64, k)
	switch spec {
	case "":
		return nil, nil
	case balanced:
		for _, e := range data.Train {
			weights[e.Label]++
		}
		for i, n := range weights {
			weights[i] = float64(len(data.Train)) / (float64(k) * max(1, n))
		}
		return weights, nil
	}
	numbers, err := readWeights(spec)
	if err != nil {
		return nil, errors.Errorf("classify %s: class weights %q: %v", data.Meta.Name, spec, err)
	}
	if len(numbers) != k {
		return nil, errors.Errorf("classify %s: %d class weights %q; want one for each of the classes %q", data.Meta.Name, len(numbers), spec, data.Classes)
	}
	return numbers, nil
}

// examples returns the texts of a part.
func examples(part []datasets.Example) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, e := range part {
			if !yield(e.Text) {
				return
			}
		}
	}
}

// Predictor implements task.Task.
func (c *Classification) Predictor() task.Predictor { return c.Classifier }

// part returns a part as numbers, which it makes once.
func (c *Classification) part(p task.Part) (*encodedPart, error) {
	if e := c.parts[p]; e != nil {
		return e, nil
	}
	examples, err := c.data.Part(string(p))
	if err != nil {
		return nil, err
	}
	e := &encodedPart{tokens: make([][]int32, len(examples)), labels: make([]int, len(examples))}
	lengths := make([]int, len(examples))
	for i, x := range examples {
		e.tokens[i], e.labels[i] = c.encode(x.Text), x.Label
		lengths[i] = len(c.last(e.tokens[i]))
	}
	e.bounds = program.StepBounds(lengths, 1)
	c.parts[p] = e
	return e, nil
}

// Examples implements task.Task.
func (c *Classification) Examples() (train, valid, test int) {
	return len(c.train.labels), len(c.data.Valid), len(c.data.Test)
}

// Sizes implements task.Sized.
func (c *Classification) Sizes() []task.Size {
	return []task.Size{{Name: "classes", N: len(c.classes)}}
}

// Limit implements task.Task: it keeps the first texts of each class, each class in its share, since a dataset may have one
// class after the other.
func (c *Classification) Limit(n int) {
	all, _ := c.part(task.TrainPart) // which there is
	c.train = *all
	if n > 0 && n < len(all.labels) {
		c.train = encodedPart{}
		for _, i := range program.Shares(all.labels, len(c.classes), n) {
			c.train.tokens, c.train.labels = append(c.train.tokens, all.tokens[i]), append(c.train.labels, all.labels[i])
		}
	}
	c.lengths = make([]int, len(c.train.labels))
	for i, ids := range c.train.tokens {
		c.lengths[i] = len(c.last(ids))
	}
	// A run is some epochs; how many it is to be does not matter much.
	const epochs = 3
	c.bounds = program.StepBounds(c.lengths, epochs)
}

// Batches implements train.Task: texts of about one length are in a batch.
func (c *Classification) Batches(epoch, size int, seed uint64) [][]int {
	if size < 1 || size > len(c.lengths) {
		size = len(c.lengths)
	}
	c.batch = size
	var bucketSeed uint64
	c.draws.Epoch(len(c.lengths), size, epoch, seed, func(rng *rand.Rand) { c.dropSeed, bucketSeed = rng.Int63(), rng.Uint64() })
	return datasets.Buckets(c.lengths, size, randv2.New(randv2.NewPCG(bucketSeed, 0)))
}

// Step implements train.Task.
func (c *Classification) Step(_ int, examples []int) (train.Step, error) {
	if err := program.CheckExamples(examples, len(c.train.tokens)); err != nil {
		return train.Step{}, errors.WithMessage(err, "classify")
	}
	longest, tokens := 0, 0
	sequences := make([][]int32, len(examples))
	for i, e := range examples {
		sequences[i] = c.dropWords(e, c.last(c.train.tokens[e]))
		longest = max(longest, len(sequences[i]))
		tokens += len(sequences[i])
	}
	s := program.Shape{Steps: program.StepsFor(longest, c.bounds), Batch: max(c.batch, len(examples)), Training: true}
	p, err := c.program(c.lane, s)
	if err != nil {
		return train.Step{}, err
	}
	program.SetTokens(p, s, sequences)
	program.SetTargets(p, c.train.labels, examples)
	return train.Step{Program: p, Tokens: tokens, Weight: c.weightOf(examples)}, nil
}

// weightOf returns what the loss of examples is divided by: their number, or the weights of their classes.
func (c *Classification) weightOf(examples []int) float64 {
	if c.weights == nil {
		return float64(len(examples))
	}
	sum := 0.0
	for _, e := range examples {
		sum += c.weights[c.train.labels[e]]
	}
	return sum
}

// dropWords replaces words of an example by the unknown one, other ones in each epoch.
func (c *Classification) dropWords(example int, ids []int32) []int32 {
	if c.opts.WordDropout == 0 {
		return ids
	}
	rng := rand.New(rand.NewSource(c.dropSeed + int64(example)))
	dropped := make([]int32, len(ids))
	for i, id := range ids {
		if dropped[i] = id; rng.Float64() < c.opts.WordDropout {
			dropped[i] = text.Unknown
		}
	}
	return dropped
}

// Validate implements train.Task.
func (c *Classification) Validate() (train.Evaluation, error) {
	s, err := c.Evaluate(context.Background(), task.ValidPart)
	return train.Evaluation{Loss: s.Metrics["loss"], Metrics: s.Metrics}, err
}

// Evaluate implements task.Task: the metrics are those of Kind.Metrics, and the exhibits are which
// classes were taken for which, "confusion", and how well each is told from the others, "report".
func (c *Classification) Evaluate(ctx context.Context, p task.Part) (task.Scores, error) {
	part, err := c.part(p)
	if err != nil {
		return task.Scores{}, err
	}
	if len(part.labels) == 0 {
		return task.Scores{}, errors.Errorf("classify %s: the %s part has no texts", c.data.Meta.Name, p)
	}
	logits, err := c.logits(ctx, c.lane, part.tokens, part.bounds)
	if err != nil {
		return task.Scores{}, err
	}
	return score(c.classes, logits, part.labels), nil
}

// Probe implements task.Task: the texts are those of about the median length, so that they end at about the same step.
func (c *Classification) Probe() ([]graph.GradientNorms, error) {
	examples := program.AroundMedian(len(c.lengths), func(i, j int) int { return cmp.Compare(c.lengths[i], c.lengths[j]) })
	n := len(examples)
	s := program.Shape{Steps: c.lengths[examples[n-1]], Batch: n}
	sequences := make([][]int32, n)
	for i, e := range examples {
		sequences[i] = c.last(c.train.tokens[e])
	}
	b := graph.NewBuilder(c.params, graph.Unrolled())
	logits := c.declareOn(b, s.Steps, s.Batch)
	p, err := graph.NewProbe(b, b.CrossEntropy(logits, b.IndexInput("target", s.Batch)))
	if err != nil {
		return nil, err
	}
	program.SetTokens(p.Program, s, sequences)
	program.SetTargets(p.Program, c.train.labels, examples)
	err = p.Run()
	return p.Norms(), err
}
