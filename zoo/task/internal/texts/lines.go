package texts

import (
	"bufio"
	"io"
	"strings"

	"github.com/pkg/errors"
)

// mostBytes is longer than any text that is given on a line.
const mostBytes = 1 << 24

// EachLines gives the lines of standard input, texts, to a function, as EachLineOf does.
func EachLines(in io.Reader, most int, do func(lines []string) error) error {
	return EachLineOf("standard input", "a text", in, most, do)
}

// EachLineOf gives the lines of a reader to a function, as many at once as have arrived but no more than most. A byte order
// mark before the first is left out. The name stands for the reader in errors, and each line is what each says.
func EachLineOf(name, each string, in io.Reader, most int, do func(lines []string) error) error {
	r := bufio.NewReaderSize(in, 1<<16)
	var lines []string
	for n := 1; ; n++ {
		line, err := readLine(r)
		if err != nil && err != io.EOF {
			return errors.Wrapf(err, "%s: line %d", name, n)
		}
		if line != "" {
			if n == 1 {
				line = strings.TrimPrefix(line, "\ufeff")
			}
			lines = append(lines, strings.TrimRight(line, "\r\n"))
		}
		if len(lines) > 0 && (err == io.EOF || r.Buffered() == 0 || len(lines) == most) {
			if err := do(lines); err != nil {
				return err
			}
			lines = nil
		}
		if err == io.EOF {
			if n == 1 && line == "" {
				return errors.Errorf("%s is empty; give %s on each line", name, each)
			}
			return nil
		}
	}
}

// readLine returns the next line with its end.
func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if err != bufio.ErrBufferFull {
			return string(line), err
		}
		if len(line) > mostBytes {
			return "", errors.Errorf("it is longer than %d bytes", mostBytes)
		}
	}
}
