package trade

import (
	"math"

	"github.com/rnnzoo/rnnzoo/datasets"
)

// recent returns the last days of a market as a panel: as many as are needed to say of the last one what the whole market
// says. Shares that have no price on the last day are in it only for what they are to the market's mean.
func (m *market) recent(window int) *datasets.Panel {
	last := m.length() - 1
	from := last
	for s := range m.shares {
		if bar := int(m.bar[s][last]); bar >= 0 {
			from = min(from, m.shares[s].days[max(0, bar-memory-window)])
		}
	}
	labels := ordered(m.labels)
	// What a share of these days is to the market needs the days before them.
	var all []history
	for s := range m.shares {
		x := &m.shares[s]
		begin := len(x.days)
		for begin > 0 && x.days[begin-1] >= from {
			begin--
		}
		if begin == len(x.days) {
			continue
		}
		begin = max(0, begin-memory-1)
		h := history{Share: x.name, Close: x.close[begin:]}
		for _, d := range x.days[begin:] {
			h.Days = append(h.Days, labels[d])
		}
		if x.high != nil {
			h.High, h.Low = x.high[begin:], x.low[begin:]
		}
		if x.volume != nil {
			h.Volume = x.volume[begin:]
		}
		all = append(all, h)
	}
	return panelOfHistories(all)
}

// noVolume stands for a volume that is missing, since JSON has no NaN.
const noVolume = -1

// panelOfHistories returns the last days of shares as a panel.
func panelOfHistories(all []history) *datasets.Panel {
	p := &datasets.Panel{Meta: datasets.Info{Name: "history"}, Targets: []string{"close"}}
	for _, h := range all {
		s := &datasets.Series{ID: h.Share, Times: h.Days, Variables: []string{"close"}}
		columns := [][]float64{h.Close}
		if h.High != nil && h.Low != nil {
			s.Variables, columns = append(s.Variables, "high", "low"), append(columns, h.High, h.Low)
		}
		if h.Volume != nil {
			s.Variables, columns = append(s.Variables, "volume"), append(columns, h.Volume)
		}
		for i := range h.Close {
			row := make([]float64, len(columns))
			for k, c := range columns {
				if row[k] = c[i]; s.Variables[k] == "volume" && row[k] == noVolume {
					row[k] = math.NaN()
				}
			}
			s.Values = append(s.Values, row)
		}
		p.Series = append(p.Series, s)
	}
	return p
}

// historiesOf is the inverse of panelOfHistories.
func historiesOf(p *datasets.Panel) []history {
	if p == nil {
		return nil
	}
	var all []history
	for _, s := range p.Series {
		h := history{Share: s.ID, Days: s.Times}
		for k, name := range s.Variables {
			column := s.Column(k)
			switch name {
			case "close":
				h.Close = column
			case "high":
				h.High = column
			case "low":
				h.Low = column
			case "volume":
				h.Volume = column
			}
		}
		for i, c := range h.Close {
			if h.High != nil && math.IsNaN(h.High[i]+h.Low[i]) { // a range of nothing is none, too
				h.High[i], h.Low[i] = c, c
			}
			if h.Volume != nil && math.IsNaN(h.Volume[i]) {
				h.Volume[i] = noVolume
			}
		}
		all = append(all, h)
	}
	return all
}
