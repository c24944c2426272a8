package datasets

import (
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"

	"github.com/rnnzoo/rnnzoo/datasets/internal/lines"
)

// mostCorpus is some times what the largest file of a corpus holds that is read line by line.
const mostCorpus = 1 << 25

// mostSentences is more than twenty times what such a file holds.
const mostSentences = 1 << 18

// eachLine calls with each line of a person's own text, numbered from 1 and valid during the call, and returns what is
// to be said of it.
func eachLine(name string, r io.Reader, o options, call func(number int, line []byte) error) (notices []string, err error) {
	decode, err := decoder(o.Encoding)
	if err != nil {
		return nil, err
	}
	return linesOf(name, r, decode, lines.Most, encodingError, call)
}

// eachCorpusLine calls with each line of a file of a corpus, which is known to be in UTF-8 and no larger than most.
func eachCorpusLine(name string, r io.Reader, most int64, call func(number int, line []byte) error) error {
	_, err := linesOf(name, r, nil, most, damagedText, call)
	return err
}

func linesOf(name string, r io.Reader, decode *encoding.Decoder, most int64, invalid func(string, int) error, call func(int, []byte) error) (notices []string, err error) {
	in, err := lines.New(name, r, decode, most)
	if err != nil {
		return nil, err
	}
	for {
		line, err := in.Next()
		switch {
		case err == io.EOF:
			return in.Notices(), nil
		case err != nil:
			return nil, err
		case !utf8.Valid(line):
			return nil, invalid(name, in.Number())
		}
		if err := call(in.Number(), line); err != nil {
			return nil, err
		}
	}
}
