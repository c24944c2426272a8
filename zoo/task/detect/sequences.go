package detect

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// reconstruction is the task of writing normal sequences again. What scales them is learnt from the training part. It
// serves one goroutine.
type reconstruction struct {
	*Detector
	sequences *datasets.Sequences
	kept      []int // the places of the training sequences that are learnt from
	seed      uint64
	rivals    map[task.Part][]task.Rival
	lane      *lane
	draws     train.Draws
}

var _ learner = (*reconstruction)(nil)

func newReconstruction(d *Detector, data *datasets.Sequences, batch int) (*reconstruction, error) {
	name := data.Meta.Name
	if data.Width < 1 || data.Train.Len() == 0 || data.Valid.Len() == 0 {
		return nil, errors.Errorf("detect %s: rows of %d numbers, %d sequences to train on and %d to validate; want at least one of each", name, data.Width, data.Train.Len(), data.Valid.Len())
	}
	d.about.Steps, d.about.Width = data.Train.Steps(0), data.Width
	if err := d.normalClass(data); err != nil {
		return nil, err
	}
	if err := d.checkSequences(data); err != nil {
		return nil, err
	}
	if d.opts.Patch == 0 {
		d.opts.Patch = 1
		for n := 2; n <= 5; n++ {
			if d.about.Steps%n == 0 {
				d.opts.Patch = n
			}
		}
	}
	if d.about.Steps%d.opts.Patch != 0 {
		return nil, option.Wrong("patch", d.opts.Patch, "sequences of %d rows cannot be cut into such patches; want a divisor of that", d.about.Steps)
	}
	if err := program.CheckMemory(d.network, "patch", d.steps(), program.BatchOf(batch, data.Train.Len())); err != nil {
		return nil, err
	}
	r := &reconstruction{Detector: d, sequences: data, lane: program.NewLane[shape]()}
	r.Limit(0)
	if len(r.kept) == 0 {
		return nil, option.Wrong("normal", d.about.Normal, "no training sequence of %s is of that class", name)
	}
	var m moments
	for _, at := range r.kept {
		for _, v := range data.Train.At(at).Values {
			m.take(float64(v), 1)
		}
	}
	d.about.Mean, d.about.Deviation = m.of()
	if !(d.about.Deviation > 1e-12*math.Abs(d.about.Mean)) {
		d.about.Deviation = 1
	}
	d.calibrate = func(ctx context.Context) (float64, error) {
		t, err := parseThreshold(d.opts.Threshold)
		if err != nil || !t.labels && t.quantile == 0 { // a number
			return t.value, err
		}
		scores, err := d.scores(ctx, valuesOf(data.Valid))
		if err != nil {
			return 0, err
		}
		at, err := t.find(scores, r.truth(data.Valid))
		return at, errors.WithMessagef(err, "detect %s", name)
	}
	return r, d.declare()
}

// onSequences returns the task on other data.
func (d *Detector) onSequences(data datasets.Dataset) (*reconstruction, error) {
	s, err := program.DatasetOf[*datasets.Sequences](data, "detect", "has no sequences of numbers")
	if err != nil {
		return nil, err
	}
	if err := d.checkSequences(s); err != nil {
		return nil, err
	}
	r := &reconstruction{Detector: d, sequences: s, lane: program.NewLane[shape]()}
	r.Limit(0)
	return r, nil
}

// normalClass finds the class that is no anomaly.
func (d *Detector) normalClass(data *datasets.Sequences) error {
	if data.Classes == nil || data.EachStep {
		if d.opts.Normal != "" {
			return option.Wrong("normal", d.opts.Normal, "the sequences of %s have no classes; leave it out", data.Meta.Name)
		}
		return nil
	}
	if d.about.Normal = d.opts.Normal; d.about.Normal == "" {
		counts := make([]int, len(data.Classes))
		for i := range data.Train.Len() {
			if label := data.Train.At(i).Label; label >= 0 && label < len(counts) {
				counts[label]++
			}
		}
		d.about.Normal = data.Classes[slices.Index(counts, slices.Max(counts))]
		for _, c := range data.Classes {
			if strings.EqualFold(c, "normal") {
				d.about.Normal = c
			}
		}
	}
	if !slices.Contains(data.Classes, d.about.Normal) {
		return option.Wrong("normal", d.about.Normal, "the classes of %s are %s", data.Meta.Name, strings.Join(data.Classes, ", "))
	}
	return nil
}

// checkSequences returns an error for sequences that the network cannot read.
func (d *Detector) checkSequences(data *datasets.Sequences) error {
	name := data.Meta.Name
	if data.Width != d.about.Width {
		return errors.Errorf("detect %s: its rows have %d numbers; the model reads %d", name, data.Width, d.about.Width)
	}
	if d.about.Normal != "" && !slices.Contains(data.Classes, d.about.Normal) {
		return errors.Errorf("detect %s: it has the classes %q; the model knows %q as normal", name, data.Classes, d.about.Normal)
	}
	for _, part := range []datasets.SequenceList{data.Train, data.Valid, data.Test} {
		if part.Drawn() {
			return errors.Errorf("detect %s: its sequences are others in each epoch, so that none is normal", name)
		}
		for i := range part.Len() {
			if n := part.Steps(i); n != d.about.Steps {
				return errors.Errorf("detect %s: sequence %d has %d rows where others have %d; sequences must be of one length to be written again", name, i+1, n, d.about.Steps)
			}
			if _, err := data.Get(part, i); err != nil {
				return errors.WithMessage(err, "detect")
			}
		}
	}
	return nil
}

// truth says of each sequence whether it is anomalous; nil if that is unknown.
func (r *reconstruction) truth(part datasets.SequenceList) []bool {
	if r.about.Normal == "" {
		return nil
	}
	normal := slices.Index(r.sequences.Classes, r.about.Normal)
	truth := make([]bool, part.Len())
	for i := range truth {
		truth[i] = part.At(i).Label != normal
	}
	return truth
}

func valuesOf(part datasets.SequenceList) [][]float32 {
	all := make([][]float32, part.Len())
	for i := range all {
		all[i] = part.At(i).Values
	}
	return all
}

// Examples implements task.Task: of the training part those that are learnt from.
func (r *reconstruction) Examples() (train, valid, test int) {
	return len(r.kept), r.sequences.Valid.Len(), r.sequences.Test.Len()
}

// Limit implements task.Task.
func (r *reconstruction) Limit(n int) {
	truth := r.truth(r.sequences.Train)
	r.kept, r.rivals = nil, make(map[task.Part][]task.Rival)
	for i := range r.sequences.Train.Len() {
		if (truth == nil || r.opts.Contaminated || !truth[i]) && (n < 1 || len(r.kept) < n) {
			r.kept = append(r.kept, i)
		}
	}
}

// Batches implements train.Task.
func (r *reconstruction) Batches(epoch, size int, seed uint64) [][]int {
	r.seed = seed
	return r.draws.Shuffled(len(r.kept), size, epoch, seed)
}

// Step implements train.Task: the noise is drawn by the number of the batch and the seed.
func (r *reconstruction) Step(number int, examples []int) (train.Step, error) {
	if err := program.CheckExamples(examples, len(r.kept)); err != nil {
		return train.Step{}, errors.WithMessage(err, "detect")
	}
	p, err := r.program(r.lane, shape{len(examples), true})
	if err != nil {
		return train.Step{}, err
	}
	values := make([][]float32, len(examples))
	for i, e := range examples {
		values[i] = r.sequences.Train.At(r.kept[e]).Values
	}
	if err := r.setSequences(p, len(examples), values); err != nil {
		return train.Step{}, err
	}
	if r.opts.Noise > 0 {
		rng := rand.New(rand.NewPCG(r.seed, uint64(number)))
		noise := make([]float64, r.about.Steps*r.about.Width*len(examples))
		for i := range noise {
			noise[i] = r.opts.Noise * rng.NormFloat64()
		}
		if err := p.Set("noise", noise); err != nil {
			return train.Step{}, err
		}
	}
	return train.Step{Program: p, Tokens: len(examples) * r.about.Steps}, nil
}

// Validate implements train.Task: the loss is the mean score of the normal sequences.
func (r *reconstruction) Validate() (train.Evaluation, error) {
	scores, err := r.scores(context.Background(), valuesOf(r.sequences.Valid))
	if err != nil {
		return train.Evaluation{}, err
	}
	return train.Evaluation{Loss: r.meanOf(scores, r.truth(r.sequences.Valid))}, nil
}

// meanOf returns the mean score of the normal sequences, or of all where none is.
func (r *reconstruction) meanOf(scores []float64, truth []bool) float64 {
	known := slices.Contains(truth, false) && !r.opts.Contaminated
	sum, n := 0.0, 0
	for i, s := range scores {
		if !known || !truth[i] {
			sum += s
			n++
		}
	}
	return sum / float64(n)
}

// part returns a part that has something in it.
func (r *reconstruction) part(p task.Part) (datasets.SequenceList, error) {
	part, err := r.sequences.Part(string(p))
	if err == nil && part.Len() == 0 {
		err = errors.Errorf("detect %s: the %s part has no sequences", r.sequences.Meta.Name, p)
	}
	return part, err
}

// Evaluate implements task.Task.
func (r *reconstruction) Evaluate(ctx context.Context, p task.Part) (task.Scores, error) {
	if err := args.Context(ctx); err != nil {
		return task.Scores{}, err
	}
	part, err := r.part(p)
	if err != nil {
		return task.Scores{}, err
	}
	threshold, err := r.threshold(ctx)
	if err != nil {
		return task.Scores{}, err
	}
	scores, err := r.scores(ctx, valuesOf(part))
	if err != nil {
		return task.Scores{}, err
	}
	truth := r.truth(part)
	flagged := 0
	for _, s := range scores {
		if s >= threshold {
			flagged++
		}
	}
	all := task.Scores{Metrics: map[string]float64{}, Notes: []string{fmt.Sprintf("%d of %d sequences have a score of %.4g and more, from which on one is flagged (%s).", flagged, len(scores), threshold, r.opts.Threshold)}}
	if truth != nil {
		all.Metrics = sequenceMetrics(scores, truth, threshold)
		var right [2][2]int
		for i, s := range scores {
			of, as := 0, 0
			if truth[i] {
				of = 1
			}
			if s >= threshold {
				as = 1
			}
			right[of][as]++
		}
		all.Notes = append(all.Notes, fmt.Sprintf("Of %d normal sequences (class %s) %d are right, and of %d others %d.", right[0][0]+right[0][1], r.about.Normal, right[0][0], right[1][0]+right[1][1], right[1][1]))
	}
	all.Metrics["loss"] = r.meanOf(scores, truth)
	return all, nil
}

// Probe implements task.Task.
func (r *reconstruction) Probe() ([]graph.GradientNorms, error) {
	n := min(program.ProbeBatch, len(r.kept))
	values := make([][]float32, n)
	for i := range values {
		values[i] = r.sequences.Train.At(r.kept[i*len(r.kept)/n]).Values
	}
	b := graph.NewBuilder(r.params, graph.Unrolled())
	p, err := graph.NewProbe(b, r.loss(b, n))
	if err != nil {
		return nil, err
	}
	if err := r.setSequences(p.Program, n, values); err != nil {
		return nil, err
	}
	err = p.Run()
	return p.Norms(), err
}
