package datasets

import (
	"encoding/csv"
	"io"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/datasets/internal/lines"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// Parallel reads texts from one file and their translations from another: each line is the translation of the other's.
// Lines with nothing on them in both are left out. All else is as in [TSV], the limits too.
//
// Every error is one line with the file and the line at fault: nothing on one side, unless [SkipEmpty] leaves the pair
// out, or a file with more lines than the other.
func Parallel(source, target string, opts ...Option) (*Pairs, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	p, err := readParallelFiles(source, target, o)
	if err == nil {
		p.Meta.opened("parallel:"+joinPaths(source, target), o)
	}
	return p, err
}

// joinPaths writes two paths as twoPaths reads them.
func joinPaths(source, target string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write([]string{source, target}) // to memory
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}

func openParallel(paths string, o options) (*Pairs, error) {
	source, target, err := twoPaths(paths)
	if err != nil {
		return nil, err
	}
	return readParallelFiles(source, target, o)
}

// twoPaths returns the two paths of a specification, one of which may stand between quotation marks if it holds a comma.
func twoPaths(paths string) (source, target string, err error) {
	all, err := csv.NewReader(strings.NewReader(paths)).Read()
	if err != nil || len(all) != 2 || all[0] == "" || all[1] == "" {
		return "", "", option.Usagef("parallel:%s: want two files with a comma between them, as parallel:train.de,train.en; one file of pairs is tsv:FILE", paths)
	}
	return all[0], all[1], nil
}

func describeParallel(paths string) (Info, error) {
	source, target, err := twoPaths(paths)
	if err != nil {
		return Info{}, err
	}
	return describeTwo(source, target), nil
}

func describeTwo(source, target string) Info {
	info := describePairs(source)
	info.Title += " and " + filepath.Base(target)
	info.Source += ", " + target
	return info
}

func readParallelFiles(source, target string, o options) (p *Pairs, err error) {
	if o.parallel() {
		return nil, option.Usagef("source and target name columns, and the files of parallel have none; write parallel:SOURCE,TARGET")
	}
	err = readFile(source, func(a io.Reader) error {
		return readFile(target, func(b io.Reader) (err error) {
			p, err = readParallelLines(source, target, a, b, o)
			return err
		})
	})
	return p, err
}

// readParallelLines reads pairs from two texts.
func readParallelLines(source, target string, a, b io.Reader, o options) (*Pairs, error) {
	decode, err := decoder(o.Encoding)
	if err != nil {
		return nil, err
	}
	sources, err := lines.New(source, a, decode, lines.Most)
	if err != nil {
		return nil, err
	}
	decode, _ = decoder(o.Encoding) // another, since one has a state
	targets, err := lines.New(target, b, decode, lines.Most)
	if err != nil {
		return nil, err
	}
	p := newOwnPairs(source, "text", nil, o)
	for {
		text, more, err := nextText(source, sources)
		if err != nil {
			return nil, err
		}
		translation, moreTargets, err := nextText(target, targets)
		if err != nil {
			return nil, err
		}
		number := sources.Number()
		switch {
		case !more && !moreTargets:
			meta := describeTwo(source, target)
			meta.Notices = append(said(source, sources), said(target, targets)...)
			return p.dataset(meta)
		case more != moreTargets:
			longer, shorter := source, target
			if moreTargets {
				longer, shorter = target, source
			}
			return nil, errors.Errorf("%s ends after line %d, and %s goes on; they must translate one another line by line", shorter, number-1, longer)
		case text == "" && translation == "":
			continue
		case (text == "" || translation == "") && !o.SkipEmpty:
			empty, other := source, translation
			if translation == "" {
				empty, other = target, text
			}
			return nil, errors.Errorf("%s: line %d is empty, and the other file has %s there; fill it in, or leave such pairs out (skip-empty: true)", empty, number, fault.Quote(other))
		}
		if err := p.add(number, text, translation); err != nil {
			return nil, err
		}
	}
}

// nextText returns the next line of a text without the space around it, if there is one more.
func nextText(name string, r *lines.Reader) (text string, more bool, err error) {
	line, err := r.Next()
	if err == io.EOF {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	text = strings.TrimSpace(string(line))
	if invalidUTF8(text) >= 0 {
		return "", false, encodingError(name, r.Number())
	}
	return text, true, nil
}

// said returns the notices of one text of several.
func said(name string, r *lines.Reader) []string {
	var notices []string
	for _, n := range r.Notices() {
		notices = append(notices, filepath.Base(name)+": "+n)
	}
	return notices
}
