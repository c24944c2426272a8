package detect

import (
	"slices"
	"sort"

	"github.com/pkg/errors"
)

// find returns the threshold for scores, of which some are known to be of anomalies: truth is nil where nothing is known. A quantile is that of the
// normal ones, as numpy's by linear interpolation. The best F1 is that halfway between two scores that is the highest.
func (t threshold) find(scores []float64, truth []bool) (float64, error) {
	if !t.labels && t.quantile == 0 {
		return t.value, nil
	}
	if !t.labels {
		var normal []float64
		for i, s := range scores {
			if truth == nil || !truth[i] {
				normal = append(normal, s)
			}
		}
		if len(normal) == 0 {
			return 0, errors.New("nothing that validates is normal, so that there is no quantile of its scores; give a number (threshold: NUMBER)")
		}
		return quantile(normal, t.quantile), nil
	}
	if !slices.Contains(truth, true) || !slices.Contains(truth, false) {
		return 0, errors.New("what validates has no labels of both kinds to choose a threshold by; choose a quantile (threshold: quantile:0.98)")
	}
	order := ordered(scores)
	positives := 0
	for _, b := range truth {
		if b {
			positives++
		}
	}
	best, at, hits := -1.0, 0.0, 0
	for i, k := range order { // flagging the first i+1
		if truth[k] {
			hits++
		}
		last := i == len(order)-1
		if !last && scores[order[i+1]] == scores[k] {
			continue
		}
		if f1 := 2 * float64(hits) / float64(i+1+positives); f1 > best {
			best, at = f1, scores[k]
			if !last {
				at = (scores[k] + scores[order[i+1]]) / 2
			}
		}
	}
	return at, nil
}

// quantile returns that of some numbers, between two of them by linear interpolation.
func quantile(all []float64, q float64) float64 {
	sorted := slices.Clone(all)
	sort.Float64s(sorted)
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// ordered returns the places of scores, the highest first.
func ordered(scores []float64) []int {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return scores[order[i]] > scores[order[j]] })
	return order
}
