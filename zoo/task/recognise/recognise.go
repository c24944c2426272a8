package recognise

import (
	"cmp"
	"context"
	"math/rand"
	randv2 "math/rand/v2"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Recognition is the task of saying what a sequence of numbers is. Scales are learnt from the training part. Of
// sequences that are made there are others in each epoch, by its number and the seed, and with a curriculum shorter
// ones in the first. It serves one goroutine.
type Recognition struct {
	*Recogniser
	data   *datasets.Sequences
	labels []int // of the training sequences, where each keeps its own
	kept   []int // the places of those that are left by Limit
	epoch  epoch
	bounds []int // steps of the programs that train, where lengths differ
	rivals map[task.Part][]task.Rival
	lane   *lane
	draws  train.Draws
}

// epoch is what an epoch learns from.
type epoch struct {
	data *datasets.Sequences
	list datasets.SequenceList
}

var (
	_ task.Task  = (*Recognition)(nil)
	_ task.Sized = (*Recognition)(nil)
)

// New prepares a task. The network's parameters are declared in params.
func New(network *graph.Network, data *datasets.Sequences, params *graph.Params, opts Options) (*Recognition, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := network.Check(); err != nil {
		return nil, err
	}
	if err := checkData(data); err != nil {
		return nil, err
	}
	if err := checkCurriculum(data, opts); err != nil {
		return nil, err
	}
	found, err := learn(data, opts.Scale)
	if err != nil {
		return nil, errors.WithMessage(err, "recognise")
	}
	r := &Recogniser{opts: opts, network: network, params: params, settings: data.Meta.Settings, about: about{
		Columns: found.columns, Target: found.target, Classes: data.Classes, EachStep: data.EachStep,
		Spec: data.Info().Spec, Example: shortExample(data),
	}}
	if data.Meta.Where == "file" && even(data.Train) {
		r.about.Steps = data.Train.Steps(0)
	}
	if err := r.declare(); err != nil {
		return nil, err
	}
	return newRecognition(r, data, found.labels), nil
}

func newRecognition(r *Recogniser, data *datasets.Sequences, labels []int) *Recognition {
	t := &Recognition{Recogniser: r, data: data, labels: labels, lane: program.NewLane[shape]()}
	t.Limit(0)
	return t
}

// checkData returns an error for what makes no sense in a dataset. Of sequences that are made that is seen when they
// are.
func checkData(data *datasets.Sequences) error {
	name := ""
	if data != nil {
		name = data.Meta.Name
	}
	switch {
	case data == nil:
		return errors.New("recognise: the dataset is nil; datasets.Open opens one")
	case data.Width < 1:
		return errors.Errorf("recognise %s: its rows have %d numbers; want at least one", name, data.Width)
	case data.Classes == nil && data.EachStep, data.Classes != nil && len(data.Classes) < 2:
		return errors.Errorf("recognise %s: it has %d classes; want at least 2", name, len(data.Classes))
	case data.Answer < 0 || !(data.Tolerance >= 0):
		return errors.Errorf("recognise %s: the answer is %d steps, and a number may be off by %v; want neither below 0", name, data.Answer, data.Tolerance)
	case data.Train.Len() == 0:
		return errors.Errorf("recognise %s: it has no sequences to train on", name)
	}
	for _, part := range []datasets.SequenceList{data.Valid, data.Test} {
		for i := range part.Len() {
			if part.Drawn() {
				break
			}
			if _, err := data.Get(part, i); err != nil {
				return errors.WithMessage(err, "recognise")
			}
		}
	}
	return nil
}

// checkCurriculum returns a UsageError for a curriculum that cannot be. One that begins with the length of all, or
// more, is none.
func checkCurriculum(data *datasets.Sequences, opts Options) error {
	if opts.Curriculum == 0 {
		return nil
	}
	_, err := data.Resized(opts.Curriculum)
	var usage *option.UsageError
	if errors.As(err, &usage) {
		return option.Wrong("curriculum", opts.Curriculum, "%s", usage.Want)
	}
	return err
}

// longest returns the length of the longest sequence of a part.
func longest(part datasets.SequenceList) int {
	n := 0
	for i := range part.Len() {
		if n = max(n, part.Steps(i)); part.Drawn() {
			break
		}
	}
	return n
}

// even reports whether all sequences of a part have one length.
func even(part datasets.SequenceList) bool {
	for i := range part.Len() {
		if part.Drawn() {
			break
		}
		if part.Steps(i) != part.Steps(0) {
			return false
		}
	}
	return true
}

// Predictor implements task.Task.
func (r *Recognition) Predictor() task.Predictor { return r.Recogniser }

// Examples implements task.Task: of sequences that are made those of an epoch.
func (r *Recognition) Examples() (train, valid, test int) {
	return len(r.kept), r.data.Valid.Len(), r.data.Test.Len()
}

// Sizes implements task.Sized.
func (r *Recognition) Sizes() []task.Size {
	if r.about.Classes == nil {
		return nil
	}
	return []task.Size{{Name: "classes", N: len(r.about.Classes)}}
}

// Limit implements task.Task. Where each sequence has a class, it keeps the first of each, each class in its share.
func (r *Recognition) Limit(n int) {
	if r.labels != nil {
		r.kept = program.Shares(r.labels, len(r.about.Classes), n)
	} else {
		all := r.data.Train.Len()
		if n < 1 || n > all {
			n = all
		}
		r.kept = make([]int, n)
		for i := range r.kept {
			r.kept[i] = i
		}
	}
	r.rivals = make(map[task.Part][]task.Rival)
	r.epoch = epoch{r.data, r.data.Train}
	if r.bounds = nil; !even(r.data.Train) {
		const epochs = 3 // of a run, about
		r.bounds = program.StepBounds(r.lengths(), epochs)
	}
}

// lengths returns those of the sequences that are learnt from.
func (r *Recognition) lengths() []int {
	lengths := make([]int, len(r.kept))
	for i, at := range r.kept {
		lengths[i] = r.data.Train.Steps(at)
	}
	return lengths
}

// dataOf returns what an epoch, counted from 1, learns from: with a curriculum at first from short sequences, whose
// length doubles until it is that of all. It is a function of the epoch alone, so that a run can go on in the middle.
func (r *Recognition) dataOf(number int) *datasets.Sequences {
	length := r.opts.Curriculum
	if length == 0 {
		return r.data
	}
	for range (max(1, number) - 1) / max(1, r.opts.CurriculumEpochs) {
		if length *= 2; length >= r.data.Train.Steps(0) {
			return r.data
		}
	}
	short, err := r.data.Resized(length)
	if err != nil || short.Train.Steps(0) >= r.data.Train.Steps(0) {
		return r.data
	}
	return short
}

// Batches implements train.Task: where lengths differ, sequences of about one length are in a batch.
func (r *Recognition) Batches(number, size int, seed uint64) [][]int {
	data := r.dataOf(number)
	r.epoch = epoch{data, data.Train.Epoch(seed, number)}
	if r.bounds == nil {
		return r.draws.Shuffled(len(r.kept), size, number, seed)
	}
	if size < 1 || size > len(r.kept) {
		size = len(r.kept)
	}
	var bucketSeed uint64
	r.draws.Epoch(len(r.kept), size, number, seed, func(rng *rand.Rand) { bucketSeed = rng.Uint64() })
	return datasets.Buckets(r.lengths(), size, randv2.New(randv2.NewPCG(bucketSeed, 0)))
}

// take returns sequences of the training part, and how many steps the longest has.
func (r *Recognition) take(from epoch, examples []int) (sequences []datasets.Sequence, longest int, err error) {
	sequences = make([]datasets.Sequence, len(examples))
	for i, e := range examples {
		if sequences[i], err = from.data.Get(from.list, r.kept[e]); err != nil {
			return nil, 0, errors.WithMessage(err, "recognise")
		}
		longest = max(longest, from.list.Steps(r.kept[e]))
	}
	return sequences, longest, nil
}

// Step implements train.Task.
func (r *Recognition) Step(_ int, examples []int) (train.Step, error) {
	if err := program.CheckExamples(examples, len(r.kept)); err != nil {
		return train.Step{}, errors.WithMessage(err, "recognise")
	}
	sequences, longest, err := r.take(r.epoch, examples)
	if err != nil {
		return train.Step{}, err
	}
	s := shape{program.Shape{Steps: longest, Batch: len(examples), Training: true}, r.bounds != nil || r.needsMask()}
	if r.bounds != nil {
		s.Steps = program.StepsFor(longest, r.bounds)
	}
	p, err := r.program(r.lane, s)
	if err != nil {
		return train.Step{}, err
	}
	if err := r.set(p, s, sequences); err != nil {
		return train.Step{}, errors.WithMessagef(err, "recognise %s", r.data.Meta.Name)
	}
	n, err := r.setTargets(p, s, sequences)
	if err != nil {
		return train.Step{}, err
	}
	tokens := 0
	for _, q := range sequences {
		tokens += len(q.Values) / r.Width()
	}
	return train.Step{Program: p, Tokens: tokens, Weight: float64(n)}, nil
}

// Validate implements train.Task, on sequences of the full length.
func (r *Recognition) Validate() (train.Evaluation, error) {
	s, err := r.Evaluate(context.Background(), task.ValidPart)
	return train.Evaluation{Loss: s.Metrics["loss"], Metrics: s.Metrics}, err
}

// part returns a part that has something in it.
func (r *Recognition) part(p task.Part) (datasets.SequenceList, error) {
	part, err := r.data.Part(string(p))
	if err == nil && part.Len() == 0 {
		err = errors.Errorf("recognise %s: the %s part has no sequences", r.data.Meta.Name, p)
	}
	return part, err
}

// Evaluate implements task.Task: the metrics are those of Kind.Metrics.
func (r *Recognition) Evaluate(ctx context.Context, p task.Part) (task.Scores, error) {
	part, err := r.part(p)
	if err != nil {
		return task.Scores{}, err
	}
	most, alike := longest(part), even(part)
	var bounds []int
	if !alike {
		lengths := make([]int, part.Len())
		for i := range lengths {
			lengths[i] = part.Steps(i)
		}
		bounds = program.StepBounds(lengths, 1)
	}
	score := newScore(r.data)
	for _, batch := range r.byLength(part.Len(), part.Steps, r.atOnce(most)) {
		if err := args.Context(ctx); err != nil {
			return task.Scores{}, err
		}
		sequences := make([]datasets.Sequence, len(batch))
		for i, at := range batch {
			if sequences[i], err = r.data.Get(part, at); err != nil {
				return task.Scores{}, errors.WithMessage(err, "recognise")
			}
		}
		steps := part.Steps(batch[len(batch)-1])
		s := shape{program.Shape{Steps: steps, Batch: len(batch)}, !alike || r.needsMask()}
		if !alike {
			s.Steps = program.StepsFor(steps, bounds)
		}
		out, err := r.output(r.lane, s, sequences)
		if err != nil {
			return task.Scores{}, errors.WithMessagef(err, "recognise %s", r.data.Meta.Name)
		}
		for i, q := range sequences {
			score.add(q, func(step int) []float64 {
				row := out.at(step, i)
				if r.about.Classes == nil {
					return []float64{row[0]*r.about.Target.Deviation + r.about.Target.Mean}
				}
				return row
			})
		}
	}
	metrics, err := score.metrics()
	return task.Scores{Metrics: metrics, Notes: score.notes()}, err
}

// mostProbed is how many steps a probe declares one by one.
const mostProbed = 1 << 12

// Probe implements task.Task: the sequences are those of about the median length, so that they end at about the same
// step.
func (r *Recognition) Probe() ([]graph.GradientNorms, error) {
	lengths := r.lengths()
	examples := program.AroundMedian(len(lengths), func(i, j int) int { return cmp.Compare(lengths[i], lengths[j]) })
	sequences, longest, err := r.take(epoch{r.data, r.data.Train}, examples)
	if err != nil {
		return nil, err
	}
	if longest > mostProbed {
		return nil, errors.Errorf("recognise %s: sequences of %d steps are too long to be probed; want at most %d", r.data.Meta.Name, longest, mostProbed)
	}
	s := shape{program.Shape{Steps: longest, Batch: len(examples)}, r.bounds != nil || r.needsMask()}
	b := graph.NewBuilder(r.params, graph.Unrolled())
	p, err := graph.NewProbe(b, r.loss(b, r.declareOn(b, s), s))
	if err != nil {
		return nil, err
	}
	if err := r.set(p.Program, s, sequences); err != nil {
		return nil, errors.WithMessagef(err, "recognise %s", r.data.Meta.Name)
	}
	if _, err := r.setTargets(p.Program, s, sequences); err != nil {
		return nil, err
	}
	err = p.Run()
	return p.Norms(), err
}
