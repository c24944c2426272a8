package datasets

import (
	"bytes"
	"io"
	"os"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// open reads what the file has between two places, as [Passage.Open] gives it.
func (t *ownCorpus) open(from, to int64) (io.ReadCloser, error) {
	f, err := os.Open(t.path)
	if err != nil {
		return nil, fault.Opening(t.path, err)
	}
	if err := t.unchanged(f); err != nil {
		f.Close()
		return nil, err
	}
	text := t.coding.reader(io.NewSectionReader(f, from, to-from))
	return &ownReader{t, f, feeds(text, t.lone)}, nil
}

// ownReader reads a part of a person's own text.
type ownReader struct {
	of   *ownCorpus
	file *os.File
	text io.Reader
}

// Read implements io.Reader.
func (r *ownReader) Read(p []byte) (int, error) {
	n, err := r.text.Read(p)
	switch {
	case err == io.EOF: // what was read may have been written meanwhile
		if changed := r.of.unchanged(r.file); changed != nil {
			return n, changed
		}
	case err != nil:
		return n, fault.Reading(r.of.path, err)
	}
	return n, err
}

// Close implements io.Closer.
func (r *ownReader) Close() error { return r.file.Close() }

// feeds makes \n of the \r\n in a text, or of each \r if these alone end lines.
func feeds(r io.Reader, lone bool) io.Reader {
	return &feedReader{in: r, lone: lone, buf: make([]byte, 64<<10)}
}

type feedReader struct {
	in   io.Reader
	lone bool
	buf  []byte
	out  []byte // of buf, to be given
	kept bool   // a \r that may be half of \r\n is still to come
	err  error  // what follows out
}

// Read implements io.Reader.
func (r *feedReader) Read(p []byte) (int, error) {
	for len(p) > 0 && len(r.out) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.fill()
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	return n, nil
}

// fill reads on.
func (r *feedReader) fill() {
	kept := 0
	if r.kept {
		r.buf[0], kept, r.kept = '\r', 1, false
	}
	n, err := r.in.Read(r.buf[kept:])
	block := r.buf[:kept+n]
	r.err = err
	first := bytes.IndexByte(block, '\r')
	switch {
	case first < 0:
		r.out = block
		return
	case r.lone:
		for i := first; i < len(block); i++ {
			if block[i] == '\r' {
				block[i] = '\n'
			}
		}
		r.out = block
		return
	case err == nil && block[len(block)-1] == '\r':
		block, r.kept = block[:len(block)-1], true
	}
	to := min(first, len(block))
	for i := to; i < len(block); { // a carriage return, and what follows up to the next
		next := bytes.IndexByte(block[i+1:], '\r') + i + 1
		if next == i {
			next = len(block)
		}
		if i+1 < len(block) && block[i+1] == '\n' {
			i++
		}
		to += copy(block[to:], block[i:next])
		i = next
	}
	r.out = block[:to]
}
