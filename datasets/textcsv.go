package datasets

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/datasets/internal/table"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// LabelledCSV reads texts and their labels from the file at path, one example a row below a row of names. [Text] and
// [Label] name the columns; in a file without names they are "column 1", "column 2" and so on. The separator (comma,
// semicolon or tab), a byte order mark and with it UTF-16 are recognised; [Encoding] reads Latin-1, and [Quote] says what
// quotation marks are. A \" within them is one where the file makes no sense otherwise.
//
// The classes are the different labels, in the order of their numbers if all are whole numbers and else of their bytes.
// A fifth of the examples is held out for the test and a tenth for validation, with each class in its share, chosen by
// [SplitSeed]; rows of the same text stay together.
//
// At most 1 GiB is read, 1 MiB a row and 2²³ texts. What was guessed, left out by [SkipEmpty] or not put together for
// want of [FoldLabels] stands in the Notices of its Info. Every error is one line with the file and, where there is one,
// the line and column at fault: an empty text or label, text that is not UTF-8, fewer than two classes or more than
// 1,000. One column for both is an *[option.UsageError].
func LabelledCSV(path string, opts ...Option) (*Labelled, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	l, err := openLabelledCSV(path, o)
	if err == nil {
		o.Text, o.Label = cmp.Or(o.Text, "text"), cmp.Or(o.Label, "label") // which say that it holds texts
		l.Meta.opened("csv:"+path, o)
	}
	return l, err
}

// ReadLabelledCSV reads labelled texts as [LabelledCSV] does, from r. The name stands for the file in errors and in the
// description of the dataset.
func ReadLabelledCSV(name string, r io.Reader, opts ...Option) (*Labelled, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	return readLabelledCSV(name, r, 0, o)
}

func openLabelledCSV(path string, o options) (*Labelled, error) {
	return openLabelledRows(path, 0, o)
}

func openLabelledTSV(path string, o options) (*Labelled, error) {
	return openLabelledRows(path, '\t', o)
}

func openLabelledRows(path string, separator byte, o options) (*Labelled, error) {
	var l *Labelled
	err := readFile(path, func(r io.Reader) (err error) {
		l, err = readLabelledCSV(path, r, separator, o)
		return err
	})
	return l, err
}

// labelColumns returns the names of the columns of texts and of labels.
func (o options) labelColumns() (texts []string, label string, err error) {
	label = cmp.Or(o.Label, "label")
	if texts, err = o.textColumns(); err == nil && slices.Contains(texts, label) {
		err = option.Wrong("text", cmp.Or(o.Text, "text"), "it is the column of labels, too; name another")
	}
	return texts, label, err
}

func readLabelledCSV(name string, r io.Reader, separator byte, o options) (*Labelled, error) {
	texts, label, err := o.labelColumns()
	if err != nil {
		return nil, err
	}
	how, err := o.rows()
	if err != nil {
		return nil, err
	}
	how.Separator = separator
	rows, err := table.NewRows(name, r, how)
	if err != nil {
		return nil, err
	}
	l := newOwnTexts(name, "column", label, o)
	if err := readTextColumns(name, rows, texts, label, l); err != nil {
		return nil, err
	}
	meta := describeTexts(name)
	meta.Notices = rows.Notices()
	return l.dataset(meta, o.split)
}

// readTextColumns adds the texts and labels of a file row by row.
func readTextColumns(name string, rows *table.Rows, text []string, label string, l *ownTexts) error {
	return eachNamedRow(name, rows, append(slices.Clone(text), label), "", func(line int, _, fields []string, places []int) error {
		for _, p := range places {
			if invalidUTF8(fields[p]) >= 0 {
				return encodingError(name, line)
			}
		}
		return l.add(line, text[0], joined(fields, places[:len(text)]), fields[places[len(text)]])
	})
}

// eachNamedRow calls with the fields of each row of a table, valid during the call, the names of its columns, and the
// places of those that are wanted. Rows that are not all of one width, a name that is not there or there twice, and a
// table without rows are errors; way says how to choose another name, if it has to be said.
func eachNamedRow(name string, rows *table.Rows, wanted []string, way string, call func(line int, names, fields []string, places []int) error) error {
	first, line, err := rows.Next()
	if err == io.EOF {
		return errors.Errorf("%s: the file is empty; give it a row of names and a row for each text", name)
	}
	if err != nil {
		return err
	}
	if slices.ContainsFunc(first, func(f string) bool { return invalidUTF8(f) >= 0 }) {
		return encodingError(name, line)
	}
	names, header := columnNames(first, wanted)
	places, err := table.Locate(name, names, wanted)
	if err != nil && way != "" {
		return errors.Errorf("%v (%s)", err, way)
	}
	if err != nil {
		return err
	}
	for i, p := range places {
		if other := slices.Index(names, wanted[i]); other != p {
			return errors.Errorf("%s: line %d: columns %d and %d are both named %s; rename one", name, line, other+1, p+1, fault.Quote(wanted[i]))
		}
	}
	if !header {
		if err := call(line, names, first, places); err != nil {
			return err
		}
	}
	for n := 0; ; n++ {
		fields, at, err := rows.Next()
		if err == io.EOF {
			if header && n == 0 {
				return errors.Errorf("%s: line %d: names and no rows below them; add a row for each text", name, line)
			}
			return nil
		}
		if err != nil {
			return err
		}
		if len(fields) != len(names) {
			return table.Unlike(name, at, len(fields), line, len(names))
		}
		if err := call(at, names, fields, places); err != nil {
			return err
		}
	}
}

// columnNames returns the names of the columns of a file, and whether its first row holds them: it does unless the
// columns are wanted by their numbers.
func columnNames(first, wanted []string) (names []string, header bool) {
	names = slices.Clone(first)
	missing := slices.ContainsFunc(wanted, func(n string) bool { return !slices.Contains(names, n) })
	if missing && !slices.ContainsFunc(wanted, func(n string) bool { return !isColumnNumber(n) }) {
		for i := range names {
			names[i] = table.ColumnName(i)
		}
		return names, false
	}
	return names, true
}

// joined returns the fields at some places with blanks between those that are not empty.
func joined(fields []string, places []int) string {
	if len(places) == 1 {
		return fields[places[0]]
	}
	var parts []string
	for _, p := range places {
		if f := strings.TrimSpace(fields[p]); f != "" {
			parts = append(parts, f)
		}
	}
	return strings.Join(parts, " ")
}

// isColumnNumber reports whether a name is one that table.ColumnName gives.
func isColumnNumber(name string) bool {
	n, err := strconv.Atoi(strings.TrimPrefix(name, "column "))
	return err == nil && n > 0 && name == table.ColumnName(n-1)
}
