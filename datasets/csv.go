package datasets

import (
	"fmt"
	"io"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/datasets/internal/table"
)

// CSV reads the one time series in the file at path, one row a step, as [CSVPanel] reads a file of many, whose value is
// an error here. So is a missing value or time, unless [Fill] says what stands in for it.
func CSV(path string, opts ...Option) (*Series, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	s, err := openCSV(path, o)
	if err == nil {
		s.Meta.opened("csv:"+path, o)
	}
	return s, err
}

// ReadCSV reads a time series as [CSV] does, from r. The name stands for the file in errors and in the description of
// the series.
func ReadCSV(name string, r io.Reader, opts ...Option) (*Series, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	return readCSV(name, r, o)
}

// CSVPanel reads the time series in the file at path.
//
// The file. The separator (comma, semicolon, tab, bar, or runs of blanks), a header, a byte order mark and with it UTF-16
// are recognised, and [Quote] says what quotation marks are. Lines that begin with # or //, titles above the table, units
// below the names, and notes below the table are skipped.
//
// Numbers are read as people write them, column by column: with a decimal point or comma, with thousands apart, with a
// currency beside them, a percent sign, K, M, B or T behind them, in brackets if they are negative. [Decimal] and
// [Thousands] say it where a file does not show it. Missing values are nothing, NA, N/A, NaN, null, none, ?, -, ., *, #N/A,
// #DIV/0! and the like, and those of [Missing].
//
// Times are in the leftmost column of dates, in any form of package calendar, or in columns of year, month, day and hour,
// or in a column with the name of a time that holds years, counted steps, times of Unix or serial numbers of spreadsheets.
// Files whose newest rows come first are turned round. The frequency is found; times that are missing in it become rows of
// missing values. A time that is there twice in a series, or that comes after a later one, is an error.
//
// Series. A long file has a column, or several, that says of which series a row is: [ID], or else, where times repeat,
// that which divides the rows into series in which they do not. A wide file has a row for each series, with dates, years
// or V2, V3, … as names of its columns.
//
// Roles. All columns of numbers are forecast but those that [Known], [Past], [Static] or [Ignore] name, those that count
// rows or say what the date says, and those that stay the same in each series, which are static. [Target] chooses.
//
// At most 1 GiB is read, 1 MiB a line or row, 65,536 columns, 2²⁴ rows and 2²⁶ cells, missing times among them, of which a
// series may have 100 for each of its rows and 10,000 more. What was
// guessed stands in the Notices of its Info. Every error is one line with the file and, where there is one, the line and
// column at fault; an unknown fill method is an *[UnknownError].
func CSVPanel(path string, opts ...Option) (*Panel, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	p, _, err := openPanel(path, o)
	if err == nil {
		p.Meta.opened("csv:"+path, o)
	}
	return p, err
}

// ReadCSVPanel reads time series as [CSVPanel] does, from r. The name stands for the file in errors and in the description
// of the panel.
func ReadCSVPanel(name string, r io.Reader, opts ...Option) (*Panel, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	p, _, err := readPanel(name, r, o)
	return p, err
}

// openSeriesCSV reads a file as a series if it holds one, all of whose values are there and are forecast, and else as a
// panel.
func openSeriesCSV(path string, o options) (Dataset, error) {
	p, read, err := openPanel(path, o)
	if err != nil {
		return nil, err
	}
	if oneWhole(read) {
		return p.only(), nil
	}
	return p, nil
}

// oneWhole reports whether there is one series, all of whose values are there and are forecast.
func oneWhole(p *table.Panel) bool {
	return len(p.Series) == 1 && p.Missing == nil && len(p.Known)+len(p.Past)+len(p.Static) == 0
}

// only returns the series of a panel of one.
func (p *Panel) only() *Series {
	s := p.Series[0]
	s.Meta = p.Meta
	s.Meta.Size = fault.Count(s.Len(), "row") + ", " + fault.Count(s.Width(), "variable")
	return s
}

func openCSV(path string, o options) (*Series, error) {
	var s *Series
	err := readFile(path, func(r io.Reader) (err error) {
		s, err = readCSV(path, r, o)
		return err
	})
	return s, err
}

func readCSV(name string, r io.Reader, o options) (*Series, error) {
	p, read, err := readPanel(name, r, o)
	switch {
	case err != nil:
		return nil, err
	case len(p.Series) > 1:
		return nil, errors.Errorf("%s: it holds %d series (by %s); read it with CSVPanel, or choose rows of one of them", name, len(p.Series), read.IDs)
	case read.Missing != nil:
		return nil, read.Missing
	case !oneWhole(read):
		return nil, errors.Errorf("%s: it has variables that are not forecast; read it with CSVPanel, or leave known, past and static out", name)
	}
	return p.only(), nil
}

func openPanel(path string, o options) (p *Panel, read *table.Panel, err error) {
	err = readFile(path, func(r io.Reader) (err error) {
		p, read, err = readPanel(path, r, o)
		return err
	})
	return p, read, err
}

func readPanel(name string, r io.Reader, o options) (*Panel, *table.Panel, error) {
	choice, err := o.choice()
	if err != nil {
		return nil, nil, err
	}
	read, err := table.ReadPanel(name, r, choice)
	if err != nil {
		return nil, nil, err
	}
	p := &Panel{Targets: read.Targets, Known: read.Known, Past: read.Past, Static: read.Static, Period: max(o.Period, 0)}
	if p.Period == 0 && read.Every != nil {
		if season := read.Every.Season(); season > 1 {
			p.Period = season
		}
	}
	variables, steps := p.Variables(), 0
	for _, s := range read.Series {
		steps += len(s.Values)
		p.Series = append(p.Series, &Series{
			ID: s.ID, Variables: variables, Times: s.Times, Values: s.Values, Period: p.Period, Static: s.Static, form: read.Form, every: read.Every,
		})
	}
	read.Series = read.Series[:min(len(read.Series), 2)]
	p.Meta = describeSeriesCSV(name)
	p.Meta.Size = fmt.Sprintf("%d series, %s, %s", len(p.Series), fault.Count(steps, "row"), fault.Count(len(variables), "variable"))
	p.Meta.Notices = read.Notices
	return p, read, nil
}

func describeSeriesCSV(path string) Info {
	return describeFile(path, KindSeries, "forecast", "Time series")
}
