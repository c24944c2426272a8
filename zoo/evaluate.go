package zoo

import (
	"slices"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// Evaluation is how well a network does on a part of its dataset, beside simple rivals.
type Evaluation struct {
	task.Scores
	Baselines map[string]map[string]float64 // metrics by the rivals' names
}

// Evaluate opens the run's dataset again and evaluates on a part of it: train, valid or test. Whatever was learnt from
// the data, a scale or vocabulary included, is the run's own. The options say where the dataset is to be found.
func (r *Run) Evaluate(split string, opts ...datasets.Option) (*Evaluation, error) {
	if !slices.Contains(task.Parts(), task.Part(split)) {
		hint := ""
		var names []string
		for _, p := range task.Parts() {
			names = append(names, string(p))
		}
		if near := suggest.Nearest(split, names); near != "" {
			hint = "did you mean " + near + "? "
		}
		return nil, usagef("--split %q: %schoose train, valid or test", split, hint)
	}
	d, err := r.Config.open(opts)
	if err != nil {
		return nil, err
	}
	t, err := r.predictor.On(d)
	if err != nil {
		return nil, err
	}
	t.Limit(r.Config.Limit) // which rivals that learn heed, too
	return evaluate(t, task.Part(split))
}

// evaluate evaluates a task and its rivals on a part of its dataset.
func evaluate(t task.Task, p task.Part) (*Evaluation, error) {
	scores, err := t.Evaluate(p)
	if err != nil {
		return nil, err
	}
	baselines, err := t.Baselines(p)
	return &Evaluation{scores, baselines}, err
}
