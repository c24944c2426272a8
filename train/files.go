package train

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
)

// Files are files by their names: JSON, or of a *safetensors.File that format. A file is written whole or not at all.
// The error of Read for a file that is not there is an fs.ErrNotExist.
type Files interface {
	Read(name string, value any) error
	Write(name string, value any) error
}

// DecodeJSON reads a JSON value of which nothing is left out: a field that is not known, which would be a setting that is not
// heeded, text that is not UTF-8, and anything behind the value are errors.
func DecodeJSON(data []byte, value any) error {
	if !utf8.Valid(data) {
		return errors.New("it is not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(value); err != nil {
		return errors.WithStack(err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("something follows its end")
	}
	return nil
}

// Folder returns the files of a folder, which the first Write makes if need be.
func Folder(dir string) Files { return folder(dir) }

type folder string

// Read implements Files.
func (f folder) Read(name string, value any) error {
	path, err := f.path(name)
	if err != nil {
		return err
	}
	if file, ok := value.(*safetensors.File); ok {
		read, err := safetensors.ReadFile(path)
		if err == nil {
			*file = *read
		}
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return errors.WithStack(err)
	}
	return errors.Wrapf(DecodeJSON(data, value), "cannot read %s", path)
}

// Write implements Files.
func (f folder) Write(name string, value any) error {
	path, err := f.path(name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(string(f), 0o777); err != nil {
		return errors.WithStack(err)
	}
	if file, ok := value.(*safetensors.File); ok {
		return file.WriteFile(path)
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return errors.Wrapf(enc.Encode(value), "cannot write %s", path)
	})
}

func (f folder) path(name string) (string, error) {
	if filepath.Base(name) != name || !filepath.IsLocal(name) || name == "." {
		return "", errors.Errorf("%.80q is not the name of a file in a folder", name)
	}
	return filepath.Join(string(f), name), nil
}

// String returns the folder's path.
func (f folder) String() string { return string(f) }
