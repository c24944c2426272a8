package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo"
)

// section returns the paths that stand in a section of CONTRIBUTING.md.
func section(t *testing.T, title string) (paths []string) {
	t.Helper()
	text, err := os.ReadFile("../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "\n## "+title+"\n")
	if !ok {
		t.Fatalf("CONTRIBUTING.md has no section %q", title)
	}
	body, _, _ := strings.Cut(rest, "\n## ")
	for _, m := range regexp.MustCompile("`([^` ]+)`").FindAllStringSubmatch(body, -1) {
		if strings.Contains(m[1], "/") || strings.HasSuffix(m[1], ".md") {
			paths = append(paths, m[1])
		}
	}
	return paths
}

// exist fails the test for each path that is not there, with name in the place of NAME.
func exist(t *testing.T, paths []string, name string) {
	t.Helper()
	for _, p := range paths {
		p = strings.ReplaceAll(p, "NAME", name)
		if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(p))); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
}

// templates are the paths of a section that differ from one of its kind to another.
func templates(paths []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return !strings.Contains(p, "NAME") })
}

// files returns the names of the files in a folder.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join("..", filepath.FromSlash(dir)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// Each task has the files of the list, and what all tasks have is in the list.
func TestAddATask(t *testing.T) {
	paths := section(t, "Add a task")
	common := make(map[string]int)
	for _, k := range zoo.Tasks() {
		name := k.Name()
		exist(t, paths, name)
		for _, f := range files(t, "zoo/task/"+name) {
			common["zoo/task/NAME/"+strings.Replace(f, name, "NAME", 1)]++
		}
	}
	for f, n := range common {
		if n == len(zoo.Tasks()) && !slices.Contains(paths, f) {
			t.Errorf("every task has %s, which CONTRIBUTING.md does not list", f)
		}
	}
}

func TestAddACell(t *testing.T) {
	paths := section(t, "Add a cell")
	for _, name := range []string{"rnn", "lstm", "gru"} {
		exist(t, paths, name)
		for _, f := range files(t, "zoo/"+name) {
			if p := "zoo/NAME/" + strings.Replace(f, name, "NAME", 1); !slices.Contains(paths, p) {
				t.Errorf("the cell %s has %s, which CONTRIBUTING.md does not list", name, f)
			}
		}
	}
}

func TestAddAnOperation(t *testing.T) {
	for _, name := range []string{"softplus", "tanh"} {
		exist(t, section(t, "Add an elementwise operation"), name)
	}
	for _, name := range []string{"gather", "dropout", "softmax", "crossentropy"} {
		exist(t, section(t, "Add an operation"), name)
	}
}

func TestAddAPass(t *testing.T) {
	paths := section(t, "Add a pass")
	if len(templates(paths)) == 0 {
		t.Error("the list has no file of the pass")
	}
	for _, name := range graph.Passes() {
		if slices.Contains([]string{"aliases", "reuse", "fusion"}, name) { // parts of the plan
			continue
		}
		exist(t, paths, name)
	}
}

func TestAddADataset(t *testing.T) {
	paths := section(t, "Add a dataset")
	for _, name := range []string{"airline", "imdb", "phrases", "dates", "multi30k"} {
		exist(t, paths, name)
	}
}
