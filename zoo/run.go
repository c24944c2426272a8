package zoo

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
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
	if err := r.SaveTo(dir); err != nil {
		os.RemoveAll(dir) // half a run is no use, and the folder is new
		return "", err
	}
	return dir, nil
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

// Open reads a run from its folder. A network of one's own cannot be made from its name: give it.
func Open(dir string, network ...*graph.Network) (*Run, error) {
	r, err := open(dir, network...)
	return r, errors.WithMessagef(err, "run %s", dir)
}

func open(dir string, network ...*graph.Network) (*Run, error) {
	data, err := os.ReadFile(filepath.Join(dir, configFile))
	if err != nil {
		return nil, errors.Wrap(err, "it is not the folder of a run")
	}
	var s savedRun
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, errors.Wrapf(err, "%s is damaged", configFile)
	}
	var n *graph.Network
	if len(network) > 0 {
		n = network[0]
	} else if err = s.Config.Check(); err == nil {
		n, err = s.network()
	}
	if err == nil {
		err = s.check()
	}
	if err != nil { // its text alone: a UsageError would blame the command line for the file
		return nil, errors.Errorf("%s is damaged: %v", configFile, err)
	}
	// The weights come first: a network of another size is then an error and not as much memory.
	weights, err := safetensors.ReadFile(filepath.Join(dir, weightsFile))
	if err != nil {
		return nil, err
	}
	params := graph.NewParams(tensor.Float32)
	if err := params.Restore(weights); err != nil {
		return nil, errors.Wrap(err, weightsFile)
	}
	f, err := task.NewForecaster(n, params, s.State)
	if err != nil {
		return nil, err
	}
	if all, saved := params.List(), len(weights.Names); len(all) > saved {
		return nil, errors.Errorf("%s lacks the parameter %q of the model", weightsFile, all[saved].Name())
	}
	history := &datasets.Series{Variables: s.Variables, Times: s.Times, Values: s.History}
	return &Run{Config: s.Config, forecaster: f, history: history}, nil
}

// check returns an error if what is saved beside the configuration does not fit together.
func (s savedRun) check() error {
	width := len(s.State.Transform.Mean)
	switch o := s.State.Options; {
	case o != s.Forecast:
		return errors.New("its state is that of another forecast")
	case len(s.Variables) != width:
		return errors.Errorf("it names %d variables and scales %d", len(s.Variables), width)
	case s.Times != nil && len(s.Times) != len(s.History):
		return errors.Errorf("its history has %d rows and %d times", len(s.History), len(s.Times))
	case len(s.History) < o.Window:
		return errors.Errorf("its history has %d rows; the window is %d", len(s.History), o.Window)
	}
	for i, row := range s.History {
		if len(row) != width {
			return errors.Errorf("row %d of its history has %d values; want %d", i+1, len(row), width)
		}
	}
	return nil
}

// Variables returns the names of the series' variables.
func (r *Run) Variables() []string { return r.history.Variables }

// History returns what Predict continues unless it is given another: the series that the run was trained on, or what is
// kept of it, its last rows.
func (r *Run) History() *datasets.Series { return r.history }

// ReadHistory reads a history for Predict from a CSV file. It takes the run's variables by their names; where the file
// has no header, or the run has only one variable, as many columns of numbers as there are variables, in their order.
// The name stands for the file in errors. Without a fill method missing values are filled as in training.
func (r *Run) ReadHistory(name string, file io.Reader, fill string) (*datasets.Series, error) {
	if fill == "" {
		fill = r.Config.Fill
	}
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot read %s", name)
	}
	named, err := datasets.ReadCSV(name, bytes.NewReader(data), datasets.Fill(fill), datasets.Columns(r.Variables()...))
	if err == nil {
		return named, nil
	}
	s, allErr := datasets.ReadCSV(name, bytes.NewReader(data), datasets.Fill(fill))
	if allErr != nil {
		return nil, allErr
	}
	noHeader := !slices.ContainsFunc(s.Variables, func(v string) bool { return !strings.HasPrefix(v, "column ") })
	if s.Width() == len(r.Variables()) && (s.Width() == 1 || noHeader) {
		return s, nil
	}
	return nil, err
}

// Predict continues the run's history, or one of one's own, by a number of rows [steps][V].
func (r *Run) Predict(steps int, history ...*datasets.Series) ([][]float64, error) {
	if steps < 1 {
		return nil, usagef("--steps %d: want at least 1", steps)
	}
	if len(history) == 0 {
		return r.forecaster.Predict(r.history.Values, steps)
	}
	next, err := r.forecaster.Predict(history[0].Values, steps)
	if source := history[0].Meta.Source; source != "" {
		err = errors.WithMessage(err, source)
	}
	return next, err
}
