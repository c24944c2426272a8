package docs_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// The comment of every package that others can import says what serves many goroutines.
func TestGoroutinesAreSpokenOf(t *testing.T) {
	list := exec.Command("go", "list", "-json=ImportPath,Name,Dir", "./...")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p struct{ ImportPath, Name, Dir string }
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		path := strings.TrimPrefix(p.ImportPath, module)
		if p.Name == "main" || path == "docs" || strings.Contains(path, "internal/") || strings.HasPrefix(path, "notebooks") || path == "bench" {
			continue
		}
		doc := exec.Command("go", "doc", p.ImportPath)
		doc.Dir = ".."
		text, err := doc.Output()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "goroutine") {
			t.Errorf("the comment of package %s does not say what serves many goroutines", path)
		}
	}
}
