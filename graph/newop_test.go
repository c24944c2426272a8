package graph_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestAddAnOperation adds an operation, the running sum, by four files of its own and none else, and has it checked like
// those that are there: what the compiler must know of an operation stands in these. The files lie in testdata/newop and are
// laid over the module for one call of go test.
func TestAddAnOperation(t *testing.T) {
	if testing.Short() {
		t.Skip("it calls go test")
	}
	at := func(parts ...string) string {
		path, err := filepath.Abs(filepath.Join(parts...))
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	overlay := map[string]map[string]string{"Replace": {
		at("cumsum.go"):                             at("testdata", "newop", "graph.txt"),
		at("internal", "ir", "cumsum.go"):           at("testdata", "newop", "ir.txt"),
		at("internal", "exec", "cumsum.go"):         at("testdata", "newop", "exec.txt"),
		at("..", "internal", "kernel", "cumsum.go"): at("testdata", "newop", "kernel.txt"),
		at("testdata", "newop", "newop_test.go"):    at("testdata", "newop", "test.txt"),
	}}
	for _, path := range overlay["Replace"] { // read here, so that a change of one is not answered from the cache
		if _, err := os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "test", "-count=1", "-overlay", file, "./testdata/newop").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
