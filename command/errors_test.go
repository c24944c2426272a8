package command

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/task/forecast"
)

// failed fails the test unless the command has ended with this status and one line on standard error that holds the
// parts.
func (o outcome) failed(t *testing.T, status int, parts ...string) {
	t.Helper()
	if o.status != status {
		t.Errorf("exit status %d; want %d: %s", o.status, status, o.err)
	}
	if strings.Count(o.err, "\n") != 1 || !strings.HasSuffix(o.err, "\n") || !strings.HasPrefix(o.err, "zoo: ") {
		t.Errorf("standard error is not one line:\n%s", o.err)
	}
	for _, never := range []string{"panic", "goroutine", ".go:", "Usage:"} {
		if strings.Contains(o.err, never) {
			t.Errorf("standard error has %q:\n%s", never, o.err)
		}
	}
	contains(t, o.err, parts...)
}

func TestWrongCommandLines(t *testing.T) {
	t.Parallel()
	dir := trained(t)
	for _, c := range []struct {
		args string
		want []string
	}{
		{"rnu lstm", []string{`"rnu"`, "did you mean run?"}},
		{"rnu --epochs 3", []string{`"rnu"`, "did you mean run?"}},
		{"help rnu", []string{`"rnu"`}},
		{"--nothing", []string{"--nothing"}},
		{"models x", []string{`"x"`}},
		{"run lstm", []string{"dataset", "missing"}},
		{"run lstm airline more", []string{`"more"`}},
		{"run lstn airline", []string{`"lstn"`, `did you mean "lstm"?`}},
		{"run transformer airline", []string{`"transformer"`, "zoo models"}},
		{"run lstm airlnie", []string{`"airlnie"`, `did you mean "airline"?`}},
		{"run lstm nonsense", []string{`"nonsense"`, "zoo datasets"}},
		{"run lstm airline --hiden 3", []string{"--hiden", "did you mean --hidden?"}},
		{"run lstm airline -x", []string{"-x"}},
		{"run lstm airline --hidden", []string{"--hidden"}},
		{"run lstm airline --hidden many", []string{"--hidden", `"many"`, "whole number"}},
		{"run lstm airline --hidden 0", []string{"--hidden 0", "at least 1"}},
		{"run lstm airline --layers -1", []string{"--layers -1"}},
		{"run lstm airline --dropout 1", []string{"--dropout 1", "less than 1"}},
		{"run lstm airline --lr -1", []string{"--lr -1", "above 0"}},
		{"run lstm airline --lr NaN", []string{"--lr NaN"}},
		{"run lstm airline --accumulate 0", []string{"--accumulate 0", "at least 1"}},
		{"run lstm airline --accumulate -1", []string{"--accumulate -1", "at least 1"}},
		{"run lstm airline --accumulate NaN", []string{"--accumulate", `"NaN"`, "whole number"}},
		{"run lstm airline --accumulate 1e9", []string{"--accumulate", `"1e9"`, "whole number"}},
		{"run lstm airline --ema -1", []string{"--ema -1", "at least 0"}},
		{"run lstm airline --ema 1", []string{"--ema 1", "less than 1"}},
		{"run lstm airline --ema NaN", []string{"--ema NaN", "at least 0"}},
		{"run lstm airline --ema 1e9", []string{"--ema 1e+09", "less than 1"}},
		{"run lstm airline --ema 0.9 --optimizer asgd", []string{"--ema 0.9", "asgd averages the weights itself"}},
		{"run lstm airline --optimizer asgd:patience=0", []string{"--optimizer", "patience 0", "at least 1"}},
		{"run lstm airline --optimizer asgd:patience=-1", []string{"--optimizer", "patience -1", "at least 1"}},
		{"run lstm airline --optimizer asgd:patience=NaN", []string{"--optimizer", `patience "NaN"`, "whole number"}},
		{"run lstm airline --optimizer asgd:patience=1e9", []string{"--optimizer", `patience "1e9"`, "whole number"}},
		{"run lstm airline --epochs 0", []string{"--epochs 0", "at least 1"}},
		{"run lstm airline --window 0", []string{"--window 0"}},
		{"run bilstm airline --window 1000000 --layers 64 --hidden 512", []string{"--window 1000000", "at most 2048 with 64 layers, both ways, of 512 units and 1 sequence", "4 GiB"}},
		{"run lstm airline --layers 200 --hidden 4", []string{"--layers 200", "at most 64"}},
		{"run lstm airline --horizon 0", []string{"--horizon 0"}},
		{"run lstm airline --difference 2", []string{"--difference 2"}},
		{"run lstm airline --threads 0", []string{"--threads 0", "at least 1"}},
		{"run lstm airline --optimizer foo", []string{"--optimizer", `"foo"`, "adam"}},
		{"run lstm airline --schedule foo", []string{"--schedule", `"foo"`, "cosine"}},
		{"run lstm airline --probe foo", []string{"--probe", `"foo"`, "gradients"}},
		{"run lstm airline --loss foo", []string{"--loss", `"foo"`, "huber"}},
		{"run lstm airline --fill foo", []string{`"foo"`, "linear"}},
		{"run lstm airline --fill liner", []string{`"liner"`, "linear"}},
		{"run bilstm airline --every-step", []string{"bilstm", "sees the future", "lstm or gru"}},
		{"run lstm airline --pooling max", []string{"--pooling", "classify", "forecast"}},
		{"run lstm phrases --window 3", []string{"--window", "forecast", "classify"}},
		{"run lstm phrases --pooling media", []string{"--pooling", `"media"`, "mean"}},
		{"run lstm phrases --tokenizer wrods", []string{"--tokenizer", `"wrods"`, `did you mean words?`}},
		{"run lstm phrases --embedding-dropout 1", []string{"--embedding-dropout 1", "less than 1"}},
		{"run lstm csv:x.csv --text a --encoding latin7", []string{`"latin7"`, "latin1"}},
		{"run bigru dates --decoder bigru", []string{`--decoder "bigru"`, "lstm or gru"}},
		{"run bigru multi30k-de-en --decoder bigru", []string{`--decoder "bigru"`, "lstm or gru"}},
		{"run gru dates --attention dto", []string{"--attention", `"dto"`, "dot"}},
		{"run gru dates --tokenizer bpe:x", []string{"--tokenizer", `"bpe:x"`}},
		{"run gru dates --beam 0", []string{"--beam 0", "at least 1"}},
		{"run gru dates --pooling max", []string{"--pooling", "classify", "translate"}},
		{"run gru airline --beam 3", []string{"--beam", "translate", "forecast"}},
		{"run gru airline --cased", []string{"--cased", "classify or translate or generate", "forecast"}},
		{"eval lstm-airline-1 --split tset", []string{`"tset"`, "test"}},
		{"predict lstm-airline-1 --steps 0", []string{"--steps 0", "at least 1"}},
		{"predict", []string{"run", "missing"}},
		{"graph", []string{"model", "missing"}},
		{"graph lstn", []string{`did you mean "lstm"?`}},
		{"graph lstm --steps 0", []string{"--steps 0"}},
		{"graph lstm --hidden 100000", []string{"--hidden 100000"}},
		{"graph lstm --out lstm.gif", []string{`"lstm.gif"`, ".svg", ".png"}},
	} {
		t.Run(c.args, func(t *testing.T) {
			o := command(t, dir, strings.Fields(c.args)...)
			o.failed(t, statusUsage, c.want...)
			if o.out != "" {
				t.Errorf("standard output is not empty:\n%s", o.out)
			}
		})
	}
}

func TestWorkThatFails(t *testing.T) {
	t.Parallel()
	dir := trained(t)
	write(t, dir, "text.csv", strings.Replace(days(60, number), ",103\n", ",many\n", 1))
	write(t, dir, "gaps.csv", strings.Replace(days(60, number), ",103\n", ",\n", 1))
	write(t, dir, "short.csv", days(5, number))
	write(t, dir, "sales.csv", days(60, number))
	write(t, dir, "empty.csv", "")
	write(t, dir, "one.csv", "text,label\n"+strings.Repeat("so good,1\n", 20))
	write(t, dir, "umlaut.csv", "text,label\n"+strings.Repeat("sch\xf6n,1\nbad,0\n", 20))
	write(t, dir, "two\nlines.csv", "a\nx\n")
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		want []string
	}{
		{"run lstm csv:text.csv", []string{"text.csv", "line 5", "sales", "many"}},
		{"run lstm csv:nowhere.csv", []string{"nowhere.csv"}},
		{"run lstm csv:empty.csv", []string{"empty.csv"}},
		{"run lstm csv:folder", []string{"folder"}},
		{"run lstm airline --window 40000", []string{"window of 40000", "84"}},
		{"run lstm csv:sales.csv --window 500", []string{"window of 500", "60"}},
		{"run lstm csv:sales.csv --horizon 30", []string{"horizon of 30"}},
		{"run lstm csv:short.csv", []string{"short"}},
		{"run lstm csv:one.csv --text text --label label", []string{"one.csv", "class"}},
		{"run lstm csv:umlaut.csv --text text --label label", []string{"umlaut.csv", "line 2", "(--encoding latin1)"}},
		{"run lstm csv:sales.csv --text review --label sales", []string{"sales.csv", `"review"`}},
		{"run lstm phrases --vectors nowhere.txt", []string{"nowhere.txt"}},
		{"run lstm phrases --vectors short.csv", []string{"short.csv", "line 1"}},
		{"run lstm phrases --class-weights 1,2,3", []string{"3 class weights", "negative"}},
		{"run lstm airline --columns pasengers", []string{`"pasengers"`, `did you mean "passengers"?`}},
		{"run lstm sunspots --log --quiet", []string{"logarithm"}},
		{"run lstm airline --out sales.csv/runs", []string{"sales.csv", "--out"}},
		{"run lstm airline --lr 1e30 --clip 0 --optimizer sgd --quiet", []string{"loss", "learning rate"}},
		{"eval nothing", []string{`"nothing"`, "zoo run"}},
		{"predict lstm-airlin-1", []string{"did you mean", "lstm-airline-1"}},
		{"predict folder", []string{"folder", "not the folder of a run"}},
		{"predict sales.csv", []string{"sales.csv", "it is a file"}},
		{"predict lstm-airline-1 nowhere.csv", []string{"nowhere.csv"}},
		{"predict lstm-airline-1 short.csv", []string{"short.csv", "5 rows", "at least"}},
		{"predict lstm-airline-1 empty.csv", []string{"empty.csv"}},
		{"predict lstm-airline-1 text.csv", []string{"text.csv", "line 5", "many"}},
		{"graph lstm --out sales.csv/lstm.dot", []string{"sales.csv"}},
	} {
		t.Run(c.args, func(t *testing.T) { command(t, dir, strings.Fields(c.args)...).failed(t, statusFailed, c.want...) })
	}
	command(t, dir, "run", "lstm", "csv:two\nlines.csv").failed(t, statusFailed, "lines.csv")
	start(t, exec.Command(binary, "predict", "lstm-airline-1", "-"), dir, "").failed(t, statusFailed, "standard input")
	command(t, dir, "predict", "lstm-airline-1", "gaps.csv", "--fill", "linear").done(t)
	command(t, dir, "run", "rnn", "csv:gaps.csv", "--fill", "previous", "--epochs", "1", "--quiet").done(t)
	if kept, _ := os.ReadDir(filepath.Join(dir, "runs")); len(kept) != 2 {
		t.Errorf("%d runs are kept; want the two that have succeeded", len(kept))
	}
}

func TestDamagedRuns(t *testing.T) {
	t.Parallel()
	dir := trained(t)
	run := filepath.Join(dir, "runs", "lstm-airline-1")
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(run, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	config, state, weights := read("config.json"), read("state.json"), read("weights.safetensors")
	defaults := zoo.Defaults("lstm", "airline")
	width, window := fmt.Sprintf(`"hidden": %d`, defaults.Hidden), fmt.Sprintf(`"window": %d`, defaults.Options.(*forecast.Options).Window)
	changeIn := func(text, from, to string) string {
		if !strings.Contains(text, from) {
			t.Fatalf("there is no %s in:\n%s", from, text)
		}
		return strings.Replace(text, from, to, 1)
	}
	change := func(from, to string) string { return changeIn(config, from, to) }
	for name, c := range map[string]struct {
		config, state, weights string
		want                   []string
	}{
		"config cut off":       {config[:len(config)/2], state, weights, []string{"config.json is damaged"}},
		"config empty":         {"", state, weights, []string{"config.json is damaged"}},
		"config of nothing":    {"{}", state, weights, []string{`its model ""`}},
		"config of a list":     {"[]", state, weights, []string{"config.json is damaged"}},
		"unknown model":        {change(`"lstm"`, `"lstn"`), state, weights, []string{"lstn", "zoo.Register"}},
		"no width":             {change(width, `"hidden": 0`), state, weights, []string{"config.json is damaged", "hidden"}},
		"another width":        {change(width, `"hidden": 6000`), state, weights, []string{"shape"}},
		"another model":        {change(`"lstm"`, `"gru"`), state, weights, []string{"shape"}},
		"more layers":          {change(`"layers": 1`, `"layers": 2`), state, weights, []string{"lacks the parameter", "_l1"}},
		"another window":       {change(window, `"window": 1000000000`), state, weights, []string{"config.json is damaged"}},
		"another forecast":     {change(window, `"window": 13`), state, weights, []string{"state.json is damaged", "another forecast"}},
		"state cut off":        {config, state[:len(state)/2], weights, []string{"state.json is damaged"}},
		"a variable too many":  {config, changeIn(state, `"passengers"`, `"passengers", "ships"`), weights, []string{"state.json is damaged", "2 variables"}},
		"times of other rows":  {config, changeIn(state, `"times": [`, `"times": ["1940-01",`), weights, []string{"state.json is damaged", "times"}},
		"weights cut off":      {config, state, weights[:len(weights)-10], []string{"weights.safetensors"}},
		"weights empty":        {config, state, "", []string{"weights.safetensors"}},
		"weights of something": {config, state, "something else, and longer than eight bytes", []string{"weights.safetensors"}},
	} {
		t.Run(name, func(t *testing.T) {
			write(t, run, "config.json", c.config)
			write(t, run, "state.json", c.state)
			write(t, run, "weights.safetensors", c.weights)
			command(t, dir, "predict", "lstm-airline-1").failed(t, statusFailed, append(c.want, "lstm-airline-1")...)
			command(t, dir, "eval", "lstm-airline-1").failed(t, statusFailed, c.want...)
		})
	}
	write(t, run, "config.json", config)
	write(t, run, "state.json", state)
	if err := os.Remove(filepath.Join(run, "weights.safetensors")); err != nil {
		t.Fatal(err)
	}
	command(t, dir, "predict", "lstm-airline-1").failed(t, statusFailed, "weights.safetensors")
}

// TestHintsAreFlags of the command that prints them; texts of others stay.
func TestHintsAreFlags(t *testing.T) {
	run, predict := newRun(), newPredict()
	for _, c := range []struct {
		command    *cobra.Command
		text, want string
	}{
		{run, "missing value; choose a fill method (fill: previous, linear, mean or zero)", "missing value; choose a fill method (--fill previous, linear, mean or zero)"},
		{run, "leave such rows out (skip-empty: true)", "leave such rows out (--skip-empty)"},
		{run, "of their own: a, A (fold-labels: true makes one of them)", "of their own: a, A (--fold-labels makes one of them)"},
		{run, "(text: trueness)", "(--text trueness)"},
		{predict, `column "a" not found (text: COLUMN names another)`, `column "a" not found (--text COLUMN names another)`},
		{predict, "train for longer (epochs: 30)", "train for longer (epochs: 30)"},
		{run, `label "x \" (text: y)" (text: z)`, `label "x \" (text: y)" (--text z)`},
		{run, "(dayfirst: )(nothing: at all) (window 3)", "(dayfirst: )(nothing: at all) (window 3)"},
	} {
		if got := inFlags(c.command, c.text); got != c.want {
			t.Errorf("%s: %s becomes %s; want %s", c.command.Name(), c.text, got, c.want)
		}
	}
}

func TestDebugAddsTheStack(t *testing.T) {
	o := command(t, "", "graph", "lstn", "--debug")
	if o.status != statusUsage {
		t.Errorf("exit status %d", o.status)
	}
	contains(t, o.err, "zoo: model", "models.go:")
}

func TestBugIsOneLine(t *testing.T) {
	var errOut strings.Builder
	if status := report(&errOut, newRoot(), bug("index out of range\nand more"), false); status != statusFailed {
		t.Errorf("exit status %d", status)
	}
	contains(t, errOut.String(), "internal error: index out of range and more", "issues")
	if strings.Count(errOut.String(), "\n") != 1 {
		t.Errorf("not one line: %q", errOut.String())
	}
}
