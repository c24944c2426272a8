package generate

import (
	"encoding/binary"
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
)

// tokens are the numbers of a text's tokens, each in as few bytes as the vocabulary needs: in memory, or if they are many in
// a file that is gone when nobody reads it any more. They serve any number of goroutines.
type tokens struct {
	width int // bytes of a number: 1, 2 or 4
	n     int64
	data  []byte
	file  *os.File
}

// inMemory is how many bytes of tokens are kept in memory: those of a corpus of some ten million words.
const inMemory = 64 << 20

// widthFor returns how many bytes a number below n takes.
func widthFor(n int) int {
	switch {
	case n <= 1<<8:
		return 1
	case n <= 1<<16:
		return 2
	}
	return 4
}

// read reads the tokens from a place on; there must be so many.
func (t *tokens) read(ids []int32, at int64) error {
	from, n := at*int64(t.width), len(ids)*t.width
	var raw []byte
	if t.file == nil {
		raw = t.data[from : from+int64(n)]
	} else {
		raw = make([]byte, n)
		if _, err := t.file.ReadAt(raw, from); err != nil {
			return errors.Wrap(err, "the tokens of the text cannot be read again")
		}
	}
	for i := range ids {
		switch t.width {
		case 1:
			ids[i] = int32(raw[i])
		case 2:
			ids[i] = int32(binary.LittleEndian.Uint16(raw[2*i:]))
		default:
			ids[i] = int32(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	}
	return nil
}

// tokenWriter writes tokens one after the other.
type tokenWriter struct {
	tokens
	most int // bytes in memory
}

func newTokenWriter(vocabulary int) *tokenWriter {
	return &tokenWriter{tokens: tokens{width: widthFor(vocabulary)}, most: inMemory}
}

// add appends tokens.
func (w *tokenWriter) add(ids []int32) error {
	for _, id := range ids {
		switch w.width {
		case 1:
			w.data = append(w.data, byte(id))
		case 2:
			w.data = binary.LittleEndian.AppendUint16(w.data, uint16(id))
		default:
			w.data = binary.LittleEndian.AppendUint32(w.data, uint32(id))
		}
	}
	w.n += int64(len(ids))
	if len(w.data) < w.most && w.file == nil {
		return nil
	}
	return w.spill()
}

// spill moves what is in memory to the file.
func (w *tokenWriter) spill() error {
	if w.file == nil {
		var err error
		if w.file, err = scratchFile(); err != nil {
			return err
		}
	}
	if len(w.data) < 1<<20 { // a write for each block
		return nil
	}
	_, err := w.file.Write(w.data)
	w.data = w.data[:0]
	return errors.Wrap(err, "the tokens of the text cannot be kept")
}

// finish returns the tokens.
func (w *tokenWriter) finish() (*tokens, error) {
	if w.file != nil {
		if _, err := w.file.Write(w.data); err != nil {
			return nil, errors.Wrap(err, "the tokens of the text cannot be kept")
		}
		w.data = nil
	}
	t := w.tokens
	return &t, nil
}

// scratchFile returns a file in the user's cache, or where there is none in the folder of temporary files, that nobody
// else finds. It has no name any more where the system lets it be read without, and else is deleted by the next who needs one.
func scratchFile() (*os.File, error) {
	dir := os.TempDir()
	if cache, err := datasets.CacheDir(); err == nil {
		if cache = filepath.Join(filepath.Dir(cache), "tokens"); os.MkdirAll(cache, 0o777) == nil {
			dir = cache
			left, _ := filepath.Glob(filepath.Join(dir, "tokens-*"))
			for _, name := range left {
				_ = os.Remove(name) // fails as long as somebody reads it
			}
		}
	}
	f, err := os.CreateTemp(dir, "tokens-*")
	if err != nil {
		return nil, errors.Wrap(err, "there is no place for the tokens of the text, which are too many for memory")
	}
	_ = os.Remove(f.Name())
	return f, nil
}
