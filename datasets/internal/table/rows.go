package table

import (
	"fmt"
	"io"
	"strings"

	"github.com/pkg/errors"
	"golang.org/x/text/encoding"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/datasets/internal/lines"
)

// Limits, far above what anybody trains on here.
const (
	MostColumns = 1 << 16
	MostRows    = 1 << 24
)

// Rows reads the rows of a file of separated values. It holds the text of the file, which must not be above
// [lines.Most], since how quotation marks are meant shows in all of it.
type Rows struct {
	name    string
	text    string // UTF-8 with \n at the end of each line
	rest    string // of text, not read yet
	rules   rules
	bars    bool // whether ||| separates the fields
	width   int  // fields of the first row; 0 before it
	line    int  // on which rest begins
	rows    int
	fields  []string // of the last row
	notices []string
	spread  string // a notice of a row that may be several
	// Of a file of numbers: where the comments above the table end, whether lines that look like comments are some below
	// it, too, how many have been skipped, and what the last one above the table says.
	head     int
	comments bool
	skipped  int
	above    string
}

// Options are how rows are read. The zero value is the default.
type Options struct {
	Separator byte              // 0 is recognised
	Quote     string            // of Quotes; "" is auto
	Uneven    bool              // whether rows may have different numbers of fields, but at least two
	Bars      bool              // whether ||| separates where the first line has it and no tab
	Numbers   bool              // whether it is a table of numbers: comments are skipped, and blanks may separate
	Decoder   *encoding.Decoder // nil stands for UTF-8
}

// NewRows reads the text and recognises the separator and the rules of quotation. The name stands for the file in
// errors.
func NewRows(name string, r io.Reader, o Options) (*Rows, error) {
	in, err := lines.New(name, r, o.Decoder, lines.Most)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	text.Grow(in.Size())
	above, head, comments, others := "", 0, 0, 0 // of the comments before the first other line, and of both behind it
	for {
		line, err := in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		text.Write(line)
		text.WriteByte('\n')
		if !o.Numbers {
			continue
		}
		switch {
		case isComment(line) && others == 0:
			above, head = string(line), text.Len()
		case isComment(line):
			comments++
		case len(line) > 0:
			others++
		}
	}
	rows := &Rows{name: name, text: text.String(), notices: in.Notices()}
	if others > 0 { // else they are all there is
		rows.above, rows.head, rows.comments = above, head, comments < others
	}
	if o.Bars && hasBars(rows.text) {
		rows.bars = true
		rows.notices = append(rows.notices, "||| separates the texts")
		rows.text = strings.ReplaceAll(strings.ReplaceAll(rows.text, "\t", " "), "|||", "\t")
		o.Separator, o.Quote = '\t', QuoteNone
	}
	comma := o.Separator
	if comma == 0 {
		if err := misnamed(name, rows.text); err != nil {
			return nil, err
		}
		start := []byte(rows.text[:min(len(rows.text), 64<<10)])
		if comma = separator(start); o.Numbers {
			comma = numbersSeparator(start)
		}
	}
	notice := ""
	rows.rules, notice = quotation(rows.text, comma, o.Quote, o.Uneven)
	if notice != "" {
		rows.notices = append(rows.notices, notice)
	}
	rows.Rewind()
	return rows, nil
}

// misnamed returns an error for a text that is no table, but something else that is read.
func misnamed(name, text string) error {
	text = strings.TrimLeft(text[:min(len(text), 1000)], " \t\n")
	switch {
	case strings.HasPrefix(text, "__label__"):
		return errors.Errorf("%s: its lines begin with __label__, as those of fastText; write fasttext:%s", name, name)
	case strings.HasPrefix(text, `{"`):
		return errors.Errorf("%s: it holds JSON objects; write jsonl:%s if there is one a line", name, name)
	case strings.HasPrefix(text, "[{") || strings.HasPrefix(text, "[\n"):
		return errors.Errorf("%s: it is a list in JSON; write one object a line (jq -c '.[]' does) and name it as jsonl:FILE", name)
	}
	return nil
}

// hasBars reports whether ||| separates what the first line of a text holds.
func hasBars(text string) bool {
	line, _, _ := strings.Cut(strings.TrimLeft(text, "\n"), "\n")
	return !strings.Contains(line, "\t") && strings.Contains(line, "|||")
}

// Separator returns what separates the fields, for a person.
func (r *Rows) Separator() string {
	switch {
	case r.bars:
		return "|||"
	case r.rules.comma == '\t':
		return "tab"
	case r.rules.comma == ';':
		return "semicolon"
	case r.rules.comma == '|':
		return "bar"
	case r.rules.comma == ' ':
		return "blanks"
	}
	return "comma"
}

// Rewind goes back to the first row.
func (r *Rows) Rewind() {
	r.rest, r.line, r.rows, r.width, r.spread, r.skipped = r.text, 1, 0, 0, "", 0
}

// Notices returns what a person should know of how the rows are read that Next has returned, each in a line.
func (r *Rows) Notices() []string {
	if r.spread == "" {
		return r.notices
	}
	return append(r.notices[:len(r.notices):len(r.notices)], r.spread)
}

// Next returns the fields of the next row without the space around them, valid until the call after it, and the line on
// which the row begins; or io.EOF. Lines with nothing on them are no rows. The fields share their memory with the text
// of the file.
func (r *Rows) Next() (fields []string, line int, err error) {
	for r.rest != "" {
		end := 0
		if r.rest[0] != '\n' {
			if !r.isComment() {
				break
			}
			end = strings.IndexByte(r.rest, '\n') // there is one behind each line
			r.skipped++
		}
		r.rest = r.rest[end+1:]
		r.line++
	}
	if r.rest == "" {
		return nil, 0, io.EOF
	}
	fields, rest, ok := r.rules.row(r.rest, r.fields[:0])
	read := r.rest[:len(r.rest)-len(rest)]
	switch {
	case !ok:
		return nil, 0, errors.Errorf("%s: line %d: a quotation mark inside a field or never closed; put fields that contain one in quotation marks and double it, or read it as part of the text (quote: none)", r.name, r.line)
	case len(read) > lines.Longest:
		return nil, 0, errors.Errorf("%s: line %d: a row of more than %d bytes; is the quotation mark in it never closed?", r.name, r.line, lines.Longest)
	case len(fields) > MostColumns:
		return nil, 0, errors.Errorf("%s: line %d: %d fields, where at most %d are read; leave some out", r.name, r.line, len(fields), MostColumns)
	}
	if r.rows++; r.rows > MostRows {
		return nil, 0, errors.Errorf("%s: line %d: more than %d rows, the most that are read; cut it into smaller files", r.name, r.line, MostRows)
	}
	if r.width == 0 {
		r.width = len(fields)
	}
	n := strings.Count(read, "\n")
	if n > 1 && r.spread == "" && r.rules.looksLikeRows(read, r.width) {
		r.spread = fmt.Sprintf("the quotation mark that opens on line %d closes on line %d: the lines between are one row, though each looks like one (quote: none makes rows of them)", r.line, r.line+n-1)
	}
	line = r.line
	r.line += n
	r.rest, r.fields = rest, fields
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	return fields, line, nil
}

// isComment reports whether the next line is a comment.
func (r *Rows) isComment() bool {
	if c := r.rest[0]; c != '#' && c != '/' && c != ' ' && c != '\t' || r.head == 0 && !r.comments {
		return false
	}
	if len(r.text)-len(r.rest) >= r.head && !r.comments {
		return false
	}
	return isComment([]byte(r.rest[:min(len(r.rest), 64)]))
}

// Unlike says that a row has another number of fields than the first.
func Unlike(name string, line, fields, first, width int) error {
	return errors.Errorf("%s: line %d: %s where line %d has %d; put texts that hold the separator in quotation marks", name, line, fault.Count(fields, "field"), first, width)
}
