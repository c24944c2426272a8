package zoo

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// The files of a run's folder.
const (
	configFile  = task.StateFile
	weightsFile = "weights.safetensors"
)

// Run is a trained model with all that is needed to use it.
type Run struct {
	Config    Config
	Result    *Result // nil for a run that was opened
	predictor task.Predictor
}

// Kept returns the run that the experiment has become with a result.
func (e *Experiment) Kept(result *Result) *Run {
	return &Run{Config: e.Config, Result: result, predictor: e.task.Predictor()}
}

// Predictor returns what the run predicts with: a *task.Forecaster, a *task.Classifier.
func (r *Run) Predictor() task.Predictor { return r.predictor }

// predictor returns the predictor of a run as that of a task.
func predictor[P task.Predictor](r *Run, name string) (P, error) {
	p, ok := r.predictor.(P)
	if !ok {
		return p, usagef("the run is for the task %q, not %q", r.Config.Task, name)
	}
	return p, nil
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
	if err := r.predictor.Params().Save(filepath.Join(dir, weightsFile)); err != nil {
		return err
	}
	var state any = struct{}{}
	err := r.predictor.Save(func(file string, value any) error {
		if file == configFile {
			state = value
			return nil
		}
		return writeJSON(filepath.Join(dir, file), value)
	})
	if err != nil {
		return err
	}
	config, err := merged(r.Config, state)
	if err != nil {
		return err
	}
	return writeJSON(filepath.Join(dir, configFile), config) // last, since it makes the folder a run
}

func writeJSON(path string, value any) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(value)
	})
}

// merged returns one JSON object with the fields of two.
func merged(a, b any) (json.RawMessage, error) {
	first, err := json.Marshal(a)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	second, err := json.Marshal(b)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	if len(second) > len("{}") {
		first = append(append(first[:len(first)-1], ','), second[1:]...)
	}
	return first, nil
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
	var c Config
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, errors.Wrapf(err, "%s is damaged", configFile)
	}
	entry, ok := taskByName(c.Task)
	if !ok {
		return nil, errors.Errorf("%s: its task %q is not known", configFile, c.Task)
	}
	c.Task = entry.name
	var n *graph.Network
	if len(network) > 0 {
		n = network[0]
	} else if err = c.Check(); err == nil {
		n, err = c.network()
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
	p, err := entry.open(c, n, params, func(file string, value any) error {
		data, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			return errors.WithStack(err)
		}
		return errors.WithStack(json.Unmarshal(data, value))
	})
	if err != nil {
		return nil, err
	}
	if all, saved := params.List(), len(weights.Names); len(all) > saved {
		return nil, errors.Errorf("%s lacks the parameter %q of the model", weightsFile, all[saved].Name())
	}
	return &Run{Config: c, predictor: p}, nil
}
