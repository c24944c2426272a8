package datasets

import (
	"io"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/datasets/internal/table"
)

// CSV reads the time series in the file at path: one row a step, oldest first.
//
// The separator (comma, semicolon or tab), a header, a byte order mark and with it UTF-16 are recognised, and [Quote]
// says what quotation marks are. Numbers have a decimal
// point and no thousands separators. Columns without a number are left out, unless [Columns] asks for them.
//
// The leftmost column of dates, or of text under a name such as Date or Month, labels the steps: 2006-01-02, with or
// without the day or a time of day, 2006/1/2, 1/2/2006 (the month first, unless only the day first makes sense),
// 2.1.2006 and Jan 2 2006. Dates must not go back from one row to the next; other text is taken in the order of the
// file.
//
// A first column whose numbers increase from row to row, under the name of a time or of an index or under none, is no
// variable; it labels the steps if nothing else does.
//
// Missing values (nothing, NA, N/A, NaN, null, none, ? or -) are an error unless [Fill] says what stands in for them.
// At most 1 GiB is read, 1 MiB a line or row, 65,536 columns, 2²⁴ rows and 2²⁶ cells. What was guessed stands in the
// Notices of its Info. Every error is one line with the file and, where there is one, the line and column at fault; an
// unknown fill method is an *[UnknownError].
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

func openCSV(path string, o options) (*Series, error) {
	var s *Series
	err := readFile(path, func(r io.Reader) (err error) {
		s, err = readCSV(path, r, o)
		return err
	})
	return s, err
}

func readCSV(name string, r io.Reader, o options) (*Series, error) {
	t, err := table.Read(name, r, o.Columns, o.Fill, table.Options{Quote: o.Quote})
	if err != nil {
		return nil, err
	}
	s := &Series{Variables: t.Names, Times: t.Times, Values: rows(t.Values), Period: max(o.Period, 0)}
	s.Meta = describeSeriesCSV(name)
	s.Meta.Size = fault.Count(s.Len(), "row") + ", " + fault.Count(s.Width(), "variable")
	s.Meta.Notices = t.Notices
	return s, nil
}

func describeSeriesCSV(path string) Info {
	return describeFile(path, KindSeries, "forecast", "Time series")
}
