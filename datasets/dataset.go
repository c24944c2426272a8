package datasets

import (
	"strings"

	"github.com/pkg/errors"
)

// Dataset is anything that models can learn from. Its dynamic type says what
// it holds: a *[Series] holds rows of numbers in time order, a *[Labelled] text in
// classes.
type Dataset interface {
	// Info describes the dataset without its data.
	Info() Info
}

// Info describes a dataset to a person.
type Info struct {
	Name    string // what Open takes, or a file's name without its folder and extension
	Task    string // what is learnt from it: "forecast" or "classify"
	Title   string // one line
	Size    string // for a person, with its unit: "144 months"
	Licence string // of the data, as far as it is stated
	Source  string // who published it, or the file's path
	Where   string // "embedded", "cached", "to download" or "file"
}

// csvPrefix marks a specification that names a file of comma-separated values.
const csvPrefix = "csv"

// List returns the description of each dataset that Open knows by name, by
// task and then by name. It reads no data.
func List() []Info {
	entries := catalogue()
	list := make([]Info, len(entries))
	for i, e := range entries {
		list[i] = e.info
	}
	return list
}

// Open returns the dataset that spec names: a name from [List], such as
// "airline", or "csv:FILE" for a file as [CSV] reads it.
//
// [Columns] and [Period] work on every series. [Fill] matters to files only,
// since the embedded series have no gaps.
//
// An unknown name, prefix or fill method is an *[UnknownError]. Any other error
// is about the data itself.
func Open(spec string, opts ...Option) (Dataset, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	if prefix, path, ok := strings.Cut(spec, ":"); ok && prefix == csvPrefix && path != "" {
		s, err := openCSV(path, o)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	for _, e := range catalogue() {
		if e.info.Name == spec {
			return e.open(o)
		}
	}
	return nil, errors.WithStack(unknownDataset(spec))
}
