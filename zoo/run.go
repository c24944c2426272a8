package zoo

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// The files of a run's folder besides those of its task.
const (
	configFile  = "config.json"
	weightsFile = "weights.safetensors"
)

// Run is a trained model with all that is needed to use it. It serves any number of goroutines at once.
type Run struct {
	Config    Config
	Result    *Result // nil for a run that was opened
	kind      task.Kind
	predictor task.Predictor
}

var _ task.Holder = (*Run)(nil)

// Kept returns the run that the experiment has become with a result.
func (e *Experiment) Kept(result *Result) *Run {
	return &Run{Config: e.Config, Result: result, kind: e.kind, predictor: e.task.Predictor()}
}

// Task returns what the run has learnt.
func (r *Run) Task() task.Kind { return r.kind }

// Predictor returns what the run predicts with, a *forecast.Forecaster or a *classify.Classifier. The function Of of the
// task's package returns it as what it is.
func (r *Run) Predictor() task.Predictor { return r.predictor }

// Keep writes a run to a folder of its own under out, <model>-<dataset>-<number>, and returns its path. It is enough
// to predict with elsewhere. The files are renamed into place when they are whole.
func (r *Run) Keep(out string) (string, error) {
	dir, err := NewFolder(out, runName(r.Config))
	if err != nil {
		return "", err
	}
	if err := r.SaveTo(dir); err != nil {
		os.RemoveAll(dir) // half a run is no use, and the folder is new
		return "", err
	}
	return dir, nil
}

// SaveTo writes a run to a folder, in the place of the one that may be there. Until it is whole the folder is no run's.
func (r *Run) SaveTo(dir string) error {
	// Of two runs in one folder half of each would be a run, too.
	if err := os.Remove(filepath.Join(dir, configFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.WithStack(err)
	}
	if err := r.predictor.Params().Save(filepath.Join(dir, weightsFile)); err != nil {
		return err
	}
	files := train.Folder(dir)
	if err := r.predictor.Save(files); err != nil {
		return err
	}
	return files.Write(configFile, r.Config) // last, since it makes the folder a run
}

// Open reads a run from its folder. A network of one's own cannot be made from its name: give it, or Register its model.
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
		return nil, errors.Errorf("%s is damaged: %v", configFile, err) // its text alone, as below
	}
	n, err := c.networkOf(network)
	if err != nil {
		return nil, err
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
	for _, p := range params.List() {
		if i := notFinite(p.Value().Data()); i >= 0 {
			return nil, errors.Errorf("%s is damaged: element %d of the parameter %q is not a finite number", weightsFile, i+1, p.Name())
		}
	}
	kind, err := TaskByName(c.Task)
	if err != nil {
		return nil, err
	}
	p, err := kind.Open(c.setting(n, params), keptFiles{train.Folder(dir), dir})
	if err != nil {
		return nil, err
	}
	if all, saved := params.List(), len(weights.Names); len(all) > saved {
		return nil, errors.Errorf("%s lacks the parameter %q of the model", weightsFile, all[saved].Name())
	}
	return &Run{Config: c, kind: kind, predictor: p}, nil
}

// networkOf returns the network that is given, or that of the configuration. A UsageError would blame the command line for
// the file.
func (c Config) networkOf(given []*graph.Network) (*graph.Network, error) {
	if len(given) > 0 && given[0] != nil {
		return given[0], nil
	}
	m, err := ModelByName(c.Model)
	if err != nil {
		return nil, errors.Errorf("its model %q is none of the zoo: give its network to zoo.Open, or tell the zoo of it by zoo.Register", c.Model)
	}
	if _, err := c.check(nil); err != nil {
		return nil, errors.Errorf("%s is damaged: %v", configFile, err)
	}
	return m.New(c.Recipe.Network()...), nil
}

// keptFiles are the files of a run. Up to format 1 the state of a predictor stood in the configuration's file.
type keptFiles struct {
	task.Files
	dir string
}

func (f keptFiles) Read(name string, value any) error {
	err := f.Files.Read(name, value)
	if name != task.StateFile || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	data, err := os.ReadFile(filepath.Join(f.dir, configFile))
	if err != nil {
		return errors.WithStack(err)
	}
	return errors.WithStack(json.Unmarshal(data, value)) // which has the configuration beside it
}

// notFinite returns the place of the first number that is not finite, or -1.
func notFinite(values any) int {
	v, _ := values.([]float32) // as a run's parameters are
	return slices.IndexFunc(v, func(x float32) bool { return x-x != 0 })
}
