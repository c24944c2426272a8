// Package softmax is the output layer of models with large vocabularies: from hidden states to the losses of words and
// to the log-probabilities of all of them. There are three kinds, which are declared and used in the same way:
//
//	full                  a linear map and the softmax over all V words, the reference
//	adaptive:4000,20000   the softmax over the first 4,000 words and one class for each of two tails, and within a tail a
//	                      softmax of its own, from fewer dimensions the rarer its words are (Grave et al. 2017)
//	sampled:8192          the weights of full, trained against 8,192 words that are drawn for each batch (Bengio and
//	                      Senécal 2008; Jean et al. 2015)
//
// Words are numbered by frequency, the most frequent first, as in the vocabularies of words of datasets/text. Sampled
// takes those in another order with Unigram.
//
// A training step (forward, backward and Adam) of 35·20 = 700 targets, whose frequencies follow Zipf's law, and states
// of width 256 takes, in ms of processor time of one thread, of which Adam's:
//
//	                                   V = 50,000           V = 250,000
//	full                               602 (21)             3,170 (130)
//	adaptive:4000,20000                 87 (6)
//	adaptive:4000,20000,80000                                 132 (6)
//	sampled:2048                        79 (24)               174 (103)
//	sampled:8192                       187 (20)               320 (116)
//
// (BenchmarkStep on one thread; Intel Xeon with AVX-512, 2 virtual cores that others used much, medians of three turns'
// lower quartiles, 2026-11-26.) Full and sampled have V·(256 + 1) parameters, 12.9 and 64.3 million, and adaptive 2.6
// and 3.7 million. Only the rows of the sample and the targets have a gradient with sampled, but the gradient is a
// dense one, as is the optimizer's step: at V = 250,000 and 2,048 words six tenths of a step are Adam's, and of the
// rest most is spent on zeros. Adaptive is the choice where V is that large, unless the output is tied to the
// embedding, which it cannot be.
//
// A layer serves any number of goroutines. It declares on a graph, which serves one.
package softmax

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
)

// Ignored is a target that counts for nothing, such as that of padding.
const Ignored = -100

// Softmax is an output layer for a vocabulary of V words and hidden states of width W. New makes one. It holds settings
// and no parameters, which live in the builder's store; it serves any number of goroutines.
type Softmax struct {
	kind              kind
	vocabulary, width int
	name              string // of inputs
}

// kind is what the kinds differ in.
type kind interface {
	// spec returns what New makes it of.
	spec() string
	// losses declares the losses of targets [N] after states h [N, W], 0 for those that are ignored, and their weights, 0
	// or 1. The losses may be in parts, of which only the first has a place for each target.
	losses(b *graph.Builder, h, table *gorgonia.Node, c Capacity) (losses []*gorgonia.Node, weights *gorgonia.Node)
	// join adds up the parts of each target's loss [N].
	join(b *graph.Builder, losses []*gorgonia.Node) *gorgonia.Node
	// logProbabilities declares those of all words [N, V].
	logProbabilities(b *graph.Builder, h, table *gorgonia.Node) *gorgonia.Node
	// capacity returns what a program must have room for.
	capacity(targets []int) Capacity
	// set sets a program's inputs.
	set(p *graph.Program, targets []int, seed uint64, number int) error
}

// Kinds returns the names of the kinds.
func Kinds() []string { return []string{"full", "adaptive", "sampled"} }

// An Option of New. A nil one sets nothing.
type Option func(*config)

type config struct {
	name   string
	counts []int
	power  float64
}

// InputName is the name before those of the inputs that a graph gets, "softmax" by default: of two layers in one graph
// each needs its own.
func InputName(name string) Option { return func(c *config) { c.name = name } }

// Unigram has sampled draw words in proportion to a power of their counts [V], where a count of 0 is taken as 1, and
// not as if these followed Zipf's law. The power is between 0, which is the uniform distribution, and 1, that of the
// text. The other kinds have no use for it.
func Unigram(counts []int, power float64) Option {
	counts = slices.Clone(counts)
	return func(c *config) { c.counts, c.power = counts, power }
}

// New returns the layer of a spec, as the package's documentation has them, for a vocabulary of V words and states of
// width W. It takes memory as the vocabulary has words, if it is sampled, and otherwise next to none.
func New(spec string, vocabulary, width int, opts ...Option) (*Softmax, error) {
	if vocabulary < 2 || width < 1 {
		return nil, errors.Errorf("softmax of %d words from a width of %d; want at least 2 words and a width of 1", vocabulary, width)
	}
	c := config{name: "softmax"}
	args.Apply(&c, opts)
	s := &Softmax{vocabulary: vocabulary, width: width, name: c.name}
	name, list, given := strings.Cut(spec, ":")
	full := full{vocabulary, c.name}
	var err error
	switch name {
	case "full":
		s.kind = full
		if given {
			err = errors.New("full has no numbers")
		}
	case "adaptive":
		s.kind, err = newAdaptive(c.name, vocabulary, width, list)
	case "sampled":
		s.kind, err = newSampled(full, list, c.counts, c.power)
	default:
		err = errors.New("choose one of full, adaptive:CUTOFF,CUTOFF and sampled:WORDS")
		if near := suggest.Nearest(name, Kinds()); near != "" {
			err = errors.Errorf("did you mean %s? Choose one of full, adaptive:CUTOFF,CUTOFF and sampled:WORDS", near)
		}
	}
	if err != nil {
		return nil, errors.WithMessagef(err, "softmax %.80q", spec)
	}
	return s, nil
}

// numbers reads positive numbers with commas between them.
func numbers(list string) ([]int, error) {
	var all []int
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, errors.Errorf("%.40q is no positive number", text)
		}
		all = append(all, n)
	}
	return all, nil
}

// Spec returns the spec that New makes an equal layer of, given the same options.
func (s *Softmax) Spec() string {
	if s.unmade() != nil {
		return ""
	}
	return s.kind.spec()
}

// unmade returns an error if New has not made the layer.
func (s *Softmax) unmade() error {
	if s == nil || s.kind == nil {
		return errors.New("softmax: the layer is nil or empty; softmax.New makes one")
	}
	return nil
}

// Vocabulary returns the number of words V.
func (s *Softmax) Vocabulary() int {
	if s.unmade() != nil {
		return 0
	}
	return s.vocabulary
}

// Width returns the width of the hidden states W.
func (s *Softmax) Width() int {
	if s.unmade() != nil {
		return 0
	}
	return s.width
}

// Loss declares the mean loss in nats of the targets that are not ignored, each the negative log-probability of a word
// after the state h [..., W] in its place; 0 if all are ignored. The targets are an input that Set sets, in row-major
// order. Of sampled the loss is that among the words of a sample if the builder is one for training, less than the full
// one and not comparable to it; otherwise, and for the other kinds, it is exact.
//
// table is the parameter [V, W] that is the output's weight as well, the embedding's, or nil if the output has one of
// its own. The parameters of full and sampled are the same, so that each goes on where the other was: weight [V, W], if
// there is no table, and bias [V]. Those of adaptive have the names and layouts of PyTorch's AdaptiveLogSoftmaxWithLoss
// with a bias: head.weight [shortlist + tails, W], head.bias, tail.<i>.0.weight [W/4^(i+1), W] and tail.<i>.1.weight
// [words of the tail, W/4^(i+1)]; it cannot be tied to a table.
//
// c is how many targets of each tail a program has room for, which Capacity returns; the zero value is room for all
// targets in each tail, which takes as long as if they were there.
func (s *Softmax) Loss(b *graph.Builder, h, table *gorgonia.Node, c Capacity) *gorgonia.Node {
	rows, _ := s.rows(b, h, table)
	if b.Err() != nil {
		return rows
	}
	losses, weights := s.kind.losses(b, rows, table, c)
	sums := make([]*gorgonia.Node, len(losses))
	for i, l := range losses { // each with a gradient that is there before it, so that the scores need not wait for that
		sums[i] = b.Sum(l)
	}
	return b.Div(b.Add(sums...), b.Clamp(b.Sum(weights), 1, math.Inf(1)))
}

// Losses declares what Loss is the mean of: the loss of each target [...] after states h [..., W], 0 where it is
// ignored, and the weights [...], 0 where a target is ignored and 1 elsewhere.
func (s *Softmax) Losses(b *graph.Builder, h, table *gorgonia.Node, c Capacity) (losses, weights *gorgonia.Node) {
	rows, shape := s.rows(b, h, table)
	if b.Err() != nil {
		return rows, rows
	}
	parts, weights := s.kind.losses(b, rows, table, c)
	return b.Reshape(s.kind.join(b, parts), shape...), b.Reshape(weights, shape...)
}

// LogProbabilities declares the log-probabilities of all words [..., V] after states h [..., W], from the parameters
// that Loss names. They add up to 1 for every kind, and of every kind the loss of a target in a program that is not for
// training is the negative of its own.
func (s *Softmax) LogProbabilities(b *graph.Builder, h, table *gorgonia.Node) *gorgonia.Node {
	rows, shape := s.rows(b, h, table)
	if b.Err() != nil {
		return rows
	}
	return b.Reshape(s.kind.logProbabilities(b, rows, table), append(shape, s.vocabulary)...)
}

// rows returns states h [..., W] as [N, W], and the shape [...].
func (s *Softmax) rows(b *graph.Builder, h, table *gorgonia.Node) (rows *gorgonia.Node, shape []int) {
	if b.Err() != nil {
		return b.Fail(b.Err()), nil
	}
	if err := s.unmade(); err != nil {
		return b.Fail(err), nil
	}
	if h == nil || len(h.Shape()) < 2 || h.Shape()[len(h.Shape())-1] != s.width {
		return b.Fail(errors.Errorf("softmax: the states are %s; want [..., %d]", shapeOf(h), s.width)), nil
	}
	if table != nil && !slices.Equal(table.Shape(), []int{s.vocabulary, s.width}) {
		return b.Fail(errors.Errorf("softmax: the table is %s; want [%d, %d]", shapeOf(table), s.vocabulary, s.width)), nil
	}
	shape = h.Shape()[:len(h.Shape())-1].Clone()
	return b.Reshape(h, h.DataSize()/s.width, s.width), shape
}

func shapeOf(n *gorgonia.Node) any {
	if n == nil {
		return "nil"
	}
	return n.Shape()
}

// Set sets what the layer reads in the next run of a program that declares Loss or Losses: the targets, as many as the
// states have rows, each a word or Ignored; and for sampled what it draws, which is a function of seed and number, that
// of the batch. On an error the program's inputs are as they were.
func (s *Softmax) Set(p *graph.Program, targets []int, seed uint64, number int) error {
	if err := s.unmade(); err != nil {
		return err
	}
	if p == nil || p.Input(s.name+targetsInput) == nil {
		return errors.New("softmax: the program is nil or declares no loss; Softmax.Loss declares it")
	}
	if n := p.Input(s.name + targetsInput).Size(); len(targets) != n {
		return errors.Errorf("softmax: %d targets; the program has %d states", len(targets), n)
	}
	if err := s.check(targets); err != nil {
		return err
	}
	return s.kind.set(p, targets, seed, number)
}

// check returns an error if a target is no word and not ignored.
func (s *Softmax) check(targets []int) error {
	for i, t := range targets {
		if (t < 0 || t >= s.vocabulary) && t != Ignored {
			return errors.Errorf("softmax: target %d is %d; want a word, 0 to %d, or %d, which is ignored", i, t, s.vocabulary-1, Ignored)
		}
	}
	return nil
}

// targetsInput is the end of the name of an input that every kind has: integers [N].
const targetsInput = ".targets"
