package datasets

import "github.com/rnnzoo/rnnzoo/datasets/internal/table"

// Panel is any number of series that are observed in steps of one length, such as the sales of many stores: what one
// network learns to forecast together. Its series have the same variables, whose roles the panel says.
type Panel struct {
	Meta Info
	// Series are the series, each with an ID of its own. A value that is missing is NaN. Rows at a series' end whose
	// targets are all missing, while variables of Known are there, are the future as far as it is known ahead.
	Series  []*Series
	Targets []string // [V] the variables that are forecast, at least one
	Known   []string // those that are known ahead, such as a price or a holiday
	Past    []string // those that are known up to now
	Static  []string // names of what stays the same in a series; each [Series.Static] has the values
	Period  int      // the season in steps; 0 if there is none or it is unknown
}

var _ Dataset = (*Panel)(nil)

// Info returns p.Meta, of the kind [KindSeries] unless it names one.
func (p *Panel) Info() Info { return p.Meta.or(KindSeries) }

// Panel returns a panel of one series, all of whose variables are targets.
func (s *Series) Panel() *Panel {
	return &Panel{Meta: s.Meta, Series: []*Series{s}, Targets: s.Variables, Period: s.Period}
}

// heed returns the panel as the options ask for it.
func (p *Panel) heed(o options) (Dataset, error) {
	if len(o.Columns) > 0 {
		if _, err := table.Locate(p.Meta.Name, p.Targets, o.Columns); err != nil {
			return nil, err
		}
		p.Targets = o.Columns
		for _, s := range p.Series {
			if err := s.choose(o.Columns); err != nil {
				return nil, err
			}
		}
	}
	if o.Period > 0 {
		p.Period = o.Period
		for _, s := range p.Series {
			s.Period = o.Period
		}
	}
	return p, nil
}

// PanelOf returns a dataset of series as a panel: a *[Panel] as it is, a *[Series] as a panel of one. It is nil for any
// other dataset.
func PanelOf(d Dataset) *Panel {
	switch d := d.(type) {
	case *Panel:
		return d
	case *Series:
		if d != nil {
			return d.Panel()
		}
	}
	return nil
}
