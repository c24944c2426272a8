package detect

import "github.com/rnnzoo/rnnzoo/datasets"

// ranking returns the area under the ROC curve, of which equal scores count half, and the average precision, Σ (Rₙ −
// Rₙ₋₁)·Pₙ over the thresholds. ok is false where all are anomalous, or none.
func ranking(scores []float64, truth []bool) (auc, ap float64, ok bool) {
	order := ordered(scores)
	positives := 0
	for _, t := range truth {
		if t {
			positives++
		}
	}
	negatives := len(truth) - positives
	if positives == 0 || negatives == 0 {
		return 0, 0, false
	}
	hits, alarms := 0, 0
	for i := 0; i < len(order); {
		h, n := 0, 0
		for first := scores[order[i]]; n == 0 || i < len(order) && scores[order[i]] == first; i++ {
			if truth[order[i]] {
				h++
			}
			n++
		}
		// Each of the negatives here is below the positives before, and half below those here.
		auc += float64(n-h) * (float64(hits) + float64(h)/2)
		hits, alarms = hits+h, alarms+n
		ap += float64(h) * float64(hits) / float64(alarms)
	}
	return auc / float64(positives) / float64(negatives), ap / float64(positives), true
}

// measures returns precision, recall and F1: of flags some are right, and of what is to be found some is.
func measures(flags, right, known, found int) map[string]float64 {
	m := map[string]float64{"precision": 0, "recall": 0, f1Name: 0}
	if flags > 0 {
		m["precision"] = float64(right) / float64(flags)
	}
	if known > 0 {
		m["recall"] = float64(found) / float64(known)
	}
	if sum := m["precision"] + m["recall"]; sum > 0 {
		m[f1Name] = 2 * m["precision"] * m["recall"] / sum
	}
	return m
}

// sequenceMetrics returns the metrics of sequences that are flagged from a threshold on. Where none is anomalous there are
// none; where all are, there is no ranking.
func sequenceMetrics(scores []float64, truth []bool, threshold float64) map[string]float64 {
	flags, right, known := 0, 0, 0
	for i, s := range scores {
		if truth[i] {
			known++
		}
		if s >= threshold {
			if flags++; truth[i] {
				right++
			}
		}
	}
	if known == 0 {
		return map[string]float64{}
	}
	m := measures(flags, right, known, right)
	if auc, ap, ok := ranking(scores, truth); ok {
		m["auc"], m["ap"] = auc, ap
	}
	return m
}

// watched is a part of a series with its scores: those of all rows of the series, and those that are flagged.
type watched struct {
	scores, alarms []float64
	part           datasets.Range
	anomalies      []datasets.Range
}

// seriesMetrics returns the metrics of parts of series. What is flagged in a window of anomalies is right, and a window
// with a flag is found. The ranking is that of the rows.
func seriesMetrics(all []watched, threshold float64) map[string]float64 {
	flags, right, known, found := 0, 0, 0, 0
	rows := 0
	for _, w := range all {
		rows += w.part.Len()
	}
	scores, truth := make([]float64, 0, rows), make([]bool, 0, rows)
	for _, w := range all {
		next := 0
		seen := -1
		for i := w.part.From; i < w.part.To; i++ {
			for next < len(w.anomalies) && i >= w.anomalies[next].To {
				next++
			}
			in := next < len(w.anomalies) && i >= w.anomalies[next].From
			scores, truth = append(scores, w.scores[i]), append(truth, in)
			if in && (i == w.part.From || i == w.anomalies[next].From) {
				known++
			}
			if w.alarms[i] >= threshold && w.alarms[i] > 0 {
				flags++
				if in {
					right++
					if seen != next {
						seen = next
						found++
					}
				}
			}
		}
	}
	if known == 0 {
		return map[string]float64{}
	}
	m := measures(flags, right, known, found)
	if auc, ap, ok := ranking(scores, truth); ok {
		m["auc"], m["ap"] = auc, ap
	}
	return m
}
