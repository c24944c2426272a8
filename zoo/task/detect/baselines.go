package detect

import (
	"context"
	"fmt"
	"math"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// Baselines implements task.Task: rivals on the same sequences, with thresholds that are found in the same way. Where it is
// unknown which are anomalous there are none.
//
//	mean    the mean distance from the mean of normal training sequences, in deviations of each of their numbers
//	last    that of the last number alone
//	normal  flags nothing
func (r *reconstruction) Baselines(ctx context.Context, p task.Part) ([]task.Rival, error) {
	if err := args.Context(ctx); err != nil {
		return nil, err
	}
	part, err := r.part(p)
	if err != nil {
		return nil, err
	}
	if m := r.rivals[p]; m != nil {
		return m, nil
	}
	truth := r.truth(part)
	if truth == nil {
		return nil, nil
	}
	columns := make([]moments, r.about.Steps*r.about.Width)
	for _, at := range r.kept {
		for i, v := range r.sequences.Train.At(at).Values {
			columns[i].take(float64(v), 1)
		}
	}
	off := func(values []float32, i int) float64 {
		mean, deviation := columns[i].of()
		return min(mostScore, math.Abs(float64(values[i])-mean)/(deviation+1e-6))
	}
	last := len(columns) - 1
	how, err := parseThreshold(r.opts.Threshold)
	if err != nil {
		return nil, err
	}
	if !how.labels && how.quantile == 0 { // a number is for the scores of the network
		how = threshold{quantile: 0.98}
	}
	var all []task.Rival
	for _, rival := range []struct {
		name  string
		score func(values []float32) float64
	}{
		{"mean", func(values []float32) float64 {
			sum := 0.0
			for i := range values {
				sum += off(values, i)
			}
			return sum / float64(len(values))
		}},
		{"last", func(values []float32) float64 { return off(values, last) }},
	} {
		score := func(part datasets.SequenceList) []float64 {
			scores := make([]float64, part.Len())
			for i := range scores {
				scores[i] = rival.score(part.At(i).Values)
			}
			return scores
		}
		at, err := how.find(score(r.sequences.Valid), r.truth(r.sequences.Valid))
		if err != nil {
			return nil, errors.WithMessagef(err, "detect %s", r.sequences.Meta.Name)
		}
		all = append(all, task.Rival{Name: rival.name, Learns: true, Metrics: sequenceMetrics(score(part), truth, at)})
		if err := args.Context(ctx); err != nil {
			return nil, err
		}
	}
	all = append(all, task.Rival{Name: "normal", Metrics: sequenceMetrics(make([]float64, part.Len()), truth, 1)})
	r.rivals[p] = ranked(all)
	return r.rivals[p], nil
}

// ranked leaves out rivals without any metric.
func ranked(all []task.Rival) []task.Rival {
	kept := all[:0]
	for _, r := range all {
		if len(r.Metrics) > 0 {
			kept = append(kept, r)
		}
	}
	return kept
}

// watcher is a rival on series: the scores of one, of which each is made of the rows up to it.
type watcher struct {
	name   string
	scores func(values []float64) []float64
}

// watchers returns the rivals of the forecaster, which learn nothing before a series begins.
func (w *watch) watchers() []watcher {
	return []watcher{
		{gaussianName, knownOnly(windowedGaussian)},
		{"level", func(values []float64) []float64 {
			level, l := newMean(w.opts.Long), newLikelihood(w.opts)
			return w.each(values, func(x float64, s *scaler) float64 {
				score := l.score(math.Abs(x-level.value()), leastError*s.deviation())
				level.add(x)
				return score
			})
		}},
		{"last value", func(values []float64) []float64 {
			moves := new(moments)
			return w.each(values, func(x float64, s *scaler) float64 {
				move := math.Abs(x - s.last)
				mean, deviation := moves.of()
				moves.take(move, 1)
				return min(mostScore, max(0, move-mean)/(deviation+leastError*s.deviation()))
			})
		}},
		{"normal", func(values []float64) []float64 { return make([]float64, len(values)) }},
	}
}

// knownOnly leaves what is missing out, and scores it as 0.
func knownOnly(scores func(values []float64) []float64) func(values []float64) []float64 {
	return func(values []float64) []float64 {
		var known []float64
		var places []int
		for i, x := range values {
			if !math.IsNaN(x) {
				known, places = append(known, x), append(places, i)
			}
		}
		all := make([]float64, len(values))
		for k, s := range scores(known) {
			all[places[k]] = s
		}
		return all
	}
}

// each scores the values of a series one after the other, those that are missing as 0, and the first as well.
func (w *watch) each(values []float64, score func(x float64, s *scaler) float64) []float64 {
	s := scaler{memory: float64(w.opts.Memory)}
	scores := make([]float64, len(values))
	for i, x := range values {
		if math.IsNaN(x) {
			continue
		}
		if s.n > 0 {
			scores[i] = score(x, &s)
		}
		s.take(x)
	}
	return scores
}

// of returns the scores of a rival on all series up to the end of a part: of several variables the highest.
func (w *watch) of(r watcher, p task.Part) ([]watched, error) {
	var all []watched
	for _, q := range w.series {
		part, err := q.parts.Part(string(p))
		if err != nil {
			return nil, err
		}
		scores := make([]float64, part.To)
		for v := range w.about.Width {
			column := make([]float64, part.To)
			for i := range column {
				column[i] = q.values[i][v]
			}
			for i, s := range r.scores(column) {
				scores[i] = max(scores[i], s)
			}
		}
		all = append(all, watched{scores, alarms(scores, w.opts.Rest), part, q.anomalies})
	}
	return all, nil
}

// Baselines implements task.Task: rivals on the same rows, with thresholds that are found in the same way. Where it is
// unknown which rows are anomalous there are none.
//
//	windowed gaussian  the chance of a value by the mean and deviation of those before, as NAB has it
//	level              the distance from the mean of the past, by the same likelihood as the network's errors
//	last value         how far the value has moved, in deviations of the moves before
//	normal             flags nothing
func (w *watch) Baselines(ctx context.Context, p task.Part) ([]task.Rival, error) {
	if err := args.Context(ctx); err != nil {
		return nil, err
	}
	if _, err := (datasets.Split{}).Part(string(p)); err != nil {
		return nil, err
	}
	if m := w.rivals[p]; m != nil || !w.known() {
		return m, nil
	}
	how, err := parseThreshold(w.opts.Threshold)
	if err != nil {
		return nil, err
	}
	if !how.labels && how.quantile == 0 { // a number is for the scores of the network
		how = threshold{quantile: 0.99}
	}
	var all []task.Rival
	for _, r := range w.watchers() {
		if err := args.Context(ctx); err != nil {
			return nil, err
		}
		valid, err := w.of(r, task.ValidPart)
		if err != nil {
			return nil, err
		}
		at, err := w.find(how, valid)
		if err != nil {
			return nil, errors.WithMessagef(err, "detect %s", w.meta.Name)
		}
		scored, err := w.of(r, p)
		if err != nil {
			return nil, err
		}
		all = append(all, task.Rival{Name: r.name, Metrics: seriesMetrics(scored, at)})
	}
	w.rivals[p] = ranked(all)
	return w.rivals[p], nil
}

// benchmark scores the network and its rivals as NAB does, on whole series whose anomalies are known.
func (w *watch) benchmark(all []watched) (task.Exhibit, bool) {
	of := func(all []watched) []scored {
		scores := make([]scored, len(all))
		for i, q := range all {
			scores[i] = scored{q.alarms, q.anomalies}
		}
		return scores
	}
	t := &show.Table{Header: []string{"NAB", "standard", "low FP", "low FN", "windows found", "false alarms", "threshold"}}
	data := make(map[string]map[string]nabScore)
	add := func(name string, all []scored) bool {
		data[name] = make(map[string]nabScore)
		row := []any{name}
		for _, p := range profiles {
			s := nab(all, p)
			if s.Windows == 0 {
				return false
			}
			if math.IsInf(s.Threshold, 0) { // of what flags nothing
				s.Threshold = mostScore
			}
			data[name][p.name] = s
			row = append(row, show.Fixed(s.Score, 1))
		}
		s := data[name][profiles[0].name]
		t.Rows = append(t.Rows, append(row, show.Number(fmt.Sprintf("%d of %d", s.Found, s.Windows)), show.Number(fmt.Sprint(s.False)), show.Fixed(s.Threshold, 4)))
		return true
	}
	if !add(w.network.Name(), of(all)) {
		return task.Exhibit{}, false
	}
	for _, r := range w.watchers() {
		scores, err := w.of(r, task.TestPart)
		if err != nil {
			return task.Exhibit{}, false
		}
		if r.name == gaussianName { // as the benchmark's, which tells of each row
			for i := range scores {
				scores[i].alarms = scores[i].scores
			}
		}
		add(r.name, of(scores))
	}
	return task.Exhibit{Name: "nab", Table: t, Data: data}, true
}

// gaussianName is the name of the rival that is a detector of the benchmark.
const gaussianName = "windowed gaussian"
