// Package fault words errors about files.
package fault

import (
	"fmt"
	"io/fs"
	"strconv"

	"github.com/pkg/errors"
)

// Opening says that the file at path could not be opened.
func Opening(path string, err error) error {
	return errors.Wrapf(Cause(err), "cannot open %s; check the path", Quote(path))
}

// Reading says that a file was opened and could not be read.
func Reading(name string, err error) error {
	return errors.Wrapf(Cause(err), "%s: cannot be read; check that it is a file of text", name)
}

// Cause returns the reason inside an *fs.PathError, which would say the path again, or err itself.
func Cause(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

// Quote returns text between quotation marks, on one line, cut if it is long.
func Quote(text string) string {
	// Longer than any sensible name or number, shorter than a line of a terminal.
	const most = 60
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", text)
}

// Count returns n and the noun, in the plural unless n is 1.
func Count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
