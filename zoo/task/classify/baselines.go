package classify

import (
	"context"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Baselines implements task.Task: two rivals on the same texts of a part as Evaluate:
//
//	majority      the class that is most frequent in the training part, with the frequencies as probabilities
//	bag-of-words  logistic regression on which words the whole text has, in whatever order; trained by the same loop
//
// Both learn from the training part, as much of it as Limit leaves.
func (c *Classification) Baselines(ctx context.Context, p task.Part) ([]task.Rival, error) {
	if err := args.Context(ctx); err != nil {
		return nil, err
	}
	if m := c.rivals[p]; m != nil {
		return m, nil
	}
	part, err := c.part(p)
	if err != nil {
		return nil, err
	}
	if len(c.train.labels) == 0 { // the task of a kept run, which has not been trained
		c.Limit(0)
	}
	bag, err := c.bagOfWords(ctx)
	if err != nil {
		return nil, err
	}
	logits, err := bag.logits(part.tokens)
	if err != nil {
		return nil, err
	}
	constant := make([][]float64, len(part.labels))
	frequencies := c.logFrequencies()
	for i := range constant {
		constant[i] = frequencies
	}
	m := []task.Rival{
		{Name: "majority", Learns: true, Metrics: score(c.classes, constant, part.labels).Metrics},
		{Name: "bag-of-words", Learns: true, Metrics: score(c.classes, logits, part.labels).Metrics},
	}
	c.rivals[p] = m
	return m, nil
}

// logFrequencies returns the logarithm of each class's frequency in training; half an example stands in for none, so
// that the cross entropy stays finite.
func (c *Classification) logFrequencies() []float64 {
	f := make([]float64, len(c.classes))
	for _, label := range c.train.labels {
		f[label]++
	}
	for i, n := range f {
		f[i] = math.Log(max(n, 0.5) / float64(len(c.train.labels)))
	}
	return f
}

// bagOfWords is logistic regression on the set of a text's words: logits = Σ W[word] + b over the different ones. A
// product of indicators and W would be the same; the sum of rows costs only what the text has.
type bagOfWords struct {
	task          *Classification
	params        *graph.Params
	train, valid  [][]int32 // the different words of each text
	labels, truth []int
	bounds        []int
	batch         int
	draws         train.Draws
	lane          *lane
}

// bagOfWords returns the trained rival, with the weights of the epoch that is best on the validation part.
func (c *Classification) bagOfWords(ctx context.Context) (*bagOfWords, error) {
	valid, err := c.part(task.ValidPart)
	if err != nil {
		return nil, err
	}
	b := &bagOfWords{task: c, params: graph.NewParams(c.params.Dtype()), train: words(c.train.tokens), valid: words(valid.tokens), labels: c.train.labels, truth: valid.labels,
		lane: program.NewLane[program.Shape]()}
	lengths := make([]int, len(b.train))
	for i, ids := range b.train {
		lengths[i] = len(ids)
	}
	b.bounds = program.StepBounds(lengths, 1)
	r, err := train.Run(ctx, b, train.Epochs(20), train.Patience(2), train.Maximize(accuracyName), train.Batch(32), train.Clip(0),
		train.Optimize(&train.Adam{LR: 0.003}))
	if err == nil && r.Interrupted { // which is no error of a run
		err = errors.WithStack(ctx.Err())
	}
	return b, err
}

// words returns the different tokens of each text.
func words(texts [][]int32) [][]int32 {
	out := make([][]int32, len(texts))
	for i, ids := range texts {
		out[i] = slices.Compact(slices.Sorted(slices.Values(ids)))
	}
	return out
}

// Params implements train.Task.
func (b *bagOfWords) Params() *graph.Params { return b.params }

// Batches implements train.Task.
func (b *bagOfWords) Batches(epoch, size int, seed uint64) [][]int {
	b.batch = size
	return b.draws.Shuffled(len(b.train), size, epoch, seed)
}

// Step implements train.Task.
func (b *bagOfWords) Step(_ int, examples []int) (train.Step, error) {
	sequences := make([][]int32, len(examples))
	for i, e := range examples {
		sequences[i] = b.train[e]
	}
	p, s, err := b.program(sequences, true)
	if err != nil {
		return train.Step{}, err
	}
	program.SetTargets(p, b.labels, examples)
	return train.Step{Program: p, Tokens: s.Steps * len(examples)}, nil
}

// program returns a program whose inputs are set to sequences.
func (b *bagOfWords) program(sequences [][]int32, training bool) (*graph.Program, program.Shape, error) {
	longest := 1
	for _, ids := range sequences {
		longest = max(longest, len(ids))
	}
	s := program.Shape{Steps: program.StepsFor(longest, b.bounds), Batch: max(b.batch, len(sequences)), Training: training}
	p, err := b.lane.Get(s, func() (*graph.Builder, []graph.CompileOption) {
		g := graph.NewBuilder(b.params)
		tokens := g.IndexInput("tokens", s.Steps, s.Batch)
		g.IndexInput("lengths", s.Batch) // the padding has a row of zeros
		classes := len(b.task.classes)
		table := g.Param("weight", graph.Zeros(), b.task.encoder.Vocabulary.Size(), classes)
		logits := g.Add(g.Sum(g.Gather(table, tokens, text.Pad), 0), g.Param("bias", graph.Zeros(), classes))
		if !training {
			return g, []graph.CompileOption{graph.OutputAs(outputName, logits)}
		}
		return g, []graph.CompileOption{graph.Loss(g.CrossEntropy(logits, g.IndexInput("target", s.Batch)))}
	})
	if err != nil {
		return nil, s, err
	}
	program.SetTokens(p, s, sequences)
	return p, s, nil
}

// logits returns the logits [n][classes] of encoded texts.
func (b *bagOfWords) logits(texts [][]int32) ([][]float64, error) {
	var out [][]float64
	for batch := range slices.Chunk(words(texts), max(1, b.batch)) {
		p, _, err := b.program(batch, false)
		if err != nil {
			return nil, err
		}
		if err := p.Run(); err != nil {
			return nil, err
		}
		rows, k := program.Floats(p.Output(outputName)), len(b.task.classes)
		for i := range batch {
			out = append(out, rows[i*k:(i+1)*k])
		}
	}
	return out, nil
}

// Validate implements train.Task.
func (b *bagOfWords) Validate() (train.Evaluation, error) {
	logits, err := b.logits(b.valid)
	if err != nil {
		return train.Evaluation{}, err
	}
	m := score(b.task.classes, logits, b.truth).Metrics
	return train.Evaluation{Loss: m["loss"], Metrics: m}, nil
}
