package detect

import (
	"math"
	"slices"
)

// The ways to hold errors against those of the past.
const (
	likelihoodRank     = "rank"
	likelihoodGaussian = "gaussian"
)

// Likelihoods returns the names of how an error becomes a score: how many times the error is that which few of the past reach
// (rank), or −log10 of the chance of so large a mean of the last errors in a Gaussian with the mean and deviation of the past
// ones, which is the anomaly likelihood of S. Ahmad et al., Unsupervised real-time anomaly detection for streaming data, 2017 (gaussian).
func Likelihoods() []string { return []string{likelihoodRank, likelihoodGaussian} }

// fewErrors is how many errors must be known before one of them is large.
const fewErrors = 20

// likelihood holds errors against those before, of a window long, in two ways: each by itself, and the mean of a short window.
type likelihood struct {
	way         string
	rank        float64 // which part of the past is below a score of 1
	short       *mean
	alone, mean *past
}

func newLikelihood(o Options) *likelihood {
	return &likelihood{way: o.Likelihood, rank: o.Rank, short: newMean(o.Recent), alone: newPast(o.Long), mean: newPast(o.Long)}
}

// score takes an error and returns how surprising it is, between 0 and 10⁶; 0 as long as few are known. What is far below least is no error at all.
func (l *likelihood) score(e, least float64) float64 {
	l.short.add(e)
	m := l.short.value()
	var s float64
	if l.way == likelihoodGaussian {
		s = l.alone.tail(m, least)
	} else {
		s = max(l.alone.ratio(e, l.rank, least), l.mean.ratio(m, l.rank, least))
		l.mean.add(m)
	}
	l.alone.add(e)
	return s
}

// past is the last numbers of a stream, also in their order of size. Adding one takes time as moving some of them does.
type past struct {
	ring, sorted []float64
	at, most     int
	sum          moments
}

func newPast(most int) *past { return &past{most: max(1, most)} }

// add takes a number in place of the oldest, if there are as many as there may be.
func (p *past) add(x float64) {
	if len(p.ring) < p.most {
		p.ring = append(p.ring, x)
	} else {
		old := p.ring[p.at]
		p.ring[p.at] = x
		p.at = (p.at + 1) % p.most
		i, _ := slices.BinarySearch(p.sorted, old)
		p.sorted = slices.Delete(p.sorted, i, i+1)
		p.sum.take(old, -1)
	}
	i, _ := slices.BinarySearch(p.sorted, x)
	p.sorted = slices.Insert(p.sorted, i, x)
	p.sum.take(x, 1)
}

// mostScore bounds scores, so that what is surprising beyond measure stays a number.
const mostScore = 1e6

// ratio returns how many times a number is that below which a part of the past is.
func (p *past) ratio(x, part, least float64) float64 {
	n := len(p.sorted)
	if n < fewErrors {
		return 0
	}
	return min(mostScore, x/(p.sorted[int(part*float64(n-1))]+least))
}

// tail returns −log10 of the chance of so large a number in a Gaussian of the past.
func (p *past) tail(x, least float64) float64 {
	if len(p.ring) < fewErrors {
		return 0
	}
	mean, deviation := p.sum.of()
	z := (x - mean) / max(deviation, least, 1e-300)
	q := 0.5 * math.Erfc(z/math.Sqrt2)
	return min(mostScore, max(0, -math.Log10(max(q, 1e-300))))
}

// moments are of numbers that come and go, less the first of them.
type moments struct{ first, n, sum, squares float64 }

func (m *moments) take(x, sign float64) {
	if m.n == 0 {
		*m = moments{first: x}
	}
	d := x - m.first
	m.n, m.sum, m.squares = m.n+sign, m.sum+sign*d, m.squares+sign*d*d
}

func (m *moments) of() (mean, deviation float64) {
	if m.n == 0 {
		return 0, 0
	}
	d := m.sum / m.n
	return m.first + d, math.Sqrt(max(0, m.squares/m.n-d*d))
}

// mean is that of the last numbers of a stream, which is added up anew whenever all have been replaced, so that no error of
// rounding stays.
type mean struct {
	ring []float64
	at   int
	most int
	sum  float64
}

func newMean(most int) *mean { return &mean{most: max(1, most)} }

func (m *mean) add(x float64) {
	if len(m.ring) < m.most {
		m.ring = append(m.ring, x)
		m.sum += x
		return
	}
	m.sum += x - m.ring[m.at]
	m.ring[m.at] = x
	if m.at++; m.at == m.most {
		m.at, m.sum = 0, 0
		for _, v := range m.ring {
			m.sum += v
		}
	}
}

// value returns the mean, and 0 of none.
func (m *mean) value() float64 { return m.sum / max(1, float64(len(m.ring))) }
