package main

import (
	"encoding/json"
	"go/format"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
)

// prefixFolder is where the kernel is installed, beside the notebooks: nothing outside of it is touched.
const prefixFolder = ".prefix"

// kernelName is the kernel that the notebooks ask for.
const kernelName = "gophernotes"

// The patches of gophernotes 0.7.5. The gomacro that knows this Go checks interfaces, and finds that the result of JSON
// is declared as another type than JSONer's.
var patches = map[string][][2]string{
	"x_package.go": {
		{"\tJSON_  func(interface{}) string\n", "\tJSON_  func(interface{}) map[string]interface{}\n"},
		{"func (P *proxy_JSONer) JSON() string {\n", "func (P *proxy_JSONer) JSON() map[string]interface{} {\n"},
	},
}

// binding is the file by which the kernel knows our packages.
const binding = `package main

import _ "github.com/rnnzoo/rnnzoo/notebooks/kernel/bind"
`

// install builds the kernel from gophernotes' source, which is copied for that time into the module of the kernel, and
// writes what Jupyter wants to know of it.
func install(dir string) error {
	kernel, prefix := filepath.Join(dir, "kernel"), filepath.Join(dir, prefixFolder)
	download := exec.Command("go", "mod", "download", "-json", "github.com/gopherdata/gophernotes")
	download.Dir, download.Stderr = kernel, os.Stderr
	out, err := download.Output()
	if err != nil {
		return errors.Wrap(err, "go mod download")
	}
	var source struct{ Dir string }
	if err := json.Unmarshal(out, &source); err != nil {
		return errors.Wrap(err, "go mod download")
	}
	// Always the same folder, so that Go's cache knows what has been built in it.
	build := filepath.Join(kernel, "build")
	defer os.RemoveAll(build)
	if err := copySource(source.Dir, build); err != nil {
		return err
	}
	binary := filepath.Join(prefix, "bin", kernelName)
	goBuild := exec.Command("go", "build", "-trimpath", "-o", binary, "./build")
	goBuild.Dir, goBuild.Stdout, goBuild.Stderr = kernel, os.Stdout, os.Stderr
	if err := goBuild.Run(); err != nil {
		return errors.Wrap(err, "go build")
	}
	return writeSpec(filepath.Join(prefix, "share", "jupyter", "kernels", kernelName), binary)
}

// copySource copies the Go files of gophernotes, patched, and adds the binding.
func copySource(from, to string) error {
	files, err := filepath.Glob(filepath.Join(from, "*.go"))
	if err != nil {
		return errors.WithStack(err)
	}
	if err := os.RemoveAll(to); err != nil {
		return errors.WithStack(err)
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return errors.WithStack(err)
	}
	patched := 0
	for _, path := range files {
		name := filepath.Base(path)
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return errors.WithStack(err)
		}
		for _, p := range patches[name] {
			if strings.Count(string(data), p[0]) != 1 {
				return errors.Errorf("%s: the line %q is not there once; this is not the gophernotes that the patches are for", path, strings.TrimSpace(p[0]))
			}
			data = []byte(strings.Replace(string(data), p[0], p[1], 1))
			patched++
		}
		if data, err = format.Source(data); err != nil { // for a formatter that comes by
			return errors.Wrap(err, path)
		}
		if err := os.WriteFile(filepath.Join(to, name), data, 0o644); err != nil {
			return errors.WithStack(err)
		}
	}
	if patched == 0 {
		return errors.Errorf("%s: there is no gophernotes", from)
	}
	return errors.WithStack(os.WriteFile(filepath.Join(to, "binding.go"), []byte(binding), 0o644))
}

// writeSpec writes the kernel's specification.
func writeSpec(dir, binary string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return errors.WithStack(err)
	}
	return atomicfile.Write(filepath.Join(dir, "kernel.json"), func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(map[string]any{
			"argv":         []string{binary, "{connection_file}"},
			"display_name": "Go",
			"language":     "go",
			"env":          map[string]string{"GOROOT": ""}, // go run sets it for what it runs
		})
	})
}

// environment returns the environment in which Jupyter finds the kernel, and leaves a person's own settings alone.
func environment(dir string) []string {
	in := func(parts ...string) string { return filepath.Join(append([]string{dir, prefixFolder}, parts...)...) }
	return append(os.Environ(),
		"JUPYTER_PATH="+in("share", "jupyter"),
		"JUPYTER_CONFIG_DIR="+in("etc"),
		"JUPYTER_DATA_DIR="+in("data"),
		"JUPYTER_RUNTIME_DIR="+in("runtime"),
		"IPYTHONDIR="+in("ipython"),
	)
}

// needsKernel returns an error if the kernel is not installed.
func needsKernel(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, prefixFolder, "bin", kernelName)); err != nil {
		return errors.New("the kernel is not built: make notebook-kernel")
	}
	return nil
}

// open opens Jupyter in the folder of the notebooks.
func open(dir string) error {
	if err := needsKernel(dir); err != nil {
		return err
	}
	for _, program := range []string{"jupyter-lab", "jupyter-notebook"} {
		path, err := exec.LookPath(program)
		if err != nil {
			continue
		}
		jupyter := exec.Command(path)
		jupyter.Dir, jupyter.Env = dir, environment(dir)
		jupyter.Stdin, jupyter.Stdout, jupyter.Stderr = os.Stdin, os.Stdout, os.Stderr
		return errors.Wrap(jupyter.Run(), program)
	}
	return errors.New("neither jupyter-lab nor jupyter-notebook is installed: apt install jupyter-notebook, or pip install notebook")
}
