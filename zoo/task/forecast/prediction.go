package forecast

import (
	"bytes"
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/scoring"
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
	intervals  string
	series     string
	plot       string
}

func newQuery(f *Forecaster) *query { return &query{forecaster: f, steps: 1} }

// Query implements task.Predictor.
func (f *Forecaster) Query() task.Query { return newQuery(f) }

// Declare implements task.Options.
func (q *query) Declare(s *option.Set) {
	s.Int(&q.steps, "steps", "rows to forecast").AtLeast(1).AtMost(mostSteps)
	s.Text(&q.fill, "fill", "what stands in for missing values: previous, linear, mean or zero; none is what stood in for them in training")
	s.Text(&q.intervals, "intervals", "shares of values that intervals cover, in percent with commas between them, such as 80,95; none is none")
	s.Text(&q.series, "series", "id of the series to forecast, of several; none is all of them")
	s.Text(&q.plot, "plot", "file for a picture of the end of the series and its forecast: .svg or .png")
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
	history := f.history
	if len(inputs) > 0 {
		var err error
		if history, err = f.readFile(inputs[0], body, q.fill); err != nil {
			return err
		}
	}
	if history == nil {
		return option.Usagef("there is no series to continue; give one")
	}
	history, err := q.chosen(history)
	if err != nil {
		return err
	}
	shares, err := parseIntervals(q.intervals)
	if err != nil {
		return err
	}
	if q.plot != "" {
		if ending := strings.ToLower(filepath.Ext(q.plot)); ending != ".svg" && ending != ".png" {
			return option.Wrong("plot", q.plot, "want a file that ends in .svg or .png")
		}
		if len(history.Series) > 1 {
			return option.Wrong("plot", q.plot, "a picture shows one of the %d series; choose it, such as (series: %s)", len(history.Series), history.Series[0].ID)
		}
	}
	outlooks, err := f.Continue(ctx, history, q.steps, shares...)
	if source := history.Meta.Source; err != nil && source != "" && len(inputs) > 0 {
		err = errors.WithMessage(err, source)
	}
	if err != nil {
		return err
	}
	all := f.predictions(outlooks, shares)
	if q.plot != "" {
		last := &all[len(all)-1]
		last.file, last.picture = q.plot, f.picture(history, outlooks[0], shares)
	}
	for _, p := range all {
		if err := emit(p); err != nil {
			return err
		}
	}
	return nil
}

// chosen returns the series that is asked for, of several.
func (q *query) chosen(p *datasets.Panel) (*datasets.Panel, error) {
	if q.series == "" {
		return p, nil
	}
	i := slices.IndexFunc(p.Series, func(s *datasets.Series) bool { return s.ID == q.series })
	if i < 0 {
		ids := make([]string, len(p.Series))
		for i, s := range p.Series {
			ids[i] = s.ID
		}
		hint := ""
		if near := suggest.Nearest(q.series, ids); near != "" {
			hint = "; did you mean " + near + "?"
		}
		return nil, option.Wrong("series", q.series, "none of the %d series has this id%s", len(ids), hint)
	}
	one := *p
	one.Series = p.Series[i : i+1]
	return &one, nil
}

// readFile reads the history from a file, or from the body where its name is -.
func (f *Forecaster) readFile(name string, body io.Reader, fill string) (*datasets.Panel, error) {
	if name == "-" {
		if body == nil {
			return nil, option.Usagef("there is no input to read a series from; name a file")
		}
		return f.ReadHistories("standard input", body, fill)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, errors.Wrap(err, "history")
	}
	defer file.Close()
	return f.ReadHistories(name, file, fill)
}

// ReadHistory reads a history of one series for Predict from a CSV file, as ReadHistories does.
func (f *Forecaster) ReadHistory(name string, file io.Reader, fill string) (*datasets.Series, error) {
	p, err := f.ReadHistories(name, file, fill)
	if err != nil {
		return nil, err
	}
	if n := len(p.Series); n > 1 {
		return nil, errors.Errorf("%s: there are %d series; ReadHistories reads them", name, n)
	}
	s := *p.Series[0]
	s.Meta = p.Meta
	return &s, nil
}

// ReadHistories reads series for Continue from a CSV file, as the data of the training were read. It takes the forecaster's
// variables by their names; where the file has no header, or there is only one variable, as many columns of numbers as there
// are variables, in their order. The name stands for the file in errors. Without a fill method missing values are filled as in
// training.
func (f *Forecaster) ReadHistories(name string, file io.Reader, fill string) (*datasets.Panel, error) {
	reading := f.reading
	if fill != "" {
		reading.Fill = fill
	}
	if file == nil {
		return nil, errors.Errorf("%s: there is nothing to read from: the reader is nil", name)
	}
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot read %s", name)
	}
	told := f.told()
	named := reading
	if len(told.Known)+len(told.Past)+len(told.Static) == 0 {
		named.Columns, named.Target = f.Variables(), ""
	}
	byName, err := datasets.ReadCSVPanel(name, bytes.NewReader(data), datasets.Use(named))
	if err == nil && slices.Equal(byName.Targets, f.Variables()) {
		return byName, nil
	}
	reading.Columns, reading.Target = nil, ""
	p, allErr := datasets.ReadCSVPanel(name, bytes.NewReader(data), datasets.Use(reading))
	if allErr != nil {
		return nil, allErr
	}
	noHeader := !slices.ContainsFunc(p.Targets, func(v string) bool { return !strings.HasPrefix(v, "column ") })
	if len(p.Targets) == f.variables && (f.variables == 1 || noHeader) && told.width() == 0 {
		p.Targets = f.Variables()
		for _, s := range p.Series {
			s.Variables = p.Targets
		}
		return p, nil
	}
	if err == nil {
		err = errors.Errorf("%s: its variables are %q; the model forecasts %q", name, byName.Targets, f.Variables())
	}
	return nil, err
}

// Prediction is a row of a forecast.
type Prediction struct {
	Series string             // the id of the series, of several; else ""
	Step   int                // from 1
	Time   string             // its label, if it is known how the history's go on; else ""
	Values map[string]float64 // by the variables' names
	// Lower and Upper are the bounds of the intervals by their shares in percent, such as 95, and the variables' names.
	Lower, Upper map[string]map[string]float64
	line         int // of the table, from 1
	table        *table
	// A picture of the whole forecast, if one is asked for, goes with its last row.
	file    string
	picture task.Exhibit
}

// Picture implements task.Pictured: the end of the series and its forecast.
func (p Prediction) Picture() (file string, picture task.Exhibit) { return p.file, p.picture }

// Text implements task.Prediction: a line of a table of all rows, the first with the head. A prediction that no forecaster
// has made is in no table.
func (p Prediction) Text() string {
	if p.table == nil || p.line < 1 || p.line > len(p.table.rows) {
		return ""
	}
	return p.table.line(p.line)
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
		if p.table.series != nil {
			row.Columns, row.Fields = append([]string{"series"}, row.Columns...), append([]string{p.Series}, row.Fields...)
		}
	}
	for _, name := range names {
		row.Names, row.Predicted = append(row.Names, name), append(row.Predicted, strconv.FormatFloat(p.Values[name], 'g', -1, 64))
		if p.table == nil {
			continue
		}
		for _, share := range p.table.shares {
			row.Names = append(row.Names, name+"_low"+share, name+"_high"+share)
			row.Predicted = append(row.Predicted, strconv.FormatFloat(p.Lower[share][name], 'g', -1, 64), strconv.FormatFloat(p.Upper[share][name], 'g', -1, 64))
		}
	}
	return row, nil
}

// Event implements task.Prediction.
func (p Prediction) Event() any {
	values := func(of map[string]float64) map[string]show.JSONFloat {
		all := make(map[string]show.JSONFloat, len(of))
		for name, v := range of {
			all[name] = show.JSONFloat(v)
		}
		return all
	}
	bounds := func(of map[string]map[string]float64) map[string]map[string]show.JSONFloat {
		all := make(map[string]map[string]show.JSONFloat, len(of))
		for share, b := range of {
			all[share] = values(b)
		}
		return all
	}
	return struct {
		Event  string                               `json:"event"`
		Series string                               `json:"series,omitempty"`
		Step   int                                  `json:"step"`
		Time   string                               `json:"time,omitempty"`
		Values map[string]show.JSONFloat            `json:"values"`
		Lower  map[string]map[string]show.JSONFloat `json:"lower,omitempty"`
		Upper  map[string]map[string]show.JSONFloat `json:"upper,omitempty"`
	}{"prediction", p.Series, p.Step, p.Time, values(p.Values), bounds(p.Lower), bounds(p.Upper)}
}

// predictions returns the rows of outlooks, one series after the other.
func (f *Forecaster) predictions(outlooks []Outlook, shares []float64) []Prediction {
	shared := &table{variables: f.Variables()}
	for _, share := range shares {
		shared.shares = append(shared.shares, scoring.Percent(share))
	}
	var all []Prediction
	for _, o := range outlooks {
		for t, row := range o.Values {
			p := Prediction{Step: t + 1, Values: make(map[string]float64, len(row)), line: len(shared.rows) + 1, table: shared}
			if o.Times != nil {
				p.Time = o.Times[t]
			}
			cells := slices.Clone(row)
			for v, x := range row {
				p.Values[shared.variables[v]] = x
			}
			for k, share := range shared.shares {
				if k == 0 {
					p.Lower, p.Upper = make(map[string]map[string]float64), make(map[string]map[string]float64)
				}
				p.Lower[share], p.Upper[share] = make(map[string]float64), make(map[string]float64)
				for v, name := range shared.variables {
					p.Lower[share][name], p.Upper[share][name] = o.Lower[k][t][v], o.Upper[k][t][v]
				}
			}
			if len(shares) > 0 {
				cells = cells[:0]
				for v, x := range row {
					cells = append(cells, x)
					for k := range shares {
						cells = append(cells, o.Lower[k][t][v], o.Upper[k][t][v])
					}
				}
			}
			if len(outlooks) > 1 {
				p.Series = o.ID
				shared.series = append(shared.series, o.ID)
			}
			if outlooks[0].Times != nil {
				shared.times = append(shared.times, p.Time)
			} else {
				p.Time = ""
			}
			shared.steps = append(shared.steps, p.Step)
			shared.rows = append(shared.rows, cells)
			all = append(all, p)
		}
	}
	return all
}

// table is the rows of a forecast as a person reads them, laid out when they are asked for.
type table struct {
	variables, shares []string // the shares of intervals in percent
	series, times     []string // of each row, or nil
	steps             []int
	rows              [][]float64
	once              sync.Once
	lines             []string
}

// line returns a line, counted from 1, the first with the head.
func (t *table) line(n int) string {
	t.once.Do(t.layOut)
	if n == 1 {
		return t.lines[0] + t.lines[1]
	}
	return t.lines[n]
}

// columns returns the heads of what stands in a row.
func (t *table) columns() []string {
	var all []string
	for _, name := range t.variables {
		all = append(all, name)
		of := ""
		if len(t.variables) > 1 {
			of = name + " "
		}
		for _, share := range t.shares {
			all = append(all, of+"low "+share, of+"high "+share)
		}
	}
	return all
}

func (t *table) layOut() {
	first := "time"
	if t.times == nil {
		first = "step"
	}
	columns := t.columns()
	decimals := make([]int, len(columns))
	for v := range decimals {
		column := make([]float64, len(t.rows))
		for i, row := range t.rows {
			column[i] = row[v]
		}
		decimals[v] = show.Decimals(5, column...)
	}
	header := []string{first}
	if t.series != nil {
		header = []string{"series", first}
	}
	shown := show.Table{Header: append(header, columns...)}
	for i, row := range t.rows {
		var cells []any
		if t.series != nil {
			cells = append(cells, t.series[i])
		}
		if t.times != nil {
			cells = append(cells, t.times[i])
		} else {
			cells = append(cells, show.Number(strconv.Itoa(t.steps[i])))
		}
		for v, x := range row {
			cells = append(cells, show.Fixed(x, decimals[v]))
		}
		shown.Rows = append(shown.Rows, cells)
	}
	t.lines = strings.SplitAfter(shown.String(), "\n")
}
