package generate

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/softmax"
)

// source is a dataset as texts: running text in three parts, or texts with an end, with or without labels.
type source struct {
	name     string
	ends     bool // texts have an end
	classes  []string
	passages map[string]datasets.Passage
	examples map[string][]datasets.Example // of labelled texts
}

// sourceOf returns the texts of a dataset.
func sourceOf(d datasets.Dataset) (*source, error) {
	if args.Nil(d) {
		return nil, errors.New("generate: the dataset is nil; datasets.Open opens one")
	}
	s := &source{name: d.Info().Name}
	switch d := d.(type) {
	case *datasets.Corpus:
		s.ends, s.passages = d.Lines, map[string]datasets.Passage{"train": d.Train, "valid": d.Valid, "test": d.Test}
	case *datasets.Labelled:
		s.ends, s.classes = true, d.Classes
		s.examples = map[string][]datasets.Example{"train": d.Train, "valid": d.Valid, "test": d.Test}
		for _, part := range s.examples {
			for i, e := range part {
				if e.Label < 0 || e.Label >= len(d.Classes) {
					return nil, errors.Errorf("generate %s: example %d has the label %d; want 0 to %d, one of the %d classes", s.name, i+1, e.Label, len(d.Classes)-1, len(d.Classes))
				}
			}
		}
	default:
		return nil, errors.Errorf("generate %s: the dataset has no text", s.name)
	}
	return s, nil
}

// each gives the texts of a part, or blocks of a running one that end where a line does, if lines are not too long. A label
// is −1 where there is none.
func (s *source) each(ctx context.Context, part string, do func(text string, label int) error) error {
	if s.examples != nil {
		for _, e := range s.examples[part] {
			if err := args.Context(ctx); err != nil {
				return err
			}
			if err := do(e.Text, e.Label); err != nil {
				return err
			}
		}
		return nil
	}
	r, err := s.passages[part].Open()
	if err != nil {
		return err
	}
	defer r.Close()
	if s.ends {
		return eachLine(ctx, r, func(line string) error { return do(line, -1) })
	}
	return eachBlock(ctx, r, func(block string) error { return do(block, -1) })
}

// mostLine is how long a line that is a text may be, in bytes.
const mostLine = 16 << 20

// eachLine gives the lines that are not empty.
func eachLine(ctx context.Context, r io.Reader, do func(string) error) error {
	in := bufio.NewReaderSize(r, 1<<18)
	for n := 1; ; n++ {
		if err := args.Context(ctx); err != nil {
			return err
		}
		var line []byte
		var err error
		for {
			var some []byte
			some, err = in.ReadSlice('\n')
			if line = append(line, some...); len(line) > mostLine {
				return errors.Errorf("line %d is longer than %d bytes; a text that long is running text (lines: false)", n, mostLine)
			}
			if err != bufio.ErrBufferFull {
				break
			}
		}
		if err != nil && err != io.EOF {
			return err
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			if e := do(string(line)); e != nil {
				return e
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// blockSize is how many bytes of running text are cut into tokens at once.
const blockSize = 1 << 20

// eachBlock gives the whole text in blocks.
func eachBlock(ctx context.Context, r io.Reader, do func(string) error) error {
	buffer := make([]byte, blockSize)
	kept := 0
	for {
		if err := args.Context(ctx); err != nil {
			return err
		}
		n, err := io.ReadFull(r, buffer[kept:])
		n += kept
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
		last, end := err != nil, n
		if !last {
			end = blockEnd(buffer[:n])
		}
		if end > 0 {
			if err := do(string(buffer[:end])); err != nil {
				return err
			}
		}
		if last {
			return nil
		}
		kept = copy(buffer, buffer[end:n])
	}
}

// blockEnd returns where a block is cut: behind the last line's end, or white space, or before a character that may not be
// whole.
func blockEnd(b []byte) int {
	if i := bytes.LastIndexByte(b, '\n'); i >= 0 {
		return i + 1
	}
	if i := bytes.LastIndexAny(b, " \t"); i > 0 {
		return i
	}
	end := len(b) - 1
	for end > len(b)-utf8.UTFMax && !utf8.RuneStart(b[end]) {
		end--
	}
	return end
}

// part is a part of the texts as tokens, one after the other.
type part struct {
	*tokens
	starts     []int64 // of texts with an end, where each begins, and behind the last where it ends; the last token of each is End
	labels     []int   // of the texts; nil if there are none
	words      int64   // and ends of lines or texts
	characters int64   // with ends of lines or texts
	unknown    int64   // tokens that the vocabulary does not know, but for those that the text itself calls <unk>
	example    string  // a text of it, or a line
}

// encode makes tokens of a part.
func (w *Writer) encode(ctx context.Context, s *source, name string) (*part, error) {
	p := &part{}
	out := newTokenWriter(w.encoder.Vocabulary.Size())
	var ids []int32
	seen := 0
	err := s.each(ctx, name, func(all string, label int) error {
		if seen++; seen < 100 {
			p.example = longer(p.example, all)
		}
		if s.ends {
			p.starts = append(p.starts, out.n)
		}
		if label >= 0 {
			p.labels = append(p.labels, label)
		}
		ids = w.tokensOf(ids[:0], all, p)
		return out.add(ids)
	})
	if err != nil {
		return nil, errors.WithMessagef(err, "generate %s", s.name)
	}
	if s.ends {
		p.starts = append(p.starts, out.n)
	}
	if out.n == 0 {
		return nil, errors.Errorf("generate %s: the %s part holds no token", s.name, name)
	}
	p.tokens, err = out.finish()
	return p, err
}

// tokensOf appends the tokens of a text with its end, or of a block of running text, and counts what it has.
func (w *Writer) tokensOf(ids []int32, s string, p *part) []int32 {
	p.count(s)
	unknown := func(token string) {
		if token != unknownToken {
			p.unknown++
		}
	}
	switch {
	case w.ends:
		p.words++
		p.characters++
		return append(w.encoder.Append(ids, s, unknown), text.End)
	case w.lineEnds:
		for more := true; s != ""; {
			var line string
			line, s, more = strings.Cut(s, "\n")
			if ids = w.encoder.Append(ids, line, unknown); more {
				ids = append(ids, text.End)
			}
		}
		return ids
	}
	return w.encoder.Append(ids, s, unknown)
}

// count counts words, line ends and characters.
func (p *part) count(s string) {
	inWord := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < utf8.RuneSelf || utf8.RuneStart(c) {
			p.characters++
		}
		switch {
		case c == '\n':
			p.words++
			inWord = false
		case c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f':
			inWord = false
		case !inWord:
			p.words++
			inWord = true
		}
	}
}

// longer returns what says more about the texts of a part: a line of some words.
func longer(example, s string) string {
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimSpace(line)
		if len(line) > len(example) && utf8.RuneCountInString(line) <= 60 || example == "" {
			example = line
		}
		if len(example) > 20 {
			break
		}
	}
	return example
}

// unknownToken is how corpora write words that are too rare, and how the vocabulary calls them.
const unknownToken = "<unk>"

// sequence is a stretch of a part that is read from its beginning to its end.
type sequence struct {
	from, to int64 // of the tokens that are to be told; each is told from those before it
	skip     int64 // how many of the first do not count, but make the state that the others are told with
	fresh    bool  // nothing is before the first token
	label    int   // −1 if there is none
}

func (s sequence) length() int64 { return s.to - s.from }

// text returns text i of a part whose texts have ends.
func (p *part) text(i int) sequence {
	s := sequence{from: p.starts[i], to: p.starts[i+1], fresh: true, label: -1}
	if p.labels != nil {
		s.label = p.labels[i]
	}
	return s
}

// fill sets what a program reads, and is to tell, of a sequence: steps tokens from a place in it on, in column row of
// [steps, batch]. Behind the end of the sequence, and where targets do not count, these are ignored. It returns how many count.
func (p *part) fill(in, target []int, steps, batch, row int, s sequence, at int64, first int32, buffer []int32) (counted int, err error) {
	n := int(max(0, min(int64(steps), s.length()-at)))
	buffer = buffer[:n+1]
	from := s.from + at - 1
	switch {
	case n == 0:
	case at == 0 && s.fresh:
		buffer[0] = first
		err = p.read(buffer[1:], from+1)
	default:
		err = p.read(buffer, from)
	}
	if err != nil {
		return 0, err
	}
	for t := range steps {
		i := t*batch + row
		in[i], target[i] = text.Pad, ignored
		if t < n {
			if in[i] = int(buffer[t]); at+int64(t) >= s.skip {
				target[i] = int(buffer[t+1])
				counted++
			}
		}
	}
	return counted, nil
}

// ignored is a target that counts for nothing.
const ignored = softmax.Ignored
