package docs_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

// run returns what a program writes, in the module's folder.
func run(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	c := exec.Command(name, args...)
	c.Dir, c.Env = "..", append(os.Environ(), env...)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return string(out)
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestNotice: NOTICE names the modules that the command is linked with, on each system, and no others.
func TestNotice(t *testing.T) {
	linked := map[string]bool{}
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, m := range strings.Fields(run(t, []string{"GOOS=" + system}, "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", "./cmd/zoo")) {
			linked[m] = true
		}
	}
	_, table, _ := strings.Cut(read(t, "../NOTICE"), "\nGo, its runtime")
	_, table, _ = strings.Cut(table, "\n")
	named := map[string]bool{}
	for line := range strings.Lines(table) {
		module, _, _ := strings.Cut(line, " ")
		if named[module] = true; !linked[module] {
			t.Errorf("NOTICE names %q, which the command is not linked with", module)
		}
	}
	for m := range linked {
		if !named[m] {
			t.Errorf("NOTICE does not name %s", m)
		}
	}
}

// TestDependencies: docs/dependencies.md names what go.mod requires, and no others.
func TestDependencies(t *testing.T) {
	var mod struct{ Require []struct{ Path string } }
	if err := json.Unmarshal([]byte(run(t, nil, "go", "mod", "edit", "-json")), &mod); err != nil {
		t.Fatal(err)
	}
	required := map[string]bool{}
	text := read(t, "dependencies.md")
	for _, r := range mod.Require {
		required[r.Path] = true
		if !strings.Contains(text, "`"+r.Path+"`") {
			t.Errorf("docs/dependencies.md does not name %s", r.Path)
		}
	}
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		first, _, _ := strings.Cut(line[2:], " |")
		for _, m := range strings.Split(first, ", ") {
			if m = strings.Trim(m, "`"); !required[m] {
				t.Errorf("docs/dependencies.md names %s, which go.mod does not require", m)
			}
		}
	}
}

// TestBuildIsStatic: the command that make builds needs no library of the system, also where there is a C compiler.
func TestBuildIsStatic(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil || runtime.GOOS == "windows" {
		t.Skip("there is no make")
	}
	if said := run(t, nil, "make", "--no-print-directory", "-n", "build"); !strings.HasPrefix(said, "CGO_ENABLED=0 go build ") {
		t.Errorf("make build runs %s", said)
	}
}
