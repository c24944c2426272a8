package zoo

import (
	"context"
	"maps"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/suggest"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// Evaluation is how well a network does on a part of its dataset, beside simple rivals.
type Evaluation struct {
	task.Scores
	Baselines []task.Rival
}

// Baseline returns the metrics of the rival of a name; nil if there is none.
func (e Evaluation) Baseline(name string) map[string]float64 {
	for _, r := range e.Baselines {
		if r.Name == name {
			return r.Metrics
		}
	}
	return nil
}

// Evaluate opens the run's dataset again and evaluates on a part of it: train, valid or test. Whatever was learnt from
// the data, a scale or vocabulary included, is the run's own.
func (r *Run) Evaluate(ctx context.Context, split string, opts ...Option) (*Evaluation, error) {
	if !slices.Contains(task.Parts(), task.Part(split)) {
		hint := ""
		var names []string
		for _, p := range task.Parts() {
			names = append(names, string(p))
		}
		if near := suggest.Nearest(split, names); near != "" {
			hint = "did you mean " + near + "? "
		}
		return nil, option.Wrong("split", split, "%schoose train, valid or test", hint)
	}
	t, err := r.on(opts)
	if err != nil {
		return nil, err
	}
	return evaluate(ctx, t, task.Part(split))
}

// on returns the run's task on its dataset, or on another that the options say.
func (r *Run) on(opts []Option) (task.Task, error) {
	s := gather(opts)
	d, err := s.dataset, error(nil)
	if d == nil {
		c := r.Config
		if s.spec != "" {
			c.Dataset, c.Folder = s.spec, ""
		}
		if d, err = c.open(s.reading); err != nil {
			return nil, err
		}
	}
	t, err := r.predictor.On(d, s.decoding)
	if err != nil {
		return nil, err
	}
	t.Limit(r.Config.Limit) // which rivals that learn heed, too
	return t, nil
}

// evaluate evaluates a task and its rivals on a part of its dataset.
func evaluate(ctx context.Context, t task.Task, p task.Part) (*Evaluation, error) {
	scores, err := t.Evaluate(ctx, p)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(scores.Metrics)) {
		if v := scores.Metrics[name]; math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, errors.Errorf("the %s on the %s part is %v: the weights, or what they are to do, make no sense", name, p, v)
		}
	}
	baselines, err := t.Baselines(ctx, p)
	return &Evaluation{scores, baselines}, err
}
