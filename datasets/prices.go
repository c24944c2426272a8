package datasets

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// isoDate is how most files write days.
const isoDate = time.DateOnly

// prices is how a file of prices of a corpus is written: comma-separated values below a line of names.
type prices struct {
	file         string
	date, layout string        // the column of days, and how they are written
	shares       []string      // columns that are closes of a share each; nil if there are none
	share        string        // the one that the file is of
	symbol       string        // the column that names the share of a row
	columns      []priceColumn // of a row of one share
}

type priceColumn struct{ name, variable string }

// mostPrices is fifty times the rows of the longest file.
const mostPrices = 1 << 18

// read reads the series of a file, a share each, oldest day first, with ISO 8601 days. The rows may stand newest first.
// A row whose day is a time of day, as of a price that was not yet a close, is left out, and that is said.
func (p prices) read(name string, r io.Reader) (all []*Series, notices []string, err error) {
	in := csv.NewReader(limited(r, mostCorpus))
	in.ReuseRecord = true
	head, err := in.Read()
	if err != nil {
		return nil, nil, errors.Errorf("%s: it has no line of names; delete it and fetch it again", name)
	}
	head = slices.Clone(head)
	place := func(column string) int {
		at := slices.Index(head, column)
		if at < 0 && err == nil {
			err = errors.Errorf("%s: it has no column %s; delete it and fetch it again", name, fault.Quote(column))
		}
		return at
	}
	date, symbol := place(p.date), -1
	if p.symbol != "" {
		symbol = place(p.symbol)
	}
	var places []int
	for _, share := range p.shares {
		places = append(places, place(share))
		all = append(all, &Series{ID: share, Variables: []string{"close"}})
	}
	var variables []string
	for _, c := range p.columns {
		places, variables = append(places, place(c.name)), append(variables, c.variable)
	}
	if err != nil {
		return nil, nil, err
	}
	byShare := make(map[string]*Series)
	for n := 0; ; n++ {
		row, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil || n == mostPrices {
			return nil, nil, errors.Errorf("%s: row %d below the names is none of prices; delete the file and fetch it again", name, n+1)
		}
		line, _ := in.FieldPos(0)
		day, err := time.Parse(p.layout, row[date])
		if _, clock := time.Parse("15:04", row[date]); err != nil && clock == nil {
			notices = append(notices, "line "+strconv.Itoa(line)+": the day is "+row[date]+", a time of day; its row, of a day that had not ended, is left out")
			continue
		}
		if err != nil {
			return nil, nil, errors.Errorf("%s: line %d: %s is no day", name, line, fault.Quote(row[date]))
		}
		values := make([]float64, len(places))
		for i, at := range places {
			v, err := strconv.ParseFloat(strings.ReplaceAll(row[at], ",", ""), 64)
			if err != nil || v-v != 0 {
				return nil, nil, errors.Errorf("%s: line %d: %s is no price and no volume", name, line, fault.Quote(row[at]))
			}
			values[i] = v
		}
		label := day.Format(isoDate)
		if p.shares != nil {
			for i, s := range all {
				s.Times, s.Values = append(s.Times, label), append(s.Values, values[i:i+1:i+1])
			}
			continue
		}
		share := p.share
		if symbol >= 0 {
			share = row[symbol]
		}
		s := byShare[share]
		if s == nil {
			s = &Series{ID: strings.Clone(share), Variables: variables}
			all, byShare[s.ID] = append(all, s), s
		}
		s.Times, s.Values = append(s.Times, label), append(s.Values, values)
	}
	reversed := false
	for _, s := range all {
		if slices.IsSortedFunc(s.Times, func(a, b string) int { return strings.Compare(b, a) }) && len(s.Times) > 1 {
			slices.Reverse(s.Times)
			slices.Reverse(s.Values)
			reversed = true
		}
		for i := 1; i < len(s.Times); i++ {
			if s.Times[i] <= s.Times[i-1] {
				return nil, nil, errors.Errorf("%s: of %s the day %s follows %s; delete the file and fetch it again", name, s.ID, s.Times[i], s.Times[i-1])
			}
		}
	}
	if len(all) == 0 || len(all[0].Times) == 0 {
		return nil, nil, errors.Errorf("%s: it has no prices; delete it and fetch it again", name)
	}
	if reversed {
		notices = append(notices, "the rows stand newest first; they are read from the last to the first")
	}
	return all, notices, nil
}
