package zoo

import (
	"context"
	"math"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// Backtest is how a model would have done: evaluated as of several moments, the origins, one after the other.
type Backtest struct {
	Origins   []task.Origin
	Metrics   map[string]float64 // means over the origins
	Baselines []task.Rival
}

// Backtest evaluates the run from n origins in the test part of its dataset, or of another that an Option says, with the weights as
// they are.
func (r *Run) Backtest(ctx context.Context, n int, opts ...Option) (*Backtest, error) {
	t, err := r.on(opts)
	if err != nil {
		return nil, err
	}
	rolling, err := rollingOf(t, r.kind)
	if err != nil {
		return nil, err
	}
	origins, err := rolling.Backtest(ctx, n)
	if err != nil {
		return nil, err
	}
	return backtestOf(origins)
}

// Backtest trains the experiment's configuration anew at each of n origins, on what was known there, and evaluates what came next.
// It calls each, unless that is nil, when an origin has been evaluated. An error of each ends it.
func (e *Experiment) Backtest(ctx context.Context, n int, each func(i int, at task.Origin) error) (*Backtest, error) {
	rolling, err := rollingOf(e.task, e.kind)
	if err != nil {
		return nil, err
	}
	var origins []task.Origin
	for i := range n {
		label, d, err := rolling.Until(i, n)
		if err != nil {
			return nil, err
		}
		network, err := e.Config.network(e.Config.Model)
		if err != nil {
			return nil, err
		}
		then, err := New(e.Config, WithDataset(d), WithNetwork(network))
		if err != nil {
			return nil, errors.WithMessagef(err, "as of %s", label)
		}
		result, err := then.fit(ctx, nil) // what would be learnt from all data is not asked for here
		if err != nil {
			return nil, errors.WithMessagef(err, "as of %s", label)
		}
		if result.Interrupted {
			return nil, errors.WithStack(ctx.Err())
		}
		at := task.Origin{Label: label, Metrics: result.Metrics, Rivals: result.Baselines}
		origins = append(origins, at)
		if each != nil {
			if err := each(i, at); err != nil {
				return nil, err
			}
		}
	}
	if len(origins) == 0 {
		return nil, option.Wrong("origins", n, "want at least 1")
	}
	return backtestOf(origins)
}

func rollingOf(t task.Task, kind task.Kind) (task.Rolling, error) {
	if r, ok := t.(task.Rolling); ok {
		return r, nil
	}
	return nil, option.Usagef("the task %s has no time in which its data came; a backtest takes one of series, such as forecast", kind.Name())
}

// backtestOf joins origins. A rival that there is not at each of them is left out.
func backtestOf(origins []task.Origin) (*Backtest, error) {
	b := &Backtest{Origins: origins}
	var own []map[string]float64
	rivals := make(map[string][]map[string]float64)
	for _, at := range origins {
		own = append(own, at.Metrics)
		for _, r := range at.Rivals {
			rivals[r.Name] = append(rivals[r.Name], r.Metrics)
		}
	}
	b.Metrics = meanOf(own)
	for _, r := range origins[0].Rivals {
		if all := rivals[r.Name]; len(all) == len(origins) {
			b.Baselines = append(b.Baselines, task.Rival{Name: r.Name, Learns: r.Learns, Metrics: meanOf(all)})
		}
	}
	for name, x := range b.Metrics {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, errors.Errorf("the mean %s over the origins is %v: the weights, or what they are to do, make no sense", name, x)
		}
	}
	return b, nil
}

// meanOf returns the means of the metrics that all have.
func meanOf(all []map[string]float64) map[string]float64 {
	mean := make(map[string]float64)
	for name := range all[0] {
		sum, n := 0.0, 0
		for _, m := range all {
			if x, ok := m[name]; ok {
				sum += x
				n++
			}
		}
		if n == len(all) {
			mean[name] = sum / float64(n)
		}
	}
	return mean
}
