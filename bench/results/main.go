// Command results runs the table of docs/results.md again: each row is a zoo run with its default flags, for one seed or three.
//
//	go run ./bench/results [NAME…]        all rows, or those of the models and datasets that are named
//
// It needs the corpora: ZOO_DATA names a folder of them, and what is not there is fetched. A row's own lines in the file are
// replaced as soon as its runs are done, so that an end half-way loses nothing.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
)

// row is a line of the table.
type row struct {
	model, dataset string
	metric         string // the one that is shown
	scale          float64
	unit           string
	published      string
	seeds          []int
	more           []string // flags, where the defaults are of another task
	places         int      // behind the point; 0 means 2
}

const bleu = "bleu"

// rows are the table.
func rows() []row {
	one, three := []int{1}, []int{1, 2, 3}
	accuracy := func(model, dataset, published string) row {
		return row{model: model, dataset: dataset, metric: "accuracy", scale: 100, unit: " %", published: published, seeds: three}
	}
	exact := func(model, dataset string) row {
		return row{model: model, dataset: dataset, metric: "exact", scale: 100, unit: " %", published: "–", seeds: one}
	}
	translation := func(model, dataset, published string) row {
		return row{model: model, dataset: dataset, metric: bleu, scale: 1, unit: " BLEU", published: published, seeds: one}
	}
	text := func(dataset, metric, unit string, places int, published string, more ...string) row {
		return row{model: "lstm", dataset: dataset, metric: metric, scale: 1, unit: unit, published: published, seeds: one, more: more, places: places}
	}
	series := func(model, dataset, metric, unit, published string, more ...string) row {
		return row{model: model, dataset: dataset, metric: metric, scale: 1, unit: unit, published: published, seeds: one, more: more, places: 4}
	}
	var list []row
	for _, m := range []string{"rnn", "lstm", "gru", "birnn", "bilstm", "bigru"} {
		list = append(list, accuracy(m, "phrases", "–"))
	}
	for _, dataset := range []string{"dates", "numbers-en-fr", "numbers-en-de"} {
		for _, m := range []string{"rnn", "lstm", "gru", "birnn", "bilstm", "bigru"} {
			list = append(list, exact(m, dataset))
		}
	}
	return append(list,
		accuracy("lstm", "imdb", "86.2 % (Keras model card)"),
		accuracy("bilstm", "imdb", "87.8 % (bentrevett)"),
		accuracy("bilstm", "names", "80.0 % in PyTorch, one seed"),
		accuracy("bilstm", "sst2", "80–82 % from scratch; 87.2 % with vectors (Tai et al. 2015)"),
		accuracy("bilstm", "sst5", "40 % from scratch; 48.5 % with vectors (Tai et al. 2015)"),
		accuracy("bilstm", "uci-sentiment", "–"),
		translation("bigru", "multi30k-de-en", "39.5 in PyTorch, the same recipe"),
		translation("bigru", "multi30k-en-de", "–"),
		translation("bigru", "multi30k-en-fr", "–"),
		text("shakespeare", "nats", " nats", 3, "1.548 (minGRU, Feng et al. 2024), on other parts"),
		text("names", "nats", " nats", 3, "2.090 in PyTorch, on other parts", "--task=generate"),
		text("ptb", "perplexity", " perplexity", 2, "115.9 (Zaremba et al. 2014, small), 82.7 (medium)"),
		text("ptb-chars", "bits", " bits", 3, "1.36 (LSTM of 1,000 units, Cooijmans et al. 2017)"),
		series("gru", "etth1", "mse", " MSE", "0.0255 in PyTorch; 0.114 (LSTMa, Zhou et al. 2021)", "--columns=OT"),
		series("gru", "etth1", "mse", " MSE", "0.0634 in PyTorch; 0.236 (LSTMa)", "--columns=OT", "--horizon=168"),
		series("gru", "etth1", "mse", " MSE", "0.4034 in PyTorch; 0.650 (LSTMa)"),
		series("gru", "etth1", "mse", " MSE", "0.4160 in PyTorch; 1.212 (LSTMa)", "--horizon=168"),
		series("gru", "m4-hourly", "owa", " OWA", "0.440 (ES-RNN, Smyl 2020)"),
		series("lstm", "temperatures", "rmse", " RMSE", "–"),
		series("lstm", "sunspots", "rmse", " RMSE", "–"),
		series("lstm", "co2", "rmse", " RMSE", "–"),
		row{model: "gru", dataset: "ecg5000", metric: "f1", scale: 100, unit: " % F1", published: "96.34 % in PyTorch, lstm", seeds: three},
		row{model: "bigru", dataset: "ecg5000", metric: "accuracy", scale: 100, unit: " %", published: "98.38 % in PyTorch", seeds: three, more: []string{"--task=recognise"}},
		row{model: "gru", dataset: "nab", metric: "f1", scale: 100, unit: " % F1", published: "–", seeds: three},
		row{model: "gru", dataset: "adding", metric: "loss", scale: 1e5, unit: " · 10⁻⁵", published: "5.3 · 10⁻⁵, gru (Bai et al. 2018)", seeds: one},
		row{model: "gru", dataset: "copy", metric: "loss", scale: 1e5, unit: " · 10⁻⁵", published: "–", seeds: one},
		row{model: "lstm", dataset: "rows-mnist", metric: "accuracy", scale: 100, unit: " %", published: "98.87 % in PyTorch, gru", seeds: one},
		row{model: "gru", dataset: "smnist", metric: "accuracy", scale: 100, unit: " %", published: "96.2 % (Bai et al. 2018)", seeds: one},
		row{model: "gru", dataset: "psmnist", metric: "accuracy", scale: 100, unit: " %", published: "87.3 % (Bai et al. 2018)", seeds: one},
		row{model: "gru", dataset: "stocks", metric: "sharpe", scale: 1, unit: " Sharpe", published: "–", seeds: three},
		row{model: "gru", dataset: "stocks-sp500", metric: "sharpe", scale: 1, unit: " Sharpe", published: "–", seeds: three},
	)
}

// file holds the table, between lines that begin and end it.
const (
	file  = "docs/results.md"
	begin = "<!-- make results writes from here -->"
	end   = "<!-- to here -->"
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "results:", err)
		os.Exit(1)
	}
}

func run(names []string, progress io.Writer) error {
	dir, err := os.MkdirTemp("", "zoo-results-*")
	if err != nil {
		return errors.WithStack(err)
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "zoo")
	if out, err := exec.Command("go", "build", "-o", binary, "./cmd/zoo").CombinedOutput(); err != nil {
		return errors.Errorf("go build ./cmd/zoo: %v: %s", err, out)
	}
	for _, r := range rows() {
		if len(names) > 0 && !slices.Contains(names, r.model) && !slices.Contains(names, r.dataset) {
			continue
		}
		var all []outcome
		for _, seed := range r.seeds {
			fmt.Fprintf(progress, "%s, seed %d\n", r.command(), seed)
			o, err := train(binary, filepath.Join(dir, "runs"), r, seed, progress)
			if err != nil {
				return err
			}
			all = append(all, o)
		}
		if err := record(r.key(), r.line(all)); err != nil {
			return err
		}
	}
	return nil
}

// outcome is what one run has said.
type outcome struct {
	Parameters int
	Metrics    map[string]float64
	Baselines  map[string]map[string]float64
	Epochs     int
	Seconds    float64
	Run        string
	Greedy     float64 // BLEU of greedy search, where the metric is that of a beam
}

// train runs the command of a row with a seed.
func train(binary, out string, r row, seed int, progress io.Writer) (outcome, error) {
	o, err := parsed(progress, binary, append([]string{"run", r.model, r.dataset, "--seed", fmt.Sprint(seed), "--out", out, "--json"}, r.more...)...)
	if err != nil || r.metric != bleu {
		return o, err
	}
	greedy, err := parsed(progress, binary, "eval", o.Run, "--beam", "1", "--json")
	o.Greedy = greedy.Metrics[bleu]
	return o, err
}

// parsed runs a command and returns what its events say.
func parsed(progress io.Writer, command string, args ...string) (outcome, error) {
	cmd := exec.Command(command, args...)
	var events bytes.Buffer
	cmd.Stdout, cmd.Stderr = &events, progress
	if err := cmd.Run(); err != nil {
		return outcome{}, errors.Errorf("zoo %s: %v", strings.Join(args, " "), err)
	}
	return parse(&events)
}

// parse reads the events of a run: its fields come from the first and the last.
func parse(events io.Reader) (o outcome, err error) {
	for d := json.NewDecoder(events); ; {
		if err := d.Decode(&o); err == io.EOF {
			return o, nil
		} else if err != nil {
			return o, errors.WithStack(err)
		}
	}
}

func (r row) command() string {
	return strings.Join(append([]string{"zoo run", r.model, r.dataset}, r.more...), " ")
}

// key is how the line of a row begins.
func (r row) key() string { return fmt.Sprintf("| `%s` |", r.command()) }

const header = `| command | seeds | parameters | result: median (all) | rivals | published | seconds a run |
| --- | --- | --- | --- | --- | --- | --- |
`

// line returns the line of a row.
func (r row) line(all []outcome) string {
	var values, seconds []float64
	var shown []string
	for _, o := range all {
		values, seconds = append(values, o.Metrics[r.metric]), append(seconds, o.Seconds)
		shown = append(shown, r.number(o.Metrics[r.metric]))
	}
	var rivals []string
	for _, name := range slices.Sorted(maps.Keys(all[0].Baselines)) {
		var theirs []float64
		for _, o := range all {
			theirs = append(theirs, o.Baselines[name][r.metric])
		}
		rivals = append(rivals, fmt.Sprintf("%s %s%s", name, r.number(median(theirs)), r.unit))
	}
	more := strings.Join(shown, ", ")
	if r.metric == bleu {
		more = fmt.Sprintf("greedy %.2f, perplexity %.2f", all[0].Greedy, all[0].Metrics["perplexity"])
	}
	return fmt.Sprintf("%s %s | %d | **%s%s** (%s) | %s | %s | %.0f |", r.key(), strings.Trim(fmt.Sprint(r.seeds), "[]"), all[0].Parameters,
		r.number(median(values)), r.unit, more, strings.Join(rivals, ", "), r.published, median(seconds))
}

func (r row) number(v float64) string { return fmt.Sprintf("%.*f", cmp.Or(r.places, 2), r.scale*v) }

func median(x []float64) float64 { return slices.Sorted(slices.Values(x))[len(x)/2] }

// record puts the line with a key into the table.
func record(key, line string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return errors.WithStack(err)
	}
	changed, err := replaced(string(text), key, line)
	if err != nil {
		return err
	}
	return atomicfile.WriteData(file, []byte(changed))
}

// replaced returns the text with the line of a key in its table, in the order of rows, and the machine above it.
func replaced(text, key, line string) (string, error) {
	before, rest, ok := strings.Cut(text, begin+"\n")
	table, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return "", errors.Errorf("%s: it has no lines %q and %q; put them where the table is to be", file, begin, end)
	}
	lines := map[string]string{key: line}
	for old := range strings.Lines(table) {
		for _, r := range rows() {
			if strings.HasPrefix(old, r.key()) && r.key() != key {
				lines[r.key()] = strings.TrimSuffix(old, "\n")
			}
		}
	}
	var b strings.Builder
	b.WriteString(before + begin + "\n" + header)
	for _, r := range rows() {
		if l := lines[r.key()]; l != "" {
			b.WriteString(l + "\n")
		}
	}
	fmt.Fprintf(&b, "\n%s/%s, %d threads.\n", runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0))
	return b.String() + end + after, nil
}
