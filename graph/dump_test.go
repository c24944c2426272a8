package graph_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
)

var update = flag.Bool("update", false, "rewrite testdata/passes.txt")

// TestPassesDump shows what each pass does, on the smallest network that gives all of them something to do, declared step by
// step and as a loop, and what the plan is in the end. go test ./graph -run TestPassesDump -update rewrites the files.
func TestPassesDump(t *testing.T) {
	changes := make(map[string]bool)
	for path, opt := range map[string]graph.Option{"testdata/passes.txt": graph.Unrolled(), "testdata/passes_rolled.txt": graph.Rolled()} {
		b := graph.NewBuilder(graph.NewParams(tensor.Float32), opt)
		steps, batch := 3, 1
		if strings.Contains(path, "rolled") {
			steps, batch = 4, 128 // which makes two strips
		}
		x := b.Input("x", steps, batch, 2)
		y, _ := rnn.New(graph.Hidden(2)).Unroll(b, x)
		loss := b.Sum(y)
		var wrt []node
		for _, q := range b.Params().List() {
			wrt = append(wrt, b.Param(q.Name(), nil, q.Shape()...))
		}
		var dump bytes.Buffer
		if _, err := graph.Compile(b, graph.Output(loss), graph.Output(b.Grad(loss, append(wrt, x)...)...), graph.Verify(), graph.Dump(&dump), graph.Threads(1)); err != nil {
			t.Fatal(err)
		}
		got := dump.String()
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			lines, stage := strings.Split(string(want), "\n"), ""
			for i, line := range strings.Split(got, "\n") {
				if strings.HasPrefix(line, "== ") {
					stage = line
				}
				if i >= len(lines) || line != lines[i] {
					t.Errorf("%s: line %d, in %s, is\n%s", path, i+1, stage, line)
					break
				}
			}
			t.Log("if that is as it should be: go test ./graph -run TestPassesDump -update, and read the diff")
		}
		before := ""
		for _, stage := range strings.Split(got, "\n== ")[1:] {
			name, after, _ := strings.Cut(stage, "\n")
			changes[name] = changes[name] || after != before
			before = after
		}
	}
	for name, does := range changes {
		if !does && name != "vocabulary" { // which leaves scores alone that are few: TestVocabulary
			t.Errorf("the pass %s changes nothing: it no longer works, or the graphs are too small to show it", name)
		}
	}
}

// full is a writer that has no room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestDumpTellsOfErrors(t *testing.T) {
	b := graph.NewBuilder(nil)
	if _, err := graph.Compile(b, graph.Output(b.Exp(b.Input("x", 2))), graph.Dump(full{})); err == nil || !strings.Contains(err.Error(), "no room") {
		t.Errorf("the error is %v; want the writer's", err)
	}
	if _, err := graph.Compile(b, graph.Output(b.Exp(b.Input("y", 2))), graph.Dump(nil)); err != nil {
		t.Errorf("a nil writer: %v; want nothing written", err)
	}
}
