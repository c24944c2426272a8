package bench

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/graph"
)

var update = flag.Bool("update", false, "rewrite testdata/programs.txt")

// TestPrograms holds what the compiler makes of the workloads against a table: with all passes, without each of them, on
// one thread and on two. A pass or a part of the plan that no longer works shows here and nowhere else, because the
// programs compute the same without it. After a change of the compiler, go test ./bench -run TestPrograms -update
// rewrites the table, and the diff says what the change has done.
func TestPrograms(t *testing.T) {
	const path = "testdata/programs.txt"
	if testing.Short() {
		t.Skip("it compiles some hundred programs, one after the other")
	}
	got := programTable(t)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines, want := strings.Split(got, "\n"), strings.Split(string(b), "\n")
	if len(lines) != len(want) {
		t.Errorf("got %d lines; the table has %d", len(lines), len(want))
	}
	for i := range min(len(lines), len(want)) {
		if lines[i] != want[i] {
			t.Errorf("got\n%s\nwant\n%s", lines[i], want[i])
		}
	}
	if t.Failed() {
		t.Log("if that is as it should be: go test ./bench -run TestPrograms -update")
	}
}

// programTable compiles W1 to W8, of so few steps that it takes no time and so many that steps are joined in groups, and
// a narrow W10, whose scores are many for its width.
func programTable(t *testing.T) string {
	const steps = 16
	var b strings.Builder
	fmt.Fprintf(&b, "%-4s %-8s %-7s %-12s %12s %6s %6s %8s %10s\n", "work", "steps", "threads", "without", "instructions", "calls", "fused", "barriers", "arena")
	for _, w := range Workloads()[:10] {
		switch {
		case w.Mode == Stream:
			continue
		case w.Vocabulary > 0:
			w.I, w.H, w.Vocabulary = 64, 64, 3000
		default:
			w.T = min(w.T, steps)
		}
		for _, w.Rolled = range []bool{false, true} {
			for _, threads := range []int{1, 2} {
				for _, without := range append([]string{""}, graph.Passes()...) {
					opts := []graph.CompileOption{graph.Threads(threads), graph.Verify()}
					if without != "" {
						opts = append(opts, graph.Without(without))
					}
					s := build(t, w, opts...).Stats()
					fmt.Fprintf(&b, "%-4s %-8s %-7d %-12s %12d %6d %6d %8d %10d\n", w.Name, map[bool]string{false: "unrolled", true: "rolled"}[w.Rolled],
						threads, without, s.Instructions, s.Calls, s.Fused, s.Barriers, s.ArenaBytes)
				}
			}
		}
	}
	return b.String()
}
