package forecast

import (
	"fmt"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/lineartest"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
)

// linearTransforms are what is done with the rows of a series before a network sees them, and back, at once and for the
// forecast of each row by itself.
func linearTransforms() []lineartest.Case {
	var cases []lineartest.Case
	for _, t := range []transform{{}, {Log: true}, {Difference: 1}, {Lag: 12}, {Log: true, Lag: 12, Difference: 1}} {
		name := fmt.Sprintf("log=%v,lag=%d,difference=%d", t.Log, t.Lag, t.Difference)
		cases = append(cases, lineartest.Case{Name: name + "/fit and apply", Make: func(n int) (func() error, int) {
			rows := rows(n, 2)
			return func() error {
				if err := t.fit(rows, rows); err != nil {
					return err
				}
				_, err := t.apply(rows)
				return err
			}, 0
		}}, lineartest.Case{Name: name + "/invert", Make: func(n int) (func() error, int) {
			rows := rows(n, 2)
			if err := t.fit(rows, rows); err != nil {
				return func() error { return err }, 0
			}
			z, err := t.apply(rows)
			return func() error { t.invert(rows[:t.lost()], z[t.lost():]); return err }, 0
		}}, lineartest.Case{Name: name + "/invert each", Make: func(n int) (func() error, int) {
			f, z, err := forecastOf(rows(n, 2), t)
			return func() error {
				for i, at := range f.train {
					f.outlook(f.strands[0], f.strands[0].filled[:at.row], outcome{point: z[i]}, false)
				}
				return err
			}, 0
		}})
	}
	return cases
}

// forecastOf returns a forecast of a series of rows, and a row for each that it trains on.
func forecastOf(rows [][]float64, t transform) (*Forecast, [][][]float64, error) {
	series := seriesOf(rows)
	series.Period = max(1, t.Lag)
	f, err := New(rnn.New(graph.Hidden(1)), series, graph.NewParams(tensor.Float32), Options{Window: 2, Log: t.Log, Lag: t.Lag, Difference: t.Difference})
	if err != nil {
		return nil, nil, err
	}
	z := make([][][]float64, len(f.train))
	for i, at := range f.train {
		z[i] = f.strands[0].scaled[at.row : at.row+1]
	}
	return f, z, nil
}

// linearMetrics are those of a forecast of every row, with the times between rows.
func linearMetrics() []lineartest.Case {
	return []lineartest.Case{{Name: "metrics", Make: func(n int) (func() error, int) {
		f, _, err := forecastOf(rows(n, 2), transform{Lag: 12})
		if err != nil {
			return func() error { return err }, 0
		}
		y := make([][][]float64, len(f.train))
		for i, at := range f.train {
			y[i] = f.strands[0].values[at.row-1 : at.row]
		}
		return func() error {
			scores, err := f.scorer(nil)
			for i, at := range f.train {
				if err == nil {
					err = scores.add(at, outlook{point: y[i]})
				}
			}
			if err == nil && len(scores.metrics()) < 3 {
				err = fmt.Errorf("metrics %v", scores.metrics())
			}
			return err
		}, 0
	}}, {Name: "windows", Make: func(n int) (func() error, int) {
		series := seriesOf(rows(n, 2))
		return func() error {
			if err := checkPanel(series.Panel()); err != nil {
				return err
			}
			split, err := datasets.Chronological(series.Len(), 0.1, 0.1)
			if err == nil {
				_, err = split.Part("test")
			}
			return err
		}, 0
	}}}
}

func BenchmarkTransforms(b *testing.B) { lineartest.Benchmark(b, linearTransforms()) }

func BenchmarkMetrics(b *testing.B) { lineartest.Benchmark(b, linearMetrics()) }

func TestTransformsAndMetricsAreLinear(t *testing.T) {
	lineartest.Check(t, append(linearTransforms(), linearMetrics()...))
}
