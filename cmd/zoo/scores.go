package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// metricOrder is the order in which metrics are shown. The first that a task has is the one that ranks.
var metricOrder = []string{"rmse", "mae", "smape", "mase", "bleu", "chrf", "exact", "perplexity", "accuracy", "f1", "loss"}

// higherIsBetter are the metrics of which more is better; of the others less is.
var higherIsBetter = map[string]bool{"accuracy": true, "f1": true, "bleu": true, "chrf": true, "exact": true}

// percent are the metrics that are parts of 1, and shown in percent.
var percent = map[string]bool{"accuracy": true, "f1": true, "exact": true}

// scoreTable compares a model's metrics with those of its rivals, the best first.
func scoreTable(model string, own map[string]float64, baselines map[string]map[string]float64) *table {
	all := maps.Clone(baselines)
	all[model] = own
	t := &table{right: func(column int) bool { return column > 0 }}
	header := []string{""}
	var shown []string
	for _, m := range metricOrder {
		if _, ok := own[m]; ok {
			shown, header = append(shown, m), append(header, m)
		}
	}
	t.add(header...)
	for _, name := range ranking(all) {
		row := []string{name}
		for _, m := range shown {
			if v, ok := all[name][m]; ok {
				row = append(row, shownMetric(m, v, own[m]))
			} else {
				row = append(row, "–")
			}
		}
		t.add(row...)
	}
	return t
}

// shownMetric formats a metric with about as many digits as that of the model.
func shownMetric(name string, value, own float64) string {
	if percent[name] {
		return fixed(100*value, 2) + " %"
	}
	return fixed(value, decimals(4, own))
}

// rankingMetric returns the metric that decides which of the scores is best.
func rankingMetric(all map[string]map[string]float64) string {
	for _, m := range metricOrder {
		for _, scores := range all {
			if _, ok := scores[m]; ok {
				return m
			}
		}
	}
	return ""
}

// ranking sorts names, the best first.
func ranking(all map[string]map[string]float64) []string {
	m := rankingMetric(all)
	sign := 1.0
	if higherIsBetter[m] {
		sign = -1
	}
	return slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(cmp.Compare(sign*all[a][m], sign*all[b][m]), cmp.Compare(a, b))
	})
}

// verdict says in a sentence whether the model is better than the best baseline.
func verdict(model string, own map[string]float64, baselines map[string]map[string]float64) string {
	if len(baselines) == 0 {
		return ""
	}
	m := rankingMetric(baselines)
	rival := ranking(baselines)[0]
	mine, theirs := own[m], baselines[rival][m]
	if higherIsBetter[m] {
		points := math.Abs(mine - theirs)
		if percent[m] {
			points *= 100
		}
		switch {
		case math.IsNaN(points):
			return ""
		case mine > theirs:
			return fmt.Sprintf("%s is best: its %s is %.1f points above that of %s, the best of the rivals.", model, m, points, rival)
		case mine < theirs:
			return fmt.Sprintf("%s is best: the %s of %s is %.1f points below it.", rival, m, model, points)
		}
		return fmt.Sprintf("%s and %s are equally good.", model, rival)
	}
	part := math.Abs(1-mine/theirs) * 100
	switch {
	case math.IsNaN(part) || math.IsInf(part, 0):
		return ""
	case mine < theirs:
		return fmt.Sprintf("%s is best: its %s is %.1f %% below that of %s, the best of those that learn nothing.", model, m, part, rival)
	case mine > theirs:
		return fmt.Sprintf("%s, which learns nothing, is best: the %s of %s is %.1f %% above it.", rival, m, model, part)
	}
	return fmt.Sprintf("%s and %s, which learns nothing, are equally good.", model, rival)
}

// mostClasses is how many classes a table of who was taken for whom has room for on a terminal.
const mostClasses = 10

// confusionTable shows how many of each true class were taken for which, or "" without one.
func confusionTable(c *task.Confusion) string {
	if c == nil || len(c.Classes) > mostClasses {
		return ""
	}
	t := &table{right: func(column int) bool { return column > 0 }}
	t.add(append([]string{"true \\ predicted"}, c.Classes...)...)
	for i, name := range c.Classes {
		row := []string{name}
		for _, n := range c.Counts[i] {
			row = append(row, count(n))
		}
		t.add(row...)
	}
	return "\n" + t.String()
}
