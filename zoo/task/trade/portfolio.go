package trade

import (
	"cmp"
	"math"
	"slices"

	"github.com/rnnzoo/rnnzoo/datasets"
)

// book is what trading on the days of a range has come to.
type book struct {
	returns  []float64 // [D] of the capital from a day's close to the next, costs taken off
	turnover []float64 // [D] what is bought and sold at a day's close, as a part of the capital
	right    int       // directions that were predicted right
	said     int       // of all that were predicted, where the price has changed
}

// rule is how positions follow from predicted returns.
type rule struct {
	top   int     // positions at most
	short bool    // whether some may be short
	bonus float64 // what a position that is held is better than one that must be bought, as a return
}

// candidate is a position that may be taken.
type candidate struct {
	share int
	side  float64 // 1 or −1
	value float64
}

// choose sets the weights of the next day, each 1/top of the capital or none: of the shares whose predicted return, or
// its opposite for a short position, is above the bonus, or above its negative for one that is held already, the best. A
// share that has no price today keeps what is held of it, and its place. Of equals the first counts.
func (r rule) choose(edge, held, to []float64, tradable func(share int) bool) {
	places := r.top
	var all []candidate
	for s, e := range edge {
		if to[s] = 0; !tradable(s) {
			if to[s] = held[s]; held[s] != 0 {
				places--
			}
			continue
		}
		if math.IsNaN(e) {
			continue
		}
		best := candidate{share: s}
		for _, side := range []float64{1, -1} {
			value := side*e - r.bonus
			if side*held[s] > 0 {
				value = side*e + r.bonus
			}
			if value > best.value && (side > 0 || r.short) {
				best.side, best.value = side, value
			}
		}
		if best.side != 0 {
			all = append(all, best)
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.value, a.value) })
	for _, c := range all[:min(len(all), max(0, places))] {
		to[c.share] = c.side / float64(r.top)
	}
}

// tradable returns whether a share has a price on a day.
func (m *market) tradable(day int) func(share int) bool {
	return func(s int) bool { return m.bar[s][day] >= 0 }
}

// dayReturn returns that of a share from a day's close to that of the next day: 0 where it has no price then, and where
// it has one again the whole return since its last.
func (m *market) dayReturn(s, day int) float64 {
	bar := int(m.bar[s][day+1])
	if bar < 1 {
		return 0
	}
	return m.shares[s].next(bar - 1)
}

// trade trades on the days of a range: at the close of each choose sets the weights of the shares until the next close,
// by those that are held, which have drifted with the prices. What changes costs so much of what is bought or sold: of a
// capital V, weights w and returns r, with a turnover τ = Σ|w − held|, there is V·(1 − costs·τ)·(1 + Σ w·r) at the next
// close. A capital that is lost stays so. edges [D][S] are the returns that were predicted, NaN where none were, of which
// the directions are counted; nil is none. The range ends before the last day.
func (m *market) trade(days datasets.Range, costs float64, choose func(day int, held, to []float64), edges [][]float64) *book {
	b := new(book)
	held, to := make([]float64, len(m.shares)), make([]float64, len(m.shares))
	lost := false
	for day := days.From; day < days.To; day++ {
		if edges != nil {
			b.count(m, day, edges[day-days.From])
		}
		if lost {
			b.returns, b.turnover = append(b.returns, 0), append(b.turnover, 0)
			continue
		}
		choose(day, held, to)
		turnover, grown := 0.0, 1.0
		for s, w := range to {
			turnover += math.Abs(w - held[s])
			if w != 0 {
				grown += w * m.dayReturn(s, day)
			}
		}
		after := (1 - costs*turnover) * grown
		if lost = !(after > 0); lost {
			after = 0
		}
		b.returns, b.turnover = append(b.returns, after-1), append(b.turnover, turnover)
		for s, w := range to {
			if held[s] = 0; w != 0 && !lost {
				held[s] = w * (1 + m.dayReturn(s, day)) / grown
			}
		}
	}
	return b
}

// count counts the directions that were predicted on a day. A price that stays the same has none.
func (b *book) count(m *market, day int, edges []float64) {
	for s, e := range edges {
		bar := m.bar[s][day]
		if bar < 0 || math.IsNaN(e) || e == 0 { // which is no direction
			continue
		}
		if r := m.shares[s].next(int(bar)); r != 0 {
			b.said++
			if (e > 0) == (r > 0) {
				b.right++
			}
		}
	}
}

// curve returns the capital [D+1] that begins with 1.
func (b *book) curve() []float64 {
	capital := []float64{1}
	for i, r := range b.returns {
		capital = append(capital, capital[i]*(1+r))
	}
	return capital
}
