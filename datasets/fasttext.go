package datasets

import (
	"io"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// fastTextLabel begins the words that are labels.
const fastTextLabel = "__label__"

// ReadFastText reads texts and their labels as fastText writes them: on each line a label and its text,
//
//	__label__good a fine film
//
// The word that begins with __label__ may stand anywhere. What becomes of the examples is as in [LabelledCSV], and so are
// the limits, with 1 MiB a line. The name stands for the file in errors and in the description of the dataset.
//
// Every error is one line with the file and the line at fault: no label, several labels, which no classifier here
// learns, or no text, unless [SkipEmpty] leaves the line out.
func ReadFastText(name string, r io.Reader, opts ...Option) (*Labelled, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	return readFastText(name, r, o)
}

func openFastText(path string, o options) (l *Labelled, err error) {
	err = readFile(path, func(r io.Reader) (err error) {
		l, err = readFastText(path, r, o)
		return err
	})
	return l, err
}

func readFastText(name string, r io.Reader, o options) (*Labelled, error) {
	l := newOwnTexts(name, "text", "", o)
	meta := describeTexts(name)
	var err error
	meta.Notices, err = eachLine(name, r, o, func(number int, line []byte) error {
		text, labels := cutLabels(string(line))
		switch {
		case strings.TrimSpace(text) == "" && len(labels) == 0:
			return nil
		case len(labels) > 1:
			return errors.Errorf("%s: line %d has %d labels, %s and %s among them; a text is in one class here: keep one", name, number, len(labels), fault.Quote(labels[0]), fault.Quote(labels[1]))
		case len(labels) == 0 && !o.SkipEmpty:
			return errors.Errorf("%s: line %d: there is no %s in %s; want lines such as %sgood a fine film, or leave such lines out (skip-empty: true)", name, number, fastTextLabel, fault.Quote(strings.TrimSpace(text)), fastTextLabel)
		case len(labels) == 0:
			labels = []string{""}
		}
		return l.add(number, "", text, labels[0])
	})
	if err != nil {
		return nil, err
	}
	return l.dataset(meta, o.split)
}

// cutLabels returns a line without its labels, and them without what they begin with.
func cutLabels(line string) (text string, labels []string) {
	if !strings.Contains(line, fastTextLabel) {
		return line, nil
	}
	var words []string
	for word := range strings.FieldsSeq(line) {
		if label, ok := strings.CutPrefix(word, fastTextLabel); ok {
			labels = append(labels, label)
			continue
		}
		words = append(words, word)
	}
	return strings.Join(words, " "), labels
}
