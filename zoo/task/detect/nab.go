package detect

import (
	"cmp"
	"math"
	"slices"

	"github.com/rnnzoo/rnnzoo/datasets"
)

// The scorer of the Numenta Anomaly Benchmark, as version 1.1 computes it. A series has windows around its anomalies. What
// is flagged first in a window earns the more the earlier it is; more flags in it earn nothing. A flag outside costs the more the further behind the
// last window it is. A window without a flag costs, too. All series share one threshold, the best of all: the benchmark's protocol, which is the
// only use of its labels. The score is 0 for a detector that flags nothing, and 100 for one that flags the first row of each window.
//
// A. Lavin and S. Ahmad, Evaluating real-time anomaly detection algorithms: the Numenta Anomaly Benchmark, 2015.

// profile is what hits, misses and false alarms weigh in a score.
type profile struct {
	name       string
	tp, fn, fp float64
}

// profiles are those of the benchmark. Most results are of the first.
var profiles = [...]profile{{"standard", 1, 1, 0.11}, {"reward_low_FP_rate", 1, 1, 0.22}, {"reward_low_FN_rate", 1, 2, 0.11}}

// scored is a series as it is scored: how anomalous each row is, and the windows.
type scored struct {
	scores  []float64
	windows []datasets.Range
}

// nabScore is how well a detector does in a profile.
type nabScore struct {
	Score     float64 `json:"score"`     // 100 is perfect, 0 is what flagging nothing gets
	Threshold float64 `json:"threshold"` // a row is flagged from this score on
	Found     int     `json:"found"`     // windows with a flag
	Windows   int     `json:"windows"`
	False     int     `json:"false"` // flags outside of windows
}

// probation returns how many rows at the start of a series of n are not scored.
func nabProbation(n int) int {
	const part, most = 0.15, 5000
	return int(math.Ceil(min(math.Floor(part*float64(n)), part*most)))
}

// nabSigmoid is what a flag is worth before weights, by how far behind the end of a window it is, in lengths of it: nearly 1
// a whole length before, 0 at the end and −1 from three lengths on.
func nabSigmoid(place float64) float64 {
	if place > 3 {
		return -1
	}
	return 2/(1+math.Exp(5*place)) - 1
}

// worth returns what a flag at each row is worth, of a hit as a part of the best that can be, and the window of each, or -1.
func worth(n int, windows []datasets.Range) (worth []float64, window []int) {
	worth, window = make([]float64, n), make([]int, n)
	best := nabSigmoid(-1)
	next := 0
	for i := range n {
		for next < len(windows) && i >= windows[next].To {
			next++
		}
		switch {
		case next < len(windows) && i >= windows[next].From:
			w := windows[next]
			worth[i], window[i] = nabSigmoid(-float64(w.To-i)/float64(w.Len()))/best, next
		case next == 0:
			worth[i], window[i] = -1, -1
		default:
			w := windows[next-1]
			worth[i], window[i] = -1, -1
			if w.Len() > 1 {
				worth[i] = nabSigmoid(float64(i-w.To+1) / float64(w.Len()-1))
			}
		}
	}
	return worth, window
}

// nab returns the best score of all thresholds in a profile. It takes time as n log n rows do.
func nab(all []scored, p profile) nabScore {
	type row struct {
		score, worth float64
		window       int
	}
	total := 0
	for _, s := range all {
		total += len(s.scores)
	}
	rows, windows := make([]row, 0, total), 0
	for _, s := range all {
		value, window := worth(len(s.scores), s.windows)
		for i := nabProbation(len(s.scores)); i < len(s.scores); i++ {
			if window[i] >= 0 {
				window[i] += windows
			}
			rows = append(rows, row{s.scores[i], value[i], window[i]})
		}
		windows += len(s.windows)
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.score, a.score) })
	null := -p.fn * float64(windows)
	now, found, false_ := nabScore{Threshold: math.Inf(1), Windows: windows}, make([]float64, windows), 0
	sum, hits := null, 0
	best := null
	for i := range found {
		found[i] = math.Inf(-1)
	}
	for i, r := range rows {
		switch {
		case r.window < 0:
			sum += r.worth * p.fp
			false_++
		case math.IsInf(found[r.window], -1):
			sum += p.fn + r.worth*p.tp
			found[r.window] = r.worth
			hits++
		case r.worth > found[r.window]:
			sum += (r.worth - found[r.window]) * p.tp
			found[r.window] = r.worth
		}
		if last := i == len(rows)-1; (last || rows[i+1].score != r.score) && sum > best {
			best = sum
			now.Threshold, now.Found, now.False = r.score, hits, false_
		}
	}
	if most := p.tp * float64(windows); most > null {
		now.Score = 100 * (best - null) / (most - null)
	}
	return now
}

// alarms returns scores of which only those are left that none of the rest rows before reaches: who is alarmed already need
// not be told again. The others are 0.
func alarms(scores []float64, rest int) []float64 {
	out := make([]float64, len(scores))
	r := newQuiet(rest)
	for i, s := range scores {
		if r.loudest(s) {
			out[i] = s
		}
	}
	return out
}

// quiet knows the highest of the scores of the last rows: those of them that no later one has reached, in falling order.
type quiet struct {
	rest, row int
	rows      []int
	scores    []float64
}

func newQuiet(rest int) *quiet { return &quiet{rest: rest} }

// loudest takes the next score and reports whether it is above all of the rest rows before.
func (q *quiet) loudest(score float64) bool {
	for len(q.rows) > 0 && q.rows[0] < q.row-q.rest {
		q.rows, q.scores = q.rows[1:], q.scores[1:]
	}
	first := len(q.rows) == 0 || score > q.scores[0]
	for len(q.rows) > 0 && q.scores[len(q.scores)-1] <= score {
		q.rows, q.scores = q.rows[:len(q.rows)-1], q.scores[:len(q.scores)-1]
	}
	q.rows, q.scores = append(q.rows, q.row), append(q.scores, score)
	q.row++
	return first
}

// windowedGaussian returns the scores of the benchmark's detector of that name: 1 − Q(|x − mean|/deviation) by the mean and
// deviation of up to 6,400 values before, which move on a hundred at a time, with the twelve digits that its results have.
func windowedGaussian(values []float64) []float64 {
	const size, step = 6400, 100
	scores := make([]float64, len(values))
	first := 0.0
	var n, sum, squares float64 // of the window, less the first value of the series
	if len(values) > 0 {
		first = values[0]
	}
	from, to := 0, 0
	for i, x := range values {
		if n > 0 {
			mean := sum / n
			deviation := math.Sqrt(max(0, squares/n-mean*mean))
			if deviation < 1e-9*math.Abs(mean+first) || deviation == 0 {
				deviation = 1e-6
			}
			z := math.Abs(x-first-mean) / deviation
			scores[i] = math.Round((1-0.5*math.Erfc(z/math.Sqrt2))*1e12) / 1e12
		}
		add := func(at int, sign float64) {
			d := values[at] - first
			n, sum, squares = n+sign, sum+sign*d, squares+sign*d*d
		}
		switch {
		case i < size:
			add(i, 1)
			to = i + 1
		case i+1-to == step:
			for ; to <= i; to++ {
				add(from, -1)
				add(to, 1)
				from++
			}
		}
	}
	return scores
}
