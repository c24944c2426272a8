package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
)

// metricOrder is the order in which metrics are shown. All are better the lower.
var metricOrder = []string{"rmse", "mae", "smape", "mase"}

// scoreTable compares a model's metrics with those of forecasts that learn nothing, the best first.
func scoreTable(model string, own map[string]float64, baselines map[string]map[string]float64) *table {
	all := maps.Clone(baselines)
	all[model] = own
	names := ranking(all)

	t := &table{right: func(column int) bool { return column > 0 }}
	header := []string{""}
	var shown []string
	for _, m := range metricOrder {
		if _, ok := own[m]; ok {
			shown, header = append(shown, m), append(header, m)
		}
	}
	t.add(header...)
	for _, name := range names {
		row := []string{name}
		for _, m := range shown {
			row = append(row, fixed(all[name][m], decimals(4, own[m])))
		}
		t.add(row...)
	}
	return t
}

// ranking sorts names by their first metric.
func ranking(all map[string]map[string]float64) []string {
	return slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(cmp.Compare(all[a][metricOrder[0]], all[b][metricOrder[0]]), cmp.Compare(a, b))
	})
}

// verdict says in a sentence whether the model is better than the best baseline.
func verdict(model string, own map[string]float64, baselines map[string]map[string]float64) string {
	if len(baselines) == 0 {
		return ""
	}
	m := metricOrder[0]
	rival := ranking(baselines)[0]
	mine, theirs := own[m], baselines[rival][m]
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
