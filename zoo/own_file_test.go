package zoo

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
)

// weeks writes a series of so many days that rises and falls with the week.
func weeks(t *testing.T, path string, days int, level float64) {
	t.Helper()
	var b strings.Builder
	b.WriteString("value\n")
	for i := range days {
		fmt.Fprintf(&b, "%g\n", level+float64(i%7)+float64(i%3)/4)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// trainedOnFile is a run of a file of the working directory.
func trainedOnFile(t *testing.T, name string) *Run {
	t.Helper()
	series, err := datasets.CSV(name)
	if err != nil {
		t.Fatal(err)
	}
	run, err := Train(t.Context(), rnn.New(graph.Hidden(4)), series, train.Epochs(2))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// evaluated returns the metrics of a run on its own test part.
func evaluated(t *testing.T, r *Run) map[string]float64 {
	t.Helper()
	v, err := r.Evaluate(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	return v.Metrics
}

// TestTrainOnFile evaluates a run on the file that it was trained on, from wherever it is opened.
func TestTrainOnFile(t *testing.T) {
	home := t.TempDir()
	t.Chdir(home)
	weeks(t, "sales.csv", 120, 100)
	run := trainedOnFile(t, "sales.csv")
	if run.Config.Dataset != "csv:sales.csv" || run.Config.Task != "forecast" {
		t.Errorf("the dataset is %q for the task %s; want csv:sales.csv to forecast", run.Config.Dataset, run.Config.Task)
	}
	want := run.Result.Metrics
	if got := evaluated(t, run); !reflect.DeepEqual(got, want) {
		t.Errorf("evaluated again it has %v; want %v", got, want)
	}
	dir, err := run.Keep("runs")
	if err != nil {
		t.Fatal(err)
	}
	if dir != filepath.Join("runs", "rnn-sales-1") {
		t.Errorf("kept in %s", dir)
	}

	// Elsewhere, where another file has the name: the run's own is meant.
	elsewhere := t.TempDir()
	t.Chdir(elsewhere)
	weeks(t, "sales.csv", 120, 500)
	back, err := Open(filepath.Join(home, dir))
	if err != nil {
		t.Fatal(err)
	}
	if got := evaluated(t, back); !reflect.DeepEqual(got, want) {
		t.Errorf("opened elsewhere it has %v; want %v", got, want)
	}
	// The file, and no copy of it.
	weeks(t, filepath.Join(home, "sales.csv"), 120, 110)
	moved := evaluated(t, back)
	if reflect.DeepEqual(moved, want) {
		t.Errorf("of another content it has %v, too", moved)
	}
	// Where it is no more, one here has its place.
	if err := os.Rename(filepath.Join(home, "sales.csv"), filepath.Join(elsewhere, "sales.csv")); err != nil {
		t.Fatal(err)
	}
	if got := evaluated(t, back); !reflect.DeepEqual(got, moved) {
		t.Errorf("moved here it has %v; want %v", got, moved)
	}
	if err := os.Remove("sales.csv"); err != nil {
		t.Fatal(err)
	}
	if _, err := back.Evaluate(t.Context(), "test"); err == nil || !strings.Contains(err.Error(), "sales.csv") || !strings.Contains(err.Error(), "no longer where it was") {
		t.Errorf("without the file: error %v", err)
	}
}

// TestFileCalledAsADataset trains on a file whose name, without its ending, is that of a dataset of the zoo: it is not that
// one, by whatever way it is opened.
func TestFileCalledAsADataset(t *testing.T) {
	t.Chdir(t.TempDir())
	weeks(t, "temperatures.csv", 120, 100)
	series, err := datasets.CSV("temperatures.csv")
	if err != nil {
		t.Fatal(err)
	}
	if info := series.Info(); info.Name != "temperatures" || info.Spec != "csv:temperatures.csv" {
		t.Fatalf("the file is %+v; want one of the dataset's name that opens as a file", info)
	}
	run := trainedOnFile(t, "temperatures.csv")
	built, own := Defaults("rnn", "temperatures"), Defaults("rnn", "csv:temperatures.csv")
	if reflect.DeepEqual(built.Options, own.Options) {
		t.Fatal("the dataset has no recipe of its own, so that this test tells nothing")
	}
	e, err := New(own)
	if err != nil {
		t.Fatal(err)
	}
	own = e.Config // with what the options leave open
	if !reflect.DeepEqual(run.Config.Options, own.Options) || run.Config.LR != own.LR || run.Config.Batch != own.Batch {
		t.Errorf("trained by %+v with %+v; want the recipe of any file, %+v with %+v", run.Config.Recipe, run.Config.Options, own.Recipe, own.Options)
	}
	if got := evaluated(t, run); !reflect.DeepEqual(got, run.Result.Metrics) {
		t.Errorf("evaluated again it has %v; want %v", got, run.Result.Metrics)
	}
	dir, err := run.Keep(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	back, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := evaluated(t, back); !reflect.DeepEqual(got, run.Result.Metrics) {
		t.Errorf("opened it has %v; want %v", got, run.Result.Metrics)
	}
	// Without the file there is nothing to evaluate on, least of all the zoo's.
	if err := os.Remove("temperatures.csv"); err != nil {
		t.Fatal(err)
	}
	if v, err := back.Evaluate(t.Context(), "test"); err == nil || !strings.Contains(err.Error(), "temperatures.csv") {
		t.Errorf("without the file: %+v, %v", v, err)
	}

	// What was read from a reader has no place to be opened from.
	weeks(t, "temperatures.csv", 120, 100)
	f, err := os.Open("temperatures.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	read, err := datasets.ReadCSV("temperatures", f)
	if err != nil {
		t.Fatal(err)
	}
	run, err = Train(t.Context(), rnn.New(graph.Hidden(4)), read, train.Epochs(1))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(run.Config.Options, own.Options) {
		t.Errorf("what was read is trained with %+v", run.Config.Options)
	}
	if _, err := run.Evaluate(t.Context(), "test"); err == nil || !strings.Contains(err.Error(), "made in the program") {
		t.Errorf("what was read is evaluated: error %v", err)
	}
}
