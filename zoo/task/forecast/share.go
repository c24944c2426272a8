package forecast

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
)

// Share says how much of a series a part at its end takes: a fraction of its rows (0.2, 1/3), a number of them (48), or all
// from a date on (1960-01-01). "" is the default of what it is for.
type Share string

// UnmarshalJSON reads a text, or a number as runs once kept fractions.
func (s *Share) UnmarshalJSON(data []byte) error {
	var text string
	if len(data) > 0 && data[0] == '"' {
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		*s = Share(text)
		return nil
	}
	var x float64
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	if *s = ""; x != 0 {
		*s = Share(strconv.FormatFloat(x, 'g', -1, 64))
	}
	return nil
}

// rows returns the number of rows of a series of n that the share takes from its end. times returns those of the rows, or nil.
func (s Share) rows(n int, timesOf func() []time.Time) (int, error) {
	text := strings.TrimSpace(string(s))
	if above, below, ok := strings.Cut(text, "/"); ok && len(above) < 4 {
		a, errA := strconv.ParseFloat(above, 64)
		b, errB := strconv.ParseFloat(below, 64)
		if errA == nil && errB == nil && a > 0 && a < b {
			return int(math.Round(float64(n) * (a / b))), nil
		}
		return 0, s.wrong()
	}
	if k, err := strconv.Atoi(text); err == nil {
		if k < 1 {
			return 0, s.wrong()
		}
		return k, nil
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		if !(x > 0 && x < 1) {
			return 0, s.wrong()
		}
		return int(math.Round(float64(n) * x)), nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01", "2006", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		from, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		times := timesOf()
		if len(times) < n {
			return 0, errors.Errorf("%q is a date; the series has no times that can be read: give a number of rows, or a fraction", text)
		}
		k := 0
		for k < n && !times[n-1-k].Before(from) {
			k++
		}
		return k, nil
	}
	return 0, s.wrong()
}

func (s Share) wrong() error {
	return errors.Errorf("%q is no part of a series; give a fraction such as 0.2 or 1/3, a number of rows, or the date of the first row", string(s))
}

// or returns the share, or another if it is "".
func or(s, other Share) Share {
	if s == "" {
		return other
	}
	return s
}

// cut returns the parts of a series of n rows: test takes its share of all rows, valid its share of the rows before them.
func cut(n int, valid, test Share, times func() []time.Time) (datasets.Split, error) {
	k, err := test.rows(n, times)
	if err != nil {
		return datasets.Split{}, errors.WithMessage(err, "test")
	}
	rest := n - k
	if rest < 1 {
		return datasets.Split{}, errors.Errorf("%d rows leave none to train on, for the test part takes %s of them; use a longer series or a smaller part", n, test)
	}
	v, err := valid.rows(rest, times)
	if err != nil {
		return datasets.Split{}, errors.WithMessage(err, "valid")
	}
	s := datasets.Split{Train: datasets.Range{From: 0, To: rest - v}, Valid: datasets.Range{From: rest - v, To: rest}, Test: datasets.Range{From: rest, To: n}}
	for _, part := range []struct {
		name string
		datasets.Range
	}{{"training", s.Train}, {"validation", s.Valid}, {"test", s.Test}} {
		if part.Len() <= 0 {
			return datasets.Split{}, errors.Errorf("%d rows leave none for the %s part (validation %s, test %s); use a longer series or other parts", n, part.name, valid, test)
		}
	}
	return s, nil
}
