package main

import (
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
)

// figuresFile holds the key figures of each notebook, by its name.
const figuresFile = "figures.json"

// figure is a number that a notebook prints on a line of its own, "name: number" with or without a unit behind it. It
// must be within so much of the value, and at least and at most so large, as far as these are given. What differs from
// machine to machine, such as a ratio of times, has only bounds.
type figure struct {
	Name   string   `json:"name"`
	Value  *float64 `json:"value,omitempty"`
	Within float64  `json:"within,omitempty"`
	Least  *float64 `json:"least,omitempty"`
	Most   *float64 `json:"most,omitempty"`
}

func readFigures(dir string) (map[string][]figure, error) {
	data, err := os.ReadFile(filepath.Join(dir, figuresFile))
	if err != nil {
		return nil, errors.WithStack(err)
	}
	figures := make(map[string][]figure)
	if err := json.Unmarshal(data, &figures); err != nil {
		return nil, errors.Wrap(err, figuresFile)
	}
	return figures, nil
}

func writeFigures(dir string, figures map[string][]figure) error {
	return atomicfile.Write(filepath.Join(dir, figuresFile), func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(figures)
	})
}

// find returns the figure's number in what a notebook has printed.
func (f figure) find(printed string) (float64, error) {
	line := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(f.Name) + `: (\S+?)(?: .*)?$`)
	found := line.FindAllStringSubmatch(printed, -1)
	if len(found) != 1 {
		return 0, errors.Errorf("%q is printed %d times; want once, as %q", f.Name, len(found), f.Name+": NUMBER")
	}
	v, err := strconv.ParseFloat(found[0][1], 64)
	return v, errors.Wrapf(err, "%q", f.Name)
}

// check compares the figure with what a notebook has printed.
func (f figure) check(printed string) error {
	v, err := f.find(printed)
	if err != nil {
		return err
	}
	switch {
	case f.Value == nil && f.Least == nil && f.Most == nil:
		return errors.Errorf("%q has neither a value nor bounds", f.Name)
	case math.IsNaN(v):
		return errors.Errorf("%q is not a number", f.Name)
	case f.Value != nil && !(math.Abs(v-*f.Value) <= f.Within):
		return errors.Errorf("%q is %v; want %v ± %v", f.Name, v, *f.Value, f.Within)
	case f.Least != nil && v < *f.Least:
		return errors.Errorf("%q is %v; want at least %v", f.Name, v, *f.Least)
	case f.Most != nil && v > *f.Most:
		return errors.Errorf("%q is %v; want at most %v", f.Name, v, *f.Most)
	}
	return nil
}
