package command

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rnnzoo/rnnzoo/zoo"
)

// binary is the command as it is built for users: go run would turn every exit status into 1.
var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "zoo-test-*")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "zoo")
		if runtime.GOOS == "windows" {
			binary += ".exe"
		}
		if out, err := exec.Command("go", "build", "-o", binary, "../cmd/zoo").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// outcome is what a command has printed and its exit status.
type outcome struct {
	out, err string
	status   int
}

// command runs zoo in a folder.
func command(t *testing.T, dir string, args ...string) outcome {
	t.Helper()
	return start(t, exec.Command(binary, args...), dir, "")
}

func start(t *testing.T, cmd *exec.Cmd, dir, in string) outcome {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, strings.NewReader(in), &out, &errOut
	err := cmd.Run()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatal(err)
	}
	return outcome{out.String(), errOut.String(), cmd.ProcessState.ExitCode()}
}

// done fails the test unless the command has succeeded.
func (o outcome) done(t *testing.T) outcome {
	t.Helper()
	if o.status != statusDone {
		t.Fatalf("exit status %d: %s", o.status, o.err)
	}
	return o
}

// contains fails the test unless text holds all the parts.
func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("there is no %q in:\n%s", p, text)
		}
	}
}

// events parses JSON lines.
func events(t *testing.T, text string) []map[string]any {
	t.Helper()
	var list []map[string]any
	for line := range strings.Lines(text) {
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v in the line %q", err, line)
		}
		list = append(list, e)
	}
	return list
}

// hasFields fails the test unless an object has just these fields.
func hasFields(t *testing.T, object any, names ...string) {
	t.Helper()
	got := slices.Sorted(maps.Keys(object.(map[string]any)))
	if want := slices.Sorted(slices.Values(names)); !slices.Equal(got, want) {
		t.Errorf("the fields are %v; want %v", got, want)
	}
}

// trained returns a folder with the run lstm-airline-1 below runs.
func trained(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	command(t, dir, "run", "lstm", "airline", "--epochs", "2", "--quiet").done(t)
	return dir
}

// write makes a file.
func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// days is a CSV of so many days with a value from a function.
func days(n int, value func(i int) string) string {
	var b strings.Builder
	b.WriteString("date,sales\n")
	for i := range n {
		fmt.Fprintf(&b, "%s,%s\n", time.Date(2024, 1, 1+i, 0, 0, 0, 0, time.UTC).Format("2006-01-02"), value(i))
	}
	return b.String()
}

func number(i int) string { return fmt.Sprint(100 + i%7) }

// parameters returns the number of parameters of a model for airline.
func parameters(t *testing.T, model string) float64 {
	t.Helper()
	e, err := zoo.New(zoo.Defaults(model, "airline"))
	if err != nil {
		t.Fatal(err)
	}
	return float64(e.Parameters())
}

func TestModels(t *testing.T) {
	t.Parallel()
	text := command(t, "", "models").done(t).out
	contains(t, text, "rnn ", "lstm ", "gru ", "birnn ", "bilstm ", "bigru ", "sees the future")
	list := events(t, command(t, "", "models", "--json").done(t).out)
	if len(list) != 6 {
		t.Fatalf("%d models; want 6", len(list))
	}
	hasFields(t, list[0], "event", "name", "title", "parameters", "cannot")
	if list[0]["name"] != "rnn" || list[1]["name"] != "lstm" || list[1]["parameters"] != parameters(t, "lstm") {
		t.Errorf("the first models are %v and %v", list[0], list[1])
	}
}

func TestDatasets(t *testing.T) {
	t.Parallel()
	contains(t, command(t, "", "datasets").done(t).out, "airline ", "co2 ", "sunspots ", "temperatures ", "144 months", "embedded", "public domain")
	list := events(t, command(t, "", "datasets", "--json").done(t).out)
	if len(list) < 4 {
		t.Fatalf("%d datasets", len(list))
	}
	hasFields(t, list[0], "event", "name", "title", "task", "kind", "size", "licence", "source", "where")
}

func TestVersionAndHelp(t *testing.T) {
	t.Parallel()
	contains(t, command(t, "", "--version").done(t).out, "zoo ", runtime.Version())
	contains(t, command(t, "").done(t).out, "run ", "predict ", "graph ")
	contains(t, command(t, "", "help", "run").done(t).out, "--hidden")
	for _, dataset := range []string{"", "airline"} {
		width := fmt.Sprintf("width of the hidden state (default %d)", zoo.Defaults("lstm", dataset).Hidden)
		contains(t, command(t, "", "run", "lstm", dataset, "--help").done(t).out, width, "0 is none (default 0)")
	}
}

func TestRunForAPerson(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := command(t, dir, "run", "lstm", "airline", "--epochs", "20").done(t)
	run := filepath.Join("runs", "lstm-airline-1")
	contains(t, o.out, " parameters; ", " examples to train", "rmse", "smape", "lstm ", "growth ", "seasonal ", "persistence ", "48.04", "best", run, "zoo predict "+run)
	if n := strings.Count(o.err, "\n"); n != 10 || !strings.Contains(o.err, "epoch 20/20  loss ") || strings.Contains(o.err, "\r") {
		t.Errorf("the progress is %d lines; want 10:\n%s", n, o.err)
	}
	if quiet := command(t, dir, "run", "lstm", "airline", "--epochs", "2", "--quiet").done(t); quiet.err != "" {
		t.Errorf("--quiet prints %q on standard error", quiet.err)
	}
	if _, err := os.Stat(filepath.Join(dir, "runs", "lstm-airline-2", "weights.safetensors")); err != nil {
		t.Error(err)
	}
}

func TestRunForAProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := command(t, dir, "run", "lstm", "airline", "--epochs", "3", "--json", "--seed", "7", "--threads", "1", "--out", "kept").done(t)
	list := events(t, o.out)
	if len(list) != 5 {
		t.Fatalf("%d events; want a start, 3 epochs and a result:\n%s", len(list), o.out)
	}
	first, epoch, result := list[0], list[3], list[4]
	hasFields(t, first, "event", "model", "dataset", "task", "parameters", "examples", "seed", "threads")
	hasFields(t, first["examples"], "train", "valid", "test")
	hasFields(t, epoch, "event", "epoch", "train_loss", "valid_loss", "metrics", "seconds", "tokens_per_second")
	hasFields(t, epoch["metrics"], "rmse", "mae", "mse", "smape", "mase")
	hasFields(t, result, "event", "metrics", "baselines", "intervals", "epochs", "seconds", "run")
	hasFields(t, result["metrics"], "rmse", "mae", "mse", "smape", "mase", "coverage80", "coverage95")
	hasFields(t, result["baselines"], "persistence", "seasonal", "growth", "drift", "naive2", "theta", "holt-winters")
	hasFields(t, result["baselines"].(map[string]any)["seasonal"], "rmse", "mae", "mse", "smape", "mase")
	for _, c := range []struct{ got, want any }{
		{first["event"], "start"}, {first["model"], "lstm"}, {first["dataset"], "airline"}, {first["task"], "forecast"}, {first["parameters"], parameters(t, "lstm")},
		{first["seed"], 7.0}, {first["threads"], 1.0}, {epoch["event"], "epoch"}, {epoch["epoch"], 3.0},
		{result["event"], "result"}, {result["epochs"], 3.0}, {result["run"], filepath.Join("kept", "lstm-airline-1")},
	} {
		if c.got != c.want {
			t.Errorf("a field is %v; want %v:\n%s", c.got, c.want, o.out)
		}
	}
	contains(t, o.err, "epoch 3/3")
}

func TestSameSeedSameResult(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	result := func(args ...string) string {
		o := command(t, dir, append([]string{"run", "gru", "airline", "--epochs", "3", "--dropout", "0.1", "--layers", "2", "--quiet", "--json"}, args...)...).done(t)
		list := events(t, o.out)
		r := list[len(list)-1]
		delete(r, "seconds")
		delete(r, "run")
		return fmt.Sprint(r)
	}
	if a, b := result("--seed", "3"), result("--seed", "3"); a != b {
		t.Errorf("the same seed gives\n%s\n%s", a, b)
	}
	if a, b := result("--seed", "3"), result("--seed", "4"); a == b {
		t.Error("another seed gives the same result")
	}
}

func TestRunTakesEveryFlag(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "shop.csv", "kind,a,b,c\n"+strings.Repeat("1.5,2,x,3\n2.5,,x,4\n3.5,5,x,5\n", 40))
	command(t, dir, "run", "gru", "csv:shop.csv", "--epochs", "1", "--batch", "8", "--accumulate", "3", "--ema", "0.9", "--hidden", "5", "--layers", "2", "--dropout", "0.1", "--recurrent-dropout", "0.1",
		"--weight-drop", "0.3", "--layer-norm", "--lr", "0.01", "--optimizer", "adamw", "--weight-decay", "0.01", "--clip", "0.5", "--schedule", "cosine", "--patience", "2", "--seed", "9",
		"--threads", "1", "--limit", "30", "--window", "6", "--horizon", "2", "--lag", "3", "--difference", "0", "--log", "--every-step", "--loss", "huber",
		"--columns", "c,a", "--period", "3", "--fill", "previous", "--quiet").done(t)
	data, err := os.ReadFile(filepath.Join(dir, "runs", "gru-shop-1", "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]any
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintln(c["hidden"], c["layers"], c["dropout"], c["recurrent_dropout"], c["weight_drop"], c["layer_norm"], c["epochs"], c["batch"], c["accumulate"], c["ema"], c["lr"], c["optimizer"], c["weight_decay"],
		c["clip"], c["schedule"], c["patience"], c["seed"], c["limit"], c["data"])
	if want := "5 2 0.1 0.1 0.3 true 1 8 3 0.9 0.01 adamw 0.01 0.5 cosine 2 9 30 map[columns:[c a] fill:previous period:3]\n"; got != want {
		t.Errorf("the configuration is\n%s; want\n%s", got, want)
	}
	f := c["options"].(map[string]any)
	if got, want := fmt.Sprintln(f["window"], f["horizon"], f["lag"], f["difference"], f["log"], f["every_step"], f["loss"]), "6 2 3 0 true true huber\n"; got != want {
		t.Errorf("the forecast is %s; want %s", got, want)
	}
	text := command(t, dir, "predict", "gru-shop-1", "--steps", "3").done(t).out
	if fields := strings.Fields(strings.Split(text, "\n")[0]); !slices.Equal(fields, []string{"step", "c", "a"}) && !slices.Equal(fields, []string{"time", "c", "a"}) {
		t.Errorf("the header is %q", fields)
	}
}

func TestFlagsThatAreNotGivenStayTheDefaultsOfTheDataset(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	command(t, dir, "run", "rnn", "airline", "--epochs", "1", "--log=false", "--quiet").done(t)
	data, err := os.ReadFile(filepath.Join(dir, "runs", "rnn-airline-1", "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	contains(t, string(data), fmt.Sprintf(`"hidden": %d`, zoo.Defaults("rnn", "airline").Hidden), `"lag": 12`, `"log": false`)
}

func TestEval(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	trainedResult := events(t, command(t, dir, "run", "lstm", "airline", "--epochs", "2", "--quiet", "--json").done(t).out)
	result := trainedResult[len(trainedResult)-1]
	v := events(t, command(t, dir, "eval", "lstm-airline-1", "--json").done(t).out)[0]
	hasFields(t, v, "event", "model", "dataset", "split", "metrics", "baselines", "intervals", "run")
	if fmt.Sprint(v["metrics"], v["baselines"]) != fmt.Sprint(result["metrics"], result["baselines"]) {
		t.Errorf("the kept run has the metrics %v; after training they were %v", v["metrics"], result["metrics"])
	}
	for _, split := range []string{"train", "valid", "test"} {
		contains(t, command(t, dir, "eval", filepath.Join("runs", "lstm-airline-1"), "--split", split).done(t).out, "the "+split+" part", "rmse", "lstm", "persistence")
	}
}

func TestPredict(t *testing.T) {
	t.Parallel()
	dir := trained(t)
	lines := strings.Split(command(t, dir, "predict", "lstm-airline-1", "--steps", "2").done(t).out, "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[0], "time") || !strings.HasPrefix(lines[1], "1961-01") || !strings.HasPrefix(lines[2], "1961-02") {
		t.Errorf("the forecast is\n%s", strings.Join(lines, "\n"))
	}
	v := events(t, command(t, dir, "predict", "lstm-airline-1", "--json").done(t).out)[0]
	hasFields(t, v, "event", "step", "time", "values")
	hasFields(t, v["values"], "passengers")
	if v["event"] != "prediction" || v["step"] != 1.0 || v["time"] != "1961-01" {
		t.Errorf("the event is %v", v)
	}
	// A history of one's own, from a file and from standard input, whatever its column is called.
	history := days(40, number)
	write(t, dir, "sales.csv", history)
	file := command(t, dir, "predict", "lstm-airline-1", "sales.csv", "--steps", "3").done(t).out
	contains(t, file, "2024-02-10", "2024-02-12")
	if piped := start(t, exec.Command(binary, "predict", "lstm-airline-1", "-", "--steps", "3"), dir, history).done(t).out; piped != file {
		t.Errorf("standard input gives\n%s\na file\n%s", piped, file)
	}
}

// classified returns a folder with the run gru-phrases-1 below runs, and the events of its training.
func classified(t *testing.T) (dir string, list []map[string]any) {
	t.Helper()
	dir = t.TempDir()
	o := command(t, dir, "run", "gru", "phrases", "--epochs", "4", "--hidden", "16", "--quiet", "--json").done(t)
	return dir, events(t, o.out)
}

func TestClassify(t *testing.T) {
	t.Parallel()
	dir, list := classified(t)
	first, epoch, result := list[0], list[1], list[len(list)-1]
	if first["task"] != "classify" || first["classes"] != 2.0 || fmt.Sprint(first["examples"]) != "map[test:2000 train:8000 valid:1000]" {
		t.Errorf("the start is %v", first)
	}
	hasFields(t, epoch["metrics"], "accuracy", "f1", "loss")
	hasFields(t, result, "event", "metrics", "baselines", "confusion", "report", "epochs", "seconds", "run")
	hasFields(t, result["report"], "classes", "macro", "weighted")
	hasFields(t, result["metrics"], "accuracy", "f1", "loss")
	hasFields(t, result["baselines"], "majority", "bag-of-words")
	hasFields(t, result["confusion"], "classes", "counts")
	v := events(t, command(t, dir, "eval", "gru-phrases-1", "--json").done(t).out)[0]
	if fmt.Sprint(v["metrics"], v["baselines"], v["confusion"], v["report"]) != fmt.Sprint(result["metrics"], result["baselines"], result["confusion"], result["report"]) {
		t.Errorf("the kept run has %v; after training it was %v", v, result)
	}
	contains(t, command(t, dir, "eval", "gru-phrases-1", "--split", "valid").done(t).out, "accuracy", "f1", "loss", "gru", "majority", "50.00 %", "bag-of-words", `true \ predicted`, "negative",
		"precision", "recall", "support", "macro average", "weighted average")

	text := command(t, dir, "predict", "gru-phrases-1", "the film is not bad.").done(t).out
	if label, rest, _ := strings.Cut(text, "\t"); label != "positive" && label != "negative" || !strings.HasPrefix(rest, label+" ") || !strings.HasSuffix(rest, " %\n") || strings.Count(rest, "%") != 2 {
		t.Errorf("a sentence is %q", text)
	}
	lines := "the film is not bad.\nthe plot was hardly great.\nthe music is très bien 🙂\n"
	piped := start(t, exec.Command(binary, "predict", "gru-phrases-1", "-", "--json"), dir, lines).done(t).out
	all := events(t, piped)
	if len(all) != 3 || all[2]["text"] != "the music is très bien 🙂" {
		t.Fatalf("three lines are\n%s", piped)
	}
	hasFields(t, all[0], "event", "text", "label", "probabilities")
	hasFields(t, all[0]["probabilities"], "negative", "positive")
	if !strings.HasPrefix(text, all[0]["label"].(string)) {
		t.Errorf("a sentence is %s, and as a line %v", text, all[0])
	}
	if last := start(t, exec.Command(binary, "predict", "gru-phrases-1", "-"), dir, "not bad\nnot good").done(t).out; strings.Count(last, "\n") != 2 {
		t.Errorf("two lines, the last without an end, are\n%s", last)
	}

	command(t, dir, "predict", "gru-phrases-1").failed(t, statusUsage, "a text", "-")
	command(t, dir, "predict", "gru-phrases-1", "x", "--steps", "3").failed(t, statusUsage, "--steps", "forecast", "classify")
	command(t, dir, "predict", "gru-phrases-1", " ").failed(t, statusFailed, "empty")
	start(t, exec.Command(binary, "predict", "gru-phrases-1", "-"), dir, "").failed(t, statusFailed, "standard input is empty")
	o := start(t, exec.Command(binary, "predict", "gru-phrases-1", "-"), dir, "good\n\nbad\n").done(t)
	if lines := strings.Split(o.out, "\n"); len(lines) != 4 || lines[1] != "\t" || o.err != "standard input: 1 text is empty and has no label, the first on line 2\n" {
		t.Errorf("three lines, one empty, are\n%swith the notice %s", o.out, o.err)
	}
}

func TestClassifyForAPerson(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var reviews strings.Builder
	reviews.WriteString("id,review,stars\n")
	for i := range 40 {
		fmt.Fprintf(&reviews, "1,so good a film %[1]d,5\n2,so bad a film %[1]d,1\n3,not good at all %[1]d,1\n4,not bad at all %[1]d,5\n5,a film %[1]d,3\n", i)
	}
	write(t, dir, "reviews.csv", reviews.String())
	write(t, dir, "vectors.txt", "good 1 0 0 0\nbad 0 1 0 0\n")
	o := command(t, dir, "run", "bilstm", "csv:reviews.csv", "--text", "review", "--label", "stars", "--epochs", "2", "--hidden", "4", "--limit", "30", "--tokenizer", "words",
		"--cased", "--vocabulary", "50", "--min-count", "2", "--max-tokens", "20", "--vectors", "vectors.txt", "--embedding-dropout", "0.1",
		"--word-dropout", "0.1", "--output-dropout", "0.1", "--pooling", "attention", "--class-weights", "balanced", "--encoding", "utf-8").done(t)
	contains(t, o.out, "bilstm on csv:reviews.csv (classify)", "; 3 classes; 30 examples to train", "accuracy", "bag-of-words", `true \ predicted  1`, "zoo predict "+filepath.Join("runs", "bilstm-reviews-1")+` "a film `)
	contains(t, o.err, "accuracy ")
	data, err := os.ReadFile(filepath.Join(dir, "runs", "bilstm-reviews-1", "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	contains(t, string(data), `"task": "classify"`, `"text": "review"`, `"label": "stars"`, `"cased": true`, `"vocabulary": 50`, `"min_count": 2`, `"max_tokens": 20`, `"embedding": 4`,
		`"vectors": "vectors.txt"`, `"embedding_dropout": 0.1`, `"word_dropout": 0.1`, `"output_dropout": 0.1`, `"pooling": "attention"`, `"class_weights": "balanced"`)
	if err := os.Remove(filepath.Join(dir, "vectors.txt")); err != nil { // the embeddings are in the weights
		t.Fatal(err)
	}
	contains(t, command(t, dir, "predict", "bilstm-reviews-1", "not good").done(t).out, "1 ", "3 ", "5 ")
	contains(t, command(t, dir, "run", "lstm", "phrases", "--help").done(t).out, fmt.Sprintf("width of the hidden state (default %d)", zoo.Defaults("lstm", "phrases").Hidden),
		"--pooling", "(default max)")
}

// TestHint pastes what a run says to go on with into bash: a text of the run's own data, whatever is in it.
func TestHint(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	for name, c := range map[string]struct {
		texts    [2]string // with %d in each
		run      []string
		wantHint string
	}{
		"texts":    {[2]string{`it's $HOME "so" good! %d`, `it's $HOME "so" bad! %d`}, []string{"lstm", "csv:my data.csv", "--text", "text", "--label", "label"}, `'it'\''s $HOME "so" `},
		"long":     {[2]string{strings.Repeat("-- `good`\n;", 40) + "%d", strings.Repeat("-- `bad` \n;", 40) + "%d"}, []string{"lstm", "csv:my data.csv", "--text", "text", "--label", "label"}, "'`"},
		"built in": {run: []string{"lstm", "phrases", "--limit", "100"}, wantHint: `"the `},
		"pairs":    {[2]string{"a dog & $(id) %d\tein Hund", "a cat & $(mouse) %d\teine Katze"}, []string{"gru", "tsv:my data.csv", "--tokenizer", "words"}, `'a dog & $(id) `},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var file strings.Builder
			table := !strings.HasPrefix(c.run[1], "tsv:")
			if table {
				file.WriteString("text,label\n")
			}
			for i := range 40 {
				for k, s := range c.texts {
					if s = fmt.Sprintf(s, i); table {
						s = fmt.Sprintf("\"%s\",%d", strings.ReplaceAll(s, `"`, `""`), k)
					}
					file.WriteString(s + "\n")
				}
			}
			write(t, dir, "my data.csv", file.String())
			o := command(t, dir, append(append([]string{"run"}, c.run...), "--epochs", "1", "--hidden", "4", "--out", "my runs", "--quiet")...).done(t)
			_, hint, _ := strings.Cut(o.out, "\nGo on with: zoo predict ")
			hint, rest, _ := strings.Cut(hint, "\n")
			if rest != "" || !strings.HasPrefix(hint, `"my runs/`) || !strings.Contains(hint, `" `+c.wantHint) || len([]rune(hint)) > 100 {
				t.Fatalf("the hint is %s, and behind it stands %q", hint, rest)
			}
			cmd := exec.Command(bash, "-c", "zoo predict "+hint)
			cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(binary)+string(filepath.ListSeparator)+os.Getenv("PATH"))
			if got := start(t, cmd, dir, "").done(t); strings.Count(got.out, "\n") != 1 || got.err != "" {
				t.Errorf("zoo predict %s gives %q and %q", hint, got.out, got.err)
			}
			// Without a text the kept run still knows one of its own.
			run, example, _ := strings.Cut(hint, `" `)
			command(t, dir, "predict", strings.TrimPrefix(run, `"`)).failed(t, statusUsage, "want a text, such as "+example)
		})
	}
}

func TestGraph(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	contains(t, command(t, dir, "graph", "lstm").done(t).out, "digraph", `"layer 0, t = 0"`, "weight_ih_l0", "σ")
	contains(t, command(t, dir, "graph", "bigru", "--steps", "2", "--layers", "2", "--hidden", "5", "--input", "7", "--batch", "1").done(t).out,
		`"layer 1, backwards, t = 1"`, `"weight_ih_l0\n[15, 7]"`, `"x\n[2, 1, 7]"`)
	command(t, dir, "graph", "rnn", "--grad", "--out", "rnn.dot").done(t)
	data, err := os.ReadFile(filepath.Join(dir, "rnn.dot"))
	if err != nil {
		t.Fatal(err)
	}
	contains(t, string(data), "∂loss/∂weight_hh_l0")

	// Pictures need nothing that a new machine lacks.
	for _, args := range [][]string{{"lstm", "--out", "lstm.svg"}, {"bigru", "--steps", "3", "--out", "bigru.PNG"}, {"lstm", "--steps", "2", "--grad", "--out", "grad.svg"}} {
		cmd := exec.Command(binary, append([]string{"graph"}, args...)...)
		cmd.Env = []string{"PATH="}
		start(t, cmd, dir, "").done(t)
	}
	for file, parts := range map[string][]string{"lstm.svg": {"<svg", "layer 0, t = 0", "weight_ih_l0"}, "bigru.PNG": {"\x89PNG"}, "grad.svg": {"layer 0, t = 1, adjoints"}} {
		if data, err = os.ReadFile(filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
		}
		contains(t, string(data), parts...)
	}
	o := command(t, dir, "graph", "lstm", "--steps", "200", "--out", "long.svg")
	if o.status != statusFailed || strings.Count(o.err, "\n") != 1 {
		t.Errorf("exit status %d: %s", o.status, o.err)
	}
	contains(t, o.err, "at most 2000", "DOT")
}

func TestPredictSeveralVariables(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rows := func(from, to int) string {
		var b strings.Builder
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, "%d-01-31;%d;%d.5;text\n", 1900+i, 100+i%7, 20+i%5)
		}
		return b.String()
	}
	write(t, dir, "shop.csv", "Date;Visitors;Revenue;Note\n"+rows(0, 80))
	command(t, dir, "run", "rnn", "csv:shop.csv", "--epochs", "1", "--quiet").done(t)
	want := command(t, dir, "predict", "rnn-shop-1", "--steps", "2").done(t).out
	if lines := strings.Split(want, "\n"); !slices.Equal(strings.Fields(lines[0]), []string{"time", "Visitors", "Revenue"}) || !strings.HasPrefix(lines[2], "1981-01-31 ") {
		t.Errorf("the forecast is\n%s", want)
	}
	// The end of the file by itself has no header; with one, other columns may stand beside those that are needed.
	for name, history := range map[string]string{
		"no header":     rows(40, 80),
		"other columns": "Date;Visitors;Revenue;Note;Extra\n" + strings.ReplaceAll(rows(40, 80), "text\n", "text;7\n"),
	} {
		if got := start(t, exec.Command(binary, "predict", "rnn-shop-1", "-", "--steps", "2"), dir, history).done(t).out; got != want {
			t.Errorf("%s: the forecast is\n%s; want\n%s", name, got, want)
		}
	}
	write(t, dir, "other.csv", "Date;Visitors;Sales\n1900-01-31;1;2\n1901-01-31;1;2\n")
	command(t, dir, "predict", "rnn-shop-1", "other.csv").failed(t, statusFailed, "other.csv", `"Revenue"`)
}

func TestTranslate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	list := events(t, command(t, dir, "run", "gru", "dates", "--epochs", "3", "--hidden", "32", "--quiet", "--json").done(t).out)
	first, epoch, result := list[0], list[1], list[len(list)-1]
	if first["task"] != "translate" || fmt.Sprint(first["examples"]) != "map[test:1000 train:10000 valid:1000]" {
		t.Errorf("the start is %v", first)
	}
	hasFields(t, epoch["metrics"], "bleu", "chrf", "exact", "perplexity", "loss")
	hasFields(t, result["metrics"], "bleu", "chrf", "exact", "perplexity", "loss")
	hasFields(t, result["baselines"], "copy", "words")
	contains(t, command(t, dir, "eval", "gru-dates-1", "--split", "valid", "--beam", "2").done(t).out, "bleu", "chrf", "exact", "perplexity", "copy", "words", "–")

	lines := "1984-05-03\n\n2012-12-24\n"
	text := start(t, exec.Command(binary, "predict", "gru-dates-1", "-"), dir, lines).done(t).out
	if got := strings.Split(text, "\n"); len(got) != 4 || got[1] != "" || len(got[0]) < 5 || len(got[2]) < 5 {
		t.Errorf("lines are %q", got)
	}
	one := command(t, dir, "predict", "gru-dates-1", "1984-05-03", "2012-12-24").done(t).out
	if one+"\n" != strings.Replace(text, "\n\n", "\n", 1)+"\n" {
		t.Errorf("as arguments they are %q", one)
	}
	contains(t, command(t, dir, "predict", "gru-dates-1", "3 May 1984", "--beam", "3", "--attention").done(t).out, "<eos>", "␣")
	v := events(t, command(t, dir, "predict", "gru-dates-1", "3 May 1984", "--attention", "--json").done(t).out)[0]
	hasFields(t, v, "event", "text", "translation", "score", "alignment")
	hasFields(t, v["alignment"], "source", "target", "weights")
	command(t, dir, "predict", "gru-dates-1", "3 <May> 1984", "--attention=a.svg").done(t)
	picture, err := os.ReadFile(filepath.Join(dir, "a.svg"))
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(picture, new(struct{ XMLName xml.Name })); err != nil {
		t.Errorf("the picture: %v", err)
	}
	contains(t, string(picture), "<svg", "&lt;", "&lt;eos&gt;", "</svg>")
	command(t, dir, "predict", "gru-dates-1", "3 May 1984", "--attention=a.png").done(t)
	if picture, err = os.ReadFile(filepath.Join(dir, "a.png")); err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(picture)); err != nil {
		t.Errorf("the picture: %v", err)
	}
	command(t, dir, "predict", "gru-dates-1", "x", "--attention=a.jpg").failed(t, statusUsage, "a.jpg", ".svg or .png")
	command(t, dir, "predict", "gru-dates-1", "x", "y", "--attention=b.svg").failed(t, statusUsage, "b.svg", "one text")
	command(t, dir, "predict", "gru-dates-1", "x", "--beam", "0").failed(t, statusUsage, "--beam 0", "at least 1")
	command(t, dir, "predict", "gru-dates-1", "x", "--steps", "3").failed(t, statusUsage, "--steps", "forecast", "translate")
	command(t, dir, "predict", "gru-dates-1").failed(t, statusUsage, "text")
}

// TestTranslateFiles gives the command files of pairs, good and bad.
func TestTranslateFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := strings.Repeat("x ", 1000) + "\tlong\n"
	for i := range 40 {
		good += fmt.Sprintf("caf\xe9 %d\tkaffee %d\n", i, i)
	}
	write(t, dir, "good.tsv", good)
	write(t, dir, "half.tsv", "a\tb\n\nc\n")
	flags := []string{"--epochs", "1", "--hidden", "4", "--embedding", "4", "--tokenizer", "bpe:20", "--shared", "--quiet"}
	run := func(file string, more ...string) outcome {
		return command(t, dir, append(append([]string{"run", "bigru", "tsv:" + file}, flags...), more...)...)
	}
	contains(t, run("good.tsv", "--encoding", "latin1", "--feed", "none", "--smoothing", "0.1", "--teacher", "exponential:0.9", "--penalty", "0.5", "--cased").done(t).out, "bigru on tsv:good.tsv (translate)", "bleu")
	run("good.tsv").failed(t, statusFailed, "good.tsv: line 2 is not UTF-8", "(--encoding latin1)")
	run("half.tsv").failed(t, statusFailed, "half.tsv: line 3: there is no tab")
	run("none.tsv").failed(t, statusFailed, "none.tsv")
}
