package detect

import (
	"context"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/texts"
)

// watch answers the rows of a series one by one.
func (q *query) watch(ctx context.Context, inputs []string, body io.Reader, emit func(task.Prediction) error) error {
	d := q.detector
	if len(inputs) > 1 {
		return option.Usagef("a detector watches one series; %q is one too many", inputs[1])
	}
	threshold, err := d.threshold(ctx)
	if err != nil {
		return err
	}
	s, err := d.stream(threshold)
	if err != nil {
		return err
	}
	l := &live{query: q, stream: s, emit: emit}
	switch {
	case len(inputs) == 0 && len(d.about.History) == 0:
		return option.Usagef("there is no series to watch; give a file, or - for standard input")
	case len(inputs) == 0:
		for i, row := range d.about.History {
			when := ""
			if d.about.Times != nil {
				when = d.about.Times[i]
			}
			if err := l.row(ctx, when, row); err != nil {
				return err
			}
		}
	case inputs[0] == "-" && body == nil:
		return option.Usagef("there is no input to read a series from; name a file")
	case inputs[0] == "-":
		err = l.read(ctx, "standard input", body)
	case q.files:
		err = q.eachFile(inputs[0], nil, func(name string, r io.Reader) error { return l.read(ctx, name, r) })
	default:
		err = option.Usagef("%q: rows are read from the body, -, and files only where that is allowed", inputs[0])
	}
	if err != nil {
		return err
	}
	return l.end()
}

// live is a stream of lines.
type live struct {
	*query
	stream *Stream
	emit   func(task.Prediction) error
	places []int // of the variables on a line
	time   int   // the place of the time; -1 is none
	width  int   // of a line
	held   *Prediction
	drawn  []Prediction // where a picture is asked for
}

// mostDrawn is how many rows a picture has at most.
const mostDrawn = 1 << 20

// row takes a row. Where a picture is asked for, the last row has it, so that each waits for the next.
func (l *live) row(ctx context.Context, when string, values []float64) error {
	if err := ctx.Err(); err != nil {
		return errors.WithStack(err)
	}
	point, err := l.stream.Next(values)
	if err != nil {
		return err
	}
	p := Prediction{Number: l.stream.row, Time: when, Values: slices.Clone(values), Score: point.Score, Threshold: l.stream.threshold, Anomaly: point.Alarm}
	if l.plot == "" {
		return l.emit(p)
	}
	if len(l.drawn) == mostDrawn {
		return option.Wrong("plot", l.plot, "a picture shows at most %d rows; leave it out, or give a part of the series", mostDrawn)
	}
	l.drawn = append(l.drawn, p)
	if l.held == nil {
		l.held = &p
		return nil
	}
	before := *l.held
	*l.held = p
	return l.emit(before)
}

// end emits the row that was held back, with the picture.
func (l *live) end() error {
	if l.held == nil {
		return nil
	}
	p := *l.held
	p.plot, p.chart = l.plot, l.chart()
	return l.emit(p)
}

// read reads rows from lines: the values of the variables, behind them a time or not. A first line of names says which
// columns they are; without one they are the last ones, and what stands first is the time.
func (l *live) read(ctx context.Context, name string, in io.Reader) error {
	n := 0
	return texts.EachLineOf(name, "a row of the series", in, mostAtOnce, func(lines []string) error {
		for _, text := range lines {
			n++
			if strings.TrimSpace(text) == "" {
				continue
			}
			fields := cells(text)
			if l.places == nil {
				named, err := l.locate(name, fields)
				if err != nil {
					return err
				}
				if named {
					continue
				}
			}
			if len(fields) != l.width {
				return errors.Errorf("%s: line %d: it has %d fields where others have %d", name, n, len(fields), l.width)
			}
			values := make([]float64, len(l.places))
			for v, at := range l.places {
				x, err := value(fields[at])
				if err != nil {
					return errors.Errorf("%s: line %d: %s is no number", name, n, texts.QuotedField(fields[at]))
				}
				values[v] = x
			}
			when := ""
			if l.time >= 0 {
				when = fields[l.time]
			}
			if err := l.row(ctx, when, values); err != nil {
				return errors.WithMessagef(err, "%s: line %d", name, n)
			}
		}
		return nil
	})
}

// cells cuts a line at tabs, or else at semicolons, commas or blanks, and takes quotation marks off.
func cells(text string) []string {
	var fields []string
	switch {
	case strings.Contains(text, "\t"):
		fields = strings.Split(text, "\t")
	case strings.Contains(text, ";"):
		fields = strings.Split(text, ";")
	case strings.Contains(text, ","):
		fields = strings.Split(text, ",")
	default:
		fields = strings.Fields(text)
	}
	for i, f := range fields {
		if f = strings.TrimSpace(f); len(f) > 1 && f[0] == '"' && f[len(f)-1] == '"' {
			f = f[1 : len(f)-1]
		}
		fields[i] = f
	}
	return fields
}

// value reads a number; NaN is one that is missing.
func value(field string) (float64, error) {
	switch strings.ToLower(field) {
	case "", "na", "n/a", "nan", "null", "none", "?", "-":
		return math.NaN(), nil
	}
	x, err := strconv.ParseFloat(field, 64)
	if err == nil && math.IsInf(x, 0) {
		err = strconv.ErrRange
	}
	return x, err
}

// locate finds the variables by the first line, and reports whether that holds names.
func (l *live) locate(name string, first []string) (named bool, err error) {
	variables := l.detector.about.Variables
	if l.width = len(first); l.width < len(variables) {
		return false, errors.Errorf("%s: its lines have %d fields; want the values of %s", name, l.width, strings.Join(variables, ", "))
	}
	l.time, named = -1, true
	for _, variable := range variables {
		at := slices.Index(first, variable)
		l.places, named = append(l.places, at), named && at >= 0
	}
	if !named {
		for k := range l.places {
			l.places[k] = l.width - len(variables) + k
			if _, err := value(first[l.places[k]]); err != nil {
				named = true // but by other names
			}
		}
		if named || l.width > len(variables) {
			l.notice(name + ": the last columns are taken for " + strings.Join(variables, ", "))
		}
	}
	for at := 0; at < l.width && l.time < 0; at++ {
		if !slices.Contains(l.places, at) {
			l.time = at
		}
	}
	return named, nil
}

// mostPoints is how many points a line of a picture has at most: where there are more rows, each point is the highest or the
// lowest of some.
const mostPoints = 4000

// chart draws the series, and a stroke where a row is flagged.
func (l *live) chart() *show.Chart {
	c := &show.Chart{X: "row", Y: "value", Width: 1200}
	if l.drawn[0].Time != "" {
		c.X = "time"
		for _, p := range l.drawn {
			c.Times = append(c.Times, p.Time)
		}
	}
	low, high := math.Inf(1), math.Inf(-1)
	hop := 1 + len(l.drawn)/(mostPoints/2)
	for v, name := range l.detector.about.Variables {
		line := show.Line{Name: name}
		for from := 0; from < len(l.drawn); from += hop {
			least, most := -1, -1
			for i := from; i < min(from+hop, len(l.drawn)); i++ {
				x := l.drawn[i].Values[v]
				if math.IsNaN(x) {
					continue
				}
				if least < 0 || x < l.drawn[least].Values[v] {
					least = i
				}
				if most < 0 || x > l.drawn[most].Values[v] {
					most = i
				}
			}
			if least < 0 {
				line.X, line.Y = append(line.X, float64(from)), append(line.Y, math.NaN())
				continue
			}
			for _, i := range slices.Compact([]int{min(least, most), max(least, most)}) {
				x := l.drawn[i].Values[v]
				line.X, line.Y = append(line.X, float64(i)), append(line.Y, x)
				low, high = min(low, x), max(high, x)
			}
		}
		c.Lines = append(c.Lines, line)
	}
	flagged := show.Line{Name: "flagged"}
	for i, p := range l.drawn {
		if p.Anomaly {
			at := float64(i)
			flagged.X, flagged.Y = append(flagged.X, at, at, at), append(flagged.Y, low, high, math.NaN())
		}
	}
	if flagged.X != nil {
		c.Lines = append(c.Lines, flagged)
	}
	return c
}
