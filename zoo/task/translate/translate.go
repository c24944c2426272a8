package translate

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"math"
	"math/rand"
	randv2 "math/rand/v2"
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/metric"
	"github.com/rnnzoo/rnnzoo/zoo/seq2seq"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/texts"
)

// Translation is the task of translating texts, learnt from pairs. Vocabularies are those of the training part. It
// serves one goroutine.
type Translation struct {
	*Translator
	data     *datasets.Pairs
	all      []tokenPair    // of the training part, but for those that are too long
	train    []tokenPair    // what is left of them by Limit
	limited  int            // number of training pairs that rivals learn from; 0 means all
	batch    int            // size of the batches of this epoch
	laidOut  bool           // whether the largest program has been compiled
	targets  []int          // steps of the training programs
	sources  map[int][]int  // of each of the targets'
	teacher  train.Schedule // of the part of true tokens; nil if that is all of them
	seed     uint64         // of the tokens that are not true
	decoding Decoding       // of Evaluate
	lane     *lane
	draws    train.Draws
}

// tokenPair is a pair as numbers, each side with its end.
type tokenPair struct{ source, target []int }

// longest returns the lengths of the longest sides of pairs.
func longest(pairs []tokenPair) (l pairLengths) {
	for _, p := range pairs {
		l.Source, l.Target = max(l.Source, len(p.source)), max(l.Target, len(p.target))
	}
	return l
}

var _ task.Task = (*Translation)(nil)

// New prepares a task. The networks' parameters are declared in params.
func New(encoder, decoder *graph.Network, data *datasets.Pairs, params *graph.Params, opts Options) (*Translation, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	if data == nil {
		return nil, errors.New("translate: the pairs are nil; datasets.Open opens some")
	}
	if len(data.Train) == 0 {
		return nil, errors.Errorf("translate %s: there are no pairs to train on", data.Meta.Name)
	}
	shell := &Translator{opts: opts}
	var sources, targets []string
	for _, p := range data.Train {
		sources, targets = append(sources, shell.fold(p.Source)), append(targets, shell.fold(p.Target))
	}
	if opts.Shared {
		sources = append(sources, targets...)
		targets = sources
	}
	words := text.Words{Marked: opts.Spacing} // and not Lower, since the texts are folded
	source, err := texts.NewEncoder(opts.Tokenizer, words, sources)
	if err != nil {
		return nil, errors.WithMessagef(err, "translate %s", data.Meta.Name)
	}
	target := source
	if !opts.Shared {
		if target, err = texts.NewEncoder(opts.Tokenizer, words, targets); err != nil {
			return nil, errors.WithMessagef(err, "translate %s", data.Meta.Name)
		}
	}
	shell.sourceEncoder, shell.targetEncoder = source, target
	all := shell.encodePairs(data.Train)
	all = slices.DeleteFunc(all, func(p tokenPair) bool { return max(len(p.source), len(p.target)) > opts.MaxTokens })
	if len(all) == 0 {
		return nil, errors.Errorf("translate %s: every pair has a side of more than %d tokens; raise that limit", data.Meta.Name, opts.MaxTokens)
	}
	translator, err := newTranslator(encoder, decoder, params, source, target, longest(all), opts)
	if err != nil {
		return nil, err
	}
	translator.data = data.Meta.Settings
	for _, part := range [][]datasets.Pair{data.Train, data.Valid, data.Test} { // one that it does not learn, if there is any
		if s := texts.Example(examples(part)); s != "" {
			translator.example = s
		}
	}
	t := onPairs(translator, data)
	t.all = all
	t.Limit(0)
	return t, nil
}

func onPairs(t *Translator, data *datasets.Pairs) *Translation {
	return &Translation{Translator: t, data: data, decoding: t.opts.Decoding, lane: program.NewLane[shape]()}
}

// examples returns the sources of a part.
func examples(part []datasets.Pair) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, p := range part {
			if !yield(p.Source) {
				return
			}
		}
	}
}

// encodePairs returns pairs as numbers.
func (t *Translator) encodePairs(pairs []datasets.Pair) []tokenPair {
	out := make([]tokenPair, len(pairs))
	for i, p := range pairs {
		out[i] = tokenPair{t.encodeSource(p.Source), t.encodeTarget(p.Target)}
	}
	return out
}

// Predictor implements task.Task.
func (t *Translation) Predictor() task.Predictor { return t.Translator }

// Examples implements task.Task.
func (t *Translation) Examples() (train, valid, test int) {
	return len(t.train), len(t.data.Valid), len(t.data.Test)
}

// Limit implements task.Task.
func (t *Translation) Limit(n int) {
	t.limited = n
	if n < 1 || n > len(t.all) {
		n = len(t.all)
	}
	t.train, t.teacher = t.all[:n], nil
	var targets []int
	for _, p := range t.train {
		targets = append(targets, len(p.target))
	}
	t.targets = program.StepBoundsFor(targets, targetProgramCost)
	sources := make(map[int][]int)
	for _, p := range t.train {
		bound := program.StepsFor(len(p.target), t.targets)
		sources[bound] = append(sources[bound], len(p.source))
	}
	t.sources = make(map[int][]int, len(sources))
	for bound, lengths := range sources {
		t.sources[bound] = program.StepBoundsFor(lengths, sourceProgramCost)
	}
}

// What a program costs, its compilation, and its gradients and packed weights, which are held to the end of the run: as
// much as so many sequences on either side. Of 29,000 sentences with 15 sub-words that makes some 20 programs, in which a
// tenth of the steps are padding.
const (
	targetProgramCost = 400
	sourceProgramCost = 200
)

// largest returns the shape of the largest program of the training.
func (t *Translation) largest() shape {
	s := shape{use: toTrain, batch: t.batch}
	for _, target := range t.targets {
		if source := slices.Max(t.sources[target]); target*source >= s.target*s.source {
			s.target, s.source = target, source
		}
	}
	return s
}

// Batches implements train.Task. The pairs of a batch fit into the same program, with few exceptions: what is left of one
// program's goes to the next larger one.
func (t *Translation) Batches(epoch, size int, seed uint64) [][]int {
	if size < 1 || size > len(t.train) {
		size = len(t.train)
	}
	if t.batch != size {
		t.batch, t.laidOut, t.teacher = size, false, nil
	}
	if t.seed != seed {
		t.seed, t.teacher = seed, nil
	}
	if t.opts.Teacher != "" && t.teacher == nil { // it counts batches of epochs as long as the first
		first := len(t.divided(size, 1, seed))
		t.teacher, _ = train.NewSchedule(t.opts.Teacher, 1, t.opts.Epochs, first) // which has been checked
	}
	return t.divided(size, epoch, seed)
}

// divided divides the training pairs into the batches of an epoch.
func (t *Translation) divided(size, epoch int, seed uint64) (batches [][]int) {
	t.draws.Epoch(len(t.train), size, epoch, seed, func(rng *rand.Rand) { batches = t.divide(size, rng) })
	return batches
}

// divide divides the training pairs into batches of a size.
func (t *Translation) divide(size int, rng *rand.Rand) [][]int {
	type steps struct{ target, source int }
	fitting := make(map[steps][]int)
	for _, i := range rng.Perm(len(t.train)) {
		s := t.shapeOf(toTrain, t.train[i:i+1], size)
		fitting[steps{s.target, s.source}] = append(fitting[steps{s.target, s.source}], i)
	}
	order := slices.SortedFunc(maps.Keys(fitting), func(a, b steps) int {
		return cmp.Or(cmp.Compare(a.target, b.target), cmp.Compare(a.source, b.source))
	})
	var batches [][]int
	var left []int
	for _, s := range order {
		all := fitting[s]
		left = slices.DeleteFunc(left, func(i int) bool {
			fits := len(t.train[i].source) <= s.source
			if fits {
				all = append(all, i)
			}
			return fits
		})
		whole := len(all) / size * size
		batches = slices.AppendSeq(batches, slices.Chunk(all[:whole], size))
		left = append(left, all[whole:]...)
	}
	batches = slices.AppendSeq(batches, slices.Chunk(left, size))
	rng.Shuffle(len(batches), func(i, j int) { batches[i], batches[j] = batches[j], batches[i] })
	return batches
}

// Step implements train.Task. The tokens are those of both sides.
func (t *Translation) Step(number int, examples []int) (train.Step, error) {
	if err := program.CheckExamples(examples, len(t.train)); err != nil {
		return train.Step{}, errors.WithMessage(err, "translate")
	}
	pairs := make([]tokenPair, len(examples))
	tokens, targets := 0, 0
	for i, e := range examples {
		pairs[i] = t.train[e]
		tokens += len(pairs[i].source)
		targets += len(pairs[i].target)
	}
	if !t.laidOut { // the first program decides how much the workspace has room for
		if _, err := t.program(t.lane, t.largest()); err != nil {
			return train.Step{}, err
		}
		t.laidOut = true
	}
	s := t.shapeOf(toTrain, pairs, max(t.batch, len(examples)))
	p, err := t.program(t.lane, s)
	if err != nil {
		return train.Step{}, err
	}
	if err := s.set(p, pairs); err != nil {
		return train.Step{}, err
	}
	if t.teacher != nil {
		if err := t.mix(number, p, s, pairs); err != nil {
			return train.Step{}, err
		}
	}
	return train.Step{Program: p, Tokens: tokens + targets, Weight: float64(targets)}, nil
}

// shapeOf returns the shape of a program for pairs.
func (t *Translation) shapeOf(u use, pairs []tokenPair, batch int) shape {
	lengths := longest(pairs)
	s := shape{use: u, batch: batch, target: program.StepsFor(lengths.Target, t.targets)}
	s.source = program.StepsFor(lengths.Source, t.sources[s.target])
	return s
}

// set sets the inputs of a program to pairs. Where they are less than the batch the others are empty.
func (s shape) set(p *graph.Program, pairs []tokenPair) error {
	previous, target := p.Input("previous").Ints(), p.Input("target").Ints()
	clear(previous)
	clear(target)
	sources := make([][]int, len(pairs))
	for i, pair := range pairs {
		sources[i] = pair.source
		previous[i] = text.Begin
		for at, id := range pair.target {
			target[at*s.batch+i] = id
			if at+1 < len(pair.target) {
				previous[(at+1)*s.batch+i] = id
			}
		}
	}
	return seq2seq.SetSources(p, sources)
}

// mix replaces a part of the true tokens that the decoder reads by what it takes for the best there after true ones:
// scheduled sampling (Bengio et al. 2015) for all steps at once (Duckworth et al. 2019).
func (t *Translation) mix(number int, step *graph.Program, s shape, pairs []tokenPair) error {
	truth := t.teacher.At(number)
	if truth >= 1 {
		return nil
	}
	s.use = toForce
	p, err := t.program(t.lane, s)
	if err != nil {
		return err
	}
	if err := s.set(p, pairs); err != nil {
		return err
	}
	if err := p.Run(); err != nil {
		return err
	}
	best := largestOfRows(p.Output(logitsName), t.network.Target)
	previous := step.Input("previous").Ints()
	rng := randv2.New(randv2.NewPCG(t.seed, uint64(number)))
	for i, pair := range pairs {
		for at := 1; at < len(pair.target); at++ {
			if rng.Float64() >= truth {
				previous[at*s.batch+i] = best[(at-1)*s.batch+i]
			}
		}
	}
	return nil
}

// largestOfRows returns the place of the first largest element of each row of a width.
func largestOfRows(t *tensor.Dense, width int) []int {
	values := program.Floats(t)
	best := make([]int, len(values)/width)
	for i := range best {
		row := values[i*width : (i+1)*width]
		for j, v := range row {
			if v > row[best[i]] {
				best[i] = j
			}
		}
	}
	return best
}

// Validate implements train.Task: the loss is that of the true tokens, in nats a token, and the translations, with which
// the metrics are made, are greedy.
func (t *Translation) Validate() (train.Evaluation, error) {
	s, err := t.evaluate(context.Background(), task.ValidPart, Decoding{Beam: 1, BLEUTokenize: t.decoding.BLEUTokenize})
	return train.Evaluation{Loss: s.Metrics["loss"], Metrics: s.Metrics}, err
}

// Evaluate implements task.Task: the metrics are those of Kind.Metrics. A source is translated once, and all its targets
// are references; the loss is that of every pair.
func (t *Translation) Evaluate(ctx context.Context, p task.Part) (task.Scores, error) {
	return t.evaluate(ctx, p, t.decoding)
}

func (t *Translation) evaluate(ctx context.Context, p task.Part, d Decoding) (task.Scores, error) {
	part, err := t.data.Part(string(p))
	if err != nil {
		return task.Scores{}, err
	}
	if len(part) == 0 {
		return task.Scores{}, errors.Errorf("translate %s: the %s part has no pairs", t.data.Meta.Name, p)
	}
	nats, tokens, err := t.score(ctx, t.encodePairs(part))
	if err != nil {
		return task.Scores{}, err
	}
	originals, references := t.sides(part)
	translated := make([]Translated, len(originals))
	sources := make([][]int, len(originals))
	for i, s := range originals {
		sources[i] = t.encodeSource(s)
	}
	chunks := chunksOf(sources, d, len(originals))
	for _, chunk := range chunks {
		if err := t.find(ctx, t.lane, false, d, sources, chunk, translated); err != nil {
			return task.Scores{}, err
		}
	}
	hypotheses := make([]string, len(translated))
	for i, s := range translated {
		hypotheses[i] = s.Text
	}
	words := d.words(references)
	metrics := scoreTexts(hypotheses, references, words)
	metrics["loss"] = nats / float64(tokens)
	metrics["perplexity"] = metric.Perplexity(nats, t.countWords(part))
	return task.Scores{Metrics: metrics, Notes: notes(references, words)}, nil
}

// notes returns what one has to know of the metrics.
func notes(references [][]string, words metric.BLEUTokenizer) (lines []string) {
	several, targets := 0, 0
	for _, all := range references {
		targets += len(all)
		if len(all) > 1 {
			several++
		}
	}
	if several > 0 {
		lines = append(lines, fmt.Sprintf("Each source is translated once: %s sources, %s of which have several references, %s in all.",
			show.Count(len(references)), show.Count(several), show.Count(targets)))
	}
	if words != metric.BLEU13a {
		lines = append(lines, fmt.Sprintf("bleu takes for words what sacreBLEU's tokenizer %s does.", words))
	}
	if !words.Reachable(references) {
		lines = append(lines, "bleu counts four words in a row, which no reference has: even a translation that is right has 0. See chrf and exact.")
	}
	return lines
}

// sides returns the distinct sources of pairs and the distinct references of each.
func (t *Translation) sides(pairs []datasets.Pair) (sources []string, references [][]string) {
	at := make(map[string]int)
	type reference struct {
		source int
		target string
	}
	known := make(map[reference]bool, len(pairs)) // since one source may have them all
	for _, p := range pairs {
		source, target := t.fold(p.Source), t.fold(p.Target)
		i, ok := at[source]
		if !ok {
			i = len(sources)
			at[source] = i
			sources, references = append(sources, p.Source), append(references, nil)
		}
		if r := (reference{i, target}); !known[r] {
			known[r] = true
			references[i] = append(references[i], target)
		}
	}
	return sources, references
}

// words returns what BLEU takes for words.
func (d Decoding) words(references [][]string) metric.BLEUTokenizer {
	if d.BLEUTokenize == "" || d.BLEUTokenize == autoBLEU {
		return metric.ChooseBLEUTokenizer(references)
	}
	return metric.BLEUTokenizer(d.BLEUTokenize)
}

// scoreTexts compares translations with references.
func scoreTexts(hypotheses []string, references [][]string, words metric.BLEUTokenizer) map[string]float64 {
	return map[string]float64{
		"bleu":  metric.BLEU(hypotheses, references, words),
		"chrf":  metric.ChrF(hypotheses, references),
		"exact": metric.Exact(hypotheses, references),
	}
}

// countWords returns the number of words and punctuation marks of the targets of pairs, and of their ends, which a model
// has to say too.
func (t *Translation) countWords(pairs []datasets.Pair) int {
	n := len(pairs)
	for _, p := range pairs {
		n += len(text.Words{}.Tokenize(t.fold(p.Target)))
	}
	return n
}

// scoreBatch is how many pairs are scored at once: enough for the kernels.
const scoreBatch = 64

// score returns the negative log likelihood of the targets of pairs and their number of tokens.
func (t *Translation) score(ctx context.Context, pairs []tokenPair) (nats float64, tokens int, err error) {
	slices.SortStableFunc(pairs, func(a, b tokenPair) int {
		return cmp.Or(cmp.Compare(len(a.target), len(b.target)), cmp.Compare(len(a.source), len(b.source)))
	})
	for batch := range slices.Chunk(pairs, scoreBatch) {
		if err := args.Context(ctx); err != nil {
			return 0, 0, err
		}
		s := t.shapeOf(toScore, batch, min(scoreBatch, len(pairs)))
		p, err := t.program(t.lane, s)
		if err != nil {
			return 0, 0, err
		}
		if err := s.set(p, batch); err != nil {
			return 0, 0, err
		}
		if err := p.Run(); err != nil {
			return 0, 0, err
		}
		n := 0
		for _, pair := range batch {
			n += len(pair.target)
		}
		nats += program.Floats(p.Output(lossName))[0] * float64(n)
		tokens += n
	}
	if math.IsNaN(nats) {
		return 0, 0, errors.Errorf("translate %s: the loss is not a number", t.data.Meta.Name)
	}
	return nats, tokens, nil
}

// Probe implements task.Task: the pairs are those of about the median lengths, and the loss has no smoothing. Where the
// decoder is fed what it looked at, its gradients go back through the attention, too.
func (t *Translation) Probe() ([]graph.GradientNorms, error) {
	examples := program.AroundMedian(len(t.train), func(i, j int) int {
		a, b := t.train[i], t.train[j]
		return cmp.Or(cmp.Compare(len(a.target), len(b.target)), cmp.Compare(len(a.source), len(b.source)))
	})
	pairs := make([]tokenPair, len(examples))
	for i, e := range examples {
		pairs[i] = t.train[e]
	}
	lengths := longest(pairs)
	s := shape{source: lengths.Source, target: lengths.Target, batch: len(pairs)}
	b := graph.NewBuilder(t.params, graph.Unrolled())
	loss, _ := t.loss(b, s)
	p, err := graph.NewProbe(b, loss)
	if err != nil {
		return nil, err
	}
	if err := s.set(p.Program, pairs); err != nil {
		return nil, err
	}
	err = p.Run()
	return p.Norms(), err
}
