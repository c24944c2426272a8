package detect

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// watch is the task of forecasting series so that one sees what is not as it was to come. Each series is scaled as it goes
// on, and no row looks at a later one. It serves one goroutine.
type watch struct {
	*Detector
	meta    datasets.Info
	series  []watchedSeries
	windows []window // of the training parts
	train   int      // of these, the first ones that are learnt from
	rivals  map[task.Part][]task.Rival
	lane    *lane
	draws   train.Draws
}

// watchedSeries is a series with its parts.
type watchedSeries struct {
	id        string
	times     []string
	values    [][]float64
	anomalies []datasets.Range // nil if unknown
	parts     datasets.Split
	inputs    []float64 // [training and validation rows][2V]
	targets   []float64 // [the same][V], the rows Ahead later in the scale of the row
	targeted  int       // rows with a target, from the start
}

// window is rows of a series that are learnt from at once.
type window struct{ series, from int }

var _ learner = (*watch)(nil)

func newWatch(d *Detector, panel *datasets.Panel, batch int) (*watch, error) {
	if panel == nil || len(panel.Series) == 0 {
		return nil, errors.New("detect: there are no series in the dataset")
	}
	if d.network.IsBidirectional() {
		return nil, twoWays(d.network.Name())
	}
	w := &watch{Detector: d, meta: panel.Info(), lane: program.NewLane[shape]()}
	if err := w.take(panel); err != nil {
		return nil, err
	}
	if err := program.CheckMemory(d.network, "window", d.opts.Window, program.BatchOf(batch, len(w.windows))); err != nil {
		return nil, err
	}
	w.keepHistory()
	d.calibrate = func(ctx context.Context) (float64, error) {
		t, err := parseThreshold(d.opts.Threshold)
		if err != nil || !t.labels && t.quantile == 0 { // a number
			return t.value, err
		}
		all, _, err := w.scan(ctx, task.ValidPart)
		if err != nil {
			return 0, err
		}
		at, err := w.find(t, all)
		return at, errors.WithMessagef(err, "detect %s", w.meta.Name)
	}
	return w, d.declare()
}

// onSeries returns the task on other series.
func (d *Detector) onSeries(data datasets.Dataset) (*watch, error) {
	panel := datasets.PanelOf(data)
	if args.Nil(data) || panel == nil {
		name := ""
		if !args.Nil(data) {
			name = data.Info().Name
		}
		return nil, errors.Errorf("detect %s: the dataset is no series", name)
	}
	w := &watch{Detector: d, meta: panel.Info(), lane: program.NewLane[shape]()}
	return w, w.take(panel)
}

// keepHistory keeps the last rows of a series, the first that has any behind what is missing, which JSON has no word for.
func (w *watch) keepHistory() {
	for _, q := range w.series {
		from := max(0, len(q.values)-shownRows)
		for i := from; i < len(q.values); i++ {
			if slices.ContainsFunc(q.values[i], math.IsNaN) {
				from = i + 1
			}
		}
		if from == len(q.values) {
			continue
		}
		if w.about.History = q.values[from:]; q.times != nil {
			w.about.Times = q.times[from:]
		}
		return
	}
}

// shownRows is how many rows a run keeps to be asked about.
const shownRows = 100

// take reads the series of a panel and cuts each into parts.
func (w *watch) take(panel *datasets.Panel) error {
	name := w.meta.Name
	known := w.about.Variables != nil
	longest := 0
	for i, s := range panel.Series {
		if s == nil || s.Len() == 0 {
			return errors.Errorf("detect %s: series %d has no rows", name, i+1)
		}
		called := name
		if s.ID != "" {
			called += ", series " + s.ID
		}
		values, variables, anomalies, err := w.columns(called, s)
		if err != nil {
			return err
		}
		if i == 0 && !known {
			w.about.Variables, w.about.Width = variables, len(variables)
		} else if !slices.Equal(variables, w.about.Variables) {
			return errors.Errorf("detect %s: it has the variables %q; the model watches %q", called, variables, w.about.Variables)
		}
		if s.Times != nil && len(s.Times) != s.Len() {
			return errors.Errorf("detect %s: it has %d rows and %d times; want as many, or none", called, s.Len(), len(s.Times))
		}
		n := int(w.opts.Probation * float64(s.Len()))
		if most := w.opts.ProbationRows; most > 0 {
			n = min(n, most)
		}
		valid := n / 5
		q := watchedSeries{id: s.ID, times: s.Times, values: values, anomalies: anomalies,
			parts: datasets.Split{Train: datasets.Range{To: n - valid}, Valid: datasets.Range{From: n - valid, To: n}, Test: datasets.Range{From: n, To: s.Len()}}}
		longest = max(longest, n-valid)
		w.prepare(&q)
		w.series = append(w.series, q)
	}
	hop := max(1, w.opts.Window/2)
	for i, q := range w.series {
		for from := 0; from+w.opts.Window <= q.targeted; from += hop {
			w.windows = append(w.windows, window{i, from})
		}
	}
	if len(w.windows) == 0 {
		left := longest - w.opts.Ahead
		if left < 1 {
			return errors.Errorf("detect %s: the longest part to learn from has %d rows, and a forecast looks %d ahead; use longer series, or a larger part of them (probation: %v)", name, longest, w.opts.Ahead, w.opts.Probation)
		}
		return option.Wrong("window", w.opts.Window, "the longest part to learn from has %d rows, of which those that are forecast %d ahead leave %d; want at most that, or a larger part (probation: %v)",
			longest, w.opts.Ahead, left, w.opts.Probation)
	}
	w.Limit(0)
	return nil
}

// columns returns the rows of a series without the variable that says which are anomalous, and which are.
func (w *watch) columns(name string, s *datasets.Series) (values [][]float64, variables []string, anomalies []datasets.Range, err error) {
	label := -1
	if w.opts.Anomalies != "" {
		if label = slices.Index(s.Variables, w.opts.Anomalies); label < 0 {
			return nil, nil, nil, option.Wrong("anomalies", w.opts.Anomalies, "the variables of %s are %q", name, s.Variables)
		}
	}
	values, anomalies = s.Values, s.Anomalies
	variables = slices.Clone(s.Variables)
	if label >= 0 {
		values, anomalies = make([][]float64, s.Len()), []datasets.Range{}
		variables = slices.Delete(variables, label, label+1)
	}
	if len(variables) == 0 {
		return nil, nil, nil, errors.Errorf("detect %s: there is no variable to watch", name)
	}
	for i, row := range s.Values {
		if len(row) != s.Width() {
			return nil, nil, nil, errors.Errorf("detect %s: row %d has %d values; want %d", name, i+1, len(row), s.Width())
		}
		for v, x := range row {
			if math.Abs(x) > largest {
				return nil, nil, nil, errors.Errorf("detect %s: the value of %q in row %d is %v; want a number of at most %v", name, s.Variables[v], i+1, x, largest)
			}
		}
		if label < 0 {
			continue
		}
		values[i] = slices.Delete(slices.Clone(row), label, label+1)
		if x := row[label]; x == 0 || math.IsNaN(x) {
			continue
		}
		if k := len(anomalies) - 1; k >= 0 && anomalies[k].To == i {
			anomalies[k].To = i + 1
		} else {
			anomalies = append(anomalies, datasets.Range{From: i, To: i + 1})
		}
	}
	for i, r := range anomalies {
		if r.From < 0 || r.To <= r.From || r.To > s.Len() || i > 0 && r.From < anomalies[i-1].To {
			return nil, nil, nil, errors.Errorf("detect %s: the anomalies %v are no rows in order", name, anomalies)
		}
	}
	return values, variables, anomalies, nil
}

// prepare makes the inputs and targets of the training rows: what a stream would see, and what comes Ahead rows later
// within them.
func (w *watch) prepare(q *watchedSeries) {
	n, v := q.parts.Train.To, w.about.Width
	q.inputs, q.targets = make([]float64, n*inputs*v), make([]float64, n*v)
	q.targeted = max(0, n-w.opts.Ahead)
	for k := range v {
		s := scaler{memory: float64(w.opts.Memory)}
		for t := range n {
			x := q.values[t][k]
			if math.IsNaN(x) {
				if s.n > 0 {
					q.inputs[t*inputs*v+k] = bounded((s.last - s.mean) / s.deviation())
				}
			} else {
				q.inputs[t*inputs*v+k], q.inputs[t*inputs*v+v+k] = s.take(x)
			}
			if t < q.targeted {
				y := q.values[t+w.opts.Ahead][k]
				if math.IsNaN(y) { // no forecast of what is missing is wrong by more than another
					y = s.mean
				}
				q.targets[t*v+k] = bounded((y - s.mean) / s.deviation())
			}
		}
	}
}

// Examples implements task.Task: windows to train on, and the rows of the other parts.
func (w *watch) Examples() (train, valid, test int) {
	for _, q := range w.series {
		valid += q.parts.Valid.Len()
		test += q.parts.Test.Len()
	}
	return w.train, valid, test
}

// Sizes implements task.Sized.
func (w *watch) Sizes() []task.Size { return []task.Size{{Name: "series", N: len(w.series)}} }

// Limit implements task.Task.
func (w *watch) Limit(n int) {
	if w.train = len(w.windows); n > 0 {
		w.train = min(n, w.train)
	}
	w.rivals = make(map[task.Part][]task.Rival)
}

// Batches implements train.Task.
func (w *watch) Batches(epoch, size int, seed uint64) [][]int {
	return w.draws.Shuffled(w.train, size, epoch, seed)
}

// setWindows sets the inputs and targets of a program to windows.
func (w *watch) setWindows(p *graph.Program, windows []window) error {
	v := w.about.Width
	x := make([]float64, 0, w.opts.Window*len(windows)*inputs*v)
	y := make([]float64, 0, w.opts.Window*len(windows)*v)
	for t := range w.opts.Window {
		for _, at := range windows {
			q, row := &w.series[at.series], at.from+t
			x = append(x, q.inputs[row*inputs*v:(row+1)*inputs*v]...)
			y = append(y, q.targets[row*v:(row+1)*v]...)
		}
	}
	if err := p.Set("x", x); err != nil {
		return err
	}
	return p.Set("target", y)
}

// Step implements train.Task.
func (w *watch) Step(_ int, examples []int) (train.Step, error) {
	if err := program.CheckExamples(examples, w.train); err != nil {
		return train.Step{}, errors.WithMessage(err, "detect")
	}
	p, err := w.programOfWindows(w.lane, len(examples))
	if err != nil {
		return train.Step{}, err
	}
	windows := make([]window, len(examples))
	for i, e := range examples {
		windows[i] = w.windows[e]
	}
	return train.Step{Program: p, Tokens: len(examples) * w.opts.Window}, w.setWindows(p, windows)
}

// Validate implements train.Task: the loss is that of the rows of the validation parts.
func (w *watch) Validate() (train.Evaluation, error) {
	_, loss, err := w.scan(context.Background(), task.ValidPart)
	return train.Evaluation{Loss: loss}, err
}

// scan reads each series from its start to the end of a part, row by row as a stream does, and returns the scores and the
// mean loss of the forecasts in the part.
func (w *watch) scan(ctx context.Context, p task.Part) (all []watched, loss float64, err error) {
	s, err := w.stream(math.Inf(1))
	if err != nil {
		return nil, 0, err
	}
	n := 0
	for _, q := range w.series {
		if err := args.Context(ctx); err != nil {
			return nil, 0, err
		}
		part, err := q.parts.Part(string(p))
		if err != nil {
			return nil, 0, err
		}
		s.Reset()
		scores := make([]float64, part.To)
		for i := range scores {
			point, err := s.Next(q.values[i])
			if err != nil {
				return nil, 0, errors.WithMessagef(err, "%s: series %q", w.meta.Name, q.id)
			}
			if scores[i] = point.Score; i >= part.From && !math.IsNaN(s.loss) {
				loss += s.loss
				n++
			}
		}
		all = append(all, watched{scores, alarms(scores, w.opts.Rest), part, q.anomalies})
	}
	if n == 0 {
		return nil, 0, errors.Errorf("detect %s: no row of the %s part is forecast; choose a smaller number of rows ahead (ahead: %d)", w.meta.Name, p, w.opts.Ahead)
	}
	return all, loss / float64(n), nil
}

// known reports whether the anomalies of all series are.
func (w *watch) known() bool {
	return !slices.ContainsFunc(w.series, func(q watchedSeries) bool { return q.anomalies == nil })
}

// find returns the threshold for the scores of the rows of the parts.
func (w *watch) find(t threshold, all []watched) (float64, error) {
	var scores []float64
	var truth []bool
	for _, q := range all {
		inside := make([]bool, len(q.scores))
		for _, r := range q.anomalies {
			for i := r.From; i < min(r.To, len(inside)); i++ {
				inside[i] = true
			}
		}
		scores, truth = append(scores, q.scores[q.part.From:q.part.To]...), append(truth, inside[q.part.From:q.part.To]...)
	}
	return t.find(scores, truth)
}

// Evaluate implements task.Task.
func (w *watch) Evaluate(ctx context.Context, p task.Part) (task.Scores, error) {
	if err := args.Context(ctx); err != nil {
		return task.Scores{}, err
	}
	threshold, err := w.threshold(ctx)
	if err != nil {
		return task.Scores{}, err
	}
	all, loss, err := w.scan(ctx, p)
	if err != nil {
		return task.Scores{}, err
	}
	flagged, rows := 0, 0
	for _, q := range all {
		for i := q.part.From; i < q.part.To; i++ {
			if rows++; q.alarms[i] >= threshold && q.alarms[i] > 0 {
				flagged++
			}
		}
	}
	s := task.Scores{Metrics: map[string]float64{}, Notes: []string{fmt.Sprintf("%d of %d rows are flagged: those with a score of %.4g and more (%s), after which %d rows need a higher one.", flagged, rows, threshold, w.opts.Threshold, w.opts.Rest)}}
	if w.known() {
		s.Metrics = seriesMetrics(all, threshold)
		if p == task.TestPart {
			if e, ok := w.benchmark(all); ok {
				s.Exhibits = append(s.Exhibits, e)
			}
		}
	}
	s.Metrics["loss"] = loss
	return s, nil
}

// Probe implements task.Task: the windows are spread over the training parts.
func (w *watch) Probe() ([]graph.GradientNorms, error) {
	n := min(program.ProbeBatch, w.train)
	windows := make([]window, n)
	for i := range windows {
		windows[i] = w.windows[i*w.train/n]
	}
	b := graph.NewBuilder(w.params, graph.Unrolled())
	p, err := graph.NewProbe(b, w.lossOfWindows(b, n))
	if err != nil {
		return nil, err
	}
	if err := w.setWindows(p.Program, windows); err != nil {
		return nil, err
	}
	err = p.Run()
	return p.Norms(), err
}
