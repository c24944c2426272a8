package detect

import (
	"context"
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// declareAutoencoder makes the network that writes and declares the parameters of both.
func (d *Detector) declareAutoencoder() error {
	if d.other == nil {
		return option.Wrong("decoder", d.opts.Decoder, "there is no way to other networks; zoo.Train has one")
	}
	var err error
	if d.decoder, err = d.other(d.opts.Decoder); err != nil {
		return err
	}
	if err := d.decoder.Check(); err != nil {
		return err
	}
	err = program.Declared(d.params, d.network.Name(), func(b *graph.Builder) { d.reconstruct(b, 1) })
	return errors.WithMessage(err, "detect")
}

// steps returns how many steps the network takes over a sequence.
func (d *Detector) steps() int { return d.about.Steps / d.opts.Patch }

// patch returns how many numbers it reads in a step.
func (d *Detector) patch() int { return d.opts.Patch * d.about.Width }

// reconstruct declares the errors [B] of sequences [P, B, S·W], and these written again: the last state of the network that
// reads becomes a few numbers, and these are what the one that writes reads at each step. In training noise may be added
// to what is read.
func (d *Detector) reconstruct(b *graph.Builder, batch int) (errs, again *gorgonia.Node) {
	steps, patch := d.steps(), d.patch()
	x := b.Input("x", steps, batch, patch)
	in := x
	if b.Training() && d.opts.Noise > 0 {
		in = b.Add(x, b.Input("noise", steps, batch, patch))
	}
	_, final := d.network.Unroll(b.Prefix("encoder."), in)
	code := b.Prefix("code.").Linear("", d.opts.Code, d.network.Summary(b, final))
	each := b.Broadcast(b.Reshape(code, 1, batch, d.opts.Code), steps, batch, d.opts.Code)
	y, _ := d.decoder.Unroll(b.Prefix("decoder."), each)
	again = b.Prefix("head.").Linear("", patch, y)
	off := b.Sub(again, x)
	if d.opts.Error == "l2" {
		off = b.Mul(off, off)
	} else {
		off = b.Abs(off)
	}
	return b.Mean(off, 0, 2), again
}

// loss declares what is learnt from: the mean error.
func (d *Detector) loss(b *graph.Builder, batch int) *gorgonia.Node {
	errs, _ := d.reconstruct(b, batch)
	return b.Mean(errs)
}

const (
	outputName  = "error"
	writtenName = "again"
)

// program returns the program of a shape: in training with the loss, else with the errors.
func (d *Detector) program(l *lane, s shape) (*graph.Program, error) {
	return l.Get(s, func() (*graph.Builder, []graph.CompileOption) {
		if s.training {
			b := graph.NewBuilder(d.params, graph.Training())
			return b, []graph.CompileOption{graph.Loss(d.loss(b, s.batch))}
		}
		b := graph.NewBuilder(d.params)
		errs, again := d.reconstruct(b, s.batch)
		return b, []graph.CompileOption{graph.OutputAs(outputName, errs), graph.OutputAs(writtenName, again)}
	})
}

// farthest is how many deviations a number may be from the mean of those in training: what is further away is as far.
const farthest = 1e3

// setSequences sets the input to sequences [T·W], scaled. Where they are less than the batch, the others are zeros.
func (d *Detector) setSequences(p *graph.Program, batch int, sequences [][]float32) error {
	patch := d.patch()
	x := make([]float64, d.steps()*batch*patch)
	for i, q := range sequences {
		for at, v := range q {
			z := (float64(v) - d.about.Mean) / d.about.Deviation
			x[(at/patch*batch+i)*patch+at%patch] = max(-farthest, min(farthest, z))
		}
	}
	return p.Set("x", x)
}

// errorsOf returns how far each of some sequences is from what is written again, in deviations of the data.
func (d *Detector) errorsOf(l *lane, sequences [][]float32) ([]float64, error) {
	s := shape{batch: program.Batch(len(sequences))}
	p, err := d.program(l, s)
	if err != nil {
		return nil, err
	}
	if err := d.setSequences(p, s.batch, sequences); err != nil {
		return nil, err
	}
	if err := p.Run(); err != nil {
		return nil, err
	}
	return program.Floats(p.Output(outputName))[:len(sequences)], nil
}

// written returns a sequence [T·W] as it is written again.
func (d *Detector) written(ctx context.Context, sequence []float32) (again []float64, err error) {
	err = d.pool.Do(ctx, func(l *lane) error {
		if _, err := d.errorsOf(l, [][]float32{sequence}); err != nil {
			return err
		}
		p, err := d.program(l, shape{batch: program.Batch(1)})
		if err == nil {
			again = program.Floats(p.Output(writtenName))
		}
		return err
	})
	for i := range again {
		again[i] = again[i]*d.about.Deviation + d.about.Mean
	}
	return again, err
}

// How many sequences are written again at once, and how many are worth a processor of their own.
const (
	evaluationBatch = 128
	smallestBatch   = 16
	mostNumbers     = 1 << 25
)

// scores returns the scores of sequences [T·W]. Many are shared among the processors.
func (d *Detector) scores(ctx context.Context, sequences [][]float32) ([]float64, error) {
	if err := args.Context(ctx); err != nil || len(sequences) == 0 {
		return nil, err
	}
	share := (len(sequences) + d.pool.Lanes() - 1) / d.pool.Lanes()
	fit := mostNumbers / d.steps() / (d.patch() + 2*d.network.Width() + d.opts.Code)
	size := max(1, min(evaluationBatch, fit, max(smallestBatch, share)))
	all := make([]float64, len(sequences))
	err := d.pool.Each(ctx, (len(sequences)+size-1)/size, func(l *lane, k int) error {
		part := sequences[k*size : min((k+1)*size, len(sequences))]
		e, err := d.errorsOf(l, part)
		copy(all[k*size:], e)
		return errors.WithMessage(err, "detect")
	})
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		if math.IsNaN(e) || math.IsInf(e, 0) {
			return nil, errors.New("detect: a score is not a number; the weights are damaged")
		}
	}
	return all, nil
}

// Score returns how anomalous sequences [T][W] are, and whether each is above the threshold.
func (d *Detector) Score(ctx context.Context, sequences ...[][]float64) (scores []float64, anomalous []bool, err error) {
	if d.opts.Method != methodAutoencoder {
		return nil, nil, option.Usagef("the detector watches series, as Stream does; it scores no sequences")
	}
	all := make([][]float32, len(sequences))
	for i, rows := range sequences {
		if len(rows) != d.about.Steps {
			return nil, nil, errors.Errorf("detect: sequence %d has %d rows; want %d", i+1, len(rows), d.about.Steps)
		}
		for t, row := range rows {
			if len(row) != d.about.Width {
				return nil, nil, errors.Errorf("detect: row %d of sequence %d has %d numbers; want %d", t+1, i+1, len(row), d.about.Width)
			}
			for k, v := range row {
				if math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
					return nil, nil, errors.Errorf("detect: number %d in row %d of sequence %d is %v; want a finite number", k+1, t+1, i+1, v)
				}
				all[i] = append(all[i], float32(v))
			}
		}
	}
	threshold, err := d.threshold(ctx)
	if err != nil {
		return nil, nil, err
	}
	if scores, err = d.scores(ctx, all); err != nil {
		return nil, nil, err
	}
	anomalous = make([]bool, len(scores))
	for i, s := range scores {
		anomalous[i] = s >= threshold
	}
	return scores, anomalous, nil
}
