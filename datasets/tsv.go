package datasets

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"strings"

	"github.com/pkg/errors"
	"golang.org/x/text/transform"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// TSV reads texts and their translations from the file at path: on each line a text, a tab and its translation. What
// follows a second tab, such as the origin, is left out, and so are lines with nothing on them. A UTF-8 byte order mark
// is skipped; [Encoding] reads Latin-1.
//
// A tenth of the different texts, at most 1,000, validates, and as many test. Which they are depends on the texts
// alone. All translations of a text stand in one part.
//
// Every error is one line with the file and, where there is one, the line at fault: no tab, nothing on one side of it,
// text that is not UTF-8, fewer than 3 texts.
func TSV(path string, opts ...Option) (*Pairs, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	return openTSV(path, o)
}

// ReadTSV reads pairs as [TSV] does, from r. The name stands for the file in errors and in the description of the
// dataset.
func ReadTSV(name string, r io.Reader, opts ...Option) (*Pairs, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	return readTSV(name, r, o)
}

func openTSV(path string, o options) (*Pairs, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Opening(path, err)
	}
	defer f.Close()
	return readTSV(path, f, o)
}

func readTSV(name string, r io.Reader, o options) (*Pairs, error) {
	decode, err := decoder(o.Encoding)
	if err != nil {
		return nil, err
	}
	if decode != nil {
		r = transform.NewReader(r, decode)
	}
	pairs, err := readPairLines(name, r)
	if err != nil {
		return nil, err
	}
	meta := describeTSV(name, o)
	meta.Size = fault.Count(len(pairs), "pair")
	p := splitPairs(meta, pairs)
	if len(p.Test) == 0 {
		return nil, errors.Errorf("%s: %s of too few different texts to train, validate and test; give at least 3", name, fault.Count(len(pairs), "pair"))
	}
	return p, nil
}

func describeTSV(path string, _ options) Info {
	return describeFile(path, KindPairs, "translate", "Texts and translations")
}

// readPairLines reads lines of a text, a tab and its translation.
func readPairLines(name string, r io.Reader) ([]Pair, error) {
	var pairs []Pair
	err := eachLine(name, r, func(number int, line string) error {
		source, rest, found := strings.Cut(line, "\t")
		target, _, _ := strings.Cut(rest, "\t")
		source, target = strings.TrimSpace(source), strings.TrimSpace(target)
		switch {
		case strings.TrimSpace(line) == "":
			return nil
		case !found:
			return errors.Errorf("%s: line %d: there is no tab in %s; want a text, a tab and its translation", name, number, fault.Quote(strings.TrimSpace(line)))
		case source == "":
			return errors.Errorf("%s: line %d: there is nothing before the tab; fill in the text or delete the line", name, number)
		case target == "":
			return errors.Errorf("%s: line %d: %s has no translation; fill it in or delete the line", name, number, fault.Quote(source))
		}
		pairs = append(pairs, Pair{strings.Clone(source), strings.Clone(target)})
		return nil
	})
	return pairs, err
}

// mostLine is longer than any sentence, and than most books' chapters.
const mostLine = 1 << 20

// eachLine calls with each line of a text in UTF-8, numbered from 1, without its end. Only \n ends a line: texts hold
// Unicode's line separators.
func eachLine(name string, r io.Reader, call func(number int, line string) error) error {
	if r == nil {
		return errors.Errorf("%s: there is nothing to read from: the reader is nil", name)
	}
	lines := bufio.NewReaderSize(r, 64<<10)
	start, _ := lines.Peek(3) // an error comes again
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return fault.UTF16(name)
	case bytes.Equal(start, []byte("\xef\xbb\xbf")):
		lines.Discard(len(start))
	}
	for number := 1; ; number++ {
		var line []byte
		for {
			part, err := lines.ReadSlice('\n')
			line = append(line, part...)
			if err == io.EOF && len(line) == 0 {
				return nil
			}
			if err == nil || err == io.EOF {
				break
			}
			if err != bufio.ErrBufferFull {
				return fault.Reading(name, err)
			}
			if len(line) > mostLine {
				return errors.Errorf("%s: line %d is longer than %d bytes; is it a file of sentences?", name, number, mostLine)
			}
		}
		text := strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")
		if invalidUTF8(text) >= 0 {
			return encodingError(name, number)
		}
		if err := call(number, text); err != nil {
			return err
		}
	}
}
