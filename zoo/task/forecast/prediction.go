package forecast

import (
	"bytes"
	"context"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/calendar"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Of returns the forecaster of a run.
func Of(run task.Holder) (*Forecaster, error) {
	return program.PredictorOf[*Forecaster](run, "forecast")
}

// query asks for the rows that follow a history.
type query struct {
	forecaster *Forecaster
	steps      int
	fill       string
}

func newQuery(f *Forecaster) *query { return &query{forecaster: f, steps: 1} }

// Query implements task.Predictor.
func (f *Forecaster) Query() task.Query { return newQuery(f) }

// Declare implements task.Options.
func (q *query) Declare(s *option.Set) {
	s.Int(&q.steps, "steps", "rows to forecast").AtLeast(1).AtMost(mostSteps)
	s.Text(&q.fill, "fill", "what stands in for missing values: previous, linear, mean or zero; none is what stood in for them in training")
}

// Example implements task.Query: a season, or what is forecast at once.
func (q *query) Example() string {
	steps := 12
	if f := q.forecaster; f != nil {
		if steps = f.opts.Horizon; f.history != nil && f.history.Period > 1 {
			steps = max(steps, f.history.Period)
		} else if f.opts.Lag > 1 {
			steps = max(steps, f.opts.Lag)
		}
	}
	return "--steps " + strconv.Itoa(steps)
}

// Run implements task.Query: it continues the series that the run was trained on, or that of a CSV file.
func (q *query) Run(ctx context.Context, inputs []string, body io.Reader, emit func(task.Prediction) error) error {
	f := q.forecaster
	if err := program.CheckQuestion(f, emit); err != nil {
		return err
	}
	if len(inputs) > 1 {
		return option.Usagef("a forecast continues one series; %q is one too many", inputs[1])
	}
	history := f.History()
	if len(inputs) > 0 {
		var err error
		if history, err = f.readFile(inputs[0], body, q.fill); err != nil {
			return err
		}
	}
	if history == nil {
		return option.Usagef("there is no series to continue; give one")
	}
	rows, err := f.PredictContext(ctx, history.Values, q.steps)
	if source := history.Meta.Source; err != nil && source != "" && len(inputs) > 0 {
		err = errors.WithMessage(err, source)
	}
	if err != nil {
		return err
	}
	for _, p := range f.predictions(rows, calendar.Next(history.Times, q.steps)) {
		if err := emit(p); err != nil {
			return err
		}
	}
	return nil
}

// readFile reads the history from a file, or from the body where its name is -.
func (f *Forecaster) readFile(name string, body io.Reader, fill string) (*datasets.Series, error) {
	if name == "-" {
		if body == nil {
			return nil, option.Usagef("there is no input to read a series from; name a file")
		}
		return f.ReadHistory("standard input", body, fill)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, errors.Wrap(err, "history")
	}
	defer file.Close()
	return f.ReadHistory(name, file, fill)
}

// ReadHistory reads a history for Predict from a CSV file. It takes the forecaster's variables by their names; where the
// file has no header, or there is only one variable, as many columns of numbers as there are variables, in their order. The
// name stands for the file in errors. Without a fill method missing values are filled as in training.
func (f *Forecaster) ReadHistory(name string, file io.Reader, fill string) (*datasets.Series, error) {
	if fill == "" {
		fill = f.fill
	}
	if file == nil {
		return nil, errors.Errorf("%s: there is nothing to read from: the reader is nil", name)
	}
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot read %s", name)
	}
	named, err := datasets.ReadCSV(name, bytes.NewReader(data), datasets.Fill(fill), datasets.Columns(f.Variables()...))
	if err == nil {
		return named, nil
	}
	s, allErr := datasets.ReadCSV(name, bytes.NewReader(data), datasets.Fill(fill))
	if allErr != nil {
		return nil, allErr
	}
	noHeader := !slices.ContainsFunc(s.Variables, func(v string) bool { return !strings.HasPrefix(v, "column ") })
	if s.Width() == f.width && (s.Width() == 1 || noHeader) {
		return s, nil
	}
	return nil, err
}

// Variables returns the names of the variables that are forecast.
func (f *Forecaster) Variables() []string {
	if f.history == nil {
		return nil
	}
	return slices.Clone(f.history.Variables)
}

// Prediction is a row of a forecast.
type Prediction struct {
	Step   int                // from 1
	Time   string             // its label, if it is known how the history's go on; else ""
	Values map[string]float64 // by the variables' names
	table  *table
}

// Text implements task.Prediction: a line of a table of all rows, the first with the head. A prediction that no forecaster
// has made is in no table.
func (p Prediction) Text() string {
	if p.table == nil || p.Step < 1 || p.Step > len(p.table.rows) {
		return ""
	}
	return p.table.line(p.Step)
}

// Row implements task.Tabular: the step or its time, and the variables behind it.
func (p Prediction) Row() (task.Row, error) {
	row := task.Row{Columns: []string{"step"}, Fields: []string{strconv.Itoa(p.Step)}}
	names := slices.Sorted(maps.Keys(p.Values))
	if p.table != nil {
		names = p.table.variables
		if p.table.times != nil {
			row.Columns, row.Fields = []string{"time"}, []string{p.Time}
		}
	}
	for _, name := range names {
		row.Names, row.Predicted = append(row.Names, name), append(row.Predicted, strconv.FormatFloat(p.Values[name], 'g', -1, 64))
	}
	return row, nil
}

// Event implements task.Prediction.
func (p Prediction) Event() any {
	values := make(map[string]show.JSONFloat, len(p.Values))
	for name, v := range p.Values {
		values[name] = show.JSONFloat(v)
	}
	return struct {
		Event  string                    `json:"event"`
		Step   int                       `json:"step"`
		Time   string                    `json:"time,omitempty"`
		Values map[string]show.JSONFloat `json:"values"`
	}{"prediction", p.Step, p.Time, values}
}

// predictions returns rows [steps][V], with the labels of their steps or nil.
func (f *Forecaster) predictions(rows [][]float64, times []string) []Prediction {
	shared := &table{variables: f.Variables(), times: times, rows: rows}
	all := make([]Prediction, len(rows))
	for i, row := range rows {
		all[i] = Prediction{Step: i + 1, Values: make(map[string]float64, len(row)), table: shared}
		if times != nil {
			all[i].Time = times[i]
		}
		for v, x := range row {
			all[i].Values[shared.variables[v]] = x
		}
	}
	return all
}

// table is the rows of a forecast as a person reads them, laid out when they are asked for.
type table struct {
	variables, times []string
	rows             [][]float64
	once             sync.Once
	lines            []string
}

// line returns the line of a step, counted from 1.
func (t *table) line(step int) string {
	t.once.Do(t.layOut)
	if step == 1 {
		return t.lines[0] + t.lines[1]
	}
	return t.lines[step]
}

func (t *table) layOut() {
	first := "time"
	if t.times == nil {
		first = "step"
	}
	decimals := make([]int, len(t.variables))
	for v := range decimals {
		column := make([]float64, len(t.rows))
		for i, row := range t.rows {
			column[i] = row[v]
		}
		decimals[v] = show.Decimals(5, column...)
	}
	shown := show.Table{Header: append([]string{first}, t.variables...)}
	for i, row := range t.rows {
		cells := []any{show.Number(strconv.Itoa(i + 1))}
		if t.times != nil {
			cells[0] = t.times[i]
		}
		for v, x := range row {
			cells = append(cells, show.Fixed(x, decimals[v]))
		}
		shown.Rows = append(shown.Rows, cells)
	}
	t.lines = strings.SplitAfter(shown.String(), "\n")
}
