package zoo

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// The files of a run's folder.
const (
	configFile  = "config.json"
	weightsFile = "weights.safetensors"
)

// Run is a trained model with all that is needed to use it.
type Run struct {
	Config     Config
	Result     *Result // nil for a run that was opened
	forecaster *task.Forecaster
	history    *datasets.Series // what it was trained on, or its end
}

// savedRun is the form of config.json.
type savedRun struct {
	Config
	State     task.ForecasterState `json:"state"`
	Variables []string             `json:"variables"`
	Times     []string             `json:"times,omitempty"` // of the history
	History   [][]float64          `json:"history"`         // the last rows of the series
}

// Kept returns the run that the experiment has become with a result.
func (e *Experiment) Kept(result *Result) *Run {
	return &Run{Config: e.Config, Result: result, forecaster: e.task.Forecaster, history: e.series}
}

// Keep writes a run to a folder of its own under out, <model>-<dataset>-<number>, and returns its path. It is enough
// to predict with elsewhere. The files are renamed into place when they are whole.
func (r *Run) Keep(out string) (string, error) {
	dir, err := NewFolder(out, r.Config.Model+"-"+datasetSlug(r.Config.Dataset))
	if err != nil {
		return "", err
	}
	return dir, r.SaveTo(dir)
}

// SaveTo writes a run to a folder.
func (r *Run) SaveTo(dir string) error {
	s := savedRun{Config: r.Config, State: r.forecaster.State(), Variables: r.history.Variables}
	from := max(0, r.history.Len()-r.forecaster.Needs())
	s.History = r.history.Values[from:]
	if r.history.Times != nil {
		s.Times = r.history.Times[from:]
	}
	if err := r.forecaster.Params().Save(filepath.Join(dir, weightsFile)); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, configFile), func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(s)
	})
}

// NewFolder makes the first folder <name>-<number> under out that does not exist.
func NewFolder(out, name string) (string, error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", errors.Wrapf(err, "output folder %s; choose another with --out", out)
	}
	for n := 1; ; n++ {
		dir := filepath.Join(out, fmt.Sprintf("%s-%d", name, n))
		err := os.Mkdir(dir, 0o755)
		if err == nil {
			return dir, nil
		}
		if !os.IsExist(err) {
			return "", errors.Wrapf(err, "output folder %s; choose another with --out", out)
		}
	}
}

// datasetSlug makes a dataset's specification fit for a folder's name: the name of a file without folder and ending.
func datasetSlug(spec string) string {
	base := filepath.Base(spec)
	return base[:len(base)-len(filepath.Ext(base))]
}

// Open reads a run from its folder. A network of one's own cannot be made from its name: give it.
func Open(dir string, network ...*graph.Network) (*Run, error) {
	data, err := os.ReadFile(filepath.Join(dir, configFile))
	if err != nil {
		return nil, errors.Wrapf(err, "run %s: it is not the folder of a run", dir)
	}
	var s savedRun
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, errors.Wrapf(err, "run %s: %s is damaged", dir, configFile)
	}
	var n *graph.Network
	if len(network) > 0 {
		n = network[0]
	} else if n, err = s.network(); err != nil {
		return nil, errors.Wrapf(err, "run %s", dir)
	}
	params := graph.NewParams(tensor.Float32)
	f, err := task.NewForecaster(n, params, s.State)
	if err != nil {
		return nil, errors.Wrapf(err, "run %s", dir)
	}
	if err := params.Load(filepath.Join(dir, weightsFile)); err != nil {
		return nil, errors.Wrapf(err, "run %s", dir)
	}
	history := &datasets.Series{Variables: s.Variables, Times: s.Times, Values: s.History}
	return &Run{Config: s.Config, forecaster: f, history: history}, nil
}

// Variables returns the names of the series' variables.
func (r *Run) Variables() []string { return r.history.Variables }

// Predict continues the series that the run was trained on, or a history of one's own, by a number of rows [steps][V].
func (r *Run) Predict(steps int, history ...*datasets.Series) ([][]float64, error) {
	h := r.history
	if len(history) > 0 {
		h = history[0]
	}
	return r.forecaster.Predict(h.Values, steps)
}
