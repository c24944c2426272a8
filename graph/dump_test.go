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

// TestPassesDump shows what each pass does, on the smallest network that gives all of them something to do, and what the
// plan is in the end. go test ./graph -run TestPassesDump -update rewrites the file.
func TestPassesDump(t *testing.T) {
	const path = "testdata/passes.txt"
	b := graph.NewBuilder(graph.NewParams(tensor.Float32))
	x := b.Input("x", 3, 1, 2)
	y, _ := rnn.New(graph.Hidden(2)).Unroll(b, x)
	loss := b.Sum(y)
	var got bytes.Buffer
	if _, err := graph.Compile(b, graph.Loss(loss), graph.Output(b.Grad(loss, x)...), graph.Verify(), graph.Dump(&got), graph.Threads(1)); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got%s\nwant%s\nif that is as it should be: go test ./graph -run TestPassesDump -update", got.String(), want)
	}
	before := ""
	for _, stage := range strings.Split(got.String(), "\n== ")[1:] {
		name, after, _ := strings.Cut(stage, "\n")
		if after == before && name != "vocabulary" { // which leaves scores alone that are few: TestVocabulary
			t.Errorf("the pass %s changes nothing in this graph: it no longer works, or the graph is too small to show it", name)
		}
		before = after
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
