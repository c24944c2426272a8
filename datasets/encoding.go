package datasets

import (
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"github.com/rnnzoo/rnnzoo/internal/suggest"
)

// The encodings.
const (
	utf8Text   = "utf-8"
	latin1Text = "latin1"
)

// encodings returns the names of the encodings.
func encodings() []string { return []string{utf8Text, latin1Text} }

// encodingName returns the name in encodings of one that has others, or the name as it is.
func encodingName(name string) string {
	switch strings.ToLower(name) {
	case "utf-8", "utf8":
		return utf8Text
	case "latin1", "latin-1", "iso-8859-1", "windows-1252", "cp1252":
		return latin1Text
	}
	return name
}

// decoder returns what makes UTF-8 of an encoding, or nil if it is that already.
func decoder(name string) (*encoding.Decoder, error) {
	switch encodingName(name) {
	case "", utf8Text:
		return nil, nil
	case latin1Text:
		return charmap.Windows1252.NewDecoder(), nil
	}
	return nil, errors.WithStack(&UnknownError{
		Kind:       "encoding",
		Setting:    "encoding",
		Name:       name,
		Suggestion: suggest.Nearest(name, encodings()),
		Hint:       "choose utf-8 or latin1",
	})
}

// invalidUTF8 returns the place of the first byte of s that is no UTF-8, or -1.
func invalidUTF8(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return i
			}
		}
	}
	return -1
}

// encodingError says that a line of a person's own file is no UTF-8.
func encodingError(name string, line int) error {
	return errors.Errorf("%s: line %d is not UTF-8; if the file is in Latin-1, say so (encoding: latin1)", name, line)
}

// damagedText says that a line of a corpus, which is known to be UTF-8, is none.
func damagedText(name string, line int) error {
	return errors.Errorf("%s: line %d is not UTF-8; the file is damaged; delete it and fetch it again", name, line)
}
