package task

import (
	"math"
	"math/rand"
	randv2 "math/rand/v2"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
)

// Classification is the task of naming the class of a text. The vocabulary is that of the training part.
type Classification struct {
	*Classifier
	data     *datasets.Labelled
	parts    map[Part]*encodedPart
	train    encodedPart // what is left of the training part by Limit
	lengths  []int       // of the training texts, as they are read
	bounds   []int       // steps of the programs that train
	batch    int         // size of the batches of this epoch
	dropSeed int64       // of the word dropout of this epoch
	rivals   map[Part]map[string]map[string]float64
}

// encodedPart is a part of the dataset as numbers.
type encodedPart struct {
	tokens [][]int32
	labels []int
	bounds []int // steps of the programs that evaluate it
}

var _ Task = (*Classification)(nil)

// NewClassification prepares a task. The network's parameters are declared in params.
func NewClassification(network *graph.Network, data *datasets.Labelled, params *graph.Params, opts ClassifyOptions) (*Classification, error) {
	opts = opts.withDefaults()
	if err := opts.check(); err != nil {
		return nil, err
	}
	if err := network.Check(); err != nil {
		return nil, err
	}
	if err := checkLabels(data); err != nil {
		return nil, err
	}
	encoder, err := newEncoder(data, opts)
	if err != nil {
		return nil, errors.WithMessagef(err, "classify %s", data.Meta.Name)
	}
	c := &Classifier{opts: opts, network: network, params: params, encoder: encoder, classes: data.Classes,
		embed: graph.Normal(embeddingDeviation, text.Pad)}
	if c.weights, err = classWeights(data, opts.ClassWeights); err != nil {
		return nil, err
	}
	if err := c.loadVectors(); err != nil {
		return nil, err
	}
	setDefault(&c.opts.Embedding, 100)
	if err := c.declare(); err != nil {
		return nil, err
	}
	t := newClassification(c, data)
	t.Limit(0)
	return t, nil
}

func newClassification(c *Classifier, data *datasets.Labelled) *Classification {
	return &Classification{Classifier: c, data: data, parts: make(map[Part]*encodedPart), rivals: make(map[Part]map[string]map[string]float64)}
}

// checkLabels returns an error for the first label that is none of the classes.
func checkLabels(data *datasets.Labelled) error {
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
	case "balanced": // each class weighs as much as every other
		for _, e := range data.Train {
			weights[e.Label]++
		}
		for i, n := range weights {
			weights[i] = float64(len(data.Train)) / (float64(k) * max(1, n))
		}
		return weights, nil
	}
	fields := strings.Split(spec, ",")
	if len(fields) != k {
		return nil, errors.Errorf("classify %s: %d class weights %q; want one for each of the classes %q", data.Meta.Name, len(fields), spec, data.Classes)
	}
	for i, f := range fields {
		w, err := strconv.ParseFloat(strings.TrimSpace(f), 64)
		if err != nil || !(w > 0) || math.IsInf(w, 0) {
			return nil, errors.Errorf("classify %s: class weight %q; want a number above 0, or balanced for all", data.Meta.Name, f)
		}
		weights[i] = w
	}
	return weights, nil
}

// Predictor implements Task.
func (c *Classification) Predictor() Predictor { return c.Classifier }

// examples returns the texts of a part.
func (c *Classification) examples(p Part) ([]datasets.Example, error) {
	switch p {
	case TrainPart:
		return c.data.Train, nil
	case ValidPart:
		return c.data.Valid, nil
	case TestPart:
		return c.data.Test, nil
	}
	return nil, errors.Errorf("split %q not found; want train, valid or test", p)
}

// part returns a part as numbers, which it makes once.
func (c *Classification) part(p Part) (*encodedPart, error) {
	if e := c.parts[p]; e != nil {
		return e, nil
	}
	examples, err := c.examples(p)
	if err != nil {
		return nil, err
	}
	e := &encodedPart{tokens: make([][]int32, len(examples)), labels: make([]int, len(examples))}
	lengths := make([]int, len(examples))
	for i, x := range examples {
		e.tokens[i], e.labels[i] = c.encode(x.Text), x.Label
		lengths[i] = len(c.last(e.tokens[i]))
	}
	e.bounds = stepBounds(lengths, 1)
	c.parts[p] = e
	return e, nil
}

// Examples implements Task.
func (c *Classification) Examples() (train, valid, test int) {
	return len(c.train.labels), len(c.data.Valid), len(c.data.Test)
}

// Limit implements Task: it keeps the first texts of each class, each class in its share, since a dataset may have one
// class after the other.
func (c *Classification) Limit(n int) {
	all, _ := c.part(TrainPart) // which there is
	c.train = *all
	if total := len(all.labels); n > 0 && n < total {
		c.train = encodedPart{}
		seen := make([]int, len(c.classes))
		size := make([]int, len(c.classes))
		for _, label := range all.labels {
			size[label]++
		}
		want, before := make([]int, len(c.classes)), 0
		for label, k := range size { // cumulative, so that the shares add up to n
			want[label] = (before+k)*n/total - before*n/total
			before += k
		}
		for i, label := range all.labels {
			if seen[label]++; seen[label] <= want[label] {
				c.train.tokens, c.train.labels = append(c.train.tokens, all.tokens[i]), append(c.train.labels, label)
			}
		}
	}
	c.lengths = make([]int, len(c.train.labels))
	for i, ids := range c.train.tokens {
		c.lengths[i] = len(c.last(ids))
	}
	// A run is some epochs; how many it is to be does not matter much.
	const epochs = 3
	c.bounds = stepBounds(c.lengths, epochs)
}

// Batches implements train.Task: texts of about one length are in a batch.
func (c *Classification) Batches(epoch, size int, seed uint64) [][]int {
	if size < 1 || size > len(c.lengths) {
		size = len(c.lengths)
	}
	c.batch = size
	var bucketSeed uint64
	train.Draw(epoch, seed, func(rng *rand.Rand) { c.dropSeed, bucketSeed = rng.Int63(), rng.Uint64() })
	return datasets.Buckets(c.lengths, size, randv2.New(randv2.NewPCG(bucketSeed, 0)))
}

// Step implements train.Task.
func (c *Classification) Step(_ int, examples []int) (train.Step, error) {
	longest, tokens := 0, 0
	sequences := make([][]int32, len(examples))
	for i, e := range examples {
		sequences[i] = c.dropWords(e, c.last(c.train.tokens[e]))
		longest = max(longest, len(sequences[i]))
		tokens += len(sequences[i])
	}
	s := shape{stepsFor(longest, c.bounds), max(c.batch, len(examples)), true}
	p, err := c.program(s)
	if err != nil {
		return train.Step{}, err
	}
	setTokens(p.Program, s, sequences)
	setTargets(p.Program, c.train.labels, examples)
	return train.Step{Program: p.Program, Tokens: tokens}, nil
}

// setTargets sets the classes of a batch. Where the examples are less than the batch, the others count for nothing.
func setTargets(p *graph.Program, labels, examples []int) {
	target := p.Input("target").Ints()
	for i := range target {
		const ignored = -100 // as CrossEntropy has it
		target[i] = ignored
		if i < len(examples) {
			target[i] = labels[examples[i]]
		}
	}
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
	s, err := c.Evaluate(ValidPart)
	return train.Evaluation{Loss: s.Metrics["loss"], Metrics: s.Metrics}, err
}

// Evaluate implements Task:
//
//	accuracy  part of the texts whose class is right
//	f1        macro F1
//	loss      mean cross entropy, in nats a text; every class has the weight 1
func (c *Classification) Evaluate(p Part) (Scores, error) {
	part, err := c.part(p)
	if err != nil {
		return Scores{}, err
	}
	if len(part.labels) == 0 {
		return Scores{}, errors.Errorf("classify %s: the %s part has no texts", c.data.Meta.Name, p)
	}
	logits, err := c.logits(part.tokens, part.bounds)
	if err != nil {
		return Scores{}, err
	}
	return score(c.classes, logits, part.labels), nil
}

// score compares logits [n][classes] with the true classes.
func score(classes []string, logits [][]float64, labels []int) Scores {
	confusion := newConfusion(classes)
	loss := 0.0
	for i, row := range logits {
		confusion.Counts[labels[i]][largest(row)]++
		loss += crossEntropy(row, labels[i]) / float64(len(labels))
	}
	return Scores{confusion.metrics(loss), confusion}
}

// crossEntropy returns −log softmax(logits)[label].
func crossEntropy(logits []float64, label int) float64 {
	most, sum := math.Inf(-1), 0.0
	for _, v := range logits {
		most = max(most, v)
	}
	for _, v := range logits {
		sum += math.Exp(v - most)
	}
	return most + math.Log(sum) - logits[label]
}

// metrics returns the metrics of a classification with this mean cross entropy.
func (c *Confusion) metrics(loss float64) map[string]float64 {
	return map[string]float64{"accuracy": c.Accuracy(), "f1": c.F1(), "loss": loss}
}
