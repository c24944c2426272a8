package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
)

// WriteFile writes the file to path: the file there is replaced by a whole new one or left as it was.
func (f *File) WriteFile(path string) error { return atomicfile.Write(path, f.Write) }

// Write writes the file, tensors in the order of Names. The same content gives the same bytes.
func (f *File) Write(w io.Writer) error {
	if w == nil {
		return errors.New("safetensors: there is nothing to write to: the writer is nil")
	}
	names, err := f.order()
	if err != nil {
		return err
	}
	header, err := f.header(names)
	if err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return errors.Wrap(err, "safetensors: cannot write the header")
	}
	for _, name := range names {
		if _, err := w.Write(f.Tensors[name].Data); err != nil {
			return errors.Wrapf(err, "safetensors: cannot write tensor %s", quote(name))
		}
	}
	return nil
}

// header returns the header with its length in front, padded with spaces so that the tensors begin at a multiple of 8.
func (f *File) header(names []string) ([]byte, error) {
	var b bytes.Buffer
	b.Write(make([]byte, 8))
	b.WriteByte('{')
	if len(f.Metadata) > 0 {
		for key, value := range f.Metadata {
			if !utf8.ValidString(key) || !utf8.ValidString(value) {
				return nil, errors.Errorf("safetensors: metadata %s is not UTF-8; encode it as text", quote(key))
			}
		}
		text, err := json.Marshal(f.Metadata) // in the order of the keys
		if err != nil {
			return nil, errors.Wrap(err, "safetensors: metadata")
		}
		b.WriteString(`"` + metadataKey + `":`)
		b.Write(text)
	}
	at := 0
	for _, name := range names {
		t := f.Tensors[name]
		switch {
		case name == metadataKey:
			return nil, errors.Errorf("safetensors: a tensor cannot be named %s, which the format reserves", metadataKey)
		case !utf8.ValidString(name):
			return nil, errors.Errorf("safetensors: the tensor name %s is not UTF-8; rename it", quote(name))
		}
		if err := t.check(); err != nil {
			return nil, errors.WithMessagef(err, "safetensors: tensor %s", quote(name))
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, errors.Wrapf(err, "safetensors: tensor %s", quote(name))
		}
		if b.Len() > len("12345678{") {
			b.WriteByte(',')
		}
		b.Write(key)
		b.WriteString(`:{"dtype":"` + t.DType + `","shape":` + shapeString(t.Shape) +
			`,"data_offsets":[` + strconv.Itoa(at) + "," + strconv.Itoa(at+len(t.Data)) + "]}")
		at += len(t.Data)
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	n := b.Len() - 8
	if n > maxHeader {
		return nil, errors.Errorf("safetensors: a header of %d bytes exceeds the limit of %d; use fewer or shorter names and metadata", n, maxHeader)
	}
	binary.LittleEndian.PutUint64(b.Bytes(), uint64(n))
	return b.Bytes(), nil
}
