package safetensors

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"os"
	"sort"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// ReadFile reads the file at path; errors name it.
func ReadFile(path string) (*File, error) {
	r, err := os.Open(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer r.Close()
	f, err := Read(r)
	return f, errors.WithMessagef(err, "cannot read %s", path)
}

// Read reads a whole safetensors file and leaves nothing in r. It accepts only what the format allows: tensors that
// follow each other without gap or overlap up to the end of the input, each as long as its dtype and shape say. The
// header may have 16 MiB and a tensor 64 dimensions. Memory grows with what has been read, never with what a header
// promises.
func Read(r io.Reader) (*File, error) {
	if r == nil {
		return nil, errors.New("safetensors: there is nothing to read from: the reader is nil")
	}
	br := bufio.NewReader(r)
	var length [8]byte
	if _, err := io.ReadFull(br, length[:]); err != nil {
		return nil, truncated(err, "the header's length")
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader {
		return nil, errors.Errorf("safetensors: a header of %d bytes exceeds the limit of %d; is this a safetensors file?", n, maxHeader)
	}
	header, err := readExactly(br, int(n))
	if err != nil {
		return nil, truncated(err, "the header")
	}
	f, places, err := parseHeader(header)
	if err != nil {
		return nil, err
	}
	return f, readData(br, f, places)
}

// parseHeader returns the file without the tensors' data, and their places.
func parseHeader(header []byte) (*File, []place, error) {
	if !utf8.Valid(header) {
		return nil, nil, errors.New("safetensors: the header is not UTF-8; is this a safetensors file?")
	}
	if !bytes.HasPrefix(header, []byte("{")) {
		return nil, nil, errors.Errorf("safetensors: the header begins with %.20q instead of {; is this a safetensors file?", header)
	}
	h := newHeaderDecoder(header)
	f := &File{Metadata: map[string]string{}, Tensors: map[string]Tensor{}}
	var places []place
	metadata := false
	err := h.object(subject{"header", ""}, func(key string) error {
		if key == metadataKey {
			if metadata {
				return subject{"header", ""}.twice(key)
			}
			metadata = true
			return h.object(subject{"metadata", ""}, func(key string) error {
				if _, ok := f.Metadata[key]; ok {
					return subject{"metadata", ""}.twice(key)
				}
				value, err := h.text(subject{"metadata", key}, "")
				f.Metadata[key] = value
				return err
			})
		}
		if _, ok := f.Tensors[key]; ok {
			return subject{"header", ""}.twice(key)
		}
		p, err := h.tensor(key)
		if err != nil {
			return err
		}
		f.Names = append(f.Names, key)
		f.Tensors[key] = Tensor{DType: p.dtype, Shape: p.shape}
		places = append(places, p)
		return nil
	})
	if err == nil {
		err = h.end()
	}
	if err != nil {
		return nil, nil, errors.WithMessage(err, "safetensors")
	}
	return f, places, nil
}

// readData checks that the places fill the rest of the file one after the other, and reads them.
func readData(r *bufio.Reader, f *File, places []place) error {
	sort.SliceStable(places, func(i, j int) bool {
		if places[i].begin != places[j].begin {
			return places[i].begin < places[j].begin
		}
		return places[i].end < places[j].end // an empty tensor stands before the one that begins where it does
	})
	at := uint64(0)
	for _, p := range places {
		switch {
		case p.begin < at:
			return errors.Errorf("safetensors: tensor %s begins at byte %d, inside the one before, which ends at %d", quote(p.name), p.begin, at)
		case p.begin > at:
			return errors.Errorf("safetensors: tensor %s begins at byte %d, which leaves a gap after byte %d", quote(p.name), p.begin, at)
		case p.end < p.begin:
			return errors.Errorf("safetensors: tensor %s ends at byte %d, before its begin %d", quote(p.name), p.end, p.begin)
		}
		size, err := byteSize(p.dtype, p.shape)
		if err != nil {
			return errors.WithMessagef(err, "safetensors: tensor %s", quote(p.name))
		}
		if uint64(size) != p.end-p.begin {
			return errors.Errorf("safetensors: tensor %s of shape %.80s and dtype %s takes %d bytes, but its offsets [%d,%d] hold %d",
				quote(p.name), shapeString(p.shape), p.dtype, size, p.begin, p.end, p.end-p.begin)
		}
		at = p.end
	}
	for _, p := range places {
		data, err := readExactly(r, int(p.end-p.begin))
		if err != nil {
			return truncated(err, "tensor "+quote(p.name))
		}
		t := f.Tensors[p.name]
		t.Data = data
		f.Tensors[p.name] = t
	}
	if _, err := r.ReadByte(); err != io.EOF {
		if err != nil {
			return errors.Wrap(err, "safetensors: cannot read on after the last tensor")
		}
		return errors.New("safetensors: the file goes on after its last tensor; it is not what its header says")
	}
	return nil
}

// readExactly reads n bytes. The buffer doubles as it fills, so that a false n costs no more than the file is long.
func readExactly(r io.Reader, n int) ([]byte, error) {
	const first = 1 << 16 // small enough to give to anyone
	b := make([]byte, min(n, first))
	for done := 0; ; {
		k, err := io.ReadFull(r, b[done:])
		if err != nil {
			return nil, err
		}
		if done += k; done == n {
			return b, nil
		}
		size := n
		if len(b) <= math.MaxInt/2 {
			size = min(n, 2*len(b))
		}
		larger := make([]byte, size)
		copy(larger, b)
		b = larger
	}
}

// truncated names what ended early.
func truncated(err error, what string) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errors.Errorf("safetensors: the file ends inside %s; it is truncated or not a safetensors file", what)
	}
	return errors.Wrapf(err, "safetensors: cannot read %s", what)
}
