// Package lines reads files of text line by line, in memory that is bounded whatever the file holds.
package lines

import (
	"bufio"
	"bytes"
	"io"
	"io/fs"
	"unicode/utf8"

	"github.com/pkg/errors"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

const (
	// Longest is the most bytes of a line: longer than any sentence and than most books' chapters, and a row of more
	// than 100,000 numbers.
	Longest = 1 << 20
	// Most is the most bytes of a file: some million pages. A reader holds it in memory once or twice.
	Most = 1 << 30
)

// Reader reads the lines of a text in UTF-8, in UTF-16 with a byte order mark, or in what a decoder knows. Only \n ends
// a line, with or without \r before it, since texts hold Unicode's line separators; in a file without any \n at its
// beginning it is \r.
type Reader struct {
	name    string
	in      *bufio.Reader
	size    int64 // bytes of the file, as far as it is known
	most    int64
	utf16   bool
	end     byte
	number  int
	seen    int64
	long    []byte // a line that is longer than the buffer
	notices []string
}

// New prepares to read from r. A nil decoder stands for UTF-8; a byte order mark counts more than it. No more than most
// bytes are read. The name stands for the file in errors.
func New(name string, r io.Reader, decode *encoding.Decoder, most int64) (*Reader, error) {
	if r == nil {
		return nil, errors.Errorf("%s: there is nothing to read from: the reader is nil", name)
	}
	l := &Reader{name: name, size: sizeOf(r), most: most, end: '\n'}
	raw := bufio.NewReaderSize(r, 64<<10)
	start, _ := raw.Peek(4) // an error comes again
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		l.utf16 = true
		l.notices = append(l.notices, "the text is UTF-16 and is read as such")
		r = transform.NewReader(raw, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		_, _ = raw.Discard(3) // which are there
		r = raw
	case Packed(name, start) != nil:
		return nil, Packed(name, start)
	case decode != nil:
		r = transform.NewReader(raw, decode)
	default:
		r = raw
	}
	if l.size > most && !l.utf16 { // before much of it is in memory
		return nil, l.tooMuch()
	}
	l.in = bufio.NewReaderSize(r, 64<<10)
	head, _ := l.in.Peek(64 << 10)
	if bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') < len(head)-1 {
		l.end = '\r'
		l.notices = append(l.notices, "lines end with a carriage return alone, and are read as such")
	}
	return l, nil
}

// Packed says that a file is compressed, by its first four bytes; nil if it is not.
func Packed(name string, start []byte) error {
	switch {
	case bytes.HasPrefix(start, []byte("\x1f\x8b")):
		return errors.Errorf("%s: it is compressed by gzip; unpack it first (gunzip)", name)
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return errors.Errorf("%s: it is a zip archive, as spreadsheets are, too; unpack it, or save the table as CSV", name)
	}
	return nil
}

// sizeOf returns the size of what r reads as far as it says it, or 0.
func sizeOf(r io.Reader) int64 {
	switch s := r.(type) {
	case interface{ Len() int }:
		return int64(s.Len())
	case interface{ Stat() (fs.FileInfo, error) }:
		if info, err := s.Stat(); err == nil && info.Mode().IsRegular() {
			return info.Size()
		}
	}
	return 0
}

// Size returns the bytes of the file if they are known and not above the most, or 0.
func (l *Reader) Size() int { return int(min(l.size, l.most)) }

// Number returns the number of the line that Next has returned, from 1.
func (l *Reader) Number() int { return l.number }

// Notices returns what a person should know of how the text is read, each in a line.
func (l *Reader) Notices() []string { return l.notices }

// Next returns the next line without its end, valid until the call after it; or io.EOF. Every other error is one line:
// a line of more than [Longest] bytes, a file of more than the most, a zero byte, which no text holds.
func (l *Reader) Next() ([]byte, error) {
	l.number++
	l.long = l.long[:0]
	for {
		part, err := l.in.ReadSlice(l.end)
		if l.seen += int64(len(part)); l.seen > l.most {
			return nil, l.tooMuch()
		}
		switch {
		case err == bufio.ErrBufferFull:
			if l.long = append(l.long, part...); len(l.long) > Longest {
				if bytes.IndexByte(l.long, 0) >= 0 {
					return nil, l.zero()
				}
				return nil, errors.Errorf("%s: line %d is longer than %d bytes; is it a file of text, line by line?", l.name, l.number, Longest)
			}
			continue
		case err != nil && err != io.EOF:
			return nil, fault.Reading(l.name, err)
		case err == io.EOF && len(part)+len(l.long) == 0:
			return nil, io.EOF
		}
		if len(l.long) > 0 {
			l.long = append(l.long, part...)
			part = l.long
		}
		return l.check(part)
	}
}

// check returns a line without its end.
func (l *Reader) check(line []byte) ([]byte, error) {
	if n := len(line); line[n-1] == l.end {
		line = line[:n-1]
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	switch {
	case len(line) > Longest:
		return nil, errors.Errorf("%s: line %d is longer than %d bytes; is it a file of text, line by line?", l.name, l.number, Longest)
	case bytes.IndexByte(line, 0) >= 0:
		return nil, l.zero()
	case l.end == '\r' && bytes.IndexByte(line, '\n') >= 0:
		return nil, errors.Errorf("%s: line %d: some lines end with a carriage return and others with a line feed; write all in one way", l.name, l.number)
	case l.utf16 && bytes.ContainsRune(line, utf8.RuneError):
		return nil, errors.Errorf("%s: line %d is not UTF-16, unlike what the file begins with; save it as UTF-8", l.name, l.number)
	}
	return line, nil
}

// tooMuch says that the file is larger than what is read.
func (l *Reader) tooMuch() error {
	return errors.Errorf("%s: it holds more than %d MiB of text, the most that is read; cut it into smaller files", l.name, l.most>>20)
}

// zero says that a line holds what no text does.
func (l *Reader) zero() error {
	return errors.Errorf("%s: line %d holds a zero byte; is it a file of text? UTF-16 without a byte order mark is to be saved as UTF-8", l.name, l.number)
}
