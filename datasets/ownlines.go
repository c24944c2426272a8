package datasets

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/bits"
	"slices"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/datasets/internal/lines"
)

// fewLines are so few different ones that each counts: a twentieth of them, or one, validates, and as many test. Of more
// the hash of each says alone where it belongs, and no list of them is needed.
const fewLines = 1 << 12

// lineParts says which part a line is in.
type lineParts struct {
	seed        uint64
	test, valid uint64 // hashes below test are of the test part, others below valid of the validation part
}

// parts in the order of a [Corpus].
const (
	trainLines = iota
	validLines
	testLines
)

// hash returns a number that a line, without white space around it, and the seed choose, evenly up to 2⁶⁴. Eight bytes at a
// time are multiplied to 128 bits, of which the halves are joined, as wyhash has it; the last steps are MurmurHash3's.
func (p lineParts) hash(trimmed []byte) uint64 {
	const odd, prime = 0x9e3779b97f4a7c15, 0xe7037ed1a0b428db
	h := (p.seed+1)*odd ^ uint64(len(trimmed))
	for ; len(trimmed) >= 8; trimmed = trimmed[8:] {
		high, low := bits.Mul64(h^binary.LittleEndian.Uint64(trimmed), prime)
		h = high ^ low
	}
	rest := uint64(0)
	for _, c := range trimmed {
		rest = rest<<8 | uint64(c)
	}
	high, low := bits.Mul64(h^rest, prime)
	h = high ^ low
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

func (p lineParts) part(hash uint64) int {
	switch {
	case hash < p.test:
		return testLines
	case hash < p.valid:
		return validLines
	}
	return trainLines
}

// divideLines makes the parts of a text each line of which is one.
func (t *ownCorpus) divideLines(c *Corpus, o options) error {
	held := uint64(math.MaxUint64 / 20)
	if size := t.size - t.from; size/20 > mostHeldOut { // so that the parts have about as many bytes
		held = uint64(math.MaxUint64 / float64(size) * mostHeldOut)
	}
	parts := lineParts{seed: o.split, test: held, valid: 2 * held}
	var sizes [3]int64           // of the parts in bytes
	few := map[uint64]int64{}    // the bytes of different lines by their hashes, as long as they are few
	all, empty, first := 0, 0, 0 // lines
	r, err := t.lines()
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		line, err := r.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if r.number&0xfff == 0 && o.ctx != nil && o.ctx.Err() != nil {
			return o.ctx.Err()
		}
		trimmed := bytes.TrimSpace(line)
		if len(trimmed) == 0 {
			if empty++; empty == 1 {
				first = r.number
			}
			continue
		}
		all++
		hash, size := parts.hash(trimmed), int64(len(line)+1)
		sizes[parts.part(hash)] += size
		if few != nil {
			if few[hash] += size; len(few) > fewLines {
				few = nil
			}
		}
	}
	if few != nil {
		if len(few) < 3 {
			return t.tooShort(fault.Count(len(few), "different line"), 3, "different lines")
		}
		hashes := make([]uint64, 0, len(few))
		for hash := range few {
			hashes = append(hashes, hash)
		}
		slices.Sort(hashes)
		n := max(1, (len(few)+10)/20)
		parts.test, parts.valid = hashes[n], hashes[2*n]
		sizes = [3]int64{}
		for hash, size := range few {
			sizes[parts.part(hash)] += size
		}
	}
	if empty > 0 {
		c.Meta.Notices = append(c.Meta.Notices, fmt.Sprintf("%s left out, the first is line %d", fault.Count(empty, "empty line"), first))
	}
	c.Meta.Size = fault.Count(all, "line")
	for i, p := range []*Passage{&c.Train, &c.Valid, &c.Test} {
		if sizes[i] == 0 { // of more than 4,096 different lines no part is
			return t.tooShort(fault.Count(all, "line"), 3, "different lines")
		}
		*p = Passage{size: sizes[i], open: func() (io.ReadCloser, error) {
			r, err := t.lines()
			if err != nil {
				return nil, err
			}
			return &partLines{ownLines: r, parts: parts, part: i}, nil
		}}
	}
	return nil
}

// lines reads the text line by line.
func (t *ownCorpus) lines() (*ownLines, error) {
	r, err := t.open(t.from, t.size)
	if err != nil {
		return nil, err
	}
	return &ownLines{of: t, Closer: r, in: bufio.NewReaderSize(r, 64<<10)}, nil
}

// ownLines are the lines of a person's own text.
type ownLines struct {
	io.Closer
	of     *ownCorpus
	in     *bufio.Reader
	long   []byte // a line that is longer than the buffer
	number int    // of the line that next has returned, from 1
}

// next returns the next line without its end, valid until the call after it; or io.EOF.
func (r *ownLines) next() ([]byte, error) {
	r.number++
	r.long = r.long[:0]
	for {
		part, err := r.in.ReadSlice('\n')
		if n := len(r.long) + len(part); n > lines.Longest+1 || n > lines.Longest && err != nil { // without its end
			return nil, errors.Errorf("%s: line %d is longer than %d bytes; is each line a text of its own? Without that setting the file is one (lines: false)", r.of.path, r.number, lines.Longest)
		}
		switch {
		case err == bufio.ErrBufferFull:
			r.long = append(r.long, part...)
			continue
		case err != nil && err != io.EOF:
			return nil, err
		case err == io.EOF && len(part)+len(r.long) == 0:
			return nil, io.EOF
		}
		if len(r.long) > 0 {
			r.long = append(r.long, part...)
			part = r.long
		}
		return bytes.TrimSuffix(part, []byte{'\n'}), nil
	}
}

// partLines reads the lines of one part, each with \n at its end.
type partLines struct {
	*ownLines
	parts lineParts
	part  int
	out   []byte // to be given
	end   bool   // after which \n is
	err   error
}

// Read implements io.Reader.
func (r *partLines) Read(p []byte) (n int, err error) {
	for n < len(p) {
		switch {
		case len(r.out) > 0:
			m := copy(p[n:], r.out)
			r.out = r.out[m:]
			n += m
		case r.end:
			p[n], r.end = '\n', false
			n++
		case r.err != nil:
			if n > 0 {
				return n, nil
			}
			return 0, r.err
		default:
			line, err := r.next()
			if err != nil {
				r.err = err
			} else if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 && r.parts.part(r.parts.hash(trimmed)) == r.part {
				r.out, r.end = line, true
			}
		}
	}
	return n, nil
}
