package datasets

import (
	"bytes"
	"io"
	"strings"

	"github.com/pkg/errors"
)

// Corpus is running text in three parts, such as a play, or with Lines texts that end, each on a line, such as names. No part
// is empty.
type Corpus struct {
	Meta               Info
	Lines              bool // each line is a text of its own
	Train, Valid, Test Passage
}

var _ Dataset = (*Corpus)(nil)

// Info returns c.Meta, of the kind [KindCorpus] unless it names one.
func (c *Corpus) Info() Info { return c.Meta.or(KindCorpus) }

// Part returns the text of a part: "train", "valid" or "test". Any other name is an *[UnknownError].
func (c *Corpus) Part(name string) (Passage, error) {
	return partNamed(name, c.Train, c.Valid, c.Test)
}

// Passage is text that is read from its beginning as often as one likes, and may be longer than memory. The zero value is an
// empty one. It serves any number of goroutines at once.
type Passage struct {
	text string
	open func() (io.ReadCloser, error) // nil if text is all of it
	size int64
}

// NewPassage returns the passage of a text.
func NewPassage(text string) Passage { return Passage{text: text, size: int64(len(text))} }

// Open returns the text: UTF-8 without a byte order mark, whose lines end with \n. What reads it reports what is wrong with
// the file that it comes from, such as that it is not the one any more that was opened.
func (p Passage) Open() (io.ReadCloser, error) {
	if p.open == nil {
		return io.NopCloser(strings.NewReader(p.text)), nil
	}
	return p.open()
}

// Size returns how many bytes the text has in its file, about as many as Open gives.
func (p Passage) Size() int64 { return p.size }

// corpusOf returns a corpus of texts, of which with the option each line is one: those without anything are left out.
func corpusOf(meta Info, o options, texts [3]string) (*Corpus, error) {
	c := &Corpus{Meta: meta, Lines: o.Lines}
	for i, part := range []*Passage{&c.Train, &c.Valid, &c.Test} {
		text := texts[i]
		if o.Lines {
			text = withoutEmptyLines(text)
		}
		if text == "" {
			return nil, errors.Errorf("%s: the %s part is empty; delete what was fetched and fetch it again", meta.Name, [...]string{"training", "validation", "test"}[i])
		}
		*part = NewPassage(text)
	}
	return c, nil
}

// withoutEmptyLines returns the lines of a text that hold more than white space, each with its end.
func withoutEmptyLines(text string) string {
	var b strings.Builder
	b.Grow(len(text) + 1)
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); strings.TrimSpace(line) != "" {
			b.WriteString(line)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// mostCorpusText is some times what the largest file of a corpus of running text holds, unpacked: 11 MB.
const mostCorpusText = 1 << 26

// readCorpusText reads a file of running text, which is known to be in UTF-8, of at most 64 MiB and 1 MiB a line. If each line
// is made of words with blanks between them, those at its ends are taken off.
func readCorpusText(name string, r io.Reader, words bool) (string, error) {
	var b strings.Builder
	err := eachCorpusLine(name, r, mostCorpusText, func(_ int, line []byte) error {
		if words {
			line = bytes.Trim(line, " ")
		}
		b.Write(line)
		b.WriteByte('\n')
		return nil
	})
	if err == nil && strings.TrimSpace(b.String()) == "" {
		err = errors.Errorf("%s: there is no text in it; delete it and fetch it again", name)
	}
	return b.String(), err
}
