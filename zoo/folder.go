package zoo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/suggest"
)

// FindRun returns the folder of a run from its path, or from its name under out.
func FindRun(name, out string) (string, error) {
	for _, dir := range []string{name, filepath.Join(out, name)} {
		if _, err := os.Stat(filepath.Join(dir, configFile)); err == nil {
			return dir, nil
		}
	}
	if info, err := os.Stat(name); err == nil {
		if !info.IsDir() {
			return "", errors.Errorf("run %s: it is a file; give the folder of a run", name)
		}
		return "", errors.Errorf("run %s: it is not the folder of a run, which holds a %s", name, configFile)
	}
	var names []string
	entries, _ := os.ReadDir(out)
	for _, e := range entries {
		if _, err := os.Stat(filepath.Join(out, e.Name(), configFile)); err == nil { // not what a training has left that was killed
			names = append(names, e.Name())
		}
	}
	if near := suggest.Nearest(filepath.Base(name), names); near != "" {
		return "", errors.Errorf("run %q not found; did you mean %s?", name, filepath.Join(out, near))
	}
	return "", errors.Errorf("run %q not found, nor %s; zoo run makes one", name, filepath.Join(out, name))
}

// CheckFolder makes the folder out if it is not there and returns an error if the experiment's run cannot be kept in it:
// better before a long training than after.
func (e *Experiment) CheckFolder(out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return errors.Wrapf(err, "output folder %s: choose another", out)
	}
	// With more behind its name than the number of a run.
	probe, err := os.MkdirTemp(out, runName(e.Config)+"-*")
	if err != nil {
		return errors.Wrapf(err, "output folder %s: choose another, or a dataset of a shorter name", out)
	}
	return errors.WithStack(os.Remove(probe))
}

// runName is the name of a run's folder, without its number.
func runName(c Config) string { return c.Model + "-" + datasetSlug(c.Dataset) }

// NewFolder makes the first folder <name>-<number> under out that does not exist.
func NewFolder(out, name string) (string, error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", errors.Wrapf(err, "output folder %s: choose another", out)
	}
	for n := 1; ; n++ {
		dir := filepath.Join(out, fmt.Sprintf("%s-%d", name, n))
		err := os.Mkdir(dir, 0o755)
		if err == nil {
			return dir, nil
		}
		if !os.IsExist(err) {
			return "", errors.Wrapf(err, "output folder %s: choose another", out)
		}
	}
}

// datasetSlug makes a dataset's specification fit for a folder's name: of a file, as in csv:data/sales.csv, its name
// without folder and ending.
func datasetSlug(spec string) string {
	if _, path, ok := strings.Cut(spec, ":"); ok {
		spec = path
	}
	base := filepath.Base(spec)
	return base[:len(base)-len(filepath.Ext(base))]
}
