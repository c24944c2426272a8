package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"io"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// Rows reads the rows of a file of separated values.
type Rows struct {
	name string
	csv  *csv.Reader
}

// NewRows skips a byte order mark and recognises the separator. The name stands for the file in errors.
func NewRows(name string, r io.Reader) (*Rows, error) {
	if r == nil {
		return nil, errors.Errorf("%s: there is nothing to read from: the reader is nil", name)
	}
	// Enough for a few lines of hundreds of columns each.
	const head = 64 << 10
	buffered := bufio.NewReaderSize(r, head)
	start, err := buffered.Peek(head)
	if err != nil && err != io.EOF {
		return nil, fault.Reading(name, err)
	}
	if bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")) {
		return nil, fault.UTF16(name)
	}
	if mark := []byte("\xef\xbb\xbf"); bytes.HasPrefix(start, mark) {
		start = start[len(mark):]
		if _, err := buffered.Discard(len(mark)); err != nil {
			return nil, fault.Reading(name, err)
		}
	}
	c := csv.NewReader(buffered)
	c.Comma = separator(start)
	c.FieldsPerRecord = -1 // counted by the caller, whose error says what to do
	c.ReuseRecord = true
	// Not with tabs: an empty field would be taken for space before the next.
	c.TrimLeadingSpace = c.Comma != '\t'
	return &Rows{name, c}, nil
}

// Next returns the fields of the next row without the space around them, valid until the call after it, and the line on
// which the row begins; or io.EOF.
func (r *Rows) Next() (fields []string, line int, err error) {
	fields, err = r.csv.Read()
	if err == io.EOF {
		return nil, 0, io.EOF
	}
	var parseErr *csv.ParseError
	if errors.As(err, &parseErr) {
		return nil, 0, errors.Errorf("%s: line %d: a quotation mark inside a field or never closed; put fields that contain one in quotation marks and double it", r.name, parseErr.StartLine)
	}
	if err != nil {
		return nil, 0, fault.Reading(r.name, err)
	}
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	line, _ = r.csv.FieldPos(0)
	return fields, line, nil
}
