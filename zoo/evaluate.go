package zoo

import (
	"slices"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// Evaluation is how well a run does on a part of its dataset, beside forecasts that learn nothing.
type Evaluation struct {
	Metrics   map[string]float64
	Baselines map[string]map[string]float64
}

// Evaluate opens the run's dataset again and evaluates on a part of it: train, valid or test. Whatever was learnt from
// the data, the scale included, is the run's own.
func (r *Run) Evaluate(split string) (*Evaluation, error) {
	parts := []string{string(task.TrainPart), string(task.ValidPart), string(task.TestPart)}
	if !slices.Contains(parts, split) {
		hint := ""
		if near := suggest.Nearest(split, parts); near != "" {
			hint = "did you mean " + near + "? "
		}
		return nil, usagef("--split %q: %schoose train, valid or test", split, hint)
	}
	d, err := r.Config.open()
	if err != nil {
		return nil, err
	}
	series, ok := d.(*datasets.Series)
	if !ok {
		return nil, errors.Errorf("dataset %q is no series", r.Config.Dataset)
	}
	if !slices.Equal(series.Variables, r.Variables()) {
		return nil, errors.Errorf("dataset %q has the variables %q; the run forecasts %q", r.Config.Dataset, series.Variables, r.Variables())
	}
	t, err := r.forecaster.On(series)
	if err != nil {
		return nil, err
	}
	e := new(Evaluation)
	if e.Metrics, err = t.Evaluate(task.Part(split)); err != nil {
		return nil, err
	}
	e.Baselines, err = t.Baselines(task.Part(split))
	return e, err
}
