package zoo

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// TestATaskIsAFolderAndALine is the rule that keeps tasks apart: what is particular to one is in its folder, and the list
// of the tasks names it. Nothing else knows it by its name, but the datasets whose default it is.
func TestATaskIsAFolderAndALine(t *testing.T) {
	root := ".."
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		slash := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		if d.IsDir() {
			if slash == "datasets" || path != root && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(slash, ".go") || strings.HasSuffix(slash, "_test.go") || slash == "zoo/tasks.go" || slash == "notebooks/kernel/bind/table.go" {
			return nil
		}
		seen++
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, k := range Tasks() {
			own := "zoo/task/" + k.Name() + "/"
			if strings.HasPrefix(slash, own) {
				continue
			}
			for _, quoted := range []string{strconv.Quote(k.Name()), "`" + k.Name() + "`"} {
				if strings.Contains(string(data), quoted) {
					t.Errorf("%s names the task %s; what is particular to a task belongs in %s", slash, quoted, own)
				}
			}
			if strings.HasPrefix(slash, "command/") || strings.HasPrefix(slash, "cmd/zoo/") {
				if strings.HasPrefix(filepath.Base(slash), k.Name()) {
					t.Errorf("%s is named after a task", slash)
				}
			}
		}
		for _, imported := range imports(t, path) {
			for _, k := range Tasks() {
				folder := "zoo/task/" + k.Name()
				if strings.HasSuffix(imported, "/"+folder) && !strings.HasPrefix(slash, folder+"/") {
					t.Errorf("%s imports the task %s", slash, imported)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 200 {
		t.Errorf("%d files are seen; there are more", seen)
	}
}

// imports returns the paths that a file imports.
func imports(t *testing.T, path string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, p)
	}
	return paths
}

// TestTasks checks what every task must say of itself, and that settings of several tasks are of one type, since they are
// one flag.
func TestTasks(t *testing.T) {
	types := make(map[string]string)
	for _, k := range Tasks() {
		if got, err := TaskByName(k.Name()); err != nil || got != k {
			t.Errorf("%s: %v, %v", k.Name(), got, err)
		}
		if k.Title() == "" || strings.Contains(k.Title(), "\n") || len(k.Accepts()) == 0 || len(k.Metrics()) == 0 {
			t.Errorf("%s: %q learns from %v and measures %v", k.Name(), k.Title(), k.Accepts(), k.Metrics())
		}
		c := DefaultsFor(k, "lstm")
		if err := c.Check(); err != nil {
			t.Errorf("%s: the defaults: %v", k.Name(), err)
		}
		fields := make(map[string]bool)
		for _, f := range settings(&c).Fields() {
			if fields[f.Name] {
				t.Errorf("%s: two settings have the name %s", k.Name(), f.Name)
			}
			fields[f.Name] = true
			if old, ok := types[f.Name]; ok && old != f.Type() {
				t.Errorf("%s: %s is a %s, and a %s in another task", k.Name(), f.Name, f.Type(), old)
			}
			types[f.Name] = f.Type()
			if f.Help == "" || strings.Contains(f.Help, "\n") {
				t.Errorf("%s: the help of %s is %q", k.Name(), f.Name, f.Help)
			}
		}
	}
	_, err := TaskByName("forcast")
	if wantUsage(t, err); err == nil || err.Error() != `task "forcast": not found; did you mean forecast? (zoo tasks lists them)` {
		t.Errorf("error %v", err)
	}
	for _, d := range datasets.List() {
		if !slices.ContainsFunc(Tasks(), func(k task.Kind) bool { return k.Name() == d.Task && accepts(k, d) }) {
			t.Errorf("%s is %s for the task %s, which cannot learn from it", d.Name, d.Kind, d.Task)
		}
	}
}
