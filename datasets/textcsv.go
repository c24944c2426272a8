package datasets

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"golang.org/x/text/transform"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/datasets/internal/table"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// mostClasses is more than anybody tells apart by hand: a column with more different values is not one of labels.
const mostClasses = 1000

// LabelledCSV reads texts and their labels from the file at path, one example a row below a row of names. [Text] and
// [Label] name the columns; in a file without names they are "column 1", "column 2" and so on. The separator (comma,
// semicolon or tab) and a UTF-8 byte order mark are recognised; [Encoding] reads Latin-1.
//
// The classes are the different labels, in the order of their numbers if all are whole numbers and else of their bytes.
// A fifth of the examples is held out for the test and a tenth for validation, with each class in its share, chosen by
// [SplitSeed]; rows of the same text stay together.
//
// Every error is one line with the file and, where there is one, the line and column at fault: an empty text or label,
// text that is not UTF-8, fewer than two classes or more than 1,000. One column for both is an *[option.UsageError].
func LabelledCSV(path string, opts ...Option) (*Labelled, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	return openLabelledCSV(path, o)
}

// ReadLabelledCSV reads labelled texts as [LabelledCSV] does, from r. The name stands for the file in errors and in the
// description of the dataset.
func ReadLabelledCSV(name string, r io.Reader, opts ...Option) (*Labelled, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	return readLabelledCSV(name, r, o)
}

func openLabelledCSV(path string, o options) (*Labelled, error) {
	var l *Labelled
	err := readFile(path, func(r io.Reader) (err error) {
		l, err = readLabelledCSV(path, r, o)
		return err
	})
	return l, err
}

func readLabelledCSV(name string, r io.Reader, o options) (*Labelled, error) {
	decode, err := decoder(o.Encoding)
	if err != nil {
		return nil, err
	}
	if decode != nil {
		r = transform.NewReader(r, decode)
	}
	text, label := cmp.Or(o.Text, "text"), cmp.Or(o.Label, "label")
	if text == label {
		return nil, option.Wrong("text", text, "it is the column of labels, too; name another")
	}
	texts, labels, err := readTextColumns(name, r, text, label)
	if err != nil {
		return nil, err
	}
	l := &Labelled{Classes: classesOf(labels)}
	switch n := len(l.Classes); {
	case n == 1:
		return nil, errors.Errorf("%s: all %s are labelled %s; there must be two classes or more", name, fault.Count(len(labels), "text"), fault.Quote(l.Classes[0]))
	case n > mostClasses:
		return nil, errors.Errorf("%s: column %s has %d different labels where at most %d make sense; is it the column of labels?", name, fault.Quote(label), n, mostClasses)
	}
	place := make(map[string]int, len(l.Classes))
	for i, class := range l.Classes {
		place[class] = i
	}
	all := make([]Example, len(texts))
	for i, text := range texts {
		all[i] = Example{text, place[labels[i]]}
	}
	if err := l.divide(name, all, 0.2, 0.1, o.split); err != nil {
		return nil, err
	}
	l.Meta = describeLabelledCSV(name)
	l.Meta.Size = fault.Count(len(all), "text") + ", " + strconv.Itoa(len(l.Classes)) + " classes"
	return l, nil
}

func describeLabelledCSV(path string) Info {
	return describeFile(path, KindTexts, "classify", "Labelled text")
}

// readTextColumns returns the two columns of a file, row by row.
func readTextColumns(name string, r io.Reader, text, label string) (texts, labels []string, err error) {
	rows, err := table.NewRows(name, r)
	if err != nil {
		return nil, nil, err
	}
	first, line, err := rows.Next()
	if err == io.EOF {
		return nil, nil, errors.Errorf("%s: the file is empty; give it a row of names and a row for each text", name)
	}
	if err != nil {
		return nil, nil, err
	}
	if slices.ContainsFunc(first, func(f string) bool { return invalidUTF8(f) >= 0 }) {
		return nil, nil, encodingError(name, line)
	}
	names := slices.Clone(first)
	header := slices.Contains(names, text) && slices.Contains(names, label)
	if !header && isColumnNumber(text) && isColumnNumber(label) {
		for i := range names {
			names[i] = table.ColumnName(i)
		}
	} else {
		header = true
	}
	places, err := table.Locate(name, names, []string{text, label})
	if err != nil {
		return nil, nil, err
	}
	add := func(fields []string, at int) error {
		if len(fields) != len(names) {
			return errors.Errorf("%s: line %d: %s where line %d has %d; put texts that hold the separator in quotation marks", name, at, fault.Count(len(fields), "field"), line, len(names))
		}
		for i, column := range []string{text, label} {
			value := fields[places[i]]
			if invalidUTF8(value) >= 0 {
				return encodingError(name, at)
			}
			if value == "" {
				return errors.Errorf("%s: line %d, column %s: it is empty; fill it in or delete the line", name, at, fault.Quote(column))
			}
		}
		// A field shares its memory with the whole row.
		texts = append(texts, strings.Clone(fields[places[0]]))
		labels = append(labels, strings.Clone(fields[places[1]]))
		return nil
	}
	if !header {
		if err := add(first, line); err != nil {
			return nil, nil, err
		}
	}
	for {
		fields, at, err := rows.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		if err := add(fields, at); err != nil {
			return nil, nil, err
		}
	}
	if len(texts) == 0 {
		return nil, nil, errors.Errorf("%s: line %d: names and no rows below them; add a row for each text", name, line)
	}
	return texts, labels, nil
}

// isColumnNumber reports whether a name is one that table.ColumnName gives.
func isColumnNumber(name string) bool {
	n, err := strconv.Atoi(strings.TrimPrefix(name, "column "))
	return err == nil && n > 0 && name == table.ColumnName(n-1)
}

// classesOf returns the different labels in their order.
func classesOf(labels []string) []string {
	classes := slices.Clone(labels)
	slices.Sort(classes)
	classes = slices.Compact(classes)
	numbers := make(map[string]int, len(classes))
	for _, c := range classes {
		n, err := strconv.Atoi(c)
		if err != nil {
			return classes
		}
		numbers[c] = n
	}
	slices.SortStableFunc(classes, func(a, b string) int { return cmp.Compare(numbers[a], numbers[b]) })
	return classes
}
