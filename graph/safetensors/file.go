// Package safetensors reads and writes the safetensors format, in which weights travel between frameworks.
//
// A file is the length of its header as 8 little-endian bytes, the header, a JSON object that gives each tensor's
// dtype, shape and place, and the tensors, little-endian and row-major, one after the other. The format is specified at
// https://github.com/huggingface/safetensors.
//
// A File that nobody changes serves any number of goroutines.
package safetensors

import (
	"sort"

	"github.com/pkg/errors"
)

const (
	// maxHeader is the limit on the length of a header. The format's own is 100 MB; with the shortest entries such a
	// header names one and a half million tensors, which take 700 MB. Models of recurrent networks have some hundred tensors of 100
	// bytes of header each.
	maxHeader = 16 << 20
	// maxRank is the limit on the dimensions of a tensor.
	maxRank = 64
	// metadataKey is the header's entry that holds no tensor.
	metadataKey = "__metadata__"
)

// File is the content of a safetensors file. The zero value is an empty file, ready for Set.
type File struct {
	// Metadata holds free-form text; nil and empty are the same.
	Metadata map[string]string
	// Names are the keys of Tensors in file order. When nil, Write orders them by name.
	Names []string
	// Tensors are the tensors by name.
	Tensors map[string]Tensor
}

// Set adds a tensor at the end of the file, or replaces the one of that name where it stands.
func (f *File) Set(name string, t Tensor) {
	if f.Tensors == nil {
		f.Tensors = map[string]Tensor{}
	}
	if f.Names == nil {
		f.Names = f.sortedNames()
	}
	if _, ok := f.Tensors[name]; !ok {
		f.Names = append(f.Names, name)
	}
	f.Tensors[name] = t
}

// Tensor returns the tensor of that name, or an error that says how many others there are.
func (f *File) Tensor(name string) (Tensor, error) {
	t, ok := f.Tensors[name]
	if !ok {
		return Tensor{}, errors.Errorf("safetensors: no tensor %.80q among the %d of the file", name, len(f.Tensors))
	}
	return t, nil
}

// order returns the names in the order to write, or an error if Names is not exactly the keys of Tensors.
func (f *File) order() ([]string, error) {
	if f.Names == nil {
		return f.sortedNames(), nil
	}
	seen := make(map[string]bool, len(f.Names))
	for _, name := range f.Names {
		if _, ok := f.Tensors[name]; !ok {
			return nil, errors.Errorf("safetensors: Names lists %.80q, which is not in Tensors; add tensors by Set", name)
		}
		if seen[name] {
			return nil, errors.Errorf("safetensors: Names lists %.80q twice; add tensors by Set", name)
		}
		seen[name] = true
	}
	if len(seen) != len(f.Tensors) {
		return nil, errors.Errorf("safetensors: Names lists %d of %d tensors; add tensors by Set, or leave Names nil", len(seen), len(f.Tensors))
	}
	return f.Names, nil
}

func (f *File) sortedNames() []string {
	names := make([]string, 0, len(f.Tensors))
	for name := range f.Tensors {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
