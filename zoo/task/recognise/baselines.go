package recognise

import (
	"context"
	"math"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Baselines implements task.Task: rivals on the same sequences of a part as Evaluate, by what is to be said.
//
//	majority    the class that is most frequent in training, with the frequencies as probabilities
//	linear      logistic regression on all numbers of sequences of one length, trained by the same loop
//	mean        the mean of the numbers in training
//	memoryless  at each step the class that is most frequent there in training, with the frequencies as probabilities
//
// They learn from the training part, as much of it as Limit leaves, and of sequences that are made from as many as an
// epoch has.
func (r *Recognition) Baselines(ctx context.Context, p task.Part) ([]task.Rival, error) {
	if err := args.Context(ctx); err != nil {
		return nil, err
	}
	if m := r.rivals[p]; m != nil {
		return m, nil
	}
	part, err := r.part(p)
	if err != nil {
		return nil, err
	}
	simple, err := r.learnSimple(ctx)
	if err != nil {
		return nil, err
	}
	rivals := []*rival{simple}
	if r.isLinear(part) {
		l, err := r.learnLinear(ctx)
		if err != nil {
			return nil, err
		}
		rivals = append(rivals, &rival{"linear", l.said})
	}
	scores := make([]*score, len(rivals))
	for k := range scores {
		scores[k] = newScore(r.data)
	}
	for i := range part.Len() {
		if i%evaluationBatch == 0 && ctx.Err() != nil {
			return nil, errors.WithStack(ctx.Err())
		}
		q, err := r.data.Get(part, i)
		if err != nil {
			return nil, errors.WithMessage(err, "recognise")
		}
		for k, rival := range rivals {
			said, err := rival.of(q)
			if err != nil {
				return nil, err
			}
			scores[k].add(q, said)
		}
	}
	var all []task.Rival
	for k, rival := range rivals {
		metrics, err := scores[k].metrics()
		if err != nil {
			return nil, err
		}
		all = append(all, task.Rival{Name: rival.name, Learns: true, Metrics: metrics})
	}
	r.rivals[p] = all
	return all, nil
}

// rival says what a sequence is, as score.add has it.
type rival struct {
	name string
	of   func(q datasets.Sequence) (func(step int) []float64, error)
}

// always returns what says the same of each sequence, at each step what is said there; behind the last the last.
func always(rows ...[]float64) func(datasets.Sequence) (func(int) []float64, error) {
	return func(datasets.Sequence) (func(int) []float64, error) {
		return func(step int) []float64 { return rows[min(step, len(rows)-1)] }, nil
	}
}

// learnSimple learns the rival that looks at no number: frequencies, or the mean.
func (r *Recognition) learnSimple(ctx context.Context) (*rival, error) {
	rows := 1
	if r.data.EachStep {
		rows = longest(r.data.Train)
	}
	counts := make([][]float64, rows)
	for t := range counts {
		counts[t] = make([]float64, r.outputs())
	}
	var mean moments
	for i, at := range r.kept {
		if i%evaluationBatch == 0 && ctx.Err() != nil {
			return nil, errors.WithStack(ctx.Err())
		}
		q, err := r.data.Get(r.data.Train, at)
		if err != nil {
			return nil, errors.WithMessage(err, "recognise")
		}
		switch {
		case r.data.EachStep:
			for t, label := range q.Labels {
				if label >= 0 {
					counts[t][label]++
				}
			}
		case r.data.Classes != nil:
			counts[0][q.Label]++
		default:
			mean.add(q.Target)
		}
	}
	for _, row := range counts {
		sum := 0.0
		for _, n := range row {
			sum += n
		}
		for k, n := range row { // half an example stands for none, so that the cross entropy stays finite
			row[k] = math.Log(max(n, 0.5) / max(sum, 1))
		}
	}
	switch {
	case r.data.EachStep:
		return &rival{"memoryless", always(counts...)}, nil
	case r.data.Classes != nil:
		return &rival{"majority", always(counts[0])}, nil
	}
	return &rival{"mean", always([]float64{mean.scale().Mean})}, nil
}

// mostLinear is how many numbers of a sequence the linear rival looks at, at most.
const mostLinear = 1 << 12

// isLinear reports whether there is a linear rival: sequences of a class and of one length.
func (r *Recognition) isLinear(part datasets.SequenceList) bool {
	if r.data.Classes == nil || r.data.EachStep || r.data.Valid.Len() == 0 {
		return false
	}
	n := r.data.Train.Steps(0)
	for _, l := range []datasets.SequenceList{r.data.Train, r.data.Valid, part} {
		if !even(l) || l.Steps(0) != n {
			return false
		}
	}
	return n*r.data.Width <= mostLinear
}

// linear is logistic regression on all numbers of a sequence.
type linear struct {
	task   *Recognition
	params *graph.Params
	scale  []scale // of all numbers, the same
	draws  train.Draws
	lane   *program.Lane[program.Shape]
	list   datasets.SequenceList
}

// learnLinear returns the trained rival, with the weights of the epoch with the least validation loss.
func (r *Recognition) learnLinear(ctx context.Context) (*linear, error) {
	var m moments
	for _, at := range r.kept[:min(len(r.kept), 1000)] { // enough to scale by
		for _, v := range r.data.Train.At(at).Values {
			m.add(float64(v))
		}
	}
	l := &linear{task: r, params: graph.NewParams(r.params.Dtype()), lane: program.NewLane[program.Shape](), scale: make([]scale, r.data.Width)}
	for i := range l.scale {
		l.scale[i] = m.scale()
	}
	epochs := min(50, max(5, 200_000/len(r.kept))) // more where there are few examples
	result, err := train.Run(ctx, l, train.Epochs(epochs), train.Patience(2), train.Batch(32), train.Clip(0), train.Optimize(&train.Adam{LR: 1e-3}))
	if err == nil && result.Interrupted { // which is no error of a run
		err = errors.WithStack(ctx.Err())
	}
	return l, err
}

// Params implements train.Task.
func (l *linear) Params() *graph.Params { return l.params }

// Batches implements train.Task.
func (l *linear) Batches(epoch, size int, seed uint64) [][]int {
	l.list = l.task.data.Train.Epoch(seed, epoch)
	return l.draws.Shuffled(len(l.task.kept), size, epoch, seed)
}

// Step implements train.Task.
func (l *linear) Step(_ int, examples []int) (train.Step, error) {
	sequences, _, err := l.task.take(epoch{l.task.data, l.list}, examples)
	if err != nil {
		return train.Step{}, err
	}
	p, err := l.program(sequences, true)
	if err != nil {
		return train.Step{}, err
	}
	target := p.Input("target").Ints()
	for i, q := range sequences {
		target[i] = q.Label
	}
	return train.Step{Program: p, Tokens: len(examples)}, nil
}

// program returns a program whose inputs are set to sequences.
func (l *linear) program(sequences []datasets.Sequence, training bool) (*graph.Program, error) {
	s := program.Shape{Steps: len(sequences[0].Values), Batch: len(sequences), Training: training}
	p, err := l.lane.Get(s, func() (*graph.Builder, []graph.CompileOption) {
		b := graph.NewBuilder(l.params)
		logits := b.LinearInit("", len(l.task.data.Classes), b.Input("x", s.Batch, s.Steps), graph.Zeros(), graph.Zeros())
		if !training {
			return b, []graph.CompileOption{graph.OutputAs(outputName, logits)}
		}
		return b, []graph.CompileOption{graph.Loss(b.CrossEntropy(logits, b.IndexInput("target", s.Batch)))}
	})
	if err != nil {
		return nil, err
	}
	x := make([]float64, 0, s.Batch*s.Steps)
	for _, q := range sequences {
		for i, v := range q.Values {
			c := l.scale[i%len(l.scale)]
			x = append(x, (float64(v)-c.Mean)/c.Deviation)
		}
	}
	return p, p.Set("x", x)
}

// said implements rival.
func (l *linear) said(q datasets.Sequence) (func(int) []float64, error) {
	p, err := l.program([]datasets.Sequence{q}, false)
	if err == nil {
		err = p.Run()
	}
	if err != nil {
		return nil, err
	}
	logits := program.Floats(p.Output(outputName))
	return func(int) []float64 { return logits }, nil
}

// Validate implements train.Task.
func (l *linear) Validate() (train.Evaluation, error) {
	s := newScore(l.task.data)
	for i := range l.task.data.Valid.Len() {
		q, err := l.task.data.Get(l.task.data.Valid, i)
		if err != nil {
			return train.Evaluation{}, err
		}
		said, err := l.said(q)
		if err != nil {
			return train.Evaluation{}, err
		}
		s.add(q, said)
	}
	m, err := s.metrics()
	return train.Evaluation{Loss: m["loss"], Metrics: m}, err
}
