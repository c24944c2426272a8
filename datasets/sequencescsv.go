package datasets

import (
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/datasets/internal/table"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// SequencesCSV reads sequences of numbers from the file at path, one a row in time order, each with its class. [Label]
// names the column of the classes, in a file without names as "column 1", "column 2" and so on. Without it that is the
// first column if it holds text, or a few whole numbers as those of the UCR archive do, or else the last. A first row
// without a number, but for that of the classes, holds names. Rows may have different lengths: empty fields at their ends are none.
//
// The classes are the different labels, in the order of their numbers if all are whole numbers and else of their bytes.
// A fifth of the sequences is held out for the test and a tenth for validation, with each class in its share, chosen by
// [SplitSeed]; rows of the same numbers stay together.
//
// At most 1 GiB is read, 1 MiB and 65,536 fields a row, 2²⁴ rows and 2²⁶ numbers. What was guessed stands in the Notices
// of its Info. Every error is one line with the file, and where there is one the line and the column at fault.
func SequencesCSV(path string, opts ...Option) (*Sequences, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	s, err := openSequencesCSV(path, o)
	if err == nil {
		o.Holds = KindSequences
		s.Meta.opened("csv:"+path, o)
	}
	return s, err
}

// ReadSequencesCSV reads sequences as [SequencesCSV] does, from r. The name stands for the file in errors.
func ReadSequencesCSV(name string, r io.Reader, opts ...Option) (*Sequences, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	return readSequencesCSV(name, r, o)
}

func openSequencesCSV(path string, o options) (*Sequences, error) {
	var s *Sequences
	err := readFile(path, func(r io.Reader) (err error) {
		s, err = readSequencesCSV(path, r, o)
		return err
	})
	return s, err
}

// describeSequences describes a person's own sequences.
func describeSequences(path string) Info {
	return describeFile(path, KindSequences, "recognise", "Sequences of numbers")
}

// mostCells is how many numbers the sequences of a file have at most, and mostFewLabels how many whole numbers in a column are
// still taken for classes.
const (
	mostCells     = 1 << 26
	mostFewLabels = 60
)

func readSequencesCSV(name string, r io.Reader, o options) (*Sequences, error) {
	if r == nil {
		return nil, errors.Errorf("%s: there is nothing to read from: the reader is nil", name)
	}
	how, err := o.rows()
	if err != nil {
		return nil, err
	}
	how.Uneven = true
	rows, err := table.NewRows(name, r, how)
	if err != nil {
		return nil, err
	}
	at, names, notice, err := findLabels(name, rows, o.Label)
	if err != nil {
		return nil, err
	}
	var all []Sequence
	var labels []string
	err = eachSequence(name, rows, names != nil, func(line int, fields []string) error {
		place := at
		if at == lastColumn {
			place = len(fields) - 1
		}
		if place >= len(fields) || fields[place] == "" {
			return errors.Errorf("%s: line %d: it has no class in column %d", name, line, place+1)
		}
		q := Sequence{Values: make([]float32, 0, len(fields)-1)}
		for i, field := range fields {
			if i == place {
				continue
			}
			v, err := strconv.ParseFloat(field, 32)
			if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
				return errors.Errorf("%s: line %d, column %d: %s is no finite number; want a sequence a row, and one column of classes (label: COLUMN names it)", name, line, i+1, fault.Quote(field))
			}
			q.Values = append(q.Values, float32(v))
		}
		if len(q.Values) == 0 {
			return errors.Errorf("%s: line %d: there is a class and no number", name, line)
		}
		all, labels = append(all, q), append(labels, wholeLabel(fields[place]))
		return nil
	})
	if err != nil {
		return nil, err
	}
	s := &Sequences{Meta: describeSequences(name), Width: 1}
	if s.Classes, err = classesOf(labels); err != nil {
		return nil, errors.WithMessage(err, name)
	}
	for i, label := range labels {
		all[i].Label = slices.Index(s.Classes, label)
	}
	if err := s.divide(all, o.split); err != nil {
		return nil, errors.WithMessage(err, name)
	}
	s.Meta.Size = fault.Count(len(all), "sequence") + " in " + strconv.Itoa(len(s.Classes)) + " classes"
	s.Meta.Notices = rows.Notices()
	if notice != "" {
		s.Meta.Notices = append(s.Meta.Notices[:len(s.Meta.Notices):len(s.Meta.Notices)], notice)
	}
	return s, nil
}

// eachSequence calls with the fields of each row, valid during the call, without the empty ones at its end. The first row is left out
// if it holds names.
func eachSequence(name string, rows *table.Rows, named bool, call func(line int, fields []string) error) error {
	cells := 0
	for first := true; ; first = false {
		fields, line, err := rows.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for len(fields) > 0 && (fields[len(fields)-1] == "" || strings.EqualFold(fields[len(fields)-1], "nan")) {
			fields = fields[:len(fields)-1]
		}
		if first && named || len(fields) == 0 {
			continue
		}
		if cells += len(fields); cells > mostCells {
			return errors.Errorf("%s: line %d: more than %d numbers, the most that are read; cut it into smaller files", name, line, mostCells)
		}
		if err := call(line, fields); err != nil {
			return err
		}
	}
}

// lastColumn stands for the last field of each row.
const lastColumn = -1

// findLabels returns the place of the column of classes, the names of the columns if the first row holds some, and what was
// guessed. It reads the rows once and rewinds them.
func findLabels(name string, rows *table.Rows, wanted string) (at int, names []string, notice string, err error) {
	first, _, err := rows.Next()
	if err == io.EOF {
		return 0, nil, "", errors.Errorf("%s: the file is empty; give it a sequence and its class a row", name)
	}
	if err != nil {
		return 0, nil, "", err
	}
	number := func(field string) bool {
		_, err := strconv.ParseFloat(field, 64)
		return err == nil
	}
	if slices.IndexFunc(first[min(1, len(first)):], number) < 0 || len(first) > 3 && slices.IndexFunc(first, number) < 0 {
		names = slices.Clone(first)
	}
	defer rows.Rewind()
	if wanted != "" {
		known := names
		if i := slices.Index(known, wanted); i >= 0 {
			return i, names, "", nil
		}
		if isColumnNumber(wanted) {
			n, _ := strconv.Atoi(strings.TrimPrefix(wanted, "column "))
			return n - 1, names, "", nil
		}
		if known == nil {
			return 0, nil, "", option.Wrong("label", wanted, "the file has no row of names; count its columns, as in %q", table.ColumnName(0))
		}
		_, err := table.Locate(name, known, []string{wanted})
		return 0, nil, "", err
	}
	rows.Rewind()
	var ends [2]column
	n := 0
	err = eachSequence(name, rows, names != nil, func(_ int, fields []string) error {
		n++
		ends[0].add(fields[0])
		ends[1].add(fields[len(fields)-1])
		return nil
	})
	if err != nil {
		return 0, nil, "", err
	}
	for _, test := range []func(column) bool{func(c column) bool { return c.text }, func(c column) bool { return c.few(n) }} {
		for i, place := range []int{0, lastColumn} {
			if test(ends[i]) {
				return place, names, "the " + []string{"first", "last"}[i] + " column holds the classes (label: COLUMN names another)", nil
			}
		}
	}
	return 0, nil, "", errors.Errorf("%s: neither the first nor the last column holds text or a few whole numbers, as classes are; name the column of the classes (label: COLUMN)", name)
}

// column is what is known of the fields of a column.
type column struct {
	text, broken bool
	different    map[string]bool
}

func (c *column) add(field string) {
	v, err := strconv.ParseFloat(field, 64)
	c.text = c.text || err != nil
	if c.broken = c.broken || err != nil || v != math.Trunc(v) || math.Abs(v) > 1e6; c.broken || len(c.different) > mostFewLabels {
		return
	}
	if c.different == nil {
		c.different = make(map[string]bool)
	}
	c.different[wholeLabel(field)] = true
}

// few reports whether a column of n rows holds a few whole numbers.
func (c column) few(n int) bool {
	return !c.broken && len(c.different) > 1 && len(c.different) <= mostFewLabels && 2*len(c.different) <= n
}

// wholeLabel returns a label that is a whole number, however it is written, in the usual way.
func wholeLabel(label string) string {
	if v, err := strconv.ParseFloat(label, 64); err == nil && v == math.Trunc(v) && math.Abs(v) < 1<<53 {
		return strconv.FormatInt(int64(v), 10)
	}
	return label
}

// classesOf returns the different labels, in the order of their numbers if all are whole numbers and else of their bytes.
func classesOf(labels []string) ([]string, error) {
	const most = 1000
	known := make(map[string]bool)
	for _, l := range labels {
		if known[l] = true; len(known) > most {
			return nil, errors.Errorf("more than %d classes; is the column of the classes another (label: COLUMN names it)?", most)
		}
	}
	if len(known) < 2 {
		return nil, errors.Errorf("%s; want at least 2: is the column of the classes another (label: COLUMN names it)?", fault.Count(len(known), "class"))
	}
	classes := make([]string, 0, len(known))
	for l := range known {
		classes = append(classes, l)
	}
	slices.Sort(classes)
	number := func(l string) int {
		n, err := strconv.Atoi(l)
		if err != nil {
			return math.MinInt
		}
		return n
	}
	if !slices.ContainsFunc(classes, func(l string) bool { return number(l) == math.MinInt }) {
		slices.SortFunc(classes, func(a, b string) int { return number(a) - number(b) })
	}
	return classes, nil
}

// divide cuts sequences of a class into parts by the seed: a fifth for the test, and a tenth for validation.
func (s *Sequences) divide(all []Sequence, seed uint64) error {
	rest, test, err := holdOutSequences(all, (len(all)+2)/5, seed)
	if err != nil {
		return err
	}
	train, valid, err := holdOutSequences(rest, max(1, (len(all)+5)/10), seed)
	if err != nil {
		return err
	}
	s.Train, s.Valid, s.Test = NewSequenceList(1, train...), NewSequenceList(1, valid...), NewSequenceList(1, test...)
	return nil
}
