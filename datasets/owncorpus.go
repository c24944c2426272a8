package datasets

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// ownCorpus is a person's own text, which is in its file and nowhere else.
type ownCorpus struct {
	path   string
	size   int64 // of the file in bytes, as it was checked
	time   time.Time
	coding coding // of its characters
	from   int64  // the place of the first character, behind a byte order mark
	lone   bool   // lines end with a carriage return alone
}

const (
	// mostOwnCorpus is the most bytes of a text: a minute of reading, and many times what anything here learns from.
	mostOwnCorpus = 64 << 30
	// mostHeldOut is how many bytes validate at most, and how many test: more of them say no more.
	mostHeldOut = 2 << 20
	// fewestCharacters make three parts of at least one each.
	fewestCharacters = 20
)

// openOwnCorpus checks a text and divides it.
func openOwnCorpus(path string, o options) (*Corpus, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Opening(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, fault.Reading(path, err)
	case info.IsDir():
		return nil, errors.Errorf("%s: it is a folder; name a file of text in it", path)
	case !info.Mode().IsRegular():
		return nil, errors.Errorf("%s: it is no regular file, and a text is read more than once; write it to a file first", path)
	case info.Size() > mostOwnCorpus:
		return nil, errors.Errorf("%s: it holds more than %d GiB of text, the most that is read; cut it into smaller files", path, mostOwnCorpus>>30)
	}
	t := &ownCorpus{path: path, size: info.Size(), time: info.ModTime()}
	c := &Corpus{Meta: describeCorpus(path), Lines: o.Lines}
	if t.coding, t.from, err = codingOf(path, f, o); err != nil {
		return nil, err
	}
	found, err := t.check(f, o)
	if err != nil {
		return nil, err
	}
	t.lone = found.feeds == 0 && found.returns > 0
	if t.coding.unit() == 2 {
		c.Meta.Notices = append(c.Meta.Notices, "the text is UTF-16 and is read as such")
	}
	switch {
	case t.lone:
		c.Meta.Notices = append(c.Meta.Notices, "lines end with a carriage return alone, and are read as such")
	case found.returns > 0:
		c.Meta.Notices = append(c.Meta.Notices, fmt.Sprintf("%s at the end of no line kept as they are", fault.Count(int(found.returns), "carriage return")))
	}
	if found.characters == 0 {
		return nil, errors.Errorf("%s: it is empty; give it a text", path)
	}
	if o.Lines {
		err = t.divideLines(c, o)
	} else {
		c.Meta.Size = fault.Count(int(found.characters), "character")
		err = t.divide(c, f, found.characters)
	}
	if err != nil {
		return nil, err
	}
	if err := t.unchanged(f); err != nil {
		return nil, err
	}
	return c, nil
}

// tooShort says that there are not three parts in a text.
func (t *ownCorpus) tooShort(has string, fewest int, noun string) error {
	return errors.Errorf("%s: it holds %s, too little for training, validation and test; give it %d %s or more", t.path, has, fewest, noun)
}

// divide cuts a text of so many characters: the first 90 % train, 5 % validate, 5 % test, but no more than mostHeldOut. It is cut
// behind the last end of a line before these places, or between characters at them if a part would be more than a sixth of the
// text, or mostHeldOut, larger.
func (t *ownCorpus) divide(c *Corpus, f io.ReaderAt, characters int64) error {
	if characters < fewestCharacters {
		return t.tooShort(fault.Count(int(characters), "character"), fewestCharacters, "characters")
	}
	unit := int64(t.coding.unit())
	n := (t.size - t.from) / unit
	end, slack, most := t.from+n*unit, min(n/6*unit, 2*mostHeldOut), mostHeldOut/unit
	place := func(parts int64) int64 { // before the last parts of twenty
		return max(t.from+n*(20-parts)/20*unit, end-parts*most*unit)
	}
	test, ok, err := t.lineBefore(f, place(1), end-slack)
	if err == nil && !ok {
		test, err = t.characterAt(f, place(1))
	}
	if err != nil {
		return err
	}
	within := !ok
	before := min(place(2), test-unit)
	valid, ok, err := t.lineBefore(f, before, test-slack)
	if err == nil && !ok {
		valid, err = t.characterAt(f, min(place(2), test-min(n/20, most)*unit))
	}
	if err != nil {
		return err
	}
	if valid <= t.from || test <= valid || end <= test {
		return t.tooShort(fault.Count(int(characters), "character"), fewestCharacters, "characters")
	}
	if within || !ok {
		c.Meta.Notices = append(c.Meta.Notices, "no line ends where the parts should: the text is cut between two characters of a line")
	}
	c.Train, c.Valid, c.Test = t.passage(t.from, valid), t.passage(valid, test), t.passage(test, t.size)
	return nil
}

// passage returns what the file has between two places.
func (t *ownCorpus) passage(from, to int64) Passage {
	return Passage{size: to - from, open: func() (io.ReadCloser, error) { return t.open(from, to) }}
}

// lineBefore returns the last place behind the end of a line that is above least and not above place.
func (t *ownCorpus) lineBefore(f io.ReaderAt, place, least int64) (int64, bool, error) {
	end := t.coding.write('\n')
	if t.lone {
		end = t.coding.write('\r')
	}
	unit := int64(len(end))
	buf := make([]byte, 64<<10)
	for high := place; high > least; {
		low := max(least, high-int64(len(buf)))
		block := buf[:high-low]
		if _, err := f.ReadAt(block, low); err != nil {
			return 0, false, t.readingAgain(err)
		}
		for i := bytes.LastIndex(block, end); i >= 0; i = bytes.LastIndex(block[:i+1], end) {
			if int64(i)%unit == 0 { // or it is of two units of UTF-16
				return low + int64(i) + unit, true, nil
			}
		}
		high = low
	}
	return 0, false, nil
}

// characterAt returns the first place from one on where a character begins, which is not the second half of \r\n.
func (t *ownCorpus) characterAt(f io.ReaderAt, place int64) (int64, error) {
	unit := int64(t.coding.unit())
	var around [16]byte // a unit before the place and what follows
	n, err := f.ReadAt(around[:], place-unit)
	if err != nil && err != io.EOF || int64(n) < unit {
		return 0, t.readingAgain(err)
	}
	before, after := around[:unit], around[unit:n]
	for len(after) > 0 && !t.coding.begins(after) {
		before, after = after[:unit], after[unit:]
		place += unit
	}
	if string(before) == string(t.coding.write('\r')) && len(after) > 0 && string(after[:unit]) == string(t.coding.write('\n')) {
		place += unit
	}
	return place, nil
}

// unchanged returns an error if a file is not as it was when it was checked.
func (t *ownCorpus) unchanged(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return fault.Reading(t.path, err)
	}
	if info.Size() != t.size || !info.ModTime().Equal(t.time) {
		return t.changed()
	}
	return nil
}

func (t *ownCorpus) changed() error {
	return errors.Errorf("%s: the file has changed since it was opened; open it anew", t.path)
}

// readingAgain words an error in the reading of what has been read before.
func (t *ownCorpus) readingAgain(err error) error {
	if err == nil || err == io.EOF || err == io.ErrUnexpectedEOF {
		return t.changed()
	}
	return fault.Reading(t.path, err)
}
