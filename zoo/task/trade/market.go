package trade

import (
	"math"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
)

// How much a market has at most: so many shares, days with a price of one, and places for shares on days. Features of so
// many take 300 MB.
const (
	mostShares = 1 << 16
	mostBars   = 1 << 22
	mostPlaces = 1 << 23
)

// The largest and the least price, and how many times the price before it one may be: beyond them there is a mistake, and
// returns of less have finite sums.
const (
	largestPrice = 1e12
	leastPrice   = 1e-9
	largestJump  = 100
)

// market is the prices of shares on common days. It does not change.
type market struct {
	name     string
	calendar // N days
	shares   []share
	bar      [][]int32 // [S][N] the place of a day among those of a share, -1 where it has no price
	adjusted bool      // whether closes are adjusted ones
	unused   []string  // columns that are not looked at
}

// share is the prices of one on the n days on which it has one. High, low and volume are nil if there are none, and NaN
// where they are missing.
type share struct {
	name              string
	days              []int // [n] in the calendar
	close             []float64
	high, low, volume []float64
}

// length returns the number of days.
func (m *market) length() int { return len(m.labels) }

// next returns the return of a share from bar i to the next, 0 for none.
func (s *share) next(i int) float64 {
	if i+1 >= len(s.close) {
		return 0
	}
	return s.close[i+1]/s.close[i] - 1
}

// newMarket reads the prices of a panel.
func newMarket(p *datasets.Panel) (*market, error) {
	if p == nil {
		return nil, errors.New("trade: the panel is nil; datasets.Open opens one")
	}
	m := &market{name: p.Meta.Name}
	var found []quote
	var of []*datasets.Series
	var labels [][]string // of the series of each share
	bars := 0
	for _, s := range p.Series {
		if s == nil {
			return nil, m.errorf("one of its series is nil")
		}
		if s.Times != nil && len(s.Times) != s.Len() {
			return nil, m.errorf("%s has %d rows and %d days; want as many, or none", s.ID, s.Len(), len(s.Times))
		}
		for i, row := range s.Values {
			if len(row) != s.Width() {
				return nil, m.errorf("row %d of %s has %d values; want %d, one for each column", i+1, s.ID, len(row), s.Width())
			}
		}
		id := s.ID
		if id == "" {
			id = p.Meta.Name
		}
		shares, unused := quotes(id, s.Variables)
		if len(p.Series) > 1 && unnamed(s.Variables) { // of several series with columns of other names each is of the one that it is of
			for i := range shares {
				if shares[i].share = id; len(shares) > 1 {
					shares[i].share += "." + s.Variables[i]
				}
			}
		}
		days := s.Times
		if days == nil {
			days = numbered(s.Len())
		}
		for _, q := range shares {
			found, of, labels = append(found, q), append(of, s), append(labels, days)
			bars += s.Len()
		}
		if m.unused == nil {
			m.unused = unused
		}
	}
	switch {
	case len(found) == 0:
		return nil, m.errorf("there is no column of prices; want one that is named close, or one for each share")
	case len(found) > mostShares || bars > mostBars:
		return nil, m.errorf("%d shares with %d prices in all are too many; want at most %d and %d: take fewer shares or days", len(found), bars, mostShares, mostBars)
	}
	c, places, ok := join(labels)
	if !ok {
		return nil, m.errorf("the shares have different days, and it cannot be told which comes first; write them as 2006-01-02, oldest first")
	}
	if len(found)*len(c.labels) > mostPlaces {
		return nil, m.errorf("%d shares on %d days are too many; take fewer shares or days", len(found), len(c.labels))
	}
	m.calendar = c
	names := make(map[string]bool)
	for i, q := range found {
		if names[q.share] {
			return nil, m.errorf("two shares have the name %q", q.share)
		}
		names[q.share] = true
		s, at, err := m.read(q, of[i], places[i])
		if err != nil {
			return nil, err
		}
		m.shares, m.bar = append(m.shares, s), append(m.bar, at)
	}
	m.dropEmpty()
	return m, nil
}

// dropEmpty takes days out of the calendar on which no share has a price, such as holidays: nothing is decided on them.
func (m *market) dropEmpty() {
	place := make([]int, m.length()) // of each day among those that stay
	var labels []string
	for day, label := range m.labels {
		some := false
		for s := range m.bar {
			some = some || m.bar[s][day] >= 0
		}
		if place[day] = len(labels); some {
			labels = append(labels, label)
		}
	}
	if len(labels) == m.length() {
		return
	}
	m.labels, m.perYear = labels, perYear(parseDays(labels))
	for s := range m.shares {
		at := make([]int32, len(labels))
		for day := range at {
			at[day] = -1
		}
		days := m.shares[s].days
		for i, day := range days {
			days[i] = place[day]
			at[days[i]] = int32(i)
		}
		m.bar[s] = at
	}
}

func (m *market) errorf(format string, args ...any) error {
	return errors.Errorf("trade "+strings.ReplaceAll(m.name, "%", "%%")+": "+format, args...)
}

// read reads the prices of a share. Days without a close are left out.
func (m *market) read(q quote, from *datasets.Series, days []int) (share, []int32, error) {
	s := share{name: q.share}
	closes := q.close
	if q.adjusted >= 0 {
		closes, m.adjusted = q.adjusted, true
	}
	at := make([]int32, m.length())
	for d := range at {
		at[d] = -1
	}
	column := func(place int) *[]float64 {
		if place < 0 {
			return nil
		}
		return new([]float64)
	}
	high, low, volume := column(q.high), column(q.low), column(q.volume)
	if high == nil || low == nil {
		high, low = nil, nil
	}
	for i, row := range from.Values {
		price := row[closes]
		if math.IsNaN(price) {
			continue
		}
		day := m.labels[days[i]]
		check := func(what string, x float64) error {
			if !math.IsNaN(x) && !(x >= leastPrice && x <= largestPrice) {
				return m.errorf("the %s of %s on %s is %v; want a price between %v and %v: mend it, or leave the row out", what, q.share, day, x, leastPrice, largestPrice)
			}
			return nil
		}
		if err := check("close", price); err != nil {
			return s, nil, err
		}
		factor := 1.0 // of an adjustment, for the other prices of the day
		if q.adjusted >= 0 && q.close >= 0 {
			raw := row[q.close]
			if err := check("close", raw); err != nil {
				return s, nil, err
			}
			factor = price / raw
		}
		if n := len(s.close); n > 0 {
			if jump := price / s.close[n-1]; !(jump <= largestJump && jump >= 1.0/largestJump) {
				return s, nil, m.errorf("the close of %s goes from %v to %v on %s; want it adjusted for splits, or the row mended", q.share, s.close[n-1], price, day)
			}
		}
		for _, c := range []struct {
			to    *[]float64
			place int
			what  string
		}{{high, q.high, "high"}, {low, q.low, "low"}} {
			if c.to == nil {
				continue
			}
			if err := check(c.what, row[c.place]); err != nil {
				return s, nil, err
			}
			*c.to = append(*c.to, row[c.place]*factor)
		}
		if volume != nil {
			v := row[q.volume]
			if v < 0 || math.IsInf(v, 0) {
				return s, nil, m.errorf("the volume of %s on %s is %v; want 0 or more", q.share, day, v)
			}
			*volume = append(*volume, v)
		}
		at[days[i]] = int32(len(s.close))
		s.days, s.close = append(s.days, days[i]), append(s.close, price)
	}
	if high != nil {
		s.high, s.low = *high, *low
	}
	if volume != nil {
		s.volume = *volume
	}
	if len(s.close) == 0 {
		return s, nil, m.errorf("%s has no price at all; leave it out", q.share)
	}
	return s, at, m.changes(&s)
}

// changes returns an error for a share whose price never changes, of which there is nothing to learn.
func (m *market) changes(s *share) error {
	for _, c := range s.close {
		if c != s.close[0] {
			return nil
		}
	}
	if len(s.close) == 1 {
		return m.errorf("%s has one price; want many, or leave it out", s.name)
	}
	return m.errorf("the price of %s is %v on all its %d days; leave it out", s.name, s.close[0], len(s.close))
}

// hasVolumes and hasRanges report whether all shares have volumes, or a high and a low.
func (m *market) hasVolumes() bool { return m.all(func(s *share) bool { return s.volume != nil }) }
func (m *market) hasRanges() bool  { return m.all(func(s *share) bool { return s.high != nil }) }

func (m *market) all(has func(*share) bool) bool {
	for i := range m.shares {
		if !has(&m.shares[i]) {
			return false
		}
	}
	return true
}
