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
		names = append(names, e.Name())
	}
	if near := suggest.Nearest(filepath.Base(name), names); near != "" {
		return "", errors.Errorf("run %q not found; did you mean %s?", name, filepath.Join(out, near))
	}
	return "", errors.Errorf("run %q not found, nor %s; zoo run makes one", name, filepath.Join(out, name))
}

// CheckFolder makes the folder out if it is not there and returns an error if nothing can be written to it: better
// before a long training than after.
func CheckFolder(out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return errors.Wrapf(err, "output folder %s: choose another", out)
	}
	probe, err := os.CreateTemp(out, ".probe-*")
	if err != nil {
		return errors.Wrapf(err, "output folder %s: choose another", out)
	}
	probe.Close()
	return errors.WithStack(os.Remove(probe.Name()))
}

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
