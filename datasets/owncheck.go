package datasets

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/bits"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// found is what the check of a text has found in it.
type found struct {
	characters int64 // of the text, which has \n for \r\n
	feeds      int64 // line feeds
	returns    int64 // carriage returns without a line feed behind them
}

// line returns the number of the line that the next character stands in.
func (n *found) line() int64 {
	if n.feeds == 0 {
		return n.returns + 1
	}
	return n.feeds + 1
}

// check reads a text once, a block at a time, for what no text holds.
func (t *ownCorpus) check(f io.ReaderAt, o options) (n found, err error) {
	add := t.checkUTF16
	switch t.coding {
	case codingUTF8:
		add = t.checkUTF8
	case codingLatin1:
		add = t.checkLatin1
	}
	buf := make([]byte, 256<<10)
	kept := 0 // bytes of the block before, at the beginning of buf
	for at := t.from; ; {
		if o.ctx != nil && o.ctx.Err() != nil {
			return n, o.ctx.Err()
		}
		most := min(int64(len(buf)-kept), t.size-at)
		if got, err := f.ReadAt(buf[kept:kept+int(most)], at); int64(got) < most {
			return n, t.readingAgain(err)
		}
		block, place := buf[:kept+int(most)], at-int64(kept)
		at += most
		done, err := add(&n, block, place, at == t.size)
		if err != nil || at == t.size {
			return n, err
		}
		kept = copy(buf, block[done:])
	}
}

// checkUTF8 adds the characters of a block whose first byte is at a place of the file, and returns how many of its bytes are
// done: the others are a character that the next block completes, or may be half of \r\n.
func (t *ownCorpus) checkUTF8(n *found, block []byte, place int64, last bool) (done int, err error) {
	done = len(block)
	if !last {
		done = complete(block)
	}
	block = block[:done]
	ascii := isASCII(block)
	if !ascii && !utf8.Valid(block) {
		bad := 0
		for {
			r, size := utf8.DecodeRune(block[bad:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			bad += size
		}
		if zero := bytes.IndexByte(block[:bad], 0); zero >= 0 {
			return 0, t.zero(n, block, zero, place)
		}
		n.addBytes(block[:bad])
		return 0, errors.Errorf("%s: line %d is not UTF-8: byte 0x%02x at offset %d of the file; if it is in Latin-1, say so (encoding: latin1)", t.path, n.line(), block[bad], place+int64(bad))
	}
	if zero := bytes.IndexByte(block, 0); zero >= 0 {
		return 0, t.zero(n, block, zero, place)
	}
	n.addBytes(block)
	if !ascii {
		n.characters -= int64(continuing(block))
	}
	return done, nil
}

// complete returns how many bytes of a block are of whole characters, of which a last \r may be half of \r\n.
func complete(block []byte) int {
	n := len(block)
	if n > 0 && block[n-1] == '\r' {
		return n - 1
	}
	for i := 1; i < utf8.UTFMax && i <= n; i++ {
		if utf8.RuneStart(block[n-i]) {
			if !utf8.FullRune(block[n-i:]) {
				return n - i
			}
			break
		}
	}
	return n
}

// isASCII reports whether bytes are all below 128.
func isASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// continuing returns how many bytes of UTF-8 do not begin a character: those whose first two bits are 10.
func continuing(b []byte) (count int) {
	for ; len(b) >= 8; b = b[8:] {
		w := binary.LittleEndian.Uint64(b)
		count += bits.OnesCount64(w >> 7 &^ (w >> 6) & 0x0101010101010101)
	}
	for _, c := range b {
		if !utf8.RuneStart(c) {
			count++
		}
	}
	return count
}

// addBytes counts a block each of whose bytes is a character.
func (n *found) addBytes(block []byte) {
	n.feeds += int64(bytes.Count(block, []byte{'\n'}))
	n.characters += int64(len(block))
	if bytes.IndexByte(block, '\r') >= 0 {
		pairs := int64(bytes.Count(block, []byte("\r\n")))
		n.returns += int64(bytes.Count(block, []byte{'\r'})) - pairs
		n.characters -= pairs
	}
}

func (t *ownCorpus) checkLatin1(n *found, block []byte, place int64, last bool) (done int, err error) {
	if done = len(block); !last && done > 0 && block[done-1] == '\r' {
		done--
	}
	if zero := bytes.IndexByte(block, 0); zero >= 0 {
		return 0, t.zero(n, block, zero, place)
	}
	for _, undefined := range []byte{0x81, 0x8d, 0x8f, 0x90, 0x9d} { // in Windows-1252, as which Latin-1 is read
		if i := bytes.IndexByte(block, undefined); i >= 0 {
			n.addBytes(block[:i])
			return 0, errors.Errorf("%s: line %d is not Latin-1: byte 0x%02x at offset %d of the file; save it as UTF-8", t.path, n.line(), undefined, place+int64(i))
		}
	}
	n.addBytes(block[:done])
	return done, nil
}

func (t *ownCorpus) checkUTF16(n *found, block []byte, place int64, last bool) (done int, err error) {
	order := t.coding.order()
	for done < len(block) {
		rest := block[done:]
		if len(rest) < 4 && !last { // of which two may be half a character or half of \r\n
			break
		}
		if len(rest) < 2 {
			return 0, t.notUTF16(n, place+int64(done))
		}
		unit, next, size := order.Uint16(rest), uint16(0), 2
		if len(rest) >= 4 {
			next = order.Uint16(rest[2:])
		}
		switch {
		case unit == 0:
			return 0, t.zero(n, nil, 0, place+int64(done))
		case highSurrogate(unit) && lowSurrogate(next):
			size = 4
		case highSurrogate(unit), lowSurrogate(unit):
			return 0, t.notUTF16(n, place+int64(done))
		case unit == '\r' && next == '\n':
			size = 4
			n.feeds++
		case unit == '\r':
			n.returns++
		case unit == '\n':
			n.feeds++
		}
		n.characters++
		done += size
	}
	return done, nil
}

// zero says that there is a byte, or a unit of UTF-16, in a block that no text holds.
func (t *ownCorpus) zero(n *found, block []byte, at int, place int64) error {
	n.addBytes(block[:at])
	return errors.Errorf("%s: line %d holds a zero byte, at offset %d of the file; is it a file of text? UTF-16 without a byte order mark is to be saved as UTF-8", t.path, n.line(), place+int64(at))
}

// notUTF16 says that half a character is in the file.
func (t *ownCorpus) notUTF16(n *found, place int64) error {
	return errors.Errorf("%s: line %d is not UTF-16, unlike what the file begins with: half a character at offset %d of the file; save it as UTF-8", t.path, n.line(), place)
}
