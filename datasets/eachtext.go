package datasets

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/datasets/internal/table"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
)

// The forms in which [EachText] reads texts.
const (
	TextCSV   = "csv"   // a column of a table, as LabelledCSV reads it
	TextTSV   = "tsv"   // the same, separated by tabs whatever stands in the texts
	TextJSONL = "jsonl" // a field of an object on each line, as ReadJSONL reads it
	TextLines = "lines" // a text on each line
)

// TextForms returns the forms in which [EachText] reads texts.
func TextForms() []string { return []string{TextCSV, TextTSV, TextJSONL, TextLines} }

// TextRow is a text with the row of the file that it stands in.
type TextRow struct {
	Line int // on which the row begins, from 1
	// Text is UTF-8 without the space around it, as training reads it; "" if there is none.
	Text string
	// Names are those of the columns of a table, the same slice for each row, or those of the fields that are read of an
	// object; Fields is the row, with as many, without the space around them.
	Names, Fields []string
}

// EachText calls with each text of a file of one's own, in order: those for which there are no labels or translations
// yet. They are read as they are for training: [Text] names the column, or several to be joined, by default "text";
// with [Source] or [Target] it is the column of [Source], by default "source". [Encoding] and [Quote] count, and the
// limits of [LabelledCSV] do, except that there may be 2²⁴ rows. The text of a table is in memory as a whole, since all
// of it shows how its quotation marks are meant; of other forms a line is. The name stands for the file in errors.
//
// An empty text is one. In a file of lines an empty line is; in a table or in lines of JSON it is no row. A file
// without a text is an error. The notices say what was guessed. A form that is none of [TextForms] is an
// *[UnknownError]; an error of call ends the reading.
func EachText(form, name string, r io.Reader, call func(TextRow) error, opts ...Option) (notices []string, err error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	wanted, err := o.wantedTexts()
	if err != nil {
		return nil, err
	}
	if call == nil {
		return nil, errors.Errorf("%s: nothing takes the texts: call is nil", name)
	}
	e := &eachText{name: name, o: o, wanted: wanted, call: call}
	switch form {
	case TextCSV:
		return e.table(r, 0)
	case TextTSV:
		return e.table(r, '\t')
	case TextJSONL:
		return e.objects(r)
	case TextLines:
		return e.lines(r)
	}
	return nil, errors.WithStack(&UnknownError{
		Kind:       "form of texts",
		Name:       form,
		Suggestion: suggest.Nearest(form, TextForms()),
		Hint:       "choose one of " + strings.Join(TextForms(), ", "),
	})
}

// wantedTexts returns the names of the columns whose texts are read.
func (o options) wantedTexts() ([]string, error) {
	if o.parallel() {
		return []string{cmp.Or(o.Source, "source")}, nil
	}
	return o.textColumns()
}

// eachText reads one file.
type eachText struct {
	name   string
	o      options
	wanted []string
	call   func(TextRow) error
}

// give calls with the text of a row.
func (e *eachText) give(line int, text string, names, fields []string) error {
	if e.o.parallel() {
		text = oneLine(text)
	}
	return e.call(TextRow{line, strings.TrimSpace(text), names, fields})
}

// setting is the one that names a column or field of texts.
func (e *eachText) setting() string {
	if e.o.parallel() {
		return "source"
	}
	return "text"
}

func (e *eachText) table(r io.Reader, separator byte) (notices []string, err error) {
	how, err := e.o.rows()
	if err != nil {
		return nil, err
	}
	how.Separator = separator
	rows, err := table.NewRows(e.name, r, how)
	if err != nil {
		return nil, err
	}
	err = eachNamedRow(e.name, rows, e.wanted, e.setting()+": COLUMN names another", func(line int, names, fields []string, places []int) error {
		if slices.ContainsFunc(fields, func(f string) bool { return invalidUTF8(f) >= 0 }) {
			return encodingError(e.name, line)
		}
		return e.give(line, joined(fields, places), names, slices.Clone(fields))
	})
	return rows.Notices(), err
}

func (e *eachText) objects(r io.Reader) (notices []string, err error) {
	places := make([]int, len(e.wanted))
	for i := range places {
		places[i] = i
	}
	any := false
	notices, err = eachObject(e.name, r, e.o, e.wanted, "name it ("+e.setting()+": FIELD)", func(line int, fields []string) error {
		any = true
		return e.give(line, joined(fields, places), e.wanted, slices.Clone(fields))
	})
	if err == nil && !any {
		err = errors.Errorf("%s: the file is empty; give it a JSON object on each line", e.name)
	}
	return notices, err
}

func (e *eachText) lines(r io.Reader) (notices []string, err error) {
	names, any := []string{"text"}, false
	if e.o.parallel() {
		names[0] = "source"
	}
	notices, err = eachLine(e.name, r, e.o, func(number int, line []byte) error {
		any = true
		text := string(line)
		return e.give(number, text, names, []string{text})
	})
	if err == nil && !any {
		err = errors.Errorf("%s is empty; give a text on each line", e.name)
	}
	return notices, err
}

// TextFormOfFile returns the form of a file by its name's ending; ok is false where that tells nothing.
func TextFormOfFile(path string) (form string, ok bool) {
	switch f, found := byEnding(path); {
	case !found || strings.EqualFold(filepath.Ext(path), ".txt"):
		return "", false
	default:
		return f.prefix, true
	}
}

// LooksLikeFile reports whether a text ends as the names of files do that hold texts: in .csv, .tsv, .txt, .jsonl or
// .ndjson.
func LooksLikeFile(text string) bool {
	_, ok := byEnding(text)
	return ok
}

// TextFormOfLine returns the form of a file whose name does not say it by its first line: csv if this names all columns
// whose texts [EachText] would read with the options, jsonl if it is a JSON object, else lines. The notice says what a
// person should know of the guess; "" if there is nothing to say.
func TextFormOfLine(line string, opts ...Option) (form, notice string) {
	line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
	o, err := gather(opts)
	if err != nil {
		return TextLines, "" // which EachText says
	}
	wanted, err := o.wantedTexts()
	if err != nil {
		return TextLines, ""
	}
	if strings.HasPrefix(line, "{") && json.Valid([]byte(line)) {
		return TextJSONL, "line 1 is a JSON object: each line is read as one"
	}
	rows, err := table.NewRows("", strings.NewReader(line), table.Options{Quote: o.Quote})
	if err != nil {
		return TextLines, ""
	}
	first, _, err := rows.Next()
	if err != nil {
		return TextLines, ""
	}
	if !slices.ContainsFunc(wanted, func(name string) bool { return !slices.Contains(first, name) }) {
		return TextCSV, fmt.Sprintf("line 1 names %s: what follows is read as a table, separated by %ss", quoteAll(wanted), rows.Separator())
	}
	if looksLikeNames(line, len(first)) {
		return TextLines, fmt.Sprintf("each line is taken for a text, though line 1, %s, looks like the row of a table; name its column of texts if it is one", fault.Quote(line))
	}
	return TextLines, ""
}

// looksLikeNames reports whether a line that a separator divides into some fields is probably not prose, in which a
// blank follows a comma or a semicolon.
func looksLikeNames(line string, fields int) bool {
	if fields < 2 {
		return false
	}
	if strings.Contains(line, "\t") {
		return true
	}
	for i, c := range line {
		if c != ',' && c != ';' {
			continue
		}
		if rest := line[i+1:]; rest == "" || unicode.IsSpace([]rune(rest[:min(4, len(rest))])[0]) {
			return false
		}
	}
	return true
}
