package main

import (
	"encoding/json"
	"go/format"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
)

// source is a module of the kernel that is built from a copy, because some lines of it must be others.
type source struct {
	module  string
	patches map[string][][2]string // by file, what to replace by what; each stands there once
}

// gophernotes is the kernel itself, version 0.7.5. The gomacro that knows this Go checks interfaces, and finds that the
// result of JSON is declared as another type than JSONer's.
var gophernotes = source{"github.com/gopherdata/gophernotes", map[string][][2]string{
	"x_package.go": {
		{"\tJSON_  func(interface{}) string\n", "\tJSON_  func(interface{}) map[string]interface{}\n"},
		{"func (P *proxy_JSONer) JSON() string {\n", "func (P *proxy_JSONer) JSON() map[string]interface{} {\n"},
	},
}}

// gomacro is its interpreter. To know a type by reflection, it gives slices, maps and pointers of a type that it is not
// done with yet (gorgonia.Node, whose children are a slice of them) a placeholder for that type, and keeps it: whether
// []*gorgonia.Node is the type of that name then depends on what was imported first. No placeholder is needed, as the
// type is there in full, to be reflected on.
var gomacro = source{"github.com/cosmos72/gomacro", map[string][][2]string{
	"xreflect/fromreflect.go": {
		{"r.MapOf(k.approxReflectType(), e.approxReflectType())", "r.MapOf(k.rtype, e.rtype)"},
		{"\t\tk.option|e.option)\n", "\t\tOptDefault)\n"},
		{"r.SliceOf(e.approxReflectType())", "r.SliceOf(e.rtype)"},
		{"types.NewSlice(e.gtype), rtype, e.option)", "types.NewSlice(e.gtype), rtype, OptDefault)"},
		{"\t\tgtype = types.NewPointer(e.gtype)\n\t\topt = e.option\n", "\t\tgtype = types.NewPointer(e.gtype)\n"},
	},
}}

// folder is where the copy stands.
func (s source) folder() string { return path.Base(s.module) }

// copyTo copies what Go builds of the module that the go.mod in a folder names, patched.
func (s source) copyTo(dir, to string) error {
	download := exec.Command("go", "mod", "download", "-json", s.module)
	download.Dir, download.Stderr = dir, os.Stderr
	out, err := download.Output()
	if err != nil {
		return errors.Wrapf(err, "go mod download %s", s.module)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		return errors.Wrapf(err, "go mod download %s", s.module)
	}
	patched := 0
	err = filepath.WalkDir(module.Dir, func(from string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if strings.HasPrefix(name, "_") || name == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		ext := filepath.Ext(name)
		if strings.HasSuffix(name, "_test.go") || ext != ".go" && ext != ".s" && name != "go.mod" {
			return nil
		}
		file, err := filepath.Rel(module.Dir, from)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		for _, p := range s.patches[filepath.ToSlash(file)] {
			if strings.Count(string(data), p[0]) != 1 {
				return errors.Errorf("%s: %q is not there once; this is not the version that the patches are for", from, strings.TrimSpace(p[0]))
			}
			data = []byte(strings.Replace(string(data), p[0], p[1], 1))
			patched++
		}
		if ext == ".go" { // formatted, for a formatter that comes by
			if data, err = format.Source(data); err != nil {
				return errors.Wrap(err, from)
			}
		}
		target := filepath.Join(to, file)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o644)
	})
	if err == nil && patched == 0 {
		err = errors.Errorf("%s: no file that should be patched is there", module.Dir)
	}
	return errors.WithStack(err)
}
