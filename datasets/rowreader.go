package datasets

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/pkg/errors"
)

// rowReader reads the rows of a file of separated values.
type rowReader struct {
	name string
	csv  *csv.Reader
}

// newRowReader skips a byte order mark and recognises the separator.
func newRowReader(name string, r io.Reader) (*rowReader, error) {
	// Enough for a few lines of hundreds of columns each.
	const head = 64 << 10
	buffered := bufio.NewReaderSize(r, head)
	start, err := buffered.Peek(head)
	if err != nil && err != io.EOF {
		return nil, readError(name, err)
	}
	if bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")) {
		return nil, errors.Errorf("%s: the text is UTF-16; save it as UTF-8", name)
	}
	if mark := []byte("\xef\xbb\xbf"); bytes.HasPrefix(start, mark) {
		start = start[len(mark):]
		if _, err := buffered.Discard(len(mark)); err != nil {
			return nil, readError(name, err)
		}
	}
	c := csv.NewReader(buffered)
	c.Comma = separator(start)
	c.FieldsPerRecord = -1 // counted in readTable, whose error says what to do
	c.ReuseRecord = true
	// Not with tabs: an empty field would be taken for space before the next.
	c.TrimLeadingSpace = c.Comma != '\t'
	return &rowReader{name, c}, nil
}

// next returns the fields of the next row without the space around them, valid
// until the call after it, and the line on which the row begins; or io.EOF.
func (r *rowReader) next() (fields []string, line int, err error) {
	fields, err = r.csv.Read()
	if err == io.EOF {
		return nil, 0, io.EOF
	}
	var parseErr *csv.ParseError
	if errors.As(err, &parseErr) {
		return nil, 0, errors.Errorf("%s: line %d: a quotation mark inside a field or never closed; put fields that contain one in quotation marks and double it", r.name, parseErr.StartLine)
	}
	if err != nil {
		return nil, 0, readError(r.name, err)
	}
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	line, _ = r.csv.FieldPos(0)
	return fields, line, nil
}

// readFile opens the file at path and reads it.
func readFile(path string, read func(io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return errors.Wrapf(cause(err), "cannot open %s; check the path", quote(path))
	}
	defer f.Close()
	return read(f)
}

// readError says that a file was opened and could not be read.
func readError(name string, err error) error {
	return errors.Wrapf(cause(err), "%s: cannot be read; check that it is a file of text", name)
}

// cause returns the reason inside an *fs.PathError, which would say the path
// again, or err itself.
func cause(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
