package main

import (
	"encoding/json"
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

// binding is the file by which the kernel knows our packages.
const binding = `package main

import _ "github.com/rnnzoo/rnnzoo/notebooks/kernel/bind"
`

// install builds the kernel from the sources of gophernotes and its interpreter, which are copied for that time into the
// kernel's module, and writes what Jupyter wants to know of it.
func install(dir string) error {
	kernel, prefix := filepath.Join(dir, "kernel"), filepath.Join(dir, prefixFolder)
	// Always the same folder, so that Go's cache knows what has been built in it.
	build := filepath.Join(kernel, "build")
	defer os.RemoveAll(build)
	if err := os.RemoveAll(build); err != nil {
		return errors.WithStack(err)
	}
	edit := []string{"mod", "edit"}
	for _, s := range []source{gophernotes, gomacro} {
		if err := s.copyTo(kernel, filepath.Join(build, s.folder())); err != nil {
			return err
		}
		edit = append(edit, "-replace", s.module+"=./build/"+s.folder())
	}
	if err := os.WriteFile(filepath.Join(build, gophernotes.folder(), "binding.go"), []byte(binding), 0o644); err != nil {
		return errors.WithStack(err)
	}
	// The kernel's go.mod and go.sum, but for where the copies are.
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(kernel, name))
		if err != nil {
			return errors.WithStack(err)
		}
		if err := os.WriteFile(filepath.Join(build, "kernel"+filepath.Ext(name)), data, 0o644); err != nil {
			return errors.WithStack(err)
		}
	}
	modfile := filepath.Join("build", "kernel.mod")
	binary := filepath.Join(prefix, "bin", kernelName)
	for _, args := range [][]string{
		append(edit, modfile),
		{"build", "-modfile", modfile, "-trimpath", "-o", binary, gophernotes.module},
	} {
		run := exec.Command("go", args...)
		run.Dir, run.Stdout, run.Stderr = kernel, os.Stdout, os.Stderr
		if err := run.Run(); err != nil {
			return errors.Wrapf(err, "go %s", strings.Join(args, " "))
		}
	}
	return writeSpec(filepath.Join(prefix, "share", "jupyter", "kernels", kernelName), binary)
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
