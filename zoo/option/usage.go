package option

import (
	"fmt"

	"github.com/pkg/errors"
)

// UsageError is a request that makes no sense, whatever the data: an unknown name, a value out of range, a pair of model
// and dataset that cannot work. A command exits 2 on it, and 1 on any other error.
type UsageError struct {
	Setting string // the setting at fault, such as "window"; "" if it is none or more than one
	Value   string // as it was given; "" if there is nothing to show
	Want    string // what is wrong, and the way out
}

// Error says it in one line: window 0: want at least 1.
func (e *UsageError) Error() string {
	switch {
	case e.Setting == "":
		return e.Want
	case e.Value == "":
		return e.Setting + ": " + e.Want
	}
	return e.Setting + " " + e.Value + ": " + e.Want
}

// Usagef returns a UsageError about no setting in particular.
func Usagef(format string, args ...any) error {
	return errors.WithStack(&UsageError{Want: fmt.Sprintf(format, args...)})
}

// Wrong returns a UsageError about the value of a setting. Texts are quoted.
func Wrong(setting string, value any, format string, args ...any) error {
	shown := fmt.Sprint(value)
	if s, ok := value.(string); ok {
		shown = quoted(s)
	}
	return errors.WithStack(&UsageError{Setting: setting, Value: shown, Want: fmt.Sprintf(format, args...)})
}

// quoted quotes a text, of a long one the beginning.
func quoted(s string) string {
	const most = 80 // the width of a terminal
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
