package main

import (
	"bytes"
	"encoding/json"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

// listed is what go list says of a package.
type listed struct {
	ImportPath, Name, Export string
	GoFiles                  []string
	DepOnly                  bool
	Module                   *struct{ Main bool }
}

// public reports whether a program outside this module may import a package and a notebook has a use for it: of a command
// and of its command line it has none, and where there are only tests there is nothing to use.
func (p listed) public() bool {
	return len(p.GoFiles) > 0 && p.Name != "main" && p.Name != "command" && !slices.Contains(strings.Split(p.ImportPath, "/"), "internal")
}

// load returns the types of this module's public packages, in order, and of the others after them. The types are those
// that the compiler has written down.
func load(others ...string) ([]*types.Package, error) {
	list := exec.Command("go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Name,Export,GoFiles,DepOnly,Module", "github.com/rnnzoo/rnnzoo/..."}, others...)...)
	var complaints bytes.Buffer
	list.Stderr = &complaints
	out, err := list.Output()
	if err != nil {
		return nil, errors.Errorf("go list: %v: %s", err, complaints.String())
	}
	exports := make(map[string]string)
	var paths []string
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return nil, errors.Wrap(err, "go list")
		}
		exports[p.ImportPath] = p.Export
		if !p.DepOnly && p.Module != nil && p.Module.Main && p.public() {
			paths = append(paths, p.ImportPath)
		}
	}
	slices.Sort(paths)
	imp := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, errors.Errorf("package %s: the compiler has written no types", path)
		}
		return os.Open(exports[path])
	})
	var pkgs []*types.Package
	for _, path := range append(paths, others...) {
		p, err := imp.Import(path)
		if err != nil {
			return nil, errors.Wrapf(err, "package %s", path)
		}
		pkgs = append(pkgs, p)
	}
	return pkgs, nil
}
