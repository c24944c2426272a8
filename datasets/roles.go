package datasets

import (
	"encoding/csv"
	"slices"
	"strings"

	"github.com/rnnzoo/rnnzoo/datasets/internal/table"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// targets returns the names of the variables that are forecast.
func (o options) targets() ([]string, error) {
	if o.Target == "" {
		return nil, nil
	}
	r := csv.NewReader(strings.NewReader(o.Target))
	r.TrimLeadingSpace = true
	names, err := r.Read()
	if err != nil {
		return nil, option.Wrong("target", o.Target, `want names with commas between them, one that holds a comma between quotation marks: a,"b,c"`)
	}
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
	}
	return names, nil
}

// checkRoles returns an error if a column is named for two things, or a mark of numbers is none.
func (o options) checkRoles() error {
	if o.Decimal != "" && !slices.Contains(decimals(), o.Decimal) {
		return option.Wrong("decimal", o.Decimal, `choose "." or ","`)
	}
	if o.Thousands != "" && !slices.Contains(thousands(), o.Thousands) {
		return option.Wrong("thousands", o.Thousands, `choose ".", ",", "space", "'" or "none"`)
	}
	if o.Decimal != "" && o.Thousands == o.Decimal {
		return option.Wrong("thousands", o.Thousands, "it is the decimal mark; choose another")
	}
	targets := []string{}
	if o.Source == "" { // else it is of pairs
		var err error
		if targets, err = o.targets(); err != nil {
			return err
		}
	}
	used := map[string]string{}
	for _, role := range []struct {
		setting string
		names   []string
	}{{"target", targets}, {"known", o.Known}, {"past", o.Past}, {"static", o.Static}, {"ignore", o.Ignore}, {"id", o.ID}, {"time", o.Time}} {
		for _, name := range role.names {
			switch before := used[name]; {
			case name == "":
				return option.Wrong(role.setting, name, "a name in it is empty")
			case before == role.setting:
				return option.Wrong(role.setting, name, "named twice; name it once")
			case before != "":
				return option.Wrong(role.setting, name, "it is one of %s, too; name it for one of them", before)
			}
			used[name] = role.setting
		}
	}
	for _, name := range o.Columns {
		if role := used[name]; role == "static" || role == "ignore" || role == "id" || role == "time" {
			return option.Wrong(role, name, "it is one of columns, too; name it for one of them")
		}
	}
	return nil
}

// roles reports whether the options name a variable that is not forecast.
func (o options) roles() bool { return len(o.Known)+len(o.Past)+len(o.Static) > 0 }

// choice returns what the options say of the columns of a file of series.
func (o options) choice() (table.Choice, error) {
	targets, err := o.targets()
	if err != nil {
		return table.Choice{}, err
	}
	between := o.Thousands
	if between == "space" {
		between = " "
	}
	return table.Choice{
		Columns: o.Columns, Target: targets, Known: o.Known, Past: o.Past, Static: o.Static, Ignore: o.Ignore, ID: o.ID, Time: o.Time,
		Decimal: o.Decimal, Thousands: between, Missing: o.Missing, Fill: o.Fill, Rows: table.Options{Quote: o.Quote},
	}, nil
}

// arrange gives the variables of a dataset that has a name the roles that the options name: its series keep those that are
// used, the targets first, then what is known ahead, then what is known up to now.
func (p *Panel) arrange(o options) error {
	targets, err := o.targets()
	if err != nil {
		return err
	}
	for _, never := range []struct {
		setting string
		names   []string
	}{{"static", o.Static}, {"id", o.ID}, {"time", o.Time}} {
		if len(never.names) > 0 {
			return option.Wrong(never.setting, strings.Join(never.names, ","), "%s has nothing to choose; leave it out", p.Meta.Name)
		}
	}
	all := p.Variables()
	for _, names := range [][]string{targets, o.Known, o.Past, o.Ignore, o.Columns} {
		if _, err := table.Locate(p.Meta.Name, all, names); err != nil {
			return err
		}
	}
	if len(targets)+len(o.Known)+len(o.Past)+len(o.Ignore)+len(o.Columns) == 0 {
		return nil
	}
	known, past := o.Known, slices.Clone(o.Past)
	open := all
	if len(o.Columns) > 0 {
		open = o.Columns
	}
	for _, name := range open {
		switch {
		case slices.Contains(targets, name), slices.Contains(known, name), slices.Contains(past, name), slices.Contains(o.Ignore, name):
		case len(o.Columns) > 0 && o.Target != "":
			past = append(past, name)
		case o.Target == "":
			targets = append(targets, name)
		}
	}
	if len(targets) == 0 {
		return option.Wrong("target", o.Target, "no variable of %s is left to forecast; name one", p.Meta.Name)
	}
	p.Targets, p.Known, p.Past = targets, known, past
	for _, s := range p.Series {
		if err := s.choose(p.Variables()); err != nil {
			return err
		}
	}
	return nil
}
