package docs_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

const module = "github.com/rnnzoo/rnnzoo/"

// rooms returns the row of each package in the table of ARCHITECTURE.md, from the top.
func rooms(t *testing.T) map[string]int {
	t.Helper()
	text, err := os.ReadFile("../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := make(map[string]int)
	inTable := false
	for i, line := range strings.Split(string(text), "\n") {
		inTable = inTable && strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| room |")
		if cells := strings.Split(line, "|"); inTable && len(cells) > 2 {
			for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1) {
				rows[name[1]] = i
			}
		}
	}
	return rows
}

// Every package is a room, and imports what stands in rows below its own.
func TestImportsRunDownwards(t *testing.T) {
	rows := rooms(t)
	list := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, module)
		if name == "docs" { // these tests
			continue
		}
		seen[name] = true
		row, ok := rows[name]
		if !ok {
			t.Errorf("%s is no room of ARCHITECTURE.md", name)
			continue
		}
		for _, imported := range p.Imports {
			if below, own := strings.CutPrefix(imported, module); own && rows[below] <= row {
				t.Errorf("%s imports %s, which stands no lower", name, below)
			}
		}
	}
	for name := range rows {
		if !seen[name] {
			t.Errorf("ARCHITECTURE.md has the room %s, which there is not", name)
		}
	}
}
