package text

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// numberBytes is the size of a number in word2vec's binary format, a float32, the least significant byte first.
const numberBytes = 4

// binaryHeader returns the first line, how many vectors there are and how long, if what follows it is word2vec's binary
// format, and skips it; or else 0. The line is the same in text.
func binaryHeader(in *bufio.Reader) (count, width int) {
	const longest = 64 // of the first line
	start, _ := in.Peek(longest)
	line, _, ok := bytes.Cut(start, []byte{'\n'})
	if !ok {
		return 0, 0
	}
	if count, width = header(line); width == 0 || checkWidth(width) != "" {
		return 0, 0
	}
	// Numbers of text are text; numbers of four bytes are not, but for very few values.
	skip := len(line) + 1
	first, _ := in.Peek(skip + numberBytes*width)
	first = first[skip:]
	if _, numbers, ok := bytes.Cut(first, []byte{' '}); ok && isDecimal(numbers) || isText(first) {
		return 0, 0
	}
	_, _ = in.Discard(skip)
	return count, width
}

// isDecimal reports whether bytes are decimal numbers as far as the end of the line; a token before them may be broken.
func isDecimal(b []byte) bool {
	b, _, _ = bytes.Cut(b, []byte{'\n'})
	return len(bytes.Trim(b, "0123456789+-.eE \t\r")) == 0
}

// isText reports whether bytes, whose last character may be cut short, are text without control characters.
func isText(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			return !utf8.FullRune(b)
		}
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return false
		}
		b = b[n:]
	}
	return true
}

// readBinary reads so many vectors: each is its token, a space and its numbers, and in most files the end of a line.
func (v *Vectors) readBinary(in *bufio.Reader, count int, wanted *Vocabulary) error {
	numbers := make([]byte, numberBytes*v.Width)
	for i := range count {
		token, err := in.ReadSlice(' ')
		if err == nil {
			token = bytes.Clone(bytes.Trim(token, " \r\n"))
			_, err = io.ReadFull(in, numbers)
		}
		switch {
		case err == bufio.ErrBufferFull:
			return errors.Errorf("vector %d has a token of more than %d bytes; is it word2vec's binary format?", i+1, mostLine)
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return errors.Errorf("it ends within vector %d of %d; is it complete?", i+1, count)
		case err != nil:
			return errors.Wrapf(err, "vector %d cannot be read", i+1)
		}
		t, wants := v.wants(token, wanted)
		if !wants {
			continue
		}
		vector := make([]float32, v.Width)
		for j := range vector {
			vector[j] = math.Float32frombits(binary.LittleEndian.Uint32(numbers[numberBytes*j:]))
			if x := float64(vector[j]); math.IsNaN(x) || math.IsInf(x, 0) {
				return errors.Errorf("vector %d, of %.40q: %v is not a finite number", i+1, t, x)
			}
		}
		v.Values[t] = vector
	}
	return nil
}
