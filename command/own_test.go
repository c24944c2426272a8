package command

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo"
)

// mgu is the minimal gated unit (Zhou et al. 2016), a cell as a user writes one.
type mgu struct{ hidden int }

func (c mgu) State() []int { return []int{c.hidden} }

func (c mgu) Step(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
	h := s[0]
	f := b.Sigmoid(b.Affine("f", c.hidden, x, h))
	n := b.Tanh(b.Affine("n", c.hidden, x, b.Mul(f, h)))
	return graph.State{b.Lerp(h, n, f)}
}

func newMGU(opts ...graph.NetworkOption) *graph.Network {
	return graph.NewNetwork("any", func(c graph.CellConfig) graph.Cell { return mgu{c.Hidden} }, opts...)
}

// TestOwnBinary runs the command in this process, as a binary of one's own does that has registered a model.
func TestOwnBinary(t *testing.T) {
	if err := zoo.Register(zoo.Model{Name: "mgu", Title: "minimal gated unit", New: newMGU}); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	in := func(args ...string) outcome {
		t.Helper()
		var o, e bytes.Buffer
		status := Run(args, strings.NewReader(""), &o, &e)
		return outcome{o.String(), e.String(), status}
	}
	contains(t, in("models").done(t).out, "mgu", "minimal gated unit")
	contains(t, in("run", "mgu", "airline", "--epochs", "2", "--hidden", "4", "--quiet", "--out", out).done(t).out, "mgu on airline (forecast)", "mgu-airline-1")
	contains(t, in("predict", "mgu-airline-1", "--out", out, "--steps", "2").done(t).out, "1961-01", "1961-02")
	contains(t, in("eval", "mgu-airline-1", "--out", out).done(t).out, "rmse", "mgu")
	contains(t, in("graph", "mgu").done(t).out, "digraph")
	in("run", "mgv", "airline").failed(t, statusUsage, `did you mean "mgu"?`)
	contains(t, in("__complete", "run", "m").done(t).out, "mgu\tminimal gated unit")
	// Which the command itself does not know.
	command(t, "", "predict", "mgu-airline-1", "--out", out).failed(t, statusFailed, `its model "mgu" is none of the zoo`, "zoo.Register")
}

func TestHelpShowsTheSettingsOfATask(t *testing.T) {
	t.Parallel()
	dir := trained(t)
	for _, c := range []struct {
		args      string
		has, none []string
	}{
		{"run lstm airline --help", []string{"The network:\n", "Training:\n", "The data:\n", "The task forecast:\n", "Flags:\n", "--hidden int ", "(default 16)", "--lag int ", "(default 12)", "--columns", "--threads", "--debug"},
			[]string{"classify", "translate", "--pooling", "--beam", "--label", "--encoding", "[flags] [flags]", "(default 0) (default 0)"}},
		{"run lstm airline --lag 0 --help", []string{"(default 0.01)", "(default 150)"}, []string{"--pooling"}},
		{"run lstm phrases --help", []string{"The task classify:\n", "--pooling", "--sentences-only"}, []string{"--window", "--beam", "--columns"}},
		{"run gru dates --help", []string{"The task translate:\n", "--beam", "--encoding", "(default 128)"}, []string{"--window", "--pooling", "--columns", "--label"}},
		{"run gru csv:x.csv --label y --help", []string{"The task classify:\n", "--pooling"}, []string{"--window"}},
		{"run --help", []string{"The task forecast:\n", "The task classify:\n", "The task translate:\n", "--window", "--pooling", "--beam", "--columns", "--label"}, nil},
		{"predict --help", []string{"The task forecast:\n", "The task translate:\n", "--steps", "--attention", "--beam int ", "(default as in training)", "The task classify:\n", "--text"}, nil},
		{"predict lstm-airline-1 --help", []string{"The task forecast:\n", "--steps", "--json"}, []string{"--attention", "--beam", "as in training"}},
		{"eval --help", []string{"The task translate:\n", "--beam int ", "--penalty float ", "(default as in training)", "--split"}, []string{"(default 0)"}},
		{"eval lstm-airline-1 --help", []string{"--split"}, []string{"--beam", "The task"}},
	} {
		text := command(t, dir, strings.Fields(c.args)...).done(t).out
		contains(t, text, c.has...)
		for _, part := range c.none {
			if _, flags, _ := strings.Cut(text, "Usage:"); strings.Contains(flags[strings.Index(flags, "\n\nThe ")+1:], part) && strings.Contains(flags, "\n\nThe ") {
				t.Errorf("%s: there is %q in:\n%s", c.args, part, text)
			}
		}
	}
}

func TestTasks(t *testing.T) {
	t.Parallel()
	contains(t, command(t, "", "tasks").done(t).out, "TASK", "forecast", "classify", "translate", "series", "texts", "pairs", "airline", "phrases", "dates")
	text := command(t, "", "tasks", "forecast").done(t).out
	contains(t, text, "It learns from series:", "--window", "at least 1, at most 1048576", "--loss", "one of mse, mae, huber", "--steps", "rmse", "lower")
	if strings.Contains(text, "--pooling") {
		t.Errorf("a forecast pools:\n%s", text)
	}
	list := events(t, command(t, "", "tasks", "--json").done(t).out)
	if len(list) != len(zoo.Tasks()) {
		t.Fatalf("%d tasks; want %d", len(list), len(zoo.Tasks()))
	}
	for i, k := range zoo.Tasks() {
		hasFields(t, list[i], "event", "name", "title", "accepts", "datasets", "metrics", "settings")
		if list[i]["event"] != "task" || list[i]["name"] != k.Name() || list[i]["metrics"].([]any)[0] != k.Metrics()[0].Name {
			t.Errorf("task %d is %v", i, list[i])
		}
	}
	contains(t, command(t, "", "tasks", "translate").done(t).out, "--beam       as in training  at least 1, at most 1024")
	window := list[0]["settings"].([]any)[0]
	hasFields(t, window, "name", "type", "default", "bounds", "help")
	if one := events(t, command(t, "", "tasks", "translate", "--json").done(t).out); len(one) != 1 || fmt.Sprint(one[0]) != fmt.Sprint(list[3]) {
		t.Errorf("one task is %v", one)
	}
	command(t, "", "tasks", "forcast").failed(t, statusUsage, `--task "forcast"`, "did you mean forecast?")
	command(t, "", "tasks", "forecast", "classify").failed(t, statusUsage, `"classify" is one too many`)
}

// TestTasksDocumentIsFresh fails when a setting has changed since docs/tasks.md was made: go generate ./command.
func TestTasksDocumentIsFresh(t *testing.T) {
	t.Parallel()
	kept, err := os.ReadFile(filepath.Join("..", "docs", "tasks.md"))
	if err != nil {
		t.Fatal(err)
	}
	if made := command(t, "", "tasks", "--markdown").done(t).out; made != string(kept) {
		t.Error("docs/tasks.md is not what zoo tasks --markdown prints any more: go generate ./command")
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	dir := trained(t)
	write(t, dir, filepath.Join("runs", "note.txt"), "no run")
	for _, c := range []struct {
		args []string
		want []string
		not  string
	}{
		{[]string{"run", ""}, []string{"rnn\t", "lstm\t", "bigru\t", ":4\n"}, "airline"},
		{[]string{"run", "bi"}, []string{"birnn\t", "bilstm\t", "bigru\t"}, "\nlstm"},
		{[]string{"run", "lstm", ""}, []string{"airline\t", "phrases\t", "dates\t", "csv:\t", "tsv:\t"}, "bilstm"},
		{[]string{"run", "lstm", "cs"}, []string{"csv:\t", ":6\n"}, "airline"},
		{[]string{"run", "lstm", "airline", "--loss", ""}, []string{"mse\n", "mae\n", "huber\n", ":4\n"}, "airline"},
		{[]string{"run", "lstm", "phrases", "--pooling", ""}, []string{"last\n", "max\n"}, "airline"},
		{[]string{"run", "lstm", "airline", "--task", ""}, []string{"forecast\t", "classify\t"}, "airline"},
		{[]string{"run", "lstm", "airline", "--probe", ""}, []string{"gradients\n"}, "airline"},
		{[]string{"run", "lstm", "airline", "--hid"}, []string{"--hidden\t"}, "--window"},
		{[]string{"predict", ""}, []string{"lstm-airline-1\n", ":4\n"}, "note"},
		{[]string{"predict", "lstm-airline-1", ""}, []string{":0\n"}, "lstm"},
		{[]string{"eval", "lstm"}, []string{"lstm-airline-1\n"}, "note"},
		{[]string{"eval", "lstm-airline-1", "--split", ""}, []string{"train\n", "valid\n", "test\n"}, "airline"},
		{[]string{"tasks", "f"}, []string{"forecast\t"}, "classify"},
		{[]string{"graph", "l"}, []string{"lstm\t"}, "gru"},
	} {
		text := command(t, dir, append([]string{"__complete"}, c.args...)...).done(t).out
		contains(t, text, c.want...)
		if strings.Contains(text, c.not) {
			t.Errorf("%q: there is %q in:\n%s", c.args, c.not, text)
		}
	}
}
