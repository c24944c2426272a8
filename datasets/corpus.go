package datasets

import (
	"io"
	"strings"
)

// Corpus is running text in three parts, such as a play, or with Lines texts that end, each on a line, such as names.
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
// the file that it comes from.
func (p Passage) Open() (io.ReadCloser, error) {
	if p.open == nil {
		return io.NopCloser(strings.NewReader(p.text)), nil
	}
	return p.open()
}

// Size returns how many bytes the text has in its file, about as many as Open gives.
func (p Passage) Size() int64 { return p.size }
