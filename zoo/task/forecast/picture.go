package forecast

import (
	"math"
	"slices"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// picture draws the end of a series and its forecast, a line each for a variable, with a band for each interval.
func (f *Forecaster) picture(p *datasets.Panel, o Outlook, shares []float64) task.Exhibit {
	series := p.Series[0]
	s := newStrand(series, 0, 0, places(series.Variables, p.Targets))
	from := max(0, len(s.values)-max(3*len(o.Values), f.opts.Window, 24))
	chart := &show.Chart{Title: series.ID, Y: p.Targets[0]}
	if len(p.Targets) > 1 {
		chart.Y = ""
	}
	if series.Times != nil && o.Times != nil {
		chart.Times = append(slices.Clone(series.Times[from:len(s.values)]), o.Times...)
	}
	known := len(s.values) - from
	for v, name := range p.Targets {
		past := show.Line{Name: name, Y: valuesOf(s.values[from:], v)}
		next := show.Line{Name: "forecast", Dashed: true}
		if len(p.Targets) > 1 {
			next.Name = ""
		}
		join := func(line *show.Line, at int, y, low, high float64) {
			line.X, line.Y = append(line.X, float64(at)), append(line.Y, y)
			line.Low, line.High = append(line.Low, low), append(line.High, high)
		}
		last := past.Y[known-1]
		if !math.IsNaN(last) { // the forecast begins where the series ends
			join(&next, known-1, last, last, last)
		}
		widest := len(shares) - 1
		for t, row := range o.Values {
			low, high := row[v], row[v]
			if widest >= 0 {
				low, high = o.Lower[widest][t][v], o.Upper[widest][t][v]
			}
			join(&next, known+t, row[v], low, high)
		}
		if widest < 0 {
			next.Low, next.High = nil, nil
		}
		chart.Lines = append(chart.Lines, past, next)
	}
	return task.Exhibit{Name: "forecast", Chart: chart}
}
