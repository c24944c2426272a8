package detect

import (
	"context"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/texts"
)

// Of returns the detector of a run.
func Of(run task.Holder) (*Detector, error) {
	return program.PredictorOf[*Detector](run, "detect anomalies")
}

// query asks what is anomalous.
type query struct {
	detector *Detector
	plot     string
	files    bool
	say      func(string)
}

var _ task.FileReader = (*query)(nil)

func newQuery(d *Detector) *query { return &query{detector: d} }

// Query implements task.Predictor.
func (d *Detector) Query() task.Query { return newQuery(d) }

// Declare implements task.Options.
func (q *query) Declare(s *option.Set) {
	s.Text(&q.plot, "plot", "file that ends in .svg or .png to draw the series with what is flagged, or the sequence as it is written again").Checked(func() error {
		if q.plot != "" && !strings.HasSuffix(q.plot, ".svg") && !strings.HasSuffix(q.plot, ".png") {
			return errors.New("want a file that ends in .svg or .png")
		}
		return nil
	})
}

// ReadFiles implements task.FileReader: inputs may name files.
func (q *query) ReadFiles(notice func(string)) { q.files, q.say = true, notice }

// Example implements task.Query.
func (q *query) Example() string {
	if q.detector != nil && q.detector.opts.Method == methodAutoencoder {
		return "sequences.csv"
	}
	return "series.csv"
}

// notice tells a person what was guessed.
func (q *query) notice(text string) {
	if q.say != nil {
		q.say(text)
	}
}

// Run implements task.Query. Of a forecaster an input is a file with a row of the series on each line, or - for the body,
// whose rows are answered as they arrive; without one it is the rows that the run has kept. Of an autoencoder it is the numbers of a sequence, a file
// with one on each line, or - for the body.
func (q *query) Run(ctx context.Context, inputs []string, body io.Reader, emit func(task.Prediction) error) error {
	d := q.detector
	if err := program.CheckQuestion(d, emit); err != nil {
		return err
	}
	if err := args.Context(ctx); err != nil {
		return err
	}
	if d.opts.Method == methodForecaster {
		return q.watch(ctx, inputs, body, emit)
	}
	if len(inputs) == 0 {
		return option.Usagef("want a sequence of numbers, a file with one on each line, or - for those on standard input")
	}
	if q.plot != "" && (len(inputs) > 1 || inputs[0] == "-") {
		return option.Wrong("plot", q.plot, "a picture shows one sequence; give one")
	}
	asked := 0
	for i, input := range inputs {
		values, err := d.numbers("input", i+1, input)
		switch {
		case err == nil:
			err = q.ask(ctx, []string{strconv.Itoa(i + 1)}, [][]float32{values}, emit)
		case input == "-" && slices.Contains(inputs[:i], "-"):
			return option.Usagef("standard input is there once; give - once")
		case input == "-" && body == nil:
			return option.Usagef("there is no input to read sequences from; give some")
		case input == "-":
			err = q.lines(ctx, "standard input", body, &asked, emit)
		case q.files:
			err = q.eachFile(input, err, func(name string, r io.Reader) error { return q.lines(ctx, name, r, &asked, emit) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// eachFile reads a file. An input that names none was meant to be numbers: why it is not is notNumbers.
func (q *query) eachFile(name string, notNumbers error, read func(name string, r io.Reader) error) error {
	name = strings.TrimPrefix(name, "csv:")
	f, err := os.Open(name)
	if os.IsNotExist(err) && notNumbers != nil && !strings.ContainsAny(name, `./\`) {
		return notNumbers
	}
	if err != nil {
		return errors.Wrap(err, "input")
	}
	defer f.Close()
	return read(name, f)
}

// mostAtOnce is how many lines are answered at once, at most.
const mostAtOnce = 512

// lines answers the sequences on the lines of a reader. A first line without a number holds names.
func (q *query) lines(ctx context.Context, name string, in io.Reader, asked *int, emit func(task.Prediction) error) error {
	n := 0
	return texts.EachLineOf(name, "the numbers of a sequence", in, mostAtOnce, func(lines []string) error {
		var names []string
		var all [][]float32
		for _, text := range lines {
			n++
			if strings.TrimSpace(text) == "" {
				continue
			}
			values, err := q.detector.numbers(name+": line", n, text)
			if err != nil && n == 1 && !texts.HasNumber(text) {
				q.notice(name + ": the first line is taken for names")
				continue
			}
			if err != nil {
				return err
			}
			names, all = append(names, strconv.Itoa(n)), append(all, values)
		}
		if *asked += len(all); q.plot != "" && *asked > 1 {
			return option.Wrong("plot", q.plot, "a picture shows one sequence; give one")
		}
		return q.ask(ctx, names, all, emit)
	})
}

// numbers reads the numbers of a sequence. What holds them is called where, and has a number.
func (d *Detector) numbers(where string, n int, text string) ([]float32, error) {
	values, err := texts.Numbers(where, n, text)
	if err != nil {
		return nil, err
	}
	if want := d.about.Steps * d.about.Width; len(values) != want {
		return nil, errors.Errorf("%s %d: it has %d numbers; want %d, those of a sequence", where, n, len(values), want)
	}
	return values, nil
}

// ask emits how anomalous sequences are.
func (q *query) ask(ctx context.Context, names []string, all [][]float32, emit func(task.Prediction) error) error {
	d := q.detector
	threshold, err := d.threshold(ctx)
	if err != nil {
		return err
	}
	scores, err := d.scores(ctx, all)
	if err != nil {
		return err
	}
	for i, s := range scores {
		p := Prediction{Sequence: names[i], Score: s, Threshold: threshold, Anomaly: s >= threshold}
		if q.plot != "" {
			again, err := d.written(ctx, all[i])
			if err != nil {
				return err
			}
			p.plot, p.chart = q.plot, d.reconstructed(all[i], again)
		}
		if err := emit(p); err != nil {
			return err
		}
	}
	return nil
}

// Prediction is how anomalous a sequence is, or a row of a series.
type Prediction struct {
	Sequence  string    // the number of the input or of its line; "" of a row
	Number    int       // of the row of a series, from 1
	Time      string    // of the row, if its line says it
	Values    []float64 // of the row; NaN is missing
	Score     float64
	Threshold float64
	Anomaly   bool // of a row: whether it is flagged, which after a flag needs a higher score
	plot      string
	chart     *show.Chart
}

// Text implements task.Prediction: a row's time, or its number, its values, score and flag; or what a sequence is taken
// for, with its score.
func (p Prediction) Text() string {
	if p.Sequence != "" {
		said, sign := "normal", "<"
		if p.Anomaly {
			said, sign = "anomaly", "≥"
		}
		return said + "\t" + formatted(p.Score) + " " + sign + " " + formatted(p.Threshold) + "\n"
	}
	text := p.when()
	for _, v := range p.Values {
		text += "\t" + strconv.FormatFloat(v, 'g', -1, 64)
	}
	text += "\t" + formatted(p.Score)
	if p.Anomaly {
		text += "\tanomaly"
	}
	return text + "\n"
}

func (p Prediction) when() string {
	if p.Time != "" {
		return p.Time
	}
	return strconv.Itoa(p.Number)
}

func formatted(x float64) string { return strconv.FormatFloat(x, 'g', 4, 64) }

// Row implements task.Tabular: the sequence, or the time and the values of a row, and behind them the score and whether it
// is an anomaly.
func (p Prediction) Row() (task.Row, error) {
	r := task.Row{Names: []string{"score", "anomaly"}, Predicted: []string{strconv.FormatFloat(p.Score, 'g', -1, 64), strconv.FormatBool(p.Anomaly)}}
	if p.Sequence != "" {
		r.Columns, r.Fields = []string{"sequence"}, []string{p.Sequence}
		return r, nil
	}
	r.Columns, r.Fields = []string{"time"}, []string{p.when()}
	for i, v := range p.Values {
		r.Columns, r.Fields = append(r.Columns, "value "+strconv.Itoa(i+1)), append(r.Fields, strconv.FormatFloat(v, 'g', -1, 64))
	}
	return r, nil
}

// Event implements task.Prediction. Sequences stand in the order of the inputs.
func (p Prediction) Event() any {
	values := make([]show.JSONFloat, len(p.Values))
	for i, v := range p.Values {
		values[i] = show.JSONFloat(v)
	}
	return struct {
		Event     string           `json:"event"`
		Row       int              `json:"row,omitempty"`
		Time      string           `json:"time,omitempty"`
		Values    []show.JSONFloat `json:"values,omitempty"`
		Score     show.JSONFloat   `json:"score"`
		Threshold show.JSONFloat   `json:"threshold"`
		Anomaly   bool             `json:"anomaly"`
	}{"prediction", p.Number, p.Time, values, show.JSONFloat(p.Score), show.JSONFloat(p.Threshold), p.Anomaly}
}

// Picture implements task.Pictured.
func (p Prediction) Picture() (file string, picture task.Exhibit) {
	if p.chart == nil {
		return "", task.Exhibit{}
	}
	return p.plot, task.Exhibit{Name: "anomalies", Chart: p.chart}
}

// reconstructed draws a sequence and what is written again, by column.
func (d *Detector) reconstructed(values []float32, again []float64) *show.Chart {
	c := &show.Chart{X: "step", Y: "value"}
	for k := range d.about.Width {
		x, y := make([]float64, d.about.Steps), make([]float64, d.about.Steps)
		for t := range x {
			at := t*d.about.Width + k
			x[t], y[t] = float64(values[at]), again[at]
		}
		name := ""
		if d.about.Width > 1 {
			name = " " + strconv.Itoa(k+1)
		}
		c.Lines = append(c.Lines, show.Line{Name: "sequence" + name, Y: x}, show.Line{Name: "written again" + name, Y: y, Dashed: true})
	}
	return c
}
