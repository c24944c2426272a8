package datasets

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/datasets/internal/lines"
)

// coding is how the characters of a file are written.
type coding uint8

const (
	codingUTF8 coding = iota
	codingLatin1
	codingUTF16Little
	codingUTF16Big
)

// codingOf returns the coding of a file and the place of its first character: a byte order mark counts more than the options.
func codingOf(name string, f io.ReaderAt, o options) (c coding, from int64, err error) {
	var head [4]byte
	n, err := f.ReadAt(head[:], 0)
	if err != nil && err != io.EOF {
		return 0, 0, fault.Reading(name, err)
	}
	start := head[:n]
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xfe")):
		return codingUTF16Little, 2, nil
	case bytes.HasPrefix(start, []byte("\xfe\xff")):
		return codingUTF16Big, 2, nil
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		return codingUTF8, 3, nil
	}
	if encodingName(o.Encoding) == latin1Text {
		c = codingLatin1
	}
	return c, 0, lines.Packed(name, start)
}

// unit returns how many bytes a character has at least.
func (c coding) unit() int {
	if c >= codingUTF16Little {
		return 2
	}
	return 1
}

// order returns how the bytes of a unit of UTF-16 stand.
func (c coding) order() binary.ByteOrder {
	if c == codingUTF16Big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// write returns an ASCII character as the coding writes it.
func (c coding) write(character byte) []byte {
	if c.unit() == 1 {
		return []byte{character}
	}
	both := make([]byte, 2)
	c.order().PutUint16(both, uint16(character))
	return both
}

// begins reports whether a character begins with the first unit of some.
func (c coding) begins(units []byte) bool {
	switch c {
	case codingUTF8:
		return utf8.RuneStart(units[0])
	case codingLatin1:
		return true
	}
	return len(units) < 2 || !lowSurrogate(c.order().Uint16(units))
}

func highSurrogate(unit uint16) bool { return unit>>10 == 0xd800>>10 }
func lowSurrogate(unit uint16) bool  { return unit>>10 == 0xdc00>>10 }

// reader makes UTF-8 of what r reads.
func (c coding) reader(r io.Reader) io.Reader {
	switch c {
	case codingUTF8:
		return r
	case codingLatin1:
		decode, _ := decoder(latin1Text) // which there is
		return transform.NewReader(r, decode)
	case codingUTF16Big:
		return transform.NewReader(r, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder())
	}
	return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder())
}
